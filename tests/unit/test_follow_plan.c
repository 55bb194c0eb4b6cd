/* test_follow_plan.c - tests follow_plan.c: what is asked when, and believed
 * for how long.
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

static struct lw_plan replicated(void)
{
	struct lw_plan p = plan(50000);

	assert_int_equal(lw_plan_next(&p, NOW), LW_SYNC_EVERYTHING);
	assert_true(ended(&p, LW_SYNC_EVERYTHING, LW_SYNCED_EVERYTHING, "a", 7,
			  NOW));
	return p;
}

static void a_replica_is_filled_and_then_followed(void **state)
{
	struct lw_plan p = replicated();

	(void)state;
	assert_int_equal(lw_plan_next(&p, NOW + 5), LW_SYNC_CHANGES);
	assert_string_equal(p.server, "a");
	assert_int_equal(p.highest, 7);
	for (uint32_t i = 0; i < 1000; i++) {
		int64_t wait = lw_plan_wait_ms(&p, NOW, i);

		assert_in_range(wait, MIN / 2, MIN * 8 / 10);
	}
	assert_true(ended(&p, LW_SYNC_CHANGES, LW_SYNCED_CHANGES, "a", 9,
			  NOW + MIN / 2));
	assert_int_equal(p.highest, 9);
	assert_int_equal(p.confirmed_ms, NOW + MIN / 2);
	assert_int_equal(lw_plan_next(&p, NOW + HOUR), LW_SYNC_SIDS);
	assert_true(
		ended(&p, LW_SYNC_SIDS, LW_SYNCED_SIDS, "a", 9, NOW + HOUR));
	assert_int_equal(lw_plan_next(&p, NOW + HOUR + 5), LW_SYNC_CHANGES);
	lw_plan_sweep_soon(&p, NOW + HOUR, 0);
	assert_int_equal(lw_plan_next(&p, NOW + HOUR + 5), LW_SYNC_SIDS);
}

static void what_was_not_asked_is_no_answer(void **state)
{
	static const struct {
		enum lw_sync_how how;
		enum lw_synced kind;
	} wrong[] = {
		{ LW_SYNC_CHANGES, LW_SYNCED_EVERYTHING },
		{ LW_SYNC_CHANGES, LW_SYNCED_SIDS },
		{ LW_SYNC_EVERYTHING, LW_SYNCED_CHANGES },
		{ LW_SYNC_EVERYTHING, LW_SYNCED_SIDS },
		{ LW_SYNC_EVERYTHING, LW_SYNCED_UNKNOWN },
		{ LW_SYNC_SIDS, LW_SYNCED_CHANGES },
		{ LW_SYNC_SIDS, LW_SYNCED_EVERYTHING },
	};
	struct lw_plan p = replicated();

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_false(ended(&p, wrong[i].how, wrong[i].kind, "a", 9,
				   NOW + MIN));
	/* Nor is what another server says of its own numbers. */
	assert_false(ended(&p, LW_SYNC_CHANGES, LW_SYNCED_CHANGES, "b", 9,
			   NOW + MIN));
	assert_false(
		ended(&p, LW_SYNC_SIDS, LW_SYNCED_SIDS, "b", 9, NOW + MIN));
	assert_int_equal(p.confirmed_ms, NOW);
	assert_int_equal(p.highest, 7);
}

static void a_gap_has_all_of_it_read_again_but_not_each_time(void **state)
{
	struct lw_plan p = replicated();
	int64_t now = NOW;

	(void)state;
	for (int64_t wait = 0; wait < 4 * MIN; wait = wait ? 2 * wait : MIN) {
		now += HOUR;
		assert_true(ended(&p, LW_SYNC_CHANGES, LW_SYNCED_UNKNOWN, "b",
				  3, now));
		assert_false(lw_plan_replica_fresh(&p, 0, now));
		assert_int_equal(lw_plan_next(&p, now + 5 + wait),
				 LW_SYNC_EVERYTHING);
		if (wait)
			assert_int_equal(lw_plan_next(&p, now + 4 + wait),
					 LW_SYNC_CHANGES);
		/* Meanwhile nothing is confirmed by what happens now. */
		assert_true(ended(&p, LW_SYNC_CHANGES, LW_SYNCED_CHANGES, "b",
				  4, now + 10));
		assert_int_not_equal(p.confirmed_ms, now + 10);
		assert_true(ended(&p, LW_SYNC_EVERYTHING, LW_SYNCED_EVERYTHING,
				  "b", 5, now + 20));
		assert_true(lw_plan_replica_fresh(&p, 0, now + 20));
	}
	assert_true(ended(&p, LW_SYNC_CHANGES, LW_SYNCED_CHANGES, "b", 6,
			  now + MIN));
	assert_int_equal(p.full_wait_ms, 0);
}

/* What is too large to be told ends a replica, and what was followed. */
static void too_large_a_change_is_a_gap(void **state)
{
	struct lw_plan p = replicated();

	(void)state;
	assert_true(ended(&p, LW_SYNC_CHANGES, LW_SYNCED_UNTOLD, "a", 9,
			  NOW + MIN));
	assert_false(p.replicated);
	assert_int_equal(p.given_up, LW_GIVEN_UP_UNTOLD);
	assert_false(lw_plan_replica_fresh(&p, HOUR, NOW + MIN));
	assert_false(lw_plan_fresh(&p, NOW + 1, 0, NOW + MIN));
	assert_int_equal(lw_plan_next(&p, NOW + HOUR), LW_SYNC_CHANGES);
	p = plan(0);
	assert_true(ended(&p, LW_SYNC_CHANGES, LW_SYNCED_UNKNOWN, "a", 7, NOW));
	assert_true(
		ended(&p, LW_SYNC_CHANGES, LW_SYNCED_UNTOLD, "a", 9, NOW + 10));
	assert_false(lw_plan_fresh(&p, NOW + 1, 0, NOW + 10));
	assert_true(ended(&p, LW_SYNC_CHANGES, LW_SYNCED_UNKNOWN, "a", 9,
			  NOW + 20));
	assert_true(lw_plan_fresh(&p, NOW + 25 + MIN, 0, NOW + 30 + MIN));
}

static void facts_count_from_the_last_question(void **state)
{
	struct lw_plan p = plan(0);

	(void)state;
	/* Followed by nobody: ttl alone. */
	assert_true(lw_plan_fresh(&p, NOW, 5, NOW + 5));
	assert_false(lw_plan_fresh(&p, NOW, 5, NOW + 6));
	assert_false(lw_plan_fresh(&p, NOW, 0, NOW + 1));
	assert_true(ended(&p, LW_SYNC_CHANGES, LW_SYNCED_UNKNOWN, "a", 7, NOW));
	/*
	 * What came before the number did may be older than the number, and
	 * what comes soon after it may be a laggard's.
	 */
	for (int64_t at = NOW + 4; at < NOW + 5 + MIN; at += MIN) {
		assert_false(lw_plan_fresh(&p, at, 0, at + 1));
	}
	assert_true(lw_plan_fresh(&p, NOW + 5 + MIN, 0, NOW + 5 + 2 * MIN));
	assert_false(lw_plan_fresh(&p, NOW + 5 + MIN, 0, NOW + 6 + 2 * MIN));
	assert_true(ended(&p, LW_SYNC_CHANGES, LW_SYNCED_CHANGES, "a", 8,
			  NOW + 2 * MIN));
	assert_true(lw_plan_fresh(&p, NOW + 5 + MIN, 0, NOW + 3 * MIN));
	assert_false(lw_plan_fresh(&p, NOW + 5 + MIN, 0, NOW + 3 * MIN + 1));
	/* Who is to ask asks; what was doubted counts for nothing. */
	assert_false(lw_plan_fresh(&p, NOW + 2 * MIN, -1, NOW + 2 * MIN));
	assert_false(lw_plan_fresh(&p, -1, HOUR, 0));
	p.void_ms = NOW + 6;
	assert_false(lw_plan_fresh(&p, NOW + 5, HOUR, NOW + MIN));
	assert_true(lw_plan_fresh(&p, NOW + 6, HOUR, NOW + MIN));
}

static void the_last_quarter_of_a_life_is_its_end(void **state)
{
	struct lw_plan p = plan(0);

	(void)state;
	/* Followed by nobody: ttl alone. */
	assert_true(lw_plan_until(&p, NOW, 100) == NOW + 100);
	assert_false(lw_plan_ending(&p, NOW, 100, NOW + 75));
	assert_true(lw_plan_ending(&p, NOW, 100, NOW + 76));
	assert_false(lw_plan_ending(&p, -1, 100, NOW));
	assert_false(lw_plan_ending(&p, NOW, INT64_MAX, NOW + HOUR));
	/* Until it is asked for again because it may be deleted. */
	p.since_ms = NOW;
	p.confirmed_ms = NOW + MIN;
	assert_true(lw_plan_until(&p, NOW, 100) == NOW + HOUR);
	assert_false(lw_plan_ending(&p, NOW, 100, NOW + HOUR / 4 * 3));
	assert_true(lw_plan_ending(&p, NOW, 100, NOW + HOUR / 4 * 3 + 1));
	assert_true(lw_plan_as_of(&p, NOW) == NOW + MIN);
	assert_true(lw_plan_as_of(&p, NOW - 1) == NOW - 1);
}

static void what_is_void_is_read_anew(void **state)
{
	struct lw_plan p = plan(100);

	(void)state;
	assert_true(ended(&p, LW_SYNC_EVERYTHING, LW_SYNCED_EVERYTHING, "a", 7,
			  NOW));
	assert_true(lw_plan_replica_fresh(&p, 0, NOW + 10));
	lw_plan_void(&p, NOW + 10);
	assert_false(lw_plan_replica_fresh(&p, HOUR, NOW + 10));
	assert_false(lw_plan_believed(&p, NOW + 10));
	assert_int_equal(lw_plan_next(&p, NOW + 10), LW_SYNC_EVERYTHING);
	/* It is kept: for when nobody can be asked. */
	assert_true(p.replicated);
	assert_true(ended(&p, LW_SYNC_EVERYTHING, LW_SYNCED_EVERYTHING, "a", 7,
			  NOW + 20));
	assert_true(lw_plan_replica_fresh(&p, 0, NOW + 30));
}

/* Nothing tells of a deletion there but asking again. */
static void without_a_replica_nothing_counts_for_ever(void **state)
{
	struct lw_plan p = plan(0);

	(void)state;
	assert_true(ended(&p, LW_SYNC_CHANGES, LW_SYNCED_UNKNOWN, "a", 7, NOW));
	assert_true(ended(&p, LW_SYNC_CHANGES, LW_SYNCED_CHANGES, "a", 7,
			  NOW + HOUR + 2 * MIN));
	assert_true(lw_plan_fresh(&p, NOW + 2 * MIN, 0, NOW + HOUR + 2 * MIN));
	assert_false(
		lw_plan_fresh(&p, NOW + 2 * MIN - 1, 0, NOW + HOUR + 2 * MIN));
}

static void a_gap_ends_what_was_followed(void **state)
{
	struct lw_plan p = plan(0);

	(void)state;
	assert_true(ended(&p, LW_SYNC_CHANGES, LW_SYNCED_UNKNOWN, "a", 7, NOW));
	assert_true(ended(&p, LW_SYNC_CHANGES, LW_SYNCED_UNKNOWN, "b", 3,
			  NOW + 10));
	assert_false(lw_plan_fresh(&p, NOW + 5, 0, NOW + 10));
	assert_true(lw_plan_fresh(&p, NOW + 15, 0, NOW + 15));
	lw_plan_unsupported(&p);
	assert_false(lw_plan_fresh(&p, NOW + 15, 0, NOW + 16));
	/* An outage is no gap: what comes next tells all of it. */
	p = plan(0);
	assert_true(ended(&p, LW_SYNC_CHANGES, LW_SYNCED_UNKNOWN, "a", 7, NOW));
	lw_plan_failed(&p, LW_SYNC_CHANGES, true, NOW + MIN);
	assert_true(ended(&p, LW_SYNC_CHANGES, LW_SYNCED_CHANGES, "a", 9,
			  NOW + HOUR));
	assert_true(lw_plan_fresh(&p, NOW + 5 + MIN, 0, NOW + HOUR));
}

static void failures_are_retried_sooner_and_then_as_usual(void **state)
{
	struct lw_plan p = replicated();

	(void)state;
	lw_plan_failed(&p, LW_SYNC_CHANGES, true, NOW);
	assert_in_range(lw_plan_wait_ms(&p, NOW, 500), 500, 1000);
	for (int i = 0; i < 40; i++)
		lw_plan_failed(&p, LW_SYNC_CHANGES, true, NOW);
	assert_in_range(lw_plan_wait_ms(&p, NOW, 0), MIN / 2, MIN);
	/* A sweep that fails does not keep changes from being asked for. */
	p = replicated();
	assert_int_equal(lw_plan_next(&p, NOW + HOUR), LW_SYNC_SIDS);
	lw_plan_failed(&p, LW_SYNC_SIDS, true, NOW + HOUR);
	assert_int_equal(lw_plan_next(&p, NOW + HOUR), LW_SYNC_CHANGES);
	assert_true(ended(&p, LW_SYNC_CHANGES, LW_SYNCED_CHANGES, "a", 8,
			  NOW + HOUR));
	assert_int_equal(lw_plan_next(&p, NOW + HOUR + MIN), LW_SYNC_SIDS);
}

static void a_server_is_told_by_all_of_its_name(void **state)
{
	char name[LW_SERVER_MAX + 1];
	struct lw_plan p = plan(0);

	(void)state;
	memset(name, 'x', sizeof(name));
	name[LW_SERVER_MAX] = '\0';
	assert_false(
		ended(&p, LW_SYNC_CHANGES, LW_SYNCED_UNKNOWN, name, 7, NOW));
	assert_int_equal(p.since_ms, -1);
	name[LW_SERVER_MAX - 1] = '\0';
	assert_true(
		ended(&p, LW_SYNC_CHANGES, LW_SYNCED_UNKNOWN, name, 7, NOW));
	assert_string_equal(p.server, name);
}

/* A deletion shows in no other way. */
static void what_is_not_swept_is_not_believed(void **state)
{
	struct lw_plan p = replicated();
	int64_t now = NOW + 2 * HOUR;

	(void)state;
	assert_true(ended(&p, LW_SYNC_CHANGES, LW_SYNCED_CHANGES, "a", 8, now));
	assert_true(lw_plan_replica_fresh(&p, 0, now));
	now += 1;
	assert_true(ended(&p, LW_SYNC_CHANGES, LW_SYNCED_CHANGES, "a", 8, now));
	assert_false(lw_plan_replica_fresh(&p, 0, now));
	assert_true(lw_plan_replica_fresh(&p, 1, now + 1));
	assert_true(ended(&p, LW_SYNC_SIDS, LW_SYNCED_SIDS, "a", 8, now));
	assert_true(lw_plan_replica_fresh(&p, 0, now));
}

static void reading_everything_in_vain_waits_longer_each_time(void **state)
{
	struct lw_plan p = plan(50000);
	int64_t now = NOW, wait = MIN / 2;

	(void)state;
	lw_plan_failed(&p, LW_SYNC_EVERYTHING, false, now);
	assert_int_equal(lw_plan_next(&p, now), LW_SYNC_EVERYTHING);
	for (int i = 0; i < 12; i++) {
		lw_plan_failed(&p, LW_SYNC_EVERYTHING, true, now);
		assert_int_equal(lw_plan_next(&p, now + wait - 1),
				 LW_SYNC_CHANGES);
		/* Whatever is heard of changes meanwhile. */
		assert_true(ended(&p, LW_SYNC_CHANGES, LW_SYNCED_UNKNOWN, "b",
				  3, now + 10));
		assert_int_equal(lw_plan_next(&p, now + 20), LW_SYNC_CHANGES);
		p.full_after_ms = p.full_wait_ms = 0;
		now += wait;
		assert_int_equal(lw_plan_next(&p, now), LW_SYNC_EVERYTHING);
		wait = wait < HOUR / 2 ? 2 * wait : HOUR;
	}
	assert_true(ended(&p, LW_SYNC_EVERYTHING, LW_SYNCED_EVERYTHING, "b", 5,
			  now));
	lw_plan_failed(&p, LW_SYNC_EVERYTHING, true, now);
	lw_plan_gap(&p);
	assert_int_equal(lw_plan_next(&p, now + MIN / 2), LW_SYNC_EVERYTHING);
}

/* None later than the bound that was promised. */
static void hosts_that_began_together_drift_apart(void **state)
{
	struct lw_plan p;

	(void)state;
	for (uint32_t random = 0; random < 3000; random += 333) {
		p = replicated();
		lw_plan_spread(&p, random);
		assert_in_range(p.sweep_due_ms, NOW + HOUR * 3 / 4, NOW + HOUR);
		p = plan(50000);
		lw_plan_failed(&p, LW_SYNC_EVERYTHING, true, NOW);
		lw_plan_spread(&p, random);
		assert_in_range(p.retry_after_ms, NOW + MIN / 2,
				NOW + MIN * 3 / 4);
	}
	p = replicated();
	lw_plan_spread(&p, 999);
	assert_true(p.sweep_due_ms < NOW + HOUR * 4 / 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_replica_is_filled_and_then_followed),
		cmocka_unit_test(what_was_not_asked_is_no_answer),
		cmocka_unit_test(
			a_gap_has_all_of_it_read_again_but_not_each_time),
		cmocka_unit_test(too_large_a_change_is_a_gap),
		cmocka_unit_test(facts_count_from_the_last_question),
		cmocka_unit_test(without_a_replica_nothing_counts_for_ever),
		cmocka_unit_test(a_gap_ends_what_was_followed),
		cmocka_unit_test(the_last_quarter_of_a_life_is_its_end),
		cmocka_unit_test(what_is_void_is_read_anew),
		cmocka_unit_test(failures_are_retried_sooner_and_then_as_usual),
		cmocka_unit_test(what_is_not_swept_is_not_believed),
		cmocka_unit_test(
			reading_everything_in_vain_waits_longer_each_time),
		cmocka_unit_test(a_server_is_told_by_all_of_its_name),
		cmocka_unit_test(hosts_that_began_together_drift_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
