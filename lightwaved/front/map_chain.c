/* map_chain.c - the chains in which records of the map are found. The front. */
#include "map_parts.h"

#include <stdlib.h>
#include <string.h>

bool lw_map_file_has_key(enum lw_map_kind kind)
{
	return kind != LW_MAP_GROUP;
}

bool lw_map_file_has_id(enum lw_map_kind kind)
{
	return kind == LW_MAP_USER || kind == LW_MAP_GROUP;
}

static _Atomic uint32_t *table(const struct lw_map_file *f, uint32_t at,
			       uint64_t hash, uint32_t n)
{
	_Atomic uint32_t *p = (void *)(f->base + at);

	return p + ((uint32_t)hash & (n - 1));
}

static _Atomic uint32_t *key_bucket(const struct lw_map_file *f,
				    const struct lw_map_key *key)
{
	const struct lw_map_head *h = lw_map_file_head(f);

	return table(f, h->by_key_at, key->hash, h->by_key_n);
}

static _Atomic uint32_t *id_bucket(const struct lw_map_file *f,
				   const struct lw_map_key *key)
{
	const struct lw_map_head *h = lw_map_file_head(f);

	return table(f, h->by_id_at, key->hash, h->by_id_n);
}

bool lw_map_file_key_of(const struct lw_map_file *f, enum lw_map_kind kind,
			struct lw_str account, struct lw_map_key *ret)
{
	return lw_map_key(lw_map_file_head(f)->seed, kind, account.s, account.n,
			  ret);
}

void lw_map_file_id_key_of(const struct lw_map_file *f, enum lw_map_kind kind,
			   uint32_t id, struct lw_map_key *ret)
{
	lw_map_key_id(lw_map_file_head(f)->seed, kind | LW_MAP_BY_ID, id, ret);
}

static bool key_of_record(const struct lw_map_file *f,
			  const struct lw_map_record *r, struct lw_map_key *ret)
{
	return lw_map_file_key_of(
		f, r->kind,
		(struct lw_str) { (const void *)r->words, r->key_n }, ret);
}

struct lw_map_record *lw_map_file_find_key(const struct lw_map_file *f,
					   enum lw_map_kind kind,
					   const struct lw_map_key *key)
{
	uint32_t at = *key_bucket(f, key);

	while (at) {
		struct lw_map_record *r = lw_map_file_at(f, at);

		if (r->kind == kind && r->key_n == key->n &&
		    !memcmp(r->words, key->words, key->n))
			return r;
		at = r->next_by_key;
	}
	return NULL;
}

struct lw_map_record *lw_map_file_find_id(const struct lw_map_file *f,
					  enum lw_map_kind kind,
					  const struct lw_map_key *key)
{
	uint32_t at = *id_bucket(f, key);

	while (at) {
		struct lw_map_record *r = lw_map_file_at(f, at);

		if (r->kind == kind && r->id == key->words[0])
			return r;
		at = r->next_by_id;
	}
	return NULL;
}

/* The words that lead to r lead past it; r itself still leads on. */
static void unlink_key(struct lw_map_file *f, struct lw_map_record *r)
{
	uint32_t at = (uint32_t)((uint8_t *)r - f->base);
	struct lw_map_key key;
	_Atomic uint32_t *p;

	if (!key_of_record(f, r, &key))
		return;
	p = key_bucket(f, &key);
	while (*p && *p != at)
		p = &lw_map_file_at(f, *p)->next_by_key;
	if (*p)
		atomic_store_explicit(p, r->next_by_key, memory_order_release);
}

static void unlink_id(struct lw_map_file *f, struct lw_map_record *r)
{
	uint32_t at = (uint32_t)((uint8_t *)r - f->base);
	struct lw_map_key key;
	_Atomic uint32_t *p;

	lw_map_file_id_key_of(f, r->kind, r->id, &key);
	p = id_bucket(f, &key);
	while (*p && *p != at)
		p = &lw_map_file_at(f, *p)->next_by_id;
	if (*p)
		atomic_store_explicit(p, r->next_by_id, memory_order_release);
}

void lw_map_file_kill(struct lw_map_file *f, struct lw_map_record *r)
{
	if (!r || r->until == LW_MAP_DEAD)
		return;
	atomic_store_explicit(&r->until, LW_MAP_DEAD, memory_order_release);
	if (lw_map_file_has_key(r->kind))
		unlink_key(f, r);
	if (lw_map_file_has_id(r->kind))
		unlink_id(f, r);
	f->dead += r->size;
	f->records--;
}

void lw_map_file_link(struct lw_map_file *f, uint32_t offset)
{
	struct lw_map_record *r = lw_map_file_at(f, offset);
	_Atomic uint32_t *p;
	struct lw_map_key key;

	if (lw_map_file_has_key(r->kind)) {
		if (!key_of_record(f, r, &key))
			return;
		p = key_bucket(f, &key);
		atomic_store_explicit(&r->next_by_key, *p,
				      memory_order_relaxed);
		atomic_store_explicit(p, offset, memory_order_release);
	}
	if (lw_map_file_has_id(r->kind)) {
		lw_map_file_id_key_of(f, r->kind, r->id, &key);
		p = id_bucket(f, &key);
		atomic_store_explicit(&r->next_by_id, *p, memory_order_relaxed);
		atomic_store_explicit(p, offset, memory_order_release);
	}
	f->records++;
}
