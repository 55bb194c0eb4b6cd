/*
 * config.h - /etc/lightwave/lightwave.conf, read whole and judged strictly.
 *
 * A configuration is read into a new object and never changed afterwards; a
 * reload makes another. An unknown section or key, a value out of range, a
 * key given twice, and a missing one are errors with file and line.
 * lightwave.conf(5) describes every key.
 */
#ifndef LW_CONFIG_H
#define LW_CONFIG_H

#include "name.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LW_CONFIG_FILE "/etc/lightwave/lightwave.conf"
/* More entries are kept by no front (replica.h says what that takes). */
#define LW_REPLICATE_MAX 200000

struct lw_list {
	char **v;
	size_t n;
};

/*
 * [local_groups]: members of the directory group get the local group's gid.
 * directory is a name in any accepted form, or a SID.
 */
struct lw_local_group {
	char *local, *directory;
};

/* [access:SERVICE]: rules for one PAM service. */
struct lw_service_access {
	char *service;
	struct lw_list allow, deny;
};

/* accept_sid: whose a name is, though another SID had it before. */
struct lw_accepted {
	char *name, *sid;
};

struct lw_config {
	/* [domain] */
	char *domain;		/* lower case */
	char *realm;		/* upper case */
	char *base_dn;		/* dc=... of the domain */
	struct lw_list servers; /* endpoint.h; in order; none: found by DNS */
	char *site;		/* whose servers are better, or NULL */
	char *ca_file, *ca_dir; /* who signs them; one may be NULL */
	char *netbios_name;	/* or "" */
	bool default_domain_names;
	enum lw_name_format name_format;
	uint32_t well_known_base;
	bool legacy_sids;
	bool enumerate;

	/* [machine] */
	char *machine_dn;
	char *password_file;
	char *keytab;	 /* or NULL: no tickets */
	char *sasl_mech; /* in capitals; NULL: a simple bind over LDAPS */

	/* [users] */
	char *home; /* %u account, %d domain */
	char *shell;
	struct lw_accepted *accepted;
	size_t accepted_count;

	/* [access] */
	struct lw_list allow, deny; /* user, %group, S-1-..., or * */
	bool locked_denies_all;
	struct lw_service_access *service_access;
	size_t service_access_count;

	/* [kerberos] */
	bool require_ticket;

	/* [password] */
	bool kpasswd;
	uint32_t warn_days; /* 0: never */

	/* [local_groups] */
	struct lw_local_group *local_groups;
	size_t local_group_count;
	bool allow_privileged_groups; /* also system groups, but root's */

	/* [cache], seconds */
	uint32_t ttl, negative_ttl, membership_ttl;
	uint32_t revocation_max; /* what changed is known within this */
	uint32_t sweep_interval; /* ... and what was deleted within this */
	uint32_t replicate_max;	 /* entries kept whole; 0: none */
	/* While the directory is away: what is known, and rights, last so long.
	 */
	uint32_t offline_max, offline_authorization_max;
	bool offline_credentials; /* last good passwords are kept, hashed */
	uint32_t offline_credentials_max; /* ... for so long */

	/* [workers] */
	uint32_t lookup_workers, login_workers;
	uint32_t timeout; /* seconds for one job */
};

/*
 * Read and judge the file at path. The object is the caller's; release it
 * with lw_config_free(). LW_INVALID, LW_OFFLINE (cannot be read), LW_NOMEM:
 * error holds one line for people, "path:line: what is wrong".
 */
enum lw_err lw_config_load(const char *path, struct lw_config **ret,
			   char *error, size_t error_size);
void lw_config_free(struct lw_config *c);

/* How this configuration reads and writes names; borrows from c. */
struct lw_naming lw_config_naming(const struct lw_config *c);

#endif
