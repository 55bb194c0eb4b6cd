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

struct lw_memo {
	struct lw_memo_item {
		char *key;
		uint8_t *answer;
		size_t n;
		int64_t at_ms;
		uint64_t state;
	} items[LW_MEMO_N];
};

void lw_memo_done(struct lw_memo *m);

/*
 * state tells what the answer was worked out from: another one than it was
 * kept with is another answer. False: none is kept, or it is too old.
 */
bool lw_memo_get(const struct lw_memo *m, const char *key, uint64_t state,
		 int64_t now_ms, struct lw_wr *answer);
/* What was written to answer, if long; in place of the oldest one. */
void lw_memo_keep(struct lw_memo *m, const char *key, uint64_t state,
		  int64_t now_ms, const struct lw_wr *answer);

#endif
