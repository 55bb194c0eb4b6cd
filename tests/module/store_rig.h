/*
 * store_rig.h - a directory of two users and a group, a daemon that has known
 * them once, and the process that keeps them. For the tests of the store.
 */
#ifndef LW_TEST_STORE_RIG_H
#define LW_TEST_STORE_RIG_H

#include "asker.h"
#include "check.h"
#include "cleanup.h"
#include "daemon.h"
#include "front.h"
#include "worker.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define ALICE	"alice@lightwave.test"
#define BOB	"bob@lightwave.test"
#define CAROL	"carol@lightwave.test"
#define LATER	"[cache]\nrevocation_max = 3600\n"
#define BEFORE	"known from before: 2 users, 1 groups"
#define THREE	"known from before: 3 users, 1 groups"
#define ASIDE	"it is set aside as ./cache/store.bad"
#define WHOLE	"the directory is known whole"
#define WRITTEN "the store is written"

static const struct lw_entry alice = USER("alice", "100-1025"),
			     bob = USER("bob", "100-1026"),
			     carol = USER("carol", "100-1027"),
			     staff = GROUP("staff", "100-2002");
static const struct worker_synced whole[] = {
	{ &staff, { DN_OF("alice") } },
	{ &alice, { NULL } },
	{ &bob, { NULL } },
};
static const struct worker_synced came[] = { { &carol, { NULL } } };
static const struct worker_line everything = { .op = LW_OP_SYNC,
					       .key = "everything",
					       .synced = whole,
					       .synced_n = COUNT(whole),
					       .end = LW_SYNCED_EVERYTHING,
					       .highest = 100 };
static const struct worker_line no_changes = { .op = LW_OP_SYNC,
					       .key = "changes",
					       .end = LW_SYNCED_CHANGES,
					       .highest = 100 };
static const struct worker_line carol_came = { .op = LW_OP_SYNC,
					       .key = "changes",
					       .synced = came,
					       .synced_n = COUNT(came),
					       .end = LW_SYNCED_CHANGES,
					       .highest = 101 };

static const struct lw_entry he = USER("he", "100-1030");
static const struct worker_synced everybody[] = {
	{ &staff, { NULL } }, { &alice, { NULL } }, { &bob, { NULL } },
	{ &carol, { NULL } }, { &he, { NULL } },
};
static const struct worker_line all_sids = { .op = LW_OP_SYNC,
					     .key = "sids",
					     .synced = everybody,
					     .synced_n = COUNT(everybody),
					     .end = LW_SYNCED_SIDS,
					     .highest = 101 };

static pid_t stopped; /* a store process that goes on at the test's end */

static inline int begin(void **state)
{
	(void)state;
	worker_forget();
	worker_say(&everything);
	worker_say(&no_changes);
	worker_say(&all_sids);
	worker_start();
	return 0;
}

static inline int end(void **state)
{
	(void)state;
	if (stopped)
		kill(stopped, SIGCONT);
	stopped = 0;
	daemon_stop();
	worker_stop();
	return 0;
}

static inline void stop_all(void)
{
	daemon_stop();
	worker_stop();
}

static inline void known_once(void)
{
	daemon_start(LATER);
	daemon_says(WHOLE, 1);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	stop_all();
}

static inline void again(const char *conf)
{
	daemon_keep();
	daemon_start(conf);
}

static inline bool there(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

/* The daemon's one child, if it has one. */
static inline pid_t store_now(void)
{
	char path[64], text[32] = "";
	lw_cleanup(lw_fclose) FILE *f = NULL;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children",
		 (int)daemon_pid(), (int)daemon_pid());
	f = fopen(path, "re");
	assert_non_null(f);
	return fgets(text, sizeof(text), f) ? atoi(text) : 0;
}

/* ... which is another one than that. */
static inline pid_t store_other(pid_t than)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;
	pid_t pid;

	while ((pid = store_now()) == 0 || pid == than) {
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 1);
	}
	return pid;
}

static inline pid_t store_pid(void)
{
	return store_other(0);
}

/* It does nothing from now on; what it has begun stays begun. */
static inline void store_stop(void)
{
	stopped = store_pid();
	assert_int_equal(kill(stopped, SIGSTOP), 0);
}

static inline void store_go_on(void)
{
	assert_int_equal(kill(stopped, SIGCONT), 0);
	stopped = 0;
}

static inline void until_known(const char *name)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;

	while (asker_passwd(name, NULL) != LW_OK)
		assert_true(worker_now_ms() < until);
}

/* The directory is back, and somebody is new in it. */
static inline void carol_comes(void)
{
	worker_say(&carol_came);
	worker_start();
	until_known(CAROL);
}

#endif
