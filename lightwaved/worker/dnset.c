/* dnset.c - which DNs were met. A worker process; pure. */
#include "dnset.h"

#include "cleanup.h"
#include "dn.h"

#include <stdlib.h>
#include <sys/random.h>

#define FIRST_ROOM 64

void lw_dnset_done(struct lw_dnset *s)
{
	free(s->items);
	*s = (struct lw_dnset) { 0 };
}

static uint64_t mix(uint64_t h)
{
	h ^= h >> 33;
	h *= 0xFF51AFD7ED558CCDu;
	h ^= h >> 33;
	h *= 0xC4CEB9FE1A85EC53u;
	return h ^ h >> 33;
}

static uint64_t hash_of(struct lw_str dn)
{
	static uint64_t key[2];
	uint64_t h;

	if (!key[0] && getrandom(key, sizeof(key), GRND_NONBLOCK) < 0)
		key[0] = 1; /* no hash is without one for long */
	h = key[0] ^ dn.n;
	for (size_t i = 0; i < dn.n; i++) {
		unsigned char c = (unsigned char)dn.s[i];

		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c + ('a' - 'A'));
		h = mix((h ^ c) + key[1]);
	}
	return h ? h : 1;
}

uint64_t lw_dn_hash(struct lw_str dn)
{
	lw_cleanup(lw_dn_done) struct lw_dn one = { .own = NULL };

	/* What is no DN is at least equal to itself. */
	return hash_of(lw_dn_read(dn, &one) == LW_OK ? one.s : dn);
}

static struct lw_dnset_item *slot(struct lw_dnset_item *items, size_t room,
				  uint64_t hash)
{
	size_t i = hash & (room - 1);

	while (items[i].hash && items[i].hash != hash)
		i = (i + 1) & (room - 1);
	return &items[i];
}

static enum lw_err more_room(struct lw_dnset *s)
{
	size_t room = s->room ? s->room * 2 : FIRST_ROOM;
	struct lw_dnset_item *items = calloc(room, sizeof(*items));

	if (!items)
		return LW_NOMEM;
	for (size_t i = 0; i < s->room; i++) {
		if (s->items[i].hash)
			*slot(items, room, s->items[i].hash) = s->items[i];
	}
	free(s->items);
	s->items = items;
	s->room = room;
	return LW_OK;
}

enum lw_err lw_dnset_add(struct lw_dnset *s, uint64_t hash, uint64_t number)
{
	struct lw_dnset_item *at;
	bool known;

	if (s->n * 4 >= s->room * 3 && more_room(s) != LW_OK)
		return LW_NOMEM;
	at = slot(s->items, s->room, hash);
	known = at->hash != 0;
	*at = (struct lw_dnset_item) { hash, number };
	s->n += !known;
	return known ? LW_RANGE : LW_OK;
}

const struct lw_dnset_item *lw_dnset_find(const struct lw_dnset *s,
					  uint64_t hash)
{
	const struct lw_dnset_item *at =
		s->room ? slot(s->items, s->room, hash) : NULL;

	return at && at->hash ? at : NULL;
}

uint64_t lw_dnset_highest(const struct lw_dnset *s, uint64_t most)
{
	uint64_t highest = 0;

	for (size_t i = 0; i < s->room; i++) {
		const struct lw_dnset_item *it = &s->items[i];

		if (it->hash && it->number <= most && it->number > highest)
			highest = it->number;
	}
	return highest;
}
