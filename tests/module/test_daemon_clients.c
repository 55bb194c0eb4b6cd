/*
 * test_daemon_clients.c - anybody may write anything to lightwaved's sockets:
 * it harms nobody else.
 */
#include "asker.h"
#include "check.h"
#include "cleanup.h"
#include "daemon.h"
#include "front.h"
#include "worker.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define ALICE	    "alice@lightwave.test"
#define CROWD	    300
#define MAX_CLIENTS 700 /* doc/PROTOCOL.md */
#define PER_UID	    64
#define ROOT_MAX    400
#define SOMEBODY    70000 /* nobody on any host */
static const struct lw_entry alice = USER("alice", "100-1025");

static const struct worker_line find_alice = { .op = LW_OP_FIND,
					       .key = "alice",
					       .kind = LW_KIND_USER,
					       .entry = { &alice } };
static const struct worker_line hold = { .op = LW_OP_FIND,
					 .manner = WORKER_HOLD };

static const struct worker_line find_none = { .op = LW_OP_FIND };

static pid_t pid;

static int begin(void **state)
{
	(void)state;
	worker_forget();
	worker_start();
	worker_say(&find_alice);
	daemon_start("");
	pid = daemon_pid();
	return 0;
}

/* After each: the daemon is the one that was started, and answers. */
static int end(void **state)
{
	(void)state;
	assert_true(daemon_runs());
	assert_int_equal(daemon_pid(), pid);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	daemon_stop();
	worker_stop();
	return 0;
}

/* A whole question, its head made as the test wants it. */
static size_t message(uint8_t *msg, size_t size, uint16_t version, uint16_t op,
		      const void *body, size_t n)
{
	struct lw_wr w;

	lw_wr_init(&w, msg, size);
	lw_wr_u32(&w, (uint32_t)n);
	lw_wr_u16(&w, version);
	lw_wr_u16(&w, op);
	lw_wr_u32(&w, 77);
	lw_wr_raw(&w, body, n);
	assert_int_equal(lw_wr_end(&w), LW_OK);
	return (size_t)(w.p - msg);
}

static void what_is_no_message_is_the_end(void **state)
{
	uint8_t msg[64], junk[4096];
	size_t n = message(msg, sizeof(msg), LW_PROTO_VERSION + 1,
			   LW_OP_PASSWD_BY_UID, "\0\0\0\1", 4);
	lw_cleanup(lw_close) int noise = asker_open("nss"),
				 future = asker_open("nss"),
				 huge = asker_open("nss");

	(void)state;
	memset(junk, 0xA5, sizeof(junk));
	asker_send(noise, junk, sizeof(junk));
	asker_sees_end(noise);
	asker_send(future, msg, n);
	asker_sees_end(future);
	msg[5] = LW_PROTO_VERSION;
	lw_put_u32(msg, LW_REQUEST_MAX + 1);
	asker_send(huge, msg, LW_HEAD_SIZE);
	asker_sees_end(huge);
}

/* And the next question on the same connection is answered. */
static void what_is_no_question_is_answered_so(void **state)
{
	static const struct {
		uint16_t op;
		const char *body;
		size_t n;
	} cases[] = {
		{ 0, "", 0 },
		{ 7, "", 0 },
		{ LW_OP_FIND, "\1\1\0\0\0\1a", 7 },
		{ LW_OP_RULES, "", 0 },
		{ UINT16_MAX, "", 0 },
		{ LW_OP_PASSWD_BY_UID, "", 0 },
		{ LW_OP_PASSWD_BY_UID, "\0\0\0\1\0", 5 },
		{ LW_OP_PASSWD_BY_NAME, "\0\0\0\5root", 8 },
		{ LW_OP_PASSWD_BY_NAME, "\377\377\377\377root", 8 },
		{ LW_OP_PASSWD_BY_NAME, "\0\0\0\4ro\0t", 8 },
		{ LW_OP_INITGROUPS, "\0\0\0\4roott", 9 },
	};
	lw_cleanup(lw_close) int fd = asker_open("nss");

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t msg[64];
		size_t n = message(msg, sizeof(msg), LW_PROTO_VERSION,
				   cases[i].op, cases[i].body, cases[i].n);

		asker_send(fd, msg, n);
		assert_int_equal(asker_status(fd), LW_PROTO);
		asker_send_name(fd, LW_OP_PASSWD_BY_NAME, ALICE);
		assert_int_equal(asker_status(fd), LW_OK);
	}
}

/* Every one of them, well formed and not. */
static void what_root_asks_is_not_for_nss(void **state)
{
	static const struct worker_line any = { .op = LW_OP_RULES };
	lw_cleanup(lw_close) int fd = asker_open("nss");

	(void)state;
	worker_say(&any);
	for (int op = LW_OP_AUTH; op <= LW_OP_VERIFY; op++) {
		asker_send_login(fd, (enum lw_op)op, ALICE, "password");
		assert_int_equal(asker_status(fd), LW_PROTO);
		asker_send_name(fd, (enum lw_op)op, ALICE);
		assert_int_equal(asker_status(fd), LW_PROTO);
		asker_send_body(fd, (enum lw_op)op, NULL, 0);
		assert_int_equal(asker_status(fd), LW_PROTO);
	}
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 0);
	assert_int_equal(worker_count(LW_OP_VERDICT, NULL), 0);
	assert_int_equal(worker_count(LW_OP_CHANGE, NULL), 0);
	assert_int_equal(worker_count(LW_OP_RULES, NULL), 0);
}

static void a_question_may_come_byte_by_byte(void **state)
{
	uint8_t msg[128];
	struct lw_wr w;
	lw_cleanup(lw_close) int fd = asker_open("nss");

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	assert_int_equal(
		lw_ask_str(&w, LW_OP_PASSWD_BY_NAME, 77, LW_STR(ALICE)), LW_OK);
	for (uint8_t *p = msg; p < w.p; p++) {
		assert_false(asker_has_answer(fd));
		asker_send(fd, p, 1);
		/* Others are answered meanwhile; then it was read. */
		assert_int_equal(asker_ours(ALICE), LW_OK);
	}
	assert_int_equal(asker_status(fd), LW_OK);
}

static void questions_in_a_row_are_answered_in_order(void **state)
{
	lw_cleanup(lw_close) int fd = asker_open("nss");

	(void)state;
	for (int i = 0; i < 20; i++) {
		asker_send_name(fd, LW_OP_PASSWD_BY_NAME, ALICE);
		asker_send_name(fd, LW_OP_OURS, "alice@other.test");
	}
	for (int i = 0; i < 20; i++) {
		assert_int_equal(asker_status(fd), LW_OK);
		assert_int_equal(asker_status(fd), LW_NOTOURS);
	}
}

static void half_a_question_and_the_end_is_nothing(void **state)
{
	static const uint8_t half[] = { 0, 0, 0, 24, 0, 1, 0, 1, 0 };

	(void)state;
	for (size_t n = 0; n <= sizeof(half); n++) {
		lw_cleanup(lw_close) int fd = asker_open("nss");

		asker_send(fd, half, n);
		assert_int_equal(shutdown(fd, SHUT_WR), 0);
		asker_sees_end(fd);
	}
}

static void who_goes_while_waiting_does_no_harm(void **state)
{
	int fds[16];

	(void)state;
	worker_say(&hold);
	for (size_t i = 0; i < COUNT(fds); i++) {
		char name[64];

		snprintf(name, sizeof(name), "u%zu@lightwave.test", i / 2);
		fds[i] = asker_open("nss");
		asker_send_name(fds[i], LW_OP_PASSWD_BY_NAME, name);
	}
	worker_await(LW_OP_FIND, NULL, COUNT(fds) / 2);
	/* One of two who wait for the same; then everybody. */
	for (size_t i = 0; i < COUNT(fds); i += 2)
		close(fds[i]);
	assert_int_equal(worker_release(&(struct worker_line) {
				 .op = LW_OP_FIND, .key = "u0" }),
			 1);
	assert_int_equal(asker_status(fds[1]), LW_NOTFOUND);
	for (size_t i = 1; i < COUNT(fds); i += 2)
		close(fds[i]);
	assert_int_equal(worker_release(&find_none), COUNT(fds) / 2 - 1);
	worker_say(&find_alice);
}

static void a_crowd_is_answered(void **state)
{
	int fds[CROWD];

	(void)state;
	for (int i = 0; i < CROWD; i++) {
		char name[64];

		snprintf(name, sizeof(name), "u%d@lightwave.test", i);
		fds[i] = asker_open("nss");
		asker_send_name(fds[i], LW_OP_PASSWD_BY_NAME,
				i % 2 ? ALICE : name);
	}
	for (int i = 0; i < CROWD; i++) {
		assert_int_equal(asker_status(fds[i]),
				 i % 2 ? LW_OK : LW_NOTFOUND);
		close(fds[i]);
	}
	assert_int_equal(worker_count(LW_OP_FIND, NULL), CROWD / 2 + 1);
}

/* As that user, or as whoever runs the tests. */
static int open_as(uid_t uid)
{
	uid_t me = geteuid();
	int fd;

	if (me == 0)
		assert_int_equal(seteuid(uid), 0);
	fd = asker_open("nss");
	assert_int_equal(seteuid(me), 0);
	return fd;
}

static void is_heard(int fd)
{
	asker_send_name(fd, LW_OP_OURS, ALICE);
	assert_int_equal(asker_status(fd), LW_OK);
}

static void one_user_has_so_many_connections(void **state)
{
	int fds[PER_UID], more;

	(void)state;
	for (int i = 0; i < PER_UID; i++) {
		fds[i] = open_as(SOMEBODY);
		is_heard(fds[i]);
	}
	more = open_as(SOMEBODY);
	asker_sees_end(more);
	close(more);
	/* One that has gone makes room. */
	close(fds[0]);
	is_heard(fds[1]); /* after that end was seen */
	fds[0] = open_as(SOMEBODY);
	is_heard(fds[0]);
	for (int i = 0; i < PER_UID; i++)
		close(fds[i]);
}

/* With fewer users than that there is always room. */
static void all_together_have_so_many(void **state)
{
	struct rlimit files;
	int fds[MAX_CLIENTS], more;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
	assert_true(files.rlim_cur > MAX_CLIENTS + 50);
	for (int i = 0; i < MAX_CLIENTS; i++) {
		fds[i] = open_as(SOMEBODY + (uid_t)(i / PER_UID));
		is_heard(fds[i]);
	}
	more = open_as(SOMEBODY + 1000);
	asker_sees_end(more);
	close(more);
	/* Root is heard all the same. */
	for (int i = 0; i < 2; i++) {
		more = asker_open(i ? "priv" : "nss");
		is_heard(more);
		close(more);
	}
	for (int i = 0; i < MAX_CLIENTS; i++)
		close(fds[i]);
}

/* Set-uid programs are root's: whoever starts many takes nothing from logins.
 */
static void root_has_so_many_on_nss(void **state)
{
	int fds[ROOT_MAX], more;

	(void)state;
	for (int i = 0; i < ROOT_MAX; i++) {
		fds[i] = asker_open("nss");
		is_heard(fds[i]);
	}
	more = asker_open("nss");
	asker_sees_end(more);
	close(more);
	for (int i = 0; i < 2; i++) {
		more = i ? asker_open("priv") : open_as(SOMEBODY);
		is_heard(more);
		close(more);
	}
	for (int i = 0; i < ROOT_MAX; i++)
		close(fds[i]);
}

/* By SO_PEERCRED: the mode of the file is not what keeps others out. */
static void priv_is_for_root(void **state)
{
	static const struct lw_login l = { TEXT(ALICE), TEXT("password"),
					   TEXT("sshd"), TEXT("") };
	uint8_t body[128], msg[256];
	struct lw_wr w;

	(void)state;
	assert_int_equal(chmod("priv", 0666), 0);
	lw_wr_init(&w, body, sizeof(body));
	lw_login_encode(&w, &l);
	for (int op = LW_OP_AUTH; op <= LW_OP_VERIFY; op++) {
		lw_cleanup(lw_close) int fd = -1;

		assert_int_equal(seteuid(SOMEBODY), 0);
		fd = asker_open("priv");
		assert_int_equal(seteuid(0), 0);
		/* The end may have come before that. */
		send(fd, msg,
		     message(msg, sizeof(msg), LW_PROTO_VERSION, (uint16_t)op,
			     body, (size_t)(w.p - body)),
		     MSG_NOSIGNAL);
		asker_sees_end(fd);
	}
	daemon_says("was refused on the priv socket", 1);
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 0);
	assert_int_equal(worker_count(LW_OP_VERDICT, NULL), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest anyone[] = {
		TEST(what_is_no_message_is_the_end),
		TEST(what_is_no_question_is_answered_so),
		TEST(what_root_asks_is_not_for_nss),
		TEST(a_question_may_come_byte_by_byte),
		TEST(questions_in_a_row_are_answered_in_order),
		TEST(half_a_question_and_the_end_is_nothing),
		TEST(who_goes_while_waiting_does_no_harm),
		TEST(one_user_has_so_many_connections),
	};
	/* Who is not root is one user, and no crowd. */
	const struct CMUnitTest root[] = {
		TEST(a_crowd_is_answered),
		TEST(all_together_have_so_many),
		TEST(root_has_so_many_on_nss),
		TEST(priv_is_for_root),
	};
	int failed;

	front_enter();
	failed = cmocka_run_group_tests_name("clients", anyone, NULL, NULL);
	if (geteuid() == 0)
		failed +=
			cmocka_run_group_tests_name("users", root, NULL, NULL);
	front_leave();
	return failed;
}
