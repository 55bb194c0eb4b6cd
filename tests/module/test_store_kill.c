/*
 * test_store_kill.c - killed at every write and sync, with power lost or not,
 * the next start knows all that was confirmed: one whole state, never parts of
 * two. LW_STORE_KILLS says how often it is killed; doc/STORE.md.
 */
#include "asker.h"
#include "check.h"
#include "daemon.h"
#include "front.h"
#include "worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USERS	60
#define KILLS	40 /* in `make check` */
#define CONF	"[cache]\nrevocation_max = 3600\n"
#define WRITTEN "the store is written"
#define NOTHING (-1)

struct person {
	char dn[80], sid[64], sam[16], upn[48], sn[16];
	struct lw_entry e;
};

static struct person people[USERS];
static const struct lw_entry team = GROUP("team", "100-9000");
static struct worker_synced synced[USERS + 1];
static unsigned long deaths, whole_lives;

static struct lw_str fill(char *p, size_t size, const char *before, int i,
			  const char *after)
{
	int n = snprintf(p, size, "%s%d%s", before, i, after);

	assert_true(n > 0 && (size_t)n < size);
	return (struct lw_str) { p, (size_t)n };
}

/* Everybody says which state it is, and one of them is in the group. */
static void set_state(int state)
{
	for (int i = 0; i < USERS; i++) {
		struct person *p = &people[i];

		p->e = (struct lw_entry) {
			.kind = LW_KIND_USER,
			.dn = fill(p->dn, sizeof(p->dn), "cn=user", i,
				   ",cn=Users,dc=lightwave,dc=test"),
			.sid = fill(p->sid, sizeof(p->sid), DOMAIN_SID "-100-",
				    2000 + i, ""),
			.sam = fill(p->sam, sizeof(p->sam), "user", i, ""),
			.upn = fill(p->upn, sizeof(p->upn), "user", i,
				    "@LIGHTWAVE.TEST"),
			.sn = fill(p->sn, sizeof(p->sn), "state ", state, ""),
		};
		synced[i + 1] = (struct worker_synced) { .e = &p->e };
	}
	/* First: whom it loses is settled by what follows. */
	synced[0] =
		(struct worker_synced) { &team, { people[state % USERS].dn } };
}

static int state_of(int user)
{
	struct asker_got got;
	char name[64];
	enum lw_err e;

	snprintf(name, sizeof(name), "user%d@lightwave.test", user);
	e = asker_passwd(name, &got);
	if (e != LW_OK) {
		assert_int_equal(e, LW_NOTFOUND);
		return NOTHING;
	}
	assert_memory_equal(got.gecos, "state ", 6);
	return atoi(got.gecos + 6);
}

/* Of everybody the same, or the store was not whole. */
static int state_now(void)
{
	int state = state_of(0);
	struct asker_got got;
	char member[64];

	for (int i = 1; i < USERS; i++) {
		int n = state_of(i);

		if (n != state)
			fail_msg("user%d is of state %d, user0 of %d", i, n,
				 state);
	}
	if (state == NOTHING)
		return state;
	assert_int_equal(asker_group("team@lightwave.test", &got), LW_OK);
	snprintf(member, sizeof(member), "user%d@lightwave.test ",
		 state % USERS);
	assert_string_equal(got.members, member);
	return state;
}

static void set(const char *name, unsigned long n)
{
	char text[32];

	snprintf(text, sizeof(text), "%lu", n);
	assert_int_equal(setenv(name, text, 1), 0);
}

/* Where a life ends, and how; at 0: nowhere. */
struct death {
	unsigned long at, half, lose;
};

static void start(const struct death *d)
{
	set("LW_KILL_AT", d->at);
	set("LW_KILL_HALF", d->half);
	set("LW_KILL_LOSE", d->lose);
	assert_int_equal(setenv("LD_PRELOAD", KILLER, 1), 0);
	assert_int_equal(setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1),
			 0);
	daemon_debug();
	daemon_keep();
	daemon_start(CONF);
	unsetenv("LD_PRELOAD");
	assert_int_equal(daemon_said("set aside"), 0);
}

/* Until it is on the disk, or its writer is dead. */
static bool written(void)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;

	while (daemon_said(WRITTEN) == 0) {
		assert_true(worker_now_ms() < until);
		if (!daemon_runs())
			return daemon_said(WRITTEN) > 0;
		worker_wait(-1, 0, worker_now_ms() + 2);
	}
	return true;
}

/* The worker is asked what is new, and says nothing yet. */
static void be_silent(void)
{
	worker_forget();
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .manner = WORKER_HOLD });
	worker_start();
}

/* That all is so now, whatever it was asked. */
static void say(int state)
{
	struct worker_line line = { .op = LW_OP_SYNC,
				    .key = "changes",
				    .synced = synced,
				    .synced_n = USERS + 1,
				    .end = LW_SYNCED_CHANGES,
				    .highest = 100 + (uint64_t)state };

	set_state(state);
	worker_await(LW_OP_SYNC, NULL, 1);
	if (worker_release(&line) == 1)
		return;
	line.key = "everything";
	line.end = LW_SYNCED_EVERYTHING;
	assert_int_equal(worker_release(&line), 1);
}

/* What was confirmed, and what the last life was told. */
struct memory {
	int known, told;
};

/* One life: what it begins with, then a next state. Whether it was killed. */
static bool live(const struct death *d, struct memory *m)
{
	bool dead;
	int had;

	be_silent();
	start(d);
	had = state_now();
	if (had < m->known || had > m->told)
		fail_msg("state %d, after %d was confirmed and %d told", had,
			 m->known, m->told);
	m->known = had;
	say(++m->told);
	if (written())
		m->known = m->told;
	dead = !daemon_runs();
	if (dead)
		daemon_kill();
	else
		daemon_stop();
	deaths += dead;
	whole_lives += !dead;
	worker_stop();
	return dead;
}

/*
 * Death at the first operation, then at the second, and so on until a life is
 * whole; each from nothing, or with the state before there.
 */
static void through(struct death d, bool from_nothing, unsigned long kills)
{
	struct memory m = { NOTHING, NOTHING };
	bool dead = true;

	daemon_forget();
	if (!from_nothing)
		assert_false(live(&(struct death) { 0 }, &m));
	for (d.at = 1; dead && deaths < kills; d.at++) {
		if (from_nothing) {
			daemon_forget();
			m = (struct memory) { NOTHING, NOTHING };
		}
		dead = live(&d, &m);
	}
	/* What the last one has left. */
	assert_false(live(&(struct death) { 0 }, &m));
}

static void what_was_confirmed_is_known(void **state)
{
	const char *text = getenv("LW_STORE_KILLS");
	unsigned long kills = text ? strtoul(text, NULL, 10) : KILLS;

	(void)state;
	for (unsigned long i = 0; deaths < kills; i++) {
		struct death d = { .half = i & 1, .lose = i };

		through(d, (i & 3) == 3, kills);
	}
	print_message("killed %lu times; %lu lives were whole\n", deaths,
		      whole_lives);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_confirmed_is_known),
	};
	int failed;

	front_enter();
	failed = cmocka_run_group_tests_name("store_kill", tests, NULL, NULL);
	front_leave();
	return failed;
}
