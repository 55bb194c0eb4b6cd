/*
 * present.h - bring a password to the directory, once, and what it said. The
 * front.
 *
 * Each returns LW_PENDING, and the request will be run again with the outcome
 * in r->presented (or r->policy), or why it could not be asked.
 */
#ifndef LW_PRESENT_H
#define LW_PRESENT_H

#include "link.h"

enum lw_err lw_present_verdict(struct lw_request *r,
			       const struct lw_object *user,
			       struct lw_password password, bool want_ticket);

/*
 * Ask about an entry that nobody has, with a password that nobody typed: a
 * name that does not exist costs the directory what a wrong password does.
 */
enum lw_err lw_present_decoy(struct lw_request *r);

enum lw_err lw_present_change(struct lw_request *r,
			      const struct lw_object *user,
			      struct lw_password old_password,
			      struct lw_password new_password, bool kpasswd);

/* The domain's rules for passwords. */
enum lw_err lw_present_rules(struct lw_request *r);

/* As lw_lookup_absorb(), for the three questions above. */
enum lw_err lw_present_absorb(struct lw_front *f, const struct lw_question *q,
			      enum lw_err status, struct lw_rd *body);

#endif
