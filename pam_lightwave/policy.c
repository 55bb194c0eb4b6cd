/* policy.c - the rules in words. Whatever process changes a password. */
#include "policy.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void add(char *text, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void add(char *text, const char *fmt, ...)
{
	size_t n = strlen(text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + n, LW_POLICY_TEXT_MAX - n, fmt, ap);
	va_end(ap);
}

static bool said(uint32_t v)
{
	return v != 0 && v != LW_NEVER;
}

/* "needs 8 to 20 characters" */
static bool length(const struct lw_password_policy *p, char *text)
{
	bool min = said(p->min_length), max = said(p->max_length);

	if (min && max)
		add(text, "needs %u to %u characters", p->min_length,
		    p->max_length);
	else if (min)
		add(text, "needs at least %u character%s", p->min_length,
		    p->min_length == 1 ? "" : "s");
	else if (max)
		add(text, "may have at most %u character%s", p->max_length,
		    p->max_length == 1 ? "" : "s");
	return min || max;
}

/* ", among them at least 2 letters and 1 digit" */
static bool kinds(const struct lw_password_policy *p, bool after, char *text)
{
	const struct {
		uint32_t n;
		const char *what;
	} each[] = {
		{ p->min_alphabetic, "letter" },
		{ p->min_upper, "upper-case letter" },
		{ p->min_lower, "lower-case letter" },
		{ p->min_numeric, "digit" },
		{ p->min_special, "special character" },
	};
	unsigned int left = 0;
	bool any = false;

	for (size_t i = 0; i < 5; i++)
		left += said(each[i].n);
	for (size_t i = 0; i < 5; i++) {
		if (!said(each[i].n))
			continue;
		if (!any)
			add(text,
			    after ? ", among them at least" : "needs at least");
		else
			add(text, left == 1 ? " and" : ",");
		add(text, " %u %s%s", each[i].n, each[i].what,
		    each[i].n == 1 ? "" : "s");
		any = true;
		left--;
	}
	return any;
}

bool lw_policy_text(const struct lw_password_policy *p,
		    char ret[LW_POLICY_TEXT_MAX])
{
	bool any;

	snprintf(ret, LW_POLICY_TEXT_MAX, "A new password ");
	any = length(p, ret);
	any = kinds(p, any, ret) || any;
	if (said(p->max_identical)) {
		add(ret, "%smay have at most %u equal in a row",
		    any ? "; it " : "", p->max_identical);
		any = true;
	}
	if (said(p->history)) {
		add(ret, "%smust not be one of the last %u", any ? "; it " : "",
		    p->history);
		any = true;
	}
	add(ret, ".");
	if (!any)
		*ret = '\0';
	return any;
}
