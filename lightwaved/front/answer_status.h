/*
 * answer_status.h - what works and what does not: the worker's self-test, and
 * what the front knows of itself. The front.
 */
#ifndef LW_ANSWER_STATUS_H
#define LW_ANSWER_STATUS_H

#include "link.h"

enum lw_err lw_answer_status(struct lw_request *r, struct lw_rd *body,
			     struct lw_wr *rest);

/* As lw_lookup_absorb(), for LW_OP_SELFTEST. */
enum lw_err lw_status_absorb(const struct lw_question *q, enum lw_err status,
			     struct lw_rd *body);

#endif
