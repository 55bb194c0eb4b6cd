/*
 * outcome.h - what a bind or a modify was answered.
 */
#ifndef LW_OUTCOME_H
#define LW_OUTCOME_H

#include "conn.h"
#include "ppolicy.h"

struct lw_outcome {
	int result; /* of LDAP; negative: not answered, and noted in conn */
	struct lw_ppolicy_answer policy;
};

/*
 * Wait for the answer to operation id, of this type (LDAP_RES_...). The
 * server's text is not read: vmdir sends raw bytes of hashes in it.
 */
struct lw_outcome lw_outcome_wait(struct lw_conn *c, int id, int type);

/* Nothing was sent, or not all of it. */
#define LW_OUTCOME_NONE ((struct lw_outcome) { -1, { LW_PP_NONE, UINT32_MAX } })

#endif
