/* test_wire.c - the reader never passes the end, the writer never either. */
#include "unit.h"

/*
 * The linker brings every free() of the library here (--wrap=free): memory
 * that is watched must be all zero when it is given back.
 */
static struct {
	void *p;
	size_t n;
	bool freed, clean;
} watched;

void __real_free(void *p);
void __wrap_free(void *p);

void __wrap_free(void *p)
{
	if (p && p == watched.p) {
		watched.freed = watched.clean = true;
		for (size_t i = 0; i < watched.n; i++)
			watched.clean &= ((uint8_t *)p)[i] == 0;
		watched.p = NULL;
	}
	__real_free(p);
}

static void watch(const struct lw_wr *w)
{
	watched.p = w->base;
	watched.n = (size_t)(w->p - w->base);
	watched.freed = watched.clean = false;
}

struct every {
	uint8_t u8;
	uint16_t u16;
	uint32_t u32, count;
	struct lw_str str, bytes;
};

static enum lw_err decode_every(struct lw_rd *r, void *ret)
{
	struct every v;

	v.u8 = lw_rd_u8(r);
	v.u16 = lw_rd_u16(r);
	v.u32 = lw_rd_u32(r);
	v.str = lw_rd_str(r);
	v.bytes = lw_rd_bytes(r);
	v.count = lw_rd_count(r, 1);
	for (uint32_t i = 0; i < v.count; i++)
		lw_rd_u8(r);
	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;
	*(struct every *)ret = v;
	return LW_OK;
}

static void encode_every(struct lw_wr *w)
{
	lw_wr_u8(w, 0x12);
	lw_wr_u16(w, 0x3456);
	lw_wr_u32(w, 0x789ABCDE);
	lw_wr_str(w, LW_STR("alice"));
	lw_wr_str(w, LW_STR("a\0b"));
	lw_wr_u32(w, 2);
	lw_wr_raw(w, "xy", 2);
}

static void what_is_written_is_read_big_endian(void **state)
{
	static const uint8_t want[] = {
		0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE, 0,   0,   0,
		5,    'a',  'l',  'i',	'c',  'e',  0,	  0,   0,   3,
		'a',  0,    'b',  0,	0,    0,    2,	  'x', 'y',
	};
	uint8_t msg[64];
	struct lw_wr w;
	struct lw_rd r;
	struct every v;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	encode_every(&w);
	assert_int_equal(w.p - msg, sizeof(want));
	assert_memory_equal(msg, want, sizeof(want));

	lw_rd_init(&r, msg, sizeof(want));
	assert_int_equal(decode_every(&r, &v), LW_OK);
	assert_int_equal(v.u8, 0x12);
	assert_int_equal(v.u16, 0x3456);
	assert_int_equal(v.u32, 0x789ABCDE);
	unit_str_equal(v.str, "alice");
	assert_int_equal(v.bytes.n, 3);
	assert_memory_equal(v.bytes.s, "a\0b", 3);
	assert_int_equal(v.count, 2);
}

static void only_the_whole_message_decodes(void **state)
{
	uint8_t msg[64];
	struct lw_wr w;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	encode_every(&w);
	unit_only_whole(decode_every, sizeof(struct every), &w, msg);
}

static void a_bad_reader_gives_zero_for_ever(void **state)
{
	static const uint8_t msg[] = { 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4 };
	struct lw_rd r;

	(void)state;
	lw_rd_init(&r, msg, sizeof(msg));
	assert_int_equal(lw_rd_bytes(&r).n, 0);
	assert_true(r.bad);
	assert_int_equal(lw_rd_u8(&r), 0);
	assert_int_equal(lw_rd_u16(&r), 0);
	assert_int_equal(lw_rd_u32(&r), 0);
	assert_int_equal(lw_rd_str(&r).n, 0);
	assert_int_equal(lw_rd_count(&r, 1), 0);
	assert_int_equal(lw_rd_end(&r), LW_PROTO);
}

static void a_message_of_nothing_is_whole(void **state)
{
	struct lw_rd r;
	struct lw_wr w;

	(void)state;
	lw_rd_init(&r, NULL, 0);
	assert_int_equal(lw_rd_end(&r), LW_OK);
	assert_int_equal(lw_rd_u8(&r), 0);
	assert_int_equal(lw_rd_end(&r), LW_PROTO);

	lw_wr_init(&w, NULL, 0);
	lw_wr_raw(&w, "", 0);
	assert_int_equal(lw_wr_end(&w), LW_OK);
	lw_wr_u8(&w, 0);
	assert_int_equal(lw_wr_end(&w), LW_RANGE);
}

static void a_string_holds_no_nul_but_bytes_may(void **state)
{
	static const uint8_t msg[] = { 0, 0, 0, 3, 'a', 0, 'b' };
	struct lw_rd r;

	(void)state;
	lw_rd_init(&r, msg, sizeof(msg));
	assert_int_equal(lw_rd_bytes(&r).n, 3);
	assert_int_equal(lw_rd_end(&r), LW_OK);

	lw_rd_init(&r, msg, sizeof(msg));
	assert_int_equal(lw_rd_str(&r).n, 0);
	assert_int_equal(lw_rd_end(&r), LW_PROTO);
}

static void a_count_that_cannot_be_true_is_refused(void **state)
{
	static const struct {
		uint32_t count, min, ret;
		bool bad;
	} t[] = {
		{ 0, 4, 0, false },	    { 2, 4, 2, false },
		{ 3, 4, 0, true },	    { 8, 1, 8, false },
		{ 9, 1, 0, true },	    { 1, 9, 0, true },
		{ 0x80000000, 4, 0, true }, { 0x40000001, 4, 0, true },
		{ UINT32_MAX, 1, 0, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		uint8_t msg[12] = { 0 };
		struct lw_rd r;

		lw_put_u32(msg, t[i].count);
		assert_int_equal(lw_get_u32(msg), t[i].count);
		lw_rd_init(&r, msg, sizeof(msg));
		assert_int_equal(lw_rd_count(&r, t[i].min), t[i].ret);
		assert_int_equal(r.bad, t[i].bad);
	}
}

static void a_fixed_writer_stops_at_its_end(void **state)
{
	uint8_t whole[64];
	struct lw_wr w;
	size_t n;

	(void)state;
	lw_wr_init(&w, whole, sizeof(whole));
	encode_every(&w);
	n = (size_t)(w.p - whole);

	for (size_t room = 0; room <= n; room++) {
		uint8_t *p = malloc(room + 1);

		assert_non_null(p);
		lw_wr_init(&w, p + 1, room);
		encode_every(&w);
		assert_int_equal(lw_wr_end(&w), room < n ? LW_RANGE : LW_OK);
		free(p);
	}
}

static void a_full_writer_takes_nothing_more(void **state)
{
	uint8_t p[4];
	struct lw_wr w;

	(void)state;
	lw_wr_init(&w, p, sizeof(p));
	lw_wr_raw(&w, "12345", 5);
	lw_wr_u8(&w, 1);
	assert_ptr_equal(w.p, p);
	assert_int_equal(lw_wr_end(&w), LW_RANGE);
}

static void a_heap_writer_grows_to_its_limit(void **state)
{
	static const size_t limits[] = { 1, 100, 255, 256, 257, 5000, 65536 };

	(void)state;
	for (size_t i = 0; i < COUNT(limits); i++) {
		struct lw_wr w;

		lw_wr_heap(&w, limits[i]);
		for (size_t n = 0; n < limits[i]; n++)
			lw_wr_u8(&w, (uint8_t)n);
		assert_int_equal(lw_wr_end(&w), LW_OK);
		assert_int_equal(w.p - w.base, limits[i]);
		for (size_t n = 0; n < limits[i]; n++)
			assert_int_equal(w.base[n], (uint8_t)n);
		lw_wr_u8(&w, 0);
		assert_int_equal(lw_wr_end(&w), LW_RANGE);
		lw_wr_done(&w);
		assert_null(w.base);
	}
}

static void one_piece_beyond_the_limit_is_refused(void **state)
{
	char big[300] = { 0 };
	struct lw_wr w;

	(void)state;
	lw_wr_heap(&w, sizeof(big) - 1);
	lw_wr_raw(&w, big, sizeof(big));
	assert_int_equal(lw_wr_end(&w), LW_RANGE);
	lw_wr_done(&w);

	lw_wr_heap(&w, sizeof(big));
	lw_wr_raw(&w, big, sizeof(big));
	assert_int_equal(lw_wr_end(&w), LW_OK);
	lw_wr_done(&w);
}

static void a_string_of_4_gib_does_not_fit(void **state)
{
	uint8_t p[16];
	struct lw_wr w;

	(void)state;
	if (SIZE_MAX == UINT32_MAX)
		skip(); /* no such string there */
	lw_wr_init(&w, p, sizeof(p));
	lw_wr_str(&w, (struct lw_str) { "x", (size_t)UINT32_MAX + 1 });
	assert_ptr_equal(w.p, p);
	assert_int_equal(lw_wr_end(&w), LW_RANGE);
}

static void a_secret_is_wiped_when_it_moves_and_when_it_goes(void **state)
{
	char secret[200];
	struct lw_wr w;

	(void)state;
	memset(secret, 's', sizeof(secret));
	lw_wr_heap(&w, 4096);
	w.wipe = true;
	lw_wr_raw(&w, secret, sizeof(secret));
	watch(&w);
	lw_wr_raw(&w, secret, sizeof(secret));
	assert_true(watched.freed);
	assert_true(watched.clean);
	watch(&w);
	lw_wr_done(&w);
	assert_true(watched.freed);
	assert_true(watched.clean);
}

static void strings_compare_and_copy_by_length(void **state)
{
	char *s = lw_str_dup((struct lw_str) { "alice", 3 });
	char *none = lw_str_dup(lw_str(NULL));

	(void)state;
	assert_string_equal(s, "ali");
	assert_string_equal(none, "");
	free(s);
	free(none);
	assert_int_equal(lw_str("alice").n, 5);
	assert_true(lw_str_eq((struct lw_str) { "alice", 3 }, "ali"));
	assert_false(lw_str_eq((struct lw_str) { "alice", 3 }, "alice"));
	assert_false(lw_str_eq(lw_str("ali"), "alice"));
	assert_true(lw_str_eq(lw_str(NULL), ""));
}

static void strings_are_compared_by_length_and_bytes(void **state)
{
	const struct lw_str none = { 0 };

	(void)state;
	assert_true(lw_str_same(none, none));
	assert_true(lw_str_same(none, LW_STR("")));
	assert_true(lw_str_same(LW_STR("ab"), LW_STR("ab")));
	assert_false(lw_str_same(LW_STR("ab"), LW_STR("abc")));
	assert_false(lw_str_same(LW_STR("ab"), LW_STR("aB")));
	assert_true(lw_str_begins(none, ""));
	assert_false(lw_str_begins(none, "a"));
	assert_true(lw_str_begins(LW_STR("ab"), "ab"));
	assert_false(lw_str_begins(LW_STR("a"), "ab"));
	assert_false(lw_str_begins(LW_STR("ba"), "a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_big_endian),
		cmocka_unit_test(only_the_whole_message_decodes),
		cmocka_unit_test(a_bad_reader_gives_zero_for_ever),
		cmocka_unit_test(a_message_of_nothing_is_whole),
		cmocka_unit_test(a_string_holds_no_nul_but_bytes_may),
		cmocka_unit_test(a_count_that_cannot_be_true_is_refused),
		cmocka_unit_test(a_fixed_writer_stops_at_its_end),
		cmocka_unit_test(a_full_writer_takes_nothing_more),
		cmocka_unit_test(a_heap_writer_grows_to_its_limit),
		cmocka_unit_test(one_piece_beyond_the_limit_is_refused),
		cmocka_unit_test(a_string_of_4_gib_does_not_fit),
		cmocka_unit_test(
			a_secret_is_wiped_when_it_moves_and_when_it_goes),
		cmocka_unit_test(strings_compare_and_copy_by_length),
		cmocka_unit_test(strings_are_compared_by_length_and_bytes),
	};

	return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
