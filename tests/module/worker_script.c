/* worker_script.c - what the scripted worker says; worker.c uses it. */
#include "worker_script.h"

#include "check.h"

#include <string.h>

#define LINES 256
#define ASKED 4096

static struct worker_line lines[LINES];
static size_t line_count;
static struct worker_question asked[ASKED];
static unsigned int asked_count;

bool script_fits(const struct worker_line *l, const struct worker_question *q)
{
	return l->op == q->op && (!l->kind || l->kind == q->kind) &&
	       (!l->key || !strcmp(l->key, q->key));
}

/* The one place of these tests where a password becomes text. */
static struct lw_str shown(struct lw_password p)
{
	return (struct lw_str) { p.p, p.n };
}

static void put_str(char *to, size_t size, struct lw_str s)
{
	assert_true(s.n < size);
	if (s.n)
		memcpy(to, s.s, s.n);
	to[s.n] = '\0';
}

/* The front must never send what breaks the rules. */
static void decode(struct worker_question *q, const struct lw_head *h,
		   const uint8_t *body)
{
	struct lw_verdict v = { 0 };
	struct lw_change c = { 0 };
	struct lw_find find = { 0 };
	struct lw_sync sync = { 0 };
	struct lw_rd r;

	lw_rd_init(&r, body, h->len);
	*q = (struct worker_question) { .op = (uint16_t)(h->op & ~LW_OP_LOGIN),
					.raw_op = h->op,
					.id = h->id };
	if (h->op == LW_OP_OURS)
		return;
	if (q->op == LW_OP_FIND)
		assert_int_equal(lw_find_decode(&r, &find), LW_OK);
	else if (h->op == LW_OP_VERDICT)
		assert_int_equal(lw_verdict_decode(&r, &v), LW_OK);
	else if (h->op == LW_OP_CHANGE)
		assert_int_equal(lw_change_decode(&r, &c), LW_OK);
	else if (q->op == LW_OP_MEMBERS || q->op == LW_OP_MEMBERSHIPS)
		v.dn = lw_rd_str(&r);
	else if (h->op == LW_OP_SYNC)
		assert_int_equal(lw_sync_decode(&r, &sync), LW_OK);
	else if (h->op != LW_OP_RULES)
		fail_msg("the front asked op %d", h->op);
	assert_int_equal(lw_rd_end(&r), LW_OK);
	if (h->op == LW_OP_SYNC) {
		static const char *const how[] = { "changes", "everything",
						   "sids" };

		v.dn = lw_str(how[sync.how]);
		v.upn = sync.server;
		q->from = sync.from;
	}
	if (h->op == LW_OP_CHANGE)
		v = (struct lw_verdict) { c.dn, c.upn, c.old_password, false };
	q->kind = find.kind;
	q->want_ticket = v.want_ticket;
	q->kpasswd = c.kpasswd;
	put_str(q->key, sizeof(q->key), find.kind ? find.value : v.dn);
	put_str(q->upn, sizeof(q->upn), v.upn);
	put_str(q->password, sizeof(q->password), shown(v.password));
	put_str(q->new_password, sizeof(q->new_password),
		shown(c.new_password));
}

const struct worker_question *script_asked(const struct lw_head *h,
					   const uint8_t *body)
{
	assert_true(asked_count < ASKED);
	decode(&asked[asked_count], h, body);
	return &asked[asked_count++];
}

void script_forget(void)
{
	line_count = 0;
	asked_count = 0;
}

const struct worker_line *script_line(const struct worker_question *q)
{
	static const struct worker_line empty,
		denied = { .status = LW_DENIED },
		offline = { .status = LW_OFFLINE },
		unknown = { .status = LW_PROTO };

	for (size_t i = line_count; i > 0; i--) {
		if (script_fits(&lines[i - 1], q))
			return &lines[i - 1];
	}
	if (q->op == LW_OP_VERDICT || q->op == LW_OP_CHANGE)
		return &denied;
	if (q->op == LW_OP_SYNC || q->op == LW_OP_OURS)
		return &unknown;
	return q->op == LW_OP_RULES ? &offline : &empty;
}

static void put_entries(struct lw_wr *w, const struct worker_line *l)
{
	uint32_t n = 0;

	while (n < COUNT(l->entry) && l->entry[n])
		n++;
	assert_true(l->others <= n);
	lw_wr_str(w, lw_str(l->domain_sid ? l->domain_sid : DOMAIN_SID));
	lw_wr_u32(w, n - l->others);
	lw_wr_u32(w, n);
	for (uint32_t i = 0; i < n; i++)
		lw_entry_encode(w, l->entry[i]);
}

static void put_parts(struct lw_wr *w, const struct worker_question *q,
		      const struct worker_line *l)
{
	for (uint32_t i = 0; i < l->synced_n; i++) {
		const struct worker_synced *s = &l->synced[i];
		size_t start = w->p ? (size_t)(w->p - w->base) : 0;
		uint32_t n = 0;

		while (n < COUNT(s->member) && s->member[n])
			n++;
		lw_msg_begin(w, (enum lw_op)(LW_OP_SYNC | LW_OP_INTERIM),
			     q->id);
		lw_wr_u32(w, LW_OK);
		lw_wr_u32(w, 1);
		lw_sync_entry_encode(w, s->e, l->highest, n);
		for (uint32_t k = 0; k < n; k++)
			lw_wr_str(w, lw_str(s->member[k]));
		assert_int_equal(lw_msg_end(w, w->base + start), LW_OK);
	}
}

static void put_end(struct lw_wr *w, const struct worker_line *l)
{
	struct lw_sync_end end = {
		.domain_sid =
			lw_str(l->domain_sid ? l->domain_sid : DOMAIN_SID),
		.server = lw_str(l->server ? l->server : "dc1"),
		.highest = l->highest,
		.kind = l->end,
		.total = l->synced_n + l->missing,
	};

	lw_sync_end_encode(w, &end);
}

void script_answer(struct lw_wr *w, const struct worker_question *q,
		   const struct worker_line *l)
{
	enum lw_op op = (enum lw_op)q->raw_op;
	size_t start;

	put_parts(w, q, l);
	start = w->p ? (size_t)(w->p - w->base) : 0;
	if (l->manner == WORKER_OP)
		op = q->op == LW_OP_FIND ? LW_OP_MEMBERS : LW_OP_FIND;
	lw_msg_begin(w, op, l->manner == WORKER_ID ? q->id + 1000 : q->id);
	lw_wr_u32(w, l->manner == WORKER_STATUS ? 99 : (uint32_t)l->status);
	if (l->status == LW_OK && q->op == LW_OP_VERDICT)
		lw_verdict_answer_encode(w, &l->verdict);
	else if (l->status == LW_OK && q->op == LW_OP_RULES)
		lw_password_policy_encode(w, &l->policy);
	else if (l->status == LW_OK && q->op == LW_OP_SYNC)
		put_end(w, l);
	else if (l->status == LW_OK && q->op != LW_OP_CHANGE)
		put_entries(w, l);
	if (l->manner == WORKER_SHORT)
		w->p--;
	if (l->manner == WORKER_LONG)
		lw_wr_u8(w, 0);
	assert_int_equal(lw_msg_end(w, w->base + start), LW_OK);
	if (l->manner == WORKER_VERSION)
		w->base[5]++;
	if (l->manner == WORKER_HUGE)
		lw_put_u32(w->base, LW_REPLY_MAX + 1);
	if (l->manner == WORKER_GARBAGE)
		memset(w->base, 0xA5, (size_t)(w->p - w->base));
}

void worker_say(const struct worker_line *line)
{
	assert_true(line_count < LINES);
	lines[line_count++] = *line;
}

unsigned int worker_count(enum lw_op op, const char *key)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < asked_count; i++)
		n += asked[i].op == op && (!key || !strcmp(asked[i].key, key));
	return n;
}

const struct worker_question *worker_question(enum lw_op op, unsigned int nth)
{
	for (unsigned int i = 0; i < asked_count; i++) {
		if (asked[i].op == op && nth-- == 0)
			return &asked[i];
	}
	fail_msg("question %d was not asked", (int)op);
	return NULL;
}
