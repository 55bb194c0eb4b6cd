/* hash.c - an intrusive hash table. The front; pure but for its key. */
#include "hash.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define FIRST_SIZE 64

static uint64_t key[2];
static bool have_key;

enum lw_err lw_hash_init(struct lw_hash *h)
{
	*h = (struct lw_hash) { .size = FIRST_SIZE };
	if (!have_key && getrandom(key, sizeof(key), 0) != (ssize_t)sizeof(key))
		return LW_NOMEM;
	have_key = true;
	h->bucket = calloc(h->size, sizeof(struct lw_hash_link *));
	return h->bucket ? LW_OK : LW_NOMEM;
}

void lw_hash_done(struct lw_hash *h)
{
	free(h->bucket);
	*h = (struct lw_hash) { 0 };
}

static uint64_t turn(uint64_t v, int by)
{
	return v << by | v >> (64 - by);
}

static void round_of(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = turn(v[1], 13) ^ v[0];
	v[0] = turn(v[0], 32);
	v[2] += v[3];
	v[3] = turn(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = turn(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = turn(v[1], 17) ^ v[2];
	v[2] = turn(v[2], 32);
}

static void mix(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	round_of(v);
	v[0] ^= word;
}

/* https://www.aumasson.jp/siphash/siphash.pdf, one round a word, three last */
uint64_t lw_hash_of(const void *p, size_t n)
{
	uint64_t v[4] = { key[0] ^ UINT64_C(0x736f6d6570736575),
			  key[1] ^ UINT64_C(0x646f72616e646f6d),
			  key[0] ^ UINT64_C(0x6c7967656e657261),
			  key[1] ^ UINT64_C(0x7465646279746573) };
	const uint8_t *b = p;
	uint64_t word = 0;
	size_t i;

	for (i = 0; i + 8 <= n; i += 8) {
		memcpy(&word, b + i, 8);
		mix(v, word);
	}
	word = (uint64_t)n << 56;
	for (size_t k = 0; i + k < n; k++)
		word |= (uint64_t)b[i + k] << (8 * k);
	mix(v, word);
	v[2] ^= 0xff;
	for (i = 0; i < 3; i++)
		round_of(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static void put(struct lw_hash *h, struct lw_hash_link *l)
{
	struct lw_hash_link **b = &h->bucket[l->hash & (h->size - 1)];

	l->next = *b;
	*b = l;
}

/* Without memory for more buckets the chains grow, and nothing is lost. */
static void grow(struct lw_hash *h)
{
	struct lw_hash_link **old = h->bucket;
	size_t old_size = h->size;
	struct lw_hash_link **bucket =
		calloc(2 * old_size, sizeof(struct lw_hash_link *));

	if (!bucket)
		return;
	h->bucket = bucket;
	h->size = 2 * old_size;
	for (size_t i = 0; i < old_size; i++) {
		struct lw_hash_link *l = old[i], *next;

		for (; l; l = next) {
			next = l->next;
			put(h, l);
		}
	}
	free(old);
}

void lw_hash_add(struct lw_hash *h, struct lw_hash_link *l, uint64_t hash)
{
	l->hash = hash;
	if (++h->count > h->size)
		grow(h);
	put(h, l);
}

void lw_hash_drop(struct lw_hash *h, struct lw_hash_link *l)
{
	struct lw_hash_link **p = &h->bucket[l->hash & (h->size - 1)];

	while (*p && *p != l)
		p = &(*p)->next;
	if (!*p)
		return;
	*p = l->next;
	h->count--;
}

static struct lw_hash_link *same(struct lw_hash_link *l, uint64_t hash)
{
	while (l && l->hash != hash)
		l = l->next;
	return l;
}

struct lw_hash_link *lw_hash_first(const struct lw_hash *h, uint64_t hash)
{
	return same(h->bucket[hash & (h->size - 1)], hash);
}

struct lw_hash_link *lw_hash_next(const struct lw_hash_link *l)
{
	return same(l->next, l->hash);
}
