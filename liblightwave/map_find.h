/*
 * map_find.h - find a record in the map. Any process; libc only; no lock, no
 * wait, no system call.
 *
 * For the two rooms that read the map, inline: that is half of what a lookup
 * takes. Why a reader never sees half a record is said in doc/MAP.md.
 */
#ifndef LW_MAP_FIND_H
#define LW_MAP_FIND_H

#include "cleanup.h"
#include "map.h"

/* How old an answer may be. */
enum lw_map_trust {
	LW_MAP_FRESH, /* as good as the front's */
	/*
	 * The front could not tell. Lists of groups and of members, which give
	 * rights, only where no front has been alive for a while, and only of
	 * the last round: who can make the front too busy gets none by that.
	 */
	LW_MAP_STALE,
};

/* Inside: of a word in a map. */
static inline uint32_t lw_map_load(const _Atomic uint32_t *p)
{
	return atomic_load_explicit(p, memory_order_acquire);
}

static inline const struct lw_map_head *lw_map_head_of(const struct lw_map *m)
{
	return (const void *)m->base;
}

/* Inside: NULL: no record can begin there. */
static inline const struct lw_map_record *lw_map_record_at(
	const struct lw_map *m, uint32_t offset)
{
	if (offset % 8 != 0 || offset - m->records_at > m->records_span)
		return NULL;
	return (const void *)(m->base + offset);
}

/* A field of a record, loaded once: another process may write to the file. */
#define LW_MAP_ONCE(field) (*(const volatile __typeof__(field) *)&(field))

/*
 * A record that was found, and what of it was checked, read once: who wrote to
 * the file meanwhile has changed none of that.
 */
struct lw_map_view {
	const struct lw_map_record *r;
	const void *text; /* what follows the key: strings, or gids */
	uint32_t text_n;  /* bytes of strings, within the map */
	uint32_t count;	  /* members, or gids, which are within the map */
};

/* Inside: whether its key, of that many bytes, and what follows end within m.
 */
static inline bool lw_map_is_whole(const struct lw_map *m,
				   const struct lw_map_record *r,
				   enum lw_map_kind kind, uint32_t key_n,
				   struct lw_map_view *ret)
{
	uint64_t offset = (uint64_t)((const uint8_t *)r - m->base);
	uint32_t words = 8 * LW_MAP_WORDS(key_n);
	uint64_t n;

	ret->r = r;
	ret->text = (const uint8_t *)r->words + words;
	ret->text_n = LW_MAP_ONCE(r->text_n);
	ret->count = LW_MAP_ONCE(r->count);
	n = (uint64_t)words + ret->text_n;
	if (kind == LW_MAP_GROUPS_OF)
		n += UINT64_C(4) * ret->count;
	return n <= m->size - sizeof(*r) - offset;
}

/* Inside: the same of a record that has, or had, a time of its own. */
static inline bool lw_map_lasts(uint32_t until, uint32_t max, uint32_t now)
{
	return until == LW_MAP_FOLLOWED || until == LW_MAP_ENDED ||
	       now < until || now - until < max;
}

/* Inside: whether what r says counts where the front cannot tell. */
static inline bool lw_map_stale(const struct lw_map *m, bool list,
				uint32_t round, uint32_t until, uint32_t now)
{
	const struct lw_map_head *h = lw_map_head_of(m);

	if (now >= lw_map_load(&h->stale_until))
		return false;
	if (!list)
		return lw_map_lasts(until, h->stale_max, now);
	return now >= lw_map_load(&h->alive_until) &&
	       now < lw_map_load(&h->rights_until) &&
	       round == lw_map_load(&h->round) &&
	       lw_map_lasts(until, h->rights_max, now);
}

/*
 * Inside: whether what r says still counts. Its round is loaded before its
 * time, which is stored first: who has a round has no older one's time.
 */
static inline bool lw_map_believed(const struct lw_map *m,
				   const struct lw_map_record *r,
				   enum lw_map_kind kind,
				   enum lw_map_trust trust, uint32_t now)
{
	const struct lw_map_head *h = lw_map_head_of(m);
	uint32_t round = lw_map_load(&r->round);
	uint32_t until = lw_map_load(&r->until);
	bool list = kind == LW_MAP_GROUPS_OF || kind == LW_MAP_MEMBERS;

	if (until == LW_MAP_DEAD)
		return false;
	if (trust == LW_MAP_STALE)
		return lw_map_stale(m, list, round, until, now);
	if (list && now >= lw_map_load(&h->rights_until))
		return false;
	if (round != lw_map_load(&h->round))
		return false;
	if (until == LW_MAP_FOLLOWED)
		until = lw_map_load(list ? &h->fresh_rights_until
					 : &h->fresh_until);
	return now < until;
}

/* Inside: the first offset of a chain. */
static inline uint32_t lw_map_chain(const struct lw_map *m, uint32_t table,
				    uint32_t slot)
{
	const _Atomic uint32_t *p = (const void *)(m->base + table);

	return lw_map_load(p + slot);
}

/* Inside: r is as long as key, and whole. */
static inline bool lw_map_same_words(const struct lw_map_record *r,
				     const struct lw_map_key *key)
{
	for (uint32_t i = 0; 8 * i < key->n; i++) {
		if (r->words[i] != key->words[i])
			return false;
	}
	return true;
}

/* Inside: false: not there, or not to be found. */
static inline bool lw_map_find_key(const struct lw_map *m,
				   enum lw_map_kind kind,
				   const struct lw_map_key *key,
				   struct lw_map_view *ret)
{
	uint32_t hash = (uint32_t)(key->hash >> 32);
	uint32_t next = lw_map_chain(m, m->by_key_at,
				     (uint32_t)key->hash & m->by_key_mask);

	for (int i = 0; i < LW_MAP_STEPS && next; i++) {
		const struct lw_map_record *r = lw_map_record_at(m, next);

		if (!r)
			return false;
		if (r->key_hash == hash && r->kind == kind &&
		    r->key_n == key->n &&
		    lw_map_is_whole(m, r, kind, key->n, ret) &&
		    lw_map_same_words(r, key))
			return true;
		next = lw_map_load(&r->next_by_key);
	}
	return false;
}

static inline bool lw_map_find_id(const struct lw_map *m, enum lw_map_kind kind,
				  const struct lw_map_key *key,
				  struct lw_map_view *ret)
{
	uint32_t next = lw_map_chain(m, m->by_id_at,
				     (uint32_t)key->hash & m->by_id_mask);

	for (int i = 0; i < LW_MAP_STEPS && next; i++) {
		const struct lw_map_record *r = lw_map_record_at(m, next);

		if (!r)
			return false;
		if (r->id == key->words[0] && r->kind == kind &&
		    lw_map_is_whole(m, r, kind, LW_MAP_ONCE(r->key_n), ret))
			return true;
		next = lw_map_load(&r->next_by_id);
	}
	return false;
}

/* Inside: whether nobody is known to have that key. */
bool lw_map_missed(const struct lw_map *m, uint32_t kind,
		   const struct lw_map_key *key, uint32_t now);
/* Inside: whether who has no list of groups is known to be no user. */
bool lw_map_no_user(const struct lw_map *m, const char *typed, uint32_t now);

/*
 * What the map says. now: lw_map_now(). LW_OK: ret is borrowed as long as the
 * map is. LW_NOTFOUND: the
 * directory has no such name or id. LW_NOTOURS: it cannot have. LW_OFFLINE: the
 * map has no word on it.
 */
static inline __attribute__((always_inline)) enum lw_err lw_map_by_name(
	const struct lw_map *m, enum lw_map_kind kind, const char *typed,
	enum lw_map_trust trust, uint32_t now, struct lw_map_view *ret)
{
	lw_unset struct lw_map_key key;
	enum lw_err e = lw_map_key_typed(&m->names, kind, typed, &key);

	if (e != LW_OK)
		return e;
	if (lw_map_find_key(m, kind, &key, ret) &&
	    (!key.bare || LW_MAP_ONCE(ret->r->bare)))
		return lw_map_believed(m, ret->r, kind, trust, now)
			       ? LW_OK
			       : LW_OFFLINE;
	if (kind == LW_MAP_GROUPS_OF)
		return lw_map_no_user(m, typed, now) ? LW_NOTFOUND : LW_OFFLINE;
	return lw_map_missed(m, kind, &key, now) ? LW_NOTFOUND : LW_OFFLINE;
}

static inline __attribute__((always_inline)) enum lw_err lw_map_by_id(
	const struct lw_map *m, enum lw_map_kind kind, uint32_t id,
	enum lw_map_trust trust, uint32_t now, struct lw_map_view *ret)
{
	lw_unset struct lw_map_key key;

	if (!lw_id_ours(&m->ids, id))
		return LW_NOTOURS;
	lw_map_key_id(m->names.seed, kind | LW_MAP_BY_ID, id, &key);
	if (lw_map_find_id(m, kind, &key, ret))
		return lw_map_believed(m, ret->r, kind, trust, now)
			       ? LW_OK
			       : LW_OFFLINE;
	return lw_map_missed(m, kind | LW_MAP_BY_ID, &key, now) ? LW_NOTFOUND
								: LW_OFFLINE;
}

#endif
