/* lookup_ask.c - the questions of lookup.c to the worker. The front. */
#include "lookup_ask.h"

#include "cleanup.h"

#define MSG_MAX	  (64 * 1024)
#define AHEAD_MAX 8 /* questions that nobody waits for */

/* After LW_OFFLINE the request lives from what is stale. */
static enum lw_err ask(struct lw_request *r, struct lw_question *q,
		       struct lw_wr *msg)
{
	enum lw_err e;

	q->login = lw_request_decides(r);
	e = lw_link_ask(r->front->link, r, q, msg);
	/* A lookup may as well have what is stale; a login may not. */
	if (e == LW_NOMEM && q->login)
		r->busy = true;
	else if (e == LW_NOMEM || e == LW_OFFLINE)
		r->offline = true;
	return e == LW_NOMEM ? LW_OFFLINE : e;
}

enum lw_err lw_ask_find(struct lw_request *r, enum lw_kind kind, enum lw_by by,
			const char *value, uint32_t id)
{
	lw_cleanup(lw_wr_done) struct lw_wr msg;
	char key[LW_NAME_MAX + 8];
	struct lw_find find = { kind, by, lw_str(value) };
	struct lw_question q = { .op = LW_OP_FIND,
				 .key = key,
				 .kind = kind,
				 .by = by,
				 .subject = id };

	snprintf(key, sizeof(key), "%d%d%s", kind, by, value);
	lw_wr_heap(&msg, MSG_MAX);
	lw_msg_begin(&msg, LW_OP_FIND, 0);
	lw_find_encode(&msg, &find);
	if (lw_msg_end(&msg, msg.base) != LW_OK)
		return LW_NOMEM;
	return ask(r, &q, &msg);
}

enum lw_err lw_ask_list(struct lw_request *r, enum lw_op op,
			const struct lw_object *o)
{
	lw_cleanup(lw_wr_done) struct lw_wr msg;
	char key[32];
	struct lw_question q = {
		.op = op, .key = key, .kind = o->kind, .subject = o->id
	};

	snprintf(key, sizeof(key), "%d:%u", op, o->id);
	lw_wr_heap(&msg, MSG_MAX);
	lw_msg_begin(&msg, op, 0);
	lw_wr_str(&msg, lw_str(o->dn));
	if (lw_msg_end(&msg, msg.base) != LW_OK)
		return LW_NOMEM;
	return ask(r, &q, &msg);
}

/* What r is does not depend on what nobody waits for. */
struct before {
	bool offline, busy;
};

static struct before before(const struct lw_request *r)
{
	return (struct before) { r->offline, r->busy };
}

static void leave_it(struct lw_request *r, enum lw_err e, struct before b)
{
	if (e == LW_PENDING)
		lw_question_forget(r);
	r->offline = b.offline;
	r->busy = b.busy;
}

static bool has_room(const struct lw_request *r)
{
	return lw_link_unwaited(r->front->link) < AHEAD_MAX;
}

void lw_ahead_find(struct lw_request *r, enum lw_kind kind, enum lw_by by,
		   const char *value, uint32_t id)
{
	struct before b = before(r);

	if (has_room(r))
		leave_it(r, lw_ask_find(r, kind, by, value, id), b);
}

void lw_ahead_list(struct lw_request *r, enum lw_op op,
		   const struct lw_object *o)
{
	if (has_room(r))
		lw_prefetch_list(r, op, o);
}

void lw_prefetch_list(struct lw_request *r, enum lw_op op,
		      const struct lw_object *o)
{
	struct before b = before(r);

	leave_it(r, lw_ask_list(r, op, o), b);
}
