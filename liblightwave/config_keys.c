/* config_keys.c - what each key of the configuration may say. Both daemons. */
#include "config_keys.h"

#include "cleanup.h"
#include "sid.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

enum type {
	T_DOMAIN,   /* a DNS name; realm and base DN follow from it */
	T_HOSTS,    /* a list of host names */
	T_RULES,    /* a list of *, user, %group, SID */
	T_TEXT,	    /* anything but nothing */
	T_PATH,	    /* absolute */
	T_TEMPLATE, /* absolute, with %u and %d */
	T_BOOL,
	T_NUMBER,
	T_FORMAT,
	T_LOCAL_GROUP, /* the key is the name of a local group */
};

struct key {
	const char *section, *name; /* name NULL: any */
	enum type type;
	size_t offset;
	uint32_t min, max;
	bool required;
};

#define AT(member) offsetof(struct lw_config, member)

static const struct key keys[] = {
	{ "domain", "name", T_DOMAIN, 0, 0, 0, true },
	{ "domain", "server", T_HOSTS, AT(servers), 0, 0, true },
	{ "domain", "ca_file", T_PATH, AT(ca_file), 0, 0, true },
	{ "domain", "netbios_name", T_TEXT, AT(netbios_name), 0, 0, false },
	{ "domain", "default_domain_names", T_BOOL, AT(default_domain_names), 0,
	  0, false },
	{ "domain", "name_format", T_FORMAT, AT(name_format), 0, 0, false },
	{ "domain", "well_known_base", T_NUMBER, AT(well_known_base), 1000,
	  15000000, false },
	{ "domain", "legacy_sids", T_BOOL, AT(legacy_sids), 0, 0, false },
	{ "machine", "dn", T_TEXT, AT(machine_dn), 0, 0, true },
	{ "machine", "password_file", T_PATH, AT(password_file), 0, 0, true },
	{ "machine", "keytab", T_PATH, AT(keytab), 0, 0, false },
	{ "users", "home", T_TEMPLATE, AT(home), 0, 0, false },
	{ "users", "shell", T_PATH, AT(shell), 0, 0, false },
	{ "access", "allow", T_RULES, AT(allow), 0, 0, false },
	{ "access", "deny", T_RULES, AT(deny), 0, 0, false },
	{ "access", "locked_denies_all", T_BOOL, AT(locked_denies_all), 0, 0,
	  false },
	{ "local_groups", NULL, T_LOCAL_GROUP, 0, 0, 0, false },
	{ "cache", "ttl", T_NUMBER, AT(ttl), 0, 86400, false },
	{ "cache", "negative_ttl", T_NUMBER, AT(negative_ttl), 0, 3600, false },
	{ "cache", "membership_ttl", T_NUMBER, AT(membership_ttl), 0, 3600,
	  false },
	{ "workers", "lookup", T_NUMBER, AT(lookup_workers), 1, 32, false },
	{ "workers", "login", T_NUMBER, AT(login_workers), 1, 32, false },
	{ "workers", "timeout", T_NUMBER, AT(timeout), 1, 10, false },
};
#define KEYS (sizeof(keys) / sizeof(keys[0]))
_Static_assert(KEYS <= 64, "struct parse keeps one bit a key");

bool lw_config_section_known(struct lw_str s)
{
	for (size_t i = 0; i < KEYS; i++) {
		if (lw_str_eq(s, keys[i].section))
			return true;
	}
	return false;
}

int lw_config_key(const char *section, const char *name)
{
	for (size_t i = 0; i < KEYS; i++) {
		if (!strcmp(section, keys[i].section) &&
		    (!keys[i].name || !strcmp(name, keys[i].name)))
			return (int)i;
	}
	return -1;
}

bool lw_config_key_repeats(int key)
{
	enum type t = keys[key].type;

	return t == T_HOSTS || t == T_RULES || t == T_LOCAL_GROUP;
}

static bool host_name(const char *s)
{
	size_t n = strlen(s), label = 0;

	if (n == 0 || n > 253)
		return false;
	for (size_t i = 0; i <= n; i++) {
		if (s[i] == '.' || s[i] == '\0') {
			if (label == 0 || label > 63 || s[i - 1] == '-')
				return false;
			label = 0;
		} else if (isalnum((unsigned char)s[i]) ||
			   (s[i] == '-' && label > 0)) {
			label++;
		} else {
			return false;
		}
	}
	return true;
}

static enum lw_err put(char **slot, const char *value)
{
	char *copy = strdup(value);

	if (!copy)
		return LW_NOMEM;
	free(*slot);
	*slot = copy;
	return LW_OK;
}

/* example.test -> EXAMPLE.TEST and dc=example,dc=test */
static enum lw_err set_domain(struct lw_config *c, const char *value)
{
	size_t n = strlen(value), dn_max = n * 4 + 4;
	lw_cleanup(lw_free) char *dn = malloc(dn_max);
	char *p = dn;

	if (!dn || put(&c->domain, value) != LW_OK ||
	    put(&c->realm, value) != LW_OK)
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
	return put(&c->base_dn, dn);
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

static bool item_valid(enum type t, struct lw_str s)
{
	char text[LW_NAME_MAX];

	if (s.n == 0 || s.n >= sizeof(text))
		return false;
	memcpy(text, s.s, s.n);
	text[s.n] = '\0';
	if (t == T_HOSTS)
		return host_name(text);
	return strcmp(text, "%") != 0;
}

static enum lw_err bad(char *why, size_t why_size, const char *expected)
{
	snprintf(why, why_size, "expected %s", expected);
	return LW_INVALID;
}

static enum lw_err set_list(struct lw_list *l, enum type t, const char *value,
			    char *why, size_t why_size)
{
	while (*value) {
		struct lw_str s = { value, strcspn(value, ",") };

		value += s.n + (value[s.n] ? 1 : 0);
		for (; s.n && isblank((unsigned char)s.s[0]); s.n--)
			s.s++;
		while (s.n && isblank((unsigned char)s.s[s.n - 1]))
			s.n--;
		if (!item_valid(t, s))
			return bad(why, why_size,
				   t == T_HOSTS ? "host names, without "
						  "ldaps:// and port"
						: "*, user, %group or SID, "
						  "with commas between");
		if (push(l, s) != LW_OK)
			return LW_NOMEM;
	}
	return LW_OK;
}

static enum lw_err set_number(const struct key *k, uint32_t *slot,
			      const char *value, char *why, size_t why_size)
{
	char *end;
	unsigned long v;

	errno = 0;
	v = strtoul(value, &end, 10);
	if (!isdigit((unsigned char)*value) || *end || errno || v < k->min ||
	    v > k->max) {
		snprintf(why, why_size, "expected a number from %u to %u",
			 k->min, k->max);
		return LW_INVALID;
	}
	*slot = (uint32_t)v;
	return LW_OK;
}

static enum lw_err set_bool(bool *slot, const char *value, char *why,
			    size_t why_size)
{
	if (strcasecmp(value, "yes") != 0 && strcasecmp(value, "no") != 0)
		return bad(why, why_size, "yes or no");
	*slot = strcasecmp(value, "yes") == 0;
	return LW_OK;
}

static enum lw_err set_format(enum lw_name_format *slot, const char *value,
			      char *why, size_t why_size)
{
	static const char *const words[] = { "upn", "legacy", "short" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strcmp(value, words[i])) {
			*slot = (enum lw_name_format)i;
			return LW_OK;
		}
	}
	return bad(why, why_size, "upn, legacy or short");
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

static enum lw_err set_local_group(struct lw_config *c, const char *name,
				   const char *value)
{
	struct lw_local_group *g;

	g = reallocarray(c->local_groups, c->local_group_count + 1, sizeof(*g));
	if (!g)
		return LW_NOMEM;
	c->local_groups = g;
	g += c->local_group_count;
	g->local = strdup(name);
	g->directory = strdup(value);
	if (!g->local || !g->directory) {
		free(g->local);
		free(g->directory);
		return LW_NOMEM;
	}
	c->local_group_count++;
	return LW_OK;
}

enum lw_err lw_config_set(struct lw_config *c, int key, const char *name,
			  const char *value, char *why, size_t why_size)
{
	const struct key *k = &keys[key];
	void *slot = (char *)c + k->offset;

	if (!*value)
		return bad(why, why_size, "a value");
	switch (k->type) {
	case T_DOMAIN:
		if (!host_name(value) || !strchr(value, '.'))
			return bad(why, why_size, "a DNS domain");
		return set_domain(c, value);
	case T_HOSTS:
	case T_RULES:
		return set_list(slot, k->type, value, why, why_size);
	case T_PATH:
		if (*value != '/')
			return bad(why, why_size, "an absolute path");
		return put(slot, value);
	case T_TEMPLATE:
		if (!template_valid(value))
			return bad(why, why_size,
				   "an absolute path with %u in it (and %d)");
		return put(slot, value);
	case T_TEXT:
		return put(slot, value);
	case T_BOOL:
		return set_bool(slot, value, why, why_size);
	case T_NUMBER:
		return set_number(k, slot, value, why, why_size);
	case T_FORMAT:
		return set_format(slot, value, why, why_size);
	case T_LOCAL_GROUP:
		if (*value == '%' || strchr(value, ','))
			return bad(why, why_size, "the name of one group");
		return set_local_group(c, name, value);
	}
	return LW_INVALID;
}

struct lw_config *lw_config_new(void)
{
	struct lw_config *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->ttl = 300;
	c->negative_ttl = 30;
	c->lookup_workers = 2;
	c->login_workers = 2;
	c->timeout = 5;
	c->netbios_name = strdup("");
	c->home = strdup("/home/%d/%u");
	c->shell = strdup(access("/bin/bash", X_OK) == 0 ? "/bin/bash"
							 : "/bin/sh");
	if (!c->netbios_name || !c->home || !c->shell) {
		lw_config_free(c);
		return NULL;
	}
	return c;
}

const char *lw_config_missing(const struct lw_config *c, uint64_t seen)
{
	static char what[80];

	for (size_t i = 0; i < KEYS; i++) {
		if (keys[i].required && !(seen >> i & 1)) {
			snprintf(what, sizeof(what), "[%s] lacks '%s'",
				 keys[i].section, keys[i].name);
			return what;
		}
	}
	/* A name that we write must be one that we read. */
	if (c->name_format == LW_NAME_SHORT && !c->default_domain_names)
		return "name_format = short needs default_domain_names = yes";
	return NULL;
}

static void free_list(struct lw_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
}

void lw_config_free(struct lw_config *c)
{
	if (!c)
		return;
	free(c->ca_file);
	free(c->netbios_name);
	free(c->machine_dn);
	free(c->password_file);
	free(c->keytab);
	free(c->home);
	free(c->shell);
	free_list(&c->servers);
	free_list(&c->allow);
	free_list(&c->deny);
	for (size_t i = 0; i < c->local_group_count; i++) {
		free(c->local_groups[i].local);
		free(c->local_groups[i].directory);
	}
	free(c->local_groups);
	free(c->domain);
	free(c->realm);
	free(c->base_dn);
	free(c);
}
