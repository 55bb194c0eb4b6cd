/* memo.c - the last long answers. The front. */
#include "memo.h"

#include <stdlib.h>
#include <string.h>

static void forget(struct lw_memo_item *it)
{
	free(it->key);
	free(it->answer);
	*it = (struct lw_memo_item) { 0 };
}

void lw_memo_done(struct lw_memo *m)
{
	for (size_t i = 0; i < LW_MEMO_N; i++)
		forget(&m->items[i]);
}

static bool has(const struct lw_memo_item *it, const char *key)
{
	return it->key && !strcmp(it->key, key);
}

bool lw_memo_get(const struct lw_memo *m, const char *key, uint64_t state,
		 int64_t now_ms, struct lw_wr *answer,
		 struct lw_memo_of *ret_of)
{
	for (size_t i = 0; i < LW_MEMO_N; i++) {
		const struct lw_memo_item *it = &m->items[i];

		if (!has(it, key) || it->of.state != state ||
		    now_ms - it->at_ms >= LW_MEMO_MS)
			continue;
		lw_wr_raw(answer, it->answer, it->n);
		*ret_of = it->of;
		return true;
	}
	return false;
}

/* Its own, an empty one, or the oldest. */
static struct lw_memo_item *place_for(struct lw_memo *m, const char *key)
{
	struct lw_memo_item *ret = &m->items[0];

	for (size_t i = 0; i < LW_MEMO_N; i++) {
		struct lw_memo_item *it = &m->items[i];

		if (has(it, key))
			return it;
		if (ret->key && (!it->key || it->at_ms < ret->at_ms))
			ret = it;
	}
	return ret;
}

void lw_memo_keep(struct lw_memo *m, const char *key,
		  const struct lw_memo_of *of, int64_t now_ms,
		  const struct lw_wr *answer)
{
	size_t n = (size_t)(answer->p - answer->base);
	struct lw_memo_item *it;

	if (lw_wr_end(answer) != LW_OK || n < LW_MEMO_MIN)
		return;
	it = place_for(m, key);
	forget(it);
	it->key = strdup(key);
	it->answer = malloc(n);
	if (!it->key || !it->answer) {
		forget(it);
		return;
	}
	memcpy(it->answer, answer->base, n);
	it->n = n;
	it->at_ms = now_ms;
	it->of = *of;
}
