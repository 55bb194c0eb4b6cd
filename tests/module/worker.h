/*
 * worker.h - a scripted worker for the tests of the front.
 *
 * It listens on ./jobs, answers from a table, writes down what it was asked,
 * and can break the protocol. It lives in the test itself and works whenever
 * the test waits (worker_wait): so what is asked, held back and answered
 * comes in the order in which the test says it.
 */
#ifndef LW_TEST_WORKER_H
#define LW_TEST_WORKER_H

#include "job_sync.h"

#define DOMAIN_SID "S-1-7-21-1-2-3-4"

/* What a test waits for comes within this, or it fails. */
#define PATIENCE_MS 10000

/* Of a literal, for an initialiser. */
#define TEXT(lit)                                                              \
	{                                                                      \
		(lit), sizeof(lit) - 1                                         \
	}

#define DN_OF(account) "cn=" account ",cn=Users,dc=lightwave,dc=test"
#define USER_WITH(account, upn_, rid, uac_)                                    \
	{                                                                      \
		.kind = LW_KIND_USER, .dn = TEXT(DN_OF(account)),              \
		.sid = TEXT(DOMAIN_SID "-" rid), .sam = TEXT(account),         \
		.upn = TEXT(upn_), .given = TEXT("Al"), .sn = TEXT("Ice"),     \
		.uac = (uac_)                                                  \
	}
#define USER(account, rid) USER_WITH(account, account "@LIGHTWAVE.TEST", rid, 0)
#define GROUP(account, rid)                                                    \
	{                                                                      \
		.kind = LW_KIND_GROUP, .dn = TEXT(DN_OF(account)),             \
		.sid = TEXT(DOMAIN_SID "-" rid), .sam = TEXT(account)          \
	}
/* The id of an entry with rid "100-N". */
#define ID(n) (UINT32_C(100) << 24 | (n))

enum worker_manner {
	WORKER_ANSWER,
	WORKER_HOLD,	/* nothing, until worker_release() */
	WORKER_STATUS,	/* a status that nobody knows */
	WORKER_ID,	/* an answer to what was never asked */
	WORKER_OP,	/* another op than the question's */
	WORKER_VERSION, /* a head of another version */
	WORKER_HUGE,	/* a head that announces too much */
	WORKER_SHORT,	/* the last byte is missing */
	WORKER_LONG,	/* one byte too many */
	WORKER_TWICE,	/* the right answer, and again */
	WORKER_GARBAGE, /* what is no message at all */
	WORKER_CUT,	/* half an answer, then the end */
	WORKER_CLOSE,	/* the end */
};

/* One entry of an answer to SYNC. */
struct worker_synced {
	const struct lw_entry *e;
	const char *member[8]; /* DNs; up to NULL */
};

struct worker_line {
	enum lw_op op;
	/*
	 * Account or RIDs of a FIND, DN of the others, "changes", "everything"
	 * or "sids" of a SYNC; NULL: any.
	 */
	const char *key;
	enum lw_kind kind; /* of a FIND; 0: any */
	enum worker_manner manner;
	unsigned int after_ms; /* WORKER_ANSWER comes so much later */
	enum lw_err status;
	const struct lw_entry *entry[4]; /* borrowed; up to NULL */
	uint32_t others;		 /* so many, the last, only claim */
	const char *domain_sid;		 /* NULL: DOMAIN_SID */
	struct lw_verdict_answer verdict;
	struct lw_password_policy policy;
	/* SYNC: the parts, an entry in each, and what stands in the end. */
	const struct worker_synced *synced;
	uint32_t synced_n;
	enum lw_synced end;
	const char *server; /* NULL: "dc1" */
	uint64_t highest;
	uint32_t missing; /* so many more are announced than were sent */
};

struct worker_question {
	uint16_t op;	 /* without LW_OP_LOGIN */
	uint16_t raw_op; /* as it came */
	uint32_t id;
	uint64_t from; /* SYNC; its server is the upn */
	enum lw_kind kind;
	char key[600], upn[300], password[600], new_password[600];
	bool want_ticket, kpasswd;
};

/*
 * Without a line for it, FIND and lists are OK and empty, VERDICT and CHANGE
 * DENIED, RULES OFFLINE, and all else PROTO: an older worker does not know
 * SYNC, and none knows the question by which the front finds out whether it
 * hangs (LW_OP_OURS).
 */
void worker_start(void);
/* Hangs up and listens no more: ./jobs is gone. */
void worker_stop(void);

/* The newest line that fits answers; what it points to is borrowed. */
void worker_say(const struct worker_line *line);
/* No lines, nothing held, and nothing was asked. */
void worker_forget(void);

/* Answer whatever is held and fits line as it says; how many there were. */
unsigned int worker_release(const struct worker_line *line);

/* How many such questions came; key NULL: any. */
unsigned int worker_count(enum lw_op op, const char *key);
/* The nth question of that op, from 0; fails the test if there is none. */
const struct worker_question *worker_question(enum lw_op op, unsigned int nth);
/* Waits until so many came. */
void worker_await(enum lw_op op, const char *key, unsigned int n);

/*
 * Work until fd (-1: none) has one of events or that moment has come; whether
 * fd has.
 */
bool worker_wait(int fd, short events, int64_t until_ms);

/* CLOCK_BOOTTIME, as the front has it. */
int64_t worker_now_ms(void);
/* The front's clock has moved on: what it kept is no longer of this moment. */
void worker_tick(void);

#endif
