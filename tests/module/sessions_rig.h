/*
 * sessions_rig.h - a small domain whose ids are made of this process's own, its
 * front, and what lightwavectl sessions says of processes.
 */
#ifndef LW_TEST_SESSIONS_RIG_H
#define LW_TEST_SESSIONS_RIG_H

#include "asker.h"
#include "check.h"
#include "ctl.h"
#include "daemon.h"
#include "front.h"
#include "holding.h"
#include "worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROOT   "root:x:0:0:root:/root:/bin/sh\n"
#define WHEEL  "root:x:0:\nusers:x:100:\n"
#define CONF   "[cache]\nrevocation_max = 3600\n[local_groups]\ndocker = Staff\n"
#define DOCKER 998

enum { HE, SHE, NOBODY };
enum { STAFF, ADMINS, PRIMARY };

static uint32_t uids[3], gids[3];
static char sids[5][64], out[65536];
static struct lw_entry alice = USER("alice", "0"), bob = USER("bob", "0"),
		       staff = GROUP("staff", "0"),
		       admins = GROUP("admins", "0"),
		       users = GROUP("users", "545");

static struct worker_synced whole[] = {
	{ &staff, { DN_OF("alice") } },
	{ &admins, { DN_OF("alice"), DN_OF("bob") } },
	{ &users, { NULL } },
	{ &alice, { NULL } },
	{ &bob, { NULL } },
};
static struct worker_synced changed[2];

/* Whatever else runs: no other process has this one's number. */
static inline uint32_t own_id(struct lw_entry *e, size_t n, uint32_t machine)
{
	uint32_t rid = (uint32_t)getpid() * 4 + (uint32_t)n % 4;

	if (e) {
		snprintf(sids[n], sizeof(sids[n]), DOMAIN_SID "-%u-%u", machine,
			 rid);
		e->sid = lw_str(sids[n]);
	}
	return machine << 24 | rid;
}

static inline void choose_ids(void)
{
	uids[HE] = own_id(&alice, 0, 77);
	uids[SHE] = own_id(&bob, 1, 77);
	uids[NOBODY] = own_id(NULL, 2, 77);
	gids[STAFF] = own_id(&staff, 3, 77);
	gids[ADMINS] = own_id(&admins, 4, 78);
	gids[PRIMARY] = 545;
}

static inline void changes(const struct worker_synced *v, uint32_t n,
			   uint64_t highest)
{
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "changes",
					   .synced = v,
					   .synced_n = n,
					   .end = LW_SYNCED_CHANGES,
					   .highest = highest });
}

static inline void start(const char *conf)
{
	struct asker_got got;
	int64_t until = worker_now_ms() + PATIENCE_MS;

	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "everything",
					   .synced = whole,
					   .synced_n = COUNT(whole),
					   .end = LW_SYNCED_EVERYTHING,
					   .highest = 100 });
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "sids",
					   .synced = whole,
					   .synced_n = COUNT(whole),
					   .end = LW_SYNCED_SIDS,
					   .highest = 100 });
	changes(NULL, 0, 100);
	daemon_start(conf);
	while (asker_initgroups("alice@lightwave.test", &got) != LW_OK) {
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 20);
	}
}

static inline int begin(void **state)
{
	(void)state;
	front_write("passwd", ROOT);
	front_write("group", WHEEL "docker:x:998:\n");
	alice.uac = 0;
	worker_forget();
	worker_start();
	return 0;
}

static inline int end(void **state)
{
	(void)state;
	holding_stop();
	daemon_stop();
	worker_stop();
	return 0;
}

static inline int sessions(const char *one, const char *two)
{
	const char *const args[] = { "sessions", one, one ? two : NULL, NULL };

	return ctl_run(args, out, sizeof(out));
}

static inline void says(int status, int want, const char *text)
{
	if (status != want || strcmp(out, text) != 0)
		fail_msg("%d: %s", status, out);
}

static inline void has(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

static inline void has(const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!strstr(out, text))
		fail_msg("no %s in %s", text, out);
}

/* Staff without alice. */
static inline void take_staff_away(void)
{
	changed[0] = (struct worker_synced) { &staff, { NULL } };
	changes(changed, 1, 101);
}

static inline pid_t session_of(size_t who)
{
	const gid_t groups[] = { gids[PRIMARY], gids[STAFF], gids[ADMINS],
				 DOCKER,	100,	     0 };

	return holding_start("shell", uids[who], groups);
}

#endif
