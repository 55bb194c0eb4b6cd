/*
 * config_keys.h - the table of configuration keys; for config.c alone.
 */
#ifndef LW_CONFIG_KEYS_H
#define LW_CONFIG_KEYS_H

#include "config_value.h"

bool lw_config_section_known(const char *section);

/* The number of a key in the table, -1 if there is none. */
int lw_config_key(const char *section, const char *name);
bool lw_config_key_repeats(int key);

/*
 * Judge a value and keep it. LW_INVALID: why says what it should be. section
 * and name are as written, which matters for [access:SERVICE] and
 * [local_groups] only.
 */
enum lw_err lw_config_set(struct lw_config *c, int key, const char *section,
			  const char *name, const char *value,
			  struct lw_why why);

/*
 * Which required key is not among those of seen; NULL: none. Valid until the
 * next call.
 */
const char *lw_config_key_missing(uint64_t seen);

#endif
