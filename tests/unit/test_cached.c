/* test_cached.c - what is known of an entry, as messages. */
#include "unit.h"

#include "cached.h"

static const struct lw_cached alice = {
	.kind = LW_KIND_USER,
	.from = LW_CACHED_REPLICA,
	.id = 16778241,
	.name = { "alice@lightwave.test", 20 },
	.sid = { "S-1-7-21-1-2-3-4-1-1025", 23 },
	.dn = { "cn=alice", 8 },
	.entry = { 1, LW_NEVER, 3 },
	.count = 4,
	.list = { 5, 6, 7 },
};

static enum lw_err as_list(struct lw_rd *r, void *ret)
{
	return lw_cached_list_decode(r, ret);
}

static enum lw_err as_drop(struct lw_rd *r, void *ret)
{
	return lw_drop_decode(r, ret);
}

static size_t list_of(uint8_t *msg, size_t size, const struct lw_cached *c)
{
	struct lw_wr w;

	lw_wr_init(&w, msg, size);
	lw_wr_u32(&w, 1);
	lw_cached_encode(&w, c);
	assert_int_equal(lw_wr_end(&w), LW_OK);
	return (size_t)(w.p - msg);
}

static void what_is_known_comes_as_it_was(void **state)
{
	struct lw_cached_list l;
	struct lw_cached c;
	uint8_t msg[256];
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	w.p += list_of(msg, sizeof(msg), &alice);
	unit_only_whole(as_list, sizeof(l), &w, msg);

	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_cached_list_decode(&r, &l), LW_OK);
	assert_int_equal(l.count, 1);
	c = lw_cached_decode(&l.each);
	assert_int_equal(c.kind, LW_KIND_USER);
	assert_int_equal(c.from, LW_CACHED_REPLICA);
	assert_int_equal(c.id, 16778241);
	unit_str_equal(c.name, "alice@lightwave.test");
	unit_str_equal(c.sid, "S-1-7-21-1-2-3-4-1-1025");
	unit_str_equal(c.dn, "cn=alice");
	assert_int_equal(c.entry.age, 1);
	assert_true(c.entry.fresh == LW_NEVER);
	assert_int_equal(c.entry.offline, 3);
	assert_int_equal(c.count, 4);
	assert_int_equal(c.list.age, 5);
	assert_int_equal(c.list.fresh, 6);
	assert_int_equal(c.list.offline, 7);
}

static void other_kinds_are_none(void **state)
{
	static const struct {
		uint8_t kind, from;
	} bad[] = { { 0, 1 }, { 3, 1 }, { 1, 0 }, { 1, LW_CACHED_FROM_COUNT } };
	struct lw_cached_list l;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		uint8_t msg[256];
		struct lw_rd r;
		size_t n = list_of(msg, sizeof(msg), &alice);

		msg[4] = bad[i].kind;
		msg[5] = bad[i].from;
		lw_rd_init(&r, msg, n);
		assert_int_equal(lw_cached_list_decode(&r, &l), LW_PROTO);
	}
}

static void only_a_whole_drop_decodes(void **state)
{
	static const struct lw_drop good[] = {
		{ LW_DROP_NAME, { "alice", 5 } },
		{ LW_DROP_GROUPS, { "alice", 5 } },
		{ LW_DROP_ALL, { "", 0 } },
	};
	static const struct lw_drop bad[] = {
		{ LW_DROP_NAME, { "", 0 } },
		{ LW_DROP_GROUPS, { "", 0 } },
		{ LW_DROP_ALL, { "alice", 5 } },
		{ LW_DROP_HOW_COUNT, { "alice", 5 } },
	};
	uint8_t msg[64];
	struct lw_drop d;
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		lw_wr_init(&w, msg, sizeof(msg));
		lw_drop_encode(&w, &good[i]);
		unit_only_whole(as_drop, sizeof(d), &w, msg);
		lw_rd_init(&r, msg, (size_t)(w.p - msg));
		assert_int_equal(lw_drop_decode(&r, &d), LW_OK);
		assert_int_equal(d.how, good[i].how);
		assert_int_equal(d.name.n, good[i].name.n);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		lw_wr_init(&w, msg, sizeof(msg));
		lw_drop_encode(&w, &bad[i]);
		lw_rd_init(&r, msg, (size_t)(w.p - msg));
		assert_int_equal(lw_drop_decode(&r, &d), LW_PROTO);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_known_comes_as_it_was),
		cmocka_unit_test(other_kinds_are_none),
		cmocka_unit_test(only_a_whole_drop_decodes),
	};

	return cmocka_run_group_tests_name("cached", tests, NULL, NULL);
}
