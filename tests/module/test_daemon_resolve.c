/*
 * test_daemon_resolve.c - whom a rule of sudoers would mean, as who is about to
 * write it asks. The priv socket answers uid 0.
 */
#include "front.h"
#include "member_rig.h"

#include "follow_rig.h"

#include <stdio.h>
#include <unistd.h>

#define SID	  DOMAIN_SID "-100-"
#define ALICE_IS  "u " ALICE " " SID "1025 1677722625;"
#define ADMINS_IS "g admins@lightwave.test " SID "2001 1677723601;"

static const struct lw_entry both = GROUP("Alice", "100-2002"),
			     twin = USER_WITH("twin", "", "100-1027", 0),
			     other_twin = {
				     .kind = LW_KIND_USER,
				     .dn = TEXT(DN_OF("other")),
				     .sid = TEXT(SID "1028"),
				     .sam = TEXT("Twin"),
			     };

static const struct worker_line asked_for[] = {
	{ .op = LW_OP_FIND,
	  .key = "alice",
	  .kind = LW_KIND_USER,
	  .entry = { &alice } },
	{ .op = LW_OP_FIND,
	  .key = "alice",
	  .kind = LW_KIND_GROUP,
	  .entry = { &both } },
	{ .op = LW_OP_FIND,
	  .key = "admins",
	  .kind = LW_KIND_GROUP,
	  .entry = { &admins } },
	{ .op = LW_OP_FIND, .key = "bob", .kind = LW_KIND_GROUP },
	{ .op = LW_OP_FIND, .key = "admins", .kind = LW_KIND_USER },
	{ .op = LW_OP_FIND,
	  .key = "twin",
	  .kind = LW_KIND_USER,
	  .entry = { &twin, &other_twin } },
	{ .op = LW_OP_FIND,
	  .key = "100-1025",
	  .kind = LW_KIND_USER,
	  .entry = { &alice } },
	{ .op = LW_OP_FIND,
	  .key = "100-2001",
	  .kind = LW_KIND_GROUP,
	  .entry = { &admins } },
};

static void start(const char *conf)
{
	for (size_t i = 0; i < COUNT(asked_for); i++)
		worker_say(&asked_for[i]);
	daemon_start(conf);
}

static void resolved(enum lw_resolve_what what, const char *name,
		     const char *want)
{
	char got[600];

	assert_int_equal(resolve(what, name, got), LW_OK);
	assert_string_equal(got, want);
}

static enum lw_err refused(enum lw_resolve_what what, const char *name)
{
	char got[600];
	enum lw_err e = resolve(what, name, got);

	assert_string_equal(got, "");
	return e;
}

static void every_form_is_who_has_it(void **state)
{
	static const char *const forms[] = {
		ALICE,		"ALICE@Lightwave.Test",
		"lwave\\Alice", "LIGHTWAVE.TEST\\alice",
		"alice",	SID "1025"
	};

	(void)state;
	start("");
	for (size_t i = 0; i < COUNT(forms); i++)
		resolved(LW_RESOLVE_USER, forms[i], ALICE_IS);
	resolved(LW_RESOLVE_ANY, "Admins", ADMINS_IS);
	resolved(LW_RESOLVE_ANY, SID "2001", ADMINS_IS);
	resolved(LW_RESOLVE_GROUP, "ADMINS@lightwave.test", ADMINS_IS);
	resolved(LW_RESOLVE_ANY, BOB, "u " BOB " " SID "1026 1677722626;");
	/* One of each: who asks is to say which. */
	resolved(LW_RESOLVE_ANY, "alice",
		 ALICE_IS "g alice@lightwave.test " SID "2002 1677723602;");
}

static void who_is_not_there_is_refused(void **state)
{
	(void)state;
	start("");
	assert_int_equal(refused(LW_RESOLVE_ANY, "nobody@lightwave.test"),
			 LW_NOTFOUND);
	assert_int_equal(refused(LW_RESOLVE_USER, "admins"), LW_NOTFOUND);
	assert_int_equal(refused(LW_RESOLVE_GROUP, "bob"), LW_NOTFOUND);
	assert_int_equal(refused(LW_RESOLVE_GROUP, SID "1025"), LW_NOTFOUND);
	assert_int_equal(refused(LW_RESOLVE_ANY, SID "9999"), LW_NOTFOUND);
	assert_int_equal(refused(LW_RESOLVE_ANY, "S-1-7-21-9-9-9-9-100-1025"),
			 LW_NOTFOUND);
	/* Local accounts, another domain's, and what is nobody's name. */
	assert_int_equal(refused(LW_RESOLVE_ANY, "root"), LW_NOTOURS);
	assert_int_equal(refused(LW_RESOLVE_GROUP, "daemon"), LW_NOTOURS);
	assert_int_equal(refused(LW_RESOLVE_ANY, "alice@other.test"),
			 LW_NOTOURS);
	assert_int_equal(refused(LW_RESOLVE_ANY, "a*"), LW_INVALID);
	assert_int_equal(refused(LW_RESOLVE_ANY, ""), LW_INVALID);
}

static void what_is_claimed_twice_is_nobodys(void **state)
{
	static const struct worker_synced domain[] = {
		{ &alice, { NULL } },
		{ &twin, { NULL } },
		{ &other_twin, { NULL } },
	};

	(void)state;
	start("");
	assert_int_equal(refused(LW_RESOLVE_USER, "twin"), LW_CLAIMED);
	assert_int_equal(refused(LW_RESOLVE_ANY, "twin"), LW_CLAIMED);
	daemon_stop();
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "everything",
					   .synced = domain,
					   .synced_n = COUNT(domain),
					   .end = LW_SYNCED_EVERYTHING,
					   .highest = 100 });
	worker_say(&no_changes);
	daemon_start(LATER);
	daemon_says("the directory is known whole", 1);
	assert_int_equal(refused(LW_RESOLVE_USER, "twin"), LW_CLAIMED);
	/* Until one of them is gone. */
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .key = "twin",
					   .kind = LW_KIND_USER,
					   .entry = { &twin } });
	daemon_stop();
	daemon_start("[cache]\nreplicate_max = 0\n");
	resolved(LW_RESOLVE_USER, "twin",
		 "u twin@lightwave.test " SID "1027 1677722627;");
}

/* He has taken her name, and she is known by it. */
static void a_thief_is_not_who_is_meant(void **state)
{
	static const struct lw_entry thief = USER("alice", "100-1026");

	(void)state;
	start("[cache]\nttl = 0\n");
	resolved(LW_RESOLVE_USER, ALICE, ALICE_IS);
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .key = "alice",
					   .kind = LW_KIND_USER,
					   .entry = { &thief } });
	worker_tick();
	assert_int_equal(refused(LW_RESOLVE_USER, ALICE), LW_NOTFOUND);
	daemon_says("the name alice belongs to " SID "1025, which had it first",
		    1);
}

static void what_was_known_will_not_do(void **state)
{
	(void)state;
	start("");
	resolved(LW_RESOLVE_USER, ALICE, ALICE_IS);
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .status = LW_OFFLINE });
	worker_tick();
	assert_int_equal(refused(LW_RESOLVE_USER, ALICE), LW_OFFLINE);
	assert_int_equal(refused(LW_RESOLVE_ANY, SID "1025"), LW_OFFLINE);
}

/* Nothing had been heard of him, and nobody waits until it is. */
static void who_was_just_made_is_found(void **state)
{
	static const struct lw_entry carol = USER("carol", "100-1030");
	static const struct worker_synced domain[] = { { &alice, { NULL } } },
					  made[] = { { &carol, { NULL } } };

	(void)state;
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "everything",
					   .synced = domain,
					   .synced_n = COUNT(domain),
					   .end = LW_SYNCED_EVERYTHING,
					   .highest = 100 });
	worker_say(&no_changes);
	daemon_start(LATER);
	daemon_says("the directory is known whole", 1);
	assert_int_equal(refused(LW_RESOLVE_USER, "carol"), LW_NOTFOUND);
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .key = "carol",
					   .kind = LW_KIND_USER,
					   .entry = { &carol } });
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "changes",
					   .synced = made,
					   .synced_n = COUNT(made),
					   .end = LW_SYNCED_CHANGES,
					   .highest = 101 });
	worker_tick();
	resolved(LW_RESOLVE_USER, "carol",
		 "u carol@lightwave.test " SID "1030 1677722630;");
}

static void only_root_is_told(void **state)
{
	static const uint8_t body[] = {
		0, 0, 0, 0, 5, 'a', 'l', 'i', 'c', 'e'
	};
	lw_cleanup(lw_close) int fd = -1;

	(void)state;
	start("");
	fd = asker_open("nss");
	asker_send_body(fd, LW_OP_RESOLVE, body, sizeof(body));
	assert_int_equal(asker_status(fd), LW_PROTO);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_form_is_who_has_it),
		TEST(who_is_not_there_is_refused),
		TEST(what_is_claimed_twice_is_nobodys),
		TEST(a_thief_is_not_who_is_meant),
		TEST(what_was_known_will_not_do),
		TEST(who_was_just_made_is_found),
		TEST(only_root_is_told),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: the priv socket answers uid 0 only");
		return 77;
	}
	front_enter();
	failed = cmocka_run_group_tests_name("resolve", tests, NULL, NULL);
	front_leave();
	return failed;
}
