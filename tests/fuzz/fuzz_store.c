/*
 * fuzz_store.c - does a record of the store mean one thing, whatever a damaged
 * file says? The input is the letter of a kind, as the store's keys have it,
 * and a value; or 'F' and a frame of the store process without its length.
 * What decodes is encoded to the same bytes, and its strings lie in it.
 */
#include "cleanup.h"
#include "fuzz.h"
#include "store_frame.h"
#include "store_record.h"

#include <stdlib.h>
#include <string.h>

const char fuzz_target[] = "store";

static const struct lw_naming naming = { .domain = "lightwave.test",
					 .netbios = "" };

struct value {
	const uint8_t *p;
	size_t n;
};

static struct lw_rd reader(struct value v)
{
	struct lw_rd r;

	lw_rd_init(&r, v.p, v.n);
	return r;
}

static void same_bytes(const struct lw_wr *w, struct value v)
{
	fuzz_holds(lw_wr_end(w) == LW_OK, "it can be written");
	fuzz_holds((size_t)(w->p - w->base) == v.n &&
			   (v.n == 0 || !memcmp(w->base, v.p, v.n)),
		   "what decodes is encoded to the same bytes");
}

static void inside(struct lw_str s, struct value v)
{
	fuzz_view(s, v.p, v.n);
	fuzz_holds(s.n == 0 || !memchr(s.s, '\0', s.n), "no text has a NUL");
}

static void entry_inside(const struct lw_entry *e, struct value v)
{
	inside(e->dn, v);
	inside(e->sid, v);
	inside(e->sam, v);
	inside(e->upn, v);
	inside(e->given, v);
	inside(e->sn, v);
}

static bool state(struct value v, struct lw_wr *w)
{
	struct lw_rd r = reader(v);
	struct lw_store_state s;

	if (lw_state_decode(&r, &s) != LW_OK)
		return false;
	inside(s.domain, v);
	inside(s.domain_sid, v);
	inside(s.server, v);
	lw_state_encode(w, &s);
	return true;
}

static bool name(struct value v, struct lw_wr *w)
{
	struct lw_rd r = reader(v);
	struct lw_store_name n;

	if (lw_store_name_decode(&r, &n) != LW_OK)
		return false;
	inside(n.sid, v);
	lw_store_name_encode(w, &n);
	return true;
}

static bool object(struct value v, struct lw_wr *w)
{
	struct lw_rd r = reader(v);
	struct lw_entry e;
	uint64_t at;

	if (lw_object_decode(&r, &e, &at) != LW_OK)
		return false;
	entry_inside(&e, v);
	lw_wr_u64(w, at);
	lw_entry_encode(w, &e);
	return true;
}

static bool ids(struct value v, struct lw_wr *w)
{
	lw_cleanup(lw_free) struct lw_ids *list = NULL;
	struct lw_rd r = reader(v);
	uint64_t at;

	if (lw_ids_decode(&r, &list, &at) != LW_OK)
		return false;
	lw_ids_encode(w, list, at);
	return true;
}

static void replica_gone(struct lw_replica **r)
{
	lw_replica_free(*r);
}

static bool same(struct lw_str a, struct lw_str b)
{
	return a.n == b.n && (a.n == 0 || !memcmp(a.s, b.s, a.n));
}

/* What the replica took is written so that it is read as the same again. */
static void kept(const struct lw_sync_entry *s)
{
	lw_cleanup(replica_gone) struct lw_replica *all = NULL;
	lw_cleanup(lw_wr_done) struct lw_wr w;
	struct lw_sync_entry again;
	const struct lw_known *k;
	struct lw_rd r;
	bool doubted;

	lw_wr_heap(&w, LW_STORE_FRAME_MAX);
	if (lw_replica_new(&naming, &all) != LW_OK ||
	    lw_replica_put(all, s) != LW_OK)
		return;
	k = lw_replica_by_sid(all, s->e.sid);
	fuzz_holds(k, "what was put is there");
	lw_known_encode(&w, k);
	fuzz_holds(lw_wr_end(&w) == LW_OK, "it can be written");
	lw_rd_init(&r, w.base, (size_t)(w.p - w.base));
	fuzz_holds(lw_known_decode(&r, &again, &doubted) == LW_OK && !doubted,
		   "what is written can be read");
	fuzz_holds(again.e.kind == s->e.kind && again.e.uac == s->e.uac &&
			   same(again.e.sid, s->e.sid) &&
			   same(again.e.sam, s->e.sam) &&
			   same(again.e.upn, s->e.upn) &&
			   again.member_count <= s->member_count,
		   "and says the same");
}

static bool known(struct value v, struct lw_wr *w)
{
	struct lw_rd r = reader(v), members;
	struct lw_sync_entry s;
	bool doubted;

	if (lw_known_decode(&r, &s, &doubted) != LW_OK)
		return false;
	entry_inside(&s.e, v);
	lw_wr_u8(w, doubted);
	lw_sync_entry_encode(w, &s.e, s.usn, s.member_count);
	members = s.members;
	for (uint32_t i = 0; i < s.member_count; i++) {
		struct lw_str dn = lw_rd_str(&members);

		inside(dn, v);
		lw_wr_str(w, dn);
	}
	fuzz_holds(!members.bad, "members are as many as it says");
	kept(&s);
	return true;
}

static bool frame(struct value v, struct lw_wr *w)
{
	struct lw_store_said said;
	struct lw_store_frame f;

	if (lw_store_frame_decode(v.p, v.n, &f) != LW_OK)
		return false;
	fuzz_view(f.key, v.p, v.n);
	fuzz_view(f.value, v.p, v.n);
	fuzz_holds(f.key.n <= LW_STORE_KEY_MAX, "LMDB takes the key");
	if (lw_store_said_decode(f.value, &said) == LW_OK) {
		fuzz_view(said.text, v.p, v.n);
		fuzz_holds((unsigned int)said.e < LW_ERR_COUNT,
			   "a result is one that there is");
	}
	lw_store_frame_encode(w, &f);
	fuzz_holds(lw_wr_end(w) == LW_OK &&
			   (size_t)(w->p - w->base) == v.n + 4 &&
			   lw_get_u32(w->base) == v.n &&
			   !memcmp(w->base + 4, v.p, v.n),
		   "a frame is encoded to the same bytes, after their number");
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct value v = { size ? data + 1 : data, size ? size - 1 : 0 };
	lw_cleanup(lw_wr_done) struct lw_wr w;
	bool taken = false;

	lw_wr_heap(&w, LW_STORE_FRAME_MAX);
	switch (size ? data[0] : 0) {
	case '!':
		taken = state(v, &w);
		break;
	case LW_STORE_NAMES:
		taken = name(v, &w);
		break;
	case LW_STORE_OBJECTS:
		taken = object(v, &w);
		break;
	case LW_STORE_GROUPS_OF:
	case LW_STORE_MEMBERS_OF:
		taken = ids(v, &w);
		break;
	case LW_STORE_REPLICA:
		taken = known(v, &w);
		break;
	case 'F':
		fuzz_count(frame(v, &w));
		return 0;
	default:
		return 0;
	}
	fuzz_count(taken);
	if (taken)
		same_bytes(&w, v);
	return 0;
}
