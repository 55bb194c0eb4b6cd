/* sudoers_line.c - lines, comments and includes of sudoers. lightwave-sudo. */
#include "sudoers_line.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Whether nothing but blanks and the end of the line, or a NUL, is at i. */
static bool ends(struct lw_str l, size_t i)
{
	while (i < l.n && blank(l.s[i]))
		i++;
	if (i < l.n && l.s[i] == '\r')
		i++;
	return i >= l.n || l.s[i] == '\n' || !l.s[i];
}

/* A '#' before a number is an id; before all else it begins a comment. */
static bool comment_at(struct lw_str l, size_t i)
{
	if (l.s[i] != '#')
		return false;
	if (i + 1 < l.n && l.s[i + 1] == '-')
		i++;
	return i + 1 >= l.n || !digit(l.s[i + 1]);
}

/*
 * One line of the file from i on: whether it goes on with the next. sudo cuts a
 * line at a NUL.
 */
static bool scan(struct lw_str l, size_t *i, bool *quoted)
{
	for (; *i < l.n && l.s[*i] != '\n' && l.s[*i]; ++*i) {
		char c = l.s[*i];

		if (c == '\\' && ends(l, *i + 1))
			return true;
		if (c == '\\' && *i + 1 < l.n &&
		    (!*quoted || l.s[*i + 1] == '"'))
			++*i;
		else if (c == '"')
			*quoted = !*quoted;
		else if (!*quoted && comment_at(l, *i))
			return false;
	}
	return false;
}

static size_t after_newline(struct lw_str s, size_t i)
{
	const char *nl = i < s.n ? memchr(s.s + i, '\n', s.n - i) : NULL;

	return nl ? (size_t)(nl - s.s) + 1 : s.n;
}

size_t lw_sudoers_line(struct lw_str s, uint32_t *ret_lines)
{
	bool quoted = false;
	size_t i = 0;

	*ret_lines = 0;
	while (i < s.n) {
		bool open = scan(s, &i, &quoted);

		i = after_newline(s, i);
		++*ret_lines;
		if (!open)
			break;
	}
	return i;
}

bool lw_sudoers_open(struct lw_str line)
{
	bool open = false;
	bool quoted = false;
	size_t i = 0;

	while (i < line.n) {
		open = scan(line, &i, &quoted);
		i = after_newline(line, i);
	}
	return open;
}

static struct lw_str skip(struct lw_str l, size_t n)
{
	return (struct lw_str) { l.s + n, l.n - n };
}

static struct lw_str trim(struct lw_str l)
{
	while (l.n > 0 && blank(l.s[0]))
		l = skip(l, 1);
	return l;
}

static int hex(char c)
{
	if (digit(c))
		return c - '0';
	return isxdigit((unsigned char)c) ? (c | 0x20) - 'a' + 10 : -1;
}

/* One character of an unquoted path, unescaped; how many bytes it took. */
static size_t unescape(struct lw_str l, char *ret)
{
	*ret = l.s[0];
	if (l.s[0] != '\\' || l.n < 2)
		return 1;
	if (l.n >= 4 && l.s[1] == 'x' && hex(l.s[2]) >= 0 && hex(l.s[3]) >= 0) {
		*ret = (char)(hex(l.s[2]) * 16 + hex(l.s[3]));
		return 4;
	}
	*ret = l.s[1];
	return 2;
}

static enum lw_err path_of(struct lw_str l, char **ret)
{
	bool quoted = l.n > 0 && l.s[0] == '"';
	char *path = malloc(l.n + 1);
	size_t n = 0;

	if (!path)
		return LW_NOMEM;
	for (l = skip(l, quoted); l.n > 0; n++) {
		bool escaped = l.n > 1 && l.s[0] == '\\' && l.s[1] == '"';

		if (quoted ? l.s[0] == '"' : isspace((unsigned char)l.s[0]))
			break;
		if (!l.s[0] || l.s[0] == '\n')
			break;
		if (quoted) {
			path[n] = l.s[escaped];
			l = skip(l, escaped ? 2 : 1);
		} else {
			l = skip(l, unescape(l, path + n));
		}
	}
	path[n] = '\0';
	if (n == 0) {
		free(path);
		return LW_INVALID;
	}
	*ret = path;
	return LW_OK;
}

enum lw_err lw_sudoers_kind(struct lw_str line, enum lw_sudoers_kind *ret,
			    char **ret_path)
{
	/* "#include" is one in the first column alone, "@include" anywhere. */
	struct lw_str l = lw_str_begins(line, "#") ? line : trim(line);
	bool dir;

	*ret = LW_SUDOERS_PLAIN;
	if (ends(l, 0)) {
		*ret = LW_SUDOERS_EMPTY;
		return LW_OK;
	}
	dir = lw_str_begins(skip(l, 1), "includedir");
	if ((l.s[0] == '#' && line.s[0] == '#') || l.s[0] == '@') {
		size_t n = strlen("@include") + (dir ? strlen("dir") : 0);
		bool is = dir || lw_str_begins(skip(l, 1), "include");
		bool then = l.n > n &&
			    (blank(l.s[n]) || (l.s[0] == '@' && l.s[n] == '"'));

		if (is && then) {
			*ret = dir ? LW_SUDOERS_INCLUDEDIR : LW_SUDOERS_INCLUDE;
			return path_of(trim(skip(l, n)), ret_path);
		}
	}
	if (comment_at(l, 0))
		*ret = LW_SUDOERS_EMPTY;
	return LW_OK;
}

bool lw_sudoers_number(const char **p, uint32_t *ret)
{
	unsigned long n;
	char *end;

	if (!digit(**p))
		return false;
	errno = 0;
	n = strtoul(*p, &end, 10);
	if (errno != 0 || n > UINT32_MAX)
		return false;
	*p = end;
	*ret = (uint32_t)n;
	return true;
}
