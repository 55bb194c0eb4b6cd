/* test_replica_doubt.c - tests replica_doubt.c: what ends a doubt. */
#include "replica_rig.h"

static void user(struct lw_replica *r, const char *name, uint32_t rid)
{
	assert_int_equal(put(r, LW_KIND_USER, name, rid, ""), LW_OK);
}

static struct lw_known *by_name(struct lw_replica *r, const char *name)
{
	char dn[200];

	snprintf(dn, sizeof(dn), "cn=%s" BASE, name);
	return lw_replica_by_dn(r, lw_str(dn));
}

/* A question that was on its way before the doubt says nothing of it. */
static void only_what_is_asked_later_settles_a_doubt(void **state)
{
	struct lw_replica *r = empty(), *next = empty();
	struct lw_str alice = LW_STR(DOMAIN_SID "-100-1001");

	(void)state;
	user(r, "alice", 1001);
	lw_replica_sweep(r);
	lw_replica_doubt(r, by_name(r, "alice"));
	lw_replica_seen(r, alice);
	assert_int_equal(lw_replica_swept(r), 0);
	assert_true(by_name(r, "alice")->doubt != 0);
	user(r, "alice", 1001);
	assert_true(by_name(r, "alice")->doubt != 0);
	user(r, "alice2", 1001);
	assert_true(by_name(r, "alice2")->doubt != 0);
	/* Nor does a replica that was asked for before. */
	user(next, "alice", 1001);
	user(next, "bob", 1002);
	lw_replica_doubt_as(next, r);
	assert_true(by_name(next, "alice")->doubt != 0);
	assert_true(by_name(next, "bob")->doubt == 0);

	lw_replica_asked(r);
	lw_replica_sweep(r);
	lw_replica_seen(r, alice);
	/* Not before the end has come, and with it whose word it is. */
	assert_true(by_name(r, "alice2")->doubt != 0);
	assert_int_equal(lw_replica_swept(r), 0);
	assert_true(by_name(r, "alice2")->doubt == 0);
	lw_replica_doubt(r, by_name(r, "alice2"));
	lw_replica_asked(r);
	user(r, "alice", 1001);
	assert_true(by_name(r, "alice")->doubt == 0);
	lw_replica_free(next);
	lw_replica_free(r);
}

static bool has(struct lw_replica *r, enum lw_kind kind, const char *name,
		uint32_t rid, const char *members)
{
	struct lw_sync_entry s = entry(kind, name, rid, members);

	return lw_replica_has(r, &s);
}

/* What is told again is no news; whatever else it says is. */
static void what_is_kept_already_is_no_news(void **state)
{
	struct lw_replica *r = empty();
	struct lw_sync_entry s;

	(void)state;
	user(r, "alice", 1001);
	assert_int_equal(put(r, LW_KIND_GROUP, "staff", 2001, "alice gone"),
			 LW_OK);
	assert_true(has(r, LW_KIND_USER, "alice", 1001, ""));
	assert_true(has(r, LW_KIND_GROUP, "staff", 2001, "alice gone"));
	assert_false(has(r, LW_KIND_GROUP, "staff", 2001, "alice"));
	assert_false(has(r, LW_KIND_GROUP, "staff", 2001, "alice bob"));
	assert_false(has(r, LW_KIND_GROUP, "staff", 2001, "alice gone bob"));
	assert_false(has(r, LW_KIND_GROUP, "alice", 1001, ""));
	assert_false(has(r, LW_KIND_USER, "alice2", 1001, ""));
	assert_false(has(r, LW_KIND_USER, "alice", 1002, ""));
	s = entry(LW_KIND_USER, "alice", 1001, "");
	s.e.uac = 2;
	assert_false(lw_replica_has(r, &s));
	s = entry(LW_KIND_USER, "alice", 1001, "");
	s.e.sn = LW_STR("Adams");
	assert_false(lw_replica_has(r, &s));
	lw_replica_doubt(r, by_name(r, "alice"));
	assert_false(has(r, LW_KIND_USER, "alice", 1001, ""));
	lw_replica_free(r);
}

static void what_another_says_ends_a_doubt_or_nothing(void **state)
{
	struct lw_replica *r = empty();
	struct lw_entry same, other;
	struct lw_str text = LW_STR("x");

	(void)state;
	user(r, "alice", 1001);
	same = lw_known_entry(by_name(r, "alice"));
	lw_replica_doubt(r, by_name(r, "alice"));
	for (int i = 0; i < 8; i++) {
		struct lw_str *field[] = {
			&other.sid, &other.dn,	  &other.sam,
			&other.upn, &other.given, &other.sn
		};

		other = same;
		if (i < 6)
			*field[i] = text;
		else if (i == 6)
			other.uac = LW_UAC_DISABLED;
		else
			other.kind = LW_KIND_GROUP;
		assert_false(lw_replica_confirm(r, &other));
		assert_true(by_name(r, "alice")->doubt != 0);
		assert_int_equal(by_name(r, "alice")->uac, 0);
	}
	assert_true(lw_replica_confirm(r, &same));
	assert_true(by_name(r, "alice")->doubt == 0);
	lw_replica_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_asked_later_settles_a_doubt),
		cmocka_unit_test(what_is_kept_already_is_no_news),
		cmocka_unit_test(what_another_says_ends_a_doubt_or_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
