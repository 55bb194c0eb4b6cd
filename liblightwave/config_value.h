/*
 * config_value.h - read one value of the configuration; for config_keys.c
 * alone.
 *
 * Each keeps the value or gives LW_INVALID, and then why (size why_size) says
 * what was expected; LW_NOMEM.
 */
#ifndef LW_CONFIG_VALUE_H
#define LW_CONFIG_VALUE_H

#include "config.h"

/* What the items of a list are. */
enum lw_items {
	LW_ITEMS_HOSTS,
	LW_ITEMS_RULES, /* *, user, %group, SID */
};

/* Where a complaint goes. */
struct lw_why {
	char *text;
	size_t size;
};

/* LW_INVALID; "expected ..." into why. */
enum lw_err lw_value_bad(struct lw_why why, const char *expected);

/* A copy of value replaces *slot. LW_NOMEM. */
enum lw_err lw_value_text(char **slot, const char *value);

/* example.test: sets domain, realm and base_dn. */
enum lw_err lw_value_domain(struct lw_config *c, const char *value,
			    struct lw_why why);

/* Appends what stands between commas. */
enum lw_err lw_value_list(struct lw_list *l, enum lw_items items,
			  const char *value, struct lw_why why);

enum lw_err lw_value_number(uint32_t *slot, uint32_t min, uint32_t max,
			    const char *value, struct lw_why why);
enum lw_err lw_value_bool(bool *slot, const char *value, struct lw_why why);
enum lw_err lw_value_format(enum lw_name_format *slot, const char *value,
			    struct lw_why why);

/* One label of a DNS name. */
enum lw_err lw_value_word(char **slot, const char *value, struct lw_why why);

/* The name of a SASL mechanism (RFC 4422), kept in capitals. */
enum lw_err lw_value_mechanism(char **slot, const char *value,
			       struct lw_why why);

/* An absolute path. */
enum lw_err lw_value_path(char **slot, const char *value, struct lw_why why);

/* An absolute path with %u, and perhaps %d, in it. */
enum lw_err lw_value_template(char **slot, const char *value,
			      struct lw_why why);

#endif
