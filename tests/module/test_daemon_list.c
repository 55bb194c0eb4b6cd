/*
 * test_daemon_list.c - getpwent() and getgrent(), from the NSS module to a
 * lightwaved and back: nobody is missing and nobody comes twice, whatever
 * happens between two pages. The priv socket answers uid 0.
 */
#include "asker.h"
#include "check.h"
#include "cleanup.h"
#include "daemon.h"
#include "lister.h"
#include "page.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static void refresh(void)
{
	lw_cleanup(lw_close) int fd = asker_open("priv");

	asker_send_body(fd, LW_OP_REFRESH, "", 0);
	assert_int_equal(asker_status(fd), LW_OK);
}

static bool has(const struct seen *s, uint32_t n)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->id[i] == ID(CROWD_FIRST + n))
			return true;
	}
	return false;
}

static void all_users_are_listed_each_once(void **state)
{
	struct passwd pw, same;
	struct seen s = { 0 };
	char buf[1024];
	int e;

	(void)state;
	lister_start(ON LATER);
	errno = 0;
	assert_int_equal(lister_take(&s, SIZE_MAX), NSS_STATUS_NOTFOUND);
	assert_int_equal(errno, 0);
	lister_all(&s);
	/* The end stays the end. */
	assert_int_equal(lister_next_user(&pw), NSS_STATUS_NOTFOUND);
	lister_nss.setpwent(0);
	assert_int_equal(lister_next_user(&pw), NSS_STATUS_SUCCESS);
	assert_int_equal(
		lister_nss.getpwuid(pw.pw_uid, &same, buf, sizeof(buf), &e),
		NSS_STATUS_SUCCESS);
	assert_int_equal(pw.pw_gid, same.pw_gid);
	assert_string_equal(pw.pw_name, "u00000@lightwave.test");
	assert_string_equal(pw.pw_name, same.pw_name);
	assert_string_equal(pw.pw_passwd, "x");
	assert_string_equal(pw.pw_dir, same.pw_dir);
	assert_string_equal(pw.pw_shell, same.pw_shell);
	assert_int_equal(lister_next_user(&pw), NSS_STATUS_SUCCESS);
	lister_nss.endpwent();
	assert_int_equal(lister_next_user(&pw), NSS_STATUS_SUCCESS);
	assert_int_equal(pw.pw_uid, ID(CROWD_FIRST));
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 0);
}

static void is_as_by_name(const struct group *gr)
{
	lw_cleanup(lw_free) char *buf = malloc(1 << 17);
	struct group same;
	size_t i = 0;
	int e;

	assert_non_null(buf);
	assert_int_equal(
		lister_nss.getgrnam(gr->gr_name, &same, buf, 1 << 17, &e),
		NSS_STATUS_SUCCESS);
	assert_int_equal(gr->gr_gid, same.gr_gid);
	for (; gr->gr_mem[i] && same.gr_mem[i]; i++)
		assert_string_equal(gr->gr_mem[i], same.gr_mem[i]);
	assert_null(gr->gr_mem[i]);
	assert_null(same.gr_mem[i]);
}

static void all_groups_are_listed_with_all_their_members(void **state)
{
	lw_cleanup(lw_free) char *buf = NULL;
	struct group gr;

	(void)state;
	lister_start(ON LATER);
	for (uint32_t i = 0; i < GROUPS; i++) {
		size_t n = 0;

		assert_int_equal(lister_next_group(&gr, &buf, 1),
				 NSS_STATUS_SUCCESS);
		assert_int_equal(gr.gr_gid, ID(CROWD_FIRST_GID + i));
		while (gr.gr_mem[n])
			n++;
		assert_int_equal(n, 6 * (GROUPS - i));
		is_as_by_name(&gr);
	}
	assert_int_equal(lister_next_group(&gr, &buf, 1), NSS_STATUS_NOTFOUND);
}

static void a_buffer_that_is_too_small_loses_nobody(void **state)
{
	struct passwd pw;
	char buf[256];
	int e;

	(void)state;
	lister_start(ON LATER);
	for (uint32_t i = 0; i < USERS; i++) {
		size_t n = i % 64;

		e = 0;
		while (lister_nss.getpwent(&pw, buf, n, &e) ==
		       NSS_STATUS_TRYAGAIN) {
			assert_int_equal(e, ERANGE);
			assert_true(++n < sizeof(buf));
		}
		assert_int_equal(pw.pw_uid, ID(CROWD_FIRST + i));
	}
	assert_int_equal(lister_nss.getpwent(&pw, buf, sizeof(buf), &e),
			 NSS_STATUS_NOTFOUND);
}

static struct lw_reply page_after(enum lw_op op, uint32_t after,
				  struct lw_page *ret)
{
	lw_cleanup(lw_close) int fd = asker_open("nss");
	struct lw_reply r = { 0 };

	asker_send_id(fd, op, after);
	assert_int_equal(asker_take(fd, &r), LW_OK);
	assert_int_equal(lw_page_decode(&r.body, op, after, ret), LW_OK);
	return r;
}

static void a_page_is_bounded_and_says_where_the_next_one_begins(void **state)
{
	uint32_t after = 0, users = 0, pages = 0;

	(void)state;
	lister_start(ON LATER);
	while (after != LW_PAGE_END) {
		lw_cleanup(lw_reply_done) struct lw_reply r = { 0 };
		struct lw_page p;

		r = page_after(LW_OP_PASSWD_PAGE, after, &p);
		assert_true(r.n < 70000);
		after = p.next;
		users += p.count;
		pages++;
	}
	assert_int_equal(users, USERS);
	assert_true(pages > 3);
}

/* 5 and 1500 go; 3 comes back, 1700 comes, before and after where we are. */
static void what_comes_and_goes_meanwhile_disturbs_nobody_else(void **state)
{
	struct worker_synced old[USERS], later[USERS], news[2];
	uint32_t n = 0, m = 0;
	struct seen s = { 0 };

	(void)state;
	/* The last come first: user i is at USERS - 1 - i. */
	for (uint32_t i = USERS; i-- > 0;) {
		const struct worker_synced *one =
			&lister_crowd.v[USERS - 1 - i];

		if (i == 3 || i == 1700)
			news[i == 3] = *one;
		else
			old[n++] = *one;
		if (i != 5 && i != 1500)
			later[m++] = *one;
	}
	lister_tell_all(old, n);
	lister_start(ON LATER);
	assert_int_equal(lister_take(&s, SOME), NSS_STATUS_SUCCESS);
	lister_tell("changes", LW_SYNCED_CHANGES, news, 2);
	lister_tell("sids", LW_SYNCED_SIDS, later, m);
	refresh();
	daemon_says("2 entries are gone from the directory", 1);
	assert_int_equal(lister_take(&s, SIZE_MAX), NSS_STATUS_NOTFOUND);
	assert_false(has(&s, 3));
	assert_true(has(&s, 5));
	assert_false(has(&s, 1500));
	assert_true(has(&s, 1700));
	assert_int_equal(s.n, USERS - 2);
	for (uint32_t i = 0; i < USERS; i++)
		assert_true(i == 3 || i == 1500 || has(&s, i));
}

static void a_front_that_is_restarted_goes_on(void **state)
{
	struct seen s = { 0 };
	int64_t begun;

	(void)state;
	lister_start(ON LATER);
	assert_int_equal(lister_take(&s, SOME), NSS_STATUS_SUCCESS);
	daemon_kill();
	/* The page is here already; with the next one it is waited for. */
	begun = worker_now_ms();
	assert_int_equal(lister_take(&s, SIZE_MAX), NSS_STATUS_UNAVAIL);
	assert_true(worker_now_ms() - begun >= LW_NSS_BUDGET_MS - 100);
	assert_true(s.n >= SOME && s.n < USERS);
	lister_start(ON LATER);
	assert_int_equal(lister_take(&s, SIZE_MAX), NSS_STATUS_NOTFOUND);
	lister_all(&s);
}

static void after_a_fork_both_go_on(void **state)
{
	struct seen s = { 0 };
	int status;
	pid_t child;

	(void)state;
	lister_start(ON LATER);
	assert_int_equal(lister_take(&s, SOME), NSS_STATUS_SUCCESS);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(lister_take(&s, SIZE_MAX) == NSS_STATUS_NOTFOUND &&
				      s.n == USERS
			      ? 0
			      : 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(lister_take(&s, SIZE_MAX), NSS_STATUS_NOTFOUND);
	lister_all(&s);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, lister_begin, lister_end)

static int all(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_users_are_listed_each_once),
		TEST(all_groups_are_listed_with_all_their_members),
		TEST(a_buffer_that_is_too_small_loses_nobody),
		TEST(a_page_is_bounded_and_says_where_the_next_one_begins),
		TEST(what_comes_and_goes_meanwhile_disturbs_nobody_else),
		TEST(a_front_that_is_restarted_goes_on),
		TEST(after_a_fork_both_go_on),
	};

	return cmocka_run_group_tests_name("daemon_list", tests, NULL, NULL);
}

int main(void)
{
	return lister_run(all);
}
