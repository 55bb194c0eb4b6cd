/*
 * follow_rig.h - what the tests of following a directory share: who is in it,
 * and what was asked of it. The priv socket answers uid 0.
 */
#ifndef LW_TEST_FOLLOW_RIG_H
#define LW_TEST_FOLLOW_RIG_H

#include "asker.h"
#include "check.h"
#include "cleanup.h"
#include "daemon.h"
#include "worker.h"

#define ALICE  "alice@lightwave.test"
#define BOB    "bob@lightwave.test"
#define ACCESS "[access]\nallow = *\n"
#define SOON   "[cache]\nrevocation_max = 1\n"
#define LATER  "[cache]\nrevocation_max = 3600\n"

static const struct lw_entry alice = USER("alice", "100-1025"),
			     bob = USER("bob", "100-1026"),
			     disabled =
				     USER_WITH("alice", "alice@LIGHTWAVE.TEST",
					       "100-1025", 2),
			     admins = GROUP("admins", "100-2001");

static const struct worker_synced whole[] = { { &admins, { DN_OF("alice") } },
					      { &alice, { NULL } },
					      { &bob, { NULL } } };

static const struct worker_line facts[] = {
	{ .op = LW_OP_FIND, .key = "alice", .entry = { &alice } },
	{ .op = LW_OP_FIND, .key = "bob", .entry = { &bob } },
	{ .op = LW_OP_MEMBERSHIPS, .entry = { &admins } },
	{ .op = LW_OP_VERDICT,
	  .verdict = { .expires_in = LW_NEVER, .ticket = LW_TICKET_NO_KDC } },
};

/* What a server says that was not asked before. */
static const struct worker_line first = { .op = LW_OP_SYNC,
					  .key = "changes",
					  .end = LW_SYNCED_UNKNOWN,
					  .highest = 100 };
static const struct worker_line no_changes = { .op = LW_OP_SYNC,
					       .key = "changes",
					       .end = LW_SYNCED_CHANGES,
					       .highest = 100 };

static inline int begin(void **state)
{
	(void)state;
	worker_forget();
	for (size_t i = 0; i < COUNT(facts); i++)
		worker_say(&facts[i]);
	worker_start();
	return 0;
}

static inline int end(void **state)
{
	(void)state;
	daemon_stop();
	worker_stop();
	return 0;
}

static inline enum lw_err refresh(void)
{
	lw_cleanup(lw_close) int fd = asker_open("priv");

	asker_send_body(fd, LW_OP_REFRESH, "", 0);
	return asker_status(fd);
}

static inline unsigned int asked(void)
{
	return worker_count(LW_OP_FIND, NULL) +
	       worker_count(LW_OP_MEMBERS, NULL) +
	       worker_count(LW_OP_MEMBERSHIPS, NULL);
}

/* What was said in this very moment would still be fresh. */
static inline void time_passes(int64_t ms)
{
	worker_wait(-1, 0, worker_now_ms() + ms);
}

#endif
