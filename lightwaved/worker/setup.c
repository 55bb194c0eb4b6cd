/* setup.c - what master and workers both compute from the setup. */
#include "setup.h"

#include <stdio.h>

void lw_setup_ticket_path(const struct lw_setup *s, int pid,
			  char ret[LW_TICKET_PATH_MAX])
{
	snprintf(ret, LW_TICKET_PATH_MAX, "%s/cc.%d", s->ticket_dir, pid);
}

int lw_setup_op_ms(const struct lw_setup *s)
{
	int ms = (int)s->config->timeout * 400;

	return ms < 500 ? 500 : ms;
}
