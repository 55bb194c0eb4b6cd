/*
 * test_daemon_life.c - lightwaved starts, reads its configuration again, and
 * ends; and there is one of it.
 */
#include "asker.h"
#include "check.h"
#include "cleanup.h"
#include "daemon.h"
#include "front.h"
#include "worker.h"

#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define ALICE	   "alice@lightwave.test"
#define BARE	   "[domain]\ndefault_domain_names = yes\n"
#define READ_AGAIN "configuration read again"
#define STAYS	   "the old configuration stays in force"
#define STORM	   100

static const struct lw_entry alice = USER("alice", "100-1025"),
			     lwtest = USER("lwtest-bare", "100-1026");

static int begin(void **state)
{
	(void)state;
	worker_forget();
	worker_start();
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "alice", .entry = { &alice } });
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "lwtest-bare", .entry = { &lwtest } });
	return 0;
}

static int end(void **state)
{
	(void)state;
	daemon_stop();
	worker_stop();
	return 0;
}

static bool is_there(const char *name)
{
	struct stat st;

	return lstat(name, &st) == 0;
}

static mode_t mode_of(const char *name)
{
	struct stat st;

	assert_int_equal(lstat(name, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	return st.st_mode & 07777;
}

static void the_home_is_below(const char *dir)
{
	struct asker_got got;

	assert_int_equal(asker_passwd(ALICE, &got), LW_OK);
	assert_memory_equal(got.dir, dir, strlen(dir));
}

static void a_good_file_is_read_again(void **state)
{
	pid_t pid;

	(void)state;
	daemon_start("[users]\nhome = /one/%u\n");
	pid = daemon_pid();
	the_home_is_below("/one/");
	daemon_reload("[users]\nhome = /two/%u\n", READ_AGAIN);
	the_home_is_below("/two/");
	assert_true(daemon_runs());
	assert_int_equal(daemon_pid(), pid);
}

static void a_bad_file_changes_nothing(void **state)
{
	(void)state;
	daemon_start("[users]\nhome = /one/%u\n");
	daemon_reload("[users]\nhome = /two/%u\nshel = /bin/sh\n", STAYS);
	daemon_says("./conf:11: unknown key 'shel'", 1);
	the_home_is_below("/one/");
	assert_int_equal(unlink("conf"), 0);
	assert_int_equal(kill(daemon_pid(), SIGHUP), 0);
	daemon_says(STAYS, 2);
	the_home_is_below("/one/");
}

static void another_domain_needs_a_restart(void **state)
{
	(void)state;
	daemon_start("[users]\nhome = /one/%u\n");
	front_write("conf", "[domain]\nname = other.test\nserver = dc.other\n"
			    "ca_file = /ca\n[machine]\ndn = cn=host\n"
			    "password_file = /password\n");
	assert_int_equal(kill(daemon_pid(), SIGHUP), 0);
	daemon_says("another domain needs a restart; " STAYS, 1);
	the_home_is_below("/one/");
	assert_int_equal(asker_ours("alice@other.test"), LW_NOTOURS);
}

static void questions_in_flight_survive_a_reload(void **state)
{
	static const struct worker_line hold = { .op = LW_OP_FIND,
						 .manner = WORKER_HOLD };
	static const struct worker_line find = { .op = LW_OP_FIND,
						 .entry = { &alice } };
	lw_cleanup(lw_close) int fd = -1;

	(void)state;
	worker_say(&hold);
	daemon_start("");
	fd = asker_open("nss");
	asker_send_name(fd, LW_OP_PASSWD_BY_NAME, ALICE);
	worker_await(LW_OP_FIND, "alice", 1);
	daemon_reload("[users]\nhome = /two/%u\n", READ_AGAIN);
	assert_int_equal(worker_release(&find), 1);
	assert_int_equal(asker_status(fd), LW_OK);
	the_home_is_below("/two/");
}

static void bare_names_follow_the_configuration(void **state)
{
	(void)state;
	daemon_start("");
	assert_false(is_there("bare"));
	assert_int_equal(asker_ours("lwtest-bare"), LW_NOTOURS);
	daemon_reload(BARE, READ_AGAIN);
	assert_true(is_there("bare"));
	assert_int_equal(asker_ours("lwtest-bare"), LW_OK);
	assert_int_equal(asker_passwd("lwtest-bare", NULL), LW_OK);
	assert_int_equal(asker_passwd("root", NULL), LW_NOTFOUND);
	assert_int_equal(worker_count(LW_OP_FIND, "root"), 0);
	daemon_reload("", READ_AGAIN);
	assert_false(is_there("bare"));
	assert_int_equal(asker_passwd("lwtest-bare", NULL), LW_NOTOURS);
}

/* Whether bare was away for a moment since fd began to watch. */
static bool was_away(int fd)
{
	_Alignas(struct inotify_event) char buf[16384];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		const struct inotify_event *e;

		for (char *p = buf; p < buf + n; p += sizeof(*e) + e->len) {
			e = (const struct inotify_event *)(void *)p;
			assert_false(e->mask & IN_Q_OVERFLOW);
			if (e->len && !strcmp(e->name, "bare"))
				return true;
		}
	}
	return false;
}

/* The module takes a missing ./bare for "that name is local". */
static void bare_is_never_away_in_a_storm_of_reloads(void **state)
{
	lw_cleanup(lw_close) int watch =
		inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	(void)state;
	daemon_start(BARE);
	assert_true(inotify_add_watch(watch, ".", IN_DELETE | IN_MOVED_FROM) >=
		    0);
	for (unsigned int i = 0; i < STORM; i++) {
		lw_cleanup(lw_close) int fd = -1;

		assert_int_equal(kill(daemon_pid(), SIGHUP), 0);
		fd = asker_open("bare");
		asker_send_name(fd, LW_OP_PASSWD_BY_NAME, "lwtest-bare");
		assert_int_equal(asker_status(fd), LW_OK);
	}
	daemon_reload(BARE, READ_AGAIN);
	assert_false(was_away(watch));
	daemon_reload("", READ_AGAIN);
	assert_true(was_away(watch));
}

static void the_sockets_have_their_modes(void **state)
{
	(void)state;
	daemon_start("");
	assert_int_equal(mode_of("nss"), 0666);
	assert_int_equal(mode_of("priv"), 0600);
}

static void it_leaves_nothing_behind(void **state)
{
	(void)state;
	daemon_start(BARE);
	assert_true(is_there("nss") && is_there("priv") && is_there("bare"));
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	daemon_stop(); /* which sees to it that it ends with 0 */
	assert_false(is_there("nss") || is_there("priv") || is_there("bare"));
}

static void it_ends_while_questions_are_open(void **state)
{
	static const struct worker_line hold = { .op = LW_OP_FIND,
						 .manner = WORKER_HOLD };
	lw_cleanup(lw_close) int one = -1, two = -1;

	(void)state;
	worker_say(&hold);
	daemon_start("");
	one = asker_open("nss");
	two = asker_open("nss");
	asker_send_name(one, LW_OP_PASSWD_BY_NAME, ALICE);
	worker_await(LW_OP_FIND, "alice", 1);
	asker_send_name(two, LW_OP_PASSWD_BY_NAME, ALICE);
	assert_int_equal(asker_ours(ALICE), LW_OK);
	daemon_stop();
	asker_sees_end(one);
	asker_sees_end(two);
}

static void what_a_killed_one_left_is_in_nobodys_way(void **state)
{
	(void)state;
	daemon_start(BARE);
	daemon_kill();
	assert_true(is_there("nss") && is_there("priv") && is_there("bare"));
	daemon_start("");
	assert_false(is_there("bare"));
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
}

static const char *const same_place[] = { "--config", "./conf", "--runtime-dir",
					  ".",	      "--jobs", "./jobs",
					  NULL };

static void a_second_one_does_not_start(void **state)
{
	char text[2048];

	(void)state;
	daemon_start(BARE);
	assert_int_equal(daemon_once(same_place, text, sizeof(text)), 1);
	assert_non_null(strstr(text, "cannot listen in ."));
	assert_true(daemon_runs());
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_true(is_there("nss") && is_there("priv"));
	assert_true(is_there("bare"));
}

static void it_does_not_start_on_a_bad_file(void **state)
{
	char text[2048];

	(void)state;
	daemon_conf("[users]\nhome = relative\n");
	assert_int_equal(daemon_once(same_place, text, sizeof(text)), 78);
	assert_non_null(strstr(text, "./conf:10: home = relative"));
	unlink("conf");
	assert_int_equal(daemon_once(same_place, text, sizeof(text)), 78);
	assert_non_null(strstr(text, "./conf: No such file or directory"));
	assert_false(is_there("nss") || is_there("priv"));
}

static void check_judges_and_does_nothing(void **state)
{
	static const char *const check[] = { "--config", "./conf", "--check",
					     NULL };
	char text[2048];

	(void)state;
	daemon_conf("[access]\nallow = *\n");
	assert_int_equal(daemon_once(check, text, sizeof(text)), 0);
	assert_string_equal(text, "./conf: good\n");
	daemon_conf("");
	assert_int_equal(daemon_once(check, text, sizeof(text)), 0);
	assert_non_null(strstr(text, "[access] has no allow rule"));
	assert_non_null(strstr(text, "./conf: good\n"));
	daemon_conf("[users]\nshell = sh\n");
	assert_int_equal(daemon_once(check, text, sizeof(text)), 78);
	assert_string_equal(text, "./conf:10: shell = sh: expected an "
				  "absolute path\n");
	assert_false(is_there("nss"));
}

static void what_it_does_not_know_it_refuses(void **state)
{
	static const char *const cases[][2] = { { "--no-such", NULL },
						{ "operand", NULL } };
	static const char *const help[] = { "--help", NULL },
				 *const version[] = { "--version", NULL };
	char text[2048];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(daemon_once(cases[i], text, sizeof(text)), 2);
		assert_non_null(strstr(text, "usage: lightwaved"));
	}
	assert_int_equal(daemon_once(help, text, sizeof(text)), 0);
	assert_non_null(strstr(text, "usage: lightwaved"));
	assert_int_equal(daemon_once(version, text, sizeof(text)), 0);
	assert_memory_equal(text, "lightwaved ", strlen("lightwaved "));
}

static void with_few_descriptors_it_says_so(void **state)
{
	struct rlimit was, few;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
	few = was;
	few.rlim_cur = 1000;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	daemon_start("");
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
	daemon_says("only 1000 descriptors", 1);
	daemon_says("have LimitNOFILE=2048 in lightwaved.service", 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_good_file_is_read_again),
		TEST(a_bad_file_changes_nothing),
		TEST(another_domain_needs_a_restart),
		TEST(questions_in_flight_survive_a_reload),
		TEST(bare_names_follow_the_configuration),
		TEST(bare_is_never_away_in_a_storm_of_reloads),
		TEST(the_sockets_have_their_modes),
		TEST(it_leaves_nothing_behind),
		TEST(it_ends_while_questions_are_open),
		TEST(what_a_killed_one_left_is_in_nobodys_way),
		TEST(a_second_one_does_not_start),
		TEST(it_does_not_start_on_a_bad_file),
		TEST(check_judges_and_does_nothing),
		TEST(what_it_does_not_know_it_refuses),
		TEST(with_few_descriptors_it_says_so),
	};
	int failed;

	front_enter();
	failed = cmocka_run_group_tests_name("life", tests, NULL, NULL);
	front_leave();
	return failed;
}
