/* ask.c - a question to lightwaved. lightwavectl. */
#include "ctl.h"

#include <stdio.h>

enum lw_ctl_exit lw_ctl_ask(const char *socket, enum lw_op op, int budget_ms,
			    enum lw_err *ret_e, struct lw_reply *ret)
{
	uint8_t msg[LW_HEAD_SIZE];
	struct lw_wr w;
	enum lw_err e;

	lw_wr_init(&w, msg, sizeof(msg));
	lw_msg_begin(&w, op, 0);
	e = lw_msg_end(&w, msg);
	if (e == LW_OK)
		e = lw_call(socket, msg, sizeof(msg), budget_ms, ret);
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
