/* publish_put.c - from messages to records of the map. The front. */
#include "publish_put.h"

#include "cleanup.h"
#include "follow.h"
#include "gids.h"
#include "kept.h"
#include "local_judge.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct put {
	struct lw_map_file *file;
	struct lw_front *front;
	uint32_t until; /* of a fact, and of a list of groups */
	uint32_t list_until;
	uint32_t miss_until;
};

/* So long after its oldest fact held; 0: it is not to be kept. */
static uint32_t ends(const struct lw_request *r, int64_t life_ms)
{
	int64_t now = lw_now_ms();
	int64_t as_of = r->as_of_ms < now ? r->as_of_ms : now;
	int64_t end = as_of + life_ms;

	return end > now ? (uint32_t)((end - LW_BOOT_MS) / 1000) : 0;
}

/*
 * Its last quarter is the front's, which has it asked for again while it still
 * holds (lw_plan_ending()), and must see for that who wants it.
 */
static uint32_t until(const struct lw_request *r, bool followed, uint32_t ttl,
		      uint32_t max)
{
	if (followed)
		return LW_MAP_FOLLOWED;
	return ends(r, (ttl < max ? ttl : max) * INT64_C(750));
}

/* followed: it is in the replica, and any change of it will be heard of. */
static struct put put_into(struct lw_map_file *file, const struct lw_request *r,
			   bool followed)
{
	const struct lw_config *c = r->front->config;

	return (struct put) {
		.file = file,
		.front = r->front,
		.until = until(r, followed, c->ttl, c->offline_max),
		.list_until = until(r, followed, c->membership_ttl,
				    c->offline_authorization_max),
		.miss_until = ends(r, c->negative_ttl * INT64_C(1000)),
	};
}

/* The account part, however the host writes or takes names. */
static bool account_of(const struct put *p, struct lw_str name,
		       char ret[LW_NAME_MAX])
{
	struct lw_naming n = lw_config_naming(p->front->config);

	n.bare |= n.format == LW_NAME_SHORT;
	return lw_name_parse(&n, name, ret) == LW_OK;
}

/*
 * Whether the account alone is this one's: not where the host takes no such
 * names, and not where one is local, in whichever case.
 */
static bool is_bare(const struct put *p, enum lw_kind kind, const char *account)
{
	const struct lw_localdb *local =
		kind == LW_KIND_USER ? &p->front->passwd : &p->front->group;

	if (!lw_config_naming(p->front->config).bare ||
	    (kind == LW_KIND_GROUP &&
	     lw_local_reserved(p->front->config, account)))
		return false;
	for (size_t i = 0; i < local->count; i++) {
		if (strcasecmp(local->ents[i].name, account) == 0)
			return false;
	}
	return true;
}

static void put_user(const struct put *p, struct lw_rd *rd)
{
	char account[LW_NAME_MAX];
	struct lw_passwd pw;
	struct lw_map_entry e = { .kind = LW_MAP_USER,
				  .until = p->until,
				  .texts = 5 };

	if (lw_passwd_decode(rd, &pw) != LW_OK ||
	    !account_of(p, pw.name, account))
		return;
	e.account = lw_str(account);
	e.bare = is_bare(p, LW_KIND_USER, account);
	e.id = pw.uid;
	e.gid = pw.gid;
	e.text[0] = pw.name;
	e.text[1] = LW_STR("x");
	e.text[2] = pw.gecos;
	e.text[3] = pw.dir;
	e.text[4] = pw.shell;
	lw_map_file_put(p->file, &e);
}

static void put_groups_of(const struct put *p, struct lw_str user,
			  struct lw_rd *rd)
{
	lw_cleanup(lw_free) gid_t *gids = NULL;
	char account[LW_NAME_MAX];
	struct lw_map_entry e = { .kind = LW_MAP_GROUPS_OF,
				  .until = p->list_until };

	if (!account_of(p, user, account) ||
	    lw_gids_decode(rd, &gids, &e.count) != LW_OK)
		return;
	e.account = lw_str(account);
	e.bare = is_bare(p, LW_KIND_USER, account);
	e.gids = gids;
	lw_map_file_put(p->file, &e);
}

static void put_group(const struct put *p, enum lw_map_kind kind,
		      struct lw_rd *rd)
{
	lw_cleanup(lw_free) struct lw_str *members = NULL;
	char account[LW_NAME_MAX];
	struct lw_map_entry e = { .kind = kind, .until = p->until, .texts = 2 };
	struct lw_group g;

	if (lw_group_decode(rd, &g) != LW_OK || !account_of(p, g.name, account))
		return;
	members = calloc((size_t)g.count + 1, sizeof(*members));
	if (!members)
		return;
	for (uint32_t i = 0; i < g.count; i++)
		members[i] = lw_rd_str(&g.members);
	if (kind == LW_MAP_MEMBERS) {
		e.account = lw_str(account);
		e.bare = is_bare(p, LW_KIND_GROUP, account);
	}
	e.id = g.gid;
	e.text[0] = g.name;
	e.text[1] = LW_STR("x");
	e.members = members;
	e.count = g.count;
	lw_map_file_put(p->file, &e);
}

static void put_miss(const struct put *p, enum lw_map_kind kind,
		     struct lw_str name)
{
	char account[LW_NAME_MAX];
	bool bare =
		!memchr(name.s, '@', name.n) && !memchr(name.s, '\\', name.n);

	if (!account_of(p, name, account))
		return;
	/* Without a domain it may be a local one's that is not the directory's.
	 */
	if (!bare)
		lw_map_file_gone(p->file, kind, lw_str(account));
	if (p->miss_until)
		lw_map_file_miss(p->file, kind, lw_str(account), bare,
				 p->miss_until);
}

static void put_miss_id(const struct put *p, enum lw_map_kind kind, uint32_t id)
{
	lw_map_file_gone_id(p->file, kind, id);
	if (p->miss_until)
		lw_map_file_miss_id(p->file, kind, id, p->miss_until);
}

static struct lw_rd payload(const struct lw_wr *rest)
{
	struct lw_rd rd;

	lw_rd_init(&rd, rest->base, (size_t)(rest->p - rest->base));
	return rd;
}

static void put_found(const struct put *p, uint16_t op, struct lw_str name,
		      const struct lw_wr *rest)
{
	struct lw_rd rd = payload(rest);

	if (op == LW_OP_INITGROUPS ? !p->list_until : !p->until)
		return;
	if (op == LW_OP_PASSWD_BY_NAME || op == LW_OP_PASSWD_BY_UID)
		put_user(p, &rd);
	else if (op == LW_OP_GROUP_BY_NAME)
		put_group(p, LW_MAP_MEMBERS, &rd);
	else if (op == LW_OP_GROUP_BY_GID)
		put_group(p, LW_MAP_GROUP, &rd);
	else if (op == LW_OP_INITGROUPS)
		put_groups_of(p, name, &rd);
}

/* What an NSS question is about. */
struct asked {
	uint16_t op;
	enum lw_kind kind;
	bool by_id;
	uint32_t id;
	struct lw_str name;
};

static struct asked asked(const struct lw_request *r)
{
	struct asked a = { .op = r->head.op };
	struct lw_rd body;

	a.by_id = a.op == LW_OP_PASSWD_BY_UID || a.op == LW_OP_GROUP_BY_GID;
	a.kind = a.op == LW_OP_GROUP_BY_NAME || a.op == LW_OP_GROUP_BY_GID
			 ? LW_KIND_GROUP
			 : LW_KIND_USER;
	lw_rd_init(&body, r->body, r->head.len);
	if (a.by_id)
		a.id = lw_rd_u32(&body);
	else
		a.name = lw_rd_str(&body);
	return a;
}

/*
 * Whether any change of it will be heard of: what is not in the replica, as
 * one that another controller has told of, or is doubted, is not followed. Nor
 * is a list that was said on demand, of whomever (request.said).
 */
static bool is_followed(struct lw_request *r, const struct asked *a)
{
	const struct lw_plan *plan = lw_follow_plan(r->front->follow);
	const struct put p = { .front = r->front };
	char account[LW_NAME_MAX];
	struct lw_kept kept;
	bool has;

	if (!lw_plan_replica_fresh(plan, 0, lw_now_ms()))
		return false;
	has = a->by_id ? lw_kept_by_id(r, a->kind, a->id, &kept)
		       : account_of(&p, a->name, account) &&
				 lw_kept_by_name(r, a->kind, account, &kept);
	return has && kept.result == LW_OK && !kept.doubted;
}

void lw_put_answer(struct lw_map_file *f, struct lw_request *r, enum lw_err e,
		   const struct lw_wr *rest)
{
	struct asked a = asked(r);
	struct put p;

	/* What is stale is the socket's to tell, each time. */
	if (a.op > LW_OP_INITGROUPS || r->offline ||
	    (e != LW_OK && e != LW_NOTFOUND))
		return;
	p = put_into(f, r, e == LW_OK && !r->said && is_followed(r, &a));
	if (e == LW_OK)
		put_found(&p, a.op, a.name, rest);
	else if (a.by_id)
		put_miss_id(&p,
			    a.kind == LW_KIND_USER ? LW_MAP_USER : LW_MAP_GROUP,
			    a.id);
	else
		put_miss(&p,
			 a.kind == LW_KIND_USER ? LW_MAP_USER : LW_MAP_MEMBERS,
			 a.name);
}

/* What the front answers to op of its own accord. */
static enum lw_err known(struct lw_front *f, enum lw_op op,
			 const struct lw_wr *q, struct lw_wr *rest,
			 bool *ret_said)
{
	lw_wr_heap(rest, LW_REPLY_MAX);
	return lw_request_known(f, op, q->base, (size_t)(q->p - q->base), rest,
				ret_said);
}

static void put_user_known(struct put *p, uint32_t uid)
{
	struct lw_cache *c = &p->front->cache;
	bool said;
	lw_cleanup(lw_wr_done) struct lw_wr q = { 0 }, rest = { 0 },
					    groups = { 0 };
	struct lw_passwd pw;
	struct lw_rd rd;

	lw_wr_heap(&groups, LW_REPLY_MAX);
	lw_wr_heap(&q, LW_NAME_MAX + 64);
	lw_wr_u32(&q, uid);
	if (known(p->front, LW_OP_PASSWD_BY_UID, &q, &rest, &said) != LW_OK)
		return;
	rd = payload(&rest);
	put_user(p, &rd);
	rd = payload(&rest);
	if (lw_passwd_decode(&rd, &pw) != LW_OK)
		return;
	q.p = q.base;
	lw_wr_str(&q, pw.name);
	if (lw_wr_end(&q) != LW_OK ||
	    known(p->front, LW_OP_INITGROUPS, &q, &groups, &said) != LW_OK)
		return;
	/* To be asked about, as he would be if he were doubted. */
	if (said || lw_cache_list_doubted(c, LW_KIND_USER, uid) >= 0)
		p->list_until = LW_MAP_ENDED;
	rd = payload(&groups);
	put_groups_of(p, pw.name, &rd);
}

void lw_put_known(struct lw_map_file *f, struct lw_front *front,
		  enum lw_kind kind, uint32_t id, uint32_t until_s)
{
	struct put p = { f, front, until_s, until_s, 0 };
	lw_cleanup(lw_wr_done) struct lw_wr q = { 0 }, rest = { 0 };
	struct lw_rd rd;
	bool said;

	if (kind == LW_KIND_USER) {
		put_user_known(&p, id);
		return;
	}
	lw_wr_heap(&rest, LW_REPLY_MAX);
	lw_wr_heap(&q, 64);
	lw_wr_u32(&q, id);
	if (known(front, LW_OP_GROUP_BY_GID, &q, &rest, &said) != LW_OK)
		return;
	rd = payload(&rest);
	put_group(&p, LW_MAP_GROUP, &rd);
}
