/* test_recent.c - tests recent.c and outlook.c: what is remembered, how long.
 */
#include "outlook.h"
#include "recent.h"

#include "unit.h"

#define SECOND	INT64_C(1000)
#define HOUR	(3600 * SECOND)
#define ALICE	LW_STR("alice@lw.test")
#define SSHD	LW_STR("sshd")
#define UID	16778241
#define USERS	8192
#define LOGINS	1024
#define KEY_MAX 400

/* Some moment; a host that has been up for so long. */
#define NOW (5 * HOUR)

static struct lw_recent recent;

static int begin(void **state)
{
	(void)state;
	lw_recent_init(&recent);
	return 0;
}

static int end(void **state)
{
	(void)state;
	lw_recent_done(&recent);
	return 0;
}

static void each_user_is_told_once_in_24_hours(void **state)
{
	static const struct {
		int64_t after;
		bool tell;
	} cases[] = {
		{ 0, true },
		{ 0, false },
		{ 1, false },
		{ 24 * HOUR - 1, false },
		{ 24 * HOUR, true },
		{ 24 * HOUR + 1, false },
		{ 48 * HOUR - 1, false },
		{ 100 * HOUR, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
			lw_recent_warn(&recent, UID, NOW + cases[i].after),
			cases[i].tell);
	assert_true(lw_recent_warn(&recent, UID + 1, NOW + 100 * HOUR));
}

/* And by a host that has just been started. */
static void nobody_was_told_before_the_first_time(void **state)
{
	(void)state;
	assert_true(lw_recent_warn(&recent, UID, 1));
	assert_false(lw_recent_warn(&recent, UID, 2));
}

static void a_change_is_due_until_it_is_made_or_an_hour(void **state)
{
	bool expired;

	(void)state;
	assert_false(lw_recent_change_due(&recent, UID, NOW, &expired));
	lw_recent_must_change(&recent, UID, true, NOW);
	expired = false;
	assert_true(lw_recent_change_due(&recent, UID, NOW, &expired));
	assert_true(expired);
	assert_true(lw_recent_change_due(&recent, UID, NOW + HOUR, &expired));
	assert_false(
		lw_recent_change_due(&recent, UID, NOW + HOUR + 1, &expired));
	assert_false(lw_recent_change_due(&recent, UID + 1, NOW, &expired));

	lw_recent_must_change(&recent, UID, false, NOW + HOUR);
	assert_true(
		lw_recent_change_due(&recent, UID, NOW + 2 * HOUR, &expired));
	assert_false(expired);
	lw_recent_changed(&recent, UID);
	assert_false(lw_recent_change_due(&recent, UID, NOW + HOUR, &expired));
	lw_recent_changed(&recent, UID + 1);
}

static void it_says_nothing_about_what_he_was_told(void **state)
{
	bool expired;

	(void)state;
	assert_true(lw_recent_warn(&recent, UID, NOW));
	assert_false(lw_recent_change_due(&recent, UID, NOW, &expired));
	lw_recent_must_change(&recent, UID, false, NOW);
	lw_recent_changed(&recent, UID);
	assert_false(lw_recent_warn(&recent, UID, NOW + HOUR));
}

static int64_t age(const char *service, const char *user, int64_t now)
{
	return lw_recent_age(&recent, lw_str(service), lw_str(user), now);
}

static void a_login_is_one_account_question(void **state)
{
	(void)state;
	assert_int_equal(age("sshd", "alice@lw.test", NOW), 0);
	lw_recent_began(&recent, SSHD, ALICE, NOW);
	assert_int_equal(age("sshd", "alice@lw.test", NOW + 700), 700);
	assert_int_equal(age("sshd", "alice@lw.test", NOW + 700), 0);
}

static void within_ten_seconds(void **state)
{
	(void)state;
	lw_recent_began(&recent, SSHD, ALICE, NOW);
	assert_int_equal(age("sshd", "alice@lw.test", NOW + 10 * SECOND),
			 10 * SECOND);
	lw_recent_began(&recent, SSHD, ALICE, NOW);
	assert_int_equal(age("sshd", "alice@lw.test", NOW + 10 * SECOND + 1),
			 0);
	/* Too late is too late. */
	assert_int_equal(age("sshd", "alice@lw.test", NOW + 1), 0);
}

static void the_last_one_that_began_counts(void **state)
{
	(void)state;
	lw_recent_began(&recent, SSHD, ALICE, NOW);
	lw_recent_began(&recent, SSHD, ALICE, NOW + 400);
	assert_int_equal(age("sshd", "alice@lw.test", NOW + 700), 300);
	assert_int_equal(age("sshd", "alice@lw.test", NOW + 700), 0);
}

static void of_that_service_and_that_name_as_typed(void **state)
{
	static const struct {
		const char *service, *user;
	} others[] = {
		{ "sudo", "alice@lw.test" },
		{ "ssh", "alice@lw.test" },
		{ "sshd", "alice@lw.tes" },
		{ "sshd", "Alice@lw.test" },
		{ "sshd", "" },
		{ "", "alice@lw.test" },
		{ "sshda", "lice@lw.test" },
		{ "sshd\nalice@lw.test", "" },
		{ "", "sshd\nalice@lw.test" },
	};

	(void)state;
	lw_recent_began(&recent, SSHD, ALICE, NOW);
	for (size_t i = 0; i < COUNT(others); i++)
		assert_int_equal(
			age(others[i].service, others[i].user, NOW + 5), 0);
	assert_int_equal(age("sshd", "alice@lw.test", NOW + 5), 5);

	/* A name may hold what stands between the two; a service may not. */
	lw_recent_began(&recent, LW_STR("a"), LW_STR("b\nc"), NOW);
	assert_int_equal(age("a\nb", "c", NOW + 5), 0);
	lw_recent_began(&recent, LW_STR("a\nb"), LW_STR("c"), NOW);
	assert_int_equal(age("a\nb", "c", NOW + 5), 0);
	assert_int_equal(age("a", "b\nc", NOW + 5), 5);
	lw_recent_began(&recent, LW_STR(""), LW_STR(""), NOW);
	assert_int_equal(age("", "", NOW + 5), 5);
}

static void what_is_too_long_is_not_kept(void **state)
{
	char user[KEY_MAX + 1] = { 0 };

	(void)state;
	memset(user, 'u', sizeof(user) - 1);
	for (size_t n = KEY_MAX - 10; n <= KEY_MAX; n++) {
		struct lw_str s = { user, n };
		int64_t want = 1 + n + 2 <= KEY_MAX ? 5 : 0;

		lw_recent_began(&recent, LW_STR("s"), s, NOW);
		assert_int_equal(
			lw_recent_age(&recent, LW_STR("s"), s, NOW + 5), want);
	}
}

/* Whoever tries many names fills no memory. */
static void the_tables_have_a_bound(void **state)
{
	char user[32];
	bool expired;

	(void)state;
	for (uint32_t i = 0; i < LOGINS + 1; i++) {
		snprintf(user, sizeof(user), "u%u", i);
		lw_recent_began(&recent, SSHD, lw_str(user), NOW);
	}
	assert_int_equal(recent.logins.count, LOGINS);
	assert_int_equal(age("sshd", "u0", NOW + 5), 0);
	assert_int_equal(age("sshd", "u1", NOW + 5), 5);
	for (uint32_t i = 0; i < USERS + 1; i++)
		lw_recent_must_change(&recent, UID + i, false, NOW);
	assert_int_equal(recent.users.count, USERS);
	assert_false(lw_recent_change_due(&recent, UID, NOW, &expired));
	assert_true(lw_recent_change_due(&recent, UID + 1, NOW, &expired));
}

static void nobody_waits_longer_and_longer(void **state)
{
	static const int64_t waits[] = { 1000, 2000, 4000, 8000, 10000, 10000 };
	struct lw_outlook o;
	int64_t now = NOW;

	(void)state;
	lw_outlook_init(&o);
	assert_false(lw_outlook_away(&o, 0));
	for (size_t i = 0; i < COUNT(waits); i++) {
		assert_false(lw_outlook_away(&o, now));
		assert_true(lw_outlook_failed(&o, now, now));
		assert_true(lw_outlook_away(&o, now));
		assert_true(lw_outlook_away(&o, now + waits[i] - 1));
		/* What fails meanwhile is no news. */
		assert_false(lw_outlook_failed(&o, now, now + 1));
		now += waits[i];
	}
	lw_outlook_good(&o, now);
	assert_false(lw_outlook_away(&o, now));
	assert_true(lw_outlook_failed(&o, now + 1, now + 1));
	assert_false(lw_outlook_away(&o, now + 1 + waits[0]));
}

/* Who is told so at once has waited for nothing: he asks again soon. */
static void a_refusal_is_asked_again_soon(void **state)
{
	struct lw_outlook o;
	int64_t now = NOW;

	(void)state;
	lw_outlook_init(&o);
	for (int i = 0; i < 100; i++) {
		assert_true(lw_outlook_refused(&o, now, now));
		assert_true(lw_outlook_away(&o, now));
		assert_false(lw_outlook_refused(&o, now, now));
		now += 200;
		assert_false(lw_outlook_away(&o, now));
	}
	/* It ends what was waited for in vain. */
	for (int i = 0; i < 4; i++) {
		lw_outlook_failed(&o, now, now);
		now += 10000;
	}
	assert_true(lw_outlook_failed(&o, now, now));
	assert_true(lw_outlook_away(&o, now + 9000));
	assert_false(lw_outlook_refused(&o, now, now));
	assert_false(lw_outlook_away(&o, now + 200));
	lw_outlook_good(&o, now);
	assert_false(lw_outlook_refused(&o, now, now));
	assert_false(lw_outlook_away(&o, now));
}

static void who_fails_while_others_are_answered_fails_alone(void **state)
{
	struct lw_outlook o;

	(void)state;
	lw_outlook_init(&o);
	lw_outlook_good(&o, NOW);
	assert_false(lw_outlook_failed(&o, NOW - 1, NOW + HOUR));
	assert_false(lw_outlook_failed(&o, NOW, NOW + HOUR));
	assert_false(lw_outlook_away(&o, NOW + HOUR));
	assert_true(lw_outlook_failed(&o, NOW + 1, NOW + HOUR));
	assert_true(lw_outlook_away(&o, NOW + HOUR));
}

static void who_was_let_in_is_told_to_that_process_for_ten_seconds(void **state)
{
	(void)state;
	assert_false(lw_recent_has_passed(&recent, 7, UID, NOW));
	lw_recent_passed(&recent, 7, UID, NOW);
	assert_true(lw_recent_has_passed(&recent, 7, UID, NOW));
	assert_true(lw_recent_has_passed(&recent, 7, UID, NOW + 10 * SECOND));
	assert_false(
		lw_recent_has_passed(&recent, 7, UID, NOW + 10 * SECOND + 1));
	assert_false(lw_recent_has_passed(&recent, 8, UID, NOW));
	assert_false(lw_recent_has_passed(&recent, 7, UID + 1, NOW));
	/* No process that can be named. */
	lw_recent_passed(&recent, 0, UID, NOW);
	assert_false(lw_recent_has_passed(&recent, 0, UID, NOW));
}

static void what_was_looked_at_is_so_for_that_process_and_user(void **state)
{
	(void)state;
	assert_int_equal(lw_recent_look_age(&recent, 7, UID, NOW), -1);
	lw_recent_looked(&recent, 7, UID, NOW);
	assert_int_equal(lw_recent_look_age(&recent, 7, UID, NOW), 0);
	assert_int_equal(lw_recent_look_age(&recent, 7, UID, NOW + 10 * SECOND),
			 10 * SECOND);
	assert_int_equal(
		lw_recent_look_age(&recent, 7, UID, NOW + 10 * SECOND + 1), -1);
	assert_int_equal(lw_recent_look_age(&recent, 8, UID, NOW), -1);
	assert_int_equal(lw_recent_look_age(&recent, 7, UID + 1, NOW), -1);
	/* That lets nobody in. */
	assert_false(lw_recent_has_passed(&recent, 7, UID, NOW));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_user_is_told_once_in_24_hours),
		TEST(nobody_was_told_before_the_first_time),
		TEST(a_change_is_due_until_it_is_made_or_an_hour),
		TEST(it_says_nothing_about_what_he_was_told),
		TEST(a_login_is_one_account_question),
		TEST(within_ten_seconds),
		TEST(the_last_one_that_began_counts),
		TEST(of_that_service_and_that_name_as_typed),
		TEST(what_is_too_long_is_not_kept),
		TEST(the_tables_have_a_bound),
		TEST(who_was_let_in_is_told_to_that_process_for_ten_seconds),
		TEST(what_was_looked_at_is_so_for_that_process_and_user),
		TEST(nobody_waits_longer_and_longer),
		TEST(a_refusal_is_asked_again_soon),
		TEST(who_fails_while_others_are_answered_fails_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
