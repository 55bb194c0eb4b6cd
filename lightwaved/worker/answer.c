/* answer.c - collect entries into an answer. A worker process; pure. */
#include "answer.h"

void lw_answer_init(struct lw_answer *a, struct lw_wr *w,
		    struct lw_str domain_sid)
{
	*a = (struct lw_answer) { .w = w };
	lw_wr_str(w, domain_sid);
	a->counts_at = (size_t)(w->p - w->base);
	lw_wr_u32(w, 0);
	lw_wr_u32(w, 0);
	a->entries_at = (size_t)(w->p - w->base);
}

void lw_answer_done(struct lw_answer *a)
{
	lw_strset_done(&a->sids);
}

enum lw_err lw_answer_add(struct lw_answer *a, const struct lw_entry *e)
{
	enum lw_err r = lw_strset_add(&a->sids, e->sid);

	if (r != LW_OK)
		return r == LW_RANGE ? LW_OK : r;
	lw_entry_encode(a->w, e);
	a->count++;
	if (!a->others)
		a->primary = a->count;
	return lw_wr_end(a->w);
}

void lw_answer_others(struct lw_answer *a)
{
	a->others = true;
}

struct lw_rd lw_answer_each(const struct lw_answer *a)
{
	struct lw_rd r;

	lw_rd_init(&r, a->w->base + a->entries_at,
		   (size_t)(a->w->p - a->w->base) - a->entries_at);
	return r;
}

enum lw_err lw_answer_end(struct lw_answer *a)
{
	if (lw_wr_end(a->w) == LW_OK) {
		lw_put_u32(a->w->base + a->counts_at, a->primary);
		lw_put_u32(a->w->base + a->counts_at + 4, a->count);
	}
	return lw_wr_end(a->w);
}
