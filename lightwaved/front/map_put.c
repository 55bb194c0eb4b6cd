/* map_put.c - records of the map: put, dropped. The front. */
#include "map_parts.h"

#include <stdlib.h>
#include <string.h>

static uint64_t text_size(const struct lw_map_entry *e)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < e->texts; i++)
		n += e->text[i].n + 1;
	for (uint32_t i = 0; e->members && i < e->count; i++)
		n += e->members[i].n + 1;
	return n;
}

static uint64_t record_size(const struct lw_map_entry *e, uint32_t key_n)
{
	uint64_t n = e->kind == LW_MAP_GROUPS_OF ? UINT64_C(4) * e->count
						 : text_size(e);

	return (sizeof(struct lw_map_record) +
		UINT64_C(8) * LW_MAP_WORDS(key_n) + n + 7) /
	       8 * 8;
}

static char *put_text(char *p, struct lw_str s)
{
	memcpy(p, s.s, s.n);
	p[s.n] = '\0';
	return p + s.n + 1;
}

/* r is all NULs before. */
static void build(struct lw_map_record *r, const struct lw_map_entry *e,
		  const struct lw_map_key *key, uint32_t size)
{
	char *text, *p;

	r->size = size;
	r->kind = (uint8_t)e->kind;
	r->id = e->id;
	r->gid = e->gid;
	r->count = e->count;
	r->key_n = (uint8_t)key->n;
	r->bare = e->bare;
	r->key_hash = (uint32_t)(key->hash >> 32);
	memcpy(r->words, key->words, LW_MAP_WORDS(key->n) * 8);
	text = p = (char *)(r->words + LW_MAP_WORDS(key->n));
	if (e->kind == LW_MAP_GROUPS_OF) {
		memcpy(p, e->gids, e->count * sizeof(*e->gids));
		return;
	}
	for (uint32_t i = 0; i < e->texts; i++) {
		if (i > 0)
			r->at[i - 1] = (uint16_t)(p - text);
		p = put_text(p, e->text[i]);
	}
	for (uint32_t i = 0; e->members && i < e->count; i++)
		p = put_text(p, e->members[i]);
	r->text_n = (uint32_t)(p - text);
}

#define SAME_FROM offsetof(struct lw_map_record, size)

static bool same(const struct lw_map_record *a, const struct lw_map_record *b)
{
	return a && a->size == b->size &&
	       !memcmp((const char *)a + SAME_FROM, (const char *)b + SAME_FROM,
		       a->size - SAME_FROM);
}

/* Its time, and then it is of this round: never with the time it had before. */
static void renew(struct lw_map_file *f, struct lw_map_record *r,
		  uint32_t until)
{
	atomic_store_explicit(&r->until, until, memory_order_release);
	atomic_store_explicit(&r->round, lw_map_file_head(f)->round,
			      memory_order_release);
}

static bool valid(const struct lw_map_entry *e)
{
	size_t fixed = 0;

	if ((e->kind == LW_MAP_USER) != (e->texts == 5) ||
	    e->until == LW_MAP_DEAD || e->texts > 5)
		return false;
	for (uint32_t i = 0; i < e->texts; i++)
		fixed += e->text[i].n + 1;
	return fixed <= UINT16_MAX && text_size(e) < LW_MAP_SIZE_MAX &&
	       e->count < LW_MAP_SIZE_MAX / 8;
}

/* Those that have this account, and this id; often one and the same. */
struct before {
	struct lw_map_record *by_key, *by_id;
};

static struct before find_before(const struct lw_map_file *f,
				 const struct lw_map_entry *e,
				 const struct lw_map_key *key)
{
	struct before b = { NULL, NULL };
	struct lw_map_key id;

	if (lw_map_file_has_key(e->kind))
		b.by_key = lw_map_file_find_key(f, e->kind, key);
	if (lw_map_file_has_id(e->kind)) {
		lw_map_file_id_key_of(f, e->kind, e->id, &id);
		b.by_id = lw_map_file_find_id(f, e->kind, &id);
	}
	return b;
}

static void kill_both(struct lw_map_file *f, struct before b)
{
	lw_map_file_kill(f, b.by_key);
	lw_map_file_kill(f, b.by_id);
}

/* As it will be, not yet in the map. NULL: no memory. */
static struct lw_map_record *build_aside(struct lw_map_file *f,
					 const struct lw_map_entry *e,
					 const struct lw_map_key *key,
					 size_t size)
{
	struct lw_map_record *r = f->scratch;

	if (f->scratch_n < size) {
		r = realloc(r, size);
		if (!r)
			return NULL;
		f->scratch = r;
		f->scratch_n = size;
	}
	memset(r, 0, size);
	build(r, e, key, (uint32_t)size);
	return r;
}

/*
 * The new one is in before the old one is away: who comes between finds it,
 * for it is the first in its chain.
 */
static enum lw_err replace(struct lw_map_file *f, const struct lw_map_entry *e,
			   const struct lw_map_key *key,
			   const struct lw_map_record *with)
{
	enum lw_err err = lw_map_file_reserve(f, with->size);
	struct lw_map_record *r;
	struct before old = find_before(f, e, key);

	if (err == LW_OK) {
		r = lw_map_file_at(f, f->used);
		memcpy(r, with, with->size);
		renew(f, r, e->until);
		f->used += with->size;
		lw_map_file_link(f, (uint32_t)((uint8_t *)r - f->base));
	}
	/* Where there is no room, what is wrong is still taken out. */
	kill_both(f, old);
	return err;
}

enum lw_err lw_map_file_put(struct lw_map_file *f, const struct lw_map_entry *e)
{
	struct lw_map_key key = { .n = 0 };
	struct lw_map_record *r, *known;
	struct before old;
	uint64_t size;

	if (!valid(e) || (lw_map_file_has_key(e->kind) &&
			  !lw_map_file_key_of(f, e->kind, e->account, &key)))
		return LW_INVALID;
	if (lw_map_file_has_key(e->kind))
		lw_map_file_found(f, e->kind, e->account, e->bare);
	if (lw_map_file_has_id(e->kind))
		lw_map_file_found_id(f, e->kind, e->id);
	old = find_before(f, e, &key);
	known = lw_map_file_has_key(e->kind) ? old.by_key : old.by_id;
	size = record_size(e, key.n);
	r = size <= LW_MAP_SIZE_MAX ? build_aside(f, e, &key, (size_t)size)
				    : NULL;
	if (!r) {
		kill_both(f, old);
		return LW_NOMEM;
	}
	if (!same(known, r))
		return replace(f, e, &key, r);
	renew(f, known, e->until);
	return LW_OK;
}

void lw_map_file_end_round(struct lw_map_file *f)
{
	const struct lw_map_head *h = lw_map_file_head(f);
	uint32_t at = h->records_at;

	while (at < f->used) {
		struct lw_map_record *r = lw_map_file_at(f, at);

		/* Members are put when asked for: mostly the same bytes again.
		 */
		if (r->round != h->round && r->kind != LW_MAP_MEMBERS)
			lw_map_file_kill(f, r);
		at += r->size;
	}
}

void lw_map_file_expire(struct lw_map_file *f, uint32_t now, uint32_t stale,
			uint32_t rights)
{
	uint32_t at = lw_map_file_head(f)->records_at;

	while (at < f->used) {
		struct lw_map_record *r = lw_map_file_at(f, at);
		bool list = r->kind == LW_MAP_GROUPS_OF ||
			    r->kind == LW_MAP_MEMBERS;
		uint64_t until = r->until;

		if (until != LW_MAP_ENDED && until != LW_MAP_FOLLOWED &&
		    until + (list ? rights : stale) < now)
			lw_map_file_kill(f, r);
		at += r->size;
	}
}

static struct lw_map_record *named(const struct lw_map_file *f,
				   enum lw_map_kind kind, struct lw_str account)
{
	struct lw_map_key key;

	return lw_map_file_key_of(f, kind, account, &key)
		       ? lw_map_file_find_key(f, kind, &key)
		       : NULL;
}

static struct lw_map_record *numbered(const struct lw_map_file *f,
				      enum lw_map_kind kind, uint32_t id)
{
	struct lw_map_key key;

	lw_map_file_id_key_of(f, kind, id, &key);
	return lw_map_file_find_id(f, kind, &key);
}

/* They are not found by that: all are looked at, which deletions are worth. */
static void kill_members_of(struct lw_map_file *f, uint32_t gid)
{
	uint32_t at = lw_map_file_head(f)->records_at;

	while (at < f->used) {
		struct lw_map_record *r = lw_map_file_at(f, at);

		if (r->kind == LW_MAP_MEMBERS && r->id == gid)
			lw_map_file_kill(f, r);
		at += r->size;
	}
}

void lw_map_file_gone(struct lw_map_file *f, enum lw_map_kind kind,
		      struct lw_str account)
{
	struct lw_map_record *r = named(f, kind, account);

	if (r && kind == LW_MAP_MEMBERS)
		lw_map_file_kill(f, numbered(f, LW_MAP_GROUP, r->id));
	lw_map_file_kill(f, r);
	if (kind == LW_MAP_USER)
		lw_map_file_kill(f, named(f, LW_MAP_GROUPS_OF, account));
}

void lw_map_file_gone_id(struct lw_map_file *f, enum lw_map_kind kind,
			 uint32_t id)
{
	struct lw_map_record *r = numbered(f, kind, id);

	if (!r)
		return;
	if (kind == LW_MAP_GROUP)
		kill_members_of(f, id);
	else
		lw_map_file_kill(f,
				 named(f, LW_MAP_GROUPS_OF,
				       (struct lw_str) { (const void *)r->words,
							 r->key_n }));
	lw_map_file_kill(f, r);
}
