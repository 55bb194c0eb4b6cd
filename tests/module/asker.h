/*
 * asker.h - clients of the front, byte by byte where a test wants that.
 *
 * While they wait, the scripted worker works (worker.h). Whoever waits in
 * vain fails the test.
 */
#ifndef LW_TEST_ASKER_H
#define LW_TEST_ASKER_H

#include "client.h"
#include "proto.h"

/* A connection to ./nss, ./priv or ./bare; the caller closes it. */
int asker_open(const char *path);
void asker_send(int fd, const void *p, size_t n);
/* Whole questions. */
void asker_send_name(int fd, enum lw_op op, const char *name);
void asker_send_id(int fd, enum lw_op op, uint32_t id);
/* Any bytes after the head. */
void asker_send_body(int fd, enum lw_op op, const void *body, size_t n);
/* By sshd, for somebody at 192.0.2.7. */
void asker_send_login(int fd, enum lw_op op, const char *user,
		      const char *password);

/* Whether there is an answer already. */
bool asker_has_answer(int fd);
/*
 * The answer's status; lw_reply_done(ret). A refusal has nothing after it, but
 * for LW_SKEW.
 */
enum lw_err asker_take(int fd, struct lw_reply *ret);
/* The same, and nothing but the status. */
enum lw_err asker_status(int fd);
/* The front closes this connection, without another word. */
void asker_sees_end(int fd);

/* What an answer says; names are cut off by nobody: they are shorter. */
struct asker_got {
	uint32_t uid, gid, count; /* count of gids or members */
	uint32_t gids[16];
	char name[300], gecos[300], dir[600], shell[300];
	char members[1200]; /* each with a blank after it */
};

/*
 * One connection, one question, one answer; ret (NULL: not wanted) is written
 * on LW_OK.
 */
enum lw_err asker_passwd(const char *name, struct asker_got *ret);
enum lw_err asker_uid(uint32_t uid, struct asker_got *ret);
enum lw_err asker_group(const char *name, struct asker_got *ret);
enum lw_err asker_gid(uint32_t gid, struct asker_got *ret);
enum lw_err asker_initgroups(const char *name, struct asker_got *ret);
enum lw_err asker_ours(const char *name);
bool asker_in_group(const struct asker_got *got, uint32_t gid);

#endif
