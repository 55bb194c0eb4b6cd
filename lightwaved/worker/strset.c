/* strset.c - strings, each once, in order. A worker process; pure. */
#include "strset.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#define FIRST_SLOTS 64

void lw_strset_done(struct lw_strset *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i]);
	free(s->v);
	free(s->slots);
	*s = (struct lw_strset) { 0 };
}

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* FNV-1a, seeded: users choose some of what is kept here. */
static uint32_t hash(const struct lw_strset *s, struct lw_str str)
{
	uint32_t h = 2166136261u ^ s->seed;

	for (size_t i = 0; i < str.n; i++)
		h = (h ^ lower(str.s[i])) * 16777619u;
	return h ^ h >> 15;
}

static bool same(const char *a, struct lw_str b)
{
	return strlen(a) == b.n && !strncasecmp(a, b.s, b.n);
}

/* The slot where str is, or where it would be put. */
static uint32_t *find(const struct lw_strset *s, struct lw_str str)
{
	size_t i = hash(s, str) & (s->slot_count - 1);

	while (s->slots[i] && !same(s->v[s->slots[i] - 1], str))
		i = (i + 1) & (s->slot_count - 1);
	return &s->slots[i];
}

static enum lw_err more_slots(struct lw_strset *s)
{
	size_t count = s->slot_count ? s->slot_count * 2 : FIRST_SLOTS;
	uint32_t *slots = calloc(count, sizeof(*slots));

	if (!slots)
		return LW_NOMEM;
	if (!s->slot_count &&
	    getrandom(&s->seed, sizeof(s->seed), GRND_NONBLOCK) < 0)
		s->seed = 0;
	free(s->slots);
	s->slots = slots;
	s->slot_count = count;
	for (size_t i = 0; i < s->n; i++)
		*find(s, lw_str(s->v[i])) = (uint32_t)i + 1;
	return LW_OK;
}

static enum lw_err more_room(struct lw_strset *s)
{
	size_t room = s->room ? s->room * 2 : FIRST_SLOTS;
	char **v = reallocarray(s->v, room, sizeof(*v));

	if (!v)
		return LW_NOMEM;
	s->v = v;
	s->room = room;
	return LW_OK;
}

enum lw_err lw_strset_add(struct lw_strset *s, struct lw_str str)
{
	uint32_t *slot;

	if (s->n * 2 >= s->slot_count && more_slots(s) != LW_OK)
		return LW_NOMEM;
	slot = find(s, str);
	if (*slot)
		return LW_RANGE;
	if (s->n == s->room && more_room(s) != LW_OK)
		return LW_NOMEM;
	s->v[s->n] = lw_str_dup(str);
	if (!s->v[s->n])
		return LW_NOMEM;
	*slot = (uint32_t)++s->n;
	return LW_OK;
}

bool lw_strset_has(const struct lw_strset *s, struct lw_str str)
{
	return s->n > 0 && *find(s, str) != 0;
}
