/*
 * ticket.h - fresh tickets on their way from the worker to PAM. The front.
 *
 * sshd authenticates in one process and sets credentials in another, so the
 * ticket waits here: at most 60 s, and it is given out once. Who logs in
 * several times at once has as many, and each session gets one of them.
 */
#ifndef LW_TICKET_H
#define LW_TICKET_H

#include "wire.h"

#define LW_TICKET_KEEP_MS 60000
#define LW_TICKETS_MAX	  256
#define LW_TICKETS_EACH	  16 /* of one user: nobody takes all the places */

struct lw_tickets {
	struct lw_kept_ticket {
		uint32_t uid;
		int64_t until_ms;
		uint8_t *ccache; /* NULL: the place is free */
		size_t n;
	} kept[LW_TICKETS_MAX];
};

/* Copies ccache; the oldest goes where there are too many. LW_NOMEM. */
enum lw_err lw_tickets_keep(struct lw_tickets *t, uint32_t uid,
			    struct lw_str ccache, int64_t now_ms);

/*
 * Take the newest ticket of uid: its bytes are the caller's to wipe and free.
 * LW_NOTFOUND.
 */
enum lw_err lw_tickets_take(struct lw_tickets *t, uint32_t uid, int64_t now_ms,
			    uint8_t **ret, size_t *ret_n);

/* Wipe what is too old; all of them with INT64_MAX. */
void lw_tickets_expire(struct lw_tickets *t, int64_t now_ms);

#endif
