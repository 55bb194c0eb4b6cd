/*
 * test_sudo_guest.c - the plug-in leaves sudo's process as it has found it.
 */
#include "check.h"
#include "sudo_rig.h"

#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

/* sudo judges under the effective uid of whom the command is to run as. */
static void sudo_stays_who_it_has_stepped_down_to(void **state)
{
	const uid_t whom = 65534;
	struct front_reply answer = rig_answer(true);
	struct rig r;
	uid_t then;
	bool yes;

	(void)state;
	if (geteuid() != 0)
		skip();
	rig_open(&r, &answer);
	assert_int_equal(chmod(".", 0755), 0);
	assert_int_equal(seteuid(whom), 0);
	yes = rig_in(&r, RIG_GROUP);
	then = geteuid();
	assert_int_equal(seteuid(0), 0);
	assert_true(yes);
	assert_int_equal(then, whom);
	rig_close(&r);
}

static void sudos_errno_is_sudos(void **state)
{
	struct passwd pw = { .pw_uid = RIG_UID,
			     .pw_name = (char[]) { RIG_USER } };
	struct rig r;
	int then;

	(void)state;
	rig_open(&r, NULL);
	errno = EDOM;
	assert_int_equal(r.plugin->query(RIG_USER, RIG_GROUP, &pw), 0);
	then = errno;
	assert_int_equal(then, EDOM);
	rig_close(&r);
}

static unsigned int open_files(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned int n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static void no_descriptor_is_left_open(void **state)
{
	static const enum front_manner manners[] = { FRONT_ANSWER, FRONT_CUT,
						     FRONT_STALL };

	(void)state;
	for (size_t i = 0; i < COUNT(manners); i++) {
		struct front_reply reply = rig_answer(true);
		unsigned int before;
		struct rig r;

		reply.manner = manners[i];
		rig_open(&r, &reply);
		if (reply.manner == FRONT_HANG || reply.manner == FRONT_STALL)
			rig_hurry(RIG_HURRY);
		before = open_files();
		rig_in(&r, RIG_GROUP);
		assert_int_equal(open_files(), before);
		rig_close(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sudo_stays_who_it_has_stepped_down_to),
		cmocka_unit_test(sudos_errno_is_sudos),
		cmocka_unit_test(no_descriptor_is_left_open),
	};
	int failed;

	front_enter();
	failed = cmocka_run_group_tests_name("lightwave_sudo as a guest", tests,
					     NULL, NULL);
	front_leave();
	return failed;
}
