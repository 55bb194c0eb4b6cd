/* store_write.c - what changed, on its way to the store process. The front. */
#include "store_state.h"

#include "cleanup.h"
#include "follow.h"

#include <event2/buffer.h>
#include <string.h>

#define PIECE ((size_t)64 * 1024) /* in one turn of the loop */
#define OF(l)                                                                  \
	((struct lw_known *)((char *)(l)-offsetof(struct lw_known, by_sid)))

static void send_frame(struct lw_store *s, enum lw_store_what what,
		       struct lw_str key, const struct lw_wr *value)
{
	lw_cleanup(lw_wr_done) struct lw_wr w;
	struct lw_store_frame f = { what, key, lw_str(NULL) };

	if (value) {
		f.value.s = (const char *)value->base;
		f.value.n = (size_t)(value->p - value->base);
	}
	lw_wr_heap(&w, LW_STORE_FRAME_MAX);
	lw_store_frame_encode(&w, &f);
	if (lw_wr_end(&w) != LW_OK ||
	    bufferevent_write(s->bev, w.base, (size_t)(w.p - w.base)) < 0)
		s->all = true; /* what is missing is written next time */
}

static void wipe(struct lw_store *s, char table)
{
	send_frame(s, LW_STORE_WIPE, (struct lw_str) { &table, 1 }, NULL);
}

/* 0: it was never said. */
static uint64_t wall_of(const struct lw_store *s, int64_t at_ms)
{
	return at_ms < 0 ? 0 : lw_store_clock_wall(&s->clock, at_ms);
}

static bool encode_known(const struct lw_store *s, const char *sid,
			 struct lw_wr *w)
{
	const struct lw_replica *r = lw_follow_replica(s->front->follow);
	const struct lw_known *k = r ? lw_replica_by_sid(r, lw_str(sid)) : NULL;

	if (k)
		lw_known_encode(w, k);
	return k;
}

static bool encode_name(const struct lw_store *s, const char *key,
			struct lw_wr *w)
{
	const struct lw_owned_name *n =
		lw_table_get(&s->front->cache.names, key);
	struct lw_store_name name;

	if (!n)
		return false;
	name = (struct lw_store_name) { wall_of(s, n->at_ms), n->id,
					lw_str(n->sid) };
	lw_store_name_encode(w, &name);
	return true;
}

static bool encode_object(const struct lw_store *s, const char *key,
			  struct lw_wr *w)
{
	const struct lw_object *o = lw_table_get(&s->front->cache.objects, key);

	if (o)
		lw_object_encode(w, o, wall_of(s, o->at_ms));
	return o;
}

static bool encode_ids(const struct lw_store *s, const struct lw_table *t,
		       const char *key, struct lw_wr *w)
{
	const struct lw_ids *ids = lw_table_get(t, key);

	if (ids)
		lw_ids_encode(w, ids, wall_of(s, ids->at_ms));
	return ids;
}

/* As it is known now, or that it is not. */
static void send_record(struct lw_store *s, const char *key)
{
	const struct lw_cache *c = &s->front->cache;
	lw_cleanup(lw_wr_done) struct lw_wr w;
	bool there = false;

	lw_wr_heap(&w, LW_STORE_FRAME_MAX - LW_STORE_KEY_MAX - 16);
	switch (key[0]) {
	case LW_STORE_REPLICA:
		there = encode_known(s, key + 1, &w);
		break;
	case LW_STORE_NAMES:
		there = encode_name(s, key + 1, &w);
		break;
	case LW_STORE_OBJECTS:
		there = encode_object(s, key + 1, &w);
		break;
	case LW_STORE_GROUPS_OF:
		there = encode_ids(s, &c->groups_of, key + 1, &w);
		break;
	case LW_STORE_MEMBERS_OF:
		there = encode_ids(s, &c->members_of, key + 1, &w);
		break;
	default:
		break;
	}
	if (lw_wr_end(&w) == LW_OK)
		send_frame(s, there ? LW_STORE_PUT : LW_STORE_DROP, lw_str(key),
			   &w);
}

/* How far the directory is followed by all that was sent before. */
static void send_state(struct lw_store *s)
{
	const struct lw_plan *p = lw_follow_plan(s->front->follow);
	lw_cleanup(lw_wr_done) struct lw_wr w;
	struct lw_store_state st = {
		.domain = lw_str(s->front->config->domain),
		.domain_sid = lw_str(s->front->cache.domain_sid),
		.well_known_base = s->front->config->well_known_base,
		.legacy_sids = s->front->config->legacy_sids,
		.server = lw_str(p->server),
		.highest = p->highest,
		.replicated = p->replicated,
		.trusted = p->trusted,
		.confirmed = wall_of(s, p->confirmed_ms),
		.swept = wall_of(s, p->swept_ms),
		.mark = wall_of(s, lw_now_ms()),
	};

	s->was_trusted = p->trusted;
	s->was_replicated = p->replicated;
	s->state = false;
	lw_wr_heap(&w, 64 * 1024);
	lw_state_encode(&w, &st);
	send_frame(s, LW_STORE_PUT, lw_str(LW_STORE_STATE), &w);
}

struct mark {
	struct lw_store *s;
	char table;
};

static void mark(void *arg, const char *key)
{
	struct mark *m = arg;

	lw_store_touch(m->s, m->table, key);
}

static void mark_all(struct lw_store *s)
{
	const struct lw_cache *c = &s->front->cache;

	lw_table_keys(&c->names, mark, &(struct mark) { s, LW_STORE_NAMES });
	lw_table_keys(&c->objects, mark,
		      &(struct mark) { s, LW_STORE_OBJECTS });
	lw_table_keys(&c->groups_of, mark,
		      &(struct mark) { s, LW_STORE_GROUPS_OF });
	lw_table_keys(&c->members_of, mark,
		      &(struct mark) { s, LW_STORE_MEMBERS_OF });
}

void lw_store_begin(struct lw_store *s)
{
	const struct lw_plan *p = lw_follow_plan(s->front->follow);

	if (lw_store_clock_follow(&s->clock, lw_wall_ms(), lw_now_ms(),
				  p->confirmed_ms >= 0 && !p->restored))
		s->all = true;
	s->stage = LW_STORE_FILLING;
	s->streaming = false;
	send_frame(s, LW_STORE_BEGIN, lw_str(NULL), NULL);
	if (!s->all)
		return;
	s->all = false;
	s->replica = s->answers = true;
	wipe(s, LW_STORE_NAMES);
	mark_all(s);
}

/* What is known of all is known otherwise, since the last piece. */
static void start_over(struct lw_store *s)
{
	if (s->answers) {
		s->answers = false;
		wipe(s, LW_STORE_OBJECTS);
		wipe(s, LW_STORE_GROUPS_OF);
		wipe(s, LW_STORE_MEMBERS_OF);
	}
	if (s->replica) {
		s->replica = false;
		wipe(s, LW_STORE_REPLICA);
		s->bucket = s->size = 0;
		s->streaming = true;
	}
}

static size_t waiting(const struct lw_store *s)
{
	return evbuffer_get_length(bufferevent_get_output(s->bev));
}

/* From bucket on; what changes meanwhile is dirty, and comes after it. */
static void stream(struct lw_store *s)
{
	const struct lw_replica *r = lw_follow_replica(s->front->follow);
	char key[LW_SID_MAX + 1];

	if (r && s->size != r->by_sid.size) {
		s->size = r->by_sid.size; /* it has grown: all were moved */
		s->bucket = 0;
	}
	for (; r && s->bucket < r->by_sid.size && waiting(s) < PIECE;
	     s->bucket++) {
		const struct lw_hash_link *l = r->by_sid.bucket[s->bucket];

		for (; l; l = l->next) {
			struct lw_str sid = lw_known_entry(OF(l)).sid;

			snprintf(key, sizeof(key), "%c%.*s", LW_STORE_REPLICA,
				 (int)sid.n, sid.s);
			send_record(s, key);
		}
	}
	s->streaming = r && s->bucket < r->by_sid.size;
}

bool lw_store_fill(struct lw_store *s)
{
	const char *key;

	start_over(s);
	if (s->streaming)
		stream(s);
	while (!s->streaming && waiting(s) < PIECE &&
	       (key = lw_table_first(&s->dirty))) {
		send_record(s, key);
		lw_table_drop(&s->dirty, key);
	}
	if (s->streaming || s->dirty.count > 0)
		return false;
	send_state(s);
	send_frame(s, LW_STORE_COMMIT, lw_str(NULL), NULL);
	s->stage = LW_STORE_COMMITTING;
	return true;
}
