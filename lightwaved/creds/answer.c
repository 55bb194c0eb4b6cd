/* answer.c - the front's questions. lightwaved-creds. */
#include "answer.h"

#include "config.h"
#include "log.h"

#include <time.h>

static int64_t wall_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec;
}

enum lw_err lw_keeper_apply(struct lw_keeper *k)
{
	struct lw_config *c;
	char error[512];
	enum lw_err e = lw_config_load(k->config, &c, error, sizeof(error));

	if (e != LW_OK) {
		lw_log(LOG_ERR, "%s", error);
		return e;
	}
	lw_vault_apply(k->vault, c->offline_credentials,
		       c->offline_credentials_max, wall_clock());
	lw_config_free(c);
	return LW_OK;
}

static enum lw_err check(struct lw_keeper *k, const struct lw_creds_ask *a,
			 struct lw_wr *rest)
{
	uint32_t age;
	enum lw_err e = lw_vault_check(k->vault, a->sid, a->password,
				       wall_clock(), &age);

	if (e == LW_OK)
		lw_wr_u32(rest, age);
	return e;
}

enum lw_err lw_keeper_answer(struct lw_keeper *k, enum lw_op op,
			     const uint8_t *body, size_t n, struct lw_wr *rest)
{
	struct lw_creds_ask a;
	struct lw_rd r;

	lw_rd_init(&r, body, n);
	if (op == LW_OP_CREDS_APPLY)
		return lw_rd_end(&r) == LW_OK ? lw_keeper_apply(k) : LW_PROTO;
	if (op < LW_OP_CREDS_STORE || op > LW_OP_CREDS_DROP ||
	    lw_creds_ask_decode(&r, op, &a) != LW_OK)
		return LW_PROTO;
	if (op == LW_OP_CREDS_CHECK)
		return check(k, &a, rest);
	if (op == LW_OP_CREDS_STORE)
		return lw_vault_store(k->vault, a.sid, a.password,
				      wall_clock());
	if (op == LW_OP_CREDS_REFUSED)
		return lw_vault_refused(k->vault, a.sid, a.password);
	return lw_vault_drop(k->vault, a.sid);
}
