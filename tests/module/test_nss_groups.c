/*
 * test_nss_groups.c - initgroups_dyn: glibc's list grows by all of a user's
 * groups or by none. And all of the module through glibc itself.
 */
#include "check.h"
#include "cleanup.h"
#include "front.h"
#include "nss_module.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>

#define FIRST 16800000u

static const char *const alice = "alice@lightwave.local";
static struct nss_module nss;

struct list {
	gid_t *v;
	long start, size;
};

static void list_done(struct list *l)
{
	free(l->v);
}

static struct list list_new(long size, gid_t first)
{
	struct list l = { .start = 1, .size = size };

	l.v = calloc((size_t)size, sizeof(*l.v));
	assert_non_null(l.v);
	l.v[0] = first;
	return l;
}

/* What initgroups_dyn says to that answer; *ret_errno as it left it. */
static enum nss_status add(const struct front_reply *reply, struct list *l,
			   gid_t skip, long limit, int *ret_errno)
{
	enum nss_status status;
	struct front f;

	front_start(&f, reply, 1);
	status = nss.initgroups(alice, skip, &l->start, &l->size, &l->v, limit,
				ret_errno);
	assert_string_equal(front_question(&f, LW_OP_INITGROUPS, 0)->name,
			    alice);
	front_stop(&f);
	return status;
}

static bool has(const struct list *l, gid_t gid)
{
	unsigned int n = 0;

	for (long i = 0; i < l->start; i++)
		n += l->v[i] == gid;
	assert_true(n <= 1);
	return n == 1;
}

static void the_list_grows_by_all_groups(void **state)
{
	static const uint32_t counts[] = { 0, 1, 14, 15, 16, 17, 1000, 65535 };

	(void)state;
	for (size_t i = 0; i < COUNT(counts); i++) {
		size_t n;
		lw_cleanup(lw_free) uint8_t *body =
			nss_gids(FIRST, counts[i], &n);
		struct front_reply reply = { .body = body, .n = n };
		lw_cleanup(list_done) struct list l = list_new(16, 100);
		int e = 0;

		assert_int_equal(add(&reply, &l, 100, -1, &e),
				 NSS_STATUS_SUCCESS);
		assert_int_equal(l.start, counts[i] + 1);
		assert_true(l.size >= l.start);
		assert_int_equal(l.v[0], 100);
		for (long k = 1; k < l.start; k++)
			assert_int_equal(l.v[k], FIRST + (gid_t)k - 1);
	}
}

static void a_limit_is_kept_whole_or_not_at_all(void **state)
{
	size_t n;
	lw_cleanup(lw_free) uint8_t *body = nss_gids(FIRST, 1000, &n);
	struct front_reply reply = { .body = body, .n = n };

	(void)state;
	for (long limit = 998; limit <= 1003; limit++) {
		lw_cleanup(list_done) struct list l = list_new(4, 100);
		enum nss_status status;
		int e = 0;

		status = add(&reply, &l, 100, limit, &e);
		assert_true(l.size <= limit);
		if (limit >= 1001) {
			assert_int_equal(status, NSS_STATUS_SUCCESS);
			assert_int_equal(l.start, 1001);
			continue;
		}
		assert_int_equal(status, NSS_STATUS_TRYAGAIN);
		assert_int_equal(e, ERANGE);
		assert_int_equal(l.start, 1);
		assert_int_equal(l.size, 4);
	}
}

static void no_group_is_there_twice(void **state)
{
	static const uint32_t gids[] = { 7, 100, 9, 7, 8, 8, 9, 50 };
	uint8_t body[4 + sizeof(gids)];
	struct front_reply reply = { .body = body, .n = sizeof(body) };
	lw_cleanup(list_done) struct list l = list_new(2, 50);
	int e = 0;

	(void)state;
	lw_put_u32(body, COUNT(gids));
	for (size_t i = 0; i < COUNT(gids); i++)
		lw_put_u32(body + 4 + 4 * i, gids[i]);
	/* 50 is in the list already, 100 is the one to skip. */
	assert_int_equal(add(&reply, &l, 100, 0, &e), NSS_STATUS_SUCCESS);
	assert_int_equal(l.start, 4);
	assert_true(has(&l, 50) && has(&l, 7) && has(&l, 8) && has(&l, 9));
	assert_false(has(&l, 100));
}

static void an_impossible_list_adds_nothing(void **state)
{
	size_t whole, many;
	lw_cleanup(lw_free) uint8_t *body = nss_gids(FIRST, 10, &whole);
	lw_cleanup(lw_free) uint8_t *last = nss_gids(UINT32_MAX, 1, &many);
	lw_cleanup(lw_free) uint8_t *huge = nss_gids(FIRST, 65537, &many);
	struct front_reply replies[] = {
		{ .body = body, .n = whole - 1 },
		{ .body = body, .n = whole - 4 },
		{ .body = body, .n = 0 },
		{ .body = last, .n = 8 },
		{ .body = huge, .n = many },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(replies); i++) {
		lw_cleanup(list_done) struct list l = list_new(4, 100);
		int e = 0;

		assert_int_equal(add(&replies[i], &l, 100, -1, &e),
				 NSS_STATUS_UNAVAIL);
		assert_int_equal(l.start, 1);
		assert_int_equal(l.size, 4);
	}
}

/* In a child: the choice of services lasts as long as the process. */
static int ask_glibc(void)
{
	char names[2][32] = { "alice@lightwave.local", "no@lightwave.local" };
	gid_t gids[1200];
	int n = (int)COUNT(gids);
	struct passwd *pw;
	struct group *gr;

	if (__nss_configure_lookup("passwd", "lightwave") != 0 ||
	    __nss_configure_lookup("group", "lightwave") != 0 ||
	    __nss_configure_lookup("initgroups", "lightwave") != 0)
		return 1;
	pw = getpwnam(names[0]);
	if (!pw || pw->pw_uid != 16778241 || strcmp(pw->pw_passwd, "x") != 0)
		return 2;
	errno = 0;
	if (getpwnam(names[1]) || errno != 0)
		return 3;
	/* 5,000 names do not fit where glibc tries first. */
	gr = getgrgid(FIRST);
	if (!gr || strcmp(gr->gr_name, "all@lightwave.local") != 0 ||
	    strcmp(gr->gr_mem[4999], "user4999@lightwave.local") != 0)
		return 4;
	if (getgrouplist(names[0], 16778242, gids, &n) != 1001 || n != 1001)
		return 5;
	return gids[0] == 16778242 ? 0 : 6;
}

static void glibc_finds_what_the_front_answers(void **state)
{
	struct lw_passwd pw = { .uid = 16778241,
				.gid = 16778242,
				.name = lw_str(alice),
				.gecos = LW_STR(""),
				.dir = LW_STR("/home/alice"),
				.shell = LW_STR("/bin/sh") };
	size_t n[3];
	lw_cleanup(lw_free) uint8_t *user = nss_passwd(&pw, &n[0]);
	lw_cleanup(lw_free) uint8_t *group =
		nss_group(FIRST, "all@lightwave.local", 5000, &n[1]);
	lw_cleanup(lw_free) uint8_t *gids = nss_gids(FIRST, 1000, &n[2]);
	struct front_reply table[] = {
		{ .op = LW_OP_PASSWD_BY_NAME,
		  .name = alice,
		  .body = user,
		  .n = n[0] },
		{ .op = LW_OP_GROUP_BY_GID, .body = group, .n = n[1] },
		{ .op = LW_OP_INITGROUPS, .body = gids, .n = n[2] },
	};
	struct front f;
	int status;
	pid_t pid;

	(void)state;
	front_start(&f, table, COUNT(table));
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(ask_glibc());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	front_stop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_grows_by_all_groups),
		cmocka_unit_test(a_limit_is_kept_whole_or_not_at_all),
		cmocka_unit_test(no_group_is_there_twice),
		cmocka_unit_test(an_impossible_list_adds_nothing),
		cmocka_unit_test(glibc_finds_what_the_front_answers),
	};
	int r;

	/* Loaded here it is the one that glibc finds, by its soname. */
	nss_module_load(&nss);
	front_enter();
	r = cmocka_run_group_tests(tests, NULL, NULL);
	front_leave();
	return r;
}
