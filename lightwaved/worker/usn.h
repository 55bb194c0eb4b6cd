/*
 * usn.h - how far a server's numbers of changes have come.
 *
 * Each server counts by itself; a change has another number on each of them.
 */
#ifndef LW_USN_H
#define LW_USN_H

#include "conn.h"
#include "filter.h"

#define LW_USN_SERVER_MAX 600

/* The filter text of what is followed. */
#define LW_IS_FOLLOWED "(|(&" LW_IS_USER ")" LW_IS_GROUP ")"

/*
 * Whose numbers those on a connection are. The server's own name is part of
 * it if it has another one than we know it by: several may hide behind one
 * address.
 */
struct lw_usn_space {
	char server[LW_USN_SERVER_MAX];
	uint64_t link;	  /* the socket it was read from; 0: none */
	uint64_t highest; /* then; 0: the server does not say */
};

/*
 * Read it, unless that was done on this very connection; *ret_read tells.
 * LW_OFFLINE, LW_NOMEM: s is as it was.
 */
enum lw_err lw_usn_space_read(struct lw_conn *c, struct lw_usn_space *s,
			      bool *ret_read);

/*
 * How far the numbers have come: what the server says, else the largest that
 * a user or group has, found by halving with some dozen searches for one
 * entry. What is committed later has a higher one, but for LW_SYNC_MARGIN.
 * Errors as lw_search().
 */
enum lw_err lw_usn_highest(struct lw_conn *c, uint64_t *ret);

/*
 * Whether the numbers have come as far as this one: what the server says; or,
 * where it does not, whether a user or group has it, or one that is no more
 * than `less` below it. Errors as lw_search().
 */
enum lw_err lw_usn_reaches(struct lw_conn *c, uint64_t number, uint64_t less,
			   bool *ret);

#endif
