/*
 * answer_page.c - all users, or all groups, a page at a time. The front.
 *
 * From the replica alone, in the order of their ids, and each by the function
 * that answers a lookup of it: who is not served is not listed. Between two
 * pages nothing is kept but the roster, which belongs to nobody: the cursor is
 * an id, and the question brings it.
 */
#include "answer.h"

#include "cleanup.h"
#include "follow.h"
#include "link.h"
#include "page.h"

/* What one page may take of the loop, and of the client's memory. */
#define PAGE_MS	   3
#define PAGE_IDS   256
#define PAGE_BYTES (64 * 1024)
/* How often it is looked whether the directory has been read. */
#define LOOK_MS 20

static void say(struct lw_request *r, const char *why)
{
	char key[160];

	snprintf(key, sizeof(key), "enumerate %s", why);
	lw_front_warn_once(r->front, key, "users and groups are not listed: %s",
			   why);
}

/* A part of all entries must not look like all of them. */
static enum lw_err replica_is_whole(struct lw_request *r, bool late,
				    uint32_t max_age_s)
{
	const struct lw_plan *p = lw_follow_plan(r->front->follow);
	char why[128] = "";

	if (p->replicate_max == 0 || p->given_up || p->unsupported) {
		lw_plan_why(p, why, sizeof(why));
		if (!why[0])
			snprintf(why, sizeof(why), "%s",
				 p->unsupported ? "lightwaved-worker cannot "
						  "tell what changed"
						: "replicate_max is 0");
		say(r, why);
		return LW_RANGE;
	}
	if (!lw_follow_replica(r->front->follow)) {
		if (!late && !lw_link_away(r->front->link))
			return lw_request_again(r, LOOK_MS);
		say(r, "the directory has not been read yet");
		return LW_OFFLINE;
	}
	if (lw_now_ms() - p->confirmed_ms <= max_age_s * INT64_C(1000))
		return LW_OK;
	say(r, "what is known of the directory is too old");
	return LW_OFFLINE;
}

static enum lw_err roster_is_whole(struct lw_request *r, bool late)
{
	struct lw_follow *w = r->front->follow;
	struct lw_policy p = lw_front_policy(r->front);
	enum lw_err e = lw_roster_fill(&r->front->roster, lw_follow_replica(w),
				       &p.idmap, lw_follow_turns(w));

	if (e != LW_PENDING)
		return e;
	return late ? LW_OFFLINE : lw_request_again(r, 0);
}

static enum lw_err put(struct lw_request *r, enum lw_kind kind, uint32_t id,
		       struct lw_wr *one)
{
	enum lw_err e = kind == LW_KIND_USER ? lw_put_passwd(r, id, one)
					     : lw_put_group(r, id, one);

	return e == LW_OK ? lw_wr_end(one) : e;
}

static size_t written(const struct lw_wr *w)
{
	return w->base ? (size_t)(w->p - w->base) : 0;
}

/*
 * At least one id is dealt with, and as many as there is time and room for;
 * ret_n of them were.
 */
static enum lw_err put_entries(struct lw_request *r, enum lw_kind kind,
			       const uint32_t *ids, size_t n,
			       struct lw_wr *rest, size_t *ret_n,
			       uint32_t *ret_count)
{
	int64_t until = lw_now_ms() + PAGE_MS;
	size_t i = 0;

	for (; i < n && i < PAGE_IDS && (i == 0 || lw_now_ms() < until); i++) {
		lw_cleanup(lw_wr_done) struct lw_wr one;
		enum lw_err e;

		lw_wr_heap(&one, LW_REPLY_MAX - 64);
		e = put(r, kind, ids[i], &one);
		if (e == LW_NOTFOUND || e == LW_NOTOURS || e == LW_INVALID)
			continue;
		if (e != LW_OK)
			return e;
		if (*ret_count > 0 &&
		    written(rest) + written(&one) > PAGE_BYTES)
			break;
		lw_wr_raw(rest, one.base, written(&one));
		++*ret_count;
	}
	*ret_n = i;
	return LW_OK;
}

static enum lw_err put_page(struct lw_request *r, enum lw_kind kind,
			    uint32_t after, struct lw_wr *rest)
{
	const uint32_t *ids;
	size_t n = lw_roster_after(&r->front->roster, kind, after, &ids);
	size_t done = 0;
	uint32_t count = 0;
	enum lw_err e;

	lw_page_encode(rest, LW_PAGE_END, 0);
	e = put_entries(r, kind, ids, n, rest, &done, &count);
	if (e != LW_OK || lw_wr_end(rest) != LW_OK)
		return e;
	lw_put_u32(rest->base, done < n ? ids[done - 1] : LW_PAGE_END);
	lw_put_u32(rest->base + 4, count);
	return LW_OK;
}

enum lw_err lw_answer_page(struct lw_request *r, struct lw_rd *body,
			   struct lw_wr *rest)
{
	const struct lw_config *c = r->front->config;
	enum lw_kind kind =
		r->head.op == LW_OP_PASSWD_PAGE ? LW_KIND_USER : LW_KIND_GROUP;
	uint32_t after = lw_rd_u32(body);
	enum lw_err e = lw_rd_end(body);
	bool late = r->offline;

	/* A list that was begun when there was one does not end like this. */
	if (e == LW_OK && !r->front->config->enumerate && after > 0)
		return LW_NOTFOUND;
	if (e == LW_OK && !r->front->config->enumerate) {
		lw_page_encode(rest, LW_PAGE_END, 0);
		return LW_OK;
	}
	/* Not before anybody's lookup. */
	if (e == LW_OK && r->runs == 1 && !r->again)
		e = lw_request_again(r, 0);
	if (e == LW_OK)
		e = replica_is_whole(r, late,
				     kind == LW_KIND_USER
					     ? c->offline_max
					     : c->offline_authorization_max);
	if (e == LW_OK)
		e = roster_is_whole(r, late);
	if (e != LW_OK)
		return e;
	/* Nobody is asked: the replica and what was said since must do. */
	r->offline = true;
	return put_page(r, kind, after, rest);
}
