/*
 * command.c - what a rule allows, as sudoers(5) wants it. Pure; lightwave-sudo.
 *
 * sudo strips a backslash before ,:= # and a blank, keeps one before a glob
 * character, and hands what is left of the arguments to fnmatch(3), where a
 * backslash quotes once more.
 */
#include "command.h"

#include "token.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static struct lw_str from(struct lw_str s, size_t n)
{
	return (struct lw_str) { s.s + n, s.n - n };
}

static bool has_control(struct lw_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.s[i];

		if (c < 0x20 || c == 0x7f)
			return true;
	}
	return false;
}

static size_t word(struct lw_str s)
{
	const char *blank = memchr(s.s, ' ', s.n);

	return blank ? (size_t)(blank - s.s) : s.n;
}

static bool ends(struct lw_str s, const char *with)
{
	size_t n = strlen(with);

	return s.n >= n && !memcmp(s.s + s.n - n, with, n);
}

/*
 * A path with a wildcard in it cannot be quoted, nor a backslash; and sudo
 * wants sudoedit without one.
 */
static enum lw_err path(struct lw_str s, struct lw_wr *w)
{
	if (ends(s, "/sudoedit"))
		return LW_INVALID;
	if (s.n < 2 || s.s[0] != '/' || s.s[s.n - 1] == '/')
		return LW_INVALID;
	for (size_t i = 0; i < s.n; i++) {
		if (strchr("*?[]\\", s.s[i]))
			return LW_INVALID;
		if (strchr(",:=#", s.s[i]))
			lw_wr_raw(w, "\\", 1);
		lw_wr_raw(w, &s.s[i], 1);
	}
	return LW_OK;
}

static void argument(struct lw_wr *w, char c)
{
	if (c == '\\')
		lw_wr_raw(w, "\\\\\\", 3); /* and itself, below */
	else if (strchr("*?[]^!,:=#", c))
		lw_wr_raw(w, "\\", 1);
	lw_wr_raw(w, &c, 1);
}

/* One blank between two words stands as it is: sudo makes one of many. */
static void arguments(struct lw_str s, struct lw_wr *w)
{
	for (size_t i = 0; i < s.n; i++) {
		bool lone = i > 0 && s.s[i - 1] != ' ' && s.s[i + 1] != ' ';

		if (s.s[i] == ' ' && !lone)
			lw_wr_raw(w, "\\", 1);
		argument(w, s.s[i]);
	}
}

/* The length of a digest in front, with the blank behind it; 0: none. */
static size_t digest(struct lw_str s)
{
	static const struct {
		const char *name;
		size_t bytes;
	} known[] = { { "sha224:", 28 },
		      { "sha256:", 32 },
		      { "sha384:", 48 },
		      { "sha512:", 64 } };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		size_t at = strlen(known[i].name), n = word(s);

		if (!lw_str_begins(s, known[i].name) || n == s.n ||
		    n - at != 2 * known[i].bytes)
			continue;
		while (at < n && isxdigit((unsigned char)s.s[at]))
			at++;
		return at == n ? n + 1 : 0;
	}
	return 0;
}

enum lw_err lw_sudoers_command(struct lw_str typed, struct lw_wr *w)
{
	size_t n = digest(typed);
	enum lw_err e;

	if (lw_str_eq(typed, "ALL")) {
		lw_wr_raw(w, "ALL", 3);
		return LW_OK;
	}
	if (has_control(typed))
		return LW_INVALID;
	lw_wr_raw(w, typed.s, n);
	typed = from(typed, n);
	n = word(typed);
	if (n == 8 && lw_str_begins(typed, "sudoedit")) {
		lw_wr_raw(w, "sudoedit", 8);
		if (n < typed.n && !lw_str_begins(from(typed, n), " /"))
			return LW_INVALID;
	} else {
		e = path((struct lw_str) { typed.s, n }, w);
		if (e != LW_OK)
			return e;
	}
	if (n == typed.n)
		return LW_OK;
	typed = from(typed, n + 1);
	/* A quoted blank at the end of a line goes on with the next one. */
	if (typed.n == 0 || typed.s[typed.n - 1] == ' ')
		return LW_INVALID;
	lw_wr_raw(w, " ", 1);
	arguments(typed, w);
	return LW_OK;
}

enum lw_err lw_sudoers_runas(struct lw_str typed, struct lw_wr *w)
{
	bool id = typed.n > 1 && typed.n <= 11 && typed.s[0] == '#';

	for (size_t i = 1; i < typed.n && id; i++)
		id = isdigit((unsigned char)typed.s[i]);
	if (id || lw_str_eq(typed, "ALL")) {
		lw_wr_raw(w, typed.s, typed.n);
		return LW_OK;
	}
	return lw_sudoers_escape(LW_TOKEN_USER, typed, w);
}

/* An address, or one with the bits of its network behind it. */
static bool network(struct lw_str typed)
{
	char text[64], *slash, *end;
	unsigned char bin[16];
	long bits;

	if (typed.n == 0 || typed.n >= sizeof(text) || has_control(typed))
		return false;
	memcpy(text, typed.s, typed.n);
	text[typed.n] = '\0';
	slash = strchr(text, '/');
	if (slash)
		*slash = '\0';
	if (inet_pton(AF_INET, text, bin) == 1)
		bits = 32;
	else if (inet_pton(AF_INET6, text, bin) == 1)
		bits = 128;
	else
		return false;
	if (!slash)
		return true;
	if (!isdigit((unsigned char)slash[1]))
		return false;
	return strtol(slash + 1, &end, 10) <= bits && !*end &&
	       (slash[1] != '0' || !slash[2]);
}

enum lw_err lw_sudoers_host(struct lw_str typed, struct lw_wr *w)
{
	struct lw_str low = { .n = typed.n };
	char name[256];

	if (lw_str_eq(typed, "ALL") || network(typed)) {
		lw_wr_raw(w, typed.s, typed.n);
		return LW_OK;
	}
	if (typed.n == 0 || typed.n >= sizeof(name) || typed.s[0] == '-' ||
	    typed.s[0] == '.')
		return LW_INVALID;
	for (size_t i = 0; i < typed.n; i++) {
		unsigned char c = (unsigned char)typed.s[i];

		if (c >= 0x80 || !(isalnum(c) || c == '.' || c == '-'))
			return LW_INVALID;
		name[i] = (char)tolower(c);
	}
	/* Numbers alone are a mistyped address. */
	name[typed.n] = '\0';
	if (!name[strspn(name, "0123456789.")])
		return LW_INVALID;
	low.s = name;
	return lw_sudoers_escape(LW_TOKEN_USER, low, w);
}
