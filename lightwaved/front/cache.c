/* cache.c - what the front knows. The front; pure. */
#include "cache.h"

#include "cleanup.h"

#include <string.h>

#define MAX_OBJECTS 200000
#define MAX_MISSES  4096
#define MAX_LISTS   20000
#define MAX_CHANGED 20000 /* within revocation_max */
#define MAX_DOUBTED 20000

#define KEY_MAX (LW_NAME_MAX + 2)

bool lw_ids_have(const struct lw_ids *ids, uint32_t id)
{
	for (size_t i = 0; i < ids->n; i++) {
		if (ids->id[i] == id)
			return true;
	}
	return false;
}

void lw_cache_init(struct lw_cache *c)
{
	*c = (struct lw_cache) { 0 };
	lw_table_init(&c->objects, MAX_OBJECTS, lw_object_free);
	lw_table_init(&c->names, MAX_OBJECTS, free);
	lw_table_init(&c->misses, MAX_MISSES, free);
	lw_table_init(&c->claimed, MAX_MISSES, free);
	lw_table_init(&c->groups_of, MAX_LISTS, free);
	lw_table_init(&c->members_of, MAX_LISTS, free);
	lw_table_init(&c->changed, MAX_CHANGED, free);
	lw_table_init(&c->doubted, MAX_DOUBTED, free);
	lw_table_init(&c->accepted, MAX_OBJECTS, free);
}

void lw_cache_clear(struct lw_cache *c)
{
	lw_table_clear(&c->objects);
	lw_table_clear(&c->names);
	lw_table_clear(&c->changed);
	lw_table_clear(&c->accepted);
	lw_table_clear(&c->misses);
	lw_table_clear(&c->claimed);
	lw_table_clear(&c->groups_of);
	lw_table_clear(&c->members_of);
	lw_table_clear(&c->doubted);
}

static void tell(const struct lw_cache *c, char table, const char *key)
{
	if (c->changed_fn)
		c->changed_fn(c->changed_arg, table, key);
}

void lw_cache_forget(struct lw_cache *c)
{
	tell(c, LW_CACHE_OBJECTS, NULL);
	/* A name whose object is gone is unknown, but still pinned. */
	lw_table_clear(&c->objects);
	lw_table_clear(&c->misses);
	lw_table_clear(&c->claimed);
	lw_table_clear(&c->groups_of);
	lw_table_clear(&c->members_of);
	lw_table_clear(&c->doubted);
}

/* No account is all digits, so that a name's key is never an id's. */
static const char *id_key(char *buf, enum lw_kind kind, uint32_t id)
{
	snprintf(buf, KEY_MAX, "%c%u", kind == LW_KIND_USER ? 'u' : 'g', id);
	return buf;
}

static const char *name_key(char *buf, enum lw_kind kind, const char *account)
{
	snprintf(buf, KEY_MAX, "%c%s", kind == LW_KIND_USER ? 'u' : 'g',
		 account);
	return buf;
}

const struct lw_object *lw_cache_by_id(const struct lw_cache *c,
				       enum lw_kind kind, uint32_t id)
{
	char key[KEY_MAX];

	return lw_table_get(&c->objects, id_key(key, kind, id));
}

const struct lw_object *lw_cache_by_name(const struct lw_cache *c,
					 enum lw_kind kind, const char *account,
					 int64_t *ret_at)
{
	char key[KEY_MAX];
	const struct lw_owned_name *n;
	const struct lw_object *o;

	n = lw_table_get(&c->names, name_key(key, kind, account));
	if (!n)
		return NULL;
	o = lw_cache_by_id(c, kind, n->id);
	if (!o)
		return NULL;
	/* Said of what it was before it was doubted, or of both. */
	if (n->at_ms < o->since_ms)
		*ret_at = LW_STALE;
	else
		*ret_at = o->at_ms < n->at_ms ? o->at_ms : n->at_ms;
	return o;
}

void lw_cache_doubt(struct lw_cache *c, enum lw_kind kind, uint32_t id)
{
	char key[KEY_MAX];
	struct lw_object *o;

	id_key(key, kind, id);
	o = lw_table_get(&c->objects, key);
	if (o) {
		o->at_ms = LW_STALE;
		tell(c, LW_CACHE_OBJECTS, key);
	}
	lw_table_drop(&c->misses, key);
}

void lw_cache_doubt_name(struct lw_cache *c, enum lw_kind kind,
			 const char *account)
{
	char key[KEY_MAX];
	struct lw_owned_name *n;

	name_key(key, kind, account);
	n = lw_table_get(&c->names, key);
	if (n) {
		n->at_ms = LW_STALE;
		tell(c, LW_CACHE_NAMES, key);
	}
	lw_table_drop(&c->misses, key);
}

static int64_t when(const struct lw_table *t, const char *key)
{
	const int64_t *at = lw_table_get(t, key);

	return at ? *at : -1;
}

int64_t lw_cache_missed_id(const struct lw_cache *c, enum lw_kind kind,
			   uint32_t id)
{
	char key[KEY_MAX];

	return when(&c->misses, id_key(key, kind, id));
}

int64_t lw_cache_missed_name(const struct lw_cache *c, enum lw_kind kind,
			     const char *account)
{
	char key[KEY_MAX];

	return when(&c->misses, name_key(key, kind, account));
}

bool lw_cache_missed_claimed(const struct lw_cache *c, enum lw_kind kind,
			     const char *account)
{
	char key[KEY_MAX];

	name_key(key, kind, account);
	return lw_table_get(&c->misses, key) && lw_table_get(&c->claimed, key);
}

const struct lw_ids *lw_cache_groups_of(const struct lw_cache *c, uint32_t uid)
{
	char key[KEY_MAX];

	return lw_table_get(&c->groups_of, id_key(key, LW_KIND_USER, uid));
}

const struct lw_ids *lw_cache_members_of(const struct lw_cache *c, uint32_t gid)
{
	char key[KEY_MAX];

	return lw_table_get(&c->members_of, id_key(key, LW_KIND_GROUP, gid));
}

const char *lw_cache_pinned(void *cache, const char *account)
{
	const struct lw_cache *c = cache;
	char key[KEY_MAX];
	const struct lw_owned_name *n;

	const char *accepted = lw_table_get(&c->accepted, account);

	if (accepted)
		return accepted;
	n = lw_table_get(&c->names, name_key(key, LW_KIND_USER, account));
	return n ? n->sid : NULL;
}

bool lw_cache_known(const struct lw_cache *c, const char *account)
{
	char key[KEY_MAX];

	return lw_table_get(&c->names, name_key(key, LW_KIND_USER, account));
}

void lw_cache_accept_none(struct lw_cache *c)
{
	lw_table_clear(&c->accepted);
}

enum lw_err lw_cache_accept(struct lw_cache *c, const char *account,
			    const char *sid)
{
	const struct lw_owned_name *old;
	char *copy = strdup(sid), key[KEY_MAX];

	if (!copy)
		return LW_NOMEM;
	name_key(key, LW_KIND_USER, account);
	old = lw_table_get(&c->names, key);
	if (old && strcmp(old->sid, sid) != 0) {
		lw_table_drop(&c->names, key);
		tell(c, LW_CACHE_NAMES, key);
	}
	return lw_table_put(&c->accepted, account, copy);
}

enum lw_err lw_cache_keep(struct lw_cache *c, struct lw_object *o)
{
	const struct lw_object *old;
	char key[KEY_MAX];

	id_key(key, o->kind, o->id);
	old = lw_table_get(&c->objects, key);
	o->said_ms = o->at_ms;
	o->since_ms = old && old->at_ms != LW_STALE ? old->since_ms : o->at_ms;
	lw_table_drop(&c->misses, key);
	tell(c, LW_CACHE_OBJECTS, key);
	return lw_table_put(&c->objects, key, o);
}

enum lw_err lw_cache_keep_name(struct lw_cache *c, enum lw_kind kind,
			       const char *account, uint32_t id,
			       const char *sid, int64_t at_ms)
{
	size_t n = strlen(sid) + 1;
	struct lw_owned_name *o = malloc(sizeof(*o) + n);
	char key[KEY_MAX];

	if (!o)
		return LW_NOMEM;
	o->at_ms = at_ms;
	o->id = id;
	memcpy(o->sid, sid, n);
	name_key(key, kind, account);
	lw_table_drop(&c->misses, key);
	tell(c, LW_CACHE_NAMES, key);
	return lw_table_put(&c->names, key, o);
}

static enum lw_err note(struct lw_table *t, const char *key, int64_t at_ms)
{
	int64_t *at = malloc(sizeof(*at));

	if (!at)
		return LW_NOMEM;
	*at = at_ms;
	return lw_table_put(t, key, at);
}

enum lw_err lw_cache_changed(struct lw_cache *c, enum lw_kind kind, uint32_t id,
			     int64_t at_ms)
{
	char key[KEY_MAX];

	return note(&c->changed, id_key(key, kind, id), at_ms);
}

int64_t lw_cache_changed_at(const struct lw_cache *c, enum lw_kind kind,
			    uint32_t id)
{
	char key[KEY_MAX];

	return when(&c->changed, id_key(key, kind, id));
}

enum lw_err lw_cache_doubt_list(struct lw_cache *c, enum lw_kind kind,
				uint32_t id, int64_t at_ms)
{
	char key[KEY_MAX];

	return note(&c->doubted, id_key(key, kind, id), at_ms);
}

int64_t lw_cache_list_doubted(const struct lw_cache *c, enum lw_kind kind,
			      uint32_t id)
{
	char key[KEY_MAX];

	return when(&c->doubted, id_key(key, kind, id));
}

void lw_cache_believe_list(struct lw_cache *c, enum lw_kind kind, uint32_t id)
{
	char key[KEY_MAX];

	lw_table_drop(&c->doubted, id_key(key, kind, id));
}

enum lw_err lw_cache_miss_id(struct lw_cache *c, enum lw_kind kind, uint32_t id,
			     int64_t at_ms)
{
	char key[KEY_MAX];

	id_key(key, kind, id);
	lw_table_drop(&c->objects, key);
	tell(c, LW_CACHE_OBJECTS, key);
	return note(&c->misses, key, at_ms);
}

/* The name stays pinned: who comes back with it must have the old SID. */
enum lw_err lw_cache_miss_name(struct lw_cache *c, enum lw_kind kind,
			       const char *account, int64_t at_ms)
{
	char key[KEY_MAX];

	name_key(key, kind, account);
	lw_table_drop(&c->claimed, key);
	return note(&c->misses, key, at_ms);
}

enum lw_err lw_cache_miss_claimed(struct lw_cache *c, enum lw_kind kind,
				  const char *account, int64_t at_ms)
{
	char key[KEY_MAX];
	enum lw_err e = lw_cache_miss_name(c, kind, account, at_ms);

	return e == LW_OK
		       ? note(&c->claimed, name_key(key, kind, account), at_ms)
		       : e;
}

enum lw_err lw_cache_keep_groups_of(struct lw_cache *c, uint32_t uid,
				    struct lw_ids *ids)
{
	char key[KEY_MAX];

	tell(c, LW_CACHE_GROUPS_OF, id_key(key, LW_KIND_USER, uid));
	return lw_table_put(&c->groups_of, key, ids);
}

enum lw_err lw_cache_keep_members_of(struct lw_cache *c, uint32_t gid,
				     struct lw_ids *ids)
{
	char key[KEY_MAX];

	tell(c, LW_CACHE_MEMBERS_OF, id_key(key, LW_KIND_GROUP, gid));
	return lw_table_put(&c->members_of, key, ids);
}
