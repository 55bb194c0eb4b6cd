/* meant.c - which group a rule names. The front. */
#include "meant.h"

enum lw_err lw_meant_group(struct lw_request *r, struct lw_str rule,
			   int64_t max_age_ms, const struct lw_object **ret)
{
	struct lw_naming naming = lw_config_naming(r->front->config);
	char account[LW_NAME_MAX];

	naming.bare = true;
	if (lw_name_parse(&naming, rule, account) != LW_OK)
		return LW_NOTFOUND;
	return lw_find_by_name(r, LW_KIND_GROUP, account, max_age_ms, ret);
}
