/*
 * answer.h - collect entries into the body of an answer (job.h, "entries").
 *
 * An entry is taken once, by SID. First come those that were asked for, then
 * lw_answer_others() draws the line, then those that claim the same names.
 */
#ifndef LW_WORKER_ANSWER_H
#define LW_WORKER_ANSWER_H

#include "job.h"
#include "strset.h"

struct lw_answer {
	struct lw_wr *w;	      /* borrowed; grows on the heap */
	size_t counts_at, entries_at; /* offsets from w->base */
	uint32_t primary, count;
	bool others;
	struct lw_strset sids;
};

void lw_answer_init(struct lw_answer *a, struct lw_wr *w,
		    struct lw_str domain_sid);
void lw_answer_done(struct lw_answer *a);

/* LW_OK also when it was there already. LW_RANGE: the answer is too long. */
enum lw_err lw_answer_add(struct lw_answer *a, const struct lw_entry *e);

/* From here on only other claimants come. */
void lw_answer_others(struct lw_answer *a);

/* All that was added so far, to be read with lw_entry_decode() count times;
 * views into the answer, gone with the next lw_answer_add(). */
struct lw_rd lw_answer_each(const struct lw_answer *a);

/* Write the counts. LW_RANGE or LW_NOMEM: it did not fit. */
enum lw_err lw_answer_end(struct lw_answer *a);

#endif
