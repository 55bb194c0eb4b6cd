/*
 * memo.h - the last long answers. The front.
 *
 * glibc asks for a large group again and again, with twice the buffer each
 * time: nine times for 5,000 members. And whoever asks for one without end
 * takes nobody else's time. Each is worked out once.
 */
#ifndef LW_MEMO_H
#define LW_MEMO_H

#include "wire.h"

#define LW_MEMO_MS  1000
#define LW_MEMO_MIN 1024 /* glibc's first buffer: less is asked once */
#define LW_MEMO_N   4

/* What an answer was worked out from. */
struct lw_memo_of {
	uint64_t state;	  /* another one is another answer */
	int64_t as_of_ms; /* of its oldest fact */
	bool said;	  /* request.said */
};

struct lw_memo {
	struct lw_memo_item {
		char *key;
		uint8_t *answer;
		size_t n;
		int64_t at_ms;
		struct lw_memo_of of;
	} items[LW_MEMO_N];
};

void lw_memo_done(struct lw_memo *m);

/*
 * An answer to key in that state, given again: its facts are as old as they
 * were. False: none is kept, or it is too old.
 */
bool lw_memo_get(const struct lw_memo *m, const char *key, uint64_t state,
		 int64_t now_ms, struct lw_wr *answer,
		 struct lw_memo_of *ret_of);
/* What was written to answer, if long; in place of the oldest one. */
void lw_memo_keep(struct lw_memo *m, const char *key,
		  const struct lw_memo_of *of, int64_t now_ms,
		  const struct lw_wr *answer);

#endif
