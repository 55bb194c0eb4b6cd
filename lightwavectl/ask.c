/* ask.c - a question to lightwaved. lightwavectl. */
#include "ctl.h"

#include "cleanup.h"

#include <stdio.h>

enum lw_ctl_exit lw_ctl_send(const char *socket, struct lw_wr *msg,
			     int budget_ms, enum lw_err *ret_e,
			     struct lw_reply *ret)
{
	enum lw_err e = lw_msg_end(msg, msg->base);

	if (e == LW_OK)
		e = lw_call(socket, msg->base, (size_t)(msg->p - msg->base),
			    budget_ms, ret);
	if (ret->buf && e != LW_PROTO) {
		*ret_e = e;
		return LW_CTL_GOOD;
	}
	/* Without an answer it is ours and not the directory's. */
	if (e == LW_PROTO)
		fputs("lightwavectl: lightwaved is of another version: "
		      "systemctl restart lightwaved\n",
		      stderr);
	else
		fprintf(stderr,
			"lightwavectl: lightwaved does not answer at %s: "
			"systemctl status lightwaved\n",
			socket);
	return LW_CTL_AWAY;
}

enum lw_ctl_exit lw_ctl_ask(const char *socket, enum lw_op op, int budget_ms,
			    enum lw_err *ret_e, struct lw_reply *ret)
{
	lw_cleanup(lw_wr_done) struct lw_wr w;

	lw_wr_heap(&w, LW_HEAD_SIZE);
	lw_msg_begin(&w, op, 0);
	return lw_ctl_send(socket, &w, budget_ms, ret_e, ret);
}
