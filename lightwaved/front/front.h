/*
 * front.h - the front's state, shared by its files.
 *
 * One process, one thread, one libevent loop; nothing in it blocks. A request
 * (request.h) is answered from the cache (cache.h); what is missing is asked
 * of the worker (link.h), and the request is run again when that is there.
 */
#ifndef LW_FRONT_H
#define LW_FRONT_H

#include "cache.h"
#include "journal.h"
#include "memo.h"
#include "recent.h"
#include "roster.h"
#include "ticket.h"

#include <event2/event.h>

struct lw_creds;
struct lw_follow;
struct lw_link;
struct lw_publish;
struct lw_server;
struct lw_store;

struct lw_front {
	struct event_base *base;
	struct lw_config *config;
	struct lw_cache cache;
	struct lw_localdb passwd, group;
	struct lw_tickets tickets;
	struct lw_table said; /* what was logged lately, and when */
	struct lw_recent recent;
	struct lw_memo memo;
	struct lw_roster roster; /* of the replica, while somebody lists it */
	struct lw_link *link;
	struct lw_creds *creds;
	struct lw_follow *follow;
	struct lw_publish *publish; /* NULL: there is none (yet) */
	struct lw_server *server;
	unsigned int outage;	   /* enum lw_outage; as was last logged */
	struct lw_store *store;	   /* NULL: none is kept */
	struct lw_journal journal; /* of audit.h */
};

/*
 * Of what is ready at the same time, logins and the worker go before lookups,
 * however many these are, and lookups before pages of lists.
 */
enum { LW_PRIO_LOGIN, LW_PRIO_LOOKUP, LW_PRIO_LIST, LW_PRIO_COUNT };

/*
 * Milliseconds of CLOCK_BOOTTIME, after so many: no step of the wall clock
 * moves it, and what is known from before the boot has a moment too.
 */
#define LW_BOOT_MS (INT64_C(1) << 42)
int64_t lw_now_ms(void);

/* The policy in force now; borrows from f. */
struct lw_policy lw_front_policy(struct lw_front *f);

/*
 * Log at LOG_WARNING, unless a line with the same key was logged within the
 * hour.
 */
void lw_front_warn_once(struct lw_front *f, const char *key, const char *fmt,
			...) __attribute__((format(printf, 3, 4)));

#endif
