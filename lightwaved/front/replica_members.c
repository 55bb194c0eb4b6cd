/* replica_members.c - who is in which group. The front; pure. */
#include "replica.h"

#include "cleanup.h"

#include <string.h>

#define REF sizeof(struct lw_known *)

static void leave(struct lw_known *member, const struct lw_known *group)
{
	for (uint32_t i = 0; i < member->in_n; i++) {
		if (member->in[i] == group) {
			member->in[i] = member->in[--member->in_n];
			return;
		}
	}
}

/* Room for one more group that it is in. */
static bool reserve(struct lw_replica *r, struct lw_known *member)
{
	uint32_t old = member->in_max;
	uint32_t max = old < 2 ? 2 : old + old / 2;
	struct lw_known **in;

	if (member->in_n < old)
		return true;
	in = realloc(member->in, max * REF);
	if (!in)
		return false;
	r->bytes += (max - old) * REF;
	member->in = in;
	member->in_max = max;
	return true;
}

static void let_go(struct lw_replica *r, struct lw_known **v, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		lw_replica_tidy(r, v[i]);
}

/* Each of them once, marked, and with room for k. LW_NOMEM. */
static enum lw_err gather(struct lw_replica *r, uint32_t count,
			  struct lw_rd members, struct lw_known **v,
			  uint32_t *ret_n)
{
	uint64_t mark = ++r->mark;
	uint32_t n = 0;

	for (uint32_t i = 0; i < count; i++) {
		struct lw_str dn = lw_rd_str(&members);
		struct lw_known *k;

		if (dn.n == 0 || dn.n > LW_DN_MAX) {
			r->refused++;
			continue;
		}
		k = lw_replica_intern(r, dn);
		if (k && k->mark == mark)
			continue;
		if (k) {
			k->mark = mark;
			v[n++] = k;
		}
		if (!k || !reserve(r, k)) {
			let_go(r, v, n);
			return LW_NOMEM;
		}
	}
	*ret_n = n;
	return LW_OK;
}

/*
 * It may have been deleted: then its DN is gone from all groups. What the same
 * answer says of it settles that.
 */
static void doubt(struct lw_replica *r, struct lw_known *k)
{
	if (!k->kind)
		return;
	if (k->doubt < r->asked)
		k->doubt = r->asked;
	lw_replica_tell(r, k);
	if (k->kind == LW_KIND_GROUP)
		r->groups_doubted++;
}

static void replace(struct lw_replica *r, struct lw_known *k,
		    struct lw_known **v, uint32_t n)
{
	lw_cleanup(lw_free) struct lw_known **old = k->members;
	uint32_t old_n = k->member_n;

	r->bytes -= old_n * REF;
	r->bytes += n * REF;
	k->members = v;
	k->member_n = n;
	for (uint32_t i = 0; i < old_n; i++) {
		if (old[i]->mark == r->mark)
			continue;
		/* A group that is gone says nothing of who was in it. */
		if (k->kind)
			doubt(r, old[i]);
		/* A group may be its own member; the caller still has it. */
		if (old[i] != k)
			lw_replica_tidy(r, old[i]);
	}
}

enum lw_err lw_replica_relate(struct lw_replica *r, struct lw_known *k,
			      uint32_t count, struct lw_rd members)
{
	struct lw_known **v = NULL;
	enum lw_err e = LW_OK;
	uint32_t n = 0;

	if (count > 0) {
		v = malloc(count * REF);
		e = v ? gather(r, count, members, v, &n) : LW_NOMEM;
	} else {
		r->mark++;
	}
	if (e != LW_OK || n == 0) {
		free(v);
		v = NULL;
	}
	if (e != LW_OK)
		return e;
	for (uint32_t i = 0; i < k->member_n; i++)
		leave(k->members[i], k);
	for (uint32_t i = 0; i < n; i++)
		v[i]->in[v[i]->in_n++] = k;
	replace(r, k, v, n);
	return LW_OK;
}

/* What a walk has found so far, each once. */
struct found {
	struct lw_known **v;
	size_t n, max;
};

static enum lw_err find(struct found *f, struct lw_known *k, uint64_t mark)
{
	struct lw_known **v;

	if (k->mark == mark)
		return LW_OK;
	k->mark = mark;
	if (f->n == f->max) {
		f->max = f->max ? 2 * f->max : 64;
		v = realloc(f->v, f->max * REF);
		if (!v)
			return LW_NOMEM;
		f->v = v;
	}
	f->v[f->n++] = k;
	return LW_OK;
}

static enum lw_err find_all(struct found *f, struct lw_known **v, size_t n,
			    uint64_t mark)
{
	enum lw_err e = LW_OK;

	for (size_t i = 0; e == LW_OK && i < n; i++)
		e = find(f, v[i], mark);
	return e;
}

static void found_done(struct found *f)
{
	free(f->v);
}

enum lw_err lw_replica_groups_of(struct lw_replica *r, struct lw_known *k,
				 struct lw_known ***ret, size_t *ret_n)
{
	lw_cleanup(found_done) struct found f = { 0 };
	uint64_t mark = ++r->mark;
	enum lw_err e = find_all(&f, k->in, k->in_n, mark);

	for (size_t i = 0; e == LW_OK && i < f.n; i++)
		e = find_all(&f, f.v[i]->in, f.v[i]->in_n, mark);
	if (e != LW_OK)
		return e;
	*ret = f.v;
	*ret_n = f.n;
	f.v = NULL;
	return LW_OK;
}

enum lw_err lw_replica_members_of(struct lw_replica *r, struct lw_known *k,
				  struct lw_known ***ret, size_t *ret_n)
{
	lw_cleanup(found_done) struct found f = { 0 };
	uint64_t mark = ++r->mark;
	enum lw_err e = find_all(&f, k->members, k->member_n, mark);
	size_t users = 0;

	for (size_t i = 0; e == LW_OK && i < f.n; i++)
		e = find_all(&f, f.v[i]->members, f.v[i]->member_n, mark);
	if (e != LW_OK)
		return e;
	for (size_t i = 0; i < f.n; i++) {
		if (f.v[i]->kind == LW_KIND_USER)
			f.v[users++] = f.v[i];
	}
	*ret = f.v;
	*ret_n = users;
	f.v = NULL;
	return LW_OK;
}
