/* test_creds_owed.c - tests creds_owed.c: what the keeper must still be told */
#include "creds_owed.h"

#include "unit.h"

#define A    "S-1-7-21-1-2-3-4-100-1025"
#define B    "S-1-7-21-1-2-3-4-100-1026"
#define HOLD LW_OWED_HOLD_MS

static struct lw_owed_list list;

static int begin(void **state)
{
	(void)state;
	TAILQ_INIT(&list.all);
	list.n = 0;
	return 0;
}

static int end(void **state)
{
	(void)state;
	lw_owed_done(&list);
	assert_int_equal(list.n, 0);
	return 0;
}

static void say(const char *sid, enum lw_op op, const char *password)
{
	lw_owed_add(&list, sid, op, lw_password(password), 0);
}

/* It is the next one, and goes. */
static struct lw_owed *sent(const char *sid, enum lw_op op,
			    const char *password, int64_t now)
{
	struct lw_owed *o = lw_owed_next(&list, op == LW_OP_CREDS_REFUSED, now);

	assert_non_null(o);
	assert_string_equal(o->sid, sid);
	assert_int_equal(o->op, op);
	assert_int_equal(o->password_n, strlen(password));
	if (o->password_n)
		assert_memory_equal(o->password, password, o->password_n);
	o->sent = true;
	return o;
}

static void the_last_word_replaces_the_others(void **state)
{
	(void)state;
	say(A, LW_OP_CREDS_REFUSED, "x");
	say(A, LW_OP_CREDS_DROP, "");
	say(A, LW_OP_CREDS_REFUSED, "y");
	say(A, LW_OP_CREDS_STORE, "one");
	say(B, LW_OP_CREDS_STORE, "b");
	/* No guess is what will be kept, and nobody moves back in the row. */
	say(A, LW_OP_CREDS_REFUSED, "y");
	say(A, LW_OP_CREDS_STORE, "one");
	assert_int_equal(list.n, 2);
	assert_false(lw_owed_drops(&list, A));
	lw_owed_settle(&list, sent(A, LW_OP_CREDS_STORE, "one", 0));
	lw_owed_settle(&list, sent(B, LW_OP_CREDS_STORE, "b", 0));
	assert_false(lw_owed_of(&list, A, true));
}

/* Also where it is on its way to be kept. */
static void what_is_to_be_kept_and_refused_is_dropped(void **state)
{
	struct lw_owed *o;

	(void)state;
	say(A, LW_OP_CREDS_STORE, "one");
	o = sent(A, LW_OP_CREDS_STORE, "one", 0);
	say(A, LW_OP_CREDS_REFUSED, "two");
	assert_int_equal(list.n, 1);
	say(A, LW_OP_CREDS_REFUSED, "one");
	assert_true(lw_owed_drops(&list, A));
	lw_owed_settle(&list, o);
	lw_owed_settle(&list, sent(A, LW_OP_CREDS_DROP, "", 0));
	assert_int_equal(list.n, 0);
}

static void what_failed_is_owed_again(void **state)
{
	struct lw_owed *o;

	(void)state;
	say(A, LW_OP_CREDS_DROP, "");
	o = sent(A, LW_OP_CREDS_DROP, "", 0);
	lw_owed_failed(&list, o, 1000);
	assert_null(lw_owed_next(&list, false, 999));
	assert_true(lw_owed_of(&list, A, false));
	o = sent(A, LW_OP_CREDS_DROP, "", 1000);
	/* Unless another word was said since. */
	say(A, LW_OP_CREDS_STORE, "one");
	lw_owed_failed(&list, o, 2000);
	assert_int_equal(list.n, 1);
	lw_owed_settle(&list, sent(A, LW_OP_CREDS_STORE, "one", 0));
}

static void no_password_is_held_for_long(void **state)
{
	(void)state;
	say(A, LW_OP_CREDS_STORE, "one");
	say(B, LW_OP_CREDS_REFUSED, "b");
	lw_owed_age(&list, HOLD);
	assert_false(lw_owed_drops(&list, A));
	lw_owed_age(&list, HOLD + 1);
	lw_owed_settle(&list, sent(A, LW_OP_CREDS_DROP, "", 0));
	lw_owed_settle(&list, sent(B, LW_OP_CREDS_DROP, "", 0));
}

static void many_guesses_are_one_drop(void **state)
{
	char guess[] = "a";

	(void)state;
	for (int i = 0; i < LW_OWED_GUESSES; i++, guess[0]++) {
		say(A, LW_OP_CREDS_REFUSED, guess);
		say(A, LW_OP_CREDS_REFUSED, guess);
	}
	assert_int_equal(list.n, LW_OWED_GUESSES);
	assert_false(lw_owed_of(&list, A, false));
	assert_true(lw_owed_of(&list, A, true));
	say(A, LW_OP_CREDS_REFUSED, guess);
	assert_int_equal(list.n, 1);
	lw_owed_settle(&list, sent(A, LW_OP_CREDS_DROP, "", 0));
}

/* Nobody is forgotten, and it does not grow. */
static void beyond_its_room_everybodys_is_dropped(void **state)
{
	char sid[64];

	(void)state;
	for (int i = 0; i < 3 * LW_OWED_MAX + 5; i++) {
		snprintf(sid, sizeof(sid), "S-1-7-21-1-2-3-4-100-%d", 3000 + i);
		say(sid, LW_OP_CREDS_REFUSED, "x");
		assert_true(lw_owed_of(&list, sid, true));
		assert_true(list.n <= LW_OWED_MAX);
	}
	assert_true(lw_owed_drops(&list, "S-1-7-21-1-2-3-4-100-3000"));
	/* What is said after it comes after it. */
	say(A, LW_OP_CREDS_STORE, "one");
	lw_owed_settle(&list, sent("", LW_OP_CREDS_DROP, "", 0));
	assert_false(lw_owed_drops(&list, "S-1-7-21-1-2-3-4-100-3000"));
	lw_owed_settle(&list, sent(A, LW_OP_CREDS_STORE, "one", 0));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_last_word_replaces_the_others),
		TEST(what_is_to_be_kept_and_refused_is_dropped),
		TEST(what_failed_is_owed_again),
		TEST(no_password_is_held_for_long),
		TEST(many_guesses_are_one_drop),
		TEST(beyond_its_room_everybodys_is_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
