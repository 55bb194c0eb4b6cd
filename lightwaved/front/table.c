/* table.c - a bounded map. The front; pure. */
#include "table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct lw_table_entry {
	struct lw_hash_link by_key;
	TAILQ_ENTRY(lw_table_entry) link;
	void *value;
	char key[];
};

#define ENTRY(l)                                                               \
	((struct lw_table_entry *)((char *)(l)-offsetof(struct lw_table_entry, \
							by_key)))

void lw_table_init(struct lw_table *t, size_t max, void (*free_value)(void *))
{
	*t = (struct lw_table) { .max = max, .free_value = free_value };
	TAILQ_INIT(&t->order);
}

static struct lw_table_entry *find(const struct lw_table *t, const char *key)
{
	struct lw_hash_link *l;

	if (t->count == 0)
		return NULL;
	l = lw_hash_first(&t->by_key, lw_hash_of(key, strlen(key)));
	while (l && strcmp(ENTRY(l)->key, key) != 0)
		l = lw_hash_next(l);
	return l ? ENTRY(l) : NULL;
}

static void destroy(struct lw_table *t, struct lw_table_entry *e)
{
	lw_hash_drop(&t->by_key, &e->by_key);
	TAILQ_REMOVE(&t->order, e, link);
	t->count--;
	t->free_value(e->value);
	free(e);
}

void lw_table_clear(struct lw_table *t)
{
	while (!TAILQ_EMPTY(&t->order))
		destroy(t, TAILQ_FIRST(&t->order));
	lw_hash_done(&t->by_key);
}

void *lw_table_get(const struct lw_table *t, const char *key)
{
	struct lw_table_entry *e = find(t, key);

	return e ? e->value : NULL;
}

static struct lw_table_entry *add(struct lw_table *t, const char *key)
{
	size_t n = strlen(key);
	struct lw_table_entry *e;

	if (!t->by_key.bucket && lw_hash_init(&t->by_key) != LW_OK)
		return NULL;
	e = malloc(sizeof(*e) + n + 1);
	if (!e)
		return NULL;
	memcpy(e->key, key, n + 1);
	lw_hash_add(&t->by_key, &e->by_key, lw_hash_of(key, n));
	t->count++;
	return e;
}

enum lw_err lw_table_put(struct lw_table *t, const char *key, void *value)
{
	struct lw_table_entry *e = find(t, key);

	if (e) {
		TAILQ_REMOVE(&t->order, e, link);
		if (e->value != value)
			t->free_value(e->value);
	} else {
		e = add(t, key);
		if (!e) {
			t->free_value(value);
			return LW_NOMEM;
		}
	}
	e->value = value;
	TAILQ_INSERT_TAIL(&t->order, e, link);
	while (t->count > t->max)
		destroy(t, TAILQ_FIRST(&t->order));
	return LW_OK;
}

void lw_table_each(const struct lw_table *t, void (*fn)(void *value, void *arg),
		   void *arg)
{
	const struct lw_table_entry *e;

	TAILQ_FOREACH (e, &t->order, link)
		fn(e->value, arg);
}

void lw_table_drop(struct lw_table *t, const char *key)
{
	struct lw_table_entry *e = find(t, key);

	if (e)
		destroy(t, e);
}

const char *lw_table_first(const struct lw_table *t)
{
	return TAILQ_EMPTY(&t->order) ? NULL : TAILQ_FIRST(&t->order)->key;
}

void lw_table_keys(const struct lw_table *t,
		   void (*fn)(void *arg, const char *key), void *arg)
{
	const struct lw_table_entry *e;

	TAILQ_FOREACH (e, &t->order, link)
		fn(arg, e->key);
}
