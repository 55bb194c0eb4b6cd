/* test_granted.c - which groups a user has, and what is mapped, as messages. */
#include "unit.h"

#include "gids.h"
#include "granted.h"

static enum lw_err as_question(struct lw_rd *r, void *ret)
{
	return lw_granted_decode(r, ret);
}

static enum lw_err as_answer(struct lw_rd *r, void *ret)
{
	return lw_granted_answer_decode(r, ret);
}

static enum lw_err as_mapped(struct lw_rd *r, void *ret)
{
	return lw_local_mapped_list_decode(r, ret);
}

static void a_question_comes_as_it_was(void **state)
{
	const struct lw_granted q = { 16778241, { "alice", 5 } };
	struct lw_granted got;
	uint8_t msg[64];
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_granted_encode(&w, &q);
	unit_only_whole(as_question, sizeof(got), &w, msg);
	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_granted_decode(&r, &got), LW_OK);
	assert_int_equal(got.uid, 16778241);
	unit_str_equal(got.user, "alice");
}

static void an_answer_comes_as_it_was(void **state)
{
	const struct lw_granted_answer a = { .disabled = true,
					     .age = 7,
					     .uid = 16778241,
					     .name = { "alice@x.y", 9 } };
	struct lw_granted_answer got;
	uint8_t msg[64];
	struct lw_wr w;
	struct lw_rd r;
	uint32_t n;
	gid_t *gids;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_granted_answer_encode(&w, &a);
	lw_wr_u32(&w, 2);
	lw_wr_u32(&w, 998);
	lw_wr_u32(&w, 545);
	unit_only_whole(as_answer, sizeof(got), &w, msg);
	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_granted_answer_decode(&r, &got), LW_OK);
	assert_true(got.disabled);
	assert_false(got.away);
	assert_int_equal(got.age, 7);
	assert_int_equal(got.uid, 16778241);
	unit_str_equal(got.name, "alice@x.y");
	assert_int_equal(lw_gids_decode(&got.gids, &gids, &n), LW_OK);
	assert_int_equal(n, 2);
	assert_int_equal(gids[0], 545);
	assert_int_equal(gids[1], 998);
	free(gids);
}

static void what_is_neither_yes_nor_no_is_no_answer(void **state)
{
	struct lw_granted_answer got;
	uint8_t msg[64];

	(void)state;
	for (size_t at = 0; at < 2; at++) {
		const struct lw_granted_answer a = { .name = { "", 0 } };
		struct lw_wr w;
		struct lw_rd r;

		lw_wr_init(&w, msg, sizeof(msg));
		lw_granted_answer_encode(&w, &a);
		lw_wr_u32(&w, 0);
		msg[at] = 2;
		lw_rd_init(&r, msg, (size_t)(w.p - msg));
		assert_int_equal(lw_granted_answer_decode(&r, &got), LW_PROTO);
	}
}

static void what_is_mapped_comes_as_it_was(void **state)
{
	const struct lw_local_mapped m = {
		true, 998, { "docker", 6 }, { "Docker Users", 12 }
	};
	struct lw_local_mapped got;
	struct lw_local_mapped_list l;
	uint8_t msg[64];
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_wr_u32(&w, 1);
	lw_local_mapped_encode(&w, &m);
	unit_only_whole(as_mapped, sizeof(l), &w, msg);
	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_local_mapped_list_decode(&r, &l), LW_OK);
	assert_int_equal(l.count, 1);
	got = lw_local_mapped_read(&l.each);
	assert_true(got.given);
	assert_int_equal(got.gid, 998);
	unit_str_equal(got.local, "docker");
	unit_str_equal(got.directory, "Docker Users");
	msg[4] = 2;
	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_local_mapped_list_decode(&r, &l), LW_PROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_comes_as_it_was),
		cmocka_unit_test(an_answer_comes_as_it_was),
		cmocka_unit_test(what_is_neither_yes_nor_no_is_no_answer),
		cmocka_unit_test(what_is_mapped_comes_as_it_was),
	};

	return cmocka_run_group_tests_name("granted", tests, NULL, NULL);
}
