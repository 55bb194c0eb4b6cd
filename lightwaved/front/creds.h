/*
 * creds.h - the front's questions to lightwaved-creds, which keeps passwords
 * for when the directory is away.
 *
 * One question at a time is on its way, and its time counts from then: who is
 * slow is not taken for dead because much is asked. What the directory said
 * goes first and is told until the keeper has done it (creds_owed.h); until
 * then nobody is let in by what it ends. A password that was refused takes
 * turns with those who log in offline. There is a connection while there are
 * questions, so that a keeper that was started for them may end.
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
/* Whether somebody listens there; for people. */
bool lw_creds_there(struct lw_creds *c);
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

/*
 * The directory has just taken that password, or what is kept of that user no
 * longer counts. LW_PENDING: r is run again once that is on the keeper's disk,
 * or does not get there soon. LW_OK: nobody waits for it, r being NULL or the
 * keeper away; it is told when that is back.
 */
enum lw_err lw_creds_store(struct lw_creds *c, struct lw_request *r,
			   const char *sid, struct lw_password password);
enum lw_err lw_creds_drop(struct lw_creds *c, struct lw_request *r,
			  const char *sid);
/* It has refused that one; how long that takes must not be seen. */
void lw_creds_refused(struct lw_creds *c, const char *sid,
		      struct lw_password password);

#endif
