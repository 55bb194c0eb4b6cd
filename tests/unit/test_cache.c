/* test_cache.c - tests cache.c, table.c and ticket.c. */
#include "cache.h"
#include "ticket.h"

#include "unit.h"

#include <string.h>

static struct lw_object *object(enum lw_kind kind, uint32_t id)
{
	struct lw_object *o = calloc(1, sizeof(*o));

	assert_non_null(o);
	o->kind = kind;
	o->id = id;
	o->at_ms = 5;
	return o;
}

static void a_full_table_drops_what_was_put_first(void **state)
{
	struct lw_table t;
	char key[16];

	(void)state;
	lw_table_init(&t, 100, free);
	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		assert_int_equal(lw_table_put(&t, key, strdup(key)), LW_OK);
	}
	assert_int_equal(t.count, 100);
	assert_null(lw_table_get(&t, "k899"));
	assert_string_equal(lw_table_get(&t, "k900"), "k900");
	lw_table_drop(&t, "k900");
	assert_null(lw_table_get(&t, "k900"));
	assert_int_equal(lw_table_put(&t, "k901", strdup("again")), LW_OK);
	assert_string_equal(lw_table_get(&t, "k901"), "again");
	assert_int_equal(t.count, 99);
	lw_table_clear(&t);
	assert_int_equal(t.count, 0);
}

static void users_and_groups_with_one_id_are_two(void **state)
{
	struct lw_cache c;

	(void)state;
	lw_cache_init(&c);
	assert_int_equal(lw_cache_keep(&c, object(LW_KIND_USER, 544)), LW_OK);
	assert_non_null(lw_cache_by_id(&c, LW_KIND_USER, 544));
	assert_null(lw_cache_by_id(&c, LW_KIND_GROUP, 544));
	lw_cache_clear(&c);
}

static void a_doubted_list_is_one_kind_s(void **state)
{
	struct lw_cache c;

	(void)state;
	lw_cache_init(&c);
	assert_true(lw_cache_list_doubted(&c, LW_KIND_USER, 544) == -1);
	assert_int_equal(lw_cache_doubt_list(&c, LW_KIND_USER, 544, 7), LW_OK);
	assert_true(lw_cache_list_doubted(&c, LW_KIND_USER, 544) == 7);
	assert_true(lw_cache_list_doubted(&c, LW_KIND_GROUP, 544) == -1);
	lw_cache_believe_list(&c, LW_KIND_USER, 544);
	assert_true(lw_cache_list_doubted(&c, LW_KIND_USER, 544) == -1);
	lw_cache_clear(&c);
}

static void what_is_doubted_is_as_old_as_it_was(void **state)
{
	struct lw_cache c;

	(void)state;
	lw_cache_init(&c);
	assert_int_equal(lw_cache_keep(&c, object(LW_KIND_USER, 544)), LW_OK);
	lw_cache_doubt(&c, LW_KIND_USER, 544);
	assert_true(lw_cache_by_id(&c, LW_KIND_USER, 544)->at_ms == LW_STALE);
	assert_true(lw_cache_by_id(&c, LW_KIND_USER, 544)->said_ms == 5);
	lw_cache_clear(&c);
}

static void unknown_names_push_out_nothing_that_exists(void **state)
{
	struct lw_cache c;
	int64_t at = 0;
	char name[16];

	(void)state;
	lw_cache_init(&c);
	lw_cache_keep(&c, object(LW_KIND_USER, 7));
	lw_cache_keep_name(&c, LW_KIND_USER, "alice", 7, "S-1-7", 5);
	for (int i = 0; i < 10000; i++) {
		snprintf(name, sizeof(name), "x%d", i);
		lw_cache_miss_name(&c, LW_KIND_USER, name, i);
	}
	assert_non_null(lw_cache_by_name(&c, LW_KIND_USER, "alice", &at));
	assert_int_equal(at, 5);
	assert_int_equal(lw_cache_missed_name(&c, LW_KIND_USER, "x9999"), 9999);
	assert_int_equal(lw_cache_missed_name(&c, LW_KIND_USER, "x0"), -1);
	assert_true(c.misses.count < 10000);
	lw_cache_clear(&c);
}

static void a_name_stays_pinned_after_it_was_missed_or_forgotten(void **state)
{
	struct lw_cache c;
	int64_t at;

	(void)state;
	lw_cache_init(&c);
	lw_cache_keep(&c, object(LW_KIND_USER, 7));
	lw_cache_keep_name(&c, LW_KIND_USER, "alice", 7, "S-1-7", 5);
	lw_cache_miss_name(&c, LW_KIND_USER, "alice", 6);
	assert_string_equal(lw_cache_pinned(&c, "alice"), "S-1-7");
	lw_cache_forget(&c);
	assert_string_equal(lw_cache_pinned(&c, "alice"), "S-1-7");
	assert_null(lw_cache_by_name(&c, LW_KIND_USER, "alice", &at));
	assert_null(lw_cache_pinned(&c, "bob"));
	lw_cache_clear(&c);
}

static void a_name_is_claimed_until_it_is_anything_else(void **state)
{
	struct lw_cache c;

	(void)state;
	lw_cache_init(&c);
	lw_cache_miss_claimed(&c, LW_KIND_USER, "twin", 1);
	assert_int_equal(lw_cache_missed_name(&c, LW_KIND_USER, "twin"), 1);
	assert_true(lw_cache_missed_claimed(&c, LW_KIND_USER, "twin"));
	assert_false(lw_cache_missed_claimed(&c, LW_KIND_GROUP, "twin"));
	lw_cache_miss_name(&c, LW_KIND_USER, "twin", 2);
	assert_false(lw_cache_missed_claimed(&c, LW_KIND_USER, "twin"));
	lw_cache_miss_claimed(&c, LW_KIND_USER, "twin", 3);
	lw_cache_keep_name(&c, LW_KIND_USER, "twin", 7, "S-1-7", 4);
	assert_false(lw_cache_missed_claimed(&c, LW_KIND_USER, "twin"));
	lw_cache_miss_claimed(&c, LW_KIND_USER, "twin", 5);
	lw_cache_doubt_name(&c, LW_KIND_USER, "twin");
	assert_false(lw_cache_missed_claimed(&c, LW_KIND_USER, "twin"));
	lw_cache_clear(&c);
}

static void what_comes_back_is_no_longer_missed(void **state)
{
	struct lw_cache c;

	(void)state;
	lw_cache_init(&c);
	lw_cache_miss_id(&c, LW_KIND_USER, 7, 1);
	assert_int_equal(lw_cache_missed_id(&c, LW_KIND_USER, 7), 1);
	lw_cache_keep(&c, object(LW_KIND_USER, 7));
	assert_int_equal(lw_cache_missed_id(&c, LW_KIND_USER, 7), -1);
	lw_cache_miss_id(&c, LW_KIND_USER, 7, 2);
	assert_null(lw_cache_by_id(&c, LW_KIND_USER, 7));
	lw_cache_clear(&c);
}

static void a_ticket_is_given_out_once_and_within_a_minute(void **state)
{
	static struct lw_tickets t;
	uint8_t *p = NULL;
	size_t n = 0;

	(void)state;
	assert_int_equal(lw_tickets_keep(&t, 7, LW_STR("ticket"), 0), LW_OK);
	assert_int_equal(lw_tickets_take(&t, 8, 0, &p, &n), LW_NOTFOUND);
	assert_int_equal(lw_tickets_take(&t, 7, LW_TICKET_KEEP_MS - 1, &p, &n),
			 LW_OK);
	assert_int_equal(n, 6);
	assert_memory_equal(p, "ticket", 6);
	free(p);
	assert_int_equal(lw_tickets_take(&t, 7, 0, &p, &n), LW_NOTFOUND);

	assert_int_equal(lw_tickets_keep(&t, 7, LW_STR("ticket"), 0), LW_OK);
	assert_int_equal(lw_tickets_take(&t, 7, LW_TICKET_KEEP_MS, &p, &n),
			 LW_NOTFOUND);
}

/* A letter for each ticket of uid, from the newest on. */
static void expect_tickets(struct lw_tickets *t, uint32_t uid, const char *s)
{
	for (; *s; s++) {
		uint8_t *p = NULL;
		size_t n = 0;

		assert_int_equal(lw_tickets_take(t, uid, 0, &p, &n), LW_OK);
		assert_int_equal(n, 1);
		assert_int_equal(*p, *s);
		free(p);
	}
}

static void who_logs_in_twice_at_once_has_two_tickets(void **state)
{
	static struct lw_tickets t;
	uint8_t *p = NULL;
	size_t n = 0;

	(void)state;
	assert_int_equal(lw_tickets_keep(&t, 7, LW_STR("a"), 0), LW_OK);
	assert_int_equal(lw_tickets_keep(&t, 8, LW_STR("x"), 1), LW_OK);
	assert_int_equal(lw_tickets_keep(&t, 7, LW_STR("b"), 2), LW_OK);
	expect_tickets(&t, 7, "ba");
	assert_int_equal(lw_tickets_take(&t, 7, 0, &p, &n), LW_NOTFOUND);
	expect_tickets(&t, 8, "x");
}

static void one_user_does_not_take_the_places_of_others(void **state)
{
	static struct lw_tickets t;
	uint8_t *p = NULL;
	size_t n = 0;

	(void)state;
	assert_int_equal(lw_tickets_keep(&t, 8, LW_STR("x"), 0), LW_OK);
	assert_int_equal(lw_tickets_keep(&t, 7, LW_STR("a"), 1), LW_OK);
	for (int i = 0; i < LW_TICKETS_MAX; i++)
		assert_int_equal(lw_tickets_keep(&t, 7, LW_STR("b"), 2 + i),
				 LW_OK);
	expect_tickets(&t, 7, "bbbbbbbbbbbbbbbb");
	assert_int_equal(lw_tickets_take(&t, 7, 0, &p, &n), LW_NOTFOUND);
	expect_tickets(&t, 8, "x");
}

static void too_many_tickets_cost_the_oldest(void **state)
{
	static struct lw_tickets t;
	uint8_t *p = NULL;
	size_t n = 0;

	(void)state;
	for (uint32_t i = 0; i <= LW_TICKETS_MAX; i++)
		assert_int_equal(lw_tickets_keep(&t, i, LW_STR("t"), i), LW_OK);
	assert_int_equal(lw_tickets_take(&t, 0, 0, &p, &n), LW_NOTFOUND);
	assert_int_equal(lw_tickets_take(&t, 1, 0, &p, &n), LW_OK);
	free(p);
	lw_tickets_expire(&t, INT64_MAX);
	assert_int_equal(lw_tickets_take(&t, 2, 0, &p, &n), LW_NOTFOUND);
}

/* What was said of a name goes with what was said of its owner. */
static void who_is_doubted_is_so_by_every_name(void **state)
{
	struct lw_object *again;
	struct lw_cache c;
	int64_t at = 0;

	(void)state;
	lw_cache_init(&c);
	lw_cache_keep(&c, object(LW_KIND_USER, 7));
	lw_cache_keep_name(&c, LW_KIND_USER, "alice", 7, "S-1-7", 5);
	lw_cache_keep_name(&c, LW_KIND_USER, "al", 7, "S-1-7", 6);
	assert_non_null(lw_cache_by_name(&c, LW_KIND_USER, "al", &at));
	assert_int_equal(at, 5);
	lw_cache_doubt(&c, LW_KIND_USER, 7);
	assert_non_null(lw_cache_by_name(&c, LW_KIND_USER, "alice", &at));
	assert_int_equal(at, LW_STALE);

	/* Kept again, by one name: the other is to be asked about. */
	again = object(LW_KIND_USER, 7);
	again->at_ms = 9;
	lw_cache_keep_name(&c, LW_KIND_USER, "alice", 7, "S-1-7", 9);
	lw_cache_keep(&c, again);
	assert_non_null(lw_cache_by_name(&c, LW_KIND_USER, "alice", &at));
	assert_int_equal(at, 9);
	assert_non_null(lw_cache_by_name(&c, LW_KIND_USER, "al", &at));
	assert_int_equal(at, LW_STALE);

	lw_cache_miss_name(&c, LW_KIND_USER, "bob", 9);
	lw_cache_doubt_name(&c, LW_KIND_USER, "bob");
	assert_int_equal(lw_cache_missed_name(&c, LW_KIND_USER, "bob"), -1);
	lw_cache_doubt_name(&c, LW_KIND_USER, "alice");
	assert_non_null(lw_cache_by_name(&c, LW_KIND_USER, "alice", &at));
	assert_int_equal(at, LW_STALE);
	assert_string_equal(lw_cache_pinned(&c, "alice"), "S-1-7");
	lw_cache_clear(&c);
}

static void a_change_is_remembered_beside_what_changed(void **state)
{
	struct lw_cache c;

	(void)state;
	lw_cache_init(&c);
	assert_int_equal(lw_cache_changed_at(&c, LW_KIND_USER, 1025), -1);
	assert_int_equal(lw_cache_changed(&c, LW_KIND_USER, 1025, 7), LW_OK);
	lw_cache_forget(&c);
	assert_int_equal(lw_cache_changed_at(&c, LW_KIND_USER, 1025), 7);
	assert_int_equal(lw_cache_changed_at(&c, LW_KIND_GROUP, 1025), -1);
	assert_int_equal(lw_cache_missed_id(&c, LW_KIND_USER, 1025), -1);
	lw_cache_clear(&c);
	assert_int_equal(lw_cache_changed_at(&c, LW_KIND_USER, 1025), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_doubted_is_so_by_every_name),
		cmocka_unit_test(a_change_is_remembered_beside_what_changed),
		cmocka_unit_test(a_full_table_drops_what_was_put_first),
		cmocka_unit_test(users_and_groups_with_one_id_are_two),
		cmocka_unit_test(a_doubted_list_is_one_kind_s),
		cmocka_unit_test(what_is_doubted_is_as_old_as_it_was),
		cmocka_unit_test(unknown_names_push_out_nothing_that_exists),
		cmocka_unit_test(
			a_name_stays_pinned_after_it_was_missed_or_forgotten),
		cmocka_unit_test(a_name_is_claimed_until_it_is_anything_else),
		cmocka_unit_test(what_comes_back_is_no_longer_missed),
		cmocka_unit_test(
			a_ticket_is_given_out_once_and_within_a_minute),
		cmocka_unit_test(who_logs_in_twice_at_once_has_two_tickets),
		cmocka_unit_test(one_user_does_not_take_the_places_of_others),
		cmocka_unit_test(too_many_tickets_cost_the_oldest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
