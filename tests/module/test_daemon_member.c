/*
 * test_daemon_member.c - whom a rule of sudoers means, as the front is asked
 * by sudo's plug-in, where users are asked about one by one. The priv socket
 * answers uid 0.
 */
#include "check.h"
#include "daemon.h"
#include "front.h"
#include "member_rig.h"
#include "worker.h"

#include <stdio.h>

#define ALICE "alice@lightwave.test"
#define SID   DOMAIN_SID "-100-"

static const struct lw_entry alice = USER("alice", "100-1025"),
			     bob = USER("bob", "100-1026"),
			     shut = USER_WITH("shut", "shut@LIGHTWAVE.TEST",
					      "100-1027", LW_UAC_DISABLED),
			     late = USER_WITH("late", "late@LIGHTWAVE.TEST",
					      "100-1028", LW_UAC_EXPIRED),
			     admins = GROUP("Linux Admins", "100-2001"),
			     outer = GROUP("outer", "100-2002"),
			     rogues = GROUP("rogues", "100-2003"),
			     twin = GROUP("Twin", "100-2004"),
			     other_twin = GROUP("twin", "100-2005"),
			     daemons = GROUP("daemon", "100-2006"),
			     users = GROUP("Users", "545");

#define FOUND(k, e, kind_)                                                     \
	{                                                                      \
		.op = LW_OP_FIND, .key = (k), .kind = (kind_), .entry = { e }  \
	}

/* Alice is in admins, which is in outer; and in one of two twins. */
static const struct worker_line facts[] = {
	FOUND("alice", &alice, LW_KIND_USER),
	FOUND("100-1025", &alice, LW_KIND_USER),
	FOUND("100-1026", &bob, LW_KIND_USER),
	FOUND("100-1027", &shut, LW_KIND_USER),
	FOUND("100-1028", &late, LW_KIND_USER),
	FOUND("linux admins", &admins, LW_KIND_GROUP),
	FOUND("100-2001", &admins, LW_KIND_GROUP),
	FOUND("outer", &outer, LW_KIND_GROUP),
	FOUND("100-2002", &outer, LW_KIND_GROUP),
	FOUND("rogues", &rogues, LW_KIND_GROUP),
	FOUND("daemon", &daemons, LW_KIND_GROUP),
	FOUND("100-2006", &daemons, LW_KIND_GROUP),
	FOUND("users", &users, LW_KIND_GROUP),
	FOUND("545", &users, LW_KIND_GROUP),
	{ .op = LW_OP_FIND,
	  .key = "twin",
	  .kind = LW_KIND_GROUP,
	  .entry = { &twin, &other_twin } },
	{ .op = LW_OP_MEMBERSHIPS,
	  .key = DN_OF("alice"),
	  .entry = { &admins, &outer, &twin, &other_twin },
	  .others = 1 },
	{ .op = LW_OP_MEMBERSHIPS,
	  .key = DN_OF("bob"),
	  .entry = { &rogues, &daemons } },
	{ .op = LW_OP_MEMBERSHIPS, .key = DN_OF("shut"), .entry = { &admins } },
	{ .op = LW_OP_MEMBERSHIPS, .key = DN_OF("late"), .entry = { &admins } },
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

static void every_form_of_a_name_is_the_group(void **state)
{
	static const char *const forms[] = {
		"Linux Admins",
		"linux admins",
		"LINUX ADMINS@Lightwave.Test",
		"LIGHTWAVE.TEST\\Linux Admins",
		"lwave\\linux Admins",
		SID "2001",
	};
	struct member_got got;

	(void)state;
	daemon_start("");
	for (size_t i = 0; i < COUNT(forms); i++) {
		assert_int_equal(member_ask(LW_MEMBER_DECIDES, ID(1025), ALICE,
					    forms[i], &got),
				 LW_OK);
		assert_true(got.yes);
		assert_false(got.away);
		assert_int_equal(got.gid, ID(2001));
		assert_string_equal(got.group, "linux admins@lightwave.test");
		assert_string_equal(got.sid, SID "2001");
		assert_int_equal(member_decides(ID(1026), forms[i]),
				 LW_FORBIDDEN);
	}
	/* Nested, and what everybody is in. */
	assert_int_equal(member_decides(ID(1025), "outer"), LW_OK);
	assert_int_equal(member_decides(ID(1026), "outer"), LW_FORBIDDEN);
	assert_int_equal(member_decides(ID(1026), "Users"), LW_OK);
	assert_int_equal(member_decides(ID(1026), DOMAIN_SID "-545"), LW_OK);
}

static void his_own_sid_is_his(void **state)
{
	struct member_got got;

	(void)state;
	daemon_start("");
	assert_int_equal(member_ask(LW_MEMBER_DECIDES, ID(1025), ALICE,
				    SID "1025", &got),
			 LW_OK);
	assert_true(got.yes);
	assert_int_equal(got.gid, ID(1025));
	assert_string_equal(got.group, ALICE);
	assert_int_equal(member_decides(ID(1026), SID "1025"), LW_NOTFOUND);
	/* Nor is it where nobody knows what he is in. */
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS,
					   .key = DN_OF("bob"),
					   .status = LW_RANGE });
	worker_tick();
	assert_int_equal(member_elsewhere(ID(1026), SID "1026"), LW_OFFLINE);
}

static void a_name_will_do_where_there_is_no_uid(void **state)
{
	struct member_got got;

	(void)state;
	daemon_start("");
	assert_int_equal(member_ask(LW_MEMBER_TELLS, LW_NEVER, "LWAVE\\ALICE",
				    "outer", &got),
			 LW_OK);
	assert_true(got.yes);
	assert_int_equal(member_ask(LW_MEMBER_TELLS, LW_NEVER,
				    "nobody@lightwave.test", "outer", &got),
			 LW_NOTFOUND);
	assert_int_equal(
		member_ask(LW_MEMBER_TELLS, LW_NEVER, "root", "outer", &got),
		LW_NOTOURS);
	/* To tell is not to decide. */
	assert_int_equal(daemon_said("member: user"), 0);
}

static void what_is_not_there_means_nobody(void **state)
{
	static const char *const none[] = {
		"no such",  "a:b",
		"",	    "outer@other.test",
		SID "9999", "S-1-7-21-9-9-9-9-100-2001",
		DOMAIN_SID, "S-1-7-21-1-2-3-4-100-02001"
	};

	(void)state;
	daemon_start("");
	for (size_t i = 0; i < COUNT(none); i++)
		assert_int_equal(member_decides(ID(1025), none[i]),
				 LW_NOTFOUND);
	assert_int_equal(member_decides(ID(1025), "no such"), LW_NOTFOUND);
	daemon_says("sudo asks for group no such, and there is none", 1);
	assert_int_equal(
		daemon_said("sudo asks for group no such, and there is none"),
		1);
	/* Nobody has that uid; and that one is not the domain's. */
	assert_int_equal(member_decides(ID(9999), "outer"), LW_NOTFOUND);
	assert_int_equal(member_decides(0, "outer"), LW_NOTOURS);
	assert_int_equal(member_decides(60100, "outer"), LW_NOTOURS);
}

/* Local by its name alone: somebody else's uid does not help. */
static void a_local_user_is_nobody_of_ours(void **state)
{
	struct member_got got;

	(void)state;
	daemon_start("");
	assert_int_equal(
		member_ask(LW_MEMBER_DECIDES, ID(1025), "root", "outer", &got),
		LW_NOTOURS);
	assert_int_equal(daemon_said("member: user"), 0);
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 0);
}

static void a_closed_account_has_no_rights(void **state)
{
	(void)state;
	daemon_start("");
	assert_int_equal(member_decides(ID(1027), "linux admins"),
			 LW_FORBIDDEN);
	assert_int_equal(member_decides(ID(1027), SID "1027"), LW_FORBIDDEN);
	daemon_says("no: account disabled", 2);
	/* Of an old password the account question decides. */
	assert_int_equal(member_decides(ID(1028), "linux admins"), LW_OK);
}

static void what_is_claimed_twice_counts_by_sid_alone(void **state)
{
	(void)state;
	daemon_start("");
	assert_int_equal(member_decides(ID(1025), "twin"), LW_NOTFOUND);
	assert_int_equal(member_decides(ID(1025), SID "2004"), LW_OK);
	assert_int_equal(member_decides(ID(1026), SID "2004"), LW_NOTFOUND);
	daemon_stop();
	/* The same where a local group has its name. */
	daemon_start(
		"[domain]\nname_format = short\ndefault_domain_names = yes\n");
	assert_int_equal(member_decides(ID(1026), "daemon"), LW_NOTFOUND);
	assert_int_equal(member_decides(ID(1026), "daemon@lightwave.test"),
			 LW_NOTFOUND);
	assert_int_equal(member_decides(ID(1026), SID "2006"), LW_OK);
	assert_int_equal(member_decides(ID(1025), SID "2006"), LW_NOTFOUND);
}

static void rights_stay_with_who_renames_himself(void **state)
{
	static const struct lw_entry robert = USER("robert", "100-1025"),
				     thief = USER("alice", "100-1026");
	struct member_got got;

	(void)state;
	daemon_start("[cache]\nttl = 0\n");
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(member_elsewhere(ID(1025), "outer"), LW_OK);
	worker_say(
		&(struct worker_line)FOUND("100-1025", &robert, LW_KIND_USER));
	worker_say(
		&(struct worker_line)FOUND("100-1026", &thief, LW_KIND_USER));
	worker_say(&(struct worker_line)FOUND("alice", &thief, LW_KIND_USER));
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS,
					   .key = DN_OF("robert"),
					   .entry = { &admins, &outer } });
	worker_tick();
	assert_int_equal(member_elsewhere(ID(1025), "outer"), LW_OK);
	assert_int_equal(member_elsewhere(ID(1026), "outer"), LW_NOTFOUND);
	assert_int_equal(
		member_ask(LW_MEMBER_DECIDES, LW_NEVER, ALICE, "outer", &got),
		LW_NOTFOUND);
}

static void each_sudo_is_told_what_is_so_now(void **state)
{
	unsigned int lists;

	(void)state;
	daemon_start("[cache]\nttl = 3600\nmembership_ttl = 3600\n"
		     "replicate_max = 0\n");
	assert_int_equal(asker_initgroups(ALICE, NULL), LW_OK);
	worker_tick();
	assert_int_equal(member_elsewhere(ID(1025), "outer"), LW_OK);
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS,
					   .key = DN_OF("alice"),
					   .entry = { &admins } });
	worker_tick();
	assert_int_equal(member_elsewhere(ID(1025), "outer"), LW_FORBIDDEN);
	assert_int_equal(member_elsewhere(ID(1025), "linux admins"), LW_OK);
	/* One sudo asks about every group of its rules. */
	lists = worker_count(LW_OP_MEMBERSHIPS, NULL);
	for (int i = 0; i < 20; i++) {
		worker_tick();
		assert_int_equal(member_decides(ID(1025), "outer"),
				 LW_FORBIDDEN);
	}
	assert_int_equal(worker_count(LW_OP_MEMBERSHIPS, NULL), lists + 1);
	assert_int_equal(member_decides(ID(1026), "rogues"), LW_OK);
	assert_int_equal(worker_count(LW_OP_MEMBERSHIPS, NULL), lists + 2);
}

static void half_a_list_is_none(void **state)
{
	(void)state;
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS,
					   .status = LW_OFFLINE });
	daemon_start("");
	assert_int_equal(member_decides(ID(1025), "outer"), LW_OFFLINE);
	daemon_says("sudo asks for group outer: no: directory not reachable",
		    1);
}

static void the_directory_goes(void)
{
	worker_forget();
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .status = LW_OFFLINE });
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS,
					   .status = LW_OFFLINE });
	worker_tick();
}

static void what_was_known_decides_for_a_while(void **state)
{
	lw_cleanup(lw_close) int fd = -1;
	struct member_got got;

	(void)state;
	daemon_start("");
	assert_int_equal(member_decides(ID(1025), "outer"), LW_OK);
	the_directory_goes();
	fd = member_open_elsewhere();
	member_send(fd, LW_MEMBER_DECIDES, ID(1025), ALICE, "outer");
	assert_int_equal(member_take(fd, &got), LW_OK);
	assert_true(got.yes);
	assert_true(got.away);
	daemon_says("s old, directory away", 1);
	/* Of bob nothing was ever known. */
	assert_int_equal(member_decides(ID(1026), "outer"), LW_OFFLINE);
}

static void and_then_nobody_has_a_right(void **state)
{
	int64_t until;
	enum lw_err e;

	(void)state;
	daemon_start("[cache]\noffline_max = 7200\n"
		     "offline_authorization_max = 1\n");
	assert_int_equal(member_decides(ID(1025), "outer"), LW_OK);
	the_directory_goes();
	until = worker_now_ms() + PATIENCE_MS;
	do {
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 50);
		e = member_elsewhere(ID(1025), "outer");
	} while (e == LW_OK);
	assert_int_equal(e, LW_OUTDATED);
	daemon_says("no: directory away for longer than "
		    "offline_authorization_max",
		    1);
	assert_int_equal(member_decides(ID(1025), SID "1025"), LW_OUTDATED);
}

static void only_root_is_told(void **state)
{
	lw_cleanup(lw_close) int fd = -1;
	struct member_got got;

	(void)state;
	daemon_start("");
	fd = asker_open("nss");
	member_send(fd, LW_MEMBER_TELLS, ID(1025), ALICE, "outer");
	assert_int_equal(member_take(fd, &got), LW_PROTO);
}

static void a_decision_is_a_line(void **state)
{
	(void)state;
	daemon_start("");
	assert_int_equal(member_decides(ID(1025), "OUTER"), LW_OK);
	daemon_says("member: user whoever, sudo asks for group OUTER (" SID
		    "2002): yes: a member, facts 0 s old\n",
		    1);
	assert_int_equal(member_decides(ID(1026), "outer"), LW_FORBIDDEN);
	daemon_says("): no: not a member, facts", 1);
	assert_int_equal(daemon_said("member: user"), 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_form_of_a_name_is_the_group),
		TEST(his_own_sid_is_his),
		TEST(a_name_will_do_where_there_is_no_uid),
		TEST(what_is_not_there_means_nobody),
		TEST(a_local_user_is_nobody_of_ours),
		TEST(a_closed_account_has_no_rights),
		TEST(what_is_claimed_twice_counts_by_sid_alone),
		TEST(rights_stay_with_who_renames_himself),
		TEST(each_sudo_is_told_what_is_so_now),
		TEST(half_a_list_is_none),
		TEST(what_was_known_decides_for_a_while),
		TEST(and_then_nobody_has_a_right),
		TEST(only_root_is_told),
		TEST(a_decision_is_a_line),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: the priv socket answers uid 0 only");
		return 77;
	}
	front_enter();
	failed = cmocka_run_group_tests_name("member", tests, NULL, NULL);
	front_leave();
	return failed;
}
