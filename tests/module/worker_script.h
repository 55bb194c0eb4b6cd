/*
 * worker_script.h - inside worker.c: what it was told to say (worker_say), and
 * what it was asked (worker_count, worker_question).
 */
#ifndef LW_TEST_WORKER_SCRIPT_H
#define LW_TEST_WORKER_SCRIPT_H

#include "worker.h"

/* Writes a question down. It must be one: the front never sends another. */
const struct worker_question *script_asked(const struct lw_head *h,
					   const uint8_t *body);

/* What answers q; valid until script_forget(). */
const struct worker_line *script_line(const struct worker_question *q);
bool script_fits(const struct worker_line *l, const struct worker_question *q);

/* A whole answer, into a heap writer; the hostile manners begin with it. */
void script_answer(struct lw_wr *w, const struct worker_question *q,
		   const struct worker_line *l);

/* Neither lines nor questions. */
void script_forget(void);

#endif
