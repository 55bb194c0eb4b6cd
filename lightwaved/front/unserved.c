/* unserved.c - who is not served, and why, in the log. The front. */
#include "unserved.h"

#include <string.h>

/*
 * The name of somebody who was deleted and made anew is refused like that of
 * a thief: only the administrator can tell them apart, so the line says how.
 */
static bool say_pinned(struct lw_front *f, const char *account,
		       struct lw_str sid)
{
	const char *pin = lw_cache_pinned(&f->cache, account);
	char key[LW_NAME_MAX + 8];

	if (!pin || lw_str_eq(sid, pin))
		return false;
	snprintf(key, sizeof(key), "pin %s", account);
	lw_front_warn_once(f, key,
			   "the name %s belongs to %s, which had it first, and "
			   "%.*s claims it now: that one is not served under "
			   "it; if the account was deleted and made anew, "
			   "say accept_sid = %s@%s %.*s in [users] of "
			   "lightwave.conf",
			   account, pin, (int)sid.n, sid.s, account,
			   f->config->domain, (int)sid.n, sid.s);
	return true;
}

static void say_if_pinned(struct lw_front *f, struct lw_str name,
			  struct lw_str sid)
{
	char account[LW_NAME_MAX];

	if (lw_name_fold(name, account) == LW_OK)
		say_pinned(f, account, sid);
}

void lw_unserved_entry(struct lw_front *f, const struct lw_entry *e,
		       const char *why)
{
	struct lw_naming naming = lw_config_naming(f->config);
	struct lw_str part;
	char key[512];

	/* Both: a SID may be several entries', a DN too long for here. */
	snprintf(key, sizeof(key), "%.*s %s %.*s", (int)e->sid.n, e->sid.s, why,
		 (int)e->dn.n, e->dn.s);
	lw_front_warn_once(f, key, "not serving %.*s: %s", (int)e->dn.n,
			   e->dn.s, why);
	if (e->kind != LW_KIND_USER)
		return;
	say_if_pinned(f, e->sam, e->sid);
	if (lw_upn_account(&naming, e->upn, &part) == LW_OK)
		say_if_pinned(f, part, e->sid);
}

void lw_unserved_name(struct lw_front *f, enum lw_kind kind,
		      const char *account, size_t entries, struct lw_str sid)
{
	char key[LW_NAME_MAX + 8];

	if (kind == LW_KIND_USER && say_pinned(f, account, sid))
		return;
	if (entries < 2)
		return;
	snprintf(key, sizeof(key), "%d%d%s", kind, LW_BY_NAME, account);
	lw_front_warn_once(f, key,
			   "%zu entries claim the name %s: "
			   "it is served to nobody",
			   entries, account);
}
