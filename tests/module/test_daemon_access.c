/*
 * test_daemon_access.c - who may log in: [access] and the state of the entry,
 * as the account phase of PAM asks for them. The priv socket answers uid 0.
 */
#include "asker.h"
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
			     admins = GROUP("Linux Admins", "100-2001"),
			     outer = GROUP("outer", "100-2002"),
			     rogues = GROUP("rogues", "100-2003"),
			     twin = GROUP("Twin", "100-2004"),
			     other_twin = GROUP("twin", "100-2005"),
			     users = GROUP("Users", "545");

/* Alice is in admins, which is in outer; and in one of two twins. */
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
	  .key = "linux admins",
	  .kind = LW_KIND_GROUP,
	  .entry = { &admins } },
	{ .op = LW_OP_FIND,
	  .key = "outer",
	  .kind = LW_KIND_GROUP,
	  .entry = { &outer } },
	{ .op = LW_OP_FIND,
	  .key = "rogues",
	  .kind = LW_KIND_GROUP,
	  .entry = { &rogues } },
	{ .op = LW_OP_FIND,
	  .key = "twin",
	  .kind = LW_KIND_GROUP,
	  .entry = { &twin, &other_twin } },
	{ .op = LW_OP_FIND,
	  .key = "users",
	  .kind = LW_KIND_GROUP,
	  .entry = { &users } },
	{ .op = LW_OP_MEMBERSHIPS,
	  .key = DN_OF("alice"),
	  .entry = { &admins, &outer, &twin, &other_twin },
	  .others = 1 },
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

struct rule {
	const char *access; /* what stands in [access] */
	enum lw_err alice, bob;
};

static void rules_hold(const struct rule *rules, size_t n)
{
	daemon_start("");
	for (size_t i = 0; i < n; i++) {
		char more[512];
		enum lw_err a, b;

		snprintf(more, sizeof(more), "[access]\n%s\n", rules[i].access);
		daemon_reload(more, "configuration read again");
		a = login_account(ALICE);
		b = login_account(BOB);
		if (a != rules[i].alice || b != rules[i].bob)
			fail_msg("\"%s\": alice %d, bob %d", rules[i].access, a,
				 b);
	}
}

static void without_an_allow_rule_nobody_logs_in(void **state)
{
	(void)state;
	daemon_start("");
	assert_int_equal(login_account(ALICE), LW_FORBIDDEN);
	daemon_says("[access] has no allow rule", 1);
}

static void allow_is_by_user_group_sid_or_all(void **state)
{
	static const struct rule rules[] = {
		{ "allow = alice", LW_OK, LW_FORBIDDEN },
		{ "allow = " ALICE, LW_OK, LW_FORBIDDEN },
		{ "allow = LWAVE\\BOB", LW_FORBIDDEN, LW_OK },
		{ "allow = %linux admins", LW_OK, LW_FORBIDDEN },
		{ "allow = %Linux Admins@lightwave.test", LW_OK, LW_FORBIDDEN },
		{ "allow = %outer", LW_OK, LW_FORBIDDEN }, /* nested */
		{ "allow = " DOMAIN_SID "-100-1025", LW_OK, LW_FORBIDDEN },
		{ "allow = " DOMAIN_SID "-100-2002", LW_OK, LW_FORBIDDEN },
		{ "allow = bob, %outer", LW_OK, LW_OK },
		{ "allow = bob\nallow = alice", LW_OK, LW_OK },
		{ "allow = *", LW_OK, LW_OK },
		/* Everybody is in Users; the worker's lists never say so. */
		{ "allow = %Users", LW_OK, LW_OK },
		{ "allow = " DOMAIN_SID "-545", LW_OK, LW_OK },
		/* A user is no group and a group no user. */
		{ "allow = linux admins, %alice", LW_FORBIDDEN, LW_FORBIDDEN },
	};

	(void)state;
	rules_hold(rules, COUNT(rules));
}

static void deny_wins(void **state)
{
	static const struct rule rules[] = {
		{ "allow = *\ndeny = alice", LW_FORBIDDEN, LW_OK },
		{ "deny = %outer\nallow = alice, bob", LW_FORBIDDEN, LW_OK },
		{ "allow = *\ndeny = " DOMAIN_SID "-100-2003", LW_OK,
		  LW_FORBIDDEN },
		{ "allow = *\ndeny = " DOMAIN_SID "-100-1026", LW_OK,
		  LW_FORBIDDEN },
		{ "allow = *\ndeny = %Users", LW_FORBIDDEN, LW_FORBIDDEN },
		{ "allow = *\ndeny = *", LW_FORBIDDEN, LW_FORBIDDEN },
	};

	(void)state;
	rules_hold(rules, COUNT(rules));
}

static void what_cannot_be_resolved_denies(void **state)
{
	static const struct rule rules[] = {
		{ "allow = *\ndeny = %no such", LW_FORBIDDEN, LW_FORBIDDEN },
		{ "allow = *\ndeny = nobody", LW_FORBIDDEN, LW_FORBIDDEN },
		{ "allow = *\ndeny = %a:b", LW_FORBIDDEN, LW_FORBIDDEN },
		{ "allow = *\ndeny = x@other.test", LW_FORBIDDEN,
		  LW_FORBIDDEN },
		{ "allow = *\ndeny = S-1-7-21-9-9-9-9-100-1", LW_FORBIDDEN,
		  LW_FORBIDDEN },
		{ "allow = %no such, nobody, %a:b, x@other.test", LW_FORBIDDEN,
		  LW_FORBIDDEN },
		{ "allow = %no such, bob", LW_FORBIDDEN, LW_OK },
	};

	(void)state;
	rules_hold(rules, COUNT(rules));
}

/* A name that two groups claim is nobody's; a SID is not contested. */
static void a_contested_group_still_denies_by_sid(void **state)
{
	static const struct rule rules[] = {
		{ "allow = *", LW_OK, LW_OK },
		{ "allow = *\ndeny = " DOMAIN_SID "-100-2004", LW_FORBIDDEN,
		  LW_OK },
		{ "allow = *\ndeny = " DOMAIN_SID "-100-2005", LW_OK, LW_OK },
		{ "allow = " DOMAIN_SID "-100-2004", LW_OK, LW_FORBIDDEN },
		{ "allow = %twin", LW_FORBIDDEN, LW_FORBIDDEN },
		{ "allow = *\ndeny = %twin", LW_FORBIDDEN, LW_FORBIDDEN },
	};

	(void)state;
	rules_hold(rules, COUNT(rules));
}

/* Names in rules mean who had them: renaming himself helps nobody. */
static void a_rule_follows_who_is_renamed(void **state)
{
	static const struct lw_entry robert = USER("robert", "100-1026");

	(void)state;
	daemon_start("[access]\nallow = *\ndeny = bob\n[cache]\nttl = 0\n");
	assert_int_equal(login_account(BOB), LW_FORBIDDEN);
	worker_say(&(struct worker_line) { .op = LW_OP_FIND, .key = "bob" });
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "robert", .entry = { &robert } });
	worker_tick();
	assert_int_equal(login_account("robert@lightwave.test"), LW_FORBIDDEN);
	assert_int_equal(login_account(ALICE), LW_OK);
}

static void the_entry_may_be_closed(void **state)
{
	static const struct {
		uint32_t uac;
		const char *access;
		enum lw_err e;
	} cases[] = {
		{ 0x200, "allow = *", LW_OK },
		{ 0x202, "allow = *", LW_DISABLED },
		{ 0x800200, "allow = *", LW_EXPIRED },
		{ 0x210, "allow = *", LW_OK },
		{ 0x210, "allow = *\nlocked_denies_all = yes", LW_LOCKED },
		{ 0x212, "allow = *\nlocked_denies_all = yes", LW_DISABLED },
	};

	(void)state;
	daemon_start("");
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct lw_entry closed = alice;
		char more[128];

		closed.uac = cases[i].uac;
		worker_say(&(struct worker_line) { .op = LW_OP_FIND,
						   .key = "alice",
						   .entry = { &closed } });
		snprintf(more, sizeof(more), "[access]\n%s\n", cases[i].access);
		daemon_reload(more, "configuration read again");
		assert_int_equal(login_account(ALICE), cases[i].e);
	}
}

static void each_login_is_asked_afresh(void **state)
{
	struct lw_entry closed = alice;

	(void)state;
	closed.uac = LW_UAC_DISABLED;
	daemon_start("[access]\nallow = %outer\n"
		     "[cache]\nttl = 3600\nmembership_ttl = 3600\n");
	assert_int_equal(login_account(ALICE), LW_OK);

	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS,
					   .entry = { &admins } });
	worker_tick();
	assert_int_equal(login_account(ALICE), LW_FORBIDDEN);

	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "alice", .entry = { &closed } });
	worker_tick();
	assert_int_equal(login_account(ALICE), LW_DISABLED);
}

static void who_is_no_user_of_the_domain_is_told_apart(void **state)
{
	(void)state;
	daemon_start("[access]\nallow = *\n");
	assert_int_equal(login_account("nobody@lightwave.test"), LW_NOTFOUND);
	assert_int_equal(login_account("root"), LW_NOTOURS);
	assert_int_equal(login_account("alice"), LW_NOTOURS);
	assert_int_equal(login_account("alice@other.test"), LW_NOTOURS);
	assert_int_equal(login_account("a*@lightwave.test"), LW_INVALID);
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 1);
}

static void without_the_groups_it_is_offline(void **state)
{
	(void)state;
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS,
					   .status = LW_OFFLINE });
	daemon_start("[access]\nallow = *\n");
	assert_int_equal(login_account(ALICE), LW_OFFLINE);
}

static void nor_without_the_group_of_a_rule(void **state)
{
	static const struct worker_line unknown = { .op = LW_OP_FIND,
						    .key = "rogues",
						    .status = LW_RANGE };

	(void)state;
	worker_say(&unknown);
	daemon_start("[access]\nallow = *\ndeny = %rogues\n");
	assert_int_equal(login_account(ALICE), LW_OFFLINE);
	daemon_reload("[access]\nallow = %rogues\n",
		      "configuration read again");
	assert_int_equal(login_account(ALICE), LW_OFFLINE);
	/* Another rule that allows does not need it. */
	daemon_reload("[access]\nallow = %rogues, alice\n",
		      "configuration read again");
	assert_int_equal(login_account(ALICE), LW_OK);
}

static void known_groups_decide_while_it_is_offline(void **state)
{
	(void)state;
	daemon_start("[access]\nallow = %outer\ndeny = %rogues\n");
	assert_int_equal(login_account(ALICE), LW_OK);
	assert_int_equal(login_account(BOB), LW_FORBIDDEN);
	worker_stop();
	worker_tick();
	assert_int_equal(login_account(ALICE), LW_OK);
	assert_int_equal(login_account(BOB), LW_FORBIDDEN);
}

/* The entry was deleted, or renamed, between two questions. */
static void an_entry_that_goes_meanwhile_is_looked_up_again(void **state)
{
	static const struct worker_line gone = { .op = LW_OP_MEMBERSHIPS,
						 .status = LW_NOTFOUND };
	static const struct lw_entry moved = {
		.kind = LW_KIND_USER,
		.dn = TEXT("cn=alice,cn=Moved,dc=lightwave,dc=test"),
		.sid = TEXT(DOMAIN_SID "-100-1025"),
		.sam = TEXT("alice"),
		.upn = TEXT("alice@LIGHTWAVE.TEST"),
	};

	(void)state;
	daemon_start("[access]\nallow = %outer\n");
	worker_say(&gone);
	/* It is found each time, and each time has no groups: no verdict. */
	assert_int_equal(login_account(ALICE), LW_OFFLINE);
	assert_true(daemon_runs());

	worker_say(&(struct worker_line) {
		.op = LW_OP_MEMBERSHIPS,
		.key = "cn=alice,cn=Moved,dc=lightwave,dc=test",
		.entry = { &outer } });
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "alice", .entry = { &moved } });
	worker_tick();
	assert_int_equal(login_account(ALICE), LW_OK);
}

/* A line for each of them, and nobody takes it: far more than a pipe has. */
static void who_does_not_read_the_log_keeps_nobody_waiting(void **state)
{
	(void)state;
	daemon_start("");
	for (int i = 0; i < 2000; i++)
		assert_int_equal(login_account(ALICE), LW_FORBIDDEN);
	daemon_says("account: user " ALICE, 1);
	assert_int_equal(login_account(ALICE), LW_FORBIDDEN);
	daemon_says("lines before this one are lost: nobody read the log", 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_an_allow_rule_nobody_logs_in),
		TEST(allow_is_by_user_group_sid_or_all),
		TEST(deny_wins),
		TEST(what_cannot_be_resolved_denies),
		TEST(a_contested_group_still_denies_by_sid),
		TEST(a_rule_follows_who_is_renamed),
		TEST(the_entry_may_be_closed),
		TEST(each_login_is_asked_afresh),
		TEST(who_is_no_user_of_the_domain_is_told_apart),
		TEST(without_the_groups_it_is_offline),
		TEST(nor_without_the_group_of_a_rule),
		TEST(known_groups_decide_while_it_is_offline),
		TEST(an_entry_that_goes_meanwhile_is_looked_up_again),
		TEST(who_does_not_read_the_log_keeps_nobody_waiting),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: the priv socket answers uid 0 only");
		return 77;
	}
	front_enter();
	failed = cmocka_run_group_tests_name("access", tests, NULL, NULL);
	front_leave();
	return failed;
}
