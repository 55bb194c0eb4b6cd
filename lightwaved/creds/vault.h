/*
 * vault.h - the directory in which passwords are kept, and what is done with
 * them. lightwaved-creds.
 *
 * One file for each user, named by his SID; the pepper; and the latest moment
 * of the wall clock. Passwords come from the front, which asks only about
 * accounts that it has judged: whose they are and whether they may log in is
 * not known here. now is the wall clock in seconds.
 */
#ifndef LW_CREDS_VAULT_H
#define LW_CREDS_VAULT_H

#include "record.h"

/* RFC 9106's second choice but for its four lanes, which libsodium has not. */
#define LW_VAULT_COST                                                          \
	{                                                                      \
		.passes = 3, .memory = 64 * 1024 * 1024                        \
	}

struct lw_vault {
	int dir;
	struct lw_hash_keys *keys;
	struct lw_hash_cost cost;
	int64_t mark;	  /* no moment before this counts */
	bool enabled;	  /* offline_credentials */
	uint32_t max_age; /* offline_credentials_max */
};

/*
 * Open the directory at path, which is ours alone, and make a pepper in it if
 * there is none: then nothing else is, either. Nothing is enabled yet.
 * LW_OFFLINE: not possible, logged; LW_NOMEM. Else lw_vault_free().
 */
enum lw_err lw_vault_open(const char *path, struct lw_hash_cost cost,
			  struct lw_vault **ret);
void lw_vault_free(struct lw_vault *v);

/* The configuration; what may not be kept (any longer) is removed. */
void lw_vault_apply(struct lw_vault *v, bool enabled, uint32_t max_age,
		    int64_t now);
/* Remove all there is, the pepper too. LW_OFFLINE: something is left. */
enum lw_err lw_vault_forget(struct lw_vault *v);

/*
 * The directory has just taken that password: it replaces what is kept.
 * LW_FORBIDDEN: not enabled; LW_OFFLINE, LW_NOMEM: nothing is stored.
 */
enum lw_err lw_vault_store(struct lw_vault *v, struct lw_str sid,
			   struct lw_password password, int64_t now);

/*
 * Whether that is the password kept for sid; each asking counts, before it is
 * answered. LW_OK: ret_age seconds ago the directory took it. LW_DENIED: no, or
 * none is kept, or none counts now, all at the same cost. LW_FORBIDDEN: not
 * enabled; LW_OFFLINE, LW_NOMEM: it cannot be said.
 */
enum lw_err lw_vault_check(struct lw_vault *v, struct lw_str sid,
			   struct lw_password password, int64_t now,
			   uint32_t *ret_age);

/*
 * The directory has just refused that password: if it is the one that is kept,
 * it was changed, and is removed. As lw_vault_store().
 */
enum lw_err lw_vault_refused(struct lw_vault *v, struct lw_str sid,
			     struct lw_password password);

/* LW_OK: nothing is kept for sid ("": anybody). LW_OFFLINE: logged. */
enum lw_err lw_vault_drop(struct lw_vault *v, struct lw_str sid);

/*
 * vault_keep.c's, for vault.c: the record in the file of that name, which is
 * removed if it is not that user's, whole, ours and of this host. LW_NOTFOUND,
 * LW_OFFLINE.
 */
enum lw_err lw_vault_load(struct lw_vault *v, const char *name,
			  struct lw_record *ret);
/* vault.c's, for vault_keep.c: the clock has come to now. */
void lw_vault_tick(struct lw_vault *v, int64_t now);
/*
 * ... or is right, and was wrong if it was ahead. How old anything is that was
 * stored before nobody can tell then: it is removed. A step back of up to a
 * minute is waited for instead: until then all are refused.
 */
void lw_vault_clock(struct lw_vault *v, int64_t now);
/* Nothing is kept for anybody. LW_OFFLINE: something is; logged. */
enum lw_err lw_vault_drop_all(struct lw_vault *v);

#endif
