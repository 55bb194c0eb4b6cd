/*
 * test_follow_given_up.c - tests follow_plan.c: a directory that is too large
 * for a replica is tried again, and why there is none is told.
 */
#include "follow_plan.h"

#include "unit.h"

#define MIN  INT64_C(60000)
#define HOUR (60 * MIN)
#define NOW  (100 * HOUR)

static struct lw_plan plan(uint32_t replicate_max)
{
	struct lw_plan p;

	lw_plan_init(&p);
	assert_int_equal(lw_plan_configure(&p, 60, 3600, replicate_max),
			 replicate_max > 0);
	return p;
}

static bool ended(struct lw_plan *p, enum lw_sync_how how, enum lw_synced kind,
		  const char *server, uint64_t highest, int64_t at)
{
	struct lw_sync_end end = { .server = lw_str(server),
				   .highest = highest,
				   .kind = kind };

	lw_plan_begun(p, at);
	return lw_plan_ended(p, how, &end, at + 5);
}

static void too_many_is_tried_again_after_an_hour(void **state)
{
	struct lw_plan p = plan(10);
	int64_t again = NOW + 5 + HOUR;

	(void)state;
	assert_true(
		ended(&p, LW_SYNC_EVERYTHING, LW_SYNCED_TOO_MANY, "a", 7, NOW));
	assert_int_equal(lw_plan_next(&p, NOW + 5), LW_SYNC_CHANGES);
	assert_int_equal(p.highest, 0);
	assert_true(ended(&p, LW_SYNC_CHANGES, LW_SYNCED_UNKNOWN, "a", 7, NOW));
	/* What cannot be told meanwhile is no other time for that. */
	assert_true(ended(&p, LW_SYNC_CHANGES, LW_SYNCED_UNTOLD, "a", 7,
			  NOW + MIN));
	assert_int_equal(p.given_up, LW_GIVEN_UP_MANY);
	assert_int_equal(lw_plan_next(&p, again - 1), LW_SYNC_CHANGES);
	assert_int_equal(lw_plan_next(&p, again), LW_SYNC_EVERYTHING);
	assert_true(ended(&p, LW_SYNC_EVERYTHING, LW_SYNCED_TOO_MANY, "a", 7,
			  again));
	assert_int_equal(lw_plan_next(&p, again + HOUR), LW_SYNC_CHANGES);
	/* Hosts that gave up together do not try it together. */
	lw_plan_spread(&p, 999);
	assert_int_equal(lw_plan_next(&p, again + HOUR + 5), LW_SYNC_CHANGES);
	assert_int_equal(lw_plan_next(&p, again + 2 * HOUR),
			 LW_SYNC_EVERYTHING);
	/* A failure is no answer, and not soon repeated. */
	lw_plan_failed(&p, LW_SYNC_EVERYTHING, true, again + 2 * HOUR);
	assert_int_equal(lw_plan_next(&p, again + 2 * HOUR), LW_SYNC_CHANGES);
	assert_true(ended(&p, LW_SYNC_EVERYTHING, LW_SYNCED_EVERYTHING, "a", 9,
			  again + 3 * HOUR));
	assert_int_equal(p.given_up, LW_GIVEN_UP_NOT);
	assert_true(lw_plan_replica_fresh(&p, 0, again + 3 * HOUR));
}

static void a_reload_has_it_tried_again_at_once(void **state)
{
	struct lw_plan p = plan(10);

	(void)state;
	assert_true(
		ended(&p, LW_SYNC_EVERYTHING, LW_SYNCED_TOO_MANY, "a", 7, NOW));
	assert_true(ended(&p, LW_SYNC_CHANGES, LW_SYNCED_UNKNOWN, "a", 7, NOW));
	assert_false(lw_plan_configure(&p, 60, 3600, 10));
	assert_int_equal(lw_plan_next(&p, NOW + 10), LW_SYNC_EVERYTHING);
	/* Nothing is lost until then. */
	assert_true(lw_plan_fresh(&p, NOW + 70000, 0, NOW + 70010));
	assert_true(lw_plan_configure(&p, 60, 3600, 11));
	assert_int_equal(p.given_up, LW_GIVEN_UP_NOT);
	assert_int_equal(lw_plan_next(&p, NOW + 10), LW_SYNC_EVERYTHING);
	assert_true(ended(&p, LW_SYNC_EVERYTHING, LW_SYNCED_TOO_MANY, "a", 7,
			  NOW + 10));
	assert_true(lw_plan_configure(&p, 60, 3600, 0));
	assert_int_equal(lw_plan_next(&p, NOW + 9 * HOUR), LW_SYNC_CHANGES);
}

static void why_there_is_no_replica_is_told(void **state)
{
	static const struct {
		enum lw_given_up why;
		const char *text;
	} rows[] = {
		{ LW_GIVEN_UP_NOT, "" },
		{ LW_GIVEN_UP_MANY,
		  "the directory has more than replicate_max = 10 entries" },
		{ LW_GIVEN_UP_LARGE, "the directory takes more memory than "
				     "replicate_max = 10 entries may" },
		{ LW_GIVEN_UP_UNTOLD,
		  "the directory has a group that cannot be told whole, which "
		  "lightwaved-worker logs" },
	};
	struct lw_plan p = plan(10);
	char why[128];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		lw_plan_give_up(&p, rows[i].why, NOW);
		lw_plan_why(&p, why, sizeof(why));
		assert_string_equal(why, rows[i].text);
	}
	p = plan(0);
	lw_plan_give_up(&p, LW_GIVEN_UP_UNTOLD, NOW);
	lw_plan_why(&p, why, sizeof(why));
	assert_string_equal(why, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(too_many_is_tried_again_after_an_hour),
		cmocka_unit_test(a_reload_has_it_tried_again_at_once),
		cmocka_unit_test(why_there_is_no_replica_is_told),
	};

	return cmocka_run_group_tests_name("given up", tests, NULL, NULL);
}
