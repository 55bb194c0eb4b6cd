/*
 * test_holders.c - which processes hold what nobody gives them any more, where
 * it is not the user's own process, or is in a container.
 */
#include "unit.h"

#include "holders.h"

enum { ALICE = 77000, BOB, GONE, DARK, STAFF, DOCKER = 998, LOCAL = 1500 };

/* Alice is in staff and has docker by it, bob in nothing. */
static gid_t hers[] = { DOCKER, STAFF };
static struct lw_fact_user alice = { .uid = ALICE,
				     .state = LW_FACT_ACTIVE,
				     .gids = hers,
				     .gids_n = 2 },
			   bob = { .uid = BOB, .state = LW_FACT_ACTIVE },
			   gone = { .uid = GONE, .state = LW_FACT_GONE },
			   dark = { .uid = DARK, .state = LW_FACT_UNKNOWN },
			   local = { .uid = LOCAL, .state = LW_FACT_OTHER };
static struct lw_fact_group staff = { .gid = STAFF, .kind = LW_FACT_DIRECTORY },
			    docker = { .gid = DOCKER, .kind = LW_FACT_MAPPED },
			    nameless = { .gid = GONE,
					 .kind = LW_FACT_NAMELESS },
			    locals = { .gid = LOCAL, .kind = LW_FACT_LOCAL };

/* How many gids that process holds unduly; of whom, by his uid. */
static size_t held(uint32_t uid, uint32_t login, uint32_t gid, bool elsewhere,
		   struct lw_held *ret, bool *ret_unknown)
{
	struct lw_fact_user *users[] = { &alice, &bob, &gone, &dark, &local };
	struct lw_fact_group *groups[] = { &staff, &docker, &nameless,
					   &locals };
	struct lw_facts f = {
		.users = users, .users_n = 5, .groups = groups, .groups_n = 4
	};
	struct lw_proc p = {
		.pid = 4711,
		.uid = { uid, uid, uid, uid },
		.gid = { LOCAL, LOCAL, LOCAL, LOCAL },
		.groups = &gid,
		.groups_n = 1,
		.login = login,
		.elsewhere = elsewhere,
	};
	struct lw_procs procs = { &p, 1 };
	struct lw_held_list l;
	size_t n;

	assert_int_equal(lw_holders_find(&f, &procs, NULL, &l), LW_OK);
	assert_int_equal(f.failed, LW_CTL_GOOD);
	n = l.n;
	if (n > 0 && ret)
		*ret = l.v[0];
	if (ret_unknown)
		*ret_unknown = l.unknown;
	free(l.v);
	return n;
}

static size_t count(uint32_t uid, uint32_t login, uint32_t gid, bool elsewhere)
{
	return held(uid, login, gid, elsewhere, NULL, NULL);
}

static void a_users_own_process(void **state)
{
	struct lw_held h;

	(void)state;
	assert_int_equal(count(ALICE, ALICE, STAFF, false), 0);
	assert_int_equal(held(BOB, ALICE, STAFF, false, &h, NULL), 1);
	assert_ptr_equal(h.user, &bob);
	assert_ptr_equal(h.group, &staff);
	assert_int_equal(count(BOB, BOB, LOCAL, false), 0);
	assert_int_equal(count(GONE, GONE, GONE, false), 1);
}

/* sudo -u local -P keeps the groups of who has called it. */
static void what_another_has_from_a_login(void **state)
{
	struct lw_held h;

	(void)state;
	assert_int_equal(count(LOCAL, ALICE, STAFF, false), 0);
	assert_int_equal(count(LOCAL, ALICE, DOCKER, false), 0);
	assert_int_equal(held(LOCAL, BOB, STAFF, false, &h, NULL), 1);
	assert_null(h.user);
	assert_ptr_equal(h.login, &bob);
	assert_int_equal(h.uid, LOCAL);
	assert_int_equal(count(LOCAL, BOB, DOCKER, false), 1);
	assert_int_equal(count(LOCAL, GONE, STAFF, false), 1);
	/* A local gid without such a login is this host's business. */
	assert_int_equal(count(LOCAL, UINT32_MAX, DOCKER, false), 0);
	assert_int_equal(count(LOCAL, UINT32_MAX, STAFF, false), 1);
	/* Root may do as it likes, but for what is nobody's but the domain's.
	 */
	assert_int_equal(count(0, BOB, DOCKER, false), 0);
	assert_int_equal(count(0, BOB, STAFF, false), 1);
}

static void a_containers_ids_are_its_own(void **state)
{
	bool unknown;

	(void)state;
	assert_int_equal(count(GONE, UINT32_MAX, GONE, true), 0);
	/* Nobody need be asked again about whom it has made up. */
	assert_int_equal(held(DARK, UINT32_MAX, GONE, true, NULL, &unknown), 0);
	assert_false(unknown);
	assert_int_equal(held(DARK, UINT32_MAX, STAFF, false, NULL, &unknown),
			 0);
	assert_true(unknown);
	assert_int_equal(count(BOB, UINT32_MAX, STAFF, true), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_users_own_process),
		cmocka_unit_test(what_another_has_from_a_login),
		cmocka_unit_test(a_containers_ids_are_its_own),
	};

	return cmocka_run_group_tests_name("holders", tests, NULL, NULL);
}
