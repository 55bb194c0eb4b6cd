/*
 * test_local_judge.c - which local groups may be given, whatever /etc/group
 * calls them and whichever gid they have.
 */
#include "unit.h"

#include "local_judge.h"

#include <unistd.h>

static char dir[] = "/tmp/test_local_judge.XXXXXX", path[64];
static struct lw_local_group map;
static struct lw_config config = { .local_groups = &map,
				   .local_group_count = 1 };

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/group", dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

static struct lw_local_verdict judge(const char *group, const char *local,
				     bool allowed, char *ret_name)
{
	struct lw_local_verdict v;
	struct lw_localdb db;
	char text[512];

	map = (struct lw_local_group) { (char *)local, (char *)"Docker Users" };
	config.allow_privileged_groups = allowed;
	unit_write(path, group, strlen(group));
	lw_localdb_init(&db, path);
	assert_int_equal(lw_localdb_refresh(&db, 0), LW_OK);
	v = lw_local_judge(&config, &db, &map);
	lw_local_say(&map, v, text, sizeof(text));
	assert_non_null(strstr(text, local));
	snprintf(ret_name, 64, "%s", v.name ? v.name : "");
	lw_localdb_done(&db);
	return v;
}

static const struct {
	const char *group, *local;
	enum lw_local_why why, allowed; /* without the switch, and with it */
	const char *name;
} cases[] = {
	{ "docker:x:998:\n", "docker", LW_LOCAL_GIVEN, LW_LOCAL_GIVEN, "" },
	{ "docker:x:1500:\n", "docker", LW_LOCAL_GIVEN, LW_LOCAL_GIVEN, "" },
	{ "users2:x:1000:\n", "users2", LW_LOCAL_GIVEN, LW_LOCAL_GIVEN, "" },
	{ "games:x:60:\n", "docker", LW_LOCAL_NONE, LW_LOCAL_NONE, "" },
	{ "docker:x:0:\n", "docker", LW_LOCAL_ROOT, LW_LOCAL_ROOT, "" },
	{ "root:x:0:\n", "root", LW_LOCAL_ROOT, LW_LOCAL_ROOT, "" },
	{ "other:x:4294967295:\n", "other", LW_LOCAL_ROOT, LW_LOCAL_ROOT, "" },
	{ "games:x:999:\n", "games", LW_LOCAL_PRIVILEGED, LW_LOCAL_GIVEN,
	  "games" },
	/* Whatever gid they have. */
	{ "root:x:5000:\n", "root", LW_LOCAL_PRIVILEGED, LW_LOCAL_GIVEN,
	  "root" },
	{ "wheel:x:5000:\n", "wheel", LW_LOCAL_PRIVILEGED, LW_LOCAL_GIVEN,
	  "wheel" },
	{ "sudo:x:5000:\n", "sudo", LW_LOCAL_PRIVILEGED, LW_LOCAL_GIVEN,
	  "sudo" },
	{ "shadow:x:5000:\n", "shadow", LW_LOCAL_PRIVILEGED, LW_LOCAL_GIVEN,
	  "shadow" },
	{ "disk:x:5000:\n", "disk", LW_LOCAL_PRIVILEGED, LW_LOCAL_GIVEN,
	  "disk" },
	{ "adm:x:5000:\n", "adm", LW_LOCAL_PRIVILEGED, LW_LOCAL_GIVEN, "adm" },
	/* However it is spelled: sudo asks no more. */
	{ "Wheel:x:5000:\n", "Wheel", LW_LOCAL_PRIVILEGED, LW_LOCAL_GIVEN,
	  "Wheel" },
	{ "a:x:5000:\nSUDO:x:5000:\n", "a", LW_LOCAL_PRIVILEGED, LW_LOCAL_GIVEN,
	  "SUDO" },
	/* One gid, two names. */
	{ "docker:x:27:\nsudo:x:27:\n", "docker", LW_LOCAL_PRIVILEGED,
	  LW_LOCAL_GIVEN, "sudo" },
	{ "docker:x:998:\nother:x:998:\n", "docker", LW_LOCAL_PRIVILEGED,
	  LW_LOCAL_GIVEN, "other" },
	{ "wheel:x:5000:\nmine:x:5000:\n", "mine", LW_LOCAL_PRIVILEGED,
	  LW_LOCAL_GIVEN, "wheel" },
	/* The first of a name counts, as it does for everybody. */
	{ "docker:x:998:\ndocker:x:0:\n", "docker", LW_LOCAL_GIVEN,
	  LW_LOCAL_GIVEN, "" },
};

static void each_group_is_given_or_not(void **state)
{
	char name[64];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct lw_local_verdict v;

		v = judge(cases[i].group, cases[i].local, false, name);
		if (v.why != cases[i].why || strcmp(name, cases[i].name) != 0)
			fail_msg("%s: %d by %s", cases[i].group, v.why, name);
		v = judge(cases[i].group, cases[i].local, true, name);
		if (v.why != cases[i].allowed || *name)
			fail_msg("%s, allowed: %d", cases[i].group, v.why);
	}
}

static void names_of_local_groups_are_kept_for_them(void **state)
{
	(void)state;
	map = (struct lw_local_group) { (char *)"builders", (char *)"B" };
	assert_true(lw_local_reserved(&config, "docker"));
	assert_true(lw_local_reserved(&config, "Docker"));
	assert_true(lw_local_reserved(&config, "builders"));
	assert_true(lw_local_reserved(&config, "sudo"));
	assert_true(lw_local_reserved(&config, "Wheel"));
	assert_false(lw_local_reserved(&config, "wheel@lightwave.test"));
	assert_false(lw_local_reserved(&config, "docker@lightwave.test"));
	assert_false(lw_local_reserved(&config, "dockers"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_group_is_given_or_not),
		cmocka_unit_test(names_of_local_groups_are_kept_for_them),
	};

	return cmocka_run_group_tests_name("local_judge", tests, setup,
					   teardown);
}
