/*
 * member_rig.h - the questions of sudo's side to the front, asked on ./priv by
 * root: one connection, one question, one answer.
 */
#ifndef LW_TEST_MEMBER_RIG_H
#define LW_TEST_MEMBER_RIG_H

#include "asker.h"
#include "check.h"
#include "cleanup.h"
#include "member.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

struct member_got {
	bool yes, away;
	uint32_t age, gid, count;
	char group[300], sid[200];
	char path[1200]; /* each with a blank, > and a blank after it */
};

static inline void member_put(char *to, size_t size, struct lw_str s,
			      const char *after)
{
	size_t n = strlen(to);

	assert_true(n + s.n + strlen(after) < size);
	memcpy(to + n, s.s, s.n);
	strcpy(to + n + s.n, after);
}

static inline enum lw_err member_take(int fd, struct member_got *ret)
{
	lw_cleanup(lw_reply_done) struct lw_reply r = { 0 };
	struct member_got got = { 0 };
	struct lw_member_answer a;
	enum lw_err e = asker_take(fd, &r);

	if (e != LW_OK)
		return e;
	assert_int_equal(lw_member_answer_decode(&r.body, &a), LW_OK);
	got.yes = a.yes;
	got.away = a.away;
	got.age = a.age;
	got.gid = a.gid;
	got.count = a.count;
	member_put(got.group, sizeof(got.group), a.group, "");
	member_put(got.sid, sizeof(got.sid), a.sid, "");
	for (uint32_t i = 0; i < a.count; i++)
		member_put(got.path, sizeof(got.path), lw_rd_str(&a.path),
			   " > ");
	*ret = got;
	return LW_OK;
}

static inline void member_send(int fd, enum lw_member_for what_for,
			       uint32_t uid, const char *user,
			       const char *group)
{
	const struct lw_member m = { what_for, uid, lw_str(user),
				     lw_str(group) };
	uint8_t body[LW_REQUEST_MAX];
	struct lw_wr w;

	lw_wr_init(&w, body, sizeof(body));
	lw_member_encode(&w, &m);
	assert_int_equal(lw_wr_end(&w), LW_OK);
	asker_send_body(fd, LW_OP_MEMBER, body, (size_t)(w.p - body));
}

static inline enum lw_err member_ask(enum lw_member_for what_for, uint32_t uid,
				     const char *user, const char *group,
				     struct member_got *ret)
{
	lw_cleanup(lw_close) int fd = asker_open("priv");

	member_send(fd, what_for, uid, user, group);
	return member_take(fd, ret);
}

/* As sudo asks: of who has that uid. LW_FORBIDDEN: no. */
static inline enum lw_err member_decides(uint32_t uid, const char *group)
{
	struct member_got got;
	enum lw_err e =
		member_ask(LW_MEMBER_DECIDES, uid, "whoever", group, &got);

	return e == LW_OK && !got.yes ? LW_FORBIDDEN : e;
}

/* Whoever connects is who asks: a process of its own, as each sudo is. */
static inline int member_open_elsewhere(void)
{
	const struct sockaddr_un priv = { .sun_family = AF_UNIX,
					  .sun_path = "./priv" };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), status;
	pid_t pid;

	assert_true(fd >= 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(connect(fd, (const struct sockaddr *)&priv,
			      sizeof(priv)) == 0
			      ? 0
			      : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	return fd;
}

/* As sudo asks, each time another one. */
static inline enum lw_err member_elsewhere(uint32_t uid, const char *group)
{
	lw_cleanup(lw_close) int fd = member_open_elsewhere();
	struct member_got got;
	enum lw_err e;

	member_send(fd, LW_MEMBER_DECIDES, uid, "whoever", group);
	e = member_take(fd, &got);
	return e == LW_OK && !got.yes ? LW_FORBIDDEN : e;
}

/* "u NAME SID ID; g ..." of all that is resolved. */
static inline enum lw_err resolve(enum lw_resolve_what what, const char *name,
				  char ret[600])
{
	lw_cleanup(lw_close) int fd = asker_open("priv");
	lw_cleanup(lw_reply_done) struct lw_reply r = { 0 };
	const struct lw_resolve q = { what, lw_str(name) };
	struct lw_resolved_list l;
	uint8_t body[LW_REQUEST_MAX];
	char id[32];
	struct lw_wr w;
	enum lw_err e;

	lw_wr_init(&w, body, sizeof(body));
	lw_resolve_encode(&w, &q);
	assert_int_equal(lw_wr_end(&w), LW_OK);
	asker_send_body(fd, LW_OP_RESOLVE, body, (size_t)(w.p - body));
	e = asker_take(fd, &r);
	ret[0] = '\0';
	if (e != LW_OK)
		return e;
	assert_int_equal(lw_resolved_list_decode(&r.body, &l), LW_OK);
	for (uint32_t i = 0; i < l.count; i++) {
		struct lw_resolved o = lw_resolved_read(&l.each);

		strcat(ret, o.what == LW_RESOLVE_USER ? "u " : "g ");
		member_put(ret, 600, o.name, " ");
		member_put(ret, 600, o.sid, " ");
		snprintf(id, sizeof(id), "%u;", o.id);
		strcat(ret, id);
	}
	return LW_OK;
}

#endif
