/* rules.c - the domain's rules for passwords. A worker process; pure. */
#include "rules.h"

#include <string.h>
#include <strings.h>

char *lw_rules_attrs[] = { "Enabled",
			   "vmwPasswordMinLength",
			   "vmwPasswordMaxLength",
			   "vmwPasswordMinAlphabeticCount",
			   "vmwPasswordMinUpperCaseCount",
			   "vmwPasswordMinLowerCaseCount",
			   "vmwPasswordMinNumericCount",
			   "vmwPasswordMinSpecialCharCount",
			   "vmwPasswordMaxIdenticalAdjacentChars",
			   "vmwPasswordProhibitedPreviousCount",
			   NULL };

/* An upper bound of 0 would be a rule that no password keeps to. */
static const struct {
	const char *attr;
	size_t at;
	uint32_t least;
} table[] = {
	{ "vmwPasswordMinLength",
	  offsetof(struct lw_password_policy, min_length), 0 },
	{ "vmwPasswordMaxLength",
	  offsetof(struct lw_password_policy, max_length), 1 },
	{ "vmwPasswordMinAlphabeticCount",
	  offsetof(struct lw_password_policy, min_alphabetic), 0 },
	{ "vmwPasswordMinUpperCaseCount",
	  offsetof(struct lw_password_policy, min_upper), 0 },
	{ "vmwPasswordMinLowerCaseCount",
	  offsetof(struct lw_password_policy, min_lower), 0 },
	{ "vmwPasswordMinNumericCount",
	  offsetof(struct lw_password_policy, min_numeric), 0 },
	{ "vmwPasswordMinSpecialCharCount",
	  offsetof(struct lw_password_policy, min_special), 0 },
	{ "vmwPasswordMaxIdenticalAdjacentChars",
	  offsetof(struct lw_password_policy, max_identical), 1 },
	{ "vmwPasswordProhibitedPreviousCount",
	  offsetof(struct lw_password_policy, history), 0 },
};

void lw_rules_init(struct lw_password_policy *p)
{
	/* LW_NEVER in each of them. */
	memset(p, 0xFF, sizeof(*p));
}

static uint32_t number(struct lw_str s, uint32_t least)
{
	uint32_t n = 0;

	if (s.n == 0 || s.n > 4)
		return LW_NEVER;
	for (size_t i = 0; i < s.n; i++) {
		if (s.s[i] < '0' || s.s[i] > '9')
			return LW_NEVER;
		n = n * 10 + (uint32_t)(s.s[i] - '0');
	}
	return n < least || n > LW_PASSWORD_MAX ? LW_NEVER : n;
}

void lw_rules_take(struct lw_password_policy *p, const char *attr,
		   struct lw_str value)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		uint32_t n = number(value, table[i].least);

		if (!strcasecmp(table[i].attr, attr))
			memcpy((char *)p + table[i].at, &n, sizeof(n));
	}
}

void lw_rules_end(struct lw_password_policy *p, bool enabled)
{
	if (!enabled)
		lw_rules_init(p);
	/* Nobody could say how long a password may be then. */
	if (p->min_length != LW_NEVER && p->min_length > p->max_length)
		p->max_length = LW_NEVER;
}
