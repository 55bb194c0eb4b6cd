/*
 * token.c - a name as sudoers(5) wants it. Pure; lightwave-sudo.
 *
 * sudo's lexer takes a backslash before any byte of a word, and \xNN for any
 * byte. What it strips is gone when the token is matched, so that a name which
 * begins as an id does cannot be written at all.
 */
#include "token.h"

#include <string.h>

static const char digits[] = "0123456789abcdef";

static void hex(struct lw_wr *w, unsigned char c)
{
	char t[4] = { '\\', 'x', digits[c >> 4], digits[c & 15] };

	lw_wr_raw(w, t, sizeof(t));
}

static bool only(struct lw_str s, const char *of)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!strchr(of, s.s[i]))
			return false;
	}
	return true;
}

static bool is_word(struct lw_str s)
{
	static const char *const words[] = { "sudoedit", "list",   "sha224",
					     "sha256",	 "sha384", "sha512" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (lw_str_eq(s, words[i]))
			return true;
	}
	return false;
}

/*
 * Whether the lexer takes a word for something else by its looks: ALL, an
 * alias, a line of another kind, a command, an address, an include, a
 * netgroup, a group.
 */
static bool misread(struct lw_str s)
{
	static const char *const lines[] = { "Defaults",    "User_Alias",
					     "Runas_Alias", "Host_Alias",
					     "Cmnd_Alias",  "Cmd_Alias" };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (lw_str_begins(s, lines[i]))
			return true;
	}
	return strchr("@+%-/", s.s[0]) || is_word(s) ||
	       only(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ||
	       only(s, "0123456789abcdefABCDEF.:/");
}

static void put(struct lw_wr *w, unsigned char c)
{
	if (c < 0x20 || c == 0x7f) {
		hex(w, c);
		return;
	}
	if (strchr("!=:,()\\ #\"", c))
		lw_wr_raw(w, "\\", 1);
	else if (strchr("<>'*?[]{}^$&|;`~", c)) {
		hex(w, c);
		return;
	}
	lw_wr_raw(w, &c, 1);
}

enum lw_err lw_sudoers_escape(enum lw_token what, struct lw_str name,
			      struct lw_wr *w)
{
	size_t i = 0;

	if (name.n == 0 || memchr(name.s, '\0', name.n) ||
	    memchr(name.s, '\n', name.n) || memchr(name.s, '\r', name.n))
		return LW_INVALID;
	if (name.s[0] == '#')
		return LW_INVALID;
	if (name.s[0] == ':' && what == LW_TOKEN_GROUP)
		return LW_INVALID;

	if (what == LW_TOKEN_USER && misread(name))
		hex(w, (unsigned char)name.s[i++]);
	else if (what == LW_TOKEN_GROUP)
		lw_wr_raw(w, "%", 1);
	else if (what == LW_TOKEN_PLUGIN)
		lw_wr_raw(w, "%:", 2);
	for (; i + 1 < name.n; i++)
		put(w, (unsigned char)name.s[i]);
	/* At the end of a line a quoted blank goes on with the next one. */
	if (i < name.n && name.s[i] == ' ')
		hex(w, ' ');
	else if (i < name.n)
		put(w, (unsigned char)name.s[i]);
	return LW_OK;
}
