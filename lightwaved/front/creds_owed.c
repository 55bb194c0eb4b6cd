/* creds_owed.c - what lightwaved-creds must still be told. The front; pure. */
#include "creds_owed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_of(const struct lw_owed *o, const char *sid)
{
	return !strcmp(o->sid, sid);
}

static void forget_password(struct lw_owed *o)
{
	if (o->password)
		explicit_bzero(o->password, o->password_n);
	free(o->password);
	o->password = NULL;
	o->password_n = 0;
}

void lw_owed_settle(struct lw_owed_list *l, struct lw_owed *o)
{
	TAILQ_REMOVE(&l->all, o, link);
	l->n--;
	forget_password(o);
	free(o);
}

/* sid: NULL for everybody's. */
static void forget_unsent(struct lw_owed_list *l, const char *sid)
{
	struct lw_owed *o, *next;

	for (o = TAILQ_FIRST(&l->all); o; o = next) {
		next = TAILQ_NEXT(o, link);
		if (!o->sent && (!sid || is_of(o, sid)))
			lw_owed_settle(l, o);
	}
}

/* What was said last of him, and not of a guess. */
static struct lw_owed *last_word(const struct lw_owed_list *l, const char *sid)
{
	struct lw_owed *o, *last = NULL;

	TAILQ_FOREACH (o, &l->all, link) {
		if (o->op != LW_OP_CREDS_REFUSED &&
		    (is_of(o, sid) || is_of(o, "")))
			last = o;
	}
	return last;
}

static bool has_password(const struct lw_owed *o, struct lw_password p)
{
	return o->password_n == p.n && o->password &&
	       memcmp(o->password, p.p, p.n) == 0;
}

static struct lw_owed *new_owed(const char *sid, enum lw_op op,
				struct lw_password p, int64_t now_ms)
{
	struct lw_owed *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	snprintf(o->sid, sizeof(o->sid), "%s", sid);
	o->op = op;
	o->since_ms = now_ms;
	if (op == LW_OP_CREDS_DROP)
		return o;
	o->password = malloc(p.n);
	if (!o->password) {
		o->op = LW_OP_CREDS_DROP;
		return o;
	}
	memcpy(o->password, p.p, p.n);
	o->password_n = p.n;
	return o;
}

/* Where there is no room for one more, everybody's goes. */
static void push_all(struct lw_owed_list *l, int64_t now_ms)
{
	struct lw_owed *o;

	forget_unsent(l, NULL);
	o = new_owed("", LW_OP_CREDS_DROP, lw_password(""), now_ms);
	l->lost = !o;
	if (!o)
		return;
	TAILQ_INSERT_TAIL(&l->all, o, link);
	l->n++;
}

static void push(struct lw_owed_list *l, const char *sid, enum lw_op op,
		 struct lw_password p, int64_t now_ms)
{
	struct lw_owed *o = NULL;

	if (l->n < LW_OWED_MAX)
		o = new_owed(sid, op, p, now_ms);
	if (!o) {
		push_all(l, now_ms);
		return;
	}
	TAILQ_INSERT_TAIL(&l->all, o, link);
	l->n++;
}

static void drop(struct lw_owed_list *l, const char *sid, int64_t now_ms)
{
	const struct lw_owed *last;

	forget_unsent(l, sid);
	last = last_word(l, sid);
	/* One that is on its way may be about to store. */
	if (!last || last->op != LW_OP_CREDS_DROP)
		push(l, sid, LW_OP_CREDS_DROP, lw_password(""), now_ms);
}

static void refused(struct lw_owed_list *l, const char *sid,
		    struct lw_password p, int64_t now_ms)
{
	const struct lw_owed *o, *last = last_word(l, sid);
	unsigned int guesses = 0;

	/* What will be kept then is known. */
	if (last && (last->op == LW_OP_CREDS_DROP || !has_password(last, p)))
		return;
	if (last) {
		drop(l, sid, now_ms);
		return;
	}
	TAILQ_FOREACH (o, &l->all, link) {
		if (!is_of(o, sid))
			continue;
		if (has_password(o, p))
			return;
		guesses++;
	}
	if (guesses < LW_OWED_GUESSES)
		push(l, sid, LW_OP_CREDS_REFUSED, p, now_ms);
	else
		drop(l, sid, now_ms);
}

static void store(struct lw_owed_list *l, const char *sid, struct lw_password p,
		  int64_t now_ms)
{
	const struct lw_owed *last = last_word(l, sid);

	/* Whoever says it again does not move it back in the row. */
	if (last && is_of(last, sid) && has_password(last, p))
		return;
	forget_unsent(l, sid);
	push(l, sid, LW_OP_CREDS_STORE, p, now_ms);
}

void lw_owed_add(struct lw_owed_list *l, const char *sid, enum lw_op op,
		 struct lw_password password, int64_t now_ms)
{
	if (op == LW_OP_CREDS_STORE)
		store(l, sid, password, now_ms);
	else if (op == LW_OP_CREDS_REFUSED)
		refused(l, sid, password, now_ms);
	else
		drop(l, sid, now_ms);
}

void lw_owed_failed(struct lw_owed_list *l, struct lw_owed *o,
		    int64_t not_before_ms)
{
	const struct lw_owed *last = last_word(l, o->sid);

	o->sent = false;
	o->not_before_ms = not_before_ms;
	/* Something later settles it as well. */
	if (last && last != o)
		lw_owed_settle(l, o);
}

void lw_owed_age(struct lw_owed_list *l, int64_t now_ms)
{
	struct lw_owed *o, *next;

	if (l->lost)
		push_all(l, now_ms);
	for (o = TAILQ_FIRST(&l->all); o; o = next) {
		next = TAILQ_NEXT(o, link);
		if (!o->sent && o->password &&
		    now_ms - o->since_ms > LW_OWED_HOLD_MS) {
			forget_password(o);
			o->op = LW_OP_CREDS_DROP;
		}
	}
}

struct lw_owed *lw_owed_next(const struct lw_owed_list *l, bool refused_only,
			     int64_t now_ms)
{
	struct lw_owed *o;

	TAILQ_FOREACH (o, &l->all, link) {
		if (!o->sent && o->not_before_ms <= now_ms &&
		    (o->op == LW_OP_CREDS_REFUSED) == refused_only)
			return o;
	}
	return NULL;
}

bool lw_owed_of(const struct lw_owed_list *l, const char *sid,
		bool with_refused)
{
	const struct lw_owed *o;

	TAILQ_FOREACH (o, &l->all, link) {
		if ((is_of(o, sid) || is_of(o, "")) &&
		    (with_refused || o->op != LW_OP_CREDS_REFUSED))
			return true;
	}
	return l->lost;
}

bool lw_owed_drops(const struct lw_owed_list *l, const char *sid)
{
	const struct lw_owed *last = last_word(l, sid);

	return l->lost || (last && last->op == LW_OP_CREDS_DROP);
}

void lw_owed_done(struct lw_owed_list *l)
{
	while (!TAILQ_EMPTY(&l->all))
		lw_owed_settle(l, TAILQ_FIRST(&l->all));
}
