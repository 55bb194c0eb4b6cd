/*
 * test_daemon_principal.c - who may log in with a ticket: each user chooses
 * his userPrincipalName himself, so a principal opens the account that its
 * entry owns here, and never another. The priv socket answers uid 0.
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
#define REALM "@LIGHTWAVE.TEST"

static const struct lw_entry
	alice = USER("alice", "100-1025"),
	bob = USER("bob", "100-1026"),
	/* Her sAMAccountName is not her principal. */
	carol = USER_WITH("carol", "c.dodgson" REALM, "100-1027", 0),
	dora = USER_WITH("dora", "Dora@lightwave.test", "100-1032", 0),
	closed = USER_WITH("closed", "closed" REALM, "100-1033",
			   LW_UAC_DISABLED),
	/* They want to be somebody local. */
	mallory = USER_WITH("mallory", "root" REALM, "100-1666", 0),
	malcolm = USER_WITH("daemon", "daemon" REALM, "100-1667", 0),
	/* None of ours, or nearly one. */
	none = USER_WITH("none", "", "100-1028", 0),
	far = USER_WITH("far", "far@OTHER.TEST", "100-1029", 0),
	longer = USER_WITH("longer", "longer" REALM "X", "100-1030", 0),
	shorter = USER_WITH("shorter", "shorter@LIGHTWAVE.TES", "100-1031", 0);

static const struct worker_line facts[] = {
	{ .op = LW_OP_FIND, .key = "alice", .entry = { &alice } },
	{ .op = LW_OP_FIND, .key = "bob", .entry = { &bob } },
	{ .op = LW_OP_FIND, .key = "carol", .entry = { &carol } },
	{ .op = LW_OP_FIND, .key = "c.dodgson", .entry = { &carol } },
	{ .op = LW_OP_FIND, .key = "dora", .entry = { &dora } },
	{ .op = LW_OP_FIND, .key = "closed", .entry = { &closed } },
	{ .op = LW_OP_FIND, .key = "mallory", .entry = { &mallory } },
	{ .op = LW_OP_FIND, .key = "root", .entry = { &mallory } },
	{ .op = LW_OP_FIND, .key = "daemon", .entry = { &malcolm } },
	{ .op = LW_OP_FIND, .key = "none", .entry = { &none } },
	{ .op = LW_OP_FIND, .key = "far", .entry = { &far } },
	{ .op = LW_OP_FIND, .key = "longer", .entry = { &longer } },
	{ .op = LW_OP_FIND, .key = "shorter", .entry = { &shorter } },
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

struct principal {
	const char *principal, *account;
	enum lw_err e;
	const char *name; /* on LW_OK */
};

static void principals_are(const struct principal *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char name[300];
		enum lw_err e =
			login_principal(p[i].principal, p[i].account, name);

		if (e != p[i].e)
			fail_msg("%s for \"%s\": %s and not %s", p[i].principal,
				 p[i].account, lw_strerror(e),
				 lw_strerror(p[i].e));
		assert_string_equal(name, e == LW_OK ? p[i].name : "");
	}
}

static void a_principal_opens_its_own_account(void **state)
{
	static const struct principal cases[] = {
		{ "alice" REALM, "", LW_OK, ALICE },
		{ "alice" REALM, ALICE, LW_OK, ALICE },
		/* To the KDC that is the same one. */
		{ "ALICE" REALM, ALICE, LW_OK, ALICE },
		/* The account may be typed as it may be anywhere. */
		{ "alice" REALM, "ALICE@Lightwave.Test", LW_OK, ALICE },
		{ "alice" REALM, "LWAVE\\alice", LW_OK, ALICE },
		{ "alice" REALM, "lightwave.test\\Alice", LW_OK, ALICE },
		{ "dora" REALM, "", LW_OK, "dora@lightwave.test" },
		{ "c.dodgson" REALM, "", LW_OK, "carol@lightwave.test" },
		{ "c.dodgson" REALM, "carol@lightwave.test", LW_OK,
		  "carol@lightwave.test" },
		{ "c.dodgson" REALM, "c.dodgson@lightwave.test", LW_OK,
		  "carol@lightwave.test" },
	};

	(void)state;
	daemon_start("");
	principals_are(cases, COUNT(cases));
}

static void and_nobody_elses(void **state)
{
	static const struct principal cases[] = {
		{ "alice" REALM, BOB, LW_DENIED, NULL },
		{ "alice" REALM, "nobody@lightwave.test", LW_DENIED, NULL },
		{ "alice" REALM, "alice@other.test", LW_DENIED, NULL },
		{ "alice" REALM, "a*@lightwave.test", LW_DENIED, NULL },
		/* Without a domain it is local, and so is whoever is local. */
		{ "alice" REALM, "alice", LW_DENIED, NULL },
		{ "alice" REALM, "root", LW_DENIED, NULL },
		{ "alice" REALM, "daemon", LW_DENIED, NULL },
		/* The KDC knows her by the other name. */
		{ "carol" REALM, "", LW_DENIED, NULL },
		{ "carol" REALM, "carol@lightwave.test", LW_DENIED, NULL },
		{ "mallory" REALM, "", LW_DENIED, NULL },
		{ "none" REALM, "", LW_DENIED, NULL },
		{ "far" REALM, "", LW_DENIED, NULL },
		/* A realm in another case is another realm. */
		{ "alice@lightwave.test", ALICE, LW_NOTOURS, NULL },
		{ "alice@LightWave.Test", "", LW_NOTOURS, NULL },
		{ "longer" REALM, "", LW_DENIED, NULL },
		{ "shorter" REALM, "", LW_DENIED, NULL },
		{ "c.dodgson" REALM, ALICE, LW_DENIED, NULL },
		/* The KDC gives tickets to whose account is disabled. */
		{ "closed" REALM, "closed@lightwave.test", LW_DISABLED, NULL },
	};

	(void)state;
	daemon_start("");
	principals_are(cases, COUNT(cases));
}

static void a_principal_called_root_is_not_root(void **state)
{
	static const struct principal cases[] = {
		/* It is who has it, under the name that is his. */
		{ "root" REALM, "", LW_OK, "mallory@lightwave.test" },
		{ "root" REALM, "root", LW_DENIED, NULL },
		{ "root" REALM, ALICE, LW_DENIED, NULL },
		{ "ROOT" REALM, "root", LW_DENIED, NULL },
		{ "root" REALM, "root@other.test", LW_DENIED, NULL },
		{ "daemon" REALM, "daemon", LW_DENIED, NULL },
		{ "daemon" REALM, "", LW_OK, "daemon@lightwave.test" },
	};

	(void)state;
	daemon_start("");
	principals_are(cases, COUNT(cases));
}

/* Here his name would be root's: so he is nobody. */
static void nor_where_names_are_short(void **state)
{
	static const struct lw_entry root = USER("root", "100-1666");
	static const struct principal cases[] = {
		{ "root" REALM, "", LW_NOTFOUND, NULL },
		{ "root" REALM, "root", LW_NOTFOUND, NULL },
		{ "daemon" REALM, "daemon", LW_NOTFOUND, NULL },
		{ "alice" REALM, "root", LW_DENIED, NULL },
		{ "alice" REALM, "alice", LW_OK, "alice" },
		{ "alice" REALM, "bob", LW_DENIED, NULL },
		/* A principal has a realm wherever it is read. */
		{ "alice", "alice", LW_NOTOURS, NULL },
		{ "LWAVE\\alice", "alice", LW_NOTOURS, NULL },
	};

	(void)state;
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "root", .entry = { &root } });
	daemon_start("[domain]\ndefault_domain_names = yes\n"
		     "name_format = short\n");
	principals_are(cases, COUNT(cases));
}

static void what_is_no_principal_of_ours_is_not_asked_about(void **state)
{
	static const struct principal cases[] = {
		{ "", "", LW_NOTOURS, NULL },
		{ "", ALICE, LW_NOTOURS, NULL },
		{ "alice", "", LW_NOTOURS, NULL },
		{ "alice@OTHER.TEST", "", LW_NOTOURS, NULL },
		{ "alice@OTHER.TEST", ALICE, LW_NOTOURS, NULL },
		/* A realm has one spelling. */
		{ "alice@lightwave.test", ALICE, LW_NOTOURS, NULL },
		{ "alice@LightWave.Test", ALICE, LW_NOTOURS, NULL },
		{ "alice" REALM ".", ALICE, LW_NOTOURS, NULL },
		{ "alice@LIGHTWAVE.TES", ALICE, LW_NOTOURS, NULL },
		{ "alice@LIGHTWAVE.TESTX", ALICE, LW_NOTOURS, NULL },
		{ "alice@", ALICE, LW_NOTOURS, NULL },
		{ "alice/admin" REALM, "", LW_NOTOURS, NULL },
		{ "host/alice" REALM, ALICE, LW_NOTOURS, NULL },
		{ "/alice" REALM, ALICE, LW_NOTOURS, NULL },
		{ "alice/" REALM, ALICE, LW_NOTOURS, NULL },
		{ "alice\\@lightwave.test" REALM, ALICE, LW_NOTOURS, NULL },
		{ "LWAVE\\alice", ALICE, LW_NOTOURS, NULL },
		{ "LWAVE\\alice" REALM, ALICE, LW_NOTOURS, NULL },
		{ "alice" REALM "\\0", ALICE, LW_NOTOURS, NULL },
		{ "@", "", LW_NOTOURS, NULL },
		{ REALM, "", LW_INVALID, NULL },
		{ "alice" REALM REALM, ALICE, LW_NOTOURS, NULL },
		{ "*" REALM, ALICE, LW_INVALID, NULL },
		{ "al\nice" REALM, ALICE, LW_INVALID, NULL },
		{ "al\xFF" REALM, ALICE, LW_INVALID, NULL },
		{ " alice" REALM, ALICE, LW_INVALID, NULL },
	};

	(void)state;
	daemon_start("");
	principals_are(cases, COUNT(cases));
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 0);
}

static void who_is_not_there_is_not_found(void **state)
{
	static const struct principal cases[] = {
		{ "nobody" REALM, "", LW_NOTFOUND, NULL },
		{ "nobody" REALM, ALICE, LW_NOTFOUND, NULL },
		{ "nobody" REALM, "nobody@lightwave.test", LW_NOTFOUND, NULL },
	};

	(void)state;
	daemon_start("");
	principals_are(cases, COUNT(cases));
}

/* Bob gave up his principal, and Mallory took it. */
static void a_principal_that_changed_hands_opens_nothing(void **state)
{
	static const struct lw_entry robert = USER_WITH("bob", "robert" REALM,
							"100-1026", 0),
				     thief = USER_WITH("thief", "bob" REALM,
						       "100-1666", 0);
	static const struct principal before[] = {
		{ "bob" REALM, BOB, LW_OK, BOB },
	};
	static const struct principal after[] = {
		{ "bob" REALM, BOB, LW_DENIED, NULL },
		{ "bob" REALM, "", LW_DENIED, NULL },
		{ "bob" REALM, "thief@lightwave.test", LW_DENIED, NULL },
		{ "robert" REALM, BOB, LW_OK, BOB },
	};

	(void)state;
	daemon_start("");
	principals_are(before, COUNT(before));
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "bob", .entry = { &robert, &thief } });
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .key = "robert",
					   .entry = { &robert, &thief },
					   .others = 1 });
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .key = "thief",
					   .entry = { &thief, &robert },
					   .others = 1 });
	worker_tick();
	principals_are(after, COUNT(after));
}

/* So is one whose entry was made anew. */
static void nor_one_of_a_new_entry(void **state)
{
	static const struct lw_entry another = USER("alice", "100-1666");
	char name[300];

	(void)state;
	daemon_start("");
	assert_int_equal(login_principal("alice" REALM, ALICE, name), LW_OK);
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "alice", .entry = { &another } });
	worker_tick();
	assert_int_equal(login_principal("alice" REALM, ALICE, name),
			 LW_NOTFOUND);
	assert_int_equal(login_principal("alice" REALM, "", name), LW_NOTFOUND);
}

static void each_time_the_directory_is_asked(void **state)
{
	char name[300];

	(void)state;
	daemon_start("[cache]\nttl = 3600\n");
	for (unsigned int i = 1; i <= 4; i++) {
		assert_int_equal(login_principal("alice" REALM,
						 i % 2 ? "" : ALICE, name),
				 LW_OK);
		assert_int_equal(worker_count(LW_OP_FIND, "alice"), i);
		worker_tick();
	}
	worker_stop();
	assert_int_equal(login_principal("carol" REALM, "", name), LW_NOWORKER);
	assert_int_equal(login_principal("alice" REALM, BOB, name),
			 LW_NOWORKER);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_principal_opens_its_own_account),
		TEST(and_nobody_elses),
		TEST(a_principal_called_root_is_not_root),
		TEST(nor_where_names_are_short),
		TEST(what_is_no_principal_of_ours_is_not_asked_about),
		TEST(who_is_not_there_is_not_found),
		TEST(a_principal_that_changed_hands_opens_nothing),
		TEST(nor_one_of_a_new_entry),
		TEST(each_time_the_directory_is_asked),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: the priv socket answers uid 0 only");
		return 77;
	}
	front_enter();
	failed = cmocka_run_group_tests_name("principal", tests, NULL, NULL);
	front_leave();
	return failed;
}
