/* config_keys.c - what each key of the configuration may say. Both daemons. */
#include "config_keys.h"

#include "sid.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SERVICE_MAX	 40 /* inih keeps 49 bytes of a section's name */
#define ALLOW_PRIVILEGED "allow_privileged_groups"
#define OFFLINE_LIMIT	 (365 * 24 * 3600)

enum type {
	T_DOMAIN,   /* a DNS name; realm and base DN follow from it */
	T_HOSTS,    /* a list of servers */
	T_WORD,	    /* a DNS label */
	T_MECH,	    /* the name of a SASL mechanism */
	T_RULES,    /* a list of *, user, %group, SID */
	T_TEXT,	    /* anything but nothing */
	T_PATH,	    /* absolute */
	T_TEMPLATE, /* absolute, with %u and %d */
	T_BOOL,
	T_NUMBER,
	T_FORMAT,
	T_ACCEPTED,	 /* a user and a SID */
	T_LOCAL_GROUP,	 /* the key is the name of a local group */
	T_SERVICE_RULES, /* as T_RULES; the section names a PAM service */
};

struct key {
	/* A section that ends in ':' is followed by a name; name NULL: any. */
	const char *section, *name;
	enum type type;
	size_t offset;
	uint32_t min, max;
	bool required;
};

#define AT(member)	   offsetof(struct lw_config, member)
#define OF_SERVICE(member) offsetof(struct lw_service_access, member)

static const struct key keys[] = {
	{ "domain", "name", T_DOMAIN, 0, 0, 0, true },
	{ "domain", "server", T_HOSTS, AT(servers), 0, 0, false },
	{ "domain", "site", T_WORD, AT(site), 0, 0, false },
	{ "domain", "ca_file", T_PATH, AT(ca_file), 0, 0, false },
	{ "domain", "ca_dir", T_PATH, AT(ca_dir), 0, 0, false },
	{ "domain", "netbios_name", T_TEXT, AT(netbios_name), 0, 0, false },
	{ "domain", "default_domain_names", T_BOOL, AT(default_domain_names), 0,
	  0, false },
	{ "domain", "name_format", T_FORMAT, AT(name_format), 0, 0, false },
	{ "domain", "well_known_base", T_NUMBER, AT(well_known_base), 1000,
	  15000000, false },
	{ "domain", "legacy_sids", T_BOOL, AT(legacy_sids), 0, 0, false },
	{ "domain", "enumerate", T_BOOL, AT(enumerate), 0, 0, false },
	{ "machine", "dn", T_TEXT, AT(machine_dn), 0, 0, true },
	{ "machine", "password_file", T_PATH, AT(password_file), 0, 0, false },
	{ "machine", "sasl_mech", T_MECH, AT(sasl_mech), 0, 0, false },
	{ "machine", "keytab", T_PATH, AT(keytab), 0, 0, false },
	{ "users", "home", T_TEMPLATE, AT(home), 0, 0, false },
	{ "users", "shell", T_PATH, AT(shell), 0, 0, false },
	{ "users", "accept_sid", T_ACCEPTED, 0, 0, 0, false },
	{ "access", "allow", T_RULES, AT(allow), 0, 0, false },
	{ "access", "deny", T_RULES, AT(deny), 0, 0, false },
	{ "access", "locked_denies_all", T_BOOL, AT(locked_denies_all), 0, 0,
	  false },
	{ "access:", "allow", T_SERVICE_RULES, OF_SERVICE(allow), 0, 0, false },
	{ "access:", "deny", T_SERVICE_RULES, OF_SERVICE(deny), 0, 0, false },
	{ "kerberos", "require_ticket", T_BOOL, AT(require_ticket), 0, 0,
	  false },
	{ "password", "kpasswd", T_BOOL, AT(kpasswd), 0, 0, false },
	{ "password", "warn_days", T_NUMBER, AT(warn_days), 0, 365, false },
	/* Before the names of groups: none of them is called so. */
	{ "local_groups", ALLOW_PRIVILEGED, T_BOOL, AT(allow_privileged_groups),
	  0, 0, false },
	{ "local_groups", NULL, T_LOCAL_GROUP, 0, 0, 0, false },
	{ "cache", "ttl", T_NUMBER, AT(ttl), 0, 86400, false },
	{ "cache", "negative_ttl", T_NUMBER, AT(negative_ttl), 0, 3600, false },
	{ "cache", "membership_ttl", T_NUMBER, AT(membership_ttl), 0, 3600,
	  false },
	{ "cache", "revocation_max", T_NUMBER, AT(revocation_max), 1, 3600,
	  false },
	{ "cache", "sweep_interval", T_NUMBER, AT(sweep_interval), 60, 604800,
	  false },
	{ "cache", "replicate_max", T_NUMBER, AT(replicate_max), 0,
	  LW_REPLICATE_MAX, false },
	{ "cache", "offline_max", T_NUMBER, AT(offline_max), 0, OFFLINE_LIMIT,
	  false },
	{ "cache", "offline_authorization_max", T_NUMBER,
	  AT(offline_authorization_max), 0, OFFLINE_LIMIT, false },
	{ "cache", "offline_credentials", T_BOOL, AT(offline_credentials), 0, 0,
	  false },
	{ "cache", "offline_credentials_max", T_NUMBER,
	  AT(offline_credentials_max), 60, 2592000, false },
	{ "workers", "lookup", T_NUMBER, AT(lookup_workers), 1, 32, false },
	{ "workers", "login", T_NUMBER, AT(login_workers), 1, 32, false },
	{ "workers", "timeout", T_NUMBER, AT(timeout), 1, 10, false },
};
#define KEYS (sizeof(keys) / sizeof(keys[0]))
_Static_assert(KEYS <= 64, "struct parse keeps one bit a key");

/*
 * The service of [access:sshd] and its like; NULL: none, or none that can be.
 * libpam has them in lower case.
 */
static const char *service_of(const char *section)
{
	const char *s = strchr(section, ':');
	size_t n = s ? strlen(++s) : 0;

	if (n == 0 || n > SERVICE_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (!islower((unsigned char)s[i]) &&
		    !isdigit((unsigned char)s[i]) && !strchr("._-", s[i]))
			return NULL;
	}
	return s;
}

static bool in_section(const struct key *k, const char *section)
{
	size_t n = strlen(k->section);

	if (k->section[n - 1] != ':')
		return !strcmp(section, k->section);
	return !strncmp(section, k->section, n) && service_of(section);
}

bool lw_config_section_known(const char *section)
{
	for (size_t i = 0; i < KEYS; i++) {
		if (in_section(&keys[i], section))
			return true;
	}
	return false;
}

int lw_config_key(const char *section, const char *name)
{
	for (size_t i = 0; i < KEYS; i++) {
		if (in_section(&keys[i], section) &&
		    (!keys[i].name || !strcmp(name, keys[i].name)))
			return (int)i;
	}
	return -1;
}

bool lw_config_key_repeats(int key)
{
	enum type t = keys[key].type;

	return t == T_HOSTS || t == T_RULES || t == T_SERVICE_RULES ||
	       t == T_LOCAL_GROUP || t == T_ACCEPTED;
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

static enum lw_err set_accepted(struct lw_config *c, const char *value,
				struct lw_why why)
{
	size_t n = strcspn(value, " \t");
	const char *sid = value + n + strspn(value + n, " \t");
	struct lw_accepted *a;

	if (n == 0 || !lw_sid_valid(lw_str(sid)))
		return lw_value_bad(why, "a user and his SID");
	a = reallocarray(c->accepted, c->accepted_count + 1, sizeof(*a));
	if (!a)
		return LW_NOMEM;
	c->accepted = a;
	a += c->accepted_count;
	a->name = strndup(value, n);
	a->sid = strdup(sid);
	if (!a->name || !a->sid) {
		free(a->name);
		free(a->sid);
		return LW_NOMEM;
	}
	c->accepted_count++;
	return LW_OK;
}

static struct lw_service_access *service_access(struct lw_config *c,
						const char *service)
{
	struct lw_service_access *a = c->service_access;

	for (size_t i = 0; i < c->service_access_count; i++) {
		if (!strcmp(a[i].service, service))
			return &a[i];
	}
	a = reallocarray(a, c->service_access_count + 1, sizeof(*a));
	if (!a)
		return NULL;
	c->service_access = a;
	a += c->service_access_count;
	*a = (struct lw_service_access) { .service = strdup(service) };
	if (!a->service)
		return NULL;
	c->service_access_count++;
	return a;
}

static enum lw_err set_service_rules(struct lw_config *c, const struct key *k,
				     const char *section, const char *value,
				     struct lw_why why)
{
	struct lw_service_access *a = service_access(c, service_of(section));

	if (!a)
		return LW_NOMEM;
	return lw_value_list((void *)((char *)a + k->offset), LW_ITEMS_RULES,
			     value, why);
}

enum lw_err lw_config_set(struct lw_config *c, int key, const char *section,
			  const char *name, const char *value,
			  struct lw_why why)
{
	const struct key *k = &keys[key];
	void *slot = (char *)c + k->offset;

	if (!*value)
		return lw_value_bad(why, "a value");
	switch (k->type) {
	case T_DOMAIN:
		return lw_value_domain(c, value, why);
	case T_HOSTS:
		return lw_value_list(slot, LW_ITEMS_HOSTS, value, why);
	case T_WORD:
		return lw_value_word(slot, value, why);
	case T_MECH:
		return lw_value_mechanism(slot, value, why);
	case T_RULES:
		return lw_value_list(slot, LW_ITEMS_RULES, value, why);
	case T_SERVICE_RULES:
		return set_service_rules(c, k, section, value, why);
	case T_PATH:
		return lw_value_path(slot, value, why);
	case T_TEMPLATE:
		return lw_value_template(slot, value, why);
	case T_TEXT:
		return lw_value_text(slot, value);
	case T_BOOL:
		return lw_value_bool(slot, value, why);
	case T_NUMBER:
		return lw_value_number(slot, k->min, k->max, value, why);
	case T_FORMAT:
		return lw_value_format(slot, value, why);
	case T_ACCEPTED:
		return set_accepted(c, value, why);
	case T_LOCAL_GROUP:
		if (!*name)
			return lw_value_bad(why, "a local group before '='");
		if (!strcasecmp(name, ALLOW_PRIVILEGED))
			return lw_value_bad(why,
					    ALLOW_PRIVILEGED " in lower case");
		if (*value == '%' || strchr(value, ','))
			return lw_value_bad(why, "the name of one group");
		return set_local_group(c, name, value);
	}
	return LW_INVALID;
}

const char *lw_config_key_missing(uint64_t seen)
{
	static char what[100];

	for (size_t i = 0; i < KEYS; i++) {
		if (keys[i].required && !(seen >> i & 1)) {
			snprintf(what, sizeof(what), "[%s] lacks '%s'",
				 keys[i].section, keys[i].name);
			return what;
		}
	}
	return NULL;
}
