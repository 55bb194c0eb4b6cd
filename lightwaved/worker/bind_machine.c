/* bind_machine.c - a connection that is the machine's. A worker process. */
#include "bind.h"

#include "machine_bind.h"
#include "sasl.h"

enum lw_err lw_bind_machine(struct lw_conn *c)
{
	enum lw_err e;

	lw_conn_want(c, !lw_sasl_over_tls(c->setup->config));
	lw_conn_refresh(c);
	if (lw_machine_bind_stale(c))
		lw_conn_close(c);
	for (int i = 0; i <= LW_SERVERS_MAX; i++) {
		e = lw_conn_open(c);
		if (e != LW_OK || c->sid[0])
			return e;
		e = lw_machine_bind(c);
		if (e == LW_OK)
			return e;
		if (!c->broken) {
			lw_conn_close(c);
			return e;
		}
		lw_conn_failed(c);
	}
	return LW_OFFLINE;
}
