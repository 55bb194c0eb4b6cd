/* test_job_sync.c - how the front follows the directory, as messages. */
#include "unit.h"

#include "job_sync.h"

static const struct lw_entry alice = {
	.kind = LW_KIND_USER,
	.dn = { "cn=alice", 8 },
	.sid = { "S-1-7-21-1-2-3-4-1-1025", 23 },
	.sam = { "alice", 5 },
};

static const struct lw_entry ops = {
	.kind = LW_KIND_GROUP,
	.dn = { "cn=ops", 6 },
	.sid = { "S-1-7-21-1-2-3-4-1-1026", 23 },
	.sam = { "ops", 3 },
};

static enum lw_err as_sync(struct lw_rd *r, void *ret)
{
	return lw_sync_decode(r, ret);
}

static enum lw_err as_part(struct lw_rd *r, void *ret)
{
	return lw_sync_part_decode(r, ret);
}

static enum lw_err as_end(struct lw_rd *r, void *ret)
{
	return lw_sync_end_decode(r, ret);
}

static enum lw_err as_pairs(struct lw_rd *r, void *ret)
{
	return lw_pairs_decode(r, ret);
}

static void only_a_whole_question_decodes(void **state)
{
	const struct lw_sync sync = { LW_STR("dc1:636"), UINT64_MAX - 1,
				      LW_SYNC_SIDS, 50000 };
	struct lw_sync s;
	uint8_t msg[64];
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_sync_encode(&w, &sync);
	unit_only_whole(as_sync, sizeof(s), &w, msg);

	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_sync_decode(&r, &s), LW_OK);
	unit_str_equal(s.server, "dc1:636");
	assert_true(s.from == UINT64_MAX - 1);
	assert_int_equal(s.how, LW_SYNC_SIDS);
	assert_int_equal(s.max, 50000);
	msg[w.p - msg - 5] = LW_SYNC_HOW_COUNT;
	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_sync_decode(&r, &s), LW_PROTO);
}

static void only_a_whole_part_decodes(void **state)
{
	struct lw_sync_part p;
	struct lw_sync_entry e;
	uint8_t msg[512];
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_wr_u32(&w, 2);
	lw_sync_entry_encode(&w, &ops, UINT64_C(0x100000002), 2);
	lw_wr_str(&w, LW_STR("cn=alice"));
	lw_wr_str(&w, LW_STR("cn=gone"));
	lw_sync_entry_encode(&w, &alice, 7, 0);
	unit_only_whole(as_part, sizeof(p), &w, msg);

	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_sync_part_decode(&r, &p), LW_OK);
	assert_int_equal(p.count, 2);
	e = lw_sync_entry_decode(&p.each);
	assert_int_equal(e.e.kind, LW_KIND_GROUP);
	assert_true(e.usn == UINT64_C(0x100000002));
	assert_int_equal(e.member_count, 2);
	unit_str_equal(lw_rd_str(&e.members), "cn=alice");
	unit_str_equal(lw_rd_str(&e.members), "cn=gone");
	e = lw_sync_entry_decode(&p.each);
	unit_str_equal(e.e.dn, "cn=alice");
	assert_int_equal(e.member_count, 0);
}

static void a_user_has_no_members(void **state)
{
	struct lw_sync_part p;
	uint8_t msg[256];
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_wr_u32(&w, 1);
	lw_sync_entry_encode(&w, &alice, 7, 1);
	lw_wr_str(&w, LW_STR("cn=bob"));
	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_sync_part_decode(&r, &p), LW_PROTO);
}

static void only_a_whole_end_decodes(void **state)
{
	const struct lw_sync_end end = { LW_STR("S-1-7-21-1-2-3-4"),
					 LW_STR("dc2:636"), UINT64_MAX,
					 LW_SYNCED_UNKNOWN, 12 };
	struct lw_sync_end e;
	uint8_t msg[64];
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_sync_end_encode(&w, &end);
	unit_only_whole(as_end, sizeof(e), &w, msg);

	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_sync_end_decode(&r, &e), LW_OK);
	unit_str_equal(e.domain_sid, "S-1-7-21-1-2-3-4");
	unit_str_equal(e.server, "dc2:636");
	assert_true(e.highest == UINT64_MAX);
	assert_int_equal(e.kind, LW_SYNCED_UNKNOWN);
	assert_int_equal(e.total, 12);
	msg[w.p - msg - 5] = LW_SYNCED_COUNT;
	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_sync_end_decode(&r, &e), LW_PROTO);
}

static void only_whole_pairs_decode(void **state)
{
	struct lw_pairs p;
	uint8_t msg[64];
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_wr_u32(&w, 2);
	lw_wr_str(&w, LW_STR("bind"));
	lw_wr_str(&w, LW_STR("ok"));
	lw_wr_str(&w, LW_STR("clock"));
	lw_wr_str(&w, LW_STR(""));
	unit_only_whole(as_pairs, sizeof(p), &w, msg);

	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_pairs_decode(&r, &p), LW_OK);
	assert_int_equal(p.count, 2);
	unit_str_equal(lw_rd_str(&p.each), "bind");
	unit_str_equal(lw_rd_str(&p.each), "ok");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_whole_question_decodes),
		cmocka_unit_test(only_a_whole_part_decodes),
		cmocka_unit_test(a_user_has_no_members),
		cmocka_unit_test(only_a_whole_end_decodes),
		cmocka_unit_test(only_whole_pairs_decode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
