/*
 * policy.h - who owns a name, and what an entry becomes on this host.
 *
 * Users may rewrite their own sAMAccountName and userPrincipalName, and only
 * the latter is unique. So an entry owns the name N if its UPN is N@REALM;
 * its sAMAccountName counts only where no other entry claims N either way. A
 * name that was seen with one SID stays with it. Pure functions over what a
 * worker reported; the front.
 */
#ifndef LW_POLICY_H
#define LW_POLICY_H

#include "config.h"
#include "job.h"
#include "localdb.h"
#include "sid.h"

/* The group that every account is in, without its saying so. */
#define LW_RID_USERS 545

/* What is known of one user or group that this host serves. */
struct lw_object {
	enum lw_kind kind;
	uint32_t id;  /* uid or gid */
	uint32_t uac; /* users: userAccountControl */
	char *sid, *dn;
	char *account;	 /* the owned name, folded, without domain */
	char *name;	 /* as pw_name and gr_name show it */
	char *upn;	 /* users: as the directory spells it, or "" */
	char *gecos;	 /* users */
	int64_t at_ms;	 /* when the directory said so; monotonic */
	int64_t said_ms; /* the same, also once it is doubted */
	/* Names that led to it before then may be somebody else's now. */
	int64_t since_ms;
};
void lw_object_free(void *object);

/* Everything a judgement depends on; all borrowed. */
struct lw_policy {
	struct lw_naming naming;
	struct lw_idmap idmap;
	const struct lw_localdb *passwd, *group;
	/* The SID that a folded user name was first seen with; NULL: none. */
	const char *(*pinned)(void *arg, const char *account);
	void *pinned_arg;
};

/*
 * Who claims which name in one answer of the worker: each entry by its
 * sAMAccountName, and each user by userPrincipalName too.
 */
struct lw_claims {
	const struct lw_entry *entries; /* borrowed; all of one kind */
	size_t n;
	struct lw_claim *v; /* ordered by account */
	size_t count;
};

/* Borrows entries; released with lw_claims_done(). LW_NOMEM. */
enum lw_err lw_claims_init(struct lw_claims *c, const struct lw_policy *p,
			   const struct lw_entry *entries, size_t n);
void lw_claims_done(struct lw_claims *c);

/*
 * Whether entry i owns the folded name; c holds every claimant of that name.
 * What might be taken for it in another case counts as a claim.
 */
bool lw_policy_owns(const struct lw_policy *p, const struct lw_claims *c,
		    size_t i, const char *account);

/*
 * Make the object of entry i, the caller's to free. LW_NOTFOUND: it is not
 * served here, and why (size why_size) says the reason in a few words.
 */
enum lw_err lw_policy_object(const struct lw_policy *p,
			     const struct lw_claims *c, size_t i,
			     struct lw_object **ret, char *why,
			     size_t why_size);

/*
 * Primary gid: Users, or the uid where a local group has that gid.
 * LW_NOTFOUND: both are taken.
 */
enum lw_err lw_policy_primary_gid(const struct lw_policy *p, uint32_t uid,
				  uint32_t *ret);

/*
 * A home directory from its template; ret has room for size bytes. LW_RANGE.
 */
enum lw_err lw_policy_home(const char *template, const char *account,
			   const char *domain, char *ret, size_t size);

#endif
