/*
 * test_daemon_local_groups.c - [local_groups]: who gets which local gid, by
 * whatever /etc/group says at that moment, on the socket and by the map.
 * lightwaved has ./passwd and ./group here.
 */
#include "asker.h"
#include "check.h"
#include "ctl.h"
#include "daemon.h"
#include "front.h"
#include "map_daemon_rig.h"

#include <stdio.h>
#include <string.h>

#define ROOT	   "root:x:0:0:root:/root:/bin/sh\n"
#define WHEEL	   "root:x:0:\nsudo:x:27:\n"
#define LATER	   "[cache]\nrevocation_max = 3600\n"
#define DOCKER_SID DOMAIN_SID "-100-2002"
#define GROUPS	   LATER "[local_groups]\n"

static const struct lw_entry docker = GROUP("docker", "100-2003");
static const struct worker_synced with_docker[] = {
	{ &admins, { DN_OF("staff") } },
	{ &staff, { DN_OF("alice") } },
	{ &docker, { DN_OF("alice") } },
	{ &alice, { NULL } },
	{ &bob, { NULL } },
};

/* As vipw(8) and groupadd(8) do it. */
static void put(const char *file, const char *text)
{
	char path[32];

	snprintf(path, sizeof(path), "%s.edit", file);
	front_write(path, text);
	assert_int_equal(rename(path, file), 0);
}

static int begin_here(void **state)
{
	put("passwd", ROOT);
	put("group", WHEEL "docker:x:998:\n");
	return begin(state);
}

static bool has(const char *name, uint32_t gid)
{
	struct asker_got got;

	assert_int_equal(asker_initgroups(name, &got), LW_OK);
	return asker_in_group(&got, gid);
}

/* By the module: from the map where that has a word. */
static bool module_has(const char *name, uint32_t gid)
{
	long start = 0, size = 1;
	gid_t *v = malloc(sizeof(*v));
	bool ret = false;
	int e;

	assert_non_null(v);
	assert_int_equal(
		nss.initgroups(name, (gid_t)-1, &start, &size, &v, -1, &e),
		NSS_STATUS_SUCCESS);
	for (long i = 0; i < start; i++)
		ret |= v[i] == gid;
	free(v);
	return ret;
}

static void members_get_it_and_nobody_else(void **state)
{
	struct asker_got got;

	(void)state;
	start_whole(GROUPS "docker = Staff\n");
	assert_true(has(ALICE, 998));
	assert_true(module_has(ALICE, 998));
	assert_false(has(BOB, 998));
	assert_false(module_has(BOB, 998));
	/* The group itself is local, and nothing was written. */
	assert_int_equal(asker_group("docker@lightwave.test", &got),
			 LW_NOTFOUND);
	assert_int_equal(asker_gid(998, &got), LW_NOTFOUND);
}

static void nested_members_get_it(void **state)
{
	(void)state;
	start_whole(GROUPS "docker = admins@Lightwave.Test\n");
	assert_true(has(ALICE, 998) && !has(BOB, 998));
}

static void a_sid_will_do(void **state)
{
	(void)state;
	start_whole(GROUPS "docker = " DOCKER_SID "\n");
	assert_true(has(ALICE, 998));
	assert_false(has(BOB, 998));
	assert_int_equal(daemon_said("[local_groups]"), 0);
}

static void a_sid_of_elsewhere_gives_nobody(void **state)
{
	(void)state;
	start_whole(GROUPS "docker = S-1-7-21-9-9-9-9-100-2002\n");
	assert_false(has(ALICE, 998));
	daemon_says("docker = S-1-7-21-9-9-9-9-100-2002: not a SID of this "
		    "domain",
		    1);
}

static void several_groups_give_it_once(void **state)
{
	struct asker_got got;
	unsigned int n = 0;

	(void)state;
	start_whole(GROUPS "docker = Staff\ndocker = Admins\n");
	assert_int_equal(asker_initgroups(ALICE, &got), LW_OK);
	for (uint32_t i = 0; i < got.count; i++)
		n += got.gids[i] == 998;
	assert_int_equal(n, 1);
}

static void a_privileged_one_must_be_allowed(void **state)
{
	static const char not_given[] =
		"[local_groups] sudo = Staff: nobody gets gid 27";

	(void)state;
	start_whole(GROUPS "sudo = Staff\ndocker = Staff\n");
	daemon_says(not_given, 1);
	assert_false(has(ALICE, 27));
	assert_true(has(ALICE, 998));
	assert_int_equal(daemon_said(not_given), 1);
	assert_int_equal(
		daemon_said("allow_privileged_groups = yes in [local_groups]"),
		1);
	daemon_reload(GROUPS "allow_privileged_groups = yes\nsudo = Staff\n",
		      "configuration read again");
	assert_true(has(ALICE, 27));
	assert_false(has(ALICE, 998));
	daemon_reload(GROUPS "sudo = Staff\nallow_privileged_groups = no\n",
		      not_given);
	assert_false(has(ALICE, 27));
}

static void roots_is_never_given(void **state)
{
	(void)state;
	put("group", WHEEL "docker:x:0:\n");
	start_whole(GROUPS "allow_privileged_groups = yes\n"
			   "root = Staff\ndocker = Staff\n");
	assert_false(has(ALICE, 0));
	daemon_says("root = Staff: nobody gets gid 0", 1);
	daemon_says("docker = Staff: nobody gets gid 0", 1);
}

/* Who can write one line of /etc/group makes no root of docker's members. */
static void docker_under_another_name_is_refused(void **state)
{
	(void)state;
	put("group", WHEEL "docker:x:27:\n");
	start_whole(GROUPS "docker = Staff\n");
	assert_false(has(ALICE, 27));
	daemon_says("docker = Staff: nobody gets gid 27, that of the system's "
		    "group sudo",
		    1);
}

/* The old gid, then none or the new one, and never the old one again. */
static void comes_to(bool (*asked)(const char *, uint32_t), uint32_t gid,
		     bool want)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;

	while (asked(ALICE, gid) != want) {
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
}

/* groupdel, then groupadd: docker was taken away and installed again. */
static void another_gid_is_given_from_then_on(void **state)
{
	static bool (*const ask[])(const char *, uint32_t) = { has,
							       module_has };

	(void)state;
	for (size_t i = 0; i < COUNT(ask); i++) {
		if (i == 0)
			start_whole(GROUPS "docker = Staff\n");
		put("group", WHEEL "docker:x:998:\n");
		comes_to(ask[i], 998, true);
		put("group", WHEEL);
		comes_to(ask[i], 998, false);
		put("group", WHEEL "docker:x:991:\n");
		comes_to(ask[i], 991, true);
		assert_false(ask[i](ALICE, 998));
		assert_false(ask[i](BOB, 991));
	}
	daemon_says("docker = Staff: no such local group", 1);
}

/* The end of alice's list in the map; 0: nothing is told of it. */
static uint32_t list_of(const char *name, gid_t gid, bool *ret_has)
{
	struct lw_map_room room = { .path = "map" };
	struct lw_map_view found;
	struct lw_map_door *door;
	uint32_t now = lw_map_now(), ret = 0;
	const struct lw_map *m = lw_map_enter(&room, now, &door);

	*ret_has = false;
	assert_non_null(m);
	if (lw_map_by_name(m, LW_MAP_GROUPS_OF, name, LW_MAP_FRESH, now,
			   &found) == LW_OK) {
		ret = atomic_load(&found.r->until);
		for (uint32_t i = 0; i < found.count; i++)
			*ret_has |= ((const uint32_t *)found.text)[i] == gid;
	}
	lw_map_leave(door);
	lw_map_close(&room);
	return ret;
}

/* Nobody asks on the socket: the map alone comes to say the new gid. */
static void the_map_forgets_the_old_gid_unasked(void **state)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;
	bool old = false, now = false;

	(void)state;
	start_whole(GROUPS "docker = Staff\n");
	list_of(ALICE, 998, &old);
	assert_true(old);
	put("group", WHEEL "docker:x:991:\n");
	while (list_of(ALICE, 991, &now) == 0 || !now) {
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
	list_of(ALICE, 998, &old);
	assert_false(old);
}

static enum nss_status by_name(const char *name)
{
	static char buf[1024];
	struct group gr;
	int e;

	return nss.getgrnam(name, &gr, buf, sizeof(buf), &e);
}

static void start_bare(const char *more)
{
	struct worker_line line = everything;
	char conf[512];

	put("group", WHEEL);
	line.synced = with_docker;
	line.synced_n = COUNT(with_docker);
	worker_say(&line);
	worker_say(&no_changes);
	snprintf(conf, sizeof(conf),
		 "[domain]\ndefault_domain_names = yes\n%s" GROUPS
		 "builders = Docker\n",
		 more);
	daemon_start(conf);
	until_published();
	until_told(ALICE);
}

/*
 * getent group docker || groupadd -r docker, before docker is installed: by the
 * map, and on the socket.
 */
static void docker_is_never_the_directorys(void **state)
{
	static const char *const names[] = { "docker", "DOCKER", "builders" };

	(void)state;
	start_bare("");
	assert_int_equal(by_name("staff"), NSS_STATUS_SUCCESS);
	assert_int_equal(by_name("docker@lightwave.test"), NSS_STATUS_SUCCESS);
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_int_equal(by_name(names[i]), NSS_STATUS_NOTFOUND);
		assert_int_equal(asker_group(names[i], NULL), LW_NOTFOUND);
	}
}

/* Where names are shown without a domain, its gid has none either. */
static void nor_is_it_by_its_gid(void **state)
{
	struct group gr;

	(void)state;
	start_bare("name_format = short\n");
	assert_int_equal(gid(ID(2002), &gr), NSS_STATUS_SUCCESS);
	assert_string_equal(gr.gr_name, "staff");
	assert_int_equal(gid(ID(2003), &gr), NSS_STATUS_NOTFOUND);
	assert_int_equal(asker_gid(ID(2003), NULL), LW_NOTFOUND);
}

static void status_tells_each(void **state)
{
	static const char *const status[] = { "status", NULL };
	char text[4096];

	(void)state;
	start_whole(GROUPS "docker = Staff\nsudo = Staff\ngames = Staff\n");
	worker_stop();
	assert_int_equal(ctl_run(status, text, sizeof(text)), 1);
	assert_non_null(strstr(text, "docker = Staff, gid 998\n"));
	assert_non_null(strstr(text, "FAILS: [local_groups] sudo = Staff: "
				     "nobody gets gid 27"));
	assert_non_null(
		strstr(text, " [local_groups] games = Staff: no such local"));
}

static void check_tells_what_nobody_gets(void **state)
{
	static const char *const check[] = { "--config", "./conf", "--check",
					     NULL };
	char text[2048];

	(void)state;
	daemon_conf("[access]\nallow = *\n[local_groups]\ndocker = Staff\n");
	assert_int_equal(daemon_once(check, text, sizeof(text)), 0);
	assert_string_equal(text, "./conf: good\n");
	daemon_conf("[access]\nallow = *\n[local_groups]\nsudo = Staff\n"
		    "games = Staff\n");
	assert_int_equal(daemon_once(check, text, sizeof(text)), 0);
	assert_non_null(strstr(text, "./conf: warning: [local_groups] sudo = "
				     "Staff: nobody gets gid 27"));
	assert_non_null(strstr(text, "games = Staff: no such local group"));
	assert_non_null(strstr(text, "./conf: good\n"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_here, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(members_get_it_and_nobody_else),
		TEST(nested_members_get_it),
		TEST(a_sid_will_do),
		TEST(a_sid_of_elsewhere_gives_nobody),
		TEST(several_groups_give_it_once),
		TEST(a_privileged_one_must_be_allowed),
		TEST(roots_is_never_given),
		TEST(docker_under_another_name_is_refused),
		TEST(another_gid_is_given_from_then_on),
		TEST(the_map_forgets_the_old_gid_unasked),
		TEST(docker_is_never_the_directorys),
		TEST(nor_is_it_by_its_gid),
		TEST(status_tells_each),
		TEST(check_tells_what_nobody_gets),
	};
	int failed;

	front_enter();
	nss_module_load(&nss);
	daemon_use(DAEMON_HERE);
	failed = cmocka_run_group_tests_name("local_groups", tests, NULL, NULL);
	front_leave();
	return failed;
}
