/*
 * test_list.c - the list that initgroups(3) fills, also from memory that
 * somebody else writes meanwhile.
 */
#include "list.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SKIP	   545
#define MANY	   4096
#define PATIENCE_S 60

struct filled {
	long start, size;
	gid_t *groups;
	struct lw_list list;
};

/* With one gid in it, as glibc begins. */
static void begin(struct filled *f, long size, long limit)
{
	*f = (struct filled) { .start = 1, .size = size };
	f->groups = calloc((size_t)size, sizeof(gid_t));
	assert_non_null(f->groups);
	f->groups[0] = SKIP;
	f->list = (struct lw_list) { &f->start, &f->size, &f->groups, limit,
				     SKIP };
}

static void each_is_there_once(void **state)
{
	static const gid_t first[] = { 100, SKIP, 102 }, again[] = { 102, 103 };
	struct filled f;

	(void)state;
	begin(&f, 1, 0);
	assert_int_equal(lw_list_add(&f.list, first, 3), LW_OK);
	assert_int_equal(f.start, 3);
	assert_int_equal(lw_list_add(&f.list, again, 2), LW_OK);
	assert_int_equal(f.start, 4);
	assert_int_equal(f.groups[1], 100);
	assert_int_equal(f.groups[2], 102);
	assert_int_equal(f.groups[3], 103);
	free(f.groups);
}

static void all_or_none(void **state)
{
	static const gid_t gids[] = { 100, 101, 102 }, roots[] = { 100, 0 };
	struct filled f;

	(void)state;
	begin(&f, 2, 3);
	assert_int_equal(lw_list_add(&f.list, gids, 3), LW_RANGE);
	assert_int_equal(f.start, 1);
	assert_int_equal(lw_list_add(&f.list, gids, 2), LW_OK);
	assert_int_equal(f.start, 3);
	/* Those that are there already need no room. */
	assert_int_equal(lw_list_add(&f.list, gids, 2), LW_OK);
	free(f.groups);
	begin(&f, 2, 0);
	assert_int_equal(lw_list_add(&f.list, roots, 2), LW_PROTO);
	assert_int_equal(f.start, 1);
	free(f.groups);
}

/* --- a writer who changes what is being read ------------------------------ */

static _Atomic bool over;

/* Now they are all the one that needs no room, and now each is new. */
static void *change(void *arg)
{
	volatile gid_t *gids = arg;

	for (unsigned int turn = 0; !over; turn++) {
		for (unsigned int i = 0; i < MANY; i++)
			gids[i] = turn % 2 ? 1000 + i : SKIP;
	}
	return NULL;
}

static void what_changes_meanwhile_overflows_nothing(void **state)
{
	static gid_t gids[MANY];
	time_t until = time(NULL) + PATIENCE_S;
	int changed = 0;
	pthread_t writer;

	(void)state;
	over = false;
	assert_int_equal(pthread_create(&writer, NULL, change, gids), 0);
	while (changed < 20 && time(NULL) < until) {
		struct filled f;
		enum lw_err e;

		begin(&f, 2, MANY);
		e = lw_list_add(&f.list, gids, MANY);
		assert_true(f.start <= f.size && f.size <= MANY);
		assert_true(e == LW_OK || f.start == 1);
		changed += e == LW_PROTO;
		free(f.groups);
	}
	over = true;
	pthread_join(writer, NULL);
	/* Else nothing was shown. */
	assert_true(changed > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_there_once),
		cmocka_unit_test(all_or_none),
		cmocka_unit_test(what_changes_meanwhile_overflows_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
