/*
 * search.h - ask the directory for entries.
 */
#ifndef LW_SEARCH_H
#define LW_SEARCH_H

#include "conn.h"
#include "strset.h"

/* Called for each entry found; what it returns, unless LW_OK, ends the search
 * and comes back from it. */
typedef enum lw_err lw_search_fn(void *arg, LDAP *ld, LDAPMessage *entry);

struct lw_query {
	const char *base;
	int scope;
	const char *filter;
	char **attrs; /* named, never * or + */
	bool paged;   /* may give very many */
};

/*
 * Every entry found was handed to fn, or it is an error: LW_NOTFOUND (there
 * is no such base), LW_OFFLINE (anything else; c->broken tells whether the
 * transport failed), LW_NOMEM, or what fn returned.
 */
enum lw_err lw_search(struct lw_conn *c, const struct lw_query *q,
		      lw_search_fn *fn, void *arg);

/* For lw_search(): sets the bool arg, so that one knows an entry is there. */
enum lw_err lw_search_seen(void *arg, LDAP *ld, LDAPMessage *entry);

/*
 * Add the values of an attribute that holds DNs to set. LW_OK also where
 * there are none. LW_NOMEM.
 */
enum lw_err lw_search_dns(LDAP *ld, LDAPMessage *entry, const char *attr,
			  struct lw_strset *set);

#endif
