/* pam_life.c - every phase of PAM, and what holds meanwhile. For a test. */
#include "pam_life.h"

#include "check.h"
#include "cleanup.h"
#include "client.h"
#include "faults.h"

#include <dirent.h>
#include <security/pam_appl.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>

/* pam_syslog(3) ends here, under this name or the one of _FORTIFY_SOURCE. */
void syslog(int prio, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void __syslog_chk(int prio, int flag, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static char logged[16384];
static const char *what_it_is; /* that is running */

/* One way through; the front's log begins with it. */
struct run {
	const struct life *l;
	struct front *f;
	pam_handle_t *pamh;
	struct pam_conv conv;
	unsigned int prompts;
	int *codes;
};

static void keep(const char *fmt, va_list ap)
	__attribute__((format(printf, 1, 0)));

static void keep(const char *fmt, va_list ap)
{
	size_t n = strlen(logged);

	vsnprintf(logged + n, sizeof(logged) - n, fmt, ap);
	n = strlen(logged);
	snprintf(logged + n, sizeof(logged) - n, "\n");
}

void syslog(int prio, const char *fmt, ...)
{
	va_list ap;

	(void)prio;
	va_start(ap, fmt);
	keep(fmt, ap);
	va_end(ap);
}

void __syslog_chk(int prio, int flag, const char *fmt, ...)
{
	va_list ap;

	(void)prio;
	(void)flag;
	va_start(ap, fmt);
	keep(fmt, ap);
	va_end(ap);
}

static void holds(bool ok, const char *what)
{
	if (!ok)
		fail_msg("%s: does not hold: %s; the log:\n%s", what_it_is,
			 what, logged);
}

/* ---- the user --------------------------------------------------------------
 */
static const char *typed(const struct life *l, const char *prompt)
{
	if (strstr(prompt, "etype"))
		return l->retyped;
	if (strstr(prompt, "New") || strstr(prompt, "new"))
		return l->new_password;
	return l->password;
}

static int converse(int n, const struct pam_message **msg,
		    struct pam_response **ret, void *data)
{
	struct run *r = data;
	struct pam_response *resp;

	assert_int_equal(n, 1); /* all that libpam's helpers ever send */
	resp = calloc(1, sizeof(*resp));
	assert_non_null(resp);
	if (msg[0]->msg_style == PAM_PROMPT_ECHO_OFF ||
	    msg[0]->msg_style == PAM_PROMPT_ECHO_ON) {
		if (++r->prompts == r->l->leaves_at) {
			free(resp);
			return PAM_CONV_ERR;
		}
		resp->resp = strdup(typed(r->l, msg[0]->msg));
	}
	*ret = resp;
	return PAM_SUCCESS;
}

/* Nobody is to wait, whatever a failure is to take. */
static void no_delay(int status, unsigned int usec, void *data)
{
	(void)status;
	(void)usec;
	(void)data;
}

/* ---- what holds ------------------------------------------------------------
 */
struct rights {
	uid_t euid;
	gid_t egid;
	int fsuid, fsgid, groups;
};

static struct rights rights(void)
{
	/* An id that nobody has changes nothing, and tells what it is. */
	return (struct rights) { .euid = geteuid(),
				 .egid = getegid(),
				 .fsuid = setfsuid((uid_t)-1),
				 .fsgid = setfsgid((gid_t)-1),
				 .groups = getgroups(0, NULL) };
}

static unsigned int in_directory(const char *path, const char *prefix)
{
	DIR *d = opendir(path);
	struct dirent *e;
	unsigned int n = 0;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		n += !strncmp(e->d_name, prefix, strlen(prefix));
	closedir(d);
	return n;
}

/* The last question of that kind since the from-th, or NULL. */
static const struct front_question *asked(const struct run *r, enum lw_op op,
					  unsigned int from)
{
	const struct front_log *log = r->f->log;

	assert_true(log->count <= FRONT_LOG);
	for (unsigned int i = log->count; i > from; i--) {
		if (log->q[i - 1].op == op)
			return &log->q[i - 1];
	}
	return NULL;
}

static bool meant(const struct run *r, const struct front_question *q)
{
	return q && q->priv && !strcmp(q->name, r->l->user) &&
	       !strcmp(q->password, r->l->password);
}

static void yes_is_the_directorys(const struct run *r, enum life_phase phase,
				  unsigned int from)
{
	const struct life *l = r->l;
	const struct front_question *q;

	if (phase == LIFE_AUTH || phase == LIFE_AUTH_AGAIN) {
		holds(l->auth == LW_OK && l->manner == FRONT_ANSWER &&
			      meant(r, asked(r, LW_OP_AUTH, from)),
		      "who is let in gave a password that the front took");
	} else if (phase == LIFE_ACCOUNT) {
		holds(l->account == LW_OK && l->manner == FRONT_ANSWER &&
			      asked(r, LW_OP_ACCOUNT, from),
		      "whose account is good the front said so of");
	} else if (phase == LIFE_CHAUTHTOK && l->expired &&
		   l->account == LW_OK) {
		holds(asked(r, LW_OP_ACCOUNT, from) != NULL,
		      "whose password need not be changed was asked about");
	} else if (phase == LIFE_CHAUTHTOK) {
		q = asked(r, LW_OP_PASSWORD, from);
		holds(l->verify == LW_OK && l->change == LW_OK &&
			      l->manner == FRONT_ANSWER && meant(r, q) &&
			      !strcmp(q->new_password, l->new_password) &&
			      !strcmp(l->new_password, l->retyped),
		      "a password that was changed the front changed");
	}
}

static void nothing_is_presented_twice(const struct run *r, unsigned int from)
{
	const struct front_log *log = r->f->log;
	unsigned int n = 0;

	for (unsigned int i = from; i < log->count; i++)
		n += log->q[i].op == LW_OP_AUTH || log->q[i].op == LW_OP_VERIFY;
	holds(n <= 1, "a password is presented once a prompt");
}

static void who_is_not_ours_is_left_alone(const struct run *r)
{
	for (unsigned int i = 0; i < r->f->log->count; i++) {
		const struct front_question *q = &r->f->log->q[i];

		holds(strcmp(q->name, "local@lightwave.local") != 0 &&
			      strcmp(q->name, "root") != 0,
		      "nobody is asked about a local user");
		holds(!r->l->becomes || q->op != LW_OP_TICKET ||
			      strcmp(q->name, r->l->becomes) != 0 ||
			      strncmp(r->l->service, "su", 2) != 0,
		      "nobody takes the ticket of whom he becomes");
	}
}

static void the_variable_leads_to_a_file(const struct run *r)
{
	const char *name = pam_getenv(r->pamh, "KRB5CCNAME");

	holds(!name || !strncmp(name, "FILE:./krb5cc_", 14),
	      "KRB5CCNAME is a file of ours");
	holds(!name || access(name + 5, F_OK) == 0,
	      "what KRB5CCNAME names is there");
}

static void no_secret_is_logged(const struct life *l)
{
	const char *const secrets[] = { l->password, l->new_password,
					l->retyped };

	for (size_t i = 0; i < COUNT(secrets); i++)
		holds(!*secrets[i] || !strstr(logged, secrets[i]),
		      "no password is logged");
}

static int call(struct run *r, enum life_phase phase)
{
	int expired = r->l->expired ? (int)PAM_CHANGE_EXPIRED_AUTHTOK : 0;

	switch (phase) {
	case LIFE_AUTH:
	case LIFE_AUTH_AGAIN:
		/* libpam gives a module the password it has already. */
		pam_set_item(r->pamh, PAM_AUTHTOK, NULL);
		return pam_authenticate(r->pamh, 0);
	case LIFE_ACCOUNT:
		return pam_acct_mgmt(r->pamh, 0);
	case LIFE_ESTABLISH:
		return pam_setcred(r->pamh, (int)PAM_ESTABLISH_CRED);
	case LIFE_OPEN:
		return pam_open_session(r->pamh, 0);
	case LIFE_REFRESH:
		return pam_setcred(r->pamh, (int)PAM_REFRESH_CRED);
	case LIFE_CHAUTHTOK:
		return pam_chauthtok(r->pamh, expired);
	case LIFE_CLOSE:
		return pam_close_session(r->pamh, 0);
	case LIFE_DELETE:
		return pam_setcred(r->pamh, (int)PAM_DELETE_CRED);
	case LIFE_PHASES:
		break;
	}
	return PAM_SYSTEM_ERR;
}

/* The front takes one after the other: what was asked before is written down.
 */
static void wait_for(const struct front *f)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	uint8_t msg[LW_HEAD_SIZE + 64];
	struct lw_wr w;

	lw_wr_init(&w, msg, sizeof(msg));
	assert_int_equal(lw_ask_str(&w, LW_OP_OURS, 0, LW_STR("anybody")),
			 LW_OK);
	assert_int_equal(lw_call(LW_PRIV_SOCKET, msg, (size_t)(w.p - msg),
				 LW_PAM_BUDGET_MS, &reply),
			 LW_OK);
	/* Not one of those that are counted. */
	f->log->count--;
}

static void step(struct run *r, enum life_phase phase)
{
	struct rights before = rights(), after;
	unsigned int from = r->f->log->count;
	int code = call(r, phase);

	/* The conversation's answer was not there yet. */
	if (code == PAM_INCOMPLETE)
		code = call(r, phase);
	r->codes[phase] = code;
	after = rights();
	if (phase == LIFE_AUTH || phase == LIFE_AUTH_AGAIN ||
	    phase == LIFE_CHAUTHTOK)
		wait_for(r->f);
	holds(!memcmp(&before, &after, sizeof(before)),
	      "the process has the rights it had");
	nothing_is_presented_twice(r, from);
	if (code == PAM_SUCCESS && !r->l->becomes)
		yes_is_the_directorys(r, phase, from);
	if (phase == LIFE_ESTABLISH || phase == LIFE_REFRESH)
		the_variable_leads_to_a_file(r);
	if (phase == LIFE_AUTH && r->l->becomes)
		pam_set_item(r->pamh, PAM_USER, r->l->becomes);
}

static void start(struct run *r)
{
	const struct life *l = r->l;
	char stack[512];

	r->conv = (struct pam_conv) { converse, r };
	snprintf(stack, sizeof(stack),
		 "auth required " PAM_MODULE " %s\n"
		 "account required " PAM_MODULE " %s\n"
		 "session required " PAM_MODULE " %s\n"
		 "password required " PAM_MODULE " %s\n",
		 l->options, l->options, l->options, l->options);
	front_write(l->service, stack);
	assert_int_equal(
		pam_start_confdir(l->service, l->user, &r->conv, ".", &r->pamh),
		PAM_SUCCESS);
	assert_int_equal(
		pam_set_item(r->pamh, PAM_FAIL_DELAY, (const void *)no_delay),
		PAM_SUCCESS);
}

void life_run(const struct life *l, struct front *f, const char *about,
	      bool left_behind, int ret[LIFE_PHASES])
{
	struct run r = { .l = l, .f = f, .codes = ret };
	size_t memory = fault_memory();
	unsigned int fds;

	what_it_is = about;
	logged[0] = '\0';
	wait_for(f);
	f->log->count = 0;
	fds = in_directory("/proc/self/fd", "");
	start(&r);
	for (int phase = 0; phase < LIFE_PHASES; phase++)
		step(&r, (enum life_phase)phase);
	assert_int_equal(pam_end(r.pamh, PAM_SUCCESS), PAM_SUCCESS);

	no_secret_is_logged(l);
	who_is_not_ours_is_left_alone(&r);
	holds(in_directory("/proc/self/fd", "") == fds,
	      "no descriptor is left open");
	holds(fault_memory() == memory, "no memory is lost");
	holds(left_behind || in_directory(".", "krb5cc_") == 0,
	      "no credential cache is left behind");
}
