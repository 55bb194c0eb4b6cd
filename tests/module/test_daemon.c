/*
 * test_daemon.c - what lightwaved asks of its worker, how often, and whose a
 * name then is.
 */
#include "asker.h"
#include "check.h"
#include "cleanup.h"
#include "daemon.h"
#include "front.h"
#include "worker.h"

#include <string.h>

#define ALICE "alice@lightwave.test"
#define BOB   "bob@lightwave.test"
#define PINNED                                                                 \
	"the name alice belongs to " DOMAIN_SID                                \
	"-100-1025, which had it first, and " DOMAIN_SID                       \
	"-100-1666 claims it now: that one is not served under it; if the "    \
	"account was deleted and made anew, say accept_sid = "                 \
	"alice@lightwave.test " DOMAIN_SID "-100-1666 in [users] of "          \
	"lightwave.conf"
/* Letters whose lower case is a letter of ASCII. */
#define DOTTED_I "\xC4\xB0"
#define KELVIN	 "\xE2\x84\xAA"

static const struct lw_entry alice = USER("alice", "100-1025"),
			     admins = GROUP("Linux Admins", "100-2001"),
			     parents = GROUP("parents", "100-2002");

static const struct worker_line find_alice = { .op = LW_OP_FIND,
					       .key = "alice",
					       .kind = LW_KIND_USER,
					       .entry = { &alice } };

static int begin(void **state)
{
	(void)state;
	worker_forget();
	worker_start();
	worker_say(&find_alice);
	return 0;
}

static int end(void **state)
{
	(void)state;
	daemon_stop();
	worker_stop();
	return 0;
}

static void a_name_in_any_form_is_one_question(void **state)
{
	static const char *const forms[] = {
		ALICE,
		"ALICE@LIGHTWAVE.TEST",
		"aLiCe@lightwave.Test",
		"lightwave.test\\alice",
		"LIGHTWAVE.TEST\\Alice",
		"lwave\\ALICE",
	};
	struct asker_got got;

	(void)state;
	daemon_start("");
	for (size_t i = 0; i < COUNT(forms); i++) {
		assert_int_equal(asker_passwd(forms[i], &got), LW_OK);
		assert_string_equal(got.name, ALICE);
		assert_int_equal(got.uid, ID(1025));
		assert_string_equal(got.gecos, "Al Ice");
		assert_string_equal(got.dir, "/home/lightwave.test/alice");
	}
	assert_int_equal(asker_uid(ID(1025), &got), LW_OK);
	assert_string_equal(got.name, ALICE);
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 1);
}

static void the_upn_leads_to_the_same_spelling(void **state)
{
	static const struct lw_entry carol =
		USER_WITH("carol", "C.Dodgson@LIGHTWAVE.TEST", "100-1031", 0);
	struct asker_got got;

	(void)state;
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "c.dodgson", .entry = { &carol } });
	daemon_start("");
	assert_int_equal(asker_passwd("c.dodgson@lightwave.test", &got), LW_OK);
	assert_string_equal(got.name, "carol@lightwave.test");
	/* And that spelling is known by now. */
	assert_int_equal(asker_passwd(got.name, &got), LW_OK);
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 1);
}

static void nobody_is_asked_about_what_cannot_be_ours(void **state)
{
	static const struct {
		const char *name;
		enum lw_err e;
	} cases[] = {
		{ "root", LW_NOTFOUND },
		{ "alice", LW_NOTOURS },
		{ "alice@other.test", LW_NOTOURS },
		{ "OTHER\\alice", LW_NOTOURS },
		{ "", LW_INVALID },
		{ "@lightwave.test", LW_INVALID },
		{ "a*@lightwave.test", LW_INVALID },
		{ "a(b@lightwave.test", LW_INVALID },
		{ "1000@lightwave.test", LW_INVALID },
		{ "a\xFF@lightwave.test", LW_INVALID },
	};
	static const uint32_t ids[] = { 0, 1, 1000, 65534, UINT32_MAX };

	(void)state;
	daemon_start("");
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(asker_passwd(cases[i].name, NULL), cases[i].e);
		assert_int_equal(asker_ours(cases[i].name),
				 cases[i].e == LW_NOTFOUND ? LW_NOTOURS
							   : cases[i].e);
	}
	for (size_t i = 0; i < COUNT(ids); i++)
		assert_int_equal(asker_uid(ids[i], NULL), LW_NOTFOUND);
	assert_int_equal(asker_ours(ALICE), LW_OK);
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 0);
}

static void equal_questions_in_flight_are_one(void **state)
{
	static const struct worker_line hold = { .op = LW_OP_FIND,
						 .manner = WORKER_HOLD };
	lw_cleanup(lw_close) int one = -1, two = -1;

	(void)state;
	worker_say(&hold);
	daemon_start("");
	one = asker_open("nss");
	two = asker_open("nss");
	asker_send_name(one, LW_OP_PASSWD_BY_NAME, ALICE);
	worker_await(LW_OP_FIND, "alice", 1);
	asker_send_name(two, LW_OP_PASSWD_BY_NAME, "LWAVE\\Alice");
	/* Whoever comes after the second is answered after it was read. */
	assert_int_equal(asker_ours(ALICE), LW_OK);
	assert_false(asker_has_answer(one));
	assert_false(asker_has_answer(two));
	assert_int_equal(worker_release(&find_alice), 1);
	assert_int_equal(asker_status(one), LW_OK);
	assert_int_equal(asker_status(two), LW_OK);
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 1);
}

static void a_fact_is_asked_for_again_after_its_ttl(void **state)
{
	(void)state;
	daemon_start("[cache]\nttl = 3600\n");
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	worker_tick();
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 1);

	daemon_reload("[cache]\nttl = 0\n", "configuration read again");
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	worker_tick();
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 3);
}

static void so_is_that_there_is_none(void **state)
{
	(void)state;
	daemon_start("[cache]\nttl = 3600\nnegative_ttl = 3600\n");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(asker_passwd(BOB, NULL), LW_NOTFOUND);
		assert_int_equal(asker_uid(ID(1026), NULL), LW_NOTFOUND);
		assert_int_equal(asker_group(BOB, NULL), LW_NOTFOUND);
		worker_tick();
	}
	assert_int_equal(worker_count(LW_OP_FIND, "bob"), 2);
	assert_int_equal(worker_count(LW_OP_FIND, "100-1026"), 1);

	daemon_reload("[cache]\nttl = 3600\nnegative_ttl = 0\n",
		      "configuration read again");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(asker_passwd(BOB, NULL), LW_NOTFOUND);
		worker_tick();
	}
	assert_int_equal(worker_count(LW_OP_FIND, "bob"), 5);
}

static void who_comes_to_exist_is_found(void **state)
{
	static const struct lw_entry bob = USER("bob", "100-1026");

	(void)state;
	daemon_start("[cache]\nnegative_ttl = 0\n");
	assert_int_equal(asker_passwd(BOB, NULL), LW_NOTFOUND);
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "bob", .entry = { &bob } });
	worker_tick();
	assert_int_equal(asker_passwd(BOB, NULL), LW_OK);
}

static void membership_is_asked_for_each_time(void **state)
{
	struct asker_got got;

	(void)state;
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS,
					   .key = DN_OF("alice"),
					   .entry = { &admins, &parents } });
	daemon_start("");
	assert_int_equal(asker_initgroups(ALICE, &got), LW_OK);
	assert_int_equal(got.count, 3); /* and the primary group */
	assert_true(asker_in_group(&got, ID(2001)));
	assert_true(asker_in_group(&got, ID(2002)));

	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS,
					   .entry = { &parents } });
	worker_tick();
	assert_int_equal(asker_initgroups(ALICE, &got), LW_OK);
	assert_false(asker_in_group(&got, ID(2001)));
	assert_true(asker_in_group(&got, ID(2002)));
	assert_int_equal(worker_count(LW_OP_MEMBERSHIPS, DN_OF("alice")), 2);
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 1);

	daemon_reload("[cache]\nmembership_ttl = 3600\n",
		      "configuration read again");
	assert_int_equal(asker_initgroups(ALICE, &got), LW_OK);
	worker_tick();
	assert_int_equal(asker_initgroups(ALICE, &got), LW_OK);
	assert_int_equal(worker_count(LW_OP_MEMBERSHIPS, NULL), 3);
}

static void a_group_has_members_by_name_and_none_by_gid(void **state)
{
	static const struct lw_entry bob = USER("bob", "100-1026");
	struct asker_got got;

	(void)state;
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .kind = LW_KIND_GROUP,
					   .entry = { &admins } });
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERS,
					   .entry = { &alice, &bob } });
	daemon_start("");
	assert_int_equal(asker_gid(ID(2001), &got), LW_OK);
	assert_string_equal(got.name, "linux admins@lightwave.test");
	assert_int_equal(got.count, 0);
	assert_int_equal(worker_count(LW_OP_MEMBERS, NULL), 0);
	assert_int_equal(asker_group("Linux Admins@Lightwave.Test", &got),
			 LW_OK);
	assert_int_equal(got.gid, ID(2001));
	assert_string_equal(got.members,
			    "alice@lightwave.test bob@lightwave.test ");
	assert_int_equal(worker_count(LW_OP_MEMBERS, DN_OF("Linux Admins")), 1);
}

static void a_name_that_two_claim_is_nobodys(void **state)
{
	static const struct lw_entry one = USER_WITH("bob", "x@LIGHTWAVE.TEST",
						     "100-1026", 0),
				     two = USER_WITH("BOB", "y@LIGHTWAVE.TEST",
						     "100-1027", 0);

	(void)state;
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "bob", .entry = { &one, &two } });
	daemon_start("");
	assert_int_equal(asker_passwd(BOB, NULL), LW_NOTFOUND);
	daemon_says("2 entries claim the name bob", 1);
}

static void the_upn_owns_the_name(void **state)
{
	static const struct lw_entry thief = USER_WITH("bob",
						       "mallory@LIGHTWAVE.TEST",
						       "100-1666", 0),
				     bob = USER("bob", "100-1026");
	struct asker_got got;

	(void)state;
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "bob", .entry = { &thief, &bob } });
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .key = "mallory",
					   .entry = { &thief, &bob },
					   .others = 1 });
	daemon_start("");
	assert_int_equal(asker_passwd(BOB, &got), LW_OK);
	assert_int_equal(got.uid, ID(1026));
	assert_string_equal(got.name, BOB);
	assert_int_equal(asker_passwd("mallory@lightwave.test", &got), LW_OK);
	assert_int_equal(got.uid, ID(1666));
	assert_string_equal(got.name, "mallory@lightwave.test");
}

static void a_name_stays_with_the_sid_it_had(void **state)
{
	static const struct lw_entry thief = USER("alice", "100-1666");

	(void)state;
	daemon_start("[cache]\nttl = 0\n");
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "alice", .entry = { &thief } });
	worker_tick();
	assert_int_equal(asker_passwd(ALICE, NULL), LW_NOTFOUND);
	daemon_says(PINNED, 1);
	worker_tick();
	assert_int_equal(asker_passwd(ALICE, NULL), LW_NOTFOUND);
	assert_int_equal(daemon_said(PINNED), 1);
	daemon_reload("[cache]\nttl = 0\n", "configuration read again");
	assert_int_equal(asker_passwd(ALICE, NULL), LW_NOTFOUND);
}

/* Deleted and made anew, and somebody asks by the new uid before any name. */
static void nor_does_its_id_lead_elsewhere(void **state)
{
	static const struct lw_entry anew = USER("alice", "100-1666");

	(void)state;
	daemon_start("[cache]\nttl = 0\n");
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "100-1666", .entry = { &anew } });
	assert_int_equal(asker_uid(ID(1666), NULL), LW_NOTFOUND);
	daemon_says(PINNED, 1);
}

static void no_letter_folds_into_ascii(void **state)
{
	static const struct lw_entry dotted = USER_WITH("al" DOTTED_I "ce",
							"al" DOTTED_I
							"ce@LIGHTWAVE.TEST",
							"100-1666", 0),
				     kelvin = USER_WITH("mar" KELVIN, "",
							"100-1667", 0);
	struct asker_got got;

	(void)state;
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .key = "alice",
					   .entry = { &dotted, &alice } });
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "mark", .entry = { &kelvin } });
	daemon_start("");
	assert_int_equal(asker_passwd(ALICE, &got), LW_OK);
	assert_int_equal(got.uid, ID(1025));
	assert_int_equal(asker_passwd("mark@lightwave.test", NULL),
			 LW_NOTFOUND);
	/* Nor is it another way of typing the name. */
	assert_int_equal(asker_passwd("AL" DOTTED_I "CE@lightwave.test", NULL),
			 LW_NOTFOUND);
	assert_int_equal(asker_passwd("MAR" KELVIN "@lightwave.test", NULL),
			 LW_NOTFOUND);
	assert_int_equal(worker_count(LW_OP_FIND, "alice"), 1);
	assert_int_equal(worker_count(LW_OP_FIND, "mark"), 1);
	assert_int_equal(worker_count(LW_OP_FIND, "al" DOTTED_I "ce"), 1);
	assert_int_equal(worker_count(LW_OP_FIND, "mar" KELVIN), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_name_in_any_form_is_one_question),
		TEST(the_upn_leads_to_the_same_spelling),
		TEST(nobody_is_asked_about_what_cannot_be_ours),
		TEST(equal_questions_in_flight_are_one),
		TEST(a_fact_is_asked_for_again_after_its_ttl),
		TEST(so_is_that_there_is_none),
		TEST(who_comes_to_exist_is_found),
		TEST(membership_is_asked_for_each_time),
		TEST(a_group_has_members_by_name_and_none_by_gid),
		TEST(a_name_that_two_claim_is_nobodys),
		TEST(the_upn_owns_the_name),
		TEST(a_name_stays_with_the_sid_it_had),
		TEST(nor_does_its_id_lead_elsewhere),
		TEST(no_letter_folds_into_ascii),
	};
	int failed;

	front_enter();
	failed = cmocka_run_group_tests_name("daemon", tests, NULL, NULL);
	front_leave();
	return failed;
}
