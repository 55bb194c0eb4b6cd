/*
 * test_daemon_member_known.c - whom a rule of sudoers means where the domain
 * is known whole: through which groups, and how soon a change counts. The priv
 * socket answers uid 0.
 */
#include "front.h"
#include "login.h"
#include "member_rig.h"

#include "follow_rig.h"

#include <stdio.h>
#include <unistd.h>

#define SID DOMAIN_SID "-100-"

static const struct lw_entry far = GROUP("far", "100-2002"),
			     near = GROUP("Near", "100-2003"),
			     ring = GROUP("ring", "100-2004"),
			     twin = GROUP("Twin", "100-2005"),
			     other_twin = {
				     .kind = LW_KIND_GROUP,
				     .dn = TEXT(DN_OF("other")),
				     .sid = TEXT(SID "2006"),
				     .sam = TEXT("twin"),
			     },
			     top = GROUP("top", "100-2007"),
			     nobodys = {
				     .kind = LW_KIND_GROUP,
				     .dn = TEXT(DN_OF("nobodys")),
				     .sid = TEXT("S-1-0-1"),
			     };

/*
 * alice in near; near in ring and far; ring in far, near and twin; twin and
 * nobodys in top; bob in nobodys.
 */
static const struct worker_synced domain[] = {
	{ &alice, { NULL } },
	{ &bob, { NULL } },
	{ &near, { DN_OF("alice"), DN_OF("ring") } },
	{ &ring, { DN_OF("Near") } },
	{ &far, { DN_OF("ring"), DN_OF("Near") } },
	{ &twin, { DN_OF("ring") } },
	{ &other_twin, { NULL } },
	{ &top, { DN_OF("Twin"), DN_OF("nobodys") } },
	{ &nobodys, { DN_OF("bob") } },
	{ &admins, { NULL } },
};

static void start(const char *conf)
{
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "everything",
					   .synced = domain,
					   .synced_n = COUNT(domain),
					   .end = LW_SYNCED_EVERYTHING,
					   .highest = 100 });
	worker_say(&no_changes);
	daemon_start(conf);
	daemon_says("the directory is known whole", 1);
}

static void path_is(uint32_t uid, const char *group, const char *path)
{
	struct member_got got;

	assert_int_equal(
		member_ask(LW_MEMBER_DECIDES, uid, "someone", group, &got),
		LW_OK);
	assert_true(got.yes);
	assert_string_equal(got.path, path);
}

static void the_shortest_way_is_told(void **state)
{
	(void)state;
	start(LATER);
	path_is(ID(1025), "near", "near@lightwave.test > ");
	path_is(ID(1025), "far", "near@lightwave.test > far@lightwave.test > ");
	path_is(ID(1025), SID "2004",
		"near@lightwave.test > ring@lightwave.test > ");
	/* Who has no name here goes by his SID; who has none, by nobody's. */
	path_is(ID(1025), "top",
		"near@lightwave.test > ring@lightwave.test > " SID
		"2005 > top@lightwave.test > ");
	path_is(ID(1026), "top", "S-1-0-1 > top@lightwave.test > ");
	/* Nobody says of himself that he is in Users; nor of his own SID. */
	path_is(ID(1025), SID "1025", "");
	daemon_says("sudo asks for group far (" SID
		    "2002, path near@lightwave.test > far@lightwave.test): "
		    "yes: a member, facts",
		    1);
	/* A rule by SID, as lightwave-sudo writes it: by what name it has. */
	daemon_says("sudo asks for group " SID "2004 (ring@lightwave.test, "
		    "path near@lightwave.test > ring@lightwave.test): yes",
		    1);
	assert_int_equal(asked(), 0);
}

static void what_is_claimed_twice_counts_by_sid_alone(void **state)
{
	(void)state;
	start(LATER);
	assert_int_equal(member_decides(ID(1025), SID "2005"), LW_OK);
	assert_int_equal(member_decides(ID(1025), SID "2006"), LW_FORBIDDEN);
	assert_int_equal(member_decides(ID(1025), "twin"), LW_NOTFOUND);
	assert_int_equal(member_decides(ID(1025), "S-1-0-1"), LW_NOTFOUND);
}

/* Two SIDs, one id: who is in the one is not in the other. */
static void an_id_that_two_have_is_one_group(void **state)
{
	static const struct lw_entry old = {
		.kind = LW_KIND_GROUP,
		.dn = TEXT(DN_OF("old")),
		.sid = TEXT(DOMAIN_SID "-1677723605"), /* ID(2005) */
		.sam = TEXT("old"),
	};
	static const struct worker_synced both[] = {
		{ &alice, { NULL } },
		{ &twin, { DN_OF("alice") } },
		{ &other_twin, { NULL } },
		{ &old, { NULL } },
	};
	static const struct worker_synced last[] = {
		{ &alice, { NULL } },
		{ &old, { NULL } },
		{ &other_twin, { NULL } },
		{ &twin, { DN_OF("alice") } },
	};
	const struct worker_synced *const orders[] = { both, last };

	(void)state;
	for (size_t i = 0; i < COUNT(orders); i++) {
		worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
						   .key = "everything",
						   .synced = orders[i],
						   .synced_n = COUNT(both),
						   .end = LW_SYNCED_EVERYTHING,
						   .highest = 100 });
		worker_say(&no_changes);
		daemon_start("[domain]\nlegacy_sids = yes\n" LATER);
		daemon_says("the directory is known whole", 1);
		assert_int_not_equal(
			member_decides(ID(1025), DOMAIN_SID "-1677723605"),
			LW_OK);
		daemon_stop();
	}
}

/* The same where entries are asked for, and one is found by the id. */
static void nor_is_it_another_where_the_id_finds_that(void **state)
{
	static const struct lw_entry old = {
		.kind = LW_KIND_GROUP,
		.dn = TEXT(DN_OF("old")),
		.sid = TEXT(DOMAIN_SID "-1677723605"), /* ID(2005) */
		.sam = TEXT("old"),
	};

	(void)state;
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .kind = LW_KIND_USER, .entry = { &alice } });
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .kind = LW_KIND_GROUP, .entry = { &old } });
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS,
					   .entry = { &old } });
	daemon_start("[domain]\nlegacy_sids = yes\n"
		     "[cache]\nreplicate_max = 0\n");
	assert_int_equal(member_decides(ID(1025), DOMAIN_SID "-1677723605"),
			 LW_OK);
	assert_int_equal(member_decides(ID(1025), SID "2005"), LW_NOTFOUND);
}

static void who_was_just_added_is_let_in(void **state)
{
	static const struct worker_synced added[] = {
		{ &admins, { DN_OF("alice") } },
	};
	unsigned int before;

	(void)state;
	start(LATER);
	before = worker_count(LW_OP_SYNC, "changes");
	assert_int_equal(member_elsewhere(ID(1025), "admins"), LW_FORBIDDEN);
	assert_int_equal(worker_count(LW_OP_SYNC, "changes"), before + 1);
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "changes",
					   .synced = added,
					   .synced_n = COUNT(added),
					   .end = LW_SYNCED_CHANGES,
					   .highest = 101 });
	worker_tick();
	assert_int_equal(member_elsewhere(ID(1025), "admins"), LW_OK);
	assert_int_equal(worker_count(LW_OP_SYNC, "changes"), before + 2);
}

/* sudo asks about every group of its rules: most of the answers are no. */
static void one_process_has_it_looked_at_once(void **state)
{
	unsigned int before;

	(void)state;
	start(LATER);
	before = worker_count(LW_OP_SYNC, "changes");
	for (int i = 0; i < 50; i++)
		assert_int_equal(member_decides(ID(1025), "admins"),
				 LW_FORBIDDEN);
	assert_int_equal(worker_count(LW_OP_SYNC, "changes"), before + 1);
	/* Of another user nothing was said by that. */
	assert_int_equal(member_decides(ID(1026), "admins"), LW_FORBIDDEN);
	assert_int_equal(worker_count(LW_OP_SYNC, "changes"), before + 2);
}

static void who_was_removed_is_refused_before_long(void **state)
{
	static const struct worker_synced removed[] = {
		{ &near, { DN_OF("ring") } },
	};
	int64_t until;
	enum lw_err e;

	(void)state;
	/* She may as well have been deleted. */
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "100-1025", .entry = { &alice } });
	start(SOON);
	assert_int_equal(member_decides(ID(1025), "far"), LW_OK);
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "changes",
					   .synced = removed,
					   .synced_n = COUNT(removed),
					   .end = LW_SYNCED_CHANGES,
					   .highest = 101 });
	until = worker_now_ms() + PATIENCE_MS;
	do {
		assert_true(worker_now_ms() < until);
		e = member_decides(ID(1025), "far");
	} while (e == LW_OK);
	assert_int_equal(e, LW_FORBIDDEN);
}

/* Through the same groups, for as long as rights last without a word. */
static void what_was_known_decides_while_it_is_away(void **state)
{
	struct member_got got;
	int64_t until;

	(void)state;
	start(SOON);
	worker_stop();
	until = worker_now_ms() + PATIENCE_MS;
	do {
		lw_cleanup(lw_close) int fd = member_open_elsewhere();

		assert_true(worker_now_ms() < until);
		member_send(fd, LW_MEMBER_DECIDES, ID(1025), "someone", "far");
		assert_int_equal(member_take(fd, &got), LW_OK);
		assert_true(got.yes);
		assert_string_equal(
			got.path,
			"near@lightwave.test > far@lightwave.test > ");
	} while (!got.away || got.age == 0);
	assert_int_equal(member_elsewhere(ID(1025), "admins"), LW_FORBIDDEN);
	assert_int_equal(member_elsewhere(ID(1025), "no such"), LW_NOWORKER);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_shortest_way_is_told),
		TEST(what_is_claimed_twice_counts_by_sid_alone),
		TEST(an_id_that_two_have_is_one_group),
		TEST(nor_is_it_another_where_the_id_finds_that),
		TEST(who_was_just_added_is_let_in),
		TEST(one_process_has_it_looked_at_once),
		TEST(who_was_removed_is_refused_before_long),
		TEST(what_was_known_decides_while_it_is_away),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: the priv socket answers uid 0 only");
		return 77;
	}
	front_enter();
	failed = cmocka_run_group_tests_name("member known", tests, NULL, NULL);
	front_leave();
	return failed;
}
