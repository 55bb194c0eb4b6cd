/*
 * test_daemon_service.c - [access:SERVICE]: one PAM service may have rules of
 * its own. The priv socket answers uid 0.
 */
#include "check.h"
#include "daemon.h"
#include "front.h"
#include "login.h"
#include "worker.h"

#include <stdio.h>
#include <unistd.h>

#define ALICE "alice@lightwave.test"
#define BOB   "bob@lightwave.test"

static const struct lw_entry alice = USER("alice", "100-1025"),
			     bob = USER("bob", "100-1026"),
			     admins = GROUP("admins", "100-2001"),
			     rogues = GROUP("rogues", "100-2002");

/* Alice is one of admins, Bob one of rogues. */
static const struct worker_line facts[] = {
	{ .op = LW_OP_FIND,
	  .key = "alice",
	  .kind = LW_KIND_USER,
	  .entry = { &alice } },
	{ .op = LW_OP_FIND,
	  .key = "bob",
	  .kind = LW_KIND_USER,
	  .entry = { &bob } },
	{ .op = LW_OP_FIND,
	  .key = "admins",
	  .kind = LW_KIND_GROUP,
	  .entry = { &admins } },
	{ .op = LW_OP_FIND,
	  .key = "rogues",
	  .kind = LW_KIND_GROUP,
	  .entry = { &rogues } },
	{ .op = LW_OP_MEMBERSHIPS,
	  .key = DN_OF("alice"),
	  .entry = { &admins } },
	{ .op = LW_OP_MEMBERSHIPS, .key = DN_OF("bob"), .entry = { &rogues } },
};

static int begin(void **state)
{
	(void)state;
	worker_forget();
	for (size_t i = 0; i < COUNT(facts); i++)
		worker_say(&facts[i]);
	worker_start();
	return 0;
}

static int end(void **state)
{
	(void)state;
	daemon_stop();
	worker_stop();
	return 0;
}

/* One letter for each service of the list: A alice, B bob, 2 both, - none. */
static const char *const services[] = { "sshd", "sudo", "sudo-i", "SUDO",
					"sud",	"",	"cron" };

struct rule {
	const char *access, *who;
};

static void rules_hold(const struct rule *rules, size_t n)
{
	daemon_start("");
	for (size_t i = 0; i < n; i++) {
		daemon_reload(rules[i].access, "configuration read again");
		for (size_t k = 0; k < COUNT(services); k++) {
			enum lw_err a = login_account_for(services[k], ALICE);
			enum lw_err b = login_account_for(services[k], BOB);
			char who = '-';

			if (a == LW_OK)
				who = b == LW_OK ? '2' : 'A';
			else if (b == LW_OK)
				who = 'B';
			if (who != rules[i].who[k])
				fail_msg("%sfor %s: alice %s, bob %s",
					 rules[i].access, services[k],
					 lw_strerror(a), lw_strerror(b));
			assert_true(a == LW_OK || a == LW_FORBIDDEN);
			assert_true(b == LW_OK || b == LW_FORBIDDEN);
		}
	}
}

static void its_allow_stands_for_the_general_one(void **state)
{
	static const struct rule rules[] = {
		{ "[access]\nallow = *\n[access:sudo]\nallow = %admins\n",
		  "2A22222" },
		{ "[access]\nallow = alice\n[access:sudo]\nallow = bob\n",
		  "ABAAAAA" },
		{ "[access:sudo]\nallow = bob\n", "-B-----" },
		{ "[access:sudo]\nallow = bob\n[access:sudo-i]\nallow = *\n",
		  "-B2----" },
		{ "[access]\nallow = *\n[access:sudo]\nallow = nobody\n",
		  "2-22222" },
		{ "[access]\nallow = *\n[access:sudo]\nallow = " DOMAIN_SID
		  "-100-2002\n",
		  "2B22222" },
		{ "[access]\nallow = *\n[access:sudo]\nallow = alice\n"
		  "allow = bob\n",
		  "2222222" },
	};

	(void)state;
	rules_hold(rules, COUNT(rules));
}

static void its_deny_comes_beside_the_general_one(void **state)
{
	static const struct rule rules[] = {
		{ "[access]\nallow = *\n[access:cron]\ndeny = %rogues\n",
		  "222222A" },
		{ "[access]\nallow = *\ndeny = alice\n"
		  "[access:cron]\ndeny = bob\n",
		  "BBBBBB-" },
		{ "[access]\nallow = bob\n[access:cron]\ndeny = alice\n",
		  "BBBBBBB" },
	};

	(void)state;
	rules_hold(rules, COUNT(rules));
}

static void deny_wins_wherever_it_stands(void **state)
{
	static const struct rule rules[] = {
		/* The general one over the service's allow. */
		{ "[access]\nallow = *\ndeny = %admins\n"
		  "[access:sudo]\nallow = alice\n",
		  "B-BBBBB" },
		/* The service's over both. */
		{ "[access]\nallow = alice\n"
		  "[access:sudo]\nallow = alice\ndeny = alice\n",
		  "A-AAAAA" },
		{ "[access]\nallow = *\n[access:sudo]\nallow = *\ndeny = *\n",
		  "2-22222" },
	};

	(void)state;
	rules_hold(rules, COUNT(rules));
}

static void what_cannot_be_resolved_denies_there(void **state)
{
	static const struct rule rules[] = {
		{ "[access]\nallow = *\n[access:sudo]\ndeny = %no such\n",
		  "2-22222" },
		{ "[access]\nallow = *\n[access:sudo]\nallow = %no such, bob\n",
		  "2B22222" },
		{ "[access]\nallow = *\ndeny = x@other.test\n"
		  "[access:sudo]\nallow = *\n",
		  "-------" },
	};

	(void)state;
	rules_hold(rules, COUNT(rules));
	daemon_says("deny = %no such (cannot be resolved)", 1);
}

static void what_is_not_known_is_offline_there_alone(void **state)
{
	static const struct worker_line unknown = { .op = LW_OP_FIND,
						    .key = "rogues",
						    .status = LW_RANGE };

	(void)state;
	worker_say(&unknown);
	daemon_start("[access]\nallow = *\n[access:sudo]\ndeny = %rogues\n");
	assert_int_equal(login_account_for("sudo", ALICE), LW_OFFLINE);
	assert_int_equal(login_account_for("sshd", ALICE), LW_OK);
}

static void the_log_says_which_rule(void **state)
{
	(void)state;
	daemon_start("[access]\nallow = *\n"
		     "[access:sudo]\nallow = alice\ndeny = bob\n");
	assert_int_equal(login_account_for("sudo", BOB), LW_FORBIDDEN);
	daemon_says("service sudo: refused by [access]: deny = bob", 1);
	assert_int_equal(login_account_for("sudo", ALICE), LW_OK);
	daemon_says("service sudo: allowed: allow = alice", 1);
	assert_int_equal(login_account_for("sshd", BOB), LW_OK);
	daemon_says("service sshd: allowed: allow = *", 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(its_allow_stands_for_the_general_one),
		TEST(its_deny_comes_beside_the_general_one),
		TEST(deny_wins_wherever_it_stands),
		TEST(what_cannot_be_resolved_denies_there),
		TEST(what_is_not_known_is_offline_there_alone),
		TEST(the_log_says_which_rule),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: the priv socket answers uid 0 only");
		return 77;
	}
	front_enter();
	failed = cmocka_run_group_tests_name("service", tests, NULL, NULL);
	front_leave();
	return failed;
}
