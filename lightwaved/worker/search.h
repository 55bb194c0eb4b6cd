/*
 * search.h - ask the directory for entries.
 *
 * Entries are handed over as they come and are gone afterwards, so that an
 * answer of any length takes the memory of one entry. Referrals are not
 * followed.
 */
#ifndef LW_SEARCH_H
#define LW_SEARCH_H

#include "conn.h"
#include "dnset.h"
#include "strset.h"

/*
 * Called for each entry found; what it returns, unless LW_OK, ends the search
 * and comes back from it. What came before an error counts for nothing.
 */
typedef enum lw_err lw_search_fn(void *arg, LDAP *ld, LDAPMessage *entry);

struct lw_query {
	const char *base;
	int scope;
	const char *filter;
	char **attrs;  /* named, never * or + */
	int page;      /* entries in one answer; 0: all in one */
	int size_most; /* sizeLimit: whether that cut it short is not said */
};

/* One of several searches that are on their way at the same time. */
struct lw_ask {
	struct lw_query q;
	lw_search_fn *fn;
	void *arg;
	bool base_may_lack; /* a missing base is no error: it has no entries */

	/* search.c's own */
	int id;		  /* 0: not sent, or answered */
	int64_t until_ms; /* the whole answer, or this page of it */
	bool done;
	struct berval cookie, before; /* the next page's, the last one's */
	struct lw_dnset *seen;	      /* DNs of pages before */
	size_t fresh;		      /* entries of this page not in seen */
};

/* One page holds what people have; few servers are asked twice. */
#define LW_PAGE 5000

/*
 * Every entry found was handed to fn, or it is an error: LW_NOTFOUND (there
 * is no such base), LW_OFFLINE (anything else, a size limit as well; c->broken
 * tells whether the transport failed), LW_RANGE (the pages go round in
 * circles), LW_NOMEM, or what fn returned.
 */
enum lw_err lw_search(struct lw_conn *c, const struct lw_query *q,
		      lw_search_fn *fn, void *arg);

/*
 * The same for n searches, of which at most one is paged: a few are on their
 * way at once, so that they cost one another no time. An entry's fn may not
 * start another search. The first error ends all of them.
 */
enum lw_err lw_search_all(struct lw_conn *c, struct lw_ask *asks, size_t n);

/* For lw_search(): sets the bool arg, so that one knows an entry is there. */
enum lw_err lw_search_seen(void *arg, LDAP *ld, LDAPMessage *entry);

/* An entry's DN as the server spells it; a view into the entry. LW_OFFLINE:
 * the message is none. */
enum lw_err lw_search_dn(LDAP *ld, LDAPMessage *entry, struct lw_str *ret);

/*
 * The values of one attribute of an entry that names few; views into it, with
 * one without bv_val after the last. Free with ber_memfree(). NULL: there are
 * none. LW_OFFLINE: they cannot be read, for the message is none or there is
 * no memory for it, and say nothing.
 */
enum lw_err lw_search_values(LDAP *ld, LDAPMessage *entry, const char *attr,
			     struct berval **ret);

/*
 * Add the values of an attribute that holds DNs to set, in the spelling of
 * dn.h and without those that are none, until that has more than most. LW_OK
 * also where there are none. LW_RANGE: it has, or these are not all
 * (lw_search_odd()). LW_OFFLINE, as above. LW_NOMEM.
 */
enum lw_err lw_search_dns(LDAP *ld, LDAPMessage *entry, const char *attr,
			  struct lw_strset *set, size_t most);

/*
 * Whether an attribute is there twice, or members come in pieces (";range=", as
 * Active Directory sends them): what one reads would not be all. LW_OFFLINE,
 * as above.
 */
enum lw_err lw_search_odd(LDAP *ld, LDAPMessage *entry, bool *ret);

/* The single number that an attribute holds; 0: none, or not to be read. */
uint64_t lw_search_number(LDAP *ld, LDAPMessage *entry, const char *attr);

#endif
