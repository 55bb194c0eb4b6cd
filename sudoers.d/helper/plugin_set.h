/*
 * plugin_set.h - which group plug-in sudo asks about %:group, by what sudoers
 * says of group_plugin for all hosts and users. lightwave-sudo.
 */
#ifndef LW_PLUGIN_SET_H
#define LW_PLUGIN_SET_H

#include "policy.h"

#define LW_PLUGIN_NAME "lightwave_sudo.so"

enum lw_plugin {
	LW_PLUGIN_NONE, /* %: means nobody */
	LW_PLUGIN_OURS,
	LW_PLUGIN_OTHER,
};

/* ret_path, where not NULL: its path, on the heap; NULL where there is none. */
enum lw_plugin lw_plugin_set(const struct lw_policy *p, char **ret_path);

#endif
