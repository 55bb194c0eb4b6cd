/* test_roster.c - the ids of a replica, in order, made slice by slice. */
#include "roster.h"

#include "cleanup.h"
#include "replica_rig.h"

#define MANY	5000
#define ID(rid) (UINT32_C(100) << 24 | (rid))

static const struct lw_idmap map = { .domain_sid = DOMAIN_SID };

static void replica_done(struct lw_replica **r)
{
	lw_replica_free(*r);
}

/* How often it took. */
static unsigned int fill(struct lw_roster *ro, const struct lw_replica *r,
			 uint64_t state)
{
	unsigned int n = 1;

	while (lw_roster_fill(ro, r, &map, state) == LW_PENDING)
		assert_true(++n < 1000);
	assert_int_equal(lw_roster_fill(ro, r, &map, state), LW_OK);
	return n;
}

static void add(struct lw_replica *r, enum lw_kind kind, uint32_t rid)
{
	char name[32];

	snprintf(name, sizeof(name), "%c%u", kind == LW_KIND_USER ? 'u' : 'g',
		 rid);
	assert_int_equal(put(r, kind, name, rid, ""), LW_OK);
}

static void all_ids_come_in_order(void **state)
{
	lw_cleanup(replica_done) struct lw_replica *r = empty();
	lw_cleanup(lw_roster_done) struct lw_roster ro = { 0 };
	uint32_t random = 1;
	const uint32_t *ids;

	(void)state;
	for (uint32_t i = 0; i < MANY; i++)
		add(r, LW_KIND_USER, 1000 + (i * 7919) % MANY);
	add(r, LW_KIND_GROUP, 90001);
	add(r, LW_KIND_GROUP, 90000);
	assert_true(fill(&ro, r, 1) > 1);
	assert_int_equal(lw_roster_after(&ro, LW_KIND_USER, 0, &ids), MANY);
	for (uint32_t i = 0; i < MANY; i++)
		assert_int_equal(ids[i], ID(1000 + i));
	assert_int_equal(lw_roster_after(&ro, LW_KIND_GROUP, 0, &ids), 2);
	assert_int_equal(ids[0], ID(90000));
	for (int i = 0; i < 100; i++) {
		uint32_t at = unit_random(&random) % MANY;

		assert_int_equal(
			lw_roster_after(&ro, LW_KIND_USER, ID(1000 + at), &ids),
			MANY - 1 - at);
		assert_true(at == MANY - 1 || ids[0] == ID(1001 + at));
	}
	assert_int_equal(lw_roster_after(&ro, LW_KIND_USER, UINT32_MAX, &ids),
			 0);
}

static void another_state_is_another_roster(void **state)
{
	lw_cleanup(replica_done) struct lw_replica *r = empty();
	lw_cleanup(lw_roster_done) struct lw_roster ro = { 0 };
	const uint32_t *ids;

	(void)state;
	fill(&ro, r, 7);
	assert_int_equal(lw_roster_after(&ro, LW_KIND_USER, 0, &ids), 0);
	for (uint32_t i = 0; i < MANY; i++)
		add(r, LW_KIND_USER, 1000 + i);
	/* What is half made is begun anew as well. */
	assert_int_equal(lw_roster_fill(&ro, r, &map, 8), LW_PENDING);
	add(r, LW_KIND_USER, 999);
	fill(&ro, r, 9);
	assert_int_equal(lw_roster_after(&ro, LW_KIND_USER, 0, &ids), MANY + 1);
	assert_int_equal(ids[0], ID(999));
	assert_int_equal(lw_roster_fill(&ro, r, &map, 9), LW_OK);
}

/* Of another domain, or with an id that is the system's. */
static void who_can_have_no_id_is_not_in_it(void **state)
{
	static const struct lw_idmap other = { .domain_sid = "S-1-7-21-9" };
	lw_cleanup(replica_done) struct lw_replica *r = empty();
	lw_cleanup(lw_roster_done) struct lw_roster ro = { 0 };
	const uint32_t *ids;

	(void)state;
	add(r, LW_KIND_USER, 1000);
	while (lw_roster_fill(&ro, r, &other, 1) == LW_PENDING)
		;
	assert_int_equal(lw_roster_after(&ro, LW_KIND_USER, 0, &ids), 0);
}

/* An old SID and a new one may mean one id. */
static void two_with_one_id_are_one(void **state)
{
	static const struct lw_idmap legacy = { .domain_sid = DOMAIN_SID,
						.legacy_sids = true };
	lw_cleanup(replica_done) struct lw_replica *r = empty();
	lw_cleanup(lw_roster_done) struct lw_roster ro = { 0 };
	struct lw_sync_entry s = {
		.e = { .kind = LW_KIND_USER,
		       .dn = LW_STR("cn=old" BASE),
		       .sid = LW_STR(DOMAIN_SID "-1677723650"),
		       .sam = LW_STR("old") },
	};
	const uint32_t *ids;

	(void)state;
	add(r, LW_KIND_USER, 2050);
	assert_int_equal(lw_replica_put(r, &s), LW_OK);
	while (lw_roster_fill(&ro, r, &legacy, 1) == LW_PENDING)
		;
	assert_int_equal(lw_roster_after(&ro, LW_KIND_USER, 0, &ids), 1);
	assert_int_equal(ids[0], ID(2050));
	assert_int_equal(ro.users.max, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_ids_come_in_order),
		cmocka_unit_test(another_state_is_another_roster),
		cmocka_unit_test(who_can_have_no_id_is_not_in_it),
		cmocka_unit_test(two_with_one_id_are_one),
	};

	return cmocka_run_group_tests_name("roster", tests, NULL, NULL);
}
