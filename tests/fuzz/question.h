/*
 * question.h - a worker's question about accounts, asked of a server in memory.
 */
#ifndef LW_FUZZ_QUESTION_H
#define LW_FUZZ_QUESTION_H

#include "job_sync.h"
#include "peer.h"

/* The questions that there are: the ops of job.h, and how FIND asks. */
struct question {
	enum lw_op op;
	struct lw_find find; /* for FIND */
	struct lw_sync sync; /* for SYNC */
	struct lw_str dn;    /* for the others */
};

/*
 * Ask it over p, which is open. What the worker then answers the front can
 * read, and every entry in it is one that can be served; or there is an
 * error. Gives the number of entries, and whether there was an answer.
 */
bool question_run(struct peer *p, const struct question *q,
		  uint32_t *ret_entries);

#endif
