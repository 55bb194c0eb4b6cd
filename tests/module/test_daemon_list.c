/*
 * test_daemon_list.c - getpwent() and getgrent(), from the NSS module to a
 * lightwaved and back: nobody is missing and nobody comes twice, whatever
 * happens between two pages, and where not all can be told none are. The module
 * is called in this process, the worker is scripted, and the priv socket
 * answers uid 0.
 */
#include "asker.h"
#include "check.h"
#include "cleanup.h"
#include "crowd.h"
#include "daemon.h"
#include "front.h"
#include "nss_module.h"
#include "page.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define USERS  2000
#define GROUPS 100
#define SOME   10 /* of the first page */
/* So long the front lets a lookup wait. */
#define WAITS_MS (LW_NSS_BUDGET_MS - 200)
#define ON	 "enumerate = yes\n"
/* Changes are not asked for while the test runs. */
#define LATER  "[cache]\nrevocation_max = 3600\n"
#define DEMAND "[cache]\nreplicate_max = 0\n"
#define MANY   "users and groups are not listed: the directory has more than"

/* In [domain], which daemon_conf() begins with. */
#define DOMAIN_SECTION "[domain]\n"

static struct nss_module nss;
static struct crowd crowd;

/* The ids of a list, in the order in which they came. */
struct seen {
	uint32_t id[2 * USERS];
	size_t n;
};

static struct worker_line sync_line(const char *key, enum lw_synced end,
				    const struct worker_synced *v, uint32_t n)
{
	return (struct worker_line) { .op = LW_OP_SYNC,
				      .key = key,
				      .synced = v,
				      .synced_n = n,
				      .end = end,
				      .highest = 100 };
}

static void tell(const char *key, enum lw_synced end,
		 const struct worker_synced *v, uint32_t n)
{
	const struct worker_line line = sync_line(key, end, v, n);

	worker_say(&line);
}

static void tell_all(const struct worker_synced *v, uint32_t n)
{
	tell("everything", LW_SYNCED_EVERYTHING, v, n);
	tell("changes", LW_SYNCED_CHANGES, NULL, 0);
	tell("sids", LW_SYNCED_SIDS, v, n);
}

static int begin(void **state)
{
	(void)state;
	worker_forget();
	tell_all(crowd.v, crowd.n);
	worker_start();
	return 0;
}

static int end(void **state)
{
	(void)state;
	nss.endpwent();
	nss.endgrent();
	daemon_stop();
	worker_stop();
	return 0;
}

static void start(const char *conf)
{
	daemon_start(conf);
	daemon_says("the directory is known whole", 1);
}

static void refresh(void)
{
	lw_cleanup(lw_close) int fd = asker_open("priv");

	asker_send_body(fd, LW_OP_REFRESH, "", 0);
	assert_int_equal(asker_status(fd), LW_OK);
}

static enum nss_status next_user(struct passwd *pw)
{
	static char buf[1024];
	int e = 0;

	return nss.getpwent(pw, buf, sizeof(buf), &e);
}

/* At most n more, each greater than the one before. */
static enum nss_status take_users(struct seen *s, size_t n)
{
	enum nss_status status = NSS_STATUS_SUCCESS;
	struct passwd pw;

	while (n-- > 0) {
		status = next_user(&pw);
		if (status != NSS_STATUS_SUCCESS)
			break;
		assert_true(s->n == 0 || s->id[s->n - 1] < pw.pw_uid);
		assert_true(s->n < COUNT(s->id));
		s->id[s->n++] = pw.pw_uid;
	}
	return status;
}

static bool has(const struct seen *s, uint32_t n)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->id[i] == ID(CROWD_FIRST + n))
			return true;
	}
	return false;
}

static void are_all_there(const struct seen *s)
{
	assert_int_equal(s->n, USERS);
	for (uint32_t i = 0; i < USERS; i++)
		assert_int_equal(s->id[i], ID(CROWD_FIRST + i));
}

static void unless_told_to_nobody_is_listed(void **state)
{
	struct passwd pw;
	struct group gr;
	char buf[1024];
	int e = 0;

	(void)state;
	start(LATER);
	errno = 0;
	assert_int_equal(next_user(&pw), NSS_STATUS_NOTFOUND);
	assert_int_equal(nss.getgrent(&gr, buf, sizeof(buf), &e),
			 NSS_STATUS_NOTFOUND);
	assert_int_equal(errno, 0);
	assert_int_equal(e, 0);
	/* Each can be asked for all the same. */
	assert_int_equal(asker_uid(ID(CROWD_FIRST), NULL), LW_OK);
}

static void all_users_are_listed_each_once(void **state)
{
	struct passwd pw, same;
	struct seen s = { 0 };
	char buf[1024];
	int e;

	(void)state;
	start(DOMAIN_SECTION ON LATER);
	errno = 0;
	assert_int_equal(take_users(&s, SIZE_MAX), NSS_STATUS_NOTFOUND);
	assert_int_equal(errno, 0);
	are_all_there(&s);
	/* The end stays the end. */
	assert_int_equal(next_user(&pw), NSS_STATUS_NOTFOUND);
	nss.setpwent(0);
	assert_int_equal(next_user(&pw), NSS_STATUS_SUCCESS);
	assert_int_equal(nss.getpwuid(pw.pw_uid, &same, buf, sizeof(buf), &e),
			 NSS_STATUS_SUCCESS);
	assert_int_equal(pw.pw_gid, same.pw_gid);
	assert_string_equal(pw.pw_name, "u00000@lightwave.test");
	assert_string_equal(pw.pw_name, same.pw_name);
	assert_string_equal(pw.pw_passwd, "x");
	assert_string_equal(pw.pw_dir, same.pw_dir);
	assert_string_equal(pw.pw_shell, same.pw_shell);
	assert_int_equal(next_user(&pw), NSS_STATUS_SUCCESS);
	nss.endpwent();
	assert_int_equal(next_user(&pw), NSS_STATUS_SUCCESS);
	assert_int_equal(pw.pw_uid, ID(CROWD_FIRST));
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 0);
}

/* With buffers of n bytes, and twice that, until the next group fits. */
static enum nss_status next_group(struct group *gr, char **buf, size_t n)
{
	enum nss_status status;
	int e;

	do {
		*buf = realloc(*buf, n);
		assert_non_null(*buf);
		e = 0;
		status = nss.getgrent(gr, *buf, n, &e);
		n *= 2;
	} while (status == NSS_STATUS_TRYAGAIN && e == ERANGE);
	return status;
}

static void is_as_by_name(const struct group *gr)
{
	lw_cleanup(lw_free) char *buf = malloc(1 << 17);
	struct group same;
	size_t i = 0;
	int e;

	assert_non_null(buf);
	assert_int_equal(nss.getgrnam(gr->gr_name, &same, buf, 1 << 17, &e),
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
	start(DOMAIN_SECTION ON LATER);
	for (uint32_t i = 0; i < GROUPS; i++) {
		size_t n = 0;

		assert_int_equal(next_group(&gr, &buf, 1), NSS_STATUS_SUCCESS);
		assert_int_equal(gr.gr_gid, ID(CROWD_FIRST_GID + i));
		while (gr.gr_mem[n])
			n++;
		assert_int_equal(n, 6 * (GROUPS - i));
		is_as_by_name(&gr);
	}
	assert_int_equal(next_group(&gr, &buf, 1), NSS_STATUS_NOTFOUND);
}

static void a_buffer_that_is_too_small_loses_nobody(void **state)
{
	struct passwd pw;
	char buf[256];
	int e;

	(void)state;
	start(DOMAIN_SECTION ON LATER);
	for (uint32_t i = 0; i < USERS; i++) {
		size_t n = i % 64;

		e = 0;
		while (nss.getpwent(&pw, buf, n, &e) == NSS_STATUS_TRYAGAIN) {
			assert_int_equal(e, ERANGE);
			assert_true(++n < sizeof(buf));
		}
		assert_int_equal(pw.pw_uid, ID(CROWD_FIRST + i));
	}
	assert_int_equal(nss.getpwent(&pw, buf, sizeof(buf), &e),
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
	start(DOMAIN_SECTION ON LATER);
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
		const struct worker_synced *one = &crowd.v[USERS - 1 - i];

		if (i == 3 || i == 1700)
			news[i == 3] = *one;
		else
			old[n++] = *one;
		if (i != 5 && i != 1500)
			later[m++] = *one;
	}
	tell_all(old, n);
	start(DOMAIN_SECTION ON LATER);
	assert_int_equal(take_users(&s, SOME), NSS_STATUS_SUCCESS);
	tell("changes", LW_SYNCED_CHANGES, news, 2);
	tell("sids", LW_SYNCED_SIDS, later, m);
	refresh();
	daemon_says("2 entries are gone from the directory", 1);
	assert_int_equal(take_users(&s, SIZE_MAX), NSS_STATUS_NOTFOUND);
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
	start(DOMAIN_SECTION ON LATER);
	assert_int_equal(take_users(&s, SOME), NSS_STATUS_SUCCESS);
	daemon_kill();
	/* The page is here already; with the next one it is waited for. */
	begun = worker_now_ms();
	assert_int_equal(take_users(&s, SIZE_MAX), NSS_STATUS_UNAVAIL);
	assert_true(worker_now_ms() - begun >= LW_NSS_BUDGET_MS - 100);
	assert_true(s.n >= SOME && s.n < USERS);
	start(DOMAIN_SECTION ON LATER);
	assert_int_equal(take_users(&s, SIZE_MAX), NSS_STATUS_NOTFOUND);
	are_all_there(&s);
}

/* What stopped in the middle was not all. */
static void a_list_that_is_switched_off_has_no_end(void **state)
{
	struct seen s = { 0 };

	(void)state;
	start(DOMAIN_SECTION ON LATER);
	assert_int_equal(take_users(&s, SOME), NSS_STATUS_SUCCESS);
	daemon_reload(LATER, "configuration read again");
	assert_int_equal(take_users(&s, SIZE_MAX), NSS_STATUS_UNAVAIL);
	nss.setpwent(0);
	assert_int_equal(take_users(&s, 1), NSS_STATUS_NOTFOUND);
}

static void after_a_fork_both_go_on(void **state)
{
	struct seen s = { 0 };
	int status;
	pid_t child;

	(void)state;
	start(DOMAIN_SECTION ON LATER);
	assert_int_equal(take_users(&s, SOME), NSS_STATUS_SUCCESS);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(take_users(&s, SIZE_MAX) == NSS_STATUS_NOTFOUND &&
				      s.n == USERS
			      ? 0
			      : 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(take_users(&s, SIZE_MAX), NSS_STATUS_NOTFOUND);
	are_all_there(&s);
}

static void where_not_all_is_known_nobody_is_listed(void **state)
{
	struct passwd pw;

	(void)state;
	daemon_start(DOMAIN_SECTION ON DEMAND);
	assert_int_equal(next_user(&pw), NSS_STATUS_UNAVAIL);
	assert_int_equal(next_user(&pw), NSS_STATUS_UNAVAIL);
	daemon_says("users and groups are not listed: replicate_max is 0", 1);
	/* But who is known is not part of it. */
	assert_int_equal(daemon_said("are not listed"), 1);
}

static void nor_where_there_are_too_many(void **state)
{
	struct passwd pw;

	(void)state;
	tell("everything", LW_SYNCED_TOO_MANY, NULL, 0);
	daemon_start(DOMAIN_SECTION ON LATER);
	daemon_says("it is asked on demand", 1);
	assert_int_equal(next_user(&pw), NSS_STATUS_UNAVAIL);
	daemon_says(MANY, 1);
}

static enum lw_err answer_to(int fd)
{
	lw_cleanup(lw_reply_done) struct lw_reply r = { 0 };

	return asker_take(fd, &r);
}

static void what_is_being_read_is_waited_for(void **state)
{
	lw_cleanup(lw_close) int fd = -1, another = -1;
	struct worker_line all =
		sync_line("everything", LW_SYNCED_EVERYTHING, crowd.v, crowd.n);
	struct worker_line held = all;
	int64_t begun;
	enum lw_err e;

	(void)state;
	held.manner = WORKER_HOLD;
	worker_say(&held);
	daemon_start(DOMAIN_SECTION ON LATER);
	worker_await(LW_OP_SYNC, "everything", 1);
	fd = asker_open("nss");
	asker_send_id(fd, LW_OP_PASSWD_PAGE, 0);
	assert_int_equal(answer_to(fd), LW_OFFLINE);
	daemon_says("are not listed: the directory has not been read yet", 1);
	begun = worker_now_ms();
	another = asker_open("nss");
	asker_send_id(another, LW_OP_PASSWD_PAGE, 0);
	assert_int_equal(worker_release(&all), 1);
	daemon_says("the directory is known whole", 1);
	asker_send_id(fd, LW_OP_PASSWD_PAGE, 0);
	assert_int_equal(answer_to(fd), LW_OK);
	e = answer_to(another);
	/* Unless this machine was too busy for it to be read in that time. */
	assert_true(e == LW_OK || worker_now_ms() - begun >= WAITS_MS);
}

/* An outage of the directory is none of lists. */
static void what_was_read_is_listed_without_the_directory(void **state)
{
	struct seen s = { 0 };

	(void)state;
	start(DOMAIN_SECTION ON LATER);
	worker_stop();
	daemon_says("the worker has gone", 1);
	assert_int_equal(take_users(&s, SIZE_MAX), NSS_STATUS_NOTFOUND);
	are_all_there(&s);
}

/* "daemon" and "bin" are local wherever there is an /etc/passwd. */
static void who_is_not_served_is_not_listed(void **state)
{
	static const struct lw_entry
		alice = USER("alice", "100-1025"),
		local = USER("daemon", "100-1026"),
		reserved = USER("reserved", "7"),
		one = USER_WITH("one", "", "100-1028", 0),
		foreign = { .kind = LW_KIND_USER,
			    .dn = TEXT(DN_OF("foreign")),
			    .sid = TEXT("S-1-7-21-9-9-9-9-100-1030"),
			    .sam = TEXT("foreign") },
		two = { .kind = LW_KIND_USER,
			.dn = TEXT(DN_OF("two")),
			.sid = TEXT(DOMAIN_SID "-100-1029"),
			.sam = TEXT("one") },
		staff = GROUP("staff-of-ours", "100-2001"),
		bin = GROUP("bin", "100-2002");
	static const struct worker_synced all[] = {
		{ &alice, { NULL } },	 { &local, { NULL } },
		{ &reserved, { NULL } }, { &one, { NULL } },
		{ &two, { NULL } },	 { &foreign, { NULL } },
		{ &staff, { NULL } },	 { &bin, { NULL } },
	};
	lw_cleanup(lw_free) char *buf = NULL;
	struct passwd pw;
	struct group gr;

	(void)state;
	tell_all(all, COUNT(all));
	start(DOMAIN_SECTION ON
	      "name_format = short\ndefault_domain_names = yes\n" LATER);
	assert_int_equal(next_user(&pw), NSS_STATUS_SUCCESS);
	assert_string_equal(pw.pw_name, "alice");
	assert_int_equal(next_user(&pw), NSS_STATUS_NOTFOUND);
	assert_int_equal(next_group(&gr, &buf, 64), NSS_STATUS_SUCCESS);
	assert_string_equal(gr.gr_name, "staff-of-ours");
	assert_int_equal(next_group(&gr, &buf, 64), NSS_STATUS_NOTFOUND);
	daemon_says("a local entry has that name", 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(unless_told_to_nobody_is_listed),
		TEST(all_users_are_listed_each_once),
		TEST(all_groups_are_listed_with_all_their_members),
		TEST(a_buffer_that_is_too_small_loses_nobody),
		TEST(a_page_is_bounded_and_says_where_the_next_one_begins),
		TEST(what_comes_and_goes_meanwhile_disturbs_nobody_else),
		TEST(a_front_that_is_restarted_goes_on),
		TEST(a_list_that_is_switched_off_has_no_end),
		TEST(after_a_fork_both_go_on),
		TEST(where_not_all_is_known_nobody_is_listed),
		TEST(nor_where_there_are_too_many),
		TEST(what_is_being_read_is_waited_for),
		TEST(what_was_read_is_listed_without_the_directory),
		TEST(who_is_not_served_is_not_listed),
	};
	int failed;

	front_enter();
	nss_module_load(&nss);
	crowd_init(&crowd, USERS, GROUPS);
	failed = cmocka_run_group_tests_name("daemon_list", tests, NULL, NULL);
	crowd_done(&crowd);
	front_leave();
	return failed;
}
