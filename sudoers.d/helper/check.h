/*
 * check.h - what lightwave-sudo check looks for, and where it puts it.
 */
#ifndef LW_CHECK_H
#define LW_CHECK_H

#include "config.h"
#include "localdb.h"
#include "plugin_set.h"
#include "policy.h"
#include "sudo.h"

struct lw_check {
	const struct lw_sudo *s;
	const struct lw_policy *p;
	const struct lw_config *config; /* NULL: this host has none */
	struct lw_naming naming;	/* of config */
	struct lw_localdb groups, users;
	json_t *findings; /* kind, file, line, what, remedy */
	json_t *notes;	  /* the same, and no reason to fail */
	json_t *seen;	  /* so that each is said once */
	enum lw_err away; /* LW_OK, or why names were not looked up */
};

/* check_show.c: a finding; file may be NULL and line 0. */
struct lw_finding {
	const char *kind, *file;
	uint32_t line;
	const char *what, *remedy; /* copied */
};
void lw_check_found(struct lw_check *c, const struct lw_finding *f);
void lw_check_note(struct lw_check *c, const struct lw_finding *f);
void lw_check_show(const struct lw_check *c, bool json);

/*
 * Whom a name means in the directory; ret_id where LW_OK. Any but LW_OK,
 * LW_NOTFOUND, LW_CLAIMED, LW_NOTOURS and LW_INVALID sets away, and
 * after that nobody is asked any more.
 */
enum lw_err lw_check_resolve(struct lw_check *c, enum lw_resolve_what what,
			     const char *name, uint32_t *ret_id);

/*
 * check_names.c: groups of the directory that a list excludes; where says in
 * which file and line, all as lw_policy_members().
 */
void lw_check_negated(struct lw_check *c, const struct lw_policy_rule *where,
		      const char *all, json_t *list);

void lw_check_rules(struct lw_check *c);    /* check_names.c */
void lw_check_defaults(struct lw_check *c); /* check_defaults.c */
void lw_check_files(struct lw_check *c);    /* check_files.c */
void lw_check_dropin(struct lw_check *c);   /* check_dropin.c */
void lw_check_sudo(struct lw_check *c);	    /* check_sudo.c */

#endif
