/*
 * answer.h - one question of the front, answered. lightwaved-creds.
 */
#ifndef LW_CREDS_ANSWER_H
#define LW_CREDS_ANSWER_H

#include "job_creds.h"
#include "vault.h"

struct lw_keeper {
	struct lw_vault *vault;
	const char *config; /* the path */
};

/*
 * Read the configuration and have it in force. LW_INVALID, LW_NOMEM,
 * LW_OFFLINE: logged, and what was in force stays.
 */
enum lw_err lw_keeper_apply(struct lw_keeper *k);

/*
 * The status; what follows it after LW_OK is written to rest. LW_PROTO: that
 * is no question, and who asks is to be dropped. Takes as long as a hash does.
 */
enum lw_err lw_keeper_answer(struct lw_keeper *k, enum lw_op op,
			     const uint8_t *body, size_t n, struct lw_wr *rest);

#endif
