/* job_creds.c - messages between front and lightwaved-creds. Both; pure. */
#include "job_creds.h"

#include "sid.h"

void lw_creds_ask_encode(struct lw_wr *w, const struct lw_creds_ask *a)
{
	lw_wr_str(w, a->sid);
	lw_wr_password(w, a->password);
}

static bool allowed(enum lw_op op, const struct lw_creds_ask *a)
{
	bool nobody = a->sid.n == 0;

	if (nobody ? op != LW_OP_CREDS_CHECK && op != LW_OP_CREDS_DROP
		   : !lw_sid_valid(a->sid))
		return false;
	return op == LW_OP_CREDS_DROP
		       ? a->password.n == 0
		       : a->password.n > 0 && a->password.n <= LW_PASSWORD_MAX;
}

enum lw_err lw_creds_ask_decode(struct lw_rd *r, enum lw_op op,
				struct lw_creds_ask *ret)
{
	struct lw_creds_ask a;

	a.sid = lw_rd_str(r);
	a.password = lw_rd_password(r);
	if (lw_rd_end(r) != LW_OK || !allowed(op, &a))
		return LW_PROTO;

	*ret = a;
	return LW_OK;
}

enum lw_err lw_creds_age_decode(struct lw_rd *r, uint32_t *ret)
{
	uint32_t age = lw_rd_u32(r);

	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;

	*ret = age;
	return LW_OK;
}
