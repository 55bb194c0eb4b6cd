/* asker.c - clients of the front. Part of its tests. */
#include "asker.h"

#include "check.h"
#include "cleanup.h"
#include "worker.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#define ID_OF_ASKER 77

int asker_open(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0 && strlen(path) < sizeof(sun.sun_path));
	memcpy(sun.sun_path, path, strlen(path) + 1);
	if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) < 0)
		fail_msg("nobody listens on %s", path);
	return fd;
}

void asker_send(int fd, const void *p, size_t n)
{
	assert_int_equal(send(fd, p, n, MSG_NOSIGNAL), n);
}

void asker_send_name(int fd, enum lw_op op, const char *name)
{
	uint8_t msg[LW_REQUEST_MAX];
	struct lw_wr w;

	lw_wr_init(&w, msg, sizeof(msg));
	assert_int_equal(lw_ask_str(&w, op, ID_OF_ASKER, lw_str(name)), LW_OK);
	asker_send(fd, msg, (size_t)(w.p - msg));
}

void asker_send_id(int fd, enum lw_op op, uint32_t id)
{
	uint8_t msg[64];
	struct lw_wr w;

	lw_wr_init(&w, msg, sizeof(msg));
	assert_int_equal(lw_ask_u32(&w, op, ID_OF_ASKER, id), LW_OK);
	asker_send(fd, msg, (size_t)(w.p - msg));
}

void asker_send_body(int fd, enum lw_op op, const void *body, size_t n)
{
	lw_cleanup(lw_wr_done) struct lw_wr w;

	lw_wr_heap(&w, LW_HEAD_SIZE + LW_REQUEST_MAX);
	lw_msg_begin(&w, op, ID_OF_ASKER);
	if (n)
		lw_wr_raw(&w, body, n);
	assert_int_equal(lw_msg_end(&w, w.base), LW_OK);
	asker_send(fd, w.base, (size_t)(w.p - w.base));
}

void asker_send_login(int fd, enum lw_op op, const char *user,
		      const char *password)
{
	struct lw_login l = { lw_str(user), lw_password(password),
			      LW_STR("sshd"), LW_STR("192.0.2.7") };
	uint8_t body[LW_REQUEST_MAX];
	struct lw_wr w;

	lw_wr_init(&w, body, sizeof(body));
	lw_login_encode(&w, &l);
	assert_int_equal(lw_wr_end(&w), LW_OK);
	asker_send_body(fd, op, body, (size_t)(w.p - body));
}

bool asker_has_answer(int fd)
{
	return worker_wait(fd, POLLIN, 0);
}

/* How many of the n bytes came before the end. */
static size_t take(int fd, uint8_t *p, size_t n)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;
	size_t got = 0;

	while (got < n) {
		ssize_t r;

		if (!worker_wait(fd, POLLIN, until))
			fail_msg("no answer");
		r = recv(fd, p + got, n - got, 0);
		if (r <= 0)
			break;
		got += (size_t)r;
	}
	return got;
}

enum lw_err asker_take(int fd, struct lw_reply *ret)
{
	uint8_t raw[LW_HEAD_SIZE];
	struct lw_head h;
	enum lw_err e;

	assert_int_equal(take(fd, raw, sizeof(raw)), sizeof(raw));
	assert_int_equal(lw_head_decode(raw, LW_REPLY_MAX, &h), LW_OK);
	assert_int_equal(h.id, ID_OF_ASKER);
	ret->buf = malloc(h.len);
	assert_non_null(ret->buf);
	ret->n = h.len;
	assert_int_equal(take(fd, ret->buf, h.len), h.len);
	lw_rd_init(&ret->body, ret->buf, ret->n);
	e = lw_status_decode(&ret->body);
	if (e != LW_OK && e != LW_SKEW)
		assert_int_equal(lw_rd_end(&ret->body), LW_OK);
	return e;
}

enum lw_err asker_status(int fd)
{
	lw_cleanup(lw_reply_done) struct lw_reply r = { 0 };

	return asker_take(fd, &r);
}

void asker_sees_end(int fd)
{
	uint8_t byte;

	assert_int_equal(take(fd, &byte, 1), 0);
}

static void put_str(char *to, size_t size, struct lw_str s)
{
	assert_true(s.n < size);
	if (s.n)
		memcpy(to, s.s, s.n);
	to[s.n] = '\0';
}

static void put_passwd(struct asker_got *g, struct lw_rd *r)
{
	struct lw_passwd pw;

	assert_int_equal(lw_passwd_decode(r, &pw), LW_OK);
	g->uid = pw.uid;
	g->gid = pw.gid;
	put_str(g->name, sizeof(g->name), pw.name);
	put_str(g->gecos, sizeof(g->gecos), pw.gecos);
	put_str(g->dir, sizeof(g->dir), pw.dir);
	put_str(g->shell, sizeof(g->shell), pw.shell);
}

static void put_group(struct asker_got *g, struct lw_rd *r)
{
	struct lw_group gr;
	size_t n = 0;

	assert_int_equal(lw_group_decode(r, &gr), LW_OK);
	g->gid = gr.gid;
	g->count = gr.count;
	put_str(g->name, sizeof(g->name), gr.name);
	for (uint32_t i = 0; i < gr.count; i++) {
		struct lw_str m = lw_rd_str(&gr.members);

		put_str(g->members + n, sizeof(g->members) - n - 1, m);
		n += m.n;
		g->members[n++] = ' ';
	}
}

static void put_gids(struct asker_got *g, struct lw_rd *r)
{
	g->count = lw_rd_count(r, 4);
	assert_true(g->count <= COUNT(g->gids));
	for (uint32_t i = 0; i < g->count; i++)
		g->gids[i] = lw_rd_u32(r);
	assert_int_equal(lw_rd_end(r), LW_OK);
}

static enum lw_err finish(int fd, struct asker_got *ret,
			  void (*put)(struct asker_got *, struct lw_rd *))
{
	lw_cleanup(lw_reply_done) struct lw_reply r = { 0 };
	struct asker_got got = { 0 };
	enum lw_err e = asker_take(fd, &r);

	if (e == LW_OK)
		put(&got, &r.body);
	if (e == LW_OK && ret)
		*ret = got;
	return e;
}

static enum lw_err by_name(enum lw_op op, const char *name,
			   struct asker_got *ret,
			   void (*put)(struct asker_got *, struct lw_rd *))
{
	lw_cleanup(lw_close) int fd = asker_open("nss");

	asker_send_name(fd, op, name);
	return finish(fd, ret, put);
}

static enum lw_err by_id(enum lw_op op, uint32_t id, struct asker_got *ret,
			 void (*put)(struct asker_got *, struct lw_rd *))
{
	lw_cleanup(lw_close) int fd = asker_open("nss");

	asker_send_id(fd, op, id);
	return finish(fd, ret, put);
}

enum lw_err asker_passwd(const char *name, struct asker_got *ret)
{
	return by_name(LW_OP_PASSWD_BY_NAME, name, ret, put_passwd);
}

enum lw_err asker_uid(uint32_t uid, struct asker_got *ret)
{
	return by_id(LW_OP_PASSWD_BY_UID, uid, ret, put_passwd);
}

enum lw_err asker_group(const char *name, struct asker_got *ret)
{
	return by_name(LW_OP_GROUP_BY_NAME, name, ret, put_group);
}

enum lw_err asker_gid(uint32_t gid, struct asker_got *ret)
{
	return by_id(LW_OP_GROUP_BY_GID, gid, ret, put_group);
}

enum lw_err asker_initgroups(const char *name, struct asker_got *ret)
{
	return by_name(LW_OP_INITGROUPS, name, ret, put_gids);
}

enum lw_err asker_ours(const char *name)
{
	lw_cleanup(lw_close) int fd = asker_open("nss");

	asker_send_name(fd, LW_OP_OURS, name);
	return asker_status(fd);
}

bool asker_in_group(const struct asker_got *got, uint32_t gid)
{
	for (uint32_t i = 0; i < got->count; i++) {
		if (got->gids[i] == gid)
			return true;
	}
	return false;
}
