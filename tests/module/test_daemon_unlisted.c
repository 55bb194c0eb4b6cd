/*
 * test_daemon_unlisted.c - who is not listed by getpwent() and getgrent(): all,
 * where it is not switched on, or where all cannot be told; and nobody who is
 * not served.
 */
#include "asker.h"
#include "check.h"
#include "cleanup.h"
#include "daemon.h"
#include "lister.h"

#include <errno.h>
#include <stdlib.h>

/* So long the front lets a lookup wait. */
#define WAITS_MS (LW_NSS_BUDGET_MS - 200)
#define DEMAND	 "[cache]\nreplicate_max = 0\n"
#define MANY	 "users and groups are not listed: the directory has more than"

static void unless_told_to_nobody_is_listed(void **state)
{
	struct passwd pw;
	struct group gr;
	char buf[1024];
	int e = 0;

	(void)state;
	lister_start(LATER);
	errno = 0;
	assert_int_equal(lister_next_user(&pw), NSS_STATUS_NOTFOUND);
	assert_int_equal(lister_nss.getgrent(&gr, buf, sizeof(buf), &e),
			 NSS_STATUS_NOTFOUND);
	assert_int_equal(errno, 0);
	assert_int_equal(e, 0);
	/* Each can be asked for all the same. */
	assert_int_equal(asker_uid(ID(CROWD_FIRST), NULL), LW_OK);
}

/* What stopped in the middle was not all. */
static void a_list_that_is_switched_off_has_no_end(void **state)
{
	struct seen s = { 0 };

	(void)state;
	lister_start(ON LATER);
	assert_int_equal(lister_take(&s, SOME), NSS_STATUS_SUCCESS);
	daemon_reload(LATER, "configuration read again");
	assert_int_equal(lister_take(&s, SIZE_MAX), NSS_STATUS_UNAVAIL);
	lister_nss.setpwent(0);
	assert_int_equal(lister_take(&s, 1), NSS_STATUS_NOTFOUND);
}

static void where_not_all_is_known_nobody_is_listed(void **state)
{
	struct passwd pw;

	(void)state;
	daemon_start(ON DEMAND);
	assert_int_equal(lister_next_user(&pw), NSS_STATUS_UNAVAIL);
	assert_int_equal(lister_next_user(&pw), NSS_STATUS_UNAVAIL);
	daemon_says("users and groups are not listed: replicate_max is 0", 1);
	/* But who is known is not part of it. */
	assert_int_equal(daemon_said("are not listed"), 1);
}

static void nor_where_there_are_too_many(void **state)
{
	struct passwd pw;

	(void)state;
	lister_tell("everything", LW_SYNCED_TOO_MANY, NULL, 0);
	daemon_start(ON LATER);
	daemon_says("it is asked on demand", 1);
	assert_int_equal(lister_next_user(&pw), NSS_STATUS_UNAVAIL);
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
	struct worker_line all = lister_line("everything", LW_SYNCED_EVERYTHING,
					     lister_crowd.v, lister_crowd.n);
	struct worker_line held = all;
	int64_t begun;
	enum lw_err e;

	(void)state;
	held.manner = WORKER_HOLD;
	worker_say(&held);
	daemon_start(ON LATER);
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
	lister_start(ON LATER);
	worker_stop();
	daemon_says("the worker has gone", 1);
	assert_int_equal(lister_take(&s, SIZE_MAX), NSS_STATUS_NOTFOUND);
	lister_all(&s);
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
	lister_tell_all(all, COUNT(all));
	lister_start(ON
		     "name_format = short\ndefault_domain_names = yes\n" LATER);
	assert_int_equal(lister_next_user(&pw), NSS_STATUS_SUCCESS);
	assert_string_equal(pw.pw_name, "alice");
	assert_int_equal(lister_next_user(&pw), NSS_STATUS_NOTFOUND);
	assert_int_equal(lister_next_group(&gr, &buf, 64), NSS_STATUS_SUCCESS);
	assert_string_equal(gr.gr_name, "staff-of-ours");
	assert_int_equal(lister_next_group(&gr, &buf, 64), NSS_STATUS_NOTFOUND);
	daemon_says("a local entry has that name", 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, lister_begin, lister_end)

static int all(void)
{
	const struct CMUnitTest tests[] = {
		TEST(unless_told_to_nobody_is_listed),
		TEST(a_list_that_is_switched_off_has_no_end),
		TEST(where_not_all_is_known_nobody_is_listed),
		TEST(nor_where_there_are_too_many),
		TEST(what_is_being_read_is_waited_for),
		TEST(what_was_read_is_listed_without_the_directory),
		TEST(who_is_not_served_is_not_listed),
	};

	return cmocka_run_group_tests_name("daemon_unlisted", tests, NULL,
					   NULL);
}

int main(void)
{
	return lister_run(all);
}
