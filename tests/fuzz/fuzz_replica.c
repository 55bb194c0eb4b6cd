/*
 * fuzz_replica.c - does the replica know what a table of eight rows knows? The
 * input is a script of what is put, dropped, swept, doubted and confirmed:
 *
 *     n * (u8 act, u8 which, and for a put u8 sid, u8 facts, u8 members)
 *
 * After each act the two are compared: who is there, with which facts, who is
 * in what, who owns which name, and who is doubted.
 */
#include "cleanup.h"
#include "fuzz.h"
#include "replica.h"

#include <string.h>

const char fuzz_target[] = "replica";

enum { PUT, DROP, SWEEP, SEEN, SWEPT, DOUBT, ASKED, CONFIRM, ACTS };

#define ROWS   8
#define DOMAIN "S-1-7-21-1-2-3-4"

static const struct lw_naming naming = { .domain = "lightwave.test",
					 .netbios = "" };
static struct lw_localdb nothing;

/* A row is a DN; the last of either is none. */
static const char *const dns[2][ROWS] = {
	{ "cn=a,dc=x", "cn=b,dc=x", "cn=c,dc=x", "cn=d,dc=x", "cn=e,dc=x",
	  "cn=f,dc=x", "cn=g,dc=x", "" },
	{ "CN=A,DC=x", "cn=B,dc=X", "cn=c,dc=X", "CN=d,dc=x", "cn=E,DC=X",
	  "cn=F,dc=x", "cn=g,dc=X", "" },
};
static const char *const sids[ROWS] = {
	DOMAIN "-100-1001", DOMAIN "-100-1002",
	DOMAIN "-100-1003", DOMAIN "-100-1004",
	DOMAIN "-100-1005", DOMAIN "-100-1006",
	DOMAIN "-100-1007", "no",
};
static const char *const sams[4] = { "n", "N", "m", "" };
static const char *const upns[4] = { "n@LIGHTWAVE.TEST", "M@lightwave.test",
				     "n@else.where", "" };

struct row {
	bool there;
	struct lw_entry e;
	uint8_t members; /* a bit each */
	uint64_t doubt, seen;
};

struct model {
	struct row row[ROWS];
	uint64_t sweep, asked;
};

struct script {
	const uint8_t *p;
	size_t n;
};

static uint8_t next(struct script *s)
{
	if (s->n == 0)
		return 0;
	s->n--;
	return *s->p++;
}

static struct lw_policy policy(void)
{
	return (struct lw_policy) {
		.naming = naming,
		.idmap = { .domain_sid = DOMAIN },
		.passwd = &nothing,
		.group = &nothing,
	};
}

static bool same(struct lw_str a, struct lw_str b)
{
	return a.n == b.n && (a.n == 0 || !memcmp(a.s, b.s, a.n));
}

static struct row *row_of(struct model *m, struct lw_str sid)
{
	for (int i = 0; i < ROWS; i++) {
		if (m->row[i].there && same(m->row[i].e.sid, sid))
			return &m->row[i];
	}
	return NULL;
}

static bool has(uint8_t members, int row)
{
	return members >> row & 1;
}

static void model_put(struct model *m, int at, const struct lw_entry *e,
		      uint8_t members)
{
	struct row *k = &m->row[at], *other = row_of(m, e->sid);
	uint8_t lost = (uint8_t)(k->members & ~members);
	uint64_t doubt = other && other->doubt > m->asked ? other->doubt : 0;

	if (other && other != k)
		*other = (struct row) { 0 };
	*k = (struct row) { true, *e, members, 0, m->sweep };
	for (int i = 0; i < ROWS; i++) {
		struct row *l = &m->row[i];

		if (has(lost, i) && l->there && l->doubt < m->asked)
			l->doubt = m->asked;
	}
	if (doubt)
		k->doubt = doubt;
}

static void put(struct lw_replica *r, struct model *m, struct script *s,
		uint8_t which)
{
	uint8_t sid = next(s), facts = next(s), members = next(s) & 0x7F;
	struct lw_sync_entry in = { 0 };
	int at = which % ROWS;
	uint8_t buf[512];
	struct lw_wr w;
	enum lw_err e;

	in.e = (struct lw_entry) {
		.kind = facts & 1 ? LW_KIND_GROUP : LW_KIND_USER,
		.dn = lw_str(dns[which >> 3 & 1][at]),
		.sid = lw_str(sids[sid % ROWS]),
		.sam = lw_str(sams[facts >> 1 & 3]),
		.upn = lw_str(upns[facts >> 3 & 3]),
		.uac = facts >> 5,
	};
	lw_wr_init(&w, buf, sizeof(buf));
	for (int i = 0; i < ROWS; i++) {
		/* Some of them twice, and in another case. */
		for (int k = 0; has(members, i) && k <= (sid >> 3 & 1); k++) {
			lw_wr_str(&w, lw_str(dns[k][i]));
			in.member_count++;
		}
	}
	fuzz_holds(lw_wr_end(&w) == LW_OK, "the script fits");
	lw_rd_init(&in.members, buf, (size_t)(w.p - buf));
	e = lw_replica_put(r, &in);
	fuzz_count(e == LW_OK);
	fuzz_holds((e == LW_OK) == (at != ROWS - 1 && sid % ROWS != ROWS - 1),
		   "what is an entry is put");
	if (e == LW_OK)
		model_put(m, at, &in.e, members);
}

static void confirm(struct lw_replica *r, struct model *m, uint8_t which)
{
	struct lw_str sid = lw_str(sids[which % ROWS]);
	struct row *k = row_of(m, sid);
	struct lw_entry e = { .kind = LW_KIND_USER, .sid = sid };
	bool equal = k && !(which & 8);

	if (k)
		e = k->e;
	if (!equal)
		e.uac ^= 1;
	fuzz_holds(lw_replica_confirm(r, &e) == equal,
		   "the same is the same and else nothing");
	if (equal)
		k->doubt = 0;
}

static void swept(struct lw_replica *r, struct model *m)
{
	size_t gone = 0;

	for (int i = 0; i < ROWS; i++) {
		struct row *k = &m->row[i];

		if (!k->there)
			continue;
		if (k->seen == m->sweep) {
			if (k->doubt <= m->asked)
				k->doubt = 0;
			continue;
		}
		*k = (struct row) { 0 };
		gone++;
	}
	fuzz_holds(lw_replica_swept(r) == gone, "who is not seen is dropped");
}

static void act(struct lw_replica *r, struct model *m, struct script *s)
{
	uint8_t what = next(s) % ACTS, which = next(s);
	struct lw_str sid = lw_str(sids[which % ROWS]);
	struct row *k = row_of(m, sid);

	if (what == PUT)
		put(r, m, s, which);
	if (what == CONFIRM)
		confirm(r, m, which);
	if (what == DROP && k) {
		lw_replica_drop(r, lw_replica_by_sid(r, sid));
		*k = (struct row) { 0 };
	}
	if (what == DOUBT && k) {
		lw_replica_doubt(r, lw_replica_by_sid(r, sid));
		k->doubt = m->asked + 1;
	}
	if (what == ASKED) {
		lw_replica_asked(r);
		m->asked++;
	}
	if (what == SWEEP) {
		lw_replica_sweep(r);
		m->sweep++;
	}
	if (what == SEEN) {
		lw_replica_seen(r, sid);
		if (k)
			k->seen = m->sweep;
	}
	if (what == SWEPT)
		swept(r, m);
}

static int row_at(struct lw_str dn)
{
	for (int i = 0; i < ROWS; i++) {
		if (same(dn, lw_str(dns[0][i])) || same(dn, lw_str(dns[1][i])))
			return i;
	}
	fuzz_holds(false, "a DN is one of those that were put");
	return 0;
}

/* Everybody who is in row, through any group; a bit each. */
static uint8_t reach(const struct model *m, int row)
{
	uint8_t all = m->row[row].members, was = 0;

	while (all != was) {
		was = all;
		for (int i = 0; i < ROWS; i++) {
			if (has(was, i))
				all |= m->row[i].members;
		}
	}
	return all;
}

static uint8_t rows_of(struct lw_known **v, size_t n)
{
	uint8_t rows = 0;

	for (size_t i = 0; i < n; i++) {
		int at = row_at((struct lw_str) { v[i]->dn, v[i]->dn_n });

		fuzz_holds(!has(rows, at), "each is there once");
		rows |= (uint8_t)(1 << at);
	}
	free(v);
	return rows;
}

static void relations_agree(struct lw_replica *r, const struct model *m, int at,
			    struct lw_known *k)
{
	uint8_t up = 0, down = reach(m, at);
	struct lw_known **v;
	size_t n;

	for (int i = 0; i < ROWS; i++) {
		if (m->row[i].there && has(reach(m, i), at))
			up |= (uint8_t)(1 << i);
		if (!m->row[i].there || m->row[i].e.kind != LW_KIND_USER)
			down &= (uint8_t) ~(1 << i);
	}
	fuzz_holds(lw_replica_groups_of(r, k, &v, &n) == LW_OK &&
			   rows_of(v, n) == up,
		   "memberships are those of the table");
	fuzz_holds(lw_replica_members_of(r, k, &v, &n) == LW_OK &&
			   rows_of(v, n) == down,
		   "members are those of the table");
}

static void rows_agree(struct lw_replica *r, const struct model *m)
{
	size_t users = 0, groups = 0, dangling = 0;
	uint8_t named = 0;

	for (int i = 0; i < ROWS; i++)
		named |= m->row[i].members;
	for (int i = 0; i < ROWS; i++) {
		const struct row *w = &m->row[i];
		struct lw_known *k = lw_replica_by_dn(r, lw_str(dns[1][i]));
		struct lw_entry e;

		fuzz_holds(!k == !w->there, "who is there is there");
		dangling += !k && has(named, i);
		if (!k)
			continue;
		e = lw_known_entry(k);
		*(w->e.kind == LW_KIND_USER ? &users : &groups) += 1;
		fuzz_holds(lw_replica_by_sid(r, w->e.sid) == k &&
				   same(e.sid, w->e.sid) &&
				   e.kind == w->e.kind && e.uac == w->e.uac &&
				   same(e.sam, w->e.sam) &&
				   same(e.upn, w->e.upn),
			   "facts are those that were last put");
		fuzz_holds(k->doubt == w->doubt, "doubts are those there were");
		relations_agree(r, m, i, k);
	}
	fuzz_holds(r->users == users && r->groups == groups &&
			   r->dangling == dangling,
		   "they are counted");
}

static bool claims(const struct row *w, enum lw_kind kind, const char *name)
{
	struct lw_str part;
	char looks[LW_NAME_MAX];

	if (!w->there || w->e.kind != kind)
		return false;
	if (w->e.sam.n && lw_name_casefold(w->e.sam, looks) == LW_OK &&
	    !strcmp(looks, name))
		return true;
	return kind == LW_KIND_USER &&
	       lw_upn_account(&naming, w->e.upn, &part) == LW_OK &&
	       lw_name_casefold(part, looks) == LW_OK && !strcmp(looks, name);
}

static void owner_agrees(const struct lw_replica *r, const struct model *m,
			 enum lw_kind kind, const char *name)
{
	lw_cleanup(lw_claims_done) struct lw_claims all = { 0 };
	struct lw_policy p = policy();
	struct lw_entry e[ROWS];
	struct lw_owner o = { 0 };
	struct lw_str sid = { 0 };
	bool doubted = false, found;
	size_t n = 0, owners = 0;

	for (int i = 0; i < ROWS; i++) {
		if (!claims(&m->row[i], kind, name))
			continue;
		doubted |= m->row[i].doubt != 0;
		e[n++] = m->row[i].e;
	}
	found = lw_replica_owner(r, &p, kind, name, &o) == LW_OK;
	fuzz_holds(found == (n > 0), "whoever claims a name is found");
	if (n == 0)
		return;
	fuzz_holds(lw_claims_init(&all, &p, e, n) == LW_OK, "there is memory");
	for (size_t i = 0; i < n; i++) {
		if (!lw_policy_owns(&p, &all, i, name))
			continue;
		owners++;
		sid = e[i].sid;
	}
	fuzz_holds(owners <= 1, "a name has one owner");
	fuzz_holds((o.who != NULL) == (owners == 1) && o.doubted == doubted &&
			   (!o.who || same(lw_known_entry(o.who).sid, sid)),
		   "a name is his whom the rules say");
}

static void replica_gone(struct lw_replica **r)
{
	lw_replica_free(*r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum lw_kind kinds[] = { LW_KIND_USER, LW_KIND_GROUP };
	lw_cleanup(replica_gone) struct lw_replica *r = NULL;
	struct script s = { data, size };
	struct model m = { .asked = 1 };

	if (lw_replica_new(&naming, &r) != LW_OK)
		return 0;
	while (s.n > 0) {
		act(r, &m, &s);
		rows_agree(r, &m);
		for (int i = 0; i < 2; i++) {
			owner_agrees(r, &m, kinds[i], "n");
			owner_agrees(r, &m, kinds[i], "m");
		}
	}
	for (int i = 0; i < ROWS; i++) {
		struct lw_known *k = lw_replica_by_sid(r, lw_str(sids[i]));

		if (k)
			lw_replica_drop(r, k);
	}
	fuzz_holds(r->bytes == 0 && r->dangling == 0 && r->by_dn.count == 0 &&
			   r->by_sam.count == 0 && r->by_upn.count == 0,
		   "who is gone leaves nothing behind");
	return 0;
}
