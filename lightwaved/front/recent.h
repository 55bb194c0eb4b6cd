/*
 * recent.h - what the front remembers from one question of a login to the
 * next. The front; pure.
 *
 * Nothing here lets anybody in: losing it costs a question or a reminder.
 * Times are those of lw_now_ms().
 */
#ifndef LW_RECENT_H
#define LW_RECENT_H

#include "table.h"
#include "wire.h"

#include <sys/types.h>

struct lw_recent {
	struct lw_table users;	/* uid -> what he was told, what he must do */
	struct lw_table logins; /* service and typed name -> when it began */
	struct lw_table passed; /* process and uid -> when he was let in */
	struct lw_table looked; /* ... and when his entry was looked at */
};

void lw_recent_init(struct lw_recent *r);
void lw_recent_done(struct lw_recent *r);

/* true at most once in 24 hours for a user: tell him now. */
bool lw_recent_warn(struct lw_recent *r, uint32_t uid, int64_t now_ms);

/*
 * His password was right and must be changed before he may do anything else;
 * expired: it can only be changed by kpasswd. Forgotten after an hour.
 */
void lw_recent_must_change(struct lw_recent *r, uint32_t uid, bool expired,
			   int64_t now_ms);
bool lw_recent_change_due(const struct lw_recent *r, uint32_t uid,
			  int64_t now_ms, bool *ret_expired);
void lw_recent_changed(struct lw_recent *r, uint32_t uid);

/*
 * A password was found right for this name and service; what the directory
 * said since since_ms may be used for the account question that follows.
 */
void lw_recent_began(struct lw_recent *r, struct lw_str service,
		     struct lw_str user, int64_t since_ms);
/*
 * How old facts may be for that question: 0 where no such login began lately.
 * Taken: a second question gets 0.
 */
int64_t lw_recent_age(struct lw_recent *r, struct lw_str service,
		      struct lw_str user, int64_t now_ms);

/*
 * This process of root's was told that uid may log in. For ten seconds it may
 * ask again whether that is so; no other process is told.
 */
void lw_recent_passed(struct lw_recent *r, pid_t pid, uint32_t uid,
		      int64_t now_ms);
bool lw_recent_has_passed(const struct lw_recent *r, pid_t pid, uint32_t uid,
			  int64_t now_ms);

/*
 * For this process of root's the directory itself was asked about uid. For ten
 * seconds that will do for all that it asks: sudo asks about every group of
 * its rules. How long ago that was; -1: it was not, or not lately.
 */
void lw_recent_looked(struct lw_recent *r, pid_t pid, uint32_t uid,
		      int64_t now_ms);
int64_t lw_recent_look_age(const struct lw_recent *r, pid_t pid, uint32_t uid,
			   int64_t now_ms);

#endif
