/*
 * sync_seen.h - what was reported of a server's latest changes.
 *
 * Of the last numbers everything is asked for again and again, because a
 * lower number may be committed after a higher one. What was reported is not
 * reported twice, once it is sure that it arrived: who goes on from where the
 * last answer ended has got that answer.
 */
#ifndef LW_SYNC_SEEN_H
#define LW_SYNC_SEEN_H

#include "wire.h"

/* More are not kept, but reported again. */
#define LW_SYNC_SEEN_MAX 4096

struct lw_sync_pair {
	uint64_t dn; /* lw_dn_hash() */
	uint64_t usn;
};

struct lw_sync_pairs {
	struct lw_sync_pair *v;
	size_t n, room;
};

struct lw_sync_seen {
	struct lw_sync_pairs known; /* these have arrived */
	struct lw_sync_pairs last;  /* of the last answer */
	uint64_t from, highest;	    /* what that was asked and ended with */
	uint64_t top;		    /* the highest number met */
	int64_t quiet_ms;	    /* since then nothing was new */
	unsigned int quiet_polls;   /* so often */
};

/* Zeroed is empty. */
void lw_sync_seen_done(struct lw_sync_seen *s);

/*
 * The next question has come, from `from` at now_ms. Gives the number from
 * which to search: margin less than `from`, until that long and that often
 * nothing came that nothing can still be on its way; then `from` itself, whose
 * entry says that the numbers still reach so far.
 */
uint64_t lw_sync_seen_ask(struct lw_sync_seen *s, uint64_t from,
			  uint64_t margin, int64_t now_ms);

/* Whether a pair has to be reported. */
bool lw_sync_seen_new(const struct lw_sync_seen *s, uint64_t dn, uint64_t usn);

/* A pair was reported, at now_ms. */
void lw_sync_seen_add(struct lw_sync_seen *s, uint64_t dn, uint64_t usn,
		      int64_t now_ms);

/* The answer ended with `highest`. */
void lw_sync_seen_end(struct lw_sync_seen *s, uint64_t highest);

#endif
