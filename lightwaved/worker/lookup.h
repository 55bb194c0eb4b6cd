/*
 * lookup.h - what is asked as the machine; job.h has the answers.
 *
 * Each is asked on a connection bound as the machine and writes an answer's
 * body after its status. LW_OFFLINE: not answered, or not completely: an
 * answer about groups is never partial. c->broken tells whether asking
 * another server could help.
 */
#ifndef LW_WORKER_LOOKUP_H
#define LW_WORKER_LOOKUP_H

#include "conn.h"
#include "job.h"

/* LW_OK with no entries where there is none. LW_INVALID: malformed rids. */
enum lw_err lw_lookup_find(struct lw_conn *c, const struct lw_find *f,
			   struct lw_wr *w);

/* LW_NOTFOUND: there is no entry with this DN. */
enum lw_err lw_lookup_memberships(struct lw_conn *c, struct lw_str dn,
				  struct lw_wr *w);
enum lw_err lw_lookup_members(struct lw_conn *c, struct lw_str dn,
			      struct lw_wr *w);

/* LW_OK with no rules where there are none, or none that we may see. */
enum lw_err lw_lookup_rules(struct lw_conn *c, struct lw_wr *w);

#endif
