/* map.c - read the map. Any process; libc only; no lock and no system call. */
#include "map.h"

#include <string.h>
#include <time.h>

/* Aligned, and n bytes of it are there. */
static const void *at(const struct lw_map *m, uint32_t offset, size_t n)
{
	if (offset % 8 != 0 || offset > m->size || n > m->size - offset)
		return NULL;
	return m->base + offset;
}

static bool table_fits(const struct lw_map *m, uint32_t offset, uint32_t n,
		       size_t item)
{
	return n > 0 && (n & (n - 1)) == 0 && n <= m->size / item &&
	       offset >= sizeof(struct lw_map_head) && at(m, offset, n * item);
}

static bool names_fit(const struct lw_map_head *h, struct lw_map *m)
{
	m->names = (struct lw_map_names) {
		.seed = h->seed,
		.domain = h->domain,
		.netbios = h->netbios,
		.domain_n = h->domain_n,
		.netbios_n = h->netbios_n,
		.bare = h->bare,
	};
	m->ids = (struct lw_idmap) {
		.domain_sid = "",
		.well_known_base = h->well_known_base,
		.legacy_sids = h->legacy_sids,
	};
	return h->domain_n > 0;
}

enum lw_err lw_map_check(const void *base, size_t size, struct lw_map *ret)
{
	const struct lw_map_head *h = base;
	struct lw_map m = { .base = base };

	if (size < sizeof(*h) || size > LW_MAP_SIZE_MAX ||
	    h->magic != LW_MAP_MAGIC || h->version != LW_MAP_VERSION ||
	    h->size != size)
		return LW_PROTO;
	m.size = (uint32_t)size;
	m.by_key_at = h->by_key_at;
	m.by_key_mask = h->by_key_n - 1;
	m.by_id_at = h->by_id_at;
	m.by_id_mask = h->by_id_n - 1;
	m.misses_at = h->misses_at;
	m.misses_mask = h->misses_n - 1;
	m.records_at = h->records_at;
	if (!table_fits(&m, m.by_key_at, m.by_key_mask + 1, 4) ||
	    !table_fits(&m, m.by_id_at, m.by_id_mask + 1, 4) ||
	    !table_fits(&m, m.misses_at, m.misses_mask + 1,
			sizeof(struct lw_map_miss)) ||
	    m.misses_mask + 1 < LW_MAP_MISS_WAYS || m.records_at < sizeof(*h) ||
	    !names_fit(h, &m))
		return LW_PROTO;
	*ret = m;
	return LW_OK;
}

static const struct lw_map_head *head(const struct lw_map *m)
{
	return (const void *)m->base;
}

bool lw_map_retired(const struct lw_map *m)
{
	return atomic_load_explicit(&head(m)->retired, memory_order_acquire);
}

bool lw_map_orphaned(const struct lw_map *m, uint32_t now)
{
	return now >= atomic_load_explicit(&head(m)->alive_until,
					   memory_order_relaxed);
}

uint32_t lw_map_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint32_t)ts.tv_sec;
}

/* NULL: nothing there, or nothing that could be a record. */
static const struct lw_map_record *record(const struct lw_map *m,
					  uint32_t offset)
{
	const struct lw_map_record *r;
	uint64_t need;

	if (offset < m->records_at)
		return NULL;
	r = at(m, offset, sizeof(*r));
	if (!r || r->size < sizeof(*r) || !at(m, offset, r->size) ||
	    r->key_n > LW_MAP_KEY_MAX)
		return NULL;
	need = sizeof(*r) + UINT64_C(8) * LW_MAP_WORDS(r->key_n) + r->text_n;
	if (r->kind == LW_MAP_GROUPS_OF)
		need += UINT64_C(4) * r->count;
	return need <= r->size ? r : NULL;
}

static bool believed(const struct lw_map *m, const struct lw_map_record *r,
		     enum lw_map_trust trust, uint32_t now)
{
	const struct lw_map_head *h = head(m);
	uint32_t until = atomic_load_explicit(&r->until, memory_order_acquire);
	bool list = r->kind == LW_MAP_GROUPS_OF || r->kind == LW_MAP_MEMBERS;

	if (until == LW_MAP_DEAD)
		return false;
	if (trust == LW_MAP_STALE)
		return now < atomic_load_explicit(list ? &h->rights_until
						       : &h->stale_until,
						  memory_order_acquire);
	if (atomic_load_explicit(&r->round, memory_order_acquire) !=
	    atomic_load_explicit(&h->round, memory_order_acquire))
		return false;
	if (list &&
	    now >= atomic_load_explicit(&h->rights_until, memory_order_acquire))
		return false;
	if (until == LW_MAP_FOLLOWED)
		until = atomic_load_explicit(&h->fresh_until,
					     memory_order_acquire);
	return now < until;
}

static uint32_t bucket(const struct lw_map *m, uint32_t table, uint32_t slot)
{
	const _Atomic uint32_t *p = (const void *)(m->base + table);

	return atomic_load_explicit(p + slot, memory_order_acquire);
}

static bool has_key(const struct lw_map_record *r, enum lw_map_kind kind,
		    const struct lw_map_key *key)
{
	if (r->key_hash != (uint32_t)(key->hash >> 32) || r->kind != kind ||
	    r->key_n != key->n)
		return false;
	for (uint32_t i = 0; i < LW_MAP_WORDS(key->n); i++) {
		if (r->words[i] != key->words[i])
			return false;
	}
	return true;
}

static const struct lw_map_record *find_key(const struct lw_map *m,
					    enum lw_map_kind kind,
					    const struct lw_map_key *key)
{
	uint32_t next =
		bucket(m, m->by_key_at, (uint32_t)key->hash & m->by_key_mask);

	for (int i = 0; i < LW_MAP_STEPS && next; i++) {
		const struct lw_map_record *r = record(m, next);

		if (!r || has_key(r, kind, key))
			return r;
		next = atomic_load_explicit(&r->next_by_key,
					    memory_order_acquire);
	}
	return NULL;
}

static const struct lw_map_record *find_id(const struct lw_map *m,
					   enum lw_map_kind kind,
					   const struct lw_map_key *key)
{
	uint32_t next =
		bucket(m, m->by_id_at, (uint32_t)key->hash & m->by_id_mask);

	for (int i = 0; i < LW_MAP_STEPS && next; i++) {
		const struct lw_map_record *r = record(m, next);

		if (!r || (r->kind == kind && r->id == key->words[0]))
			return r;
		next = atomic_load_explicit(&r->next_by_id,
					    memory_order_acquire);
	}
	return NULL;
}

/* Its number was even and stayed the same: all of it was of one question. */
static bool is_miss(const struct lw_map_miss *s, uint32_t kind,
		    const struct lw_map_key *key, uint32_t now)
{
	uint32_t seq = atomic_load_explicit(&s->seq, memory_order_acquire);
	bool same = seq % 2 == 0 &&
		    atomic_load_explicit(&s->what, memory_order_relaxed) ==
			    ((uint64_t)kind << 8 | key->n) &&
		    now < atomic_load_explicit(&s->until, memory_order_relaxed);

	for (uint32_t i = 0; same && i < LW_MAP_WORDS(key->n); i++)
		same = atomic_load_explicit(&s->words[i],
					    memory_order_relaxed) ==
		       key->words[i];
	atomic_thread_fence(memory_order_acquire);
	return same &&
	       atomic_load_explicit(&s->seq, memory_order_relaxed) == seq;
}

static bool missed(const struct lw_map *m, uint32_t kind,
		   const struct lw_map_key *key, uint32_t now)
{
	const struct lw_map_miss *s = (const void *)(m->base + m->misses_at);

	if (key->n > LW_MAP_MISS_WORDS * 8)
		return false;
	s += lw_map_miss_slot(key->hash, m->misses_mask);
	for (int i = 0; i < LW_MAP_MISS_WAYS; i++) {
		if (is_miss(s + i, kind, key, now))
			return true;
	}
	return false;
}

uint32_t lw_map_miss_slot(uint64_t hash, uint32_t mask)
{
	return (uint32_t)(hash >> 16) & mask & ~(LW_MAP_MISS_WAYS - 1u);
}

/* Nobody is in a group list who is no user. */
static enum lw_map_kind missed_as(enum lw_map_kind kind)
{
	return kind == LW_MAP_GROUPS_OF ? LW_MAP_USER : kind;
}

static enum lw_err judge(const struct lw_map *m, const struct lw_map_record *r,
			 enum lw_map_trust trust, uint32_t now,
			 const struct lw_map_record **ret)
{
	if (!believed(m, r, trust, now))
		return LW_OFFLINE;
	*ret = r;
	return LW_OK;
}

enum lw_err lw_map_by_name(const struct lw_map *m, enum lw_map_kind kind,
			   const char *typed, enum lw_map_trust trust,
			   uint32_t now, const struct lw_map_record **ret)
{
	const struct lw_map_record *r;
	struct lw_map_key key;
	enum lw_err e = lw_map_key_typed(&m->names, kind, typed, &key);

	if (e != LW_OK)
		return e;
	r = find_key(m, kind, &key);
	if (r)
		return judge(m, r, trust, now, ret);
	if (kind == LW_MAP_GROUPS_OF)
		lw_map_key_typed(&m->names, missed_as(kind), typed, &key);
	return missed(m, missed_as(kind), &key, now) ? LW_NOTFOUND : LW_OFFLINE;
}

enum lw_err lw_map_by_id(const struct lw_map *m, enum lw_map_kind kind,
			 uint32_t id, enum lw_map_trust trust, uint32_t now,
			 const struct lw_map_record **ret)
{
	const struct lw_map_record *r;
	struct lw_map_key key;

	if (!lw_id_ours(&m->ids, id))
		return LW_NOTOURS;
	lw_map_key_id(m->names.seed, kind | LW_MAP_BY_ID, id, &key);
	r = find_id(m, kind, &key);
	if (r)
		return judge(m, r, trust, now, ret);
	return missed(m, kind | LW_MAP_BY_ID, &key, now) ? LW_NOTFOUND
							 : LW_OFFLINE;
}
