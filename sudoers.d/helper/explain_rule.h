/*
 * explain_rule.h - one rule of sudoers, as it is for one user. lightwave-sudo.
 */
#ifndef LW_EXPLAIN_RULE_H
#define LW_EXPLAIN_RULE_H

#include "who.h"

/*
 * The rule as JSON, the caller's, with file, line, applies (true, false or null
 * where it cannot be said), by, alias, member (lw_who_in()), host, unsure and
 * gives: an array of runas_users, runas_groups, tags and commands. NULL: it
 * does not speak of him.
 */
json_t *lw_explain_rule(struct lw_who *w, const struct lw_policy_rule *r);

/* The same for people, on stdout. */
void lw_explain_show(const char *user, json_t *rule);

#endif
