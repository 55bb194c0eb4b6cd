/* sudoers_json.c - mend and read cvtsudoers' JSON. lightwave-sudo. */
#include "sudoers_json.h"

#include "cleanup.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH 64

struct mend {
	struct lw_str in;
	FILE *out;
	bool array[DEPTH]; /* what each open container is */
	unsigned int depth;
	bool wrapped; /* a pair that stands in an array is open */
};

/* The bytes of the string that begins at s, its quotes included. */
static size_t string_len(struct lw_str s)
{
	size_t i = 1;

	while (i < s.n && s.s[i] != '"')
		i += s.s[i] == '\\' ? 2 : 1;
	return i < s.n ? i + 1 : s.n;
}

static void put_string(FILE *out, struct lw_str s)
{
	while (s.n > 0) {
		uint32_t c;
		size_t n = lw_utf8(s, &c);

		if (n == 0)
			fputs("\\ufffd", out);
		else if (c < 0x20)
			fprintf(out, "\\u%04x", c);
		else
			fwrite(s.s, 1, n, out);
		n = n ? n : 1;
		s.s += n;
		s.n -= n;
	}
}

static bool colon_follows(struct lw_str s, size_t i)
{
	while (i < s.n && (s.s[i] == ' ' || s.s[i] == '\n' || s.s[i] == '\t'))
		i++;
	return i < s.n && s.s[i] == ':';
}

static void unwrap(struct mend *m)
{
	if (m->wrapped)
		putc('}', m->out);
	m->wrapped = false;
}

static void step(struct mend *m, size_t *n)
{
	char c = m->in.s[0];

	*n = 1;
	if (c == '"') {
		*n = string_len(m->in);
		if (m->depth > 0 && m->array[m->depth - 1] &&
		    colon_follows(m->in, *n)) {
			putc('{', m->out);
			m->wrapped = true;
		}
		put_string(m->out, (struct lw_str) { m->in.s, *n });
		return;
	}
	if (c == ',' || c == ']' || c == '}' || c == '[' || c == '{')
		unwrap(m);
	if ((c == '[' || c == '{') && m->depth < DEPTH)
		m->array[m->depth++] = c == '[';
	else if ((c == ']' || c == '}') && m->depth > 0)
		m->depth--;
	putc(c, m->out);
}

enum lw_err lw_sudoers_json(struct lw_str text, json_t **ret)
{
	lw_cleanup(lw_free) char *fixed = NULL;
	struct mend m = { .in = text };
	size_t n, size = 0;

	m.out = open_memstream(&fixed, &size);
	if (!m.out)
		return LW_NOMEM;
	while (m.in.n > 0) {
		step(&m, &n);
		m.in.s += n;
		m.in.n -= n;
	}
	if (fclose(m.out) != 0)
		return LW_NOMEM;
	*ret = json_loadb(fixed, size, 0, NULL);
	return *ret ? LW_OK : LW_PROTO;
}
