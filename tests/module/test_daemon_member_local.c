/*
 * test_daemon_member_local.c - whoever is added to passwd(5) or group(5) is
 * local from then on to sudo's questions too, whatever was known of him before.
 * lightwaved has ./passwd and ./group here. The priv socket answers uid 0.
 */
#include "daemon.h"
#include "front.h"
#include "granted.h"
#include "member_rig.h"
#include "worker.h"

#include <stdio.h>

#define ALICE "alice@lightwave.test"
#define SID   DOMAIN_SID "-100-"
#define ROOT  "root:x:0:0:root:/root:/bin/sh\n"
#define WHEEL "root:x:0:\n"
#define LOCAL ":x:1500:1500::/:/bin/sh\n"
/* Alice's uid, ID(1025), and the gid of admins, ID(2001). */
#define HER_UID	  "larry:x:1677722625:1500::/:/bin/sh\n"
#define THE_GID	  "staff:x:1677723601:\n"
#define ON_DEMAND "[cache]\nreplicate_max = 0\n"

static const struct lw_entry alice = USER("alice", "100-1025"),
			     admins = GROUP("admins", "100-2001");
static const struct worker_synced whole[] = {
	{ &admins, { DN_OF("alice") } },
	{ &alice, { NULL } },
};

/* As vipw(8) and useradd(8) do it. */
static void put(const char *file, const char *text)
{
	char path[32];

	snprintf(path, sizeof(path), "%s.edit", file);
	front_write(path, text);
	assert_int_equal(rename(path, file), 0);
}

static void say_all(enum lw_err status)
{
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .key = "alice",
					   .status = status,
					   .entry = { &alice } });
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .key = "100-1025",
					   .status = status,
					   .entry = { &alice } });
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .key = "admins",
					   .kind = LW_KIND_GROUP,
					   .status = status,
					   .entry = { &admins } });
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .key = "100-2001",
					   .kind = LW_KIND_GROUP,
					   .status = status,
					   .entry = { &admins } });
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS,
					   .status = status,
					   .entry = { &admins } });
}

static int begin(void **state)
{
	(void)state;
	put("passwd", ROOT);
	put("group", WHEEL);
	worker_forget();
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "everything",
					   .synced = whole,
					   .synced_n = COUNT(whole),
					   .end = LW_SYNCED_EVERYTHING,
					   .highest = 100 });
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "changes",
					   .end = LW_SYNCED_CHANGES,
					   .highest = 100 });
	say_all(LW_OK);
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

/* Known by name and by id, and then known no better. */
static void start_and_go(void)
{
	daemon_start(ON_DEMAND);
	assert_int_equal(member_elsewhere(ID(1025), "admins"), LW_OK);
	assert_int_equal(member_elsewhere(ID(1025), SID "2001"), LW_OK);
	worker_forget();
	say_all(LW_OFFLINE);
	worker_tick();
	assert_int_equal(member_elsewhere(ID(1025), "admins"), LW_OK);
}

static void comes_to(const char *group, enum lw_err want)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;

	while (member_elsewhere(ID(1025), group) != want) {
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
}

static void whose_uid_is_local_now_is_none_of_ours(void **state)
{
	(void)state;
	start_and_go();
	put("passwd", ROOT HER_UID);
	comes_to("admins", LW_NOTOURS);
	assert_int_equal(member_elsewhere(ID(1025), SID "1025"), LW_NOTOURS);
	put("passwd", ROOT);
	comes_to("admins", LW_OK);
}

static void whose_name_is_local_now_is_in_no_group(void **state)
{
	(void)state;
	start_and_go();
	put("passwd", ROOT ALICE LOCAL);
	comes_to("admins", LW_NOTFOUND);
	assert_int_equal(member_elsewhere(ID(1025), SID "1025"), LW_NOTFOUND);
}

static void a_name_or_gid_that_is_local_now_is_no_group_of_ours(void **state)
{
	static const char *const files[] = { WHEEL
					     "admins@lightwave.test:x:1500:\n",
					     WHEEL THE_GID };

	(void)state;
	start_and_go();
	for (size_t i = 0; i < COUNT(files); i++) {
		put("group", files[i]);
		comes_to("admins", LW_NOTFOUND);
		/* A SID is that group's all the same. */
		assert_int_equal(member_elsewhere(ID(1025), SID "2001"), LW_OK);
		put("group", WHEEL);
		comes_to("admins", LW_OK);
	}
}

static void resolve_comes_to(enum lw_resolve_what what, const char *name,
			     enum lw_err want)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;
	char got[600];

	while (resolve(what, name, got) != want) {
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
}

static void no_rule_can_be_written_for_who_is_local_now(void **state)
{
	static const char *const confs[] = {
		ON_DEMAND, "[cache]\nrevocation_max = 3600\n"
	};

	(void)state;
	for (size_t i = 0; i < COUNT(confs); i++) {
		daemon_start(confs[i]);
		resolve_comes_to(LW_RESOLVE_USER, ALICE, LW_OK);
		resolve_comes_to(LW_RESOLVE_GROUP, SID "2001", LW_OK);
		put("passwd", ROOT HER_UID);
		put("group", WHEEL THE_GID);
		resolve_comes_to(LW_RESOLVE_USER, ALICE, LW_NOTFOUND);
		resolve_comes_to(LW_RESOLVE_GROUP, SID "2001", LW_NOTFOUND);
		put("passwd", ROOT ALICE LOCAL);
		resolve_comes_to(LW_RESOLVE_USER, SID "1025", LW_NOTFOUND);
		resolve_comes_to(LW_RESOLVE_USER, ALICE, LW_NOTOURS);
		put("passwd", ROOT);
		put("group", WHEEL);
		daemon_stop();
	}
}

static enum lw_err granted(uint32_t uid, bool *ret_away)
{
	const struct lw_granted q = { .uid = uid };
	lw_cleanup(lw_close) int fd = asker_open("priv");
	lw_cleanup(lw_reply_done) struct lw_reply r = { 0 };
	struct lw_granted_answer a;
	uint8_t body[64];
	struct lw_wr w;
	enum lw_err e;

	lw_wr_init(&w, body, sizeof(body));
	lw_granted_encode(&w, &q);
	assert_int_equal(lw_wr_end(&w), LW_OK);
	asker_send_body(fd, LW_OP_GRANTED, body, (size_t)(w.p - body));
	e = asker_take(fd, &r);
	if (e == LW_OK) {
		assert_int_equal(lw_granted_answer_decode(&r.body, &a), LW_OK);
		*ret_away = a.away;
	}
	return e;
}

static void whose_uid_is_local_now_was_granted_nothing(void **state)
{
	bool away = false;
	int64_t until;

	(void)state;
	start_and_go();
	assert_int_equal(granted(ID(1025), &away), LW_OK);
	assert_true(away);
	put("passwd", ROOT HER_UID);
	until = worker_now_ms() + PATIENCE_MS;
	while (granted(ID(1025), &away) == LW_OK) {
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
	assert_int_equal(granted(ID(1025), &away), LW_NOTOURS);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whose_uid_is_local_now_is_none_of_ours),
		TEST(whose_name_is_local_now_is_in_no_group),
		TEST(a_name_or_gid_that_is_local_now_is_no_group_of_ours),
		TEST(no_rule_can_be_written_for_who_is_local_now),
		TEST(whose_uid_is_local_now_was_granted_nothing),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: the priv socket answers uid 0 only");
		return 77;
	}
	front_enter();
	daemon_use(DAEMON_HERE);
	failed = cmocka_run_group_tests_name("member local", tests, NULL, NULL);
	front_leave();
	return failed;
}
