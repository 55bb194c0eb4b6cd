/* map_miss.c - questions without an answer, in the map. The front. */
#include "map_parts.h"

static bool is_of(const struct lw_map_miss *s, uint64_t what,
		  const struct lw_map_key *key)
{
	if (s->what != what)
		return false;
	for (uint32_t i = 0; i < LW_MAP_WORDS(key->n); i++) {
		if (s->words[i] != key->words[i])
			return false;
	}
	return true;
}

/* Its own, or of the four that which ends first. */
static struct lw_map_miss *slot_for(const struct lw_map_file *f, uint64_t what,
				    const struct lw_map_key *key)
{
	struct lw_map_miss *s = lw_map_file_misses(f), *ret;

	s += lw_map_miss_slot(key->hash, LW_MAP_MISSES - 1);
	ret = s;
	for (int i = 0; i < LW_MAP_MISS_WAYS; i++) {
		if (is_of(s + i, what, key))
			return s + i;
		if (s[i].until < ret->until)
			ret = s + i;
	}
	return ret;
}

/*
 * A reader that sees one of the words of another question sees another number
 * too: the odd one before them, or the next even one after.
 */
static void write_miss(struct lw_map_miss *s, uint64_t what,
		       const struct lw_map_key *key, uint32_t until)
{
	uint32_t seq = s->seq | 1;

	atomic_store_explicit(&s->seq, seq, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	atomic_store_explicit(&s->what, what, memory_order_relaxed);
	atomic_store_explicit(&s->until, until, memory_order_relaxed);
	for (uint32_t i = 0; i < LW_MAP_WORDS(key->n); i++)
		atomic_store_explicit(&s->words[i], key->words[i],
				      memory_order_relaxed);
	atomic_store_explicit(&s->seq, seq + 1, memory_order_release);
}

static void miss(struct lw_map_file *f, uint32_t kind,
		 const struct lw_map_key *key, uint32_t until)
{
	uint64_t what = (uint64_t)kind << 8 | key->n;

	if (key->n <= LW_MAP_MISS_WORDS * 8)
		write_miss(slot_for(f, what, key), what, key, until);
}

void lw_map_file_miss(struct lw_map_file *f, enum lw_map_kind kind,
		      struct lw_str account, bool bare, uint32_t until)
{
	struct lw_map_key key;

	if (lw_map_key(lw_map_file_head(f)->seed, kind, account.s, account.n,
		       &key))
		miss(f, kind | (bare ? LW_MAP_BARE : 0), &key, until);
}

void lw_map_file_miss_id(struct lw_map_file *f, enum lw_map_kind kind,
			 uint32_t id, uint32_t until)
{
	struct lw_map_key key;

	lw_map_key_id(lw_map_file_head(f)->seed, kind | LW_MAP_BY_ID, id, &key);
	miss(f, kind | LW_MAP_BY_ID, &key, until);
}

static void end_miss(struct lw_map_file *f, uint32_t kind,
		     const struct lw_map_key *key)
{
	uint64_t what = (uint64_t)kind << 8 | key->n;
	struct lw_map_miss *s = lw_map_file_misses(f);

	s += lw_map_miss_slot(key->hash, LW_MAP_MISSES - 1);
	for (int i = 0; i < LW_MAP_MISS_WAYS; i++) {
		if (is_of(s + i, what, key))
			atomic_store_explicit(&s[i].until, 0,
					      memory_order_release);
	}
}

void lw_map_file_found(struct lw_map_file *f, enum lw_map_kind kind,
		       struct lw_str account, bool bare)
{
	struct lw_map_key key;

	/* Who has no groups is known by having no record as a user. */
	if (kind == LW_MAP_GROUPS_OF)
		kind = LW_MAP_USER;
	if (!lw_map_file_key_of(f, kind, account, &key))
		return;
	end_miss(f, kind, &key);
	if (bare)
		end_miss(f, kind | LW_MAP_BARE, &key);
}

void lw_map_file_found_id(struct lw_map_file *f, enum lw_map_kind kind,
			  uint32_t id)
{
	struct lw_map_key key;

	lw_map_file_id_key_of(f, kind, id, &key);
	end_miss(f, kind | LW_MAP_BY_ID, &key);
}

void lw_map_file_forget_misses(struct lw_map_file *f)
{
	struct lw_map_miss *s = lw_map_file_misses(f);

	for (uint32_t i = 0; i < LW_MAP_MISSES; i++)
		atomic_store_explicit(&s[i].until, 0, memory_order_release);
}
