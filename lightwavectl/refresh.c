/* refresh.c - lightwavectl refresh: take over what changed, now. */
#include "ctl.h"

#include "cleanup.h"

#include <stdio.h>

/* A whole domain may have to be read. */
#define BUDGET_MS 130000

enum lw_ctl_exit lw_ctl_refresh(const char *socket, int argc, char **argv)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	enum lw_err e = LW_OK;
	enum lw_ctl_exit x;

	(void)argv;
	if (argc != 1)
		return lw_ctl_usage();
	x = lw_ctl_ask(socket, LW_OP_REFRESH, BUDGET_MS, &e, &reply);
	if (x != LW_CTL_GOOD || e == LW_OK)
		return x;
	fprintf(stderr,
		"lightwavectl: not refreshed: %s; lightwavectl status says "
		"more\n",
		lw_strerror(e));
	return LW_CTL_FAILS;
}
