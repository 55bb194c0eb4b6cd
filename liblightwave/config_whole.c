/*
 * config_whole.c - a configuration as a whole: its defaults, and what has to go
 * together. Both daemons.
 */
#include "config_whole.h"

#include "config_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OFFLINE_DEFAULT	  (7 * 24 * 3600)
#define AUTHORIZATION_MAX (72 * 3600)
#define NOT_GIVEN	  UINT32_MAX

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
	c->warn_days = 14;
	c->revocation_max = 60;
	c->sweep_interval = 3600;
	c->replicate_max = 50000;
	c->offline_max = OFFLINE_DEFAULT;
	c->offline_authorization_max = NOT_GIVEN;
	c->offline_credentials_max = 604800;
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

void lw_config_settle(struct lw_config *c)
{
	if (c->offline_authorization_max != NOT_GIVEN)
		return;
	c->offline_authorization_max = c->offline_max < AUTHORIZATION_MAX
					       ? c->offline_max
					       : AUTHORIZATION_MAX;
}

/* Which of them is no user of this domain, or given to two; NULL: none. */
static const struct lw_accepted *not_accepted(const struct lw_config *c)
{
	struct lw_naming n = lw_config_naming(c);
	char account[LW_NAME_MAX], other[LW_NAME_MAX];

	for (size_t i = 0; i < c->accepted_count; i++) {
		const struct lw_accepted *a = &c->accepted[i];

		if (lw_name_parse(&n, lw_str(a->name), account) != LW_OK)
			return a;
		for (size_t k = 0; k < i; k++) {
			lw_name_parse(&n, lw_str(c->accepted[k].name), other);
			if (!strcmp(account, other))
				return a;
		}
	}
	return NULL;
}

const char *lw_config_missing(const struct lw_config *c, uint64_t seen)
{
	const char *missing = lw_config_key_missing(seen);
	const struct lw_accepted *bad;
	static char what[200];

	if (missing)
		return missing;
	bad = not_accepted(c);
	if (bad) {
		snprintf(what, sizeof(what),
			 "accept_sid = %.100s: no user of the domain, or given "
			 "twice",
			 bad->name);
		return what;
	}
	if (!c->ca_file && !c->ca_dir)
		return "[domain] lacks 'ca_file' or 'ca_dir'";
	if (c->sasl_mech && !strcmp(c->sasl_mech, "GSSAPI") && !c->keytab)
		return "sasl_mech = GSSAPI needs a keytab";
	if (!c->password_file &&
	    (!c->sasl_mech || strcmp(c->sasl_mech, "GSSAPI") != 0))
		return "[machine] lacks 'password_file'";
	/* Nobody who logs in offline has a ticket. */
	if (c->offline_credentials && c->require_ticket)
		return "offline_credentials = yes lets people in without a "
		       "ticket, and require_ticket = yes does not";
	/* A name that we write must be one that we read. */
	if (c->name_format == LW_NAME_SHORT && !c->default_domain_names)
		return "name_format = short needs default_domain_names = yes";
	if (c->offline_authorization_max > c->offline_max)
		return "offline_authorization_max is longer than offline_max";
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
	free(c->site);
	free(c->ca_file);
	free(c->ca_dir);
	free(c->netbios_name);
	free(c->machine_dn);
	free(c->password_file);
	free(c->keytab);
	free(c->sasl_mech);
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
	for (size_t i = 0; i < c->service_access_count; i++) {
		free(c->service_access[i].service);
		free_list(&c->service_access[i].allow);
		free_list(&c->service_access[i].deny);
	}
	free(c->service_access);
	for (size_t i = 0; i < c->accepted_count; i++) {
		free(c->accepted[i].name);
		free(c->accepted[i].sid);
	}
	free(c->accepted);
	free(c->domain);
	free(c->realm);
	free(c->base_dn);
	free(c);
}
