/* test_localdb.c - what is local, whatever the file holds or becomes. */
#include "unit.h"

#include "localdb.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define RECHECK 500 /* localdb.h promises it, in milliseconds */

static char dir[] = "/tmp/test_localdb.XXXXXX", path[64], other[64];

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/passwd", dir);
	snprintf(other, sizeof(other), "%s/passwd+", dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	unlink(other);
	return rmdir(dir);
}

static void put(const char *text)
{
	unit_write(path, text, strlen(text));
}

/* As shadow's tools do it: a new file, then its name. */
static void replace(const char *text)
{
	unit_write(other, text, strlen(text));
	assert_int_equal(rename(other, path), 0);
}

static const char odd[] = "root:x:0:0:root:/root:/bin/bash\n"
			  "# a comment:x:7:\n"
			  "#hash:x:8:\n"
			  "\n"
			  "daemon:x:1\n"
			  "nofields\n"
			  "one:field\n"
			  ":x:10:noname\n"
			  "noid:x::10:\n"
			  "word:x:ten:\n"
			  "tail:x:11x:\n"
			  "+::::::\n"
			  "-nobody::::::\n"
			  "+@netgroup:x::\n"
			  "huge:x:4294967296:\n"
			  "vast:x:99999999999999999999999:\n"
			  "minus:x:-1:\n"
			  "last:x:4294967295:\n"
			  "  indented:x:12:\n"
			  "\talso indented:x:13:\n"
			  "twice:x:14:\n"
			  "twice:x:15:\n"
			  "bl ank:x:16:\n"
			  "j\xC3\xBCrgen:x:17:\n"
			  "end:x:18";

static const struct {
	const char *name;
	int64_t id; /* -1: not local */
} names[] = {
	{ "root", 0 },	       { "daemon", 1 },	     { "last", 4294967295 },
	{ "twice", 14 },       { "bl ank", 16 },     { "j\xC3\xBCrgen", 17 },
	{ "end", 18 },	       { "indented", 12 },   { "also indented", 13 },
	{ "# a comment", -1 }, { "#hash", -1 },	     { "", -1 },
	{ "nofields", -1 },    { "one", -1 },	     { "noid", -1 },
	{ "word", -1 },	       { "tail", -1 },	     { "+", -1 },
	{ "-nobody", -1 },     { "+@netgroup", -1 }, { "huge", -1 },
	{ "vast", -1 },	       { "minus", -1 },	     { "roo", -1 },
	{ "rootx", -1 },       { "Root", -1 },	     { "x", -1 },
};

static void odd_lines_are_nobody_and_hide_nobody(void **state)
{
	struct lw_localdb db;

	(void)state;
	put(odd);
	lw_localdb_init(&db, path);
	assert_int_equal(lw_localdb_refresh(&db, 0), LW_OK);
	for (size_t i = 0; i < COUNT(names); i++) {
		const struct lw_localent *ent =
			lw_localdb_name(&db, names[i].name);
		uint32_t id = 42;
		enum lw_err e = lw_local_id(path, names[i].name, &id);

		if ((ent ? (int64_t)ent->id : -1) != names[i].id ||
		    e != (names[i].id < 0 ? LW_NOTFOUND : LW_OK) ||
		    id != (names[i].id < 0 ? 42 : (uint32_t)names[i].id))
			fail_msg("\"%s\": %s, %u", names[i].name,
				 lw_strerror(e), id);
	}
	assert_int_equal(lw_local_id(path, "root", NULL), LW_OK);
	lw_localdb_done(&db);
}

static void an_id_has_its_first_name(void **state)
{
	struct lw_localdb db;

	(void)state;
	put("a:x:7:\nb:x:7:\nc:x:8:\n");
	lw_localdb_init(&db, path);
	assert_int_equal(lw_localdb_refresh(&db, 0), LW_OK);
	assert_string_equal(lw_localdb_id(&db, 7)->name, "a");
	assert_string_equal(lw_localdb_id(&db, 8)->name, "c");
	assert_null(lw_localdb_id(&db, 9));
	lw_localdb_done(&db);
	assert_null(lw_localdb_id(&db, 7));
}

static void a_name_is_taken_however_it_is_spelled(void **state)
{
	struct lw_localdb db;

	(void)state;
	put("Larry:x:7:\nWheel:x:10:\n");
	lw_localdb_init(&db, path);
	assert_int_equal(lw_localdb_refresh(&db, 0), LW_OK);
	assert_null(lw_localdb_name(&db, "wheel"));
	assert_int_equal(lw_localdb_taken(&db, "wheel")->id, 10);
	assert_int_equal(lw_localdb_taken(&db, "LARRY")->id, 7);
	assert_null(lw_localdb_taken(&db, "whee"));
	assert_null(lw_localdb_taken(&db, "wheels"));
	lw_localdb_done(&db);
}

static void a_long_file_is_read_whole(void **state)
{
	FILE *f = fopen(path, "we");
	struct lw_localdb db;

	(void)state;
	assert_non_null(f);
	for (uint32_t i = 0; i < 5000; i++)
		fprintf(f, "user%u:x:%u:\n", i, 1000 + i);
	fprintf(f, "%0*d:x:77:\n", 100000, 1);
	fprintf(f, "end:x:78:\n");
	fclose(f);
	lw_localdb_init(&db, path);
	assert_int_equal(lw_localdb_refresh(&db, 0), LW_OK);
	assert_int_equal(db.count, 5002);
	for (uint32_t i = 0; i < 5000; i++)
		assert_int_equal(db.ents[i].id, 1000 + i);
	assert_non_null(lw_localdb_id(&db, 77));
	assert_int_equal(lw_localdb_name(&db, "end")->id, 78);
	lw_localdb_done(&db);
}

static void a_changed_file_is_noticed_when_it_is_looked_at(void **state)
{
	struct lw_localdb db;

	(void)state;
	replace("a:x:7:\n");
	lw_localdb_init(&db, path);
	assert_int_equal(lw_localdb_refresh(&db, 1000), LW_OK);
	replace("b:x:7:\n");
	assert_int_equal(lw_localdb_refresh(&db, 1000 + RECHECK - 1), LW_OK);
	assert_non_null(lw_localdb_name(&db, "a"));
	assert_int_equal(db.changes, 1);
	assert_int_equal(lw_localdb_refresh(&db, 1000 + RECHECK), LW_OK);
	assert_int_equal(db.changes, 2);
	assert_int_equal(lw_localdb_refresh(&db, 1000 + 2 * RECHECK), LW_OK);
	assert_int_equal(db.changes, 2);
	assert_null(lw_localdb_name(&db, "a"));
	assert_non_null(lw_localdb_name(&db, "b"));
	lw_localdb_done(&db);
}

static void the_first_look_is_at_any_time(void **state)
{
	static const int64_t times[] = { 0, 1, RECHECK, INT64_MAX / 2 };

	(void)state;
	put("a:x:7:\n");
	for (size_t i = 0; i < COUNT(times); i++) {
		struct lw_localdb db;

		lw_localdb_init(&db, path);
		assert_int_equal(lw_localdb_refresh(&db, times[i]), LW_OK);
		assert_non_null(lw_localdb_name(&db, "a"));
		lw_localdb_done(&db);
	}
}

static bool same_ctime(const struct stat *a, const struct stat *b)
{
	return a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	       a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* cp -p and rsync --inplace leave size, inode and mtime as they were. */
static void a_change_that_keeps_its_times_is_noticed(void **state)
{
	struct lw_localdb db;
	struct timespec t[2];
	struct stat st, later;

	(void)state;
	replace("a:x:7:\n");
	lw_localdb_init(&db, path);
	assert_int_equal(lw_localdb_refresh(&db, 0), LW_OK);
	assert_int_equal(stat(path, &st), 0);
	t[0] = st.st_atim;
	t[1] = st.st_mtim;
	later = st;
	for (int i = 0; i < 100000 && same_ctime(&st, &later); i++) {
		put("b:x:7:\n"); /* until the kernel's clock has ticked */
		assert_int_equal(utimensat(AT_FDCWD, path, t, 0), 0);
		assert_int_equal(stat(path, &later), 0);
	}
	assert_int_equal(lw_localdb_refresh(&db, RECHECK), LW_OK);
	assert_non_null(lw_localdb_name(&db, "b"));
	lw_localdb_done(&db);
}

/*
 * In place, and within one tick of the clock of files. Kernels differ in how
 * long that is, so that it is made up here.
 */
static void nor_does_the_same_moment_hide_a_change(void **state)
{
	struct lw_localdb db;

	(void)state;
	put("a:x:7:\n");
	lw_localdb_init(&db, path);
	assert_int_equal(lw_localdb_refresh(&db, 0), LW_OK);
	put("b:x:7:\n");
	assert_int_equal(stat(path, &db.seen), 0);
	assert_int_equal(lw_localdb_refresh(&db, RECHECK), LW_OK);
	assert_non_null(lw_localdb_name(&db, "b"));
	lw_localdb_done(&db);
}

/* As where another field was changed, or the file only written again. */
static void who_is_local_still_is_no_other_content(void **state)
{
	struct lw_localdb db;

	(void)state;
	replace("a:x:7:\nb:x:8:\n");
	lw_localdb_init(&db, path);
	assert_int_equal(lw_localdb_refresh(&db, 0), LW_OK);
	assert_int_equal(db.changes, 1);
	replace("a:x:7:7:changed:\nb:x:8:\n");
	assert_int_equal(lw_localdb_refresh(&db, RECHECK), LW_OK);
	assert_int_equal(db.changes, 1);
	replace("a:x:9:\nb:x:8:\n");
	assert_int_equal(lw_localdb_refresh(&db, 2 * RECHECK), LW_OK);
	assert_int_equal(db.changes, 2);
	assert_int_equal(lw_localdb_name(&db, "a")->id, 9);
	replace("");
	assert_int_equal(lw_localdb_refresh(&db, 3 * RECHECK), LW_OK);
	assert_int_equal(db.changes, 3);
	assert_int_equal(lw_localdb_refresh(&db, 4 * RECHECK), LW_OK);
	assert_int_equal(db.changes, 3);
	lw_localdb_done(&db);
}

static void an_emptied_file_leaves_nobody(void **state)
{
	struct lw_localdb db;

	(void)state;
	replace("a:x:7:\n");
	lw_localdb_init(&db, path);
	assert_int_equal(lw_localdb_refresh(&db, 0), LW_OK);
	replace("");
	assert_int_equal(lw_localdb_refresh(&db, RECHECK), LW_OK);
	assert_null(lw_localdb_name(&db, "a"));
	replace("b:x:7:\n");
	assert_int_equal(lw_localdb_refresh(&db, 2 * RECHECK), LW_OK);
	assert_non_null(lw_localdb_name(&db, "b"));
	lw_localdb_done(&db);
}

/* Gone, or a directory: nobody can say who is local, so nobody does. */
static void what_cannot_be_read_changes_nothing(void **state)
{
	struct lw_localdb db;
	int64_t now = 0;

	(void)state;
	for (int is_dir = 0; is_dir < 2; is_dir++) {
		replace("a:x:7:\n");
		lw_localdb_init(&db, path);
		assert_int_equal(lw_localdb_refresh(&db, now), LW_OK);
		assert_int_equal(unlink(path), 0);
		if (is_dir)
			assert_int_equal(mkdir(path, 0700), 0);
		now += RECHECK;
		assert_int_equal(lw_localdb_refresh(&db, now), LW_OFFLINE);
		assert_int_equal(lw_localdb_name(&db, "a")->id, 7);
		assert_int_equal(lw_local_id(path, "a", NULL), LW_OFFLINE);
		if (is_dir)
			assert_int_equal(rmdir(path), 0);

		/* and is read as soon as it is back */
		replace("b:x:7:\n");
		assert_int_equal(lw_localdb_refresh(&db, now + 1), LW_OK);
		assert_non_null(lw_localdb_name(&db, "b"));
		lw_localdb_done(&db);
	}
}

static void a_file_that_never_was_there_is_no_empty_file(void **state)
{
	struct lw_localdb db;

	(void)state;
	unlink(path);
	lw_localdb_init(&db, path);
	assert_int_equal(lw_localdb_refresh(&db, 0), LW_OFFLINE);
	assert_int_equal(lw_localdb_refresh(&db, 1), LW_OFFLINE);
	assert_null(lw_localdb_name(&db, "root"));
	assert_int_equal(lw_local_id(path, "root", NULL), LW_OFFLINE);
	lw_localdb_done(&db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(odd_lines_are_nobody_and_hide_nobody),
		cmocka_unit_test(an_id_has_its_first_name),
		cmocka_unit_test(a_name_is_taken_however_it_is_spelled),
		cmocka_unit_test(a_long_file_is_read_whole),
		cmocka_unit_test(
			a_changed_file_is_noticed_when_it_is_looked_at),
		cmocka_unit_test(the_first_look_is_at_any_time),
		cmocka_unit_test(a_change_that_keeps_its_times_is_noticed),
		cmocka_unit_test(nor_does_the_same_moment_hide_a_change),
		cmocka_unit_test(who_is_local_still_is_no_other_content),
		cmocka_unit_test(an_emptied_file_leaves_nobody),
		cmocka_unit_test(what_cannot_be_read_changes_nothing),
		cmocka_unit_test(a_file_that_never_was_there_is_no_empty_file),
	};

	return cmocka_run_group_tests_name("localdb", tests, setup, teardown);
}
