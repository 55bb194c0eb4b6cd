/* answer_status.c - what works and what does not. The front. */
#include "answer_status.h"

#include "cleanup.h"
#include "creds.h"
#include "follow.h"
#include "link.h"
#include "local_judge.h"
#include "outage.h"
#include "store.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A question about changes may itself take a while. */
#define LATE_MS 10000

struct report {
	struct lw_wr *w;
	uint32_t count;
};

static void say(struct report *rp, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void say(struct report *rp, const char *key, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	lw_wr_str(rp->w, lw_str(key));
	lw_wr_str(rp->w, lw_str(text));
	rp->count++;
}

/* It asks the directory, so what is known of that by now does not count. */
static enum lw_err ask(struct lw_request *r)
{
	lw_cleanup(lw_wr_done) struct lw_wr msg;
	struct lw_question q = { .op = LW_OP_SELFTEST,
				 .login = true,
				 .key = (char[]) { "selftest" } };
	enum lw_err e;

	lw_wr_heap(&msg, LW_REQUEST_MAX);
	lw_msg_begin(&msg, LW_OP_SELFTEST, 0);
	if (lw_msg_end(&msg, msg.base) != LW_OK)
		return LW_NOMEM;
	e = lw_link_ask(r->front->link, r, &q, &msg);
	if (e == LW_OFFLINE)
		r->offline = true;
	return e;
}

enum lw_err lw_status_absorb(const struct lw_question *q, enum lw_err status,
			     struct lw_rd *body)
{
	size_t n = (size_t)(body->end - body->p);
	const uint8_t *p = body->p;
	struct lw_request *r;
	struct lw_pairs pairs;

	if (status != LW_OK)
		return LW_OFFLINE;
	if (lw_pairs_decode(body, &pairs) != LW_OK)
		return LW_PROTO;
	TAILQ_FOREACH (r, &q->waiters, waiting) {
		free(r->selftest);
		r->selftest = malloc(n);
		if (r->selftest)
			memcpy(r->selftest, p, n);
		r->selftest_n = n;
	}
	return LW_OK;
}

static void say_front(struct report *rp, const struct lw_front *f)
{
	const struct lw_config *c = f->config;

	say(rp, "lightwaved", PACKAGE_VERSION ", domain %s", c->domain);
	if (c->allow.n == 0 && c->service_access_count == 0)
		say(rp, "access",
		    LW_PAIR_FAILS
		    "nobody may log in: write 'allow' in [access]");
	else
		say(rp, "access", "%zu allow and %zu deny in [access]",
		    c->allow.n, c->deny.n);
}

/* A host without docker lacks nothing. */
static void say_local_groups(struct report *rp, const struct lw_front *f)
{
	for (size_t i = 0; i < f->config->local_group_count; i++) {
		const struct lw_local_group *map = &f->config->local_groups[i];
		struct lw_local_verdict v =
			lw_local_judge(f->config, &f->group, map);
		char why[480];

		lw_local_say(map, v, why, sizeof(why));
		if (v.why == LW_LOCAL_GIVEN)
			say(rp, "local group", "%s = %s, gid %" PRIu32,
			    map->local, map->directory, v.gid);
		else
			say(rp, "local group", "%s%s",
			    v.why == LW_LOCAL_NONE ? "" : LW_PAIR_FAILS, why);
	}
}

static void say_worker(struct report *rp, const struct lw_request *r)
{
	struct lw_pairs pairs;
	struct lw_rd rd;

	if (!r->selftest) {
		if (lw_link_up(r->front->link))
			say(rp, "worker",
			    LW_PAIR_FAILS
			    "its self-test does not end: journalctl "
			    "-u lightwaved-worker");
		else
			say(rp, "worker",
			    LW_PAIR_FAILS "lightwaved-worker does not answer: "
					  "systemctl status lightwaved-worker");
		return;
	}
	say(rp, "worker", "ok");
	lw_rd_init(&rd, r->selftest, r->selftest_n);
	if (lw_pairs_decode(&rd, &pairs) != LW_OK)
		return;
	lw_wr_raw(rp->w, pairs.each.p, (size_t)(pairs.each.end - pairs.each.p));
	rp->count += pairs.count;
}

static void say_followed(struct report *rp, const struct lw_plan *p)
{
	int64_t age = lw_now_ms() - p->confirmed_ms;

	if (p->unsupported)
		say(rp, "changes",
		    LW_PAIR_FAILS "lightwaved-worker is of an older version: "
				  "systemctl restart lightwaved-worker");
	else if (p->confirmed_ms < 0)
		say(rp, "changes", "not followed yet");
	else if (age > p->revocation_ms + LATE_MS)
		say(rp, "changes",
		    LW_PAIR_FAILS "nothing heard of them for %" PRId64
				  " s: what is known may be as old",
		    age / 1000);
	else
		say(rp, "changes",
		    "known up to %" PRId64 " s ago, number %" PRIu64 " of %s",
		    age / 1000, p->highest, p->server);
}

static void say_replica(struct report *rp, const struct lw_plan *p,
			const struct lw_replica *r)
{
	char why[128];

	lw_plan_why(p, why, sizeof(why));
	if (p->replicate_max == 0)
		say(rp, "replica", "none: replicate_max is 0");
	else if (why[0])
		say(rp, "replica", "none, and tried again once an hour: %s",
		    why);
	else if (!r)
		say(rp, "replica", "none yet");
	else if (p->trusted && !lw_plan_believed(p, lw_now_ms()))
		say(rp, "replica",
		    LW_PAIR_FAILS "no sweep for deleted entries ended for "
				  "%" PRId64 " s: logins are asked about each",
		    (lw_now_ms() - p->swept_ms) / 1000);
	else
		say(rp, "replica",
		    "%zu users, %zu groups, %zu members unknown, %zu entries "
		    "refused, %zu KB",
		    r->users, r->groups, r->dangling, r->refused,
		    r->bytes / 1024);
}

static void say_outage(struct report *rp, const struct lw_front *f)
{
	const struct lw_config *c = f->config;
	int64_t away;

	switch (lw_outage_now(f, &away)) {
	case LW_OUTAGE_ALL:
		say(rp, "offline",
		    LW_PAIR_FAILS "the directory has been away for %" PRId64
				  " s, longer than offline_max: nothing is "
				  "told of its users",
		    away / 1000);
		return;
	case LW_OUTAGE_RIGHTS:
		say(rp, "offline",
		    LW_PAIR_FAILS "the directory has been away for %" PRId64
				  " s, longer than offline_authorization_max: "
				  "no groups are told, and nobody may log in",
		    away / 1000);
		return;
	case LW_OUTAGE_NONE:
		break;
	}
	if (away <= 0 && !lw_link_answers(f->link) &&
	    lw_follow_plan(f->follow)->confirmed_ms < 0)
		say(rp, "offline",
		    LW_PAIR_FAILS "nothing has been heard of the directory "
				  "since lightwaved started: what is told is "
				  "what the store had");
	else if (away > 0)
		say(rp, "offline",
		    "for %" PRId64 " s: groups and logins end after %" PRIu32
		    " s, all else after %" PRIu32 " s",
		    away / 1000, c->offline_authorization_max, c->offline_max);
	else
		say(rp, "offline",
		    "no; groups and logins would end after %" PRIu32
		    " s, all else after %" PRIu32 " s",
		    c->offline_authorization_max, c->offline_max);
}

static void say_kept(struct report *rp, const struct lw_front *f)
{
	if (lw_store_fails(f->store))
		say(rp, "store",
		    LW_PAIR_FAILS "it cannot be used: journalctl -u lightwaved "
				  "says why; make room or set it right, and "
				  "systemctl restart lightwaved");
	else
		say(rp, "store", "ok");
	if (!f->config->offline_credentials)
		return;
	if (lw_creds_there(f->creds))
		say(rp, "offline credentials", "ok");
	else
		say(rp, "offline credentials",
		    LW_PAIR_FAILS "lightwaved-creds does not answer: systemctl "
				  "status lightwaved-creds.socket "
				  "lightwaved-creds");
}

enum lw_err lw_answer_status(struct lw_request *r, struct lw_rd *body,
			     struct lw_wr *rest)
{
	struct lw_follow *follow = r->front->follow;
	size_t count_at = (size_t)(rest->p - rest->base);
	struct report rp = { .w = rest };
	enum lw_err e = lw_rd_end(body);

	if (e == LW_OK && !r->selftest && !r->offline && !r->busy) {
		e = ask(r);
		if (e == LW_OFFLINE)
			e = LW_OK;
	}
	if (e != LW_OK)
		return e;
	lw_wr_u32(rest, 0);
	say_front(&rp, r->front);
	say_local_groups(&rp, r->front);
	say_worker(&rp, r);
	say_followed(&rp, lw_follow_plan(follow));
	say_replica(&rp, lw_follow_plan(follow), lw_follow_replica(follow));
	say_outage(&rp, r->front);
	say_kept(&rp, r->front);
	e = lw_wr_end(rest);
	if (e == LW_OK)
		lw_put_u32(rest->base + count_at, rp.count);
	return e;
}
