/* question.c - ask as a worker does, judge as the front does. A fuzz target. */
#include "question.h"

#include "cleanup.h"
#include "fuzz.h"
#include "lookup.h"
#include "sync.h"

#include <string.h>

static enum lw_err ask(struct lw_conn *c, const struct question *q,
		       struct lw_wr *w)
{
	if (q->op == LW_OP_FIND)
		return lw_lookup_find(c, &q->find, w);
	if (q->op == LW_OP_MEMBERSHIPS)
		return lw_lookup_memberships(c, q->dn, w);
	if (q->op == LW_OP_RULES)
		return lw_lookup_rules(c, w);
	return lw_lookup_members(c, q->dn, w);
}

/* What goes up to the front, in parts. */
static enum lw_err part(void *arg, struct lw_str body)
{
	uint32_t *total = arg;
	struct lw_sync_part p;
	struct lw_rd r;

	lw_rd_init(&r, body.s, body.n);
	fuzz_holds(body.n <= LW_REPLY_MAX, "a part is a message");
	fuzz_holds(lw_status_decode(&r) == LW_OK, "a part has a status");
	fuzz_holds(lw_sync_part_decode(&r, &p) == LW_OK && p.count > 0,
		   "the front can read a part");
	for (uint32_t i = 0; i < p.count; i++) {
		struct lw_sync_entry e = lw_sync_entry_decode(&p.each);

		fuzz_holds(lw_sid_valid(e.e.sid) && e.e.dn.n > 0,
			   "who changed is known");
		fuzz_holds(e.e.kind == LW_KIND_GROUP || e.member_count == 0,
			   "only groups have members");
	}
	*total += p.count;
	return LW_OK;
}

static void end(const struct lw_wr *w, const struct lw_sync *q, uint32_t total)
{
	struct lw_sync_end e;
	struct lw_rd r;

	lw_rd_init(&r, w->base, (size_t)(w->p - w->base));
	fuzz_holds(lw_sync_end_decode(&r, &e) == LW_OK,
		   "the front can read the end");
	fuzz_holds(e.total == total, "nothing was lost on the way");
	fuzz_holds(lw_str_eq(e.domain_sid, PEER_SID),
		   "the domain is the one it was");
	fuzz_holds(e.kind != LW_SYNCED_UNKNOWN || total == 0,
		   "who knows nothing says nothing");
	fuzz_holds(e.kind != LW_SYNCED_CHANGES || e.highest >= q->from,
		   "numbers do not go backwards");
	fuzz_holds(total <= q->max || e.kind == LW_SYNCED_CHANGES ||
			   e.kind == LW_SYNCED_TOO_MANY ||
			   e.kind == LW_SYNCED_UNTOLD,
		   "no more than wanted");
}

static bool run_sync(struct peer *p, const struct question *q,
		     uint32_t *ret_entries)
{
	lw_cleanup(lw_wr_done) struct lw_wr w = { 0 };
	uint8_t body[1024];
	struct lw_wr ask;
	struct lw_rd r;
	enum lw_err e;

	*ret_entries = 0;
	lw_wr_init(&ask, body, sizeof(body));
	lw_sync_encode(&ask, &q->sync);
	if (lw_wr_end(&ask) != LW_OK)
		return false;
	lw_rd_init(&r, body, (size_t)(ask.p - body));
	lw_wr_heap(&w, LW_REPLY_MAX);
	lw_sync_forget();
	e = lw_sync_run(&p->conn, &r, part, ret_entries, &w);
	if (e == LW_OK)
		end(&w, &q->sync, *ret_entries);
	else
		fuzz_holds(e == LW_OFFLINE || e == LW_RANGE || e == LW_NOMEM,
			   "an error is one that the header names");
	return e == LW_OK;
}

static void entry(const struct lw_entry *e)
{
	fuzz_holds(lw_sid_valid(e->sid), "an entry has a SID");
	fuzz_holds(e->sam.n > 0, "an entry has a name");
	fuzz_holds(e->dn.n > 0, "an entry has a DN");
	fuzz_holds(e->kind == LW_KIND_USER ||
			   (e->upn.n == 0 && e->given.n == 0 && e->sn.n == 0 &&
			    e->uac == 0),
		   "a group is nothing but a group");
}

/* As often as it is: once. */
static void alone(struct lw_rd each, uint32_t count, struct lw_str sid)
{
	uint32_t met = 0;

	for (uint32_t i = 0; i < count; i++) {
		struct lw_entry e = lw_entry_decode(&each);

		met += e.sid.n == sid.n && !memcmp(e.sid.s, sid.s, sid.n);
	}
	fuzz_holds(met == 1, "a SID is there once");
}

static uint32_t judge(const struct lw_wr *w)
{
	struct lw_entries es;
	struct lw_rd r, each;

	fuzz_holds(w->base, "an answer is there");
	lw_rd_init(&r, w->base, (size_t)(w->p - w->base));
	fuzz_holds(lw_entries_decode(&r, &es) == LW_OK,
		   "the front can read what the worker answers");
	fuzz_holds(lw_str_eq(es.domain_sid, PEER_SID),
		   "the domain is the one it was");
	each = es.each;
	for (uint32_t i = 0; i < es.count; i++) {
		struct lw_entry e = lw_entry_decode(&each);

		entry(&e);
		alone(es.each, es.count, e.sid);
	}
	return es.count;
}

static void rules(const struct lw_wr *w)
{
	struct lw_password_policy p;
	struct lw_rd r;

	lw_rd_init(&r, w->base, (size_t)(w->p - w->base));
	fuzz_holds(lw_password_policy_decode(&r, &p) == LW_OK,
		   "the front can read the rules");
	fuzz_holds(p.min_length == LW_NEVER || p.min_length <= p.max_length,
		   "some length is right");
	fuzz_holds(p.max_identical > 0, "some password is right");
}

bool question_run(struct peer *p, const struct question *q,
		  uint32_t *ret_entries)
{
	lw_cleanup(lw_wr_done) struct lw_wr w = { 0 };
	enum lw_err e;

	if (q->op == LW_OP_SYNC)
		return run_sync(p, q, ret_entries);
	lw_wr_heap(&w, LW_REPLY_MAX);
	e = ask(&p->conn, q, &w);
	*ret_entries = 0;
	if (e == LW_OK && q->op == LW_OP_RULES)
		rules(&w);
	else if (e == LW_OK)
		*ret_entries = judge(&w);
	else
		fuzz_holds(e == LW_NOTFOUND || e == LW_OFFLINE ||
				   e == LW_RANGE || e == LW_INVALID ||
				   e == LW_NOMEM,
			   "an error is one that the header names");
	return e == LW_OK;
}
