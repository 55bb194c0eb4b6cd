/* pam_life_front.c - where pam_life.c lives, and what its front says. */
#include "pam_life.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOME "./home"

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

static size_t size_of(uint8_t *p, size_t size, struct lw_wr *w)
{
	assert_int_equal(lw_wr_end(w), LW_OK);
	assert_true(w->p <= p + size);
	return (size_t)(w->p - p);
}

static struct front_reply auth_reply(const struct life *l)
{
	static const struct lw_auth_answer a = { .expires_in = 400000,
						 .ticket = LW_TICKET_SKEW,
						 .skew = 600 };
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
				      .n = size_of(p, sizeof(p), &w) };
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
				      .n = size_of(p, sizeof(p), &w) };
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
				      .n = size_of(p, sizeof(p), &w) };
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
				      .n = size_of(p, sizeof(p), &w) };
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
