/*
 * rules.h - the domain's rules for passwords, from the entry that has them.
 */
#ifndef LW_RULES_H
#define LW_RULES_H

#include "proto.h"

/* What to ask of the entry, NULL at the end. */
extern char *lw_rules_attrs[];

/* No rules at all. */
void lw_rules_init(struct lw_password_policy *p);

/*
 * Take the one value of an attribute. What is no number, or none that a rule
 * can have, is no rule; other attributes are left alone.
 */
void lw_rules_take(struct lw_password_policy *p, const char *attr,
		   struct lw_str value);

/* After the last attribute: a domain whose rules are off has none. */
void lw_rules_end(struct lw_password_policy *p, bool enabled);

#endif
