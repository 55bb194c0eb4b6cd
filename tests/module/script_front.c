/* script_front.c - what a script lets the front answer. For its tests. */
#include "script_front.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name;
	enum lw_op op;
} ops[] = {
	{ "OURS", LW_OP_OURS },	      { "AUTH", LW_OP_AUTH },
	{ "ACCOUNT", LW_OP_ACCOUNT }, { "TICKET", LW_OP_TICKET },
	{ "POLICY", LW_OP_POLICY },   { "PASSWORD", LW_OP_PASSWORD },
	{ "VERIFY", LW_OP_VERIFY },   { "PASSWD", LW_OP_PASSWD_BY_NAME },
};

static const char *const statuses[] = {
	"OK",	    "NOTFOUND", "NOTOURS",    "DENIED",	  "LOCKED",
	"DISABLED", "EXPIRED",	"FORBIDDEN",  "OFFLINE",  "RANGE",
	"INVALID",  "PROTO",	"NOMEM",      "PENDING",  "NOPASSWORD",
	"SKEW",	    "NOTICKET", "CHANGE",     "TOOSHORT", "WEAK",
	"HISTORY",  "TOOSOON",	"NOTALLOWED", "NOWORKER", "NOFRONT",
	"OUTDATED", "CLAIMED",	"ERR_COUNT",
};
_Static_assert(COUNT(statuses) == LW_ERR_COUNT + 1, "as many as in err.h");

static const struct {
	const char *name;
	enum front_manner manner;
} manners[] = {
	{ "drips", FRONT_DRIP },   { "cut", FRONT_CUT },
	{ "closes", FRONT_CLOSE }, { "hangs", FRONT_HANG },
	{ "stalls", FRONT_STALL },
};

enum lw_op script_op(const char *name)
{
	for (size_t i = 0; i < COUNT(ops); i++) {
		if (!strcmp(ops[i].name, name))
			return ops[i].op;
	}
	return (enum lw_op)0;
}

const char *script_op_name(unsigned int op)
{
	for (size_t i = 0; i < COUNT(ops); i++) {
		if (ops[i].op == op)
			return ops[i].name;
	}
	return "something else";
}

uid_t script_uid(void)
{
	return geteuid() == 0 ? 16778241 : geteuid();
}

gid_t script_gid(void)
{
	return geteuid() == 0 ? 16778242 : getegid();
}

/* Where key=value of this line stands, and which of them were looked for. */
struct keys {
	const struct script *s;
	const struct line *l;
	size_t from;
	bool used[SCRIPT_WORDS];
};

static const char *text(struct keys *k, const char *key, const char *unsaid)
{
	size_t n = strlen(key);

	for (size_t i = k->from; i < k->l->n; i++) {
		const struct word *w = &k->l->w[i];

		if (w->quoted || strncmp(w->s, key, n) != 0 || w->s[n] != '=')
			continue;
		k->used[i] = true;
		return w->s + n + 1;
	}
	return unsaid;
}

static uint32_t number(struct keys *k, const char *key, const char *unsaid)
{
	const char *v = text(k, key, unsaid);
	long long n;
	char *end;

	if (!strcmp(v, "never"))
		return LW_NEVER;
	if (!strcmp(v, "me"))
		return getuid();
	if (!strcmp(v, "other"))
		return getuid() + 1;
	if (!strcmp(v, "his"))
		return script_uid();
	if (!strcmp(v, "root"))
		return 0;
	n = strtoll(v, &end, 10);
	if (!*v || *end || n < INT32_MIN || n > UINT32_MAX)
		script_fail(k->s, k->l, "%s: not a number: %s", key, v);
	return (uint32_t)n;
}

static enum lw_ticket_state ticket_state(struct keys *k)
{
	static const char *const names[] = { "OK",	   "NO_KEYTAB",
					     "UNVERIFIED", "NO_KDC",
					     "SKEW",	   "REFUSED",
					     "NOT_ASKED",  "OFFLINE" };
	const char *v = text(k, "ticket", "OK");

	_Static_assert(COUNT(names) == LW_TICKET_COUNT, "as many as there are");
	for (size_t i = 0; i < COUNT(names); i++) {
		if (!strcmp(names[i], v))
			return (enum lw_ticket_state)i;
	}
	script_fail(k->s, k->l, "no such ticket state: %s", v);
}

static void policy(struct lw_wr *w, struct keys *k)
{
	struct lw_password_policy p;

	p.min_length = number(k, "min_length", "never");
	p.max_length = number(k, "max_length", "never");
	p.min_alphabetic = number(k, "alphabetic", "never");
	p.min_upper = number(k, "upper", "never");
	p.min_lower = number(k, "lower", "never");
	p.min_numeric = number(k, "numeric", "never");
	p.min_special = number(k, "special", "never");
	p.max_identical = number(k, "identical", "never");
	p.history = number(k, "history", "never");
	lw_password_policy_encode(w, &p);
}

static void passwd(struct lw_wr *w, struct keys *k)
{
	struct lw_passwd pw = { .gid = 545,
				.name = LW_STR("alice@lightwave.local"),
				.gecos = LW_STR(""),
				.shell = LW_STR("/bin/sh") };

	pw.uid = number(k, "uid", "me");
	pw.dir = lw_str(text(k, "home", "./home"));
	lw_passwd_encode(w, &pw);
}

/* As every FILE ccache it begins with 5, unless it is empty. */
static void ticket(struct lw_wr *w, struct keys *k)
{
	struct lw_ticket t = { .gid = script_gid() };
	const char *v = text(k, "text", "a-ticket");
	char bytes[256];

	t.uid = number(k, "uid", "his");
	snprintf(bytes, sizeof(bytes), SCRIPT_CCACHE "%s", v);
	t.ccache = lw_str(*v ? bytes : "");
	lw_ticket_encode(w, &t);
}

static void auth(struct lw_wr *w, struct keys *k)
{
	struct lw_auth_answer a;

	a.expires_in = number(k, "expires", "never");
	a.age = a.expires_in; /* OFFLINE has that there */
	a.ticket = ticket_state(k);
	a.skew = (int32_t)number(k, "skew", "0");
	lw_auth_answer_encode(w, &a);
}

/* What follows the status, from the keys or as it is. */
static void body(struct lw_wr *w, const struct front_reply *r, struct keys *k)
{
	for (size_t i = k->from; i + 1 < k->l->n; i++) {
		if (!word_is(&k->l->w[i], "body"))
			continue;
		k->used[i] = k->used[i + 1] = true;
		lw_wr_raw(w, k->l->w[i + 1].s, k->l->w[i + 1].n);
		return;
	}
	if (r->op == LW_OP_AUTH && r->status == LW_SKEW)
		lw_wr_u32(w, number(k, "skew", "0"));
	else if (r->status != LW_OK)
		return;
	else if (r->op == LW_OP_AUTH)
		auth(w, k);
	else if (r->op == LW_OP_POLICY)
		policy(w, k);
	else if (r->op == LW_OP_PASSWD_BY_NAME)
		passwd(w, k);
	else if (r->op == LW_OP_TICKET)
		ticket(w, k);
}

/* STATUS, or a MANNER with which status OK is answered, or raw. */
static void status(struct front_reply *r, struct keys *k)
{
	const struct word *w = &k->l->w[2];

	for (size_t i = 0; i < COUNT(statuses); i++) {
		if (!word_is(w, statuses[i]))
			continue;
		r->status = (enum lw_err)i;
		return;
	}
	for (size_t i = 0; i < COUNT(manners); i++) {
		if (!word_is(w, manners[i].name))
			continue;
		r->manner = manners[i].manner;
		return;
	}
	if (!word_is(w, "raw") || k->l->n != 4)
		script_fail(k->s, k->l, "no such answer: %s", w->s);
	r->manner = FRONT_RAW;
	r->body = k->l->w[3].s;
	r->n = k->l->w[3].n;
	k->used[3] = true;
}

static void last_words(struct front_reply *r, struct keys *k)
{
	for (size_t i = k->from; i < k->l->n; i++) {
		if (word_is(&k->l->w[i], "once")) {
			r->once = true;
		} else if (word_is(&k->l->w[i], "to") && i + 1 < k->l->n) {
			k->used[i] = true;
			r->name = k->l->w[++i].s;
		} else if (!k->used[i]) {
			script_fail(k->s, k->l, "%s: what for?", k->l->w[i].s);
		}
	}
}

void script_front_add(struct script_front *f, const struct script *s,
		      const struct line *l)
{
	struct keys k = { .s = s, .l = l, .from = 3 };
	struct front_reply *r = &f->reply[f->n];
	struct lw_wr w;

	if (l->n < 3 || f->n == SCRIPT_ANSWERS)
		script_fail(s, l, "front: too few words, or too many lines");
	*r = (struct front_reply) { .op = script_op(l->w[1].s) };
	if (!r->op)
		script_fail(s, l, "no such question: %s", l->w[1].s);
	status(r, &k);
	if (r->manner != FRONT_RAW) {
		lw_wr_init(&w, f->body[f->n], sizeof(f->body[f->n]));
		body(&w, r, &k);
		assert_int_equal(lw_wr_end(&w), LW_OK);
		r->body = f->body[f->n];
		r->n = (size_t)(w.p - f->body[f->n]);
	}
	last_words(r, &k);
	f->n++;
}
