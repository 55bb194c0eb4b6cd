/*
 * test_pam_faults.c - pam_lightwave while what it calls fails: each call of
 * each kind in turn, once or from then on; and what a seed makes up. Whatever
 * it is, pam_life.h holds.
 *
 * A failure begins with what it was of. LW_FAULT with those words in it runs
 * that alone: LW_FAULT='too weak, recv 12 -2 once', LW_FAULT='seed 17, user
 * 3,'.
 */
#include "check.h"
#include "faults.h"
#include "pam_life.h"

#include <dirent.h>
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEEDS 50

/* All is well; every phase has something to do. */
static const struct life good = {
	.service = "sshd",
	.user = LIFE_USER,
	.options = "debug",
	.password = "Tr0ub4dor&3",
	.new_password = "c0rrect-Horse",
	.retyped = "c0rrect-Horse",
	.ticket = true,
};

static char about[256];
static struct front front;
static unsigned long runs, failed;
static bool seen[FAULT_KINDS];

static void remove_caches(void)
{
	DIR *d = opendir(".");
	struct dirent *e;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		if (!strncmp(e->d_name, "krb5cc_", 7))
			unlink(e->d_name);
	}
	closedir(d);
}

static int tidy(void **state)
{
	(void)state;
	if (front.pid > 0)
		front_stop(&front);
	fault_end();
	remove_caches();
	return 0;
}

/* He is to keep it, nobody could remove it, or nobody was let: ccache.c. */
static bool left_behind(const struct life *l, const struct fault_plan *p)
{
	return !strcmp(l->options, "keep_ccache") || p->kind == FAULT_UNLINK ||
	       p->kind == FAULT_DROP_PRIV || p->kind == FAULT_REGAIN_PRIV;
}

/* Whether this is wanted, of all there is. */
static bool wanted(void)
{
	const char *only = getenv("LW_FAULT");

	return !only || strstr(about, only);
}

/* Whether the plan's call was made. */
static bool run(const struct life *l, const struct fault_plan *p,
		int ret[LIFE_PHASES])
{
	bool struck;

	fault_begin(p);
	life_run(l, &front, about, left_behind(l, p), ret);
	struck = fault_end();
	if (left_behind(l, p))
		remove_caches();
	runs++;
	failed += struck;
	seen[p->kind] |= struck;
	return struck;
}

static void describe(const char *life, const struct fault_plan *p)
{
	snprintf(about, sizeof(about), "%s, %s %u %d %s", life,
		 fault_name(p->kind), p->nth, p->how,
		 p->stays ? "and on" : "once");
}

/* Each call of that kind, until there is none. */
static void sweep_kind(const struct life *l, const char *name,
		       struct fault_plan p)
{
	int codes[LIFE_PHASES];
	bool more = true;

	for (p.nth = 1; more && p.nth < 1000; p.nth++) {
		describe(name, &p);
		if (wanted())
			more = run(l, &p, codes);
	}
}

/* Of the ways to fail for ever one is enough. */
static void sweep(const struct life *l, const char *name, bool stays)
{
	struct fault_plan p = { .stays = stays };

	life_front(l, &front);
	for (int kind = FAULT_NONE + 1; kind < FAULT_KINDS; kind++) {
		p.kind = (enum fault)kind;
		for (size_t i = 0; (p.how = fault_how(p.kind, i)) != 0; i++) {
			if (stays && !fault_may_stay(p.kind, p.how))
				continue;
			sweep_kind(l, name, p);
			if (stays)
				break;
		}
	}
	front_stop(&front);
}

static void with_no_fault_all_is_well(void **state)
{
	static const struct fault_plan none = { .kind = FAULT_NONE };
	int codes[LIFE_PHASES];

	(void)state;
	snprintf(about, sizeof(about), "no fault");
	life_front(&good, &front);
	run(&good, &none, codes);
	for (size_t i = 0; i < COUNT(codes); i++)
		assert_int_equal(codes[i], PAM_SUCCESS);
	front_stop(&front);
}

static void on_a_good_day(void **state)
{
	(void)state;
	sweep(&good, "a good day", false);
	sweep(&good, "a good day", true);
}

static void when_the_new_password_is_too_weak(void **state)
{
	struct life weak = good;

	(void)state;
	weak.change = LW_WEAK;
	sweep(&weak, "too weak", false);
	sweep(&weak, "too weak", true);
}

static void when_the_password_must_be_changed(void **state)
{
	struct life expired = good;

	(void)state;
	expired.account = LW_CHANGE;
	expired.expired = true;
	sweep(&expired, "must be changed", false);
	sweep(&expired, "must be changed", true);
}

/* The same numbers in every run (xorshift32). */
static uint32_t random_of(uint32_t *state, uint32_t n)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state % n;
}

static enum lw_err status(uint32_t *state)
{
	uint32_t e = random_of(state, 2 * LW_ERR_COUNT);

	if (e >= LW_ERR_COUNT || e == LW_PENDING || e == LW_NOFRONT)
		return LW_OK;
	return (enum lw_err)e;
}

static const char *one_of(uint32_t *state, const char *const *v, uint32_t n)
{
	return v[random_of(state, n)];
}

static struct life make_up_front(uint32_t *state)
{
	static const enum front_manner manners[] = { FRONT_ANSWER, FRONT_ANSWER,
						     FRONT_ANSWER, FRONT_CUT,
						     FRONT_CLOSE };
	struct life l = good;

	l.auth = status(state);
	l.account = status(state);
	l.verify = status(state);
	l.change = status(state);
	l.manner = manners[random_of(state, COUNT(manners))];
	l.ticket = random_of(state, 4);
	return l;
}

static struct life make_up_user(uint32_t *state, const struct life *says)
{
	static const char *const services[] = { "sshd", "login", "sudo", "su-l",
						"chpasswd" };
	static const char *const users[] = {
		LIFE_USER, LIFE_USER,
		LIFE_USER, LIFE_USER,
		"root",	   "local@lightwave.local",
		"alice",   "../x@lightwave.local",
	};
	static const char *const options[] = { "",
					       "debug",
					       "quiet",
					       "use_first_pass",
					       "use_authtok",
					       "keep_ccache",
					       "try_first_pass",
					       "bogus" };
	static const char *const becomes[] = { NULL, NULL, NULL, "root",
					       "bob@lightwave.local" };
	static char most[513], more[514];
	const char *const passwords[] = { good.password, good.password,
					  good.password, "",
					  most,		 more };
	struct life l = *says;

	memset(most, 'p', sizeof(most) - 1);
	memset(more, 'q', sizeof(more) - 1);
	l.service = one_of(state, services, COUNT(services));
	l.user = one_of(state, users, COUNT(users));
	l.options = one_of(state, options, COUNT(options));
	l.password = one_of(state, passwords, COUNT(passwords));
	l.new_password = one_of(state, passwords, COUNT(passwords));
	l.retyped = random_of(state, 4) ? l.new_password : "an0ther-one";
	l.expired = random_of(state, 2);
	l.becomes = one_of(state, becomes, COUNT(becomes));
	l.leaves_at = random_of(state, 2) ? 0 : random_of(state, 5);
	return l;
}

static struct fault_plan make_up_fault(uint32_t *state)
{
	struct fault_plan p = { 0 };
	uint32_t ways = 0;

	p.kind = (enum fault)random_of(state, FAULT_KINDS);
	while (fault_how(p.kind, ways) != 0)
		ways++;
	p.how = fault_how(p.kind, ways ? random_of(state, ways) : 0);
	p.nth = random_of(state, 6) + 1;
	p.stays = fault_may_stay(p.kind, p.how) && random_of(state, 2);
	return p;
}

/* What a front says stays for a while: to start one takes longer than to ask.
 */
static void users_of(uint32_t seed, const struct life *says)
{
	uint32_t random = seed * 2654435769u;
	int codes[LIFE_PHASES];

	life_front(says, &front);
	for (int i = 0; i < 10; i++) {
		struct life l = make_up_user(&random, says);
		struct fault_plan p = make_up_fault(&random);
		char name[32];

		snprintf(name, sizeof(name), "seed %u, user %d", seed, i);
		describe(name, &p);
		if (wanted())
			run(&l, &p, codes);
	}
	front_stop(&front);
}

static void whatever_a_seed_makes_up(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= SEEDS; seed++) {
		uint32_t random = seed * 2246822519u;
		struct life says = make_up_front(&random);

		users_of(seed, &says);
	}
}

/* Or nothing was learnt about it. */
static void every_kind_of_call_was_seen_to_fail(void **state)
{
	(void)state;
	for (int kind = FAULT_NONE + 1; kind < FAULT_KINDS; kind++) {
		if (!seen[kind] && kind != FAULT_POLL && !getenv("LW_FAULT"))
			fail_msg("%s was never called",
				 fault_name((enum fault)kind));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(with_no_fault_all_is_well, tidy),
		cmocka_unit_test_teardown(on_a_good_day, tidy),
		cmocka_unit_test_teardown(when_the_new_password_is_too_weak,
					  tidy),
		cmocka_unit_test_teardown(when_the_password_must_be_changed,
					  tidy),
		cmocka_unit_test_teardown(whatever_a_seed_makes_up, tidy),
		cmocka_unit_test(every_kind_of_call_was_seen_to_fail),
	};
	int bad;

	life_enter();
	bad = cmocka_run_group_tests_name("pam_faults", tests, NULL, NULL);
	life_leave();
	printf("%lu runs, a call failed in %lu of them\n", runs, failed);
	return bad;
}
