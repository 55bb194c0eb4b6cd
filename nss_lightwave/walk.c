/* walk.c - from page to page of a list. Runs in any process; libc only. */
#include "walk.h"

#include <poll.h>
#include <time.h>

/* A front that is restarted is back soon; so often it is looked for. */
#define RETRY_MS 20

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void lw_walk_reset(struct lw_walk *w)
{
	lw_reply_done(&w->reply);
	w->after = 0;
	w->left = 0;
}

static enum lw_err ask(const struct lw_walk *w, int64_t until,
		       struct lw_reply *ret)
{
	int left = (int)(until - now_ms());

	if (left <= 0)
		return LW_NOFRONT;
	return lw_nss_ask_page(w->op, w->after, left, ret);
}

/* In the middle of a list its end is worth some patience. */
static enum lw_err turn(struct lw_walk *w, int64_t until)
{
	struct lw_reply reply = { 0 };
	struct lw_page page;
	enum lw_err e = ask(w, until, &reply);

	while (e == LW_NOFRONT && w->after > 0 && now_ms() + RETRY_MS < until) {
		lw_reply_done(&reply);
		poll(NULL, 0, RETRY_MS);
		e = ask(w, until, &reply);
	}
	if (e == LW_OK)
		e = lw_page_decode(&reply.body, w->op, w->after, &page);
	if (e != LW_OK) {
		lw_reply_done(&reply);
		/* That there is no such list is not that it is over. */
		return e == LW_NOTFOUND || e == LW_NOTOURS ? LW_PROTO : e;
	}
	lw_reply_done(&w->reply);
	w->reply = reply;
	w->each = page.each;
	w->left = page.count;
	w->after = page.next;
	return LW_OK;
}

enum lw_err lw_walk_next(struct lw_walk *w)
{
	int64_t until = 0;

	while (w->left == 0) {
		enum lw_err e;

		if (w->after == LW_PAGE_END)
			return LW_NOTFOUND;
		if (!until)
			until = now_ms() + lw_nss_budget_ms();
		e = turn(w, until);
		if (e != LW_OK)
			return e;
	}
	return LW_OK;
}
