/*
 * plugin.c - sudo's interface for group plug-ins: is that user in the group
 * that a rule names with "%:". Runs in sudo, as root.
 *
 * sudo has no word for "cannot say": whatever is not a yes is a no.
 */
#include "decide.h"
#include "kept.h"
#include "proto.h"
#include "say.h"

#include <errno.h>
#include <pwd.h>
#include <stddef.h>
#include <sudo_plugin.h>

static int init(int version, sudo_printf_t print, char *const argv[])
{
	int major = (int)SUDO_API_VERSION_GET_MAJOR((unsigned int)version);

	(void)argv;
	if (major != GROUP_API_VERSION_MAJOR) {
		if (print)
			print(SUDO_CONV_ERROR_MSG,
			      "lightwave_sudo: incompatible major version %d "
			      "of the group API, expected %d\n",
			      major, GROUP_API_VERSION_MAJOR);
		return -1;
	}
	lw_say_through(print);
	return 1;
}

static void cleanup(void)
{
	lw_kept_forget();
	lw_say_through(NULL);
}

/* LW_NEVER as an id would be the question who has that name. */
static bool is_in(const char *user, const char *group, const struct passwd *pwd)
{
	if (!user && pwd)
		user = pwd->pw_name;
	if (!user || !group || (pwd && pwd->pw_uid == LW_NEVER))
		return false;
	return lw_decide_member(pwd ? pwd->pw_uid : LW_NEVER, user, group);
}

static int query(const char *user, const char *group, const struct passwd *pwd)
{
	int saved = errno;
	bool yes = is_in(user, group, pwd);

	errno = saved;
	return yes;
}

extern const struct sudoers_group_plugin group_plugin;
const struct sudoers_group_plugin group_plugin = {
	.version = GROUP_API_VERSION,
	.init = init,
	.cleanup = cleanup,
	.query = query,
};
