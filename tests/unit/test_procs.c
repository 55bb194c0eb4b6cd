/* test_procs.c - processes as proc(5) has them, and as it has them seldom. */
#include "unit.h"

#include "procs.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/test_procs.XXXXXX";

static int setup(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int teardown(void **state)
{
	(void)state;
	return nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void put(const char *pid, const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, pid);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/%s/%s", dir, pid, name);
	unit_write(path, text, strlen(text));
}

#define STATUS(name, state, uids, gids, groups)                                \
	"Name:\t" name "\nUmask:\t0022\nState:\t" state "\nTgid:\t7\n"         \
	"Uid:\t" uids "\nGid:\t" gids "\nFDSize:\t64\nGroups:\t" groups "\n"   \
	"NStgid:\t7\nVmPeak:\t    2224 kB\n"

static enum lw_err parse(const char *text, struct lw_proc *ret)
{
	char buf[1024];

	snprintf(buf, sizeof(buf), "%s", text);
	return lw_proc_parse(buf, ret);
}

static void a_process_is_taken_apart(void **state)
{
	struct lw_proc p;

	(void)state;
	assert_int_equal(parse(STATUS("a\\nGroups:\\t0", "S (sleeping)",
				      "16778241\t0\t1\t2", "545\t3\t4\t5",
				      "545 998 4294967294 "),
			       &p),
			 LW_OK);
	assert_string_equal(p.comm, "a\\nGroups:\\t0");
	assert_int_equal(p.uid[0], 16778241);
	assert_int_equal(p.uid[3], 2);
	assert_int_equal(p.gid[0], 545);
	assert_int_equal(p.gid[1], 3);
	assert_int_equal(p.groups_n, 3);
	assert_int_equal(p.groups[1], 998);
	assert_true(p.groups[2] == 4294967294);
	free(p.groups);
}

static void a_name_says_nothing_of_groups(void **state)
{
	struct lw_proc p;

	(void)state;
	assert_int_equal(parse(STATUS("Uid:\t7\t7\t7\t7", "R (running)",
				      "1\t1\t1\t1", "2\t2\t2\t2", " "),
			       &p),
			 LW_OK);
	assert_int_equal(p.uid[0], 1);
	assert_int_equal(p.groups_n, 0);
	assert_null(p.groups);
}

static void who_has_ended_is_none(void **state)
{
	struct lw_proc p;

	(void)state;
	assert_int_equal(parse(STATUS("a", "Z (zombie)", "1\t1\t1\t1",
				      "2\t2\t2\t2", "7 "),
			       &p),
			 LW_NOTFOUND);
	assert_int_equal(
		parse(STATUS("a", "X (dead)", "1\t1\t1\t1", "2\t2\t2\t2", "7 "),
		      &p),
		LW_NOTFOUND);
}

static void what_lacks_a_line_is_no_process(void **state)
{
	static const char *const texts[] = {
		"",
		"\n\n\n",
		"Name:\ta\nUid:\t1\t1\t1\t1\nGid:\t1\t1\t1\t1\n",
		"Name:\ta\nUid:\t1\t1\t1\t1\nGroups:\t7\n",
		"Name:\ta\nUid:\t1\t1\nGid:\t1\t1\t1\t1\nGroups:\t7\n",
		"Name:\ta\nUid:\tx\nGid:\t1\t1\t1\t1\nGroups:\t7\n",
	};
	struct lw_proc p;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_int_equal(parse(texts[i], &p), LW_PROTO);
}

/* One that ended its first thread alone goes on. */
static void who_has_a_thread_left_has_not_ended(void **state)
{
	struct lw_proc p;

	(void)state;
	assert_int_equal(parse(STATUS("a", "Z (zombie)", "1\t1\t1\t1",
				      "2\t2\t2\t2", "7 ") "Threads:\t2\n",
			       &p),
			 LW_OK);
	assert_true(p.ended);
	free(p.groups);
	assert_int_equal(parse(STATUS("a", "Z (zombie)", "1\t1\t1\t1",
				      "2\t2\t2\t2", "7 ") "Threads:\t1\n",
			       &p),
			 LW_NOTFOUND);
}

static const struct lw_proc *of(const struct lw_procs *p, uint32_t pid)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->v[i].pid == pid)
			return &p->v[i];
	}
	return NULL;
}

static void all_are_read_and_roots_are_not_kept(void **state)
{
	static char many[70000 * 6 + 512];
	struct lw_procs p;
	size_t n;

	(void)state;
	assert_int_equal(lw_procs_read("/nowhere", &p), LW_OFFLINE);
	assert_int_equal(lw_procs_read(dir, &p), LW_DENIED);
	put("1", "status",
	    STATUS("init", "S", "0\t0\t0\t0", "0\t0\t0\t0", "0 "));
	put("2", "status",
	    STATUS("kthreadd", "S", "0\t0\t0\t0", "0\t0\t0\t0", " "));
	put("3", "status", STATUS("sg", "S", "0\t0\t0\t0", "0\t7\t0\t0", " "));
	put("3", "loginuid", "16778241");
	put("4", "loginuid", "5"); /* has gone since */
	put("5", "status", "Name:\tcut off\nUid:");
	put("6", "status", "");
	put("self", "status",
	    STATUS("self", "S", "9\t9\t9\t9", "9\t9\t9\t9", " "));
	put("7x", "status",
	    STATUS("none", "S", "9\t9\t9\t9", "9\t9\t9\t9", " "));
	n = (size_t)snprintf(many, sizeof(many),
			     "Name:\tm\nUid:\t9\t9\t9\t9\n"
			     "Gid:\t9\t9\t9\t9\nGroups:\t");
	for (unsigned int i = 0; i < 65536; i++)
		n += (size_t)snprintf(many + n, sizeof(many) - n, "%u ", i);
	put("70000", "status", many);

	assert_int_equal(lw_procs_read(dir, &p), LW_OK);
	assert_null(of(&p, 1));
	assert_null(of(&p, 2));
	assert_non_null(of(&p, 3));
	assert_int_equal(of(&p, 3)->login, 16778241);
	assert_int_equal(of(&p, 70000)->groups_n, 65536);
	assert_int_equal(of(&p, 70000)->groups[65535], 65535);
	assert_true(of(&p, 70000)->login == UINT32_MAX);
	assert_int_equal(p.n, 2);
	lw_procs_done(&p);
}

#define TWO "Threads:\t2\n"

static void threads_with_ids_of_their_own_are_there_too(void **state)
{
	struct lw_procs p;

	(void)state;
	put("1", "status",
	    STATUS("init", "S", "0\t0\t0\t0", "0\t0\t0\t0", "0 "));
	put("80", "status",
	    STATUS("a", "S", "9\t9\t9\t9", "9\t9\t9\t9", "9 ") TWO);
	put("80", "loginuid", "16778241");
	put("80/task", "none", "");
	put("80/task/80", "status",
	    STATUS("a", "S", "9\t9\t9\t9", "9\t9\t9\t9", "9 ") TWO);
	put("80/task/81", "status",
	    STATUS("b", "S", "9\t9\t9\t9", "9\t9\t998\t9", "9 ") TWO);
	put("90", "status",
	    STATUS("z", "Z", "9\t9\t9\t9", "9\t9\t9\t9", "998 ") TWO);
	put("90/task", "none", "");
	put("90/task/90", "status",
	    STATUS("z", "Z", "9\t9\t9\t9", "9\t9\t9\t9", "998 ") TWO);
	put("90/task/91", "status",
	    STATUS("y", "S", "9\t9\t9\t9", "9\t9\t9\t9", "998 ") TWO);

	assert_int_equal(lw_procs_read(dir, &p), LW_OK);
	assert_non_null(of(&p, 90));
	assert_string_equal(of(&p, 90)->comm, "y");
	assert_int_equal(of(&p, 90)->groups[0], 998);
	assert_string_equal(of(&p, 80)->comm, "b");
	assert_int_equal(of(&p, 80)->gid[2], 998);
	assert_int_equal(of(&p, 80)->login, 16778241);
	lw_procs_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process_is_taken_apart),
		cmocka_unit_test(a_name_says_nothing_of_groups),
		cmocka_unit_test(who_has_ended_is_none),
		cmocka_unit_test(who_has_a_thread_left_has_not_ended),
		cmocka_unit_test(what_lacks_a_line_is_no_process),
		cmocka_unit_test(all_are_read_and_roots_are_not_kept),
		cmocka_unit_test(threads_with_ids_of_their_own_are_there_too),
	};

	return cmocka_run_group_tests_name("procs", tests, setup, teardown);
}
