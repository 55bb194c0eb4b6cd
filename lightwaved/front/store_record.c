/* store_record.c - records of the store. The front; pure. */
#include "store_record.h"

#include <stdlib.h>

static bool rd_bool(struct lw_rd *r)
{
	uint8_t v = lw_rd_u8(r);

	r->bad |= v > 1;
	return v == 1;
}

void lw_state_encode(struct lw_wr *w, const struct lw_store_state *s)
{
	lw_wr_u32(w, LW_STORE_FORMAT);
	lw_wr_str(w, s->domain);
	lw_wr_str(w, s->domain_sid);
	lw_wr_u32(w, s->well_known_base);
	lw_wr_u8(w, s->legacy_sids);
	lw_wr_str(w, s->server);
	lw_wr_u64(w, s->highest);
	lw_wr_u8(w, s->replicated);
	lw_wr_u8(w, s->trusted);
	lw_wr_u64(w, s->confirmed);
	lw_wr_u64(w, s->swept);
	lw_wr_u64(w, s->mark);
}

enum lw_err lw_state_decode(struct lw_rd *r, struct lw_store_state *ret)
{
	struct lw_store_state s;

	if (lw_rd_u32(r) != LW_STORE_FORMAT)
		return LW_PROTO;
	s.domain = lw_rd_str(r);
	s.domain_sid = lw_rd_str(r);
	s.well_known_base = lw_rd_u32(r);
	s.legacy_sids = rd_bool(r);
	s.server = lw_rd_str(r);
	s.highest = lw_rd_u64(r);
	s.replicated = rd_bool(r);
	s.trusted = rd_bool(r);
	s.confirmed = lw_rd_u64(r);
	s.swept = lw_rd_u64(r);
	s.mark = lw_rd_u64(r);
	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;

	*ret = s;
	return LW_OK;
}

void lw_known_encode(struct lw_wr *w, const struct lw_known *k)
{
	struct lw_entry e = lw_known_entry(k);

	lw_wr_u8(w, k->doubt != 0);
	lw_sync_entry_encode(w, &e, 0, k->member_n);
	for (uint32_t i = 0; i < k->member_n; i++)
		lw_wr_str(w, (struct lw_str) { k->members[i]->dn,
					       k->members[i]->dn_n });
}

enum lw_err lw_known_decode(struct lw_rd *r, struct lw_sync_entry *ret,
			    bool *ret_doubted)
{
	bool doubted = rd_bool(r);
	struct lw_sync_entry s = lw_sync_entry_decode(r);

	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;

	*ret = s;
	*ret_doubted = doubted;
	return LW_OK;
}

void lw_store_name_encode(struct lw_wr *w, const struct lw_store_name *n)
{
	lw_wr_u64(w, n->at);
	lw_wr_u32(w, n->id);
	lw_wr_str(w, n->sid);
}

enum lw_err lw_store_name_decode(struct lw_rd *r, struct lw_store_name *ret)
{
	struct lw_store_name n;

	n.at = lw_rd_u64(r);
	n.id = lw_rd_u32(r);
	n.sid = lw_rd_str(r);
	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;

	*ret = n;
	return LW_OK;
}

void lw_object_encode(struct lw_wr *w, const struct lw_object *o, uint64_t at)
{
	/* The name that it goes by is the one it has a right to. */
	const struct lw_entry e = {
		.kind = o->kind,
		.dn = lw_str(o->dn),
		.sid = lw_str(o->sid),
		.sam = lw_str(o->account),
		.upn = lw_str(o->upn),
		.given = lw_str(o->gecos),
		.uac = o->uac,
	};

	lw_wr_u64(w, at);
	lw_entry_encode(w, &e);
}

enum lw_err lw_object_decode(struct lw_rd *r, struct lw_entry *ret,
			     uint64_t *ret_at)
{
	uint64_t at = lw_rd_u64(r);
	struct lw_entry e = lw_entry_decode(r);

	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;

	*ret = e;
	*ret_at = at;
	return LW_OK;
}

void lw_ids_encode(struct lw_wr *w, const struct lw_ids *ids, uint64_t at)
{
	lw_wr_u64(w, at);
	lw_wr_u32(w, (uint32_t)ids->n);
	for (size_t i = 0; i < ids->n; i++)
		lw_wr_u32(w, ids->id[i]);
}

enum lw_err lw_ids_decode(struct lw_rd *r, struct lw_ids **ret,
			  uint64_t *ret_at)
{
	uint64_t at = lw_rd_u64(r);
	uint32_t n = lw_rd_count(r, 4);
	struct lw_ids *ids;

	if (r->bad || (size_t)(r->end - r->p) != (size_t)n * 4)
		return LW_PROTO;
	ids = malloc(sizeof(*ids) + (size_t)n * sizeof(ids->id[0]));
	if (!ids)
		return LW_NOMEM;
	ids->n = n;
	for (uint32_t i = 0; i < n; i++)
		ids->id[i] = lw_rd_u32(r);

	*ret = ids;
	*ret_at = at;
	return LW_OK;
}
