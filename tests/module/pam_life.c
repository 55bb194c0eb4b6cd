/* pam_life.c - every phase of PAM, and what holds on the way. For a test. */
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
#include <sys/stat.h>
#include <syslog.h>

#define HOME "./home"

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

static uid_t uid(void)
{
	return geteuid() == 0 ? 16778241 : geteuid();
}

static gid_t gid(void)
{
	return geteuid() == 0 ? 16778242 : getegid();
}

void life_enter(void)
{
	front_enter();
	front_write("passwd", "root:x:0:0:root:/root:/bin/sh\n"
			      "local@lightwave.local:x:1001:1001::/:/bin/sh\n");
	front_write("other", "");
	if (mkdir(HOME, 0700) < 0 || chown(HOME, uid(), gid()) < 0) {
		perror(HOME);
		exit(1);
	}
}

void life_leave(void)
{
	rmdir(HOME);
	front_leave();
}

static size_t text(uint8_t *p, size_t size, struct lw_wr *w)
{
	assert_int_equal(lw_wr_end(w), LW_OK);
	assert_true(w->p <= p + size);
	return (size_t)(w->p - p);
}

static struct front_reply auth_reply(const struct life *l)
{
	static const struct lw_auth_answer a = {
		.expires_in = 400000, .ticket = LW_TICKET_SKEW, .skew = 600
	};
	static uint8_t p[64];
	struct lw_wr w;

	lw_wr_init(&w, p, sizeof(p));
	if (l->auth == LW_SKEW)
		lw_wr_u32(&w, 600);
	else if (l->auth == LW_OK)
		lw_auth_answer_encode(&w, &a);
	return (struct front_reply) { .op = LW_OP_AUTH,
				      .status = l->auth,
				      .body = p,
				      .n = text(p, sizeof(p), &w) };
}

static struct front_reply ticket_reply(const struct life *l)
{
	struct lw_ticket t = { .uid = uid(),
			       .gid = gid(),
			       .ccache = { "\5\4 a cache", 10 } };
	static uint8_t p[64];
	struct lw_wr w;

	if (!l->ticket)
		return (struct front_reply) { .op = LW_OP_TICKET,
					      .status = LW_NOTFOUND };
	lw_wr_init(&w, p, sizeof(p));
	lw_ticket_encode(&w, &t);
	return (struct front_reply) { .op = LW_OP_TICKET,
				      .body = p,
				      .n = text(p, sizeof(p), &w) };
}

static struct front_reply passwd_reply(void)
{
	struct lw_passwd pw = { .uid = uid(),
				.gid = gid(),
				.name = LW_STR(LIFE_USER),
				.gecos = LW_STR(""),
				.dir = LW_STR(HOME),
				.shell = LW_STR("/bin/sh") };
	static uint8_t p[256];
	struct lw_wr w;

	lw_wr_init(&w, p, sizeof(p));
	lw_passwd_encode(&w, &pw);
	return (struct front_reply) { .op = LW_OP_PASSWD_BY_NAME,
				      .body = p,
				      .n = text(p, sizeof(p), &w) };
}

static struct front_reply policy_reply(void)
{
	static const struct lw_password_policy policy = { 8, 20, 2, 1, 1,
							  1, 1,	 3, 5 };
	static uint8_t p[64];
	struct lw_wr w;

	lw_wr_init(&w, p, sizeof(p));
	lw_password_policy_encode(&w, &policy);
	return (struct front_reply) { .op = LW_OP_POLICY,
				      .body = p,
				      .n = text(p, sizeof(p), &w) };
}

void life_front(const struct life *l, struct front *f)
{
	struct front_reply table[] = {
		{ .op = LW_OP_OURS },
		auth_reply(l),
		ticket_reply(l),
		passwd_reply(),
		policy_reply(),
		{ .op = LW_OP_ACCOUNT, .status = l->account },
		{ .op = LW_OP_VERIFY, .status = l->verify },
		{ .op = LW_OP_PASSWORD, .status = l->change },
	};

	for (size_t i = 1; i < COUNT(table); i++)
		table[i].manner = l->manner;
	front_start(f, table, COUNT(table));
}
