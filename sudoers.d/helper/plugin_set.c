/* plugin_set.c - which group plug-in is in force. lightwave-sudo. */
#include "plugin_set.h"

#include <string.h>

enum lw_plugin lw_plugin_set(const struct lw_policy *p, char **ret_path)
{
	const char *v = json_string_value(lw_policy_default(p, "group_plugin"));
	const char *base;
	size_t n;

	if (ret_path)
		*ret_path = NULL;
	if (!v || !*v)
		return LW_PLUGIN_NONE;
	/* What follows a blank are its arguments. */
	n = strcspn(v, " \t");
	base = memrchr(v, '/', n);
	base = base ? base + 1 : v;
	if (ret_path)
		*ret_path = strndup(v, n);
	return n - (size_t)(base - v) == strlen(LW_PLUGIN_NAME) &&
			       strncmp(base, LW_PLUGIN_NAME,
				       strlen(LW_PLUGIN_NAME)) == 0
		       ? LW_PLUGIN_OURS
		       : LW_PLUGIN_OTHER;
}
