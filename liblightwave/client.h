/*
 * client.h - ask the front one question, inside somebody else's process.
 *
 * A connection a question: nothing is kept between calls, so fork, threads,
 * exec and closed descriptors need no care. No environment, no stdio, no
 * signal (MSG_NOSIGNAL), no call back into NSS; EINTR is retried and the
 * deadline, on CLOCK_MONOTONIC, holds for the whole call. No thread is
 * cancelled in it, and its descriptor is never 0, 1 or 2.
 */
#ifndef LW_CLIENT_H
#define LW_CLIENT_H

#include "proto.h"

#ifndef LW_RUNDIR
#define LW_RUNDIR "/run/lightwave"
#endif
#define LW_NSS_SOCKET  LW_RUNDIR "/nss"
#define LW_PRIV_SOCKET LW_RUNDIR "/priv"
/*
 * The nss socket under another name, which is there only while this host
 * reads "alice" as alice@domain: a local name never waits for us otherwise.
 */
#define LW_BARE_SOCKET LW_RUNDIR "/bare"

#define LW_NSS_BUDGET_MS 1000
#define LW_PAM_BUDGET_MS 30000

/*
 * How long each part of a question may take, in milliseconds. The kernel takes
 * questions for a front that hangs or has not begun to serve, so that it is
 * not enough to have sent one: the front has read it when none of its bytes
 * wait there any more.
 */
struct lw_budget {
	int answer_ms;	/* all of it */
	int read_ms;	/* until the front has read the question */
	int refused_ms; /* try again, where one was killed behind the socket */
	int full_ms;	/* try again, where too many wait to be heard */
};

/*
 * Connect to the socket at path, without blocking; the descriptor is the
 * caller's. LW_RANGE: the path is too long. LW_NOMEM: no descriptor.
 * LW_OFFLINE: nobody listens, or too many wait to be heard.
 */
enum lw_err lw_client_dial(const char *path, int *ret_fd);

/* An answer; lw_reply_done() wipes and frees it. */
struct lw_reply {
	uint8_t *buf;
	size_t n;
	struct lw_rd body; /* what follows the status */
};
void lw_reply_done(struct lw_reply *r);

/*
 * Send the n bytes of one message to the socket at path and wait for its
 * answer, budget_ms milliseconds in all. The status in the answer comes back,
 * with the rest in ret (also to be released after an error). LW_OFFLINE:
 * nobody listens or nobody answered in time. LW_PROTO: what came back is no
 * answer. LW_NOMEM: no memory or descriptor here.
 */
enum lw_err lw_call(const char *path, const uint8_t *msg, size_t n,
		    int budget_ms, struct lw_reply *ret);

/* The same, with more said of the time. A socket that is absent is so at once.
 */
enum lw_err lw_call_within(const char *path, const uint8_t *msg, size_t n,
			   const struct lw_budget *budget,
			   struct lw_reply *ret);

#endif
