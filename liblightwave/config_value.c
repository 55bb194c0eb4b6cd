/* config_value.c - one value of the configuration. Both daemons. */
#include "config_value.h"

#include "cleanup.h"
#include "endpoint.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

enum lw_err lw_value_bad(struct lw_why why, const char *expected)
{
	snprintf(why.text, why.size, "expected %s", expected);
	return LW_INVALID;
}

enum lw_err lw_value_text(char **slot, const char *value)
{
	char *copy = strdup(value);

	if (!copy)
		return LW_NOMEM;
	free(*slot);
	*slot = copy;
	return LW_OK;
}

/* example.test -> EXAMPLE.TEST and dc=example,dc=test */
enum lw_err lw_value_domain(struct lw_config *c, const char *value,
			    struct lw_why why)
{
	size_t n = strlen(value), dn_max = n * 4 + 4;
	lw_cleanup(lw_free) char *dn = malloc(dn_max);
	char *p = dn;

	if (!lw_host_valid(value) || !strchr(value, '.'))
		return lw_value_bad(why, "a DNS domain");
	if (!dn || lw_value_text(&c->domain, value) != LW_OK ||
	    lw_value_text(&c->realm, value) != LW_OK)
		return LW_NOMEM;
	memcpy(p, "dc=", 3);
	p += 3;
	for (size_t i = 0; i < n; i++) {
		int ch = (unsigned char)value[i];

		c->domain[i] = (char)tolower(ch);
		c->realm[i] = (char)toupper(ch);
		if (ch != '.') {
			*p++ = (char)tolower(ch);
			continue;
		}
		memcpy(p, ",dc=", 4);
		p += 4;
	}
	*p = '\0';
	return lw_value_text(&c->base_dn, dn);
}

static enum lw_err push(struct lw_list *l, struct lw_str s)
{
	char **v = reallocarray(l->v, l->n + 1, sizeof(*v));

	if (!v)
		return LW_NOMEM;
	l->v = v;
	v[l->n] = lw_str_dup(s);
	if (!v[l->n])
		return LW_NOMEM;
	l->n++;
	return LW_OK;
}

static bool item_valid(enum lw_items items, struct lw_str s)
{
	char text[LW_ENDPOINT_MAX];
	struct lw_endpoint server;

	if (s.n == 0 || s.n >= sizeof(text))
		return false;
	memcpy(text, s.s, s.n);
	text[s.n] = '\0';
	if (items == LW_ITEMS_HOSTS)
		return lw_endpoint_parse(text, &server) == LW_OK;
	return strcmp(text, "%") != 0;
}

enum lw_err lw_value_list(struct lw_list *l, enum lw_items items,
			  const char *value, struct lw_why why)
{
	while (*value) {
		struct lw_str s = { value, strcspn(value, ",") };

		value += s.n + (value[s.n] ? 1 : 0);
		for (; s.n && isblank((unsigned char)s.s[0]); s.n--)
			s.s++;
		while (s.n && isblank((unsigned char)s.s[s.n - 1]))
			s.n--;
		if (!item_valid(items, s))
			return lw_value_bad(why,
					    items == LW_ITEMS_HOSTS
						    ? "host or host:port, "
						      "without ldaps://"
						    : "*, user, %group or SID, "
						      "with commas between");
		if (push(l, s) != LW_OK)
			return LW_NOMEM;
	}
	return LW_OK;
}

enum lw_err lw_value_number(uint32_t *slot, uint32_t min, uint32_t max,
			    const char *value, struct lw_why why)
{
	char *end;
	unsigned long v;

	errno = 0;
	v = strtoul(value, &end, 10);
	if (!isdigit((unsigned char)*value) || *end || errno || v < min ||
	    v > max) {
		snprintf(why.text, why.size, "expected a number from %u to %u",
			 min, max);
		return LW_INVALID;
	}
	*slot = (uint32_t)v;
	return LW_OK;
}

enum lw_err lw_value_bool(bool *slot, const char *value, struct lw_why why)
{
	if (strcasecmp(value, "yes") != 0 && strcasecmp(value, "no") != 0)
		return lw_value_bad(why, "yes or no");
	*slot = strcasecmp(value, "yes") == 0;
	return LW_OK;
}

enum lw_err lw_value_format(enum lw_name_format *slot, const char *value,
			    struct lw_why why)
{
	static const char *const words[] = { "upn", "legacy", "short" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strcmp(value, words[i])) {
			*slot = (enum lw_name_format)i;
			return LW_OK;
		}
	}
	return lw_value_bad(why, "upn, legacy or short");
}

enum lw_err lw_value_word(char **slot, const char *value, struct lw_why why)
{
	if (!lw_host_valid(value) || strchr(value, '.'))
		return lw_value_bad(why, "one label of a DNS name");
	return lw_value_text(slot, value);
}

enum lw_err lw_value_mechanism(char **slot, const char *value,
			       struct lw_why why)
{
	size_t n = strlen(value);
	enum lw_err e;

	for (size_t i = 0; i < n; i++) {
		if (!isalnum((unsigned char)value[i]) &&
		    !strchr("-_", value[i]))
			return lw_value_bad(why, "a SASL mechanism");
	}
	if (n > 20)
		return lw_value_bad(why, "a SASL mechanism");
	e = lw_value_text(slot, value);
	for (size_t i = 0; e == LW_OK && i < n; i++)
		(*slot)[i] = (char)toupper((unsigned char)value[i]);
	return e;
}

enum lw_err lw_value_path(char **slot, const char *value, struct lw_why why)
{
	if (*value != '/')
		return lw_value_bad(why, "an absolute path");
	return lw_value_text(slot, value);
}

static bool template_valid(const char *s)
{
	bool user = false;

	if (*s != '/')
		return false;
	for (; *s; s++) {
		if (*s == ':' || (unsigned char)*s < 0x20)
			return false;
		if (*s != '%')
			continue;
		s++;
		if (*s != 'u' && *s != 'd' && *s != '%')
			return false;
		user |= *s == 'u';
	}
	return user; /* two users must not share a home by accident */
}

enum lw_err lw_value_template(char **slot, const char *value, struct lw_why why)
{
	if (!template_valid(value))
		return lw_value_bad(why,
				    "an absolute path with %u in it (and %d)");
	return lw_value_text(slot, value);
}
