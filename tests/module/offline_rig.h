/*
 * offline_rig.h - what the tests of logging in while the directory is away
 * share: lightwaved and lightwaved-creds together, between PAM's questions and
 * a scripted worker.
 */
#ifndef LW_TEST_OFFLINE_RIG_H
#define LW_TEST_OFFLINE_RIG_H

#include "check.h"
#include "daemon.h"
#include "keeper.h"
#include "login.h"
#include "worker.h"

#define ALICE	  "alice@lightwave.test"
#define BOB	  "bob@lightwave.test"
#define ALICE_SID DOMAIN_SID "-100-1025"
#define BOB_SID	  DOMAIN_SID "-100-1026"
#define OPEN	  "[access]\nallow = *\n"
#define ON	  "[cache]\noffline_credentials = yes\nttl = 0\n"

static const struct lw_entry alice = USER("alice", "100-1025"),
			     bob = USER("bob", "100-1026"),
			     admins = GROUP("admins", "100-2001");

static inline void say_user(const struct lw_entry *e, const char *key)
{
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .key = key,
					   .kind = LW_KIND_USER,
					   .entry = { e } });
}

static inline void say_verdict(enum lw_err e)
{
	worker_say(&(struct worker_line) {
		.op = LW_OP_VERDICT,
		.status = e,
		.verdict = { LW_NEVER, LW_TICKET_OK, 0, TEXT("a ticket") } });
}

static inline void online(void)
{
	worker_forget();
	say_user(&alice, "alice");
	say_user(&bob, "bob");
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .key = "admins",
					   .kind = LW_KIND_GROUP,
					   .entry = { &admins } });
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS,
					   .key = DN_OF("alice"),
					   .entry = { &admins } });
	say_verdict(LW_OK);
}

static inline void away(void)
{
	static const enum lw_op ops[] = { LW_OP_FIND, LW_OP_MEMBERSHIPS,
					  LW_OP_MEMBERS, LW_OP_VERDICT };

	worker_forget();
	for (size_t i = 0; i < COUNT(ops); i++)
		worker_say(&(struct worker_line) { .op = ops[i],
						   .status = LW_OFFLINE });
	worker_tick();
}

static inline int begin(void **state)
{
	(void)state;
	keeper_room();
	online();
	worker_start();
	daemon_conf(OPEN ON);
	keeper_start();
	return 0;
}

static inline int end(void **state)
{
	(void)state;
	daemon_stop();
	keeper_stop();
	keeper_leave();
	worker_stop();
	return 0;
}

/* Alice was here, and her password is kept. */
static inline void she_logged_in(const char *more)
{
	daemon_start(more);
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_OK);
	assert_int_equal(login_account(ALICE), LW_OK);
	keeper_comes_to_have(ALICE_SID, true);
}

/* For a moment after the directory was away nobody is asked. */
static inline enum lw_err auth_online(const char *user, const char *password)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;
	unsigned int before = worker_count(LW_OP_VERDICT, NULL);
	enum lw_err e;

	do {
		assert_true(worker_now_ms() < until);
		worker_tick();
		e = login_auth(user, password, NULL);
	} while (worker_count(LW_OP_VERDICT, NULL) == before);
	return e;
}

#endif
