/* ticket.c - tickets between verdict and setcred. The front; pure. */
#include "ticket.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static void drop(struct lw_kept_ticket *k)
{
	if (k->ccache)
		explicit_bzero(k->ccache, k->n);
	free(k->ccache);
	*k = (struct lw_kept_ticket) { 0 };
}

void lw_tickets_expire(struct lw_tickets *t, int64_t now_ms)
{
	for (size_t i = 0; i < LW_TICKETS_MAX; i++) {
		if (t->kept[i].ccache && t->kept[i].until_ms <= now_ms)
			drop(&t->kept[i]);
	}
}

/* The newest or the oldest one of uid, or NULL; how many he has. */
static struct lw_kept_ticket *find(struct lw_tickets *t, uint32_t uid,
				   bool newest, size_t *ret_n)
{
	struct lw_kept_ticket *found = NULL;

	*ret_n = 0;
	for (size_t i = 0; i < LW_TICKETS_MAX; i++) {
		struct lw_kept_ticket *k = &t->kept[i];

		if (!k->ccache || k->uid != uid)
			continue;
		++*ret_n;
		if (!found || (newest ? k->until_ms > found->until_ms
				      : k->until_ms < found->until_ms))
			found = k;
	}
	return found;
}

/* A free place, or the one whose ticket would go next anyway. */
static struct lw_kept_ticket *place(struct lw_tickets *t)
{
	struct lw_kept_ticket *oldest = &t->kept[0];

	for (size_t i = 0; i < LW_TICKETS_MAX; i++) {
		struct lw_kept_ticket *k = &t->kept[i];

		if (!k->ccache)
			return k;
		if (k->until_ms < oldest->until_ms)
			oldest = k;
	}
	drop(oldest);
	return oldest;
}

enum lw_err lw_tickets_keep(struct lw_tickets *t, uint32_t uid,
			    struct lw_str ccache, int64_t now_ms)
{
	uint8_t *copy = malloc(ccache.n ? ccache.n : 1);
	struct lw_kept_ticket *k;
	size_t has;

	if (!copy)
		return LW_NOMEM;
	k = find(t, uid, false, &has);
	if (has >= LW_TICKETS_EACH)
		drop(k);
	else
		k = place(t);
	memcpy(copy, ccache.s, ccache.n);
	k->uid = uid;
	k->until_ms = now_ms + LW_TICKET_KEEP_MS;
	k->ccache = copy;
	k->n = ccache.n;
	return LW_OK;
}

enum lw_err lw_tickets_take(struct lw_tickets *t, uint32_t uid, int64_t now_ms,
			    uint8_t **ret, size_t *ret_n)
{
	struct lw_kept_ticket *k;
	size_t has;

	lw_tickets_expire(t, now_ms);
	k = find(t, uid, true, &has);
	if (!k)
		return LW_NOTFOUND;
	*ret = k->ccache;
	*ret_n = k->n;
	*k = (struct lw_kept_ticket) { 0 };
	return LW_OK;
}
