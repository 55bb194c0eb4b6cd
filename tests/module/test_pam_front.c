/*
 * test_pam_front.c - pam_lightwave and the built lightwaved, with nothing but
 * the worker scripted: what one says the other understands. The priv socket
 * answers uid 0.
 */
#include "check.h"
#include "cleanup.h"
#include "daemon.h"
#include "front.h"
#include "worker.h"

#include <poll.h>
#include <security/pam_appl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define ALICE	"alice@lightwave.test"
#define ACCESS	"[access]\nallow = *\n"
#define KPASSWD ACCESS "[password]\nkpasswd = yes\n"
#define TICKET	ACCESS "[kerberos]\nrequire_ticket = yes\n"

static const struct lw_entry alice = USER("alice", "100-1025");
static const struct worker_line rules = { .op = LW_OP_RULES,
					  .policy = { 8, 20, 2, 1, 1, 1, 1,
						      LW_NEVER, LW_NEVER } };
static const struct worker_line find_alice = { .op = LW_OP_FIND,
					       .key = "alice",
					       .entry = { &alice } };

/* What one process of an application saw. */
struct seen {
	int code[5];
	char heard[1024]; /* a line for each message and prompt */
	char ccache[64];
};

struct user {
	const char *const *answers; /* prompt by prompt */
	struct seen seen;
};

static int converse(int n, const struct pam_message **msg,
		    struct pam_response **ret, void *data)
{
	struct user *u = data;
	size_t at = strlen(u->seen.heard);

	if (n != 1 || !(*ret = calloc(1, sizeof(**ret))))
		return PAM_CONV_ERR;
	snprintf(u->seen.heard + at, sizeof(u->seen.heard) - at, "%s\n",
		 msg[0]->msg);
	if (msg[0]->msg_style == PAM_PROMPT_ECHO_OFF)
		(*ret)->resp = strdup(*u->answers++);
	return PAM_SUCCESS;
}

static void no_delay(int status, unsigned int usec, void *data)
{
	(void)status;
	(void)usec;
	(void)data;
}

static void log_in(pam_handle_t *pamh, struct user *u)
{
	const char *ccache;

	u->seen.code[0] = pam_authenticate(pamh, 0);
	u->seen.code[1] = pam_acct_mgmt(pamh, 0);
	if (u->seen.code[1] == PAM_NEW_AUTHTOK_REQD)
		u->seen.code[2] =
			pam_chauthtok(pamh, (int)PAM_CHANGE_EXPIRED_AUTHTOK);
	u->seen.code[3] = pam_setcred(pamh, (int)PAM_ESTABLISH_CRED);
	ccache = pam_getenv(pamh, "KRB5CCNAME");
	snprintf(u->seen.ccache, sizeof(u->seen.ccache), "%s",
		 ccache ? ccache : "");
}

static void change(pam_handle_t *pamh, struct user *u)
{
	u->seen.code[0] = pam_chauthtok(pamh, 0);
}

/* In a process of its own, while the scripted worker works here. */
static struct seen run(void (*f)(pam_handle_t *pamh, struct user *u),
		       const char *const *answers)
{
	struct user u = { .answers = answers };
	const struct pam_conv conv = { converse, &u };
	pam_handle_t *pamh;
	int p[2], status;
	pid_t pid;

	assert_int_equal(pipe(p), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (pam_start_confdir("sshd", ALICE, &conv, ".", &pamh) != 0)
			_exit(1);
		pam_set_item(pamh, PAM_FAIL_DELAY, (const void *)no_delay);
		f(pamh, &u);
		pam_end(pamh, PAM_SUCCESS);
		_exit(write(p[1], &u.seen, sizeof(u.seen)) !=
		      (ssize_t)sizeof(u.seen));
	}
	close(p[1]);
	assert_true(worker_wait(p[0], POLLIN, worker_now_ms() + PATIENCE_MS));
	assert_int_equal(read(p[0], &u.seen, sizeof(u.seen)), sizeof(u.seen));
	close(p[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	return u.seen;
}

static int begin(void **state)
{
	(void)state;
	front_write("passwd", "root:x:0:0::/root:/bin/sh\n");
	front_write("sshd", "auth required " PAM_MODULE "\n"
			    "account required " PAM_MODULE "\n"
			    "password required " PAM_MODULE "\n");
	front_write("other", "");
	worker_forget();
	worker_start();
	worker_say(&find_alice);
	worker_say(&rules);
	return 0;
}

static int end(void **state)
{
	(void)state;
	daemon_stop();
	worker_stop();
	return 0;
}

static void verdict(enum lw_err e, enum lw_ticket_state ticket, int32_t skew)
{
	worker_say(&(struct worker_line) {
		.op = LW_OP_VERDICT,
		.status = e,
		.verdict = { .expires_in = 3 * 86400,
			     .ticket = ticket,
			     .skew = skew,
			     .ccache = ticket == LW_TICKET_OK
					       ? LW_STR("\5\4 a ticket")
					       : LW_STR("") } });
}

static void a_login_has_its_ticket(void **state)
{
	const char *const answers[] = { "Right-1" };
	struct seen s;
	struct stat st;

	(void)state;
	verdict(LW_OK, LW_TICKET_OK, 0);
	daemon_start(ACCESS);
	s = run(log_in, answers);
	assert_int_equal(s.code[0], PAM_SUCCESS);
	assert_int_equal(s.code[1], PAM_SUCCESS);
	assert_int_equal(s.code[3], PAM_SUCCESS);
	assert_string_equal(s.heard, "Password: \n"
				     "Your password expires in 3 days.\n");
	assert_int_equal(strncmp(s.ccache, "FILE:", 5), 0);
	assert_int_equal(stat(s.ccache + 5, &st), 0);
	assert_int_equal(st.st_uid, ID(1025));
	assert_int_equal(st.st_size, strlen("\5\4 a ticket"));
	assert_int_equal(unlink(s.ccache + 5), 0);
	assert_int_equal(worker_count(LW_OP_VERDICT, NULL), 1);
	assert_string_equal(worker_question(LW_OP_VERDICT, 0)->password,
			    "Right-1");

	/* Once a day is enough. */
	s = run(log_in, answers);
	assert_string_equal(s.heard, "Password: \n");
	unlink(s.ccache + 5);
}

static void each_refusal_arrives(void **state)
{
	static const struct {
		enum lw_err e;
		int code;
	} cases[] = {
		{ LW_DENIED, PAM_AUTH_ERR },
		{ LW_NOTFOUND, PAM_AUTH_ERR },
		{ LW_LOCKED, PAM_AUTH_ERR },
		/* The entry is not: so it has no password. */
		{ LW_DISABLED, PAM_AUTH_ERR },
		{ LW_NOPASSWORD, PAM_AUTH_ERR },
		{ LW_EXPIRED, PAM_CRED_EXPIRED },
		{ LW_OFFLINE, PAM_AUTHINFO_UNAVAIL },
	};
	const char *const answers[] = { "Wr0ng-1" };

	(void)state;
	daemon_start(ACCESS);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct seen s;

		verdict(cases[i].e, LW_TICKET_NOT_ASKED, 0);
		s = run(log_in, answers);
		assert_int_equal(s.code[0], cases[i].code);
		assert_string_equal(s.ccache, "");
	}
	assert_int_equal(worker_count(LW_OP_VERDICT, NULL), COUNT(cases));
}

static void a_required_ticket_is_missed_with_the_minutes(void **state)
{
	const char *const answers[] = { "Right-1" };
	struct seen s;

	(void)state;
	verdict(LW_OK, LW_TICKET_SKEW, -600);
	daemon_start(TICKET);
	s = run(log_in, answers);
	assert_int_equal(s.code[0], PAM_AUTHINFO_UNAVAIL);
	assert_non_null(strstr(s.heard, "10 minutes ahead of the domain's; "
					"nobody can log in"));
	verdict(LW_OK, LW_TICKET_NO_KDC, 0);
	s = run(log_in, answers);
	assert_int_equal(s.code[0], PAM_AUTHINFO_UNAVAIL);
	assert_non_null(strstr(s.heard, "without a Kerberos ticket"));
}

static void who_must_change_his_password_does(void **state)
{
	const char *const answers[] = { "Old-1", "Old-1", "New-1", "New-1" };
	const struct worker_question *q;
	struct seen s;

	(void)state;
	verdict(LW_CHANGE, LW_TICKET_NOT_ASKED, 0);
	worker_say(&(struct worker_line) { .op = LW_OP_CHANGE });
	daemon_start(KPASSWD);
	s = run(log_in, answers);
	assert_int_equal(s.code[0], PAM_SUCCESS);
	assert_int_equal(s.code[1], PAM_NEW_AUTHTOK_REQD);
	assert_int_equal(s.code[2], PAM_SUCCESS);
	assert_string_equal(
		s.heard,
		"Password: \n"
		"Your password must be changed now.\n"
		"Current password: \n"
		"A new password needs 8 to 20 characters, among them at least "
		"2 letters, 1 upper-case letter, 1 lower-case letter, 1 digit "
		"and 1 special character.\n"
		"New password: \nRetype new password: \n");
	q = worker_question(LW_OP_CHANGE, 0);
	assert_string_equal(q->password, "Old-1");
	assert_string_equal(q->new_password, "New-1");
}

static void a_refused_password_is_refused_in_words(void **state)
{
	const char *const answers[] = { "Old-1", "n", "n", "m", "m", "o", "o" };
	struct seen s;

	(void)state;
	verdict(LW_OK, LW_TICKET_NOT_ASKED, 0);
	worker_say(&(struct worker_line) { .op = LW_OP_CHANGE,
					   .status = LW_HISTORY });
	daemon_start(ACCESS);
	s = run(change, answers);
	assert_int_equal(s.code[0], PAM_AUTHTOK_ERR);
	assert_non_null(strstr(s.heard, "The new password was used before."));
	assert_int_equal(worker_count(LW_OP_CHANGE, NULL), 3);

	verdict(LW_DENIED, LW_TICKET_NOT_ASKED, 0);
	s = run(change, answers);
	assert_int_equal(s.code[0], PAM_AUTH_ERR);
	assert_int_equal(worker_count(LW_OP_CHANGE, NULL), 3);
}

static void nobody_behind_the_front_is_told_apart(void **state)
{
	const char *const answers[] = { "Right-1" };
	struct seen s;

	(void)state;
	daemon_start(ACCESS);
	worker_stop();
	s = run(log_in, answers);
	assert_int_equal(s.code[0], PAM_AUTHINFO_UNAVAIL);
	daemon_says("lightwaved-worker does not answer", 1);
	worker_start();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_login_has_its_ticket),
		TEST(each_refusal_arrives),
		TEST(a_required_ticket_is_missed_with_the_minutes),
		TEST(who_must_change_his_password_does),
		TEST(a_refused_password_is_refused_in_words),
		TEST(nobody_behind_the_front_is_told_apart),
	};
	int failed;

	if (geteuid() != 0) {
		fprintf(stderr, "skipped: needs uid 0\n");
		return 77;
	}
	front_enter();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	front_leave();
	return failed;
}
