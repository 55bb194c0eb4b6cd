/* front.c - the plug-in's one question. Runs in whatever logs somebody in. */
#include "front.h"

#include "cleanup.h"
#include "client.h"

/*
 * A login's patience, as in the account phase that follows: the front answers
 * from memory once the directory has been given up, and who left before then
 * would never be let in.
 */
#ifndef LW_LOCALAUTH_BUDGET_MS
#define LW_LOCALAUTH_BUDGET_MS LW_PAM_BUDGET_MS
#endif

static enum lw_err ask(const char *principal, const char *account,
		       struct lw_reply *reply)
{
	const struct lw_principal p = { .principal = lw_str(principal),
					.account = lw_str(account) };
	uint8_t msg[LW_HEAD_SIZE + LW_REQUEST_MAX];
	struct lw_wr w;
	enum lw_err e;

	lw_wr_init(&w, msg, sizeof(msg));
	lw_msg_begin(&w, LW_OP_PRINCIPAL, 0);
	lw_principal_encode(&w, &p);
	e = lw_msg_end(&w, msg);
	if (e != LW_OK)
		return e;
	e = lw_call(LW_PRIV_SOCKET, msg, (size_t)(w.p - msg),
		    LW_LOCALAUTH_BUDGET_MS, reply);
	/* Without a status it is not the front that says so. */
	return e == LW_OFFLINE && !reply->body.p ? LW_NOFRONT : e;
}

enum lw_err lw_front_principal(const char *principal, const char *account,
			       char **ret_name)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	enum lw_err e = ask(principal, account, &reply);
	struct lw_str name;
	char *copy;

	if (e != LW_OK)
		return e;
	name = lw_rd_str(&reply.body);
	if (lw_rd_end(&reply.body) != LW_OK || name.n == 0)
		return LW_PROTO;
	copy = lw_str_dup(name);
	if (!copy)
		return LW_NOMEM;

	*ret_name = copy;
	return LW_OK;
}
