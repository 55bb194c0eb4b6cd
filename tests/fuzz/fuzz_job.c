/*
 * fuzz_job.c - do the messages between front and worker mean one thing?
 * Whatever decodes is encoded to the same bytes, and its strings lie in it.
 */
#include "fuzz.h"
#include "job_sync.h"
#include "message.h"

const char fuzz_target[] = "job";

static bool find(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_find f;

	if (lw_find_decode(r, &f) != LW_OK)
		return false;
	message_view(f.value);
	lw_find_encode(w, &f);
	return true;
}

static void entry(struct lw_rd *each, struct lw_wr *w)
{
	struct lw_entry e = lw_entry_decode(each);

	fuzz_holds(e.kind == LW_KIND_USER || e.kind == LW_KIND_GROUP,
		   "an entry is a user or a group");
	message_view(e.dn);
	message_view(e.sid);
	message_view(e.sam);
	message_view(e.upn);
	message_view(e.given);
	message_view(e.sn);
	lw_entry_encode(w, &e);
}

static bool entries(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_entries es;

	if (lw_entries_decode(r, &es) != LW_OK)
		return false;
	fuzz_holds(es.primary <= es.count, "no more were found than there are");
	message_view(es.domain_sid);
	lw_wr_str(w, es.domain_sid);
	lw_wr_u32(w, es.primary);
	lw_wr_u32(w, es.count);
	for (uint32_t i = 0; i < es.count; i++)
		entry(&es.each, w);
	fuzz_holds(lw_rd_end(&es.each) == LW_OK, "entries can be read again");
	return true;
}

static void can_bind(struct lw_str dn, struct lw_password password)
{
	message_view(dn);
	message_password(password);
	fuzz_holds(dn.n > 0 && password.n > 0 && password.n <= LW_PASSWORD_MAX,
		   "no bind is without name or password");
}

static bool verdict(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_verdict v;

	if (lw_verdict_decode(r, &v) != LW_OK)
		return false;
	can_bind(v.dn, v.password);
	message_view(v.upn);
	lw_verdict_encode(w, &v);
	return true;
}

static bool verdict_answer(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_verdict_answer a;

	if (lw_verdict_answer_decode(r, &a) != LW_OK)
		return false;
	message_bytes(a.ccache);
	fuzz_holds((a.ticket == LW_TICKET_OK) == (a.ccache.n > 0),
		   "a ticket that was not verified is none");
	lw_verdict_answer_encode(w, &a);
	return true;
}

static bool change(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_change c;

	if (lw_change_decode(r, &c) != LW_OK)
		return false;
	can_bind(c.dn, c.old_password);
	can_bind(c.dn, c.new_password);
	message_view(c.upn);
	lw_change_encode(w, &c);
	return true;
}

static bool sync(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_sync s;

	if (lw_sync_decode(r, &s) != LW_OK)
		return false;
	message_view(s.server);
	lw_sync_encode(w, &s);
	return true;
}

static bool sync_part(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_sync_part p;

	if (lw_sync_part_decode(r, &p) != LW_OK)
		return false;
	lw_wr_u32(w, p.count);
	for (uint32_t i = 0; i < p.count; i++) {
		struct lw_sync_entry s = lw_sync_entry_decode(&p.each);

		fuzz_holds(s.e.kind == LW_KIND_GROUP || s.member_count == 0,
			   "a user has no members");
		lw_sync_entry_encode(w, &s.e, s.usn, s.member_count);
		for (uint32_t m = 0; m < s.member_count; m++)
			lw_wr_str(w, lw_rd_str(&s.members));
	}
	return true;
}

static bool pairs(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_pairs p;

	if (lw_pairs_decode(r, &p) != LW_OK)
		return false;
	lw_wr_u32(w, p.count);
	for (uint32_t i = 0; i < 2 * p.count; i++)
		lw_wr_str(w, lw_rd_str(&p.each));
	return true;
}

static const struct message_op ops[] = {
	{ LW_OP_FIND, find, entries },
	{ LW_OP_MEMBERSHIPS, message_str, entries },
	{ LW_OP_MEMBERS, message_str, entries },
	{ LW_OP_VERDICT, verdict, verdict_answer },
	{ LW_OP_RULES, NULL, message_policy },
	{ LW_OP_CHANGE, change, NULL },
	{ LW_OP_SYNC, sync, sync_part },
	{ LW_OP_SELFTEST, NULL, pairs },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	message_run(ops, sizeof(ops) / sizeof(*ops), data, size);
	return 0;
}
