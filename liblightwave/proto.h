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

#define LW_PROTO_VERSION 2
#define LW_HEAD_SIZE	 12
#define LW_REQUEST_MAX	 (8 * 1024)	    /* largest body from a client */
#define LW_REPLY_MAX	 (16 * 1024 * 1024) /* largest body anywhere */
#define LW_PASSWORD_MAX	 512
#define LW_CCACHE_MAX	 (64 * 1024)
#define LW_NEVER	 UINT32_MAX /* no such limit, or not known */

enum lw_op {
	/* anyone asks the front, on the nss socket (and on priv) */
	LW_OP_PASSWD_BY_NAME = 1, /* str name -> passwd */
	LW_OP_PASSWD_BY_UID,	  /* u32 uid -> passwd */
	LW_OP_GROUP_BY_NAME,	  /* str name -> group */
	LW_OP_GROUP_BY_GID,	  /* u32 gid -> group */
	LW_OP_INITGROUPS,	  /* str name -> gids */
	LW_OP_OURS,		  /* str name -> OK or NOTOURS, from memory */
	LW_OP_PASSED,	   /* str name -> nothing: root's account question that
			      this very process asked was just answered OK */
	LW_OP_PASSWD_PAGE, /* u32 after -> page of passwd (page.h) */
	LW_OP_GROUP_PAGE,  /* u32 after -> page of group (page.h) */

	/* root asks the front, on the priv socket */
	LW_OP_AUTH = 32, /* login -> auth answer */
	LW_OP_ACCOUNT,	 /* login without password -> nothing */
	LW_OP_TICKET,	 /* str name -> ticket, given out once */
	LW_OP_PRINCIPAL, /* principal -> str name of the account */
	LW_OP_POLICY,	 /* nothing -> password policy */
	LW_OP_PASSWORD,	 /* password change -> nothing */
	LW_OP_VERIFY,	 /* login -> nothing: is this the password? */
	LW_OP_REFRESH,	 /* nothing -> nothing: take over what changed, now */
	LW_OP_STATUS,	 /* nothing -> pairs (job_sync.h) */
	LW_OP_MEMBER,	 /* member -> member answer (member.h) */
	LW_OP_RESOLVE,	 /* resolve -> resolved (member.h) */
	LW_OP_LOCAL_GROUPS, /* nothing -> local groups (granted.h) */
	LW_OP_GRANTED,	    /* granted -> granted answer (granted.h) */

	LW_OP_CACHE_LIST = 48, /* u8 kind, u32 after -> what is known (cached.h)
				  of whom has a higher id, in their order */
	LW_OP_CACHE_SHOW,      /* str name -> what is known of whoever has it */
	LW_OP_CACHE_DROP,      /* drop (cached.h) -> u32 entries */

	/* the front asks the worker */
	LW_OP_FIND = 64,   /* find -> entries (job.h) */
	LW_OP_MEMBERSHIPS, /* str dn -> entries: all groups, nested */
	LW_OP_MEMBERS,	   /* str dn -> entries: all users, nested */
	LW_OP_VERDICT,	   /* verdict -> verdict answer */
	LW_OP_RULES = 69,  /* nothing -> password policy */
	LW_OP_CHANGE,	   /* change (job.h) -> nothing */
	LW_OP_SYNC = 72,   /* sync (job_sync.h) -> parts and an end */
	LW_OP_SELFTEST,	   /* nothing -> pairs (job_sync.h) */

	/* the front asks lightwaved-creds (job_creds.h) */
	LW_OP_CREDS_STORE = 80, /* creds -> nothing: his password, from now */
	LW_OP_CREDS_CHECK,	/* creds -> u32 age: is that his password? */
	LW_OP_CREDS_REFUSED,	/* creds -> nothing: no longer his password */
	LW_OP_CREDS_DROP,	/* creds without password -> nothing */
	LW_OP_CREDS_APPLY,	/* nothing -> nothing: read the configuration */
};

/* With an op of the front's questions: PAM waits for the answer. */
#define LW_OP_LOGIN 0x4000u
/* With the op of an answer: more of it follows. */
#define LW_OP_INTERIM 0x8000u

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
/* One of several: more may follow, and r says whether it was one. */
struct lw_passwd lw_passwd_read(struct lw_rd *r);

/* Members are read one by one with lw_rd_str(members), count times. */
struct lw_group {
	uint32_t gid;
	struct lw_str name;
	uint32_t count;
	struct lw_rd members;
	size_t members_size; /* bytes of all member names together */
};
enum lw_err lw_group_decode(struct lw_rd *r, struct lw_group *ret);
struct lw_group lw_group_read(struct lw_rd *r); /* as lw_passwd_read() */

/* A login as PAM asks about it; password is empty for LW_OP_ACCOUNT. */
struct lw_login {
	struct lw_str user;
	struct lw_password password;
	struct lw_str service, rhost;
};
void lw_login_encode(struct lw_wr *w, const struct lw_login *l);
enum lw_err lw_login_decode(struct lw_rd *r, struct lw_login *ret);

/* What became of the Kerberos ticket of a login whose password was right. */
enum lw_ticket_state {
	LW_TICKET_OK,
	LW_TICKET_NO_KEYTAB,  /* nothing to verify it with */
	LW_TICKET_UNVERIFIED, /* our keytab does not vouch for this KDC */
	LW_TICKET_NO_KDC,     /* none answered */
	LW_TICKET_SKEW,	      /* our clock and the KDC's differ too much */
	LW_TICKET_REFUSED,    /* the KDC said no, or libkrb5 failed */
	LW_TICKET_NOT_ASKED,  /* nobody wanted one */
	LW_TICKET_OFFLINE,    /* let in by the last known password */
	LW_TICKET_COUNT
};

/* A few words for a log line; static. */
const char *lw_ticket_str(enum lw_ticket_state s);

/*
 * auth answer = u32 expires_in, u8 ticket, u32 skew; with LW_TICKET_OFFLINE
 * u32 age, u8 ticket, u32 skew. After the status LW_SKEW it is u32 skew alone.
 */
struct lw_auth_answer {
	uint32_t expires_in; /* seconds; LW_NEVER: nothing to tell him now */
	enum lw_ticket_state ticket;
	int32_t skew; /* seconds the domain's clock is ahead; 0: not known */
	/* LW_TICKET_OFFLINE: so long ago the directory took this password. */
	uint32_t age;
};
void lw_auth_answer_encode(struct lw_wr *w, const struct lw_auth_answer *a);
enum lw_err lw_auth_answer_decode(struct lw_rd *r, struct lw_auth_answer *ret);

/* Who may log in to account with a ticket of principal; "": who is it? */
struct lw_principal {
	struct lw_str principal, account;
};
void lw_principal_encode(struct lw_wr *w, const struct lw_principal *p);
enum lw_err lw_principal_decode(struct lw_rd *r, struct lw_principal *ret);

/* A change of password: login.password is the old one. */
struct lw_password_change {
	struct lw_login login;
	struct lw_password new_password;
};
void lw_password_change_encode(struct lw_wr *w,
			       const struct lw_password_change *c);
enum lw_err lw_password_change_decode(struct lw_rd *r,
				      struct lw_password_change *ret);

/* The domain's rules for passwords; LW_NEVER where it has none. */
struct lw_password_policy {
	uint32_t min_length, max_length;
	uint32_t min_alphabetic, min_upper, min_lower, min_numeric, min_special;
	uint32_t max_identical; /* in a row */
	uint32_t history;	/* how many old ones are not taken again */
};
void lw_password_policy_encode(struct lw_wr *w,
			       const struct lw_password_policy *p);
enum lw_err lw_password_policy_decode(struct lw_rd *r,
				      struct lw_password_policy *ret);

/* What PAM needs to make a credential cache. */
struct lw_ticket {
	uint32_t uid, gid;
	struct lw_str ccache; /* the bytes of a FILE ccache */
};
void lw_ticket_encode(struct lw_wr *w, const struct lw_ticket *t);
enum lw_err lw_ticket_decode(struct lw_rd *r, struct lw_ticket *ret);

#endif
