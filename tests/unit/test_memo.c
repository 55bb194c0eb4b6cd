/* test_memo.c - an answer is given again while it is the same one. */
#include "unit.h"

#include "memo.h"

static size_t again(const struct lw_memo *m, const char *key, uint64_t state,
		    int64_t now)
{
	struct lw_memo_of of;
	struct lw_wr w;
	size_t n;

	lw_wr_heap(&w, 1 << 20);
	if (!lw_memo_get(m, key, state, now, &w, &of)) {
		assert_ptr_equal(w.p, w.base);
		lw_wr_done(&w);
		return 0;
	}
	assert_int_equal(lw_wr_end(&w), LW_OK);
	/* However late it is given: its facts are no younger for that. */
	assert_int_equal(of.as_of_ms, 50);
	assert_true(of.said);
	n = (size_t)(w.p - w.base);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(w.base[i], 'm');
	lw_wr_done(&w);
	return n;
}

static void keep(struct lw_memo *m, const char *key, size_t n, int64_t at)
{
	const struct lw_memo_of of = { 7, 50, true };
	struct lw_wr w;

	lw_wr_heap(&w, 1 << 20);
	for (size_t i = 0; i < n; i++)
		lw_wr_u8(&w, 'm');
	lw_memo_keep(m, key, &of, at, &w);
	lw_wr_done(&w);
}

static void the_last_long_answer_is_given_again(void **state)
{
	static const struct {
		const char *key;
		uint64_t state;
		int64_t now;
		size_t n;
	} rows[] = {
		{ "users", 7, 100, 5000 },
		{ "users", 7, 100 + LW_MEMO_MS - 1, 5000 },
		{ "users", 7, 100 + LW_MEMO_MS, 0 }, /* too old */
		{ "users", 8, 100, 0 },		     /* something has changed */
		{ "user", 7, 100, 0 },		     /* another question */
		{ "users2", 7, 100, 0 },
	};
	struct lw_memo m = { 0 };
	char name[32];

	(void)state;
	assert_int_equal(again(&m, "users", 7, 100), 0);
	keep(&m, "users", 5000, 100);
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(
			again(&m, rows[i].key, rows[i].state, rows[i].now),
			rows[i].n);
	for (int i = 1; i < LW_MEMO_N; i++) {
		snprintf(name, sizeof(name), "others%d", i);
		keep(&m, name, 3000, 100 + i);
	}
	assert_int_equal(again(&m, "users", 7, 110), 5000);
	/* A short one is not kept, and takes no place. */
	keep(&m, "short", LW_MEMO_MIN - 1, 120);
	assert_int_equal(again(&m, "short", 7, 120), 0);
	assert_int_equal(again(&m, "users", 7, 120), 5000);
	/* A new one of the same takes its own, another one the oldest. */
	keep(&m, "users", 4000, 130);
	assert_int_equal(again(&m, "users", 7, 130), 4000);
	assert_int_equal(again(&m, "others1", 7, 130), 3000);
	keep(&m, "one more", 2000, 140);
	assert_int_equal(again(&m, "one more", 7, 140), 2000);
	assert_int_equal(again(&m, "others1", 7, 140), 0);
	assert_int_equal(again(&m, "others2", 7, 140), 3000);
	lw_memo_done(&m);
}

static void an_answer_that_did_not_fit_is_not_kept(void **state)
{
	const struct lw_memo_of of = { 7, 50, true };
	struct lw_memo m = { 0 };
	uint8_t buf[LW_MEMO_MIN];
	struct lw_wr w;

	(void)state;
	lw_wr_init(&w, buf, sizeof(buf));
	w.base = buf;
	lw_wr_raw(&w, buf, 0);
	for (size_t i = 0; i <= sizeof(buf); i++)
		lw_wr_u8(&w, 'm');
	lw_memo_keep(&m, "users", &of, 100, &w);
	assert_int_equal(again(&m, "users", 7, 100), 0);
	lw_memo_done(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_long_answer_is_given_again),
		cmocka_unit_test(an_answer_that_did_not_fit_is_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
