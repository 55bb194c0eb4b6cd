/*
 * creds_owed.h - what lightwaved-creds must still be told of whom. The front;
 * pure.
 *
 * What the directory said of a password is owed until the keeper has answered,
 * however long that takes. Passwords are held for LW_OWED_HOLD_MS at most: from
 * then on, and where there is too much of it, the user's kept password is to be
 * dropped, which needs none. So nothing is lost but what might still be good.
 */
#ifndef LW_CREDS_OWED_H
#define LW_CREDS_OWED_H

#include "job_creds.h"
#include "sid.h"

#include <sys/queue.h>

#define LW_OWED_HOLD_MS 30000
#define LW_OWED_MAX	1024 /* beyond, everybody's is to be dropped */
#define LW_OWED_GUESSES 8    /* refused ones of one user; beyond, his is */

struct lw_owed {
	TAILQ_ENTRY(lw_owed) link;
	char sid[LW_SID_MAX]; /* "": everybody's */
	enum lw_op op;	      /* CREDS_STORE, CREDS_REFUSED, CREDS_DROP */
	uint8_t *password;    /* owned; NULL in a DROP */
	size_t password_n;
	int64_t since_ms;
	int64_t not_before_ms; /* it failed: then again */
	bool sent;
};

/* All zero but for the list, which is initialised with TAILQ_INIT(). */
struct lw_owed_list {
	TAILQ_HEAD(lw_owed_head, lw_owed)
	all; /* in the order of what was said */
	size_t n;
	bool lost; /* no memory even for everybody's DROP: tried again */
};

/*
 * The directory has said so. What that makes pointless and was not sent yet is
 * forgotten. A DROP has no password; sid is one that is valid.
 */
void lw_owed_add(struct lw_owed_list *l, const char *sid, enum lw_op op,
		 struct lw_password password, int64_t now_ms);

/* The keeper has done it; releases o. */
void lw_owed_settle(struct lw_owed_list *l, struct lw_owed *o);
/* It has not, or nobody knows: o, which was sent, is owed again, or less. */
void lw_owed_failed(struct lw_owed_list *l, struct lw_owed *o,
		    int64_t not_before_ms);

/* Passwords that were held for too long become DROPs. */
void lw_owed_age(struct lw_owed_list *l, int64_t now_ms);

/* The next to be sent, STOREs and DROPs only or REFUSED only, or NULL. */
struct lw_owed *lw_owed_next(const struct lw_owed_list *l, bool refused,
			     int64_t now_ms);

/* Whether anything of him is owed, REFUSED counted or not. */
bool lw_owed_of(const struct lw_owed_list *l, const char *sid, bool refused);
/* Whether nothing of his will be kept once all of it is told. */
bool lw_owed_drops(const struct lw_owed_list *l, const char *sid);

void lw_owed_done(struct lw_owed_list *l);

#endif
