/* ask.c - one question of libnss_lightwave. Runs in any process; libc only. */
#include "module.h"
#include "name.h"

#include <string.h>
#include <unistd.h>

/*
 * Process 1 supervises the front: while it waits here nobody restarts what it
 * waits for.
 */
#define INIT_BUDGET_MS 50

int lw_nss_budget_ms(void)
{
	return getpid() == 1 ? INIT_BUDGET_MS : LW_NSS_BUDGET_MS;
}

static enum lw_err ask_within(const char *socket, const uint8_t *msg, size_t n,
			      int budget_ms, struct lw_reply *ret)
{
	enum lw_err e = lw_call(socket, msg, n, budget_ms, ret);

	if (e == LW_OFFLINE && !ret->body.p)
		return LW_NOFRONT;
	return e == LW_RANGE ? LW_PROTO : e;
}

static enum lw_err ask(const char *socket, const uint8_t *msg, size_t n,
		       struct lw_reply *ret)
{
	return ask_within(socket, msg, n, lw_nss_budget_ms(), ret);
}

/*
 * A front that is there without the bare socket takes no names without a
 * domain. Where it is away, nobody can tell.
 */
static bool bare_names_are_local(void)
{
	return access(LW_BARE_SOCKET, F_OK) < 0 &&
	       access(LW_NSS_SOCKET, F_OK) == 0;
}

enum lw_err lw_nss_ask_name(enum lw_op op, const char *name,
			    struct lw_reply *ret)
{
	uint8_t msg[LW_HEAD_SIZE + 4 + LW_NAME_MAX];
	size_t n = strnlen(name, LW_NAME_MAX);
	const char *socket = LW_NSS_SOCKET;
	struct lw_wr w;

	if (n == 0 || n == LW_NAME_MAX)
		return LW_NOTOURS;
	if (!strpbrk(name, "@\\")) {
		if (bare_names_are_local())
			return LW_NOTOURS;
		socket = LW_BARE_SOCKET;
	}
	lw_wr_init(&w, msg, sizeof(msg));
	if (lw_ask_str(&w, op, 0, (struct lw_str) { name, n }) != LW_OK)
		return LW_PROTO;
	return ask(socket, msg, (size_t)(w.p - msg), ret);
}

enum lw_err lw_nss_ask_id(enum lw_op op, uint32_t id, struct lw_reply *ret)
{
	uint8_t msg[LW_HEAD_SIZE + 4];
	struct lw_wr w;

	if (id == 0 || id == UINT32_MAX)
		return LW_NOTOURS;
	lw_wr_init(&w, msg, sizeof(msg));
	if (lw_ask_u32(&w, op, 0, id) != LW_OK)
		return LW_PROTO;
	return ask(LW_NSS_SOCKET, msg, (size_t)(w.p - msg), ret);
}

enum lw_err lw_nss_ask_page(enum lw_op op, uint32_t after, int budget_ms,
			    struct lw_reply *ret)
{
	uint8_t msg[LW_HEAD_SIZE + 4];
	struct lw_wr w;

	lw_wr_init(&w, msg, sizeof(msg));
	if (lw_ask_u32(&w, op, 0, after) != LW_OK)
		return LW_PROTO;
	return ask_within(LW_NSS_SOCKET, msg, (size_t)(w.p - msg), budget_ms,
			  ret);
}
