/*
 * test_daemon_decoy.c - a name that nobody has is treated as a wrong password
 * is: the directory is asked as much, whatever it says is no, and the answer
 * leaves no sooner. The priv socket answers uid 0.
 */
#include "check.h"
#include "daemon.h"
#include "front.h"
#include "login.h"
#include "worker.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ALICE	"alice@lightwave.test"
#define NOBODY	"mallory@lightwave.test"
#define BASE	",dc=lightwave,dc=test"
#define STEP_MS 100

static const struct lw_entry alice = USER("alice", "100-1025"),
			     mallory = USER("mallory", "100-1666");

static const struct worker_line find_alice = { .op = LW_OP_FIND,
					       .key = "alice",
					       .kind = LW_KIND_USER,
					       .entry = { &alice } };
static const struct worker_line good = { .op = LW_OP_VERDICT,
					 .verdict = { 432000, LW_TICKET_OK, 0,
						      TEXT("a ticket") } };

static int begin(void **state)
{
	(void)state;
	worker_forget();
	worker_start();
	worker_say(&find_alice);
	return 0;
}

static int end(void **state)
{
	(void)state;
	daemon_stop();
	worker_stop();
	return 0;
}

static void an_unknown_name_costs_one_question_as_well(void **state)
{
	static const char *const typed = "Correct-Horse-7";

	(void)state;
	daemon_start("");
	for (unsigned int i = 0; i < 2; i++) {
		const struct worker_question *q;
		size_t n;

		assert_int_equal(i ? login_verify(NOBODY, typed)
				   : login_auth(NOBODY, typed, NULL),
				 LW_NOTFOUND);
		assert_int_equal(worker_count(LW_OP_VERDICT, NULL), i + 1);
		q = worker_question(LW_OP_VERDICT, i);
		n = strlen(q->key);
		assert_true(n > strlen(BASE));
		assert_string_equal(q->key + n - strlen(BASE), BASE);
		assert_null(strstr(q->key, "mallory"));
		assert_null(strstr(q->key, "alice"));
		assert_string_not_equal(q->password, typed);
		assert_false(q->want_ticket);
	}
	assert_int_equal(daemon_said(typed), 0);
}

/* Whoever has an entry of that name, and that password. */
static void whatever_it_brings_is_no(void **state)
{
	static const char *const settings[] = {
		"",
		"[kerberos]\nrequire_ticket = yes\n",
		"[password]\nkpasswd = yes\n",
	};
	static const enum lw_err words[] = { LW_OK,	  LW_DENIED,
					     LW_LOCKED,	  LW_DISABLED,
					     LW_EXPIRED,  LW_CHANGE,
					     LW_NOTFOUND, LW_NOPASSWORD };
	unsigned int asked = 0;

	(void)state;
	daemon_start("");
	for (size_t i = 0; i < COUNT(settings) * COUNT(words); i++) {
		struct worker_line line = good;

		if (i % COUNT(words) == 0)
			daemon_reload(settings[i / COUNT(words)],
				      "configuration read again");
		line.status = words[i % COUNT(words)];
		worker_say(&line);
		assert_int_equal(login_auth(NOBODY, "p", NULL), LW_NOTFOUND);
		assert_int_equal(worker_count(LW_OP_VERDICT, NULL), ++asked);
	}
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "mallory", .entry = { &mallory } });
	daemon_reload("[cache]\nnegative_ttl = 0\n",
		      "configuration read again");
	assert_int_equal(asker_passwd(NOBODY, NULL), LW_OK);
	assert_false(login_has_ticket(NOBODY));
	assert_false(login_has_ticket(ALICE));
}

/* Where nobody can say, neither name is given away. */
static void without_a_verdict_both_are_alike(void **state)
{
	static const struct {
		enum worker_manner manner;
		enum lw_err said, both;
	} cases[] = {
		{ WORKER_ANSWER, LW_RANGE, LW_OFFLINE },
		{ WORKER_ANSWER, LW_NOMEM, LW_OFFLINE },
		{ WORKER_ANSWER, LW_OFFLINE, LW_OFFLINE },
		{ WORKER_STATUS, LW_OK, LW_NOWORKER },
		{ WORKER_CLOSE, LW_OK, LW_NOWORKER },
	};
	static const char *const names[] = { ALICE, NOBODY };

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(cases); i++) {
		daemon_start("");
		worker_say(
			&(struct worker_line) { .op = LW_OP_VERDICT,
						.manner = cases[i / 2].manner,
						.status = cases[i / 2].said });
		assert_int_equal(login_auth(names[i % 2], "p", NULL),
				 cases[i / 2].both);
		assert_int_equal(worker_count(LW_OP_VERDICT, NULL), i + 1);
		daemon_stop();
	}
}

/* Not even where the name was denied a moment ago. */
static void nor_without_a_worker(void **state)
{
	(void)state;
	daemon_start("");
	assert_int_equal(login_auth(ALICE, "p", NULL), LW_DENIED);
	assert_int_equal(login_auth(NOBODY, "p", NULL), LW_NOTFOUND);
	worker_stop();
	worker_tick();
	assert_int_equal(login_auth(ALICE, "p", NULL), LW_NOWORKER);
	assert_int_equal(login_auth(NOBODY, "p", NULL), LW_NOWORKER);
	assert_int_equal(login_verify(ALICE, "p"), LW_NOWORKER);
	assert_int_equal(login_verify(NOBODY, "p"), LW_NOWORKER);
}

/* In a name of ours; NULL ends them. */
static const char *const hostile[] = {
	"",
	"@",
	"@lightwave.test",
	"\\",
	"lwave\\",
	"lwave\\\\alice",
	"alice@lightwave.test@lightwave.test",
	"al\nice@lightwave.test",
	"al\x1B[2Jice@lightwave.test",
	"../alice@lightwave.test",
	"..@lightwave.test",
	"/@lightwave.test",
	"*)(uid=*@lightwave.test",
	"*@lightwave.test",
	"alice)(|(cn=*@lightwave.test",
	"-oalice@lightwave.test",
	"1000@lightwave.test",
	" alice@lightwave.test",
	"alice @lightwave.test",
	"al\xFFice@lightwave.test",
	"al\xC0\xAF@lightwave.test",
	"al\xED\xA0\x80@lightwave.test",
	"al\xE2\x80\xAE"
	"eci@lightwave.test",
	"al\xE2\x80\x8B"
	"ice@lightwave.test",
	"al:ice@lightwave.test",
	"al,ice\\,cn=x@lightwave.test",
	NULL, /* a long one comes here */
};

static void a_name_that_nobody_can_have_is_not_asked_about(void **state)
{
	static const enum lw_op ops[] = { LW_OP_AUTH, LW_OP_VERIFY,
					  LW_OP_ACCOUNT };
	int fds[COUNT(hostile)][COUNT(ops)];
	char long_name[7900];

	(void)state;
	memset(long_name, 'a', sizeof(long_name));
	memcpy(long_name + sizeof(long_name) - sizeof("@lightwave.test"),
	       "@lightwave.test", sizeof("@lightwave.test"));
	daemon_start("");
	for (size_t i = 0; i < COUNT(hostile) * COUNT(ops); i++) {
		const char *name = hostile[i / COUNT(ops)];
		int fd = asker_open("priv");

		asker_send_login(fd, ops[i % COUNT(ops)],
				 name ? name : long_name, "p");
		fds[i / COUNT(ops)][i % COUNT(ops)] = fd;
	}
	for (size_t i = 0; i < COUNT(hostile) * COUNT(ops); i++) {
		int fd = fds[i / COUNT(ops)][i % COUNT(ops)];
		enum lw_err e = asker_status(fd);

		if (e != LW_INVALID && e != LW_NOTOURS)
			fail_msg("\"%s\": %s", hostile[i / COUNT(ops)],
				 lw_strerror(e));
		close(fd);
	}
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 0);
	assert_int_equal(worker_count(LW_OP_VERDICT, NULL), 0);
	assert_true(daemon_runs());
}

struct no {
	const char *name, *password;
	uint32_t uac;
	enum lw_err said, e;
};

static void takes_its_time(const struct no *no, enum lw_op op)
{
	int64_t began = worker_now_ms();
	int fd = asker_open("priv");

	asker_send_login(fd, op, no->name, no->password);
	assert_int_equal(asker_status(fd), no->e);
	assert_true(worker_now_ms() - began >= STEP_MS - 1);
	close(fd);
}

/* At least, and not at once; test_daemon_timing.c looks more closely. */
static void every_no_takes_its_time(void **state)
{
	static const struct no cases[] = {
		{ ALICE, "p", 0, LW_DENIED, LW_DENIED },
		{ ALICE, "p", 0, LW_LOCKED, LW_LOCKED },
		{ ALICE, "p", 0, LW_EXPIRED, LW_EXPIRED },
		{ ALICE, "p", 0, LW_DISABLED, LW_NOPASSWORD },
		{ ALICE, "p", 0, LW_NOTFOUND, LW_NOTFOUND },
		{ ALICE, "p", LW_UAC_DISABLED, LW_OK, LW_DISABLED },
		{ ALICE, "", 0, LW_OK, LW_DENIED },
		{ NOBODY, "p", 0, LW_OK, LW_NOTFOUND },
		{ NOBODY, "", 0, LW_OK, LW_DENIED },
		{ "a*@lightwave.test", "p", 0, LW_OK, LW_INVALID },
	};

	(void)state;
	daemon_start("");
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct lw_entry entry = alice;

		entry.uac = cases[i].uac;
		worker_say(&(struct worker_line) { .op = LW_OP_FIND,
						   .key = "alice",
						   .entry = { &entry } });
		worker_say(&(struct worker_line) {
			.op = LW_OP_VERDICT,
			.status = cases[i].said,
			.verdict = { .ticket = LW_TICKET_NO_KDC } });
		worker_tick();
		takes_its_time(&cases[i], LW_OP_AUTH);
		takes_its_time(&cases[i], LW_OP_VERIFY);
		worker_forget(); /* entry is gone now */
	}
}

static void nor_is_a_wrong_old_password_refused_at_once(void **state)
{
	static const enum lw_err words[] = { LW_DENIED, LW_LOCKED,
					     LW_NOTFOUND };

	(void)state;
	daemon_start("");
	for (size_t i = 0; i < 2 * COUNT(words); i++) {
		int64_t began = worker_now_ms();
		bool nobody = i % 2;

		worker_say(&(struct worker_line) { .op = LW_OP_CHANGE,
						   .status = words[i / 2] });
		assert_int_equal(
			login_change(nobody ? NOBODY : ALICE, "o", "n"),
			nobody ? LW_NOTFOUND : words[i / 2]);
		assert_true(worker_now_ms() - began >= STEP_MS - 1);
	}
}

/* A yes need not: the fastest of some, for the machine may be busy. */
static void no_yes_waits_with_them(void **state)
{
	int64_t fastest = PATIENCE_MS;

	(void)state;
	worker_say(&good);
	daemon_start("[access]\nallow = *\n");
	for (int i = 0; i < 20; i++) {
		int64_t began = worker_now_ms();

		assert_int_equal(login_auth(ALICE, "p", NULL), LW_OK);
		assert_int_equal(login_account(ALICE), LW_OK);
		assert_int_equal(login_verify(ALICE, "p"), LW_OK);
		if (worker_now_ms() - began < fastest)
			fastest = worker_now_ms() - began;
	}
	assert_true(fastest < STEP_MS);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_unknown_name_costs_one_question_as_well),
		TEST(whatever_it_brings_is_no),
		TEST(without_a_verdict_both_are_alike),
		TEST(nor_without_a_worker),
		TEST(a_name_that_nobody_can_have_is_not_asked_about),
		TEST(every_no_takes_its_time),
		TEST(nor_is_a_wrong_old_password_refused_at_once),
		TEST(no_yes_waits_with_them),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: the priv socket answers uid 0 only");
		return 77;
	}
	front_enter();
	failed = cmocka_run_group_tests_name("decoy", tests, NULL, NULL);
	front_leave();
	return failed;
}
