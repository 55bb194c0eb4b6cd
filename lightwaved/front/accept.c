/* accept.c - accept_sid of the configuration. The front. */
#include "accept.h"

#include "log.h"

void lw_accept(struct lw_front *f)
{
	struct lw_naming naming = lw_config_naming(f->config);
	char account[LW_NAME_MAX];

	lw_cache_accept_none(&f->cache);
	for (size_t i = 0; i < f->config->accepted_count; i++) {
		const struct lw_accepted *a = &f->config->accepted[i];

		/* lw_config_load() has seen that it is one. */
		if (lw_name_parse(&naming, lw_str(a->name), account) != LW_OK)
			continue;
		if (lw_cache_accept(&f->cache, account, a->sid) != LW_OK)
			lw_log(LOG_ERR, "accept_sid = %s: out of memory",
			       a->name);
	}
}
