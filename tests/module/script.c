/* script.c - read a conversation. For its tests. */
#include "script.h"

#include "check.h"
#include "cleanup.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void script_fail(const struct script *s, const struct line *l, const char *fmt,
		 ...)
{
	const char *base = strrchr(s->name, '/');
	char text[8192];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fail_msg("%s:%u: %s", base ? base + 1 : s->name, l ? l->no : 0, text);
	abort();
}

bool word_is(const struct word *w, const char *s)
{
	return !w->quoted && !strcmp(w->s, s);
}

static void grow(struct word *w, const char *s, size_t n)
{
	w->s = realloc(w->s, w->n + n + 1);
	assert_non_null(w->s);
	memcpy(w->s + w->n, s, n);
	w->n += n;
	w->s[w->n] = '\0';
}

/* One character of a string, after its backslash if it has one. */
static char escaped(const struct script *s, const struct line *l,
		    const char **p)
{
	static const char from[] = "nte\\\"0", to[] = "\n\t\033\\\"";
	unsigned int byte;
	const char *found;
	int n = 0;

	if (**p != '\\')
		return *(*p)++;
	(*p)++;
	if (**p == 'x' && sscanf(*p + 1, "%2x%n", &byte, &n) == 1 && n == 2) {
		*p += 3;
		return (char)byte;
	}
	found = **p ? strchr(from, **p) : NULL;
	if (!found)
		script_fail(s, l, "no such escape: \\%c", **p);
	(*p)++;
	return to[found - from]; /* the NUL at its end is that of \0 */
}

static const char *read_string(const struct script *s, const struct line *l,
			       const char *p, struct word *w)
{
	w->quoted = true;
	grow(w, "", 0);
	for (p++; *p && *p != '"' && *p != '\n';) {
		char c = escaped(s, l, &p);

		grow(w, &c, 1);
	}
	if (*p != '"')
		script_fail(s, l, "a string without end");
	return p + 1;
}

static const char *blanks(const char *p)
{
	return p + strspn(p, " \t");
}

/* "a" x 3 */
static const char *read_times(const struct script *s, const struct line *l,
			      const char *p, struct word *w)
{
	const char *q = blanks(p);
	size_t once = w->n;
	long times;
	char *end;

	if (q[0] != 'x' || q[1] != ' ')
		return p;
	times = strtol(q + 1, &end, 10);
	if (times < 1 || times > 1000000)
		script_fail(s, l, "how often?");
	w->n = once * (size_t)times;
	w->s = realloc(w->s, w->n + 1);
	assert_non_null(w->s);
	for (size_t at = once; at < w->n; at += once)
		memcpy(w->s + at, w->s, once);
	w->s[w->n] = '\0';
	return end;
}

static const char *read_word(const struct script *s, struct line *l,
			     const char *p)
{
	struct word *w = &l->w[l->n];
	struct word part = { 0 };

	if (l->n == SCRIPT_WORDS)
		script_fail(s, l, "too many words");
	if (*p != '"') {
		size_t n = strcspn(p, " \t\n");

		grow(w, p, n);
		l->n++;
		return p + n;
	}
	p = read_string(s, l, p, &part);
	p = read_times(s, l, p, &part);
	if (l->n > 0 && l->w[l->n - 1].quoted) {
		grow(&l->w[l->n - 1], part.s, part.n);
		free(part.s);
	} else {
		*w = part;
		l->n++;
	}
	return p;
}

void script_read(struct script *s, const char *path)
{
	lw_cleanup(lw_fclose) FILE *f = fopen(path, "re");
	lw_cleanup(lw_free) char *text = NULL;
	size_t size = 0;
	unsigned int no = 0;

	*s = (struct script) { .name = path };
	assert_non_null(f);
	while (getline(&text, &size, f) >= 0) {
		struct line l = { .no = ++no };
		const char *p = blanks(text);

		for (; *p && *p != '\n' && *p != '#'; p = blanks(p))
			p = read_word(s, &l, p);
		if (l.n == 0)
			continue;
		s->line = reallocarray(s->line, s->count + 1, sizeof(l));
		assert_non_null(s->line);
		s->line[s->count++] = l;
	}
	assert_false(ferror(f));
}

void script_done(struct script *s)
{
	for (size_t i = 0; i < s->count; i++) {
		for (size_t j = 0; j < s->line[i].n; j++)
			free(s->line[i].w[j].s);
	}
	free(s->line);
	*s = (struct script) { 0 };
}
