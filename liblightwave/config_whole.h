/*
 * config_whole.h - a configuration as a whole; for config.c alone.
 */
#ifndef LW_CONFIG_WHOLE_H
#define LW_CONFIG_WHOLE_H

#include "config.h"

/* All defaults; NULL when out of memory. */
struct lw_config *lw_config_new(void);
/* All is read: what was not given and depends on others has its value now. */
void lw_config_settle(struct lw_config *c);

/*
 * What a configuration with the keys of seen still lacks, or has that does not
 * go together; NULL: nothing. Valid until the next call.
 */
const char *lw_config_missing(const struct lw_config *c, uint64_t seen);

#endif
