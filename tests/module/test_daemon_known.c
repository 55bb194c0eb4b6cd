/*
 * test_daemon_known.c - lightwavectl cache list and show: what is known is told
 * as it is, to root alone. The priv socket answers uid 0.
 */
#include "check.h"
#include "cleanup.h"
#include "ctl.h"
#include "daemon.h"
#include "front.h"
#include "login.h"
#include "worker.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ALICE  "alice@lightwave.test"
#define NEWBIE "newbie@lightwave.test"
#define ADMINS "admins@lightwave.test"
#define STAFF  "staff@lightwave.test"
#define DEMAND                                                                 \
	"[cache]\nreplicate_max = 0\nmembership_ttl = 300\n"                   \
	"negative_ttl = 300\n"
/* Changes are not asked for while the test runs. */
#define LATER "[cache]\nrevocation_max = 3600\n"

static const struct lw_entry alice = USER("alice", "100-1025"),
			     newbie = USER("newbie", "100-1027"),
			     admins = GROUP("admins", "100-2001"),
			     staff = GROUP("staff", "100-2002");
static const struct worker_line no_changes = { .op = LW_OP_SYNC,
					       .key = "changes",
					       .end = LW_SYNCED_CHANGES,
					       .highest = 100 };
static const struct worker_line facts[] = {
	{ .op = LW_OP_FIND, .key = "alice", .entry = { &alice } },
	{ .op = LW_OP_FIND, .key = "admins", .entry = { &admins } },
	{ .op = LW_OP_MEMBERSHIPS, .entry = { &admins } },
	{ .op = LW_OP_MEMBERS, .key = DN_OF("admins"), .entry = { &alice } },
};
static const struct worker_line find_newbie = { .op = LW_OP_FIND,
						.key = "newbie",
						.entry = { &newbie } };

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

static char said[65536];

static int ctl(const char *verb, const char *one, const char *two)
{
	const char *const args[] = { "cache", verb, one, one ? two : NULL,
				     NULL };

	worker_tick();
	return ctl_run(args, said, sizeof(said));
}

static void drop(const char *one, const char *two)
{
	if (ctl("drop", one, two) != 0)
		fail_msg("%s", said);
	assert_string_equal(said, "");
	worker_tick();
}

static void all_is_asked_for(void)
{
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(asker_initgroups(ALICE, NULL), LW_OK);
	assert_int_equal(asker_group(ADMINS, NULL), LW_OK);
	worker_tick();
}

static void has(const char *words)
{
	if (!strstr(said, words))
		fail_msg("no \"%s\" in:\n%s", words, said);
}

static void what_is_known_is_shown(void **state)
{
	(void)state;
	daemon_start(DEMAND);
	all_is_asked_for();
	assert_int_equal(asker_passwd(NEWBIE, NULL), LW_NOTFOUND);
	assert_int_equal(ctl("show", "Alice@Lightwave.TEST", NULL), 0);
	has("user     " ALICE "\nuid      1677722625\n"
	    "SID      " DOMAIN_SID
	    "-100-1025\nDN       " DN_OF("alice") "\n"
						  "asked    confirmed ");
	has(" s ago; taken for ");
	has("while the directory is away\ngroups   2, confirmed ");
	assert_int_equal(ctl("show", "--json", "alice"), 0);
	has("[{\"kind\":\"user\",\"name\":\"" ALICE "\",\"from\":\"asked\","
	    "\"uid\":1677722625,\"sid\":\"" DOMAIN_SID "-100-1025\",\"dn\":\"");
	has(",\"groups\":{\"count\":2,\"age\":");
	assert_int_equal(ctl("show", NEWBIE, NULL), 0);
	has("user     newbie\nnobody   confirmed ");
	drop(ALICE, NULL);
	assert_int_equal(ctl("show", "alice", NULL), 0);
	has(" s ago; asked for at the next lookup; for 604");
	assert_int_equal(ctl("show", "carol", NULL), 1);
	assert_string_equal(said, "lightwavectl: nothing is known of carol\n");
	assert_int_equal(ctl("drop", "carol", NULL), 1);
	assert_string_equal(said, "lightwavectl: nothing is known of carol\n");
	assert_int_equal(ctl("drop", "carol@example.org", NULL), 1);
	has("not a name of this domain");
}

static void all_that_is_known_is_listed(void **state)
{
	static const struct lw_entry odd = { .kind = LW_KIND_USER,
					     .dn = TEXT("cn=\"q\\\t\xff"),
					     .sid = TEXT(DOMAIN_SID
							 "-100-1024"),
					     .sam = TEXT("q\xc3\xbc") };
	static const struct worker_synced v[] = {
		{ &admins, { DN_OF("alice") } },
		{ &staff, { NULL } },
		{ &alice, { NULL } },
		{ &odd, { NULL } },
	};
	const struct worker_line line = { .op = LW_OP_SYNC,
					  .key = "everything",
					  .synced = v,
					  .synced_n = COUNT(v),
					  .end = LW_SYNCED_EVERYTHING,
					  .highest = 100 };

	(void)state;
	worker_say(&line);
	worker_say(&no_changes);
	daemon_start(LATER);
	daemon_says("the directory is known whole", 1);
	/* On demand beside it, and the same entry once. */
	worker_say(&find_newbie);
	assert_int_equal(asker_passwd(NEWBIE, NULL), LW_OK);
	drop(ALICE, NULL);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(ctl("list", NULL, NULL), 0);
	has("user   1677722624  replica ");
	has(" s  q\xc3\xbc@lightwave.test\nuser   1677722625  replica ");
	has(" s  " ALICE "\nuser   1677722627  asked ");
	has(" s  " NEWBIE "\ngroup  1677723601  replica ");
	has(" s  " STAFF "\n");
	assert_int_equal(ctl("list", "--json", NULL), 0);
	has("[{\"kind\":\"user\",\"name\":\"q\xc3\xbc@lightwave.test\",");
	has("\"dn\":\"cn=\\\"q\\\\\\u0009\\ufffd\",\"age\":");
	has(",\"fresh\":null,\"offline\":");
	has("\"gid\":1677723602,");
	assert_string_equal(said + strlen(said) - 3, "}]\n");
}

static void wrong_calls_change_nothing(void **state)
{
	static const char *const wrong[][6] = {
		{ "cache" },
		{ "cache", "flush" },
		{ "cache", "drop" },
		{ "cache", "drop", "" },
		{ "cache", "drop", "--all", ALICE },
		{ "cache", "drop", "--all", "--with-groups" },
		{ "cache", "drop", "--json", ALICE },
		{ "cache", "drop", ALICE, ADMINS },
		{ "cache", "show" },
		{ "cache", "show", "--all" },
		{ "cache", "list", ALICE },
		{ "cache", "list", "--nonsense" },
		{ "status", ALICE },
		{ "refresh", "--all" },
	};

	(void)state;
	daemon_start(DEMAND);
	all_is_asked_for();
	for (size_t i = 0; i < COUNT(wrong); i++) {
		assert_int_equal(ctl_run(wrong[i], said, sizeof(said)), 2);
		has("usage: lightwavectl");
	}
	all_is_asked_for();
	assert_int_equal(worker_count(LW_OP_FIND, "alice"), 1);
}

/* Only root's socket, and only what is well-formed. */
static void others_are_told_nothing(void **state)
{
	static const struct {
		enum lw_op op;
		const char *body;
		size_t n;
	} bad[] = {
		{ LW_OP_CACHE_LIST, "", 0 },
		{ LW_OP_CACHE_LIST, "\3\0\0\0\0", 5 },
		{ LW_OP_CACHE_LIST, "\1\0\0\0\0\0", 6 },
		{ LW_OP_CACHE_SHOW, "", 0 },
		{ LW_OP_CACHE_DROP, "\2\0\0\0\1a", 6 },
		{ LW_OP_CACHE_DROP, "\0\0\0\0\0", 5 },
		{ LW_OP_CACHE_DROP, "\3\0\0\0\1a", 6 },
		{ (enum lw_op)(LW_OP_CACHE_DROP + 1), "", 0 },
		{ (enum lw_op)(LW_OP_CACHE_LIST - 1), "", 0 },
	};
	static const enum lw_op ops[] = { LW_OP_CACHE_LIST, LW_OP_CACHE_SHOW,
					  LW_OP_CACHE_DROP };

	(void)state;
	daemon_start(DEMAND);
	for (size_t i = 0; i < COUNT(bad); i++) {
		lw_cleanup(lw_close) int fd = asker_open("priv");

		asker_send_body(fd, bad[i].op, bad[i].body, bad[i].n);
		assert_int_equal(asker_status(fd), LW_PROTO);
	}
	for (size_t i = 0; i < COUNT(ops); i++) {
		lw_cleanup(lw_close) int fd = asker_open("nss");

		asker_send_name(fd, ops[i], ALICE);
		assert_int_equal(asker_status(fd), LW_PROTO);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_known_is_shown),
		TEST(all_that_is_known_is_listed),
		TEST(wrong_calls_change_nothing),
		TEST(others_are_told_nothing),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: the priv socket answers uid 0 only");
		return 77;
	}
	front_enter();
	failed = cmocka_run_group_tests_name("known", tests, NULL, NULL);
	front_leave();
	return failed;
}
