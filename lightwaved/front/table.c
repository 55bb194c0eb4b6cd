/* table.c - a bounded map. The front; pure. */
#include "table.h"

#include <search.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct lw_table_entry {
	TAILQ_ENTRY(lw_table_entry) link;
	void *value;
	char *key;
};

void lw_table_init(struct lw_table *t, size_t max, void (*free_value)(void *))
{
	*t = (struct lw_table) { .max = max, .free_value = free_value };
	TAILQ_INIT(&t->order);
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct lw_table_entry *)a)->key,
		      ((const struct lw_table_entry *)b)->key);
}

static struct lw_table_entry *find(const struct lw_table *t, const char *key)
{
	struct lw_table_entry probe = { .key = (char *)(uintptr_t)key };
	void *node = tfind(&probe, &t->root, compare);

	return node ? *(struct lw_table_entry **)node : NULL;
}

static void destroy(struct lw_table *t, struct lw_table_entry *e)
{
	tdelete(e, &t->root, compare);
	TAILQ_REMOVE(&t->order, e, link);
	t->count--;
	t->free_value(e->value);
	free(e->key);
	free(e);
}

void lw_table_clear(struct lw_table *t)
{
	while (!TAILQ_EMPTY(&t->order))
		destroy(t, TAILQ_FIRST(&t->order));
}

void *lw_table_get(const struct lw_table *t, const char *key)
{
	struct lw_table_entry *e = find(t, key);

	return e ? e->value : NULL;
}

static struct lw_table_entry *add(struct lw_table *t, const char *key)
{
	struct lw_table_entry *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->key = strdup(key);
	if (!e->key || !tsearch(e, &t->root, compare)) {
		free(e->key);
		free(e);
		return NULL;
	}
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
