/* store_load.c - what an earlier life has left. The front. */
#include "store_state.h"

#include "cleanup.h"
#include "log.h"

#include <errno.h>
#include <string.h>

struct load {
	struct lw_store *s;
	struct lw_policy policy;
	bool state;	/* it came */
	bool other_ids; /* in its lists: they meant something else */
	int64_t now_ms;
	uint64_t wall, confirmed, swept;
};

/*
 * The moment of what was said then. Who knows nothing of the age of a thing
 * takes it for too old to give anybody a right; nothing of before is fresh.
 */
static int64_t moment(const struct load *l, uint64_t at)
{
	const struct lw_config *c = l->s->front->config;
	int64_t stale = l->now_ms - c->revocation_max * INT64_C(1000) - 1, then;

	if (at == 0)
		return LW_STALE;
	if (l->s->clock.behind || at > l->wall ||
	    l->wall - at >= (uint64_t)LW_BOOT_MS)
		return l->now_ms -
		       c->offline_authorization_max * INT64_C(1000) - 1;
	then = l->now_ms - (int64_t)(l->wall - at);
	return then < stale ? then : stale;
}

static enum lw_err take_state(struct load *l, struct lw_rd *rd)
{
	struct lw_front *f = l->s->front;
	struct lw_store *s = l->s;
	struct lw_store_state st;

	if (lw_state_decode(rd, &st) != LW_OK || st.server.n >= LW_SERVER_MAX ||
	    !lw_str_eq(st.domain, f->config->domain))
		return LW_INVALID;
	if (st.domain_sid.n) {
		if (!lw_sid_valid(st.domain_sid) ||
		    st.domain_sid.n >= sizeof(f->cache.domain_sid))
			return LW_INVALID;
		memcpy(f->cache.domain_sid, st.domain_sid.s, st.domain_sid.n);
		f->cache.domain_sid[st.domain_sid.n] = '\0';
	}
	lw_store_clock_init(&s->clock, st.mark, l->wall, l->now_ms);
	l->wall = lw_store_clock_latest(&s->clock, l->now_ms);
	if (st.server.n)
		memcpy(s->server, st.server.s, st.server.n);
	s->restored = (struct lw_plan_restored) {
		.server = { s->server, st.server.n },
		.highest = st.highest,
		.trusted = st.trusted,
	};
	s->restored.confirmed_ms = moment(l, st.confirmed);
	s->restored.swept_ms = moment(l, st.swept);
	s->was_replicated = st.replicated;
	s->was_trusted = st.trusted;
	l->policy = lw_front_policy(f);
	l->other_ids = st.well_known_base != f->config->well_known_base ||
		       st.legacy_sids != f->config->legacy_sids;
	l->state = true;
	return LW_OK;
}

/* "ualice" and "g4711". */
static bool kind_of(struct lw_str key, enum lw_kind *ret_kind, char *ret,
		    size_t size)
{
	if (key.n < 2 || key.n - 1 >= size ||
	    (key.s[0] != 'u' && key.s[0] != 'g'))
		return false;
	*ret_kind = key.s[0] == 'u' ? LW_KIND_USER : LW_KIND_GROUP;
	memcpy(ret, key.s + 1, key.n - 1);
	ret[key.n - 1] = '\0';
	return true;
}

static enum lw_err take_name(struct load *l, struct lw_str key,
			     struct lw_rd *rd)
{
	char account[LW_NAME_MAX], folded[LW_NAME_MAX], sid[LW_SID_MAX];
	struct lw_store_name n;
	enum lw_kind kind;
	uint32_t id;

	if (!kind_of(key, &kind, account, sizeof(account)) ||
	    lw_store_name_decode(rd, &n) != LW_OK || n.sid.n >= sizeof(sid) ||
	    lw_name_fold(lw_str(account), folded) != LW_OK)
		return LW_INVALID;
	/* What may be served is another thing today, perhaps. */
	if (strcmp(account, folded) != 0 ||
	    !lw_account_valid(lw_str(account)) ||
	    lw_sid_to_id(&l->policy.idmap, n.sid, &id) != LW_OK)
		return LW_OK;
	memcpy(sid, n.sid.s, n.sid.n);
	sid[n.sid.n] = '\0';
	return lw_cache_keep_name(&l->s->front->cache, kind, account, id, sid,
				  moment(l, n.at));
}

static enum lw_err take_object(struct load *l, struct lw_rd *rd)
{
	lw_cleanup(lw_claims_done) struct lw_claims claims = { 0 };
	struct lw_cache *c = &l->s->front->cache;
	struct lw_object *o;
	struct lw_entry e;
	char why[128];
	enum lw_err err;
	uint64_t at;

	if (lw_object_decode(rd, &e, &at) != LW_OK)
		return LW_INVALID;
	if (lw_claims_init(&claims, &l->policy, &e, 1) != LW_OK)
		return LW_NOMEM;
	err = lw_policy_object(&l->policy, &claims, 0, &o, why, sizeof(why));
	if (err != LW_OK)
		return err == LW_NOMEM ? err : LW_OK;
	o->at_ms = moment(l, at);
	return lw_cache_keep(c, o);
}

static enum lw_err take_ids(struct load *l, char table, struct lw_str key,
			    struct lw_rd *rd)
{
	struct lw_cache *c = &l->s->front->cache;
	lw_cleanup(lw_free) struct lw_ids *ids = NULL;
	struct lw_ids *taken;
	enum lw_kind kind;
	uint32_t subject;
	char text[16], *end;
	enum lw_err e;
	uint64_t at;

	if (!kind_of(key, &kind, text, sizeof(text)))
		return LW_INVALID;
	subject = (uint32_t)strtoul(text, &end, 10);
	e = *end ? LW_INVALID : lw_ids_decode(rd, &ids, &at);
	if (e != LW_OK)
		return e == LW_NOMEM ? e : LW_INVALID;
	if (l->other_ids)
		return LW_OK;
	/* It is whole or not at all. */
	for (size_t i = 0; i < ids->n; i++) {
		if (!lw_id_ours(&l->policy.idmap, ids->id[i]))
			return LW_OK;
	}
	ids->at_ms = moment(l, at);
	taken = ids;
	ids = NULL;
	return table == LW_STORE_GROUPS_OF
		       ? lw_cache_keep_groups_of(c, subject, taken)
		       : lw_cache_keep_members_of(c, subject, taken);
}

static enum lw_err take_known(struct load *l, struct lw_rd *rd)
{
	struct lw_replica *r = l->s->loaded;
	struct lw_sync_entry e;
	struct lw_known *k;
	enum lw_err err;
	bool doubted;

	if (lw_known_decode(rd, &e, &doubted) != LW_OK)
		return LW_INVALID;
	err = lw_replica_put(r, &e);
	k = err == LW_OK ? lw_replica_by_sid(r, e.e.sid) : NULL;
	if (k && doubted)
		lw_replica_doubt(r, k);
	return err;
}

static enum lw_err take(struct load *l, const struct lw_store_frame *f)
{
	struct lw_str key = { f->key.s + 1, f->key.n - 1 };
	struct lw_rd rd;

	if (f->key.n == 0 || memchr(f->key.s, '\0', f->key.n))
		return LW_INVALID;
	lw_rd_init(&rd, f->value.s, f->value.n);
	if (lw_str_eq(f->key, LW_STORE_STATE))
		return take_state(l, &rd);
	/* It comes first; the last one is the process's own. */
	if (!l->state)
		return LW_INVALID;
	switch (f->key.s[0]) {
	case LW_STORE_NAMES:
		return take_name(l, key, &rd);
	case LW_STORE_OBJECTS:
		return take_object(l, &rd);
	case LW_STORE_GROUPS_OF:
	case LW_STORE_MEMBERS_OF:
		return take_ids(l, f->key.s[0], key, &rd);
	case LW_STORE_REPLICA:
		return take_known(l, &rd);
	case '~':
		return LW_OK;
	default:
		return LW_INVALID;
	}
}

static void buf_done(struct lw_store_buf *b)
{
	free(b->p);
}

static enum lw_err read_all(struct load *l, FILE *f, struct lw_store_said *said,
			    struct lw_store_buf *buf)
{
	struct lw_store_frame frame;
	enum lw_err e;

	do {
		e = lw_store_frame_read(f, buf, &frame);
		if (e == LW_OK && frame.what == LW_STORE_RECORD)
			e = take(l, &frame);
	} while (e == LW_OK && frame.what == LW_STORE_RECORD);
	if (e == LW_OK && frame.what != LW_STORE_LOADED)
		return LW_PROTO;
	return e == LW_OK ? lw_store_said_decode(frame.value, said) : e;
}

static void forget(struct lw_store *s)
{
	struct lw_cache *c = &s->front->cache;

	lw_cache_clear(c);
	lw_cache_init(c);
	lw_replica_free(s->loaded);
	s->loaded = NULL;
	s->was_replicated = false;
	lw_store_clock_init(&s->clock, 0, lw_wall_ms(), lw_now_ms());
}

enum lw_err lw_store_load(struct lw_store *s, char *why, size_t size)
{
	lw_cleanup(buf_done) struct lw_store_buf buf = { 0 };
	lw_cleanup(lw_fclose) FILE *f = fdopen(dup(s->fd), "re");
	struct lw_naming naming = lw_config_naming(s->front->config);
	struct load l = { .s = s, .now_ms = lw_now_ms(), .wall = lw_wall_ms() };
	struct lw_store_said said = { LW_OK, lw_str(NULL) };
	enum lw_err e = LW_NOMEM;

	snprintf(why, size, "%s", "a record that is none");
	if (f && setvbuf(f, NULL, _IOFBF, LW_STORE_BUFFER) == 0)
		e = lw_replica_new(&naming, &s->loaded);
	errno = 0;
	if (e == LW_OK)
		e = read_all(&l, f, &said, &buf);
	if (e == LW_OFFLINE && (errno == EAGAIN || errno == EWOULDBLOCK)) {
		e = LW_PENDING;
		snprintf(why, size, "%s", "the disk does not answer");
	} else if (e == LW_OFFLINE)
		e = LW_NOWORKER;
	if (e == LW_OK && said.e != LW_OK) {
		e = said.e == LW_NOTFOUND ? LW_OK : said.e;
		snprintf(why, size, "%.*s", (int)said.text.n, said.text.s);
	}
	if (e == LW_OK && s->was_replicated)
		return LW_OK;
	if (e == LW_OK) {
		lw_replica_free(s->loaded);
		s->loaded = NULL;
		return LW_OK;
	}
	forget(s);
	return e == LW_PROTO ? LW_INVALID : e;
}
