/*
 * audit.h - who was let in or refused, by which rule and by how old facts: one
 * record for each decision. The front.
 *
 * In the journal it has fields (lightwaved(8), AUDIT) and the line of text
 * that stands in the log elsewhere. What is not known has no field. All of it
 * is borrowed.
 */
#ifndef LW_AUDIT_H
#define LW_AUDIT_H

#include "request.h"

enum lw_audit_event {
	LW_AUDIT_AUTH,	       /* a password */
	LW_AUDIT_OLD_PASSWORD, /* ... before it is changed */
	LW_AUDIT_PRINCIPAL,    /* a Kerberos ticket */
	LW_AUDIT_ACCOUNT,      /* may he log in */
	LW_AUDIT_CHANGE,       /* a new password */
	LW_AUDIT_SUDO,	       /* does a rule of sudoers mean him */
	LW_AUDIT_COUNT
};

struct lw_audit {
	enum lw_audit_event event;
	struct lw_str user;		 /* as typed */
	struct lw_str principal;	 /* whose ticket it is */
	const struct lw_object *account; /* NULL: nobody's, or not known */
	struct lw_str service, rhost;
	struct lw_str rule; /* that decided; sudo: the group it asked for */
	/* Which group that names; of a login, by which he is meant. */
	struct lw_str group, group_sid, path;
	struct lw_str local_groups; /* that a session of his is given */
	enum lw_err result;	    /* LW_OK: allowed */
	const char *why;	    /* more than result says, or "" */
	int64_t as_of_ms;	    /* of the oldest fact; INT64_MAX: of none */
	bool away;		    /* by what was last known */
};

/* What the log calls it. */
const char *lw_audit_name(enum lw_audit_event e);

/* How long ago that was, in seconds. */
uint32_t lw_audit_age(int64_t as_of_ms);

/* Say it, with text for people. */
void lw_audit_say(const struct lw_front *f, const struct lw_audit *a,
		  const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
