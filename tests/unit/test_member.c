/* test_member.c - the questions of sudo's rooms, as messages. */
#include "unit.h"

#include "member.h"

static enum lw_err as_member(struct lw_rd *r, void *ret)
{
	return lw_member_decode(r, ret);
}

static enum lw_err as_answer(struct lw_rd *r, void *ret)
{
	return lw_member_answer_decode(r, ret);
}

static enum lw_err as_resolve(struct lw_rd *r, void *ret)
{
	return lw_resolve_decode(r, ret);
}

static enum lw_err as_resolved(struct lw_rd *r, void *ret)
{
	return lw_resolved_list_decode(r, ret);
}

static const struct lw_member question = { LW_MEMBER_TELLS,
					   16778241,
					   { "alice@lightwave.test", 20 },
					   { "Linux Admins", 12 } };

static void a_question_comes_as_it_was(void **state)
{
	struct lw_member m;
	uint8_t msg[128];
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_member_encode(&w, &question);
	unit_only_whole(as_member, sizeof(m), &w, msg);

	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_member_decode(&r, &m), LW_OK);
	assert_int_equal(m.what_for, LW_MEMBER_TELLS);
	assert_int_equal(m.uid, 16778241);
	unit_str_equal(m.user, "alice@lightwave.test");
	unit_str_equal(m.group, "Linux Admins");

	/* What it is for is one of two. */
	msg[0] = 0;
	assert_int_equal(
		unit_decode(as_member, sizeof(m), msg, (size_t)(w.p - msg), 0),
		LW_PROTO);
	msg[0] = LW_MEMBER_FOR_COUNT;
	assert_int_equal(
		unit_decode(as_member, sizeof(m), msg, (size_t)(w.p - msg), 0),
		LW_PROTO);
}

static size_t answer_of(uint8_t *msg, size_t size, bool yes, uint32_t count)
{
	const struct lw_member_answer a = { .yes = yes,
					    .away = true,
					    .age = 7,
					    .gid = 2001,
					    .group = LW_STR("outer"),
					    .sid = LW_STR("S-1-2"),
					    .count = count };
	struct lw_wr w;

	lw_wr_init(&w, msg, size);
	lw_member_answer_encode(&w, &a);
	for (uint32_t i = 0; i < count; i++)
		lw_wr_str(&w, i == 0 ? LW_STR("inner") : LW_STR("outer"));
	assert_int_equal(lw_wr_end(&w), LW_OK);
	return (size_t)(w.p - msg);
}

static void an_answer_comes_with_its_path(void **state)
{
	struct lw_member_answer a;
	uint8_t msg[128];
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	w.p += answer_of(msg, sizeof(msg), true, 2);
	unit_only_whole(as_answer, sizeof(a), &w, msg);

	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_member_answer_decode(&r, &a), LW_OK);
	assert_true(a.yes);
	assert_true(a.away);
	assert_int_equal(a.age, 7);
	assert_int_equal(a.gid, 2001);
	unit_str_equal(a.group, "outer");
	unit_str_equal(a.sid, "S-1-2");
	assert_int_equal(a.count, 2);
	unit_str_equal(lw_rd_str(&a.path), "inner");
	unit_str_equal(lw_rd_str(&a.path), "outer");
	assert_int_equal(lw_rd_end(&a.path), LW_OK);
}

/* Neither yes nor no is no answer: nobody takes it for a yes. */
static void yes_and_no_are_all_there_is(void **state)
{
	struct lw_member_answer a;
	uint8_t msg[128];
	size_t n = answer_of(msg, sizeof(msg), false, 0);
	struct lw_rd r;

	(void)state;
	lw_rd_init(&r, msg, n);
	assert_int_equal(lw_member_answer_decode(&r, &a), LW_OK);
	assert_false(a.yes);
	for (unsigned int v = 2; v < 256; v++) {
		msg[0] = (uint8_t)v;
		assert_int_equal(unit_decode(as_answer, sizeof(a), msg, n, 0),
				 LW_PROTO);
		msg[0] = 0;
		msg[1] = (uint8_t)v;
		assert_int_equal(unit_decode(as_answer, sizeof(a), msg, n, 0),
				 LW_PROTO);
		msg[1] = 0;
	}
}

static void whom_a_rule_would_mean_comes_as_it_was(void **state)
{
	static const struct lw_resolve q = { LW_RESOLVE_GROUP, { "a b", 3 } };
	struct lw_resolve got;
	uint8_t msg[64];
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_resolve_encode(&w, &q);
	unit_only_whole(as_resolve, sizeof(got), &w, msg);
	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_resolve_decode(&r, &got), LW_OK);
	assert_int_equal(got.what, LW_RESOLVE_GROUP);
	unit_str_equal(got.name, "a b");
	msg[0] = LW_RESOLVE_WHAT_COUNT;
	assert_int_equal(unit_decode(as_resolve, sizeof(got), msg,
				     (size_t)(w.p - msg), 0),
			 LW_PROTO);
}

static size_t resolved_of(uint8_t *msg, size_t size, uint32_t n, int what)
{
	const struct lw_resolved o = { (enum lw_resolve_what)what, 545,
				       LW_STR("users"), LW_STR("S-1-5") };
	struct lw_wr w;

	lw_wr_init(&w, msg, size);
	lw_wr_u32(&w, n);
	for (uint32_t i = 0; i < n; i++)
		lw_resolved_encode(&w, &o);
	assert_int_equal(lw_wr_end(&w), LW_OK);
	return (size_t)(w.p - msg);
}

static void it_is_one_or_two(void **state)
{
	struct lw_resolved_list l;
	struct lw_resolved o;
	uint8_t msg[128];
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	for (uint32_t n = 1; n <= 2; n++) {
		lw_wr_init(&w, msg, sizeof(msg));
		w.p += resolved_of(msg, sizeof(msg), n, LW_RESOLVE_GROUP);
		unit_only_whole(as_resolved, sizeof(l), &w, msg);
		lw_rd_init(&r, msg, (size_t)(w.p - msg));
		assert_int_equal(lw_resolved_list_decode(&r, &l), LW_OK);
		assert_int_equal(l.count, n);
		o = lw_resolved_read(&l.each);
		assert_int_equal(o.what, LW_RESOLVE_GROUP);
		assert_int_equal(o.id, 545);
		unit_str_equal(o.name, "users");
		unit_str_equal(o.sid, "S-1-5");
	}
	for (uint32_t n = 0; n <= 3; n += 3)
		assert_int_equal(unit_decode(as_resolved, sizeof(l), msg,
					     resolved_of(msg, sizeof(msg), n,
							 LW_RESOLVE_GROUP),
					     0),
				 LW_PROTO);
	/* A user or a group, and nothing else. */
	for (int what = LW_RESOLVE_ANY; what <= LW_RESOLVE_WHAT_COUNT;
	     what += LW_RESOLVE_WHAT_COUNT)
		assert_int_equal(
			unit_decode(as_resolved, sizeof(l), msg,
				    resolved_of(msg, sizeof(msg), 1, what), 0),
			LW_PROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_comes_as_it_was),
		cmocka_unit_test(an_answer_comes_with_its_path),
		cmocka_unit_test(yes_and_no_are_all_there_is),
		cmocka_unit_test(whom_a_rule_would_mean_comes_as_it_was),
		cmocka_unit_test(it_is_one_or_two),
	};

	return cmocka_run_group_tests_name("member", tests, NULL, NULL);
}
