/*
 * creds.h - the front's questions to lightwaved-creds, which keeps passwords
 * for when the directory is away.
 *
 * Nobody but who logs in offline waits for an answer, and he not long: a
 * question that is not answered in time fails with all that were sent with it.
 * There is a connection while there are questions, so that a keeper that was
 * started for them may end.
 */
#ifndef LW_CREDS_H
#define LW_CREDS_H

#include "job_creds.h"
#include "request.h"

struct lw_creds;

/* path is borrowed. NULL when out of memory. The keeper need not be there. */
struct lw_creds *lw_creds_new(struct lw_front *f, const char *path);
void lw_creds_free(struct lw_creds *c);

/* Once a second. */
void lw_creds_tick(struct lw_creds *c);
/* The configuration is another one. */
void lw_creds_reload(struct lw_creds *c);

/*
 * Let r wait for whether that is the password kept for sid ("": nobody's, at
 * the same cost). LW_PENDING: it will be run again with the outcome in
 * r->stored. LW_OFFLINE, LW_NOMEM: it cannot be asked.
 */
enum lw_err lw_creds_check(struct lw_creds *c, struct lw_request *r,
			   const char *sid, struct lw_password password);
/* r no longer waits. */
void lw_creds_forget(struct lw_request *r);

/* The directory has just said so about that password; nobody waits. */
void lw_creds_store(struct lw_creds *c, const char *sid,
		    struct lw_password password);
void lw_creds_refused(struct lw_creds *c, const char *sid,
		      struct lw_password password);
/* What is kept of that user no longer counts. */
void lw_creds_drop(struct lw_creds *c, const char *sid);

#endif
