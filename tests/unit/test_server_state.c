/*
 * test_server_state.c - whom a question may wait for, and when a probe is due:
 * the state machine alone, and the table that workers share.
 */
#include "unit.h"

#include "clock.h"
#include "servers.h"

#include <sys/wait.h>
#include <unistd.h>

#define T INT64_C(1000000)

static const struct lw_server_state untried = { .is = LW_SERVER_UNTRIED };

static struct lw_server_state up_for(int64_t ms)
{
	return (struct lw_server_state) { .is = LW_SERVER_UP,
					  .since_ms = T - ms };
}

static void a_state_survives_its_word(void **state)
{
	const enum lw_server_is all[] = { LW_SERVER_UNTRIED, LW_SERVER_UP,
					  LW_SERVER_DOWN, LW_SERVER_PROBING };

	(void)state;
	assert_int_equal(lw_server_pack(untried), 0);
	for (size_t i = 0; i < COUNT(all); i++) {
		struct lw_server_state s = { all[i], (uint8_t)i,
					     i % 2 ? INT64_C(1) << 46
						   : -25000 };
		struct lw_server_state t = lw_server_unpack(lw_server_pack(s));

		assert_int_equal(t.is, s.is);
		assert_int_equal(t.level, s.level);
		assert_int_equal(t.since_ms, s.since_ms);
	}
}

static void the_first_failure_shuts_a_server_out(void **state)
{
	struct lw_server_state s;

	(void)state;
	assert_true(lw_server_usable(untried));
	assert_true(lw_server_usable(up_for(60000)));
	s = lw_server_failed(up_for(60000), T, T);
	assert_false(lw_server_usable(s));
	assert_false(lw_server_usable(lw_server_failed(untried, T, T)));
	/* The next one that reports it brings no news. */
	assert_int_equal(lw_server_pack(lw_server_failed(s, T, T + 100)),
			 lw_server_pack(s));
	/* Nor does time alone make it good. */
	assert_int_equal(lw_server_due_ms(s, false), T + 1000);
	s = lw_server_probe(s, T + 1000);
	assert_false(lw_server_usable(s));
	assert_true(lw_server_usable(lw_server_reached(s, T + 1010)));
}

static void what_began_before_it_came_back_says_nothing(void **state)
{
	struct lw_server_state s = up_for(50);

	(void)state;
	assert_true(lw_server_usable(lw_server_failed(s, T - 51, T)));
	assert_false(lw_server_usable(lw_server_failed(s, T - 49, T)));
}

static void the_back_off_doubles_from_1_s_to_30_s(void **state)
{
	const int64_t want[] = { 1000,	2000,  4000,  8000,
				 16000, 30000, 30000, 30000 };
	struct lw_server_state s = lw_server_failed(up_for(60000), T, T);
	int64_t now = T;

	(void)state;
	for (size_t i = 0; i < COUNT(want); i++) {
		assert_int_equal(lw_server_due_ms(s, false), now + want[i]);
		now += want[i];
		s = lw_server_probe(s, now);
		assert_int_equal(s.is, LW_SERVER_PROBING);
		/* One at a time, and not for ever. */
		assert_int_equal(lw_server_due_ms(s, true),
				 now + LW_SERVER_LOST_MS);
		s = lw_server_probe_failed(s, now);
	}
}

static void who_waits_is_told_after_a_quarter_of_a_second(void **state)
{
	struct lw_server_state s = { LW_SERVER_DOWN, 5, T };

	(void)state;
	assert_int_equal(lw_server_due_ms(s, true), T + 250);
	assert_int_equal(lw_server_due_ms(up_for(0), true), INT64_MAX);
}

/* One that answers probes alone must not cost a question every second. */
static void a_server_that_flaps_is_trusted_less_each_time(void **state)
{
	struct lw_server_state s = lw_server_failed(up_for(60000), T, T);
	int64_t now = T, waited = 0;

	(void)state;
	for (int i = 0; i < 4; i++) {
		int64_t due = lw_server_due_ms(s, false);

		assert_true(due - now > waited);
		waited = due - now;
		s = lw_server_reached(lw_server_probe(s, due), due);
		now = due + 500;
		s = lw_server_failed(s, due + 1, now);
	}
	/* It was good for long enough: as if it never had been otherwise. */
	s = lw_server_reached(lw_server_probe(s, now), now);
	now += LW_SERVER_CALM_MS;
	s = lw_server_failed(s, now, now);
	assert_int_equal(lw_server_due_ms(s, false), now + 1000);
}

static void an_untried_server_is_probed_at_once_and_once(void **state)
{
	struct lw_server_state s;

	(void)state;
	assert_int_equal(lw_server_due_ms(untried, false), 0);
	s = lw_server_probe(untried, T);
	assert_true(lw_server_usable(s)); /* it may be there */
	assert_int_equal(lw_server_due_ms(s, true), T + LW_SERVER_LOST_MS);
	s = lw_server_probe_failed(s, T + 2000);
	assert_false(lw_server_usable(s));
	assert_int_equal(lw_server_due_ms(s, false), T + 3000);
	s = lw_server_reached(lw_server_probe(untried, T), T + 5);
	assert_int_equal(s.is, LW_SERVER_UP);
	/* Its first failure is its first. */
	s = lw_server_failed(s, T + 10, T + 10);
	assert_int_equal(lw_server_due_ms(s, false), T + 1010);
}

/* The machine itself may have been started a moment ago. */
static void soon_after_boot_the_first_failure_is_the_first_as_well(void **state)
{
	const int64_t now = 3000;
	struct lw_server_state s = lw_server_reached(untried, now);

	(void)state;
	s = lw_server_unpack(lw_server_pack(s));
	assert_true(lw_server_usable(s));
	s = lw_server_failed(s, now + 10, now + 10);
	assert_false(lw_server_usable(s));
	assert_int_equal(lw_server_due_ms(s, false), now + 1010);
}

static struct lw_endpoint at(const char *text)
{
	struct lw_endpoint e;

	assert_int_equal(lw_endpoint_parse(text, &e), LW_OK);
	return e;
}

static void assert_best(const struct lw_servers *s, const char *want)
{
	struct lw_endpoint e;

	assert_int_equal(lw_servers_best(s, &e), want != NULL);
	if (want)
		assert_string_equal(e.host, want);
}

static void the_best_server_that_is_not_down_is_used(void **state)
{
	struct lw_servers *s = lw_servers_new();
	struct lw_endpoint v[] = { at("dc1"), at("dc2"), at("dc2:1636") };

	(void)state;
	assert_non_null(s);
	assert_best(s, NULL);
	lw_servers_replace(s, v, COUNT(v));
	assert_best(s, "dc1");
	assert_true(lw_servers_failed(s, &v[0], lw_mono_ms()));
	assert_false(lw_servers_failed(s, &v[0], lw_mono_ms()));
	assert_best(s, "dc2");
	assert_true(lw_servers_leave(s, &v[0]));
	assert_false(lw_servers_leave(s, &v[1]));
	/* Another port is another server. */
	assert_true(lw_servers_failed(s, &v[2], lw_mono_ms()));
	assert_best(s, "dc2");
	assert_true(lw_servers_failed(s, &v[1], lw_mono_ms()));
	assert_best(s, NULL);
	/* A link is kept while the better one is only hoped for. */
	assert_true(lw_servers_reached(s, &v[1]));
	lw_servers_probe(s, &v[0]);
	assert_false(lw_servers_leave(s, &v[1]));
	assert_true(lw_servers_reached(s, &v[0]));
	assert_true(lw_servers_leave(s, &v[1]));
	assert_false(lw_servers_leave(s, &v[0]));
	lw_servers_free(s);
}

static void who_stays_in_the_table_keeps_its_state(void **state)
{
	struct lw_servers *s = lw_servers_new();
	struct lw_endpoint v[] = { at("dc1"), at("dc2") };
	struct lw_endpoint w[] = { at("dc3"), at("DC1"), at("dc4") };

	(void)state;
	lw_servers_replace(s, v, COUNT(v));
	lw_servers_failed(s, &v[0], lw_mono_ms());
	lw_servers_replace(s, w, COUNT(w));
	assert_int_equal(lw_servers_count(s), 3);
	assert_best(s, "dc3");
	lw_servers_failed(s, &w[0], lw_mono_ms());
	assert_best(s, "dc4");
	/* Who has left is nobody's any more. */
	assert_false(lw_servers_failed(s, &v[1], lw_mono_ms()));
	assert_true(lw_servers_leave(s, &v[1]));
	lw_servers_free(s);
}

/* Two servers change places as fast as can be; what is said of one meanwhile
 * is never said of the other. */
static void a_table_that_is_replaced_mistakes_nobody(void **state)
{
	struct lw_servers *s = lw_servers_new();
	struct lw_endpoint v[] = { at("dc1"), at("dc2"), at("dc1") };
	int64_t until = lw_mono_ms() + 500;
	pid_t pid;

	(void)state;
	lw_servers_replace(s, v, 2);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		for (size_t i = 1; !atomic_load(&s->ready); i++)
			lw_servers_replace(s, &v[i % 2], 2);
		_exit(0);
	}
	while (lw_mono_ms() < until) {
		lw_servers_failed(s, &v[0], lw_mono_ms() + 1);
		lw_servers_reached(s, &v[0]);
	}
	lw_servers_ready(s);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	lw_servers_replace(s, v, 2);
	lw_servers_failed(s, &v[0], lw_mono_ms() + 1);
	assert_best(s, "dc2");
	assert_int_equal(lw_server_unpack(s->state[1]).is, LW_SERVER_UNTRIED);
	lw_servers_free(s);
}

/* The number that its cell holds may be somebody else's by now. */
static void a_killed_worker_blames_nobody_by_an_old_number(void **state)
{
	struct lw_servers *s = lw_servers_new();
	struct lw_endpoint v[] = { at("dc1"), at("dc2"), at("dc1") }, who;
	uint64_t word;

	(void)state;
	lw_servers_replace(s, v, 2);
	lw_servers_use(s, 7, &v[0]);
	word = s->cells[7];
	lw_servers_replace(s, &v[1], 2);
	s->cells[7] = word; /* written a moment too late */
	assert_false(lw_servers_blame(s, 7, 0, &who));
	lw_servers_use(s, 7, &v[0]);
	assert_true(lw_servers_blame(s, 7, 0, &who));
	assert_string_equal(who.host, "dc1");
	lw_servers_free(s);
}

/* Like a worker that is killed at its deadline. */
static void die_waiting_for(struct lw_servers *s, uint32_t cell,
			    const struct lw_endpoint *e)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		lw_servers_use(s, cell, e);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void a_killed_worker_s_server_is_known(void **state)
{
	struct lw_servers *s = lw_servers_new();
	struct lw_endpoint v[] = { at("dc1"), at("dc2") }, who;

	(void)state;
	lw_servers_replace(s, v, COUNT(v));
	assert_false(lw_servers_blame(s, 7, 0, &who));
	die_waiting_for(s, 7, &v[1]);
	/* It may have heard from it a moment ago. */
	assert_false(lw_servers_blame(s, 7, 60000, &who));
	assert_false(lw_servers_blame(s, 8, 0, &who));
	assert_true(lw_servers_blame(s, 7, 0, &who));
	assert_string_equal(who.host, "dc2");
	assert_best(s, "dc1");
	lw_servers_use(s, 7, NULL);
	assert_false(lw_servers_blame(s, 7, 0, &who));
	lw_servers_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_state_survives_its_word),
		cmocka_unit_test(the_first_failure_shuts_a_server_out),
		cmocka_unit_test(what_began_before_it_came_back_says_nothing),
		cmocka_unit_test(the_back_off_doubles_from_1_s_to_30_s),
		cmocka_unit_test(who_waits_is_told_after_a_quarter_of_a_second),
		cmocka_unit_test(a_server_that_flaps_is_trusted_less_each_time),
		cmocka_unit_test(an_untried_server_is_probed_at_once_and_once),
		cmocka_unit_test(
			soon_after_boot_the_first_failure_is_the_first_as_well),
		cmocka_unit_test(the_best_server_that_is_not_down_is_used),
		cmocka_unit_test(who_stays_in_the_table_keeps_its_state),
		cmocka_unit_test(a_table_that_is_replaced_mistakes_nobody),
		cmocka_unit_test(a_killed_worker_s_server_is_known),
		cmocka_unit_test(
			a_killed_worker_blames_nobody_by_an_old_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
