/* audit.c - one record for each decision. The front. */
#include "audit.h"

#include "cleanup.h"
#include "log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define AUTH_ID	   "3d75650ddc4c40bba2dcebc1a299ba2f"
#define ACCOUNT_ID "6ce7f7e8a4d64034be90dab0a47c87df"
#define CHANGE_ID  "536942e6b24b40598a107d069ae6913a"
#define SUDO_ID	   "9ee7c482b4544ba3b6a796c0c581441b"

static const struct {
	const char *name, *event, *id;
} events[LW_AUDIT_COUNT] = {
	[LW_AUDIT_AUTH] = { "auth", "auth", AUTH_ID },
	[LW_AUDIT_OLD_PASSWORD] = { "old password", "old-password", AUTH_ID },
	[LW_AUDIT_PRINCIPAL] = { "principal", "principal", AUTH_ID },
	[LW_AUDIT_ACCOUNT] = { "account", "account", ACCOUNT_ID },
	[LW_AUDIT_CHANGE] = { "password change", "password-change", CHANGE_ID },
	[LW_AUDIT_SUDO] = { "member", "sudo", SUDO_ID },
};

const char *lw_audit_name(enum lw_audit_event e)
{
	return events[e].name;
}

uint32_t lw_audit_age(int64_t as_of_ms)
{
	int64_t ms = lw_now_ms() - as_of_ms;

	return ms > 0 ? (uint32_t)(ms / 1000) : 0;
}

static const char *decision(enum lw_err e)
{
	switch (e) {
	case LW_OK:
		return "allowed";
	case LW_NOTFOUND:
	case LW_NOTOURS:
	case LW_DENIED:
	case LW_LOCKED:
	case LW_DISABLED:
	case LW_EXPIRED:
	case LW_FORBIDDEN:
	case LW_INVALID:
	case LW_NOPASSWORD:
	case LW_SKEW:
	case LW_NOTICKET:
	case LW_CHANGE:
	case LW_TOOSHORT:
	case LW_WEAK:
	case LW_HISTORY:
	case LW_TOOSOON:
	case LW_NOTALLOWED:
	case LW_CLAIMED:
		return "denied";
	case LW_OFFLINE:
	case LW_RANGE:
	case LW_PROTO:
	case LW_NOMEM:
	case LW_PENDING:
	case LW_NOWORKER:
	case LW_NOFRONT:
	case LW_OUTDATED:
	case LW_ERR_COUNT:
		break;
	}
	return "error";
}

static void put_text(struct lw_wr *w, const char *field, const char *value)
{
	lw_journal_put(w, field, lw_str(value));
}

static void put_number(struct lw_wr *w, const char *field, uint32_t n)
{
	char text[16];

	snprintf(text, sizeof(text), "%" PRIu32, n);
	put_text(w, field, text);
}

static void put_who(struct lw_wr *w, const struct lw_audit *a)
{
	lw_journal_put(w, "LIGHTWAVE_USER", a->user);
	lw_journal_put(w, "LIGHTWAVE_PRINCIPAL", a->principal);
	if (a->account) {
		put_text(w, "LIGHTWAVE_ACCOUNT", a->account->name);
		put_number(w, "LIGHTWAVE_UID", a->account->id);
		put_text(w, "LIGHTWAVE_SID", a->account->sid);
	}
	lw_journal_put(w, "LIGHTWAVE_SERVICE", a->service);
	lw_journal_put(w, "LIGHTWAVE_RHOST", a->rhost);
}

static void put_why(struct lw_wr *w, const struct lw_audit *a)
{
	lw_journal_put(w, "LIGHTWAVE_RULE", a->rule);
	lw_journal_put(w, "LIGHTWAVE_GROUP", a->group);
	lw_journal_put(w, "LIGHTWAVE_GROUP_SID", a->group_sid);
	lw_journal_put(w, "LIGHTWAVE_GROUP_PATH", a->path);
	lw_journal_put(w, "LIGHTWAVE_LOCAL_GROUPS", a->local_groups);
	if (a->as_of_ms != INT64_MAX)
		put_number(w, "LIGHTWAVE_FACTS_AGE", lw_audit_age(a->as_of_ms));
	put_text(w, "LIGHTWAVE_DIRECTORY", a->away ? "away" : "online");
	put_text(w, "LIGHTWAVE_DECISION", decision(a->result));
	put_text(w, "LIGHTWAVE_REASON",
		 a->result == LW_OK || *a->why ? a->why
					       : lw_strerror(a->result));
}

void lw_audit_say(const struct lw_front *f, const struct lw_audit *a,
		  const char *fmt, ...)
{
	int prio = a->result == LW_OK ? LOG_INFO : LOG_NOTICE;
	lw_cleanup(lw_wr_done) struct lw_wr w;
	char text[1024]; /* as much as the log has of a line */
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	lw_wr_heap(&w, LW_JOURNAL_MAX);
	if (f->journal.path) {
		put_text(&w, "MESSAGE", text);
		put_text(&w, "MESSAGE_ID", events[a->event].id);
		put_number(&w, "PRIORITY", (uint32_t)prio);
		put_text(&w, "SYSLOG_IDENTIFIER", "lightwaved");
		put_text(&w, "LIGHTWAVE_EVENT", events[a->event].event);
		put_who(&w, a);
		put_why(&w, a);
	}
	if (lw_journal_send(&f->journal, &w, w.base) != LW_OK)
		lw_log(prio, "%s", text);
}
