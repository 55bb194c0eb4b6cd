/* job_sync.c - following the directory, as messages. Both daemons; pure. */
#include "job_sync.h"

void lw_sync_encode(struct lw_wr *w, const struct lw_sync *s)
{
	lw_wr_str(w, s->server);
	lw_wr_u64(w, s->from);
	lw_wr_u8(w, (uint8_t)s->how);
	lw_wr_u32(w, s->max);
}

enum lw_err lw_sync_decode(struct lw_rd *r, struct lw_sync *ret)
{
	struct lw_sync s = { .server = lw_rd_str(r) };
	uint8_t how;

	s.from = lw_rd_u64(r);
	how = lw_rd_u8(r);
	s.max = lw_rd_u32(r);
	if (lw_rd_end(r) != LW_OK || how >= LW_SYNC_HOW_COUNT)
		return LW_PROTO;

	s.how = (enum lw_sync_how)how;
	*ret = s;
	return LW_OK;
}

void lw_sync_entry_encode(struct lw_wr *w, const struct lw_entry *e,
			  uint64_t usn, uint32_t member_count)
{
	lw_entry_encode(w, e);
	lw_wr_u64(w, usn);
	lw_wr_u32(w, member_count);
}

struct lw_sync_entry lw_sync_entry_decode(struct lw_rd *r)
{
	struct lw_sync_entry s = { .e = lw_entry_decode(r) };

	s.usn = lw_rd_u64(r);
	s.member_count = lw_rd_count(r, 4);
	s.members = *r;
	for (uint32_t i = 0; i < s.member_count; i++)
		lw_rd_str(r);
	if (s.e.kind != LW_KIND_GROUP && s.member_count > 0)
		r->bad = true;
	return s;
}

enum lw_err lw_sync_part_decode(struct lw_rd *r, struct lw_sync_part *ret)
{
	struct lw_sync_part p = { .count = lw_rd_count(r, LW_SYNC_ENTRY_MIN) };

	p.each = *r;
	for (uint32_t i = 0; i < p.count && !r->bad; i++)
		lw_sync_entry_decode(r);
	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;

	*ret = p;
	return LW_OK;
}

void lw_sync_end_encode(struct lw_wr *w, const struct lw_sync_end *e)
{
	lw_wr_str(w, e->domain_sid);
	lw_wr_str(w, e->server);
	lw_wr_u64(w, e->highest);
	lw_wr_u8(w, (uint8_t)e->kind);
	lw_wr_u32(w, e->total);
}

enum lw_err lw_sync_end_decode(struct lw_rd *r, struct lw_sync_end *ret)
{
	struct lw_sync_end e = { .domain_sid = lw_rd_str(r) };
	uint8_t kind;

	e.server = lw_rd_str(r);
	e.highest = lw_rd_u64(r);
	kind = lw_rd_u8(r);
	e.total = lw_rd_u32(r);
	if (lw_rd_end(r) != LW_OK || kind >= LW_SYNCED_COUNT)
		return LW_PROTO;

	e.kind = (enum lw_synced)kind;
	*ret = e;
	return LW_OK;
}

enum lw_err lw_pairs_decode(struct lw_rd *r, struct lw_pairs *ret)
{
	struct lw_pairs p = { .count = lw_rd_count(r, 8) };

	p.each = *r;
	for (uint32_t i = 0; i < p.count; i++) {
		lw_rd_str(r);
		lw_rd_str(r);
	}
	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;

	*ret = p;
	return LW_OK;
}
