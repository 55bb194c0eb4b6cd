/*
 * ctl.h - what the subcommands of lightwavectl share.
 */
#ifndef LW_CTL_H
#define LW_CTL_H

#include "client.h"
#include "show.h"

/* What lightwavectl ends with; lightwavectl(8). */
enum lw_ctl_exit {
	LW_CTL_GOOD = 0,
	LW_CTL_FAILS = 1, /* something does not work, or is held */
	LW_CTL_USAGE = 2, /* wrongly called, or not by root */
	LW_CTL_AWAY = 3,  /* lightwaved does not answer */
};

/*
 * Ask the front at socket a question without a body. LW_CTL_GOOD: ret_e is its
 * status, ret holds the rest of it. LW_CTL_AWAY, and that is said. ret is the
 * caller's to release, in any case.
 */
enum lw_ctl_exit lw_ctl_ask(const char *socket, enum lw_op op, int budget_ms,
			    enum lw_err *ret_e, struct lw_reply *ret);

/* The same with a body: msg, on the heap, from lw_msg_begin() to its end. */
enum lw_ctl_exit lw_ctl_send(const char *socket, struct lw_wr *msg,
			     int budget_ms, enum lw_err *ret_e,
			     struct lw_reply *ret);

static inline void lw_ctl_show(struct lw_str s)
{
	lw_show(s);
}

static inline void lw_ctl_json(struct lw_str s)
{
	lw_show_json(s);
}

/* main.c: say how it is called. LW_CTL_USAGE. */
enum lw_ctl_exit lw_ctl_usage(void);

/* The subcommands; argv[0] is their name. */
enum lw_ctl_exit lw_ctl_cache(const char *socket, int argc, char **argv);
enum lw_ctl_exit lw_ctl_refresh(const char *socket, int argc, char **argv);
enum lw_ctl_exit lw_ctl_sessions(const char *socket, int argc, char **argv);
enum lw_ctl_exit lw_ctl_status(const char *socket, int argc, char **argv);

#endif
