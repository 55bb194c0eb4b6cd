/*
 * test_store_clock.c - whatever happens to the wall clock while the front runs,
 * nothing that was written is ever taken for younger than it is.
 */
#include "unit.h"

#include "store_clock.h"

#include <string.h>

#define BOOT   (INT64_C(1) << 42) /* as lw_now_ms() has it */
#define DAY    (INT64_C(24) * 3600 * 1000)
#define YEAR   (365 * DAY)
#define T0     (56 * YEAR) /* of the wall clock: 2025 */
#define FACTS  8
#define LIVES  2000
#define EVENTS 20

static void it_goes_on_from_the_mark(void **state)
{
	struct lw_store_clock c;

	(void)state;
	lw_store_clock_init(&c, 0, (uint64_t)T0, BOOT);
	assert_false(c.behind);
	assert_int_equal(lw_store_clock_wall(&c, BOOT), T0);
	assert_int_equal(lw_store_clock_wall(&c, BOOT - DAY), T0 - DAY);
	lw_store_clock_init(&c, (uint64_t)(T0 + DAY), (uint64_t)T0, BOOT);
	assert_true(c.behind);
	assert_int_equal(lw_store_clock_wall(&c, BOOT), T0 + DAY);
	/* That is no step, and costs nothing. */
	lw_store_clock_init(&c, (uint64_t)(T0 + 100), (uint64_t)T0, BOOT);
	assert_false(c.behind);
	assert_false(lw_store_clock_follow(&c, (uint64_t)T0, BOOT, true));
	assert_int_equal(lw_store_clock_wall(&c, BOOT), T0 + 100);
	assert_int_equal(lw_store_clock_latest(&c, BOOT), T0 + 200);
}

static void a_step_back_has_all_written_anew(void **state)
{
	struct lw_store_clock c;

	(void)state;
	lw_store_clock_init(&c, 0, (uint64_t)T0, BOOT);
	assert_false(lw_store_clock_follow(&c, (uint64_t)(T0 + DAY), BOOT + 5,
					   false));
	assert_int_equal(lw_store_clock_wall(&c, BOOT + 5), T0 + DAY);
	assert_true(lw_store_clock_follow(&c, (uint64_t)T0, BOOT + 5, false));
	assert_int_equal(lw_store_clock_wall(&c, BOOT + 5), T0);
	assert_false(lw_store_clock_follow(&c, (uint64_t)T0, BOOT + 5, false));
}

/* Nobody knows how old anything is: that has to last until it is known. */
static void who_began_behind_follows_when_the_directory_was_heard(void **state)
{
	struct lw_store_clock c;
	uint64_t wall = (uint64_t)T0;

	(void)state;
	lw_store_clock_init(&c, (uint64_t)(T0 + DAY), wall, BOOT);
	assert_false(lw_store_clock_follow(&c, wall, BOOT, false));
	assert_true(c.behind);
	assert_int_equal(lw_store_clock_wall(&c, BOOT), T0 + DAY);
	assert_true(lw_store_clock_follow(&c, wall, BOOT, true));
	assert_false(c.behind);
	assert_int_equal(lw_store_clock_wall(&c, BOOT), T0);
}

static void a_clock_that_was_lost_makes_nothing_younger(void **state)
{
	struct lw_store_clock c;
	uint64_t at, mark;

	(void)state;
	lw_store_clock_init(&c, 0, (uint64_t)T0, BOOT);
	assert_true(lw_store_clock_follow(&c, 60000, BOOT + DAY, false));
	at = lw_store_clock_wall(&c, BOOT);
	mark = lw_store_clock_wall(&c, BOOT + DAY);
	assert_int_equal(mark - at, DAY);
	/* It is the same moment of 1970 at each of its starts. */
	lw_store_clock_init(&c, mark + 60000, 60000, BOOT);
	assert_true(c.behind);
	/* And any mark that a store may have is one. */
	lw_store_clock_init(&c, UINT64_MAX, (uint64_t)T0, BOOT);
	assert_true(c.behind);
	assert_true(lw_store_clock_follow(&c, (uint64_t)T0, BOOT, true));
	assert_int_equal(lw_store_clock_wall(&c, BOOT), T0);
}

/* Killed before the next change: by no more than went by since the last. */
static void what_was_not_written_is_all_that_is_lost(void **state)
{
	struct lw_store_clock c;
	uint64_t at, mark;

	(void)state;
	lw_store_clock_init(&c, 0, (uint64_t)T0, BOOT);
	at = lw_store_clock_wall(&c, BOOT - DAY);
	mark = lw_store_clock_wall(&c, BOOT);
	lw_store_clock_init(&c, mark, (uint64_t)T0 - 101, BOOT + 299000);
	assert_true(c.behind);
	lw_store_clock_init(&c, mark, (uint64_t)T0 - 99, BOOT + 299000);
	assert_false(c.behind);
	assert_int_equal(lw_store_clock_wall(&c, BOOT + 299000) - at, DAY);
}

static uint64_t random_state = 88172645463325252U;

static int64_t any(int64_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (int64_t)(random_state % (uint64_t)below);
}

/* A host, its front and what that has written. */
static struct {
	int64_t t, wall; /* what it is, and what the clock says */
	bool unseen;	 /* it was set since it was last written */
	int64_t booted;	 /* by t */
	struct lw_store_clock clock;
	int64_t said[FACTS]; /* by t: what is so */
	int64_t at[FACTS];   /* by lw_now_ms(): what the front makes of it */
	bool known[FACTS];   /* or it does not know, and gives no right */
	bool dirty[FACTS];
	uint64_t disk[FACTS], mark; /* 0: nobody knows */
} h;

static int64_t now(void)
{
	return BOOT + h.t - h.booted;
}

static void pass(int64_t ms)
{
	h.t += ms;
	h.wall += ms;
}

static void hear(int i)
{
	h.said[i] = h.t;
	h.at[i] = now();
	h.known[i] = h.dirty[i] = true;
}

static void write_out(bool heard)
{
	bool all =
		lw_store_clock_follow(&h.clock, (uint64_t)h.wall, now(), heard);

	for (int i = 0; i < FACTS; i++) {
		if (h.dirty[i] || all)
			h.disk[i] = h.known[i] ? lw_store_clock_wall(&h.clock,
								     h.at[i])
					       : 0;
		h.dirty[i] = false;
	}
	h.mark = lw_store_clock_wall(&h.clock, now());
	h.unseen = false;
}

static void set(int64_t ms)
{
	h.wall += ms;
	/* It does not come near to either end of time. */
	if (h.wall > 2 * T0 || (h.wall < T0 / 2 && h.wall > DAY))
		h.wall = T0;
	if (h.wall < 0)
		h.wall = 0;
	h.unseen = true;
}

static void start(void)
{
	lw_store_clock_init(&h.clock, h.mark, (uint64_t)h.wall, now());
	for (int i = 0; i < FACTS; i++) {
		int64_t age = (int64_t)(lw_store_clock_latest(&h.clock, now()) -
					h.disk[i]);

		h.dirty[i] = false;
		h.known[i] = !h.clock.behind && h.disk[i] != 0;
		h.at[i] = now() - age;
		if (h.known[i] && age < h.t - h.said[i])
			fail_msg("%lld ms old, and taken for %lld",
				 (long long)(h.t - h.said[i]), (long long)age);
	}
}

static void event(bool *heard)
{
	switch (any(6)) {
	case 0:
		hear((int)any(FACTS));
		*heard = true;
		break;
	case 1:
		set(any(20 * DAY) - 10 * DAY);
		break;
	case 2:
		set(any(200) - 100);
		break;
	default:
		pass(any(3 * DAY));
		break;
	}
	if (any(2))
		write_out(*heard);
}

/*
 * The clock is anybody's while the front runs and writes, and right while it
 * does not; whether it is lost with the power or not.
 */
static void nothing_is_ever_taken_for_younger(void **state)
{
	unsigned int believed = 0;

	(void)state;
	h.t = h.wall = T0;
	h.booted = T0;
	lw_store_clock_init(&h.clock, 0, (uint64_t)h.wall, now());
	for (int i = 0; i < FACTS; i++)
		hear(i);
	write_out(true);
	for (int life = 0; life < LIVES; life++) {
		bool heard = life == 0;

		for (int i = 0; i < EVENTS; i++)
			event(&heard);
		if (h.unseen)
			write_out(heard);
		pass(any(2) * any(3 * DAY));
		if (any(3) == 0) {
			h.booted = h.t;
			h.wall = any(10) ? h.wall : 60000;
		}
		start();
		believed += !h.clock.behind;
	}
	/* Else this shows nothing. */
	assert_in_range(believed, LIVES / 10, LIVES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_goes_on_from_the_mark),
		cmocka_unit_test(a_step_back_has_all_written_anew),
		cmocka_unit_test(
			who_began_behind_follows_when_the_directory_was_heard),
		cmocka_unit_test(a_clock_that_was_lost_makes_nothing_younger),
		cmocka_unit_test(what_was_not_written_is_all_that_is_lost),
		cmocka_unit_test(nothing_is_ever_taken_for_younger),
	};

	return cmocka_run_group_tests_name("store_clock", tests, NULL, NULL);
}
