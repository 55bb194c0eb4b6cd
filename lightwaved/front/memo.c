/* memo.c - the last long answer. The front. */
#include "memo.h"

#include <stdlib.h>
#include <string.h>

void lw_memo_done(struct lw_memo *m)
{
	free(m->key);
	free(m->answer);
	*m = (struct lw_memo) { 0 };
}

bool lw_memo_get(const struct lw_memo *m, struct lw_str key, uint64_t state,
		 int64_t now_ms, struct lw_wr *answer)
{
	if (!m->key || !lw_str_eq(key, m->key) || m->state != state ||
	    now_ms - m->at_ms >= LW_MEMO_MS)
		return false;
	lw_wr_raw(answer, m->answer, m->n);
	return true;
}

void lw_memo_keep(struct lw_memo *m, struct lw_str key, uint64_t state,
		  int64_t now_ms, const struct lw_wr *answer)
{
	size_t n = (size_t)(answer->p - answer->base);

	/* It takes no memory, and no long one's place. */
	if (n < LW_MEMO_MIN)
		return;
	lw_memo_done(m);
	if (lw_wr_end(answer) != LW_OK)
		return;
	m->key = lw_str_dup(key);
	m->answer = malloc(n);
	if (!m->key || !m->answer) {
		lw_memo_done(m);
		return;
	}
	memcpy(m->answer, answer->base, n);
	m->n = n;
	m->at_ms = now_ms;
	m->state = state;
}
