/* dropin.c - the file that lightwave-sudo writes, as rules and as text. Pure.
 */
#include "dropin.h"

#include "sid.h"
#include "utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char marker[] =
	"# lightwave-sudo(8) wrote this file: change it with grant and revoke.";
static const char plugin_line[] = "Defaults group_plugin=\"";

#define NAME_BYTES 1024

static bool skip(struct lw_str *s, const char *what)
{
	size_t n = strlen(what);

	if (s->n < n || memcmp(s->s, what, n) != 0)
		return false;
	s->s += n;
	s->n -= n;
	return true;
}

/* It stands in a comment: no end of a line, and nothing that hides one. */
static bool name_fits(struct lw_str s)
{
	uint32_t c = 0;

	if (s.n == 0 || s.n > NAME_BYTES || s.s[0] == ' ' ||
	    s.s[s.n - 1] == ' ')
		return false;
	while (s.n > 0) {
		size_t n = lw_utf8(s, &c);

		if (n == 0 || c < 0x20 || (c >= 0x7f && c < 0xa0) ||
		    c == 0x2028 || c == 0x2029)
			return false;
		s.s += n;
		s.n -= n;
	}
	return true;
}

bool lw_dropin_fits(const struct lw_rule *r)
{
	return name_fits(r->name) && lw_sid_valid(r->sid) &&
	       (r->what == LW_RESOLVE_GROUP || r->uid != 0);
}

void lw_dropin_done(struct lw_dropin *d)
{
	free(d->rules);
	*d = (struct lw_dropin) { 0 };
}

/* Make room for one at that place. */
static enum lw_err insert(struct lw_dropin *d, size_t at,
			  const struct lw_rule *r)
{
	struct lw_rule *p = reallocarray(d->rules, d->n + 1, sizeof(*p));

	if (!p)
		return LW_NOMEM;
	d->rules = p;
	memmove(&p[at + 1], &p[at], (d->n - at) * sizeof(*p));
	p[at] = *r;
	d->n++;
	return LW_OK;
}

/* "# user NAME SID", which the rules below it are of. */
static bool heading(struct lw_str line, struct lw_rule *ret)
{
	struct lw_rule r = { .what = LW_RESOLVE_USER };
	const char *blank;

	if (skip(&line, "# group "))
		r.what = LW_RESOLVE_GROUP;
	else if (!skip(&line, "# user "))
		return false;
	blank = memrchr(line.s, ' ', line.n);
	if (!blank)
		return false;
	r.name = (struct lw_str) { line.s, (size_t)(blank - line.s) };
	r.sid = (struct lw_str) { blank + 1, line.n - r.name.n - 1 };
	if (!name_fits(r.name) || !lw_sid_valid(r.sid))
		return false;
	*ret = r;
	return true;
}

static bool number(struct lw_str *s, uint32_t *ret)
{
	uint64_t v = 0;
	size_t n = 0;

	while (n < s->n && n < 10 && s->s[n] >= '0' && s->s[n] <= '9')
		v = v * 10 + (uint64_t)(s->s[n++] - '0');
	if (n == 0 || s->s[0] == '0' || v >= UINT32_MAX)
		return false;
	s->s += n;
	s->n -= n;
	*ret = (uint32_t)v;
	return true;
}

/*
 * What follows who: of one line, with no comment behind that hides more, and
 * no quoted end by which sudo goes on with the next.
 */
static bool rule_text(struct lw_str s)
{
	bool quoted = false;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.s[i];

		if (c < 0x20 || c == 0x7f)
			return false;
		/* (#ID) in a list of whom to run as is no comment. */
		if (c == '#' && !quoted && !strchr("(:", i ? s.s[i - 1] : ' '))
			return false;
		quoted = c == '\\' && !quoted;
	}
	return s.n > 0 && !quoted && s.s[0] != ' ' && s.s[s.n - 1] != ' ';
}

/* "#UID TEXT" or "%:SID TEXT", of whom the heading says, with one uid. */
static bool rule(struct lw_str line, struct lw_rule *head, struct lw_rule *ret)
{
	struct lw_rule r = *head;

	if (r.what == LW_RESOLVE_USER) {
		if (!skip(&line, "#") || !number(&line, &r.uid) ||
		    (head->uid != 0 && head->uid != r.uid))
			return false;
		head->uid = r.uid;
	} else {
		if (!skip(&line, "%:") || line.n < r.sid.n ||
		    memcmp(line.s, r.sid.s, r.sid.n) != 0)
			return false;
		line.s += r.sid.n;
		line.n -= r.sid.n;
	}
	if (!skip(&line, " ") || !rule_text(line))
		return false;
	r.text = line;
	*ret = r;
	return true;
}

/* Wherever the plug-in was when it was written; no other setting behind it. */
static bool plugin(struct lw_str line)
{
	if (!skip(&line, plugin_line) || line.n < 2)
		return false;
	for (size_t i = 0; i < line.n; i++) {
		unsigned char c = (unsigned char)line.s[i];

		if (c < 0x20 || c == 0x7f || (c == '"' && i + 1 < line.n))
			return false;
	}
	return line.s[line.n - 1] == '"';
}

static struct lw_str next_line(struct lw_str *text)
{
	const char *end = memchr(text->s, '\n', text->n);
	struct lw_str line = { text->s,
			       end ? (size_t)(end - text->s) : text->n };
	size_t used = line.n + (end ? 1 : 0);

	text->s += used;
	text->n -= used;
	return line;
}

enum lw_err lw_dropin_parse(struct lw_str text, struct lw_dropin *ret,
			    unsigned int *ret_line)
{
	struct lw_rule head = { 0 }, r;
	unsigned int n = 1;
	bool under = false;

	*ret = (struct lw_dropin) { 0 };
	if (!lw_str_eq(next_line(&text), marker))
		return LW_NOTOURS;
	while (text.n > 0) {
		struct lw_str line = next_line(&text);

		n++;
		if (line.n == 0 || plugin(line)) {
			under = false;
		} else if (heading(line, &head)) {
			under = true;
		} else if (under && rule(line, &head, &r)) {
			r.line = n;
			if (insert(ret, ret->n, &r) != LW_OK)
				return LW_NOMEM;
		} else {
			*ret_line = n;
			return LW_INVALID;
		}
	}
	return LW_OK;
}

enum lw_err lw_dropin_add(struct lw_dropin *d, const struct lw_rule *r,
			  bool *ret_new)
{
	size_t at = d->n;
	bool found = false, moved = false;

	if (!lw_dropin_fits(r) || !rule_text(r->text))
		return LW_INVALID;
	for (size_t i = 0; i < d->n; i++) {
		struct lw_rule *o = &d->rules[i];

		if (!lw_str_same(o->sid, r->sid))
			continue;
		moved |= o->uid != r->uid;
		o->name = r->name;
		o->uid = r->uid;
		at = i + 1;
		found |= lw_str_same(o->text, r->text);
	}
	if (!found && insert(d, at, r) != LW_OK)
		return LW_NOMEM;
	*ret_new = !found || moved;
	return LW_OK;
}

size_t lw_dropin_remove(struct lw_dropin *d, struct lw_str sid,
			const struct lw_str *text)
{
	size_t kept = 0, was = d->n;

	for (size_t i = 0; i < was; i++) {
		const struct lw_rule *r = &d->rules[i];

		if (!lw_str_same(r->sid, sid) ||
		    (text && !lw_str_same(r->text, *text)))
			d->rules[kept++] = *r;
	}
	d->n = kept;
	return was - kept;
}

static void put(struct lw_wr *w, const char *s)
{
	lw_wr_raw(w, s, strlen(s));
}

static void put_str(struct lw_wr *w, struct lw_str s)
{
	lw_wr_raw(w, s.s, s.n);
}

static void put_heading(struct lw_wr *w, const struct lw_rule *r)
{
	put(w, r->what == LW_RESOLVE_USER ? "\n# user " : "\n# group ");
	put_str(w, r->name);
	put(w, " ");
	put_str(w, r->sid);
	put(w, "\n");
}

void lw_dropin_render(const struct lw_dropin *d, const char *plugin,
		      struct lw_wr *w)
{
	char uid[16];

	put(w, marker);
	put(w, "\n");
	put(w, plugin_line);
	put(w, plugin);
	put(w, "\"\n");
	for (size_t i = 0; i < d->n; i++) {
		const struct lw_rule *r = &d->rules[i];

		if (i == 0 || !lw_str_same(r->sid, r[-1].sid))
			put_heading(w, r);
		if (r->what == LW_RESOLVE_USER) {
			snprintf(uid, sizeof(uid), "#%" PRIu32, r->uid);
			put(w, uid);
		} else {
			put(w, "%:");
			put_str(w, r->sid);
		}
		put(w, " ");
		put_str(w, r->text);
		put(w, "\n");
	}
}
