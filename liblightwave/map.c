/* map.c - whether that is a map, and its misses. Any process; libc only. */
#include "map_find.h"

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
	    !at(&m, m.records_at, sizeof(struct lw_map_record)) ||
	    !names_fit(h, &m))
		return LW_PROTO;
	m.records_span =
		m.size - m.records_at - (uint32_t)sizeof(struct lw_map_record);
	*ret = m;
	return LW_OK;
}

uint32_t lw_map_miss_slot(uint64_t hash, uint32_t mask)
{
	return (uint32_t)(hash >> 16) & mask & ~(LW_MAP_MISS_WAYS - 1u);
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

bool lw_map_missed(const struct lw_map *m, uint32_t kind,
		   const struct lw_map_key *key, uint32_t now)
{
	const struct lw_map_miss *s = (const void *)(m->base + m->misses_at);

	if (key->bare)
		kind |= LW_MAP_BARE;
	if (key->n > LW_MAP_MISS_WORDS * 8)
		return false;
	s += lw_map_miss_slot(key->hash, m->misses_mask);
	for (int i = 0; i < LW_MAP_MISS_WAYS; i++) {
		if (is_miss(s + i, kind, key, now))
			return true;
	}
	return false;
}

bool lw_map_no_user(const struct lw_map *m, const char *typed, uint32_t now)
{
	struct lw_map_key key = { .n = 0 };

	return lw_map_key_typed(&m->names, LW_MAP_USER, typed, &key) == LW_OK &&
	       lw_map_missed(m, LW_MAP_USER, &key, now);
}
