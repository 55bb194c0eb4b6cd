/*
 * proto.h - the messages between our processes; doc/PROTOCOL.md in C.
 *
 * Every message is a head of 12 bytes and a body. Encoders and decoders stand
 * in pairs and are pure. A decoder gives LW_PROTO for a body that is short,
 * long or malformed, and then has written nothing; strings it gives are views
 * into the body and live as long as it does.
 */
#ifndef LW_PROTO_H
#define LW_PROTO_H

#include "wire.h"

#define LW_PROTO_VERSION 1
#define LW_HEAD_SIZE	 12
#define LW_REQUEST_MAX	 (8 * 1024)	    /* largest body from a client */
#define LW_REPLY_MAX	 (16 * 1024 * 1024) /* largest body anywhere */
#define LW_PASSWORD_MAX	 512
#define LW_CCACHE_MAX	 (64 * 1024)

enum lw_op {
	/* anyone asks the front, on the nss socket (and on priv) */
	LW_OP_PASSWD_BY_NAME = 1, /* str name -> passwd */
	LW_OP_PASSWD_BY_UID,	  /* u32 uid -> passwd */
	LW_OP_GROUP_BY_NAME,	  /* str name -> group */
	LW_OP_GROUP_BY_GID,	  /* u32 gid -> group */
	LW_OP_INITGROUPS,	  /* str name -> gids */
	LW_OP_OURS,		  /* str name -> OK or NOTOURS, from memory */

	/* root asks the front, on the priv socket */
	LW_OP_AUTH = 32, /* login -> u32 seconds until the password expires */
	LW_OP_ACCOUNT,	 /* login without password -> nothing */
	LW_OP_TICKET,	 /* str name -> ticket, given out once */

	/* the front asks the worker */
	LW_OP_FIND = 64,   /* find -> entries (job.h) */
	LW_OP_MEMBERSHIPS, /* str dn -> entries: all groups, nested */
	LW_OP_MEMBERS,	   /* str dn -> entries: all users, nested */
	LW_OP_VERDICT,	   /* verdict -> verdict answer */
	LW_OP_PROBE,	   /* nothing -> entries: none, the domain's SID */
};

struct lw_head {
	uint32_t len; /* bytes of body */
	uint16_t op;  /* an answer repeats the question's */
	uint32_t id;  /* chosen by who asks; an answer repeats it */
};

/*
 * LW_PROTO for another version or a body longer than max, which is the
 * caller's limit and not the peer's.
 */
enum lw_err lw_head_decode(const uint8_t p[LW_HEAD_SIZE], size_t max,
			   struct lw_head *ret);

/* Start a message; lw_msg_end() then fills in the length at start. */
void lw_msg_begin(struct lw_wr *w, enum lw_op op, uint32_t id);
enum lw_err lw_msg_end(struct lw_wr *w, uint8_t *start);

/* A whole question whose body is one string, or one number. */
enum lw_err lw_ask_str(struct lw_wr *w, enum lw_op op, uint32_t id,
		       struct lw_str s);
enum lw_err lw_ask_u32(struct lw_wr *w, enum lw_op op, uint32_t id, uint32_t v);

/*
 * Every answer's body begins with a status; what follows does so only when it
 * is LW_OK. An unknown number becomes LW_PROTO.
 */
enum lw_err lw_status_decode(struct lw_rd *r);

struct lw_passwd {
	uint32_t uid, gid;
	struct lw_str name, gecos, dir, shell;
};
void lw_passwd_encode(struct lw_wr *w, const struct lw_passwd *pw);
enum lw_err lw_passwd_decode(struct lw_rd *r, struct lw_passwd *ret);

/* Members are read one by one with lw_rd_str(members), count times. */
struct lw_group {
	uint32_t gid;
	struct lw_str name;
	uint32_t count;
	struct lw_rd members;
	size_t members_size; /* bytes of all member names together */
};
enum lw_err lw_group_decode(struct lw_rd *r, struct lw_group *ret);

/* A login as PAM asks about it; password is empty for LW_OP_ACCOUNT. */
struct lw_login {
	struct lw_str user, password, service, rhost;
};
void lw_login_encode(struct lw_wr *w, const struct lw_login *l);
enum lw_err lw_login_decode(struct lw_rd *r, struct lw_login *ret);

/* What PAM needs to make a credential cache. */
struct lw_ticket {
	uint32_t uid, gid;
	struct lw_str ccache; /* the bytes of a FILE ccache */
};
void lw_ticket_encode(struct lw_wr *w, const struct lw_ticket *t);
enum lw_err lw_ticket_decode(struct lw_rd *r, struct lw_ticket *ret);

#endif
