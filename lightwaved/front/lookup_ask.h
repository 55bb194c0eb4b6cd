/* lookup_ask.h - the questions of lookup.c to the worker; inside. The front. */
#ifndef LW_LOOKUP_ASK_H
#define LW_LOOKUP_ASK_H

#include "lookup.h"

/*
 * Who has that name, or those RIDs, which are of that id. LW_PENDING;
 * LW_OFFLINE: nobody can be asked, and r is offline or busy from now on.
 * LW_NOMEM.
 */
enum lw_err lw_ask_find(struct lw_request *r, enum lw_kind kind, enum lw_by by,
			const char *value, uint32_t id);
/* The groups of o (LW_OP_MEMBERSHIPS), or who is in it (LW_OP_MEMBERS). */
enum lw_err lw_ask_list(struct lw_request *r, enum lw_op op,
			const struct lw_object *o);

/*
 * The same without waiting: whoever asks when it is answered finds it. Nothing
 * is asked while too many such questions are on their way.
 */
void lw_ahead_find(struct lw_request *r, enum lw_kind kind, enum lw_by by,
		   const char *value, uint32_t id);
void lw_ahead_list(struct lw_request *r, enum lw_op op,
		   const struct lw_object *o);
/* ... however many they are. */
void lw_prefetch_list(struct lw_request *r, enum lw_op op,
		      const struct lw_object *o);

#endif
