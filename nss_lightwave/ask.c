/* ask.c - one question of libnss_lightwave. Runs in any process; libc only. */
#include "known.h"
#include "name.h"
#include "own.h"

#include <string.h>
#include <unistd.h>

/*
 * Process 1 supervises the front: while it waits here nobody restarts what it
 * waits for.
 */
#define INIT_BUDGET_MS 50
#define START_MS       200
#define FULL_MS	       10

int lw_nss_budget_ms(void)
{
	return getpid() == 1 ? INIT_BUDGET_MS : LW_NSS_BUDGET_MS;
}

/*
 * Once a second a front says in the map that it will live on. As long as that
 * is true it is believed to be slow, or about to be started again where it was
 * killed: otherwise it may be starting or hang, and is given the time of a
 * start to read our question. Of a name without a domain, which is a local
 * one nearly always, nobody waits for a start.
 */
static struct lw_budget budget_of(bool bare)
{
	struct lw_budget b = { .answer_ms = LW_NSS_BUDGET_MS,
			       .read_ms = START_MS,
			       .full_ms = FULL_MS };

	if (getpid() == 1) {
		b.answer_ms = b.read_ms = INIT_BUDGET_MS;
	} else if (lw_known_front_lives()) {
		b.read_ms = LW_NSS_BUDGET_MS;
		b.refused_ms = bare ? 0 : START_MS;
	}
	return b;
}

static enum lw_err ask(const char *socket, struct lw_budget budget,
		       const uint8_t *msg, size_t n, struct lw_reply *ret)
{
	enum lw_err e;

	if (lw_own_now())
		return LW_NOTOURS;
	e = lw_call_within(socket, msg, n, &budget, ret);
	if (e == LW_OFFLINE && !ret->body.p)
		return LW_NOFRONT;
	return e == LW_RANGE ? LW_PROTO : e;
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
	bool bare = !strpbrk(name, "@\\");
	struct lw_wr w;

	if (n == 0 || n == LW_NAME_MAX)
		return LW_NOTOURS;
	if (bare && bare_names_are_local())
		return LW_NOTOURS;
	lw_wr_init(&w, msg, sizeof(msg));
	if (lw_ask_str(&w, op, 0, (struct lw_str) { name, n }) != LW_OK)
		return LW_PROTO;
	return ask(bare ? LW_BARE_SOCKET : LW_NSS_SOCKET, budget_of(bare), msg,
		   (size_t)(w.p - msg), ret);
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
	return ask(LW_NSS_SOCKET, budget_of(false), msg, (size_t)(w.p - msg),
		   ret);
}

enum lw_err lw_nss_ask_page(enum lw_op op, uint32_t after, int budget_ms,
			    struct lw_reply *ret)
{
	uint8_t msg[LW_HEAD_SIZE + 4];
	struct lw_budget b = budget_of(false);
	struct lw_wr w;

	if (budget_ms < b.answer_ms)
		b.answer_ms = budget_ms;
	lw_wr_init(&w, msg, sizeof(msg));
	if (lw_ask_u32(&w, op, 0, after) != LW_OK)
		return LW_PROTO;
	return ask(LW_NSS_SOCKET, b, msg, (size_t)(w.p - msg), ret);
}
