/*
 * judge.h - what the questions of a login share: who is meant, is he let in
 * with that password, in which state is his entry. The front.
 */
#ifndef LW_JUDGE_H
#define LW_JUDGE_H

#include "audit.h"
#include "lookup.h"

/*
 * The directory user that a typed name means; a local account is never one.
 * LW_NOTOURS, LW_INVALID: as lw_name_parse(); else as lw_find_by_name().
 */
enum lw_err lw_judge_user(struct lw_request *r, struct lw_str typed,
			  int64_t max_age_ms, const struct lw_object **ret);

/* What the entry says: LW_OK, LW_DISABLED, LW_EXPIRED, LW_LOCKED. */
enum lw_err lw_judge_state(const struct lw_object *o, bool locked_too);

/*
 * Whether that is the user's password, found out by presenting it once. A name
 * that nobody has costs as much. LW_OK; LW_CHANGE: it is, and must be changed;
 * LW_EXPIRED: it is, and he cannot change it himself; why not; LW_PENDING.
 * LW_NOWORKER: not asked, for want of a worker.
 */
enum lw_err lw_judge_password(struct lw_request *r, const struct lw_login *l,
			      bool want_ticket, const struct lw_object **ret);

/* Nobody's password: refused before anybody is asked. */
bool lw_judge_absurd(struct lw_password password);

/*
 * Whether e would refuse by what may be older than the question: then the
 * directory is to be asked itself, which r does from now on. Who was let in
 * again is let in at once; who was shut out, within revocation_max.
 */
bool lw_judge_again(struct lw_request *r, enum lw_err e);

/*
 * LW_OFFLINE said more exactly where there is not even a worker, or was no
 * word of the directory for so long that nobody's rights are known.
 */
enum lw_err lw_judge_away(const struct lw_request *r, enum lw_err e);

/* Of an account question: by which rule, and what a session of his is given. */
struct lw_judged {
	struct lw_str rule, group_sid, path, local_groups;
};

/*
 * One record (audit.h): who, for what, allowed or not, and why ("" for
 * nothing). more may be NULL.
 */
void lw_judge_log(const struct lw_request *r, enum lw_audit_event event,
		  const struct lw_login *l, const struct lw_object *o,
		  enum lw_err e, const char *why, const struct lw_judged *more);

#endif
