/* answer_refresh.c - take over what the directory has now. The front. */
#include "answer.h"

#include "follow.h"
#include "judge.h"

enum lw_err lw_answer_refresh(struct lw_request *r, struct lw_rd *body,
			      struct lw_wr *rest)
{
	enum lw_err e = lw_rd_end(body);

	(void)rest;
	if (e != LW_OK)
		return e;
	return lw_judge_away(r, lw_follow_refresh(r->front->follow, r));
}
