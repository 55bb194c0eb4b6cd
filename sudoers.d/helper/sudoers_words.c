/* sudoers_words.c - the user list of a line. lightwave-sudo. */
#include "sudoers_words.h"

#include <string.h>

struct at {
	struct lw_str l;
	size_t i;
};

static char now(const struct at *a)
{
	return a->i < a->l.n ? a->l.s[a->i] : '\n';
}

/* A backslash, blanks and the end of a line are a blank. */
static size_t continuation(const struct at *a)
{
	size_t i = a->i + 1;

	if (now(a) != '\\')
		return 0;
	while (i < a->l.n && (a->l.s[i] == ' ' || a->l.s[i] == '\t'))
		i++;
	if (i < a->l.n && a->l.s[i] == '\r')
		i++;
	return i < a->l.n && a->l.s[i] == '\n' ? i + 1 - a->i : 0;
}

static void blanks(struct at *a)
{
	for (;;) {
		size_t n = continuation(a);

		if (n == 0 && (now(a) == ' ' || now(a) == '\t'))
			n = 1;
		if (n == 0)
			return;
		a->i += n;
	}
}

static void quoted(struct at *a)
{
	for (a->i++; a->i < a->l.n && now(a) != '"' && now(a) != '\n'; a->i++) {
		if (now(a) == '\\' && a->i + 1 < a->l.n &&
		    a->l.s[a->i + 1] == '"')
			a->i++;
	}
	if (now(a) == '"')
		a->i++;
}

static struct lw_str word(struct at *a)
{
	size_t from = a->i;

	if (now(a) == '"') {
		quoted(a);
		return (struct lw_str) { a->l.s + from, a->i - from };
	}
	if (now(a) == '%' || now(a) == '+')
		a->i++;
	if (now(a) == ':' && a->i > from)
		a->i++;
	if (now(a) == '#')
		a->i++;
	while (a->i < a->l.n && now(a) &&
	       !strchr("#>!=:,() \t\r\n\"", now(a))) {
		if (continuation(a) > 0)
			break;
		if (now(a) == '\\' && a->i + 1 < a->l.n)
			a->i++;
		a->i++;
	}
	return (struct lw_str) { a->l.s + from, a->i - from };
}

static bool list(struct at *a, lw_word_fn *each, void *arg)
{
	do {
		struct lw_str w;

		blanks(a);
		while (now(a) == '!') {
			a->i++;
			blanks(a);
		}
		w = word(a);
		if (w.n == 0)
			return false;
		each(w, arg);
		blanks(a);
	} while (now(a) == ',' && ++a->i);
	return true;
}

static bool begins(const struct at *a, const char *s)
{
	size_t n = strlen(s);

	return a->l.n - a->i >= n && memcmp(a->l.s + a->i, s, n) == 0;
}

void lw_sudoers_words(struct lw_str line, lw_word_fn *each, void *arg)
{
	static const char *const others[] = { "Defaults", "Host_Alias",
					      "Runas_Alias", "Cmnd_Alias",
					      "Cmd_Alias" };
	struct at a = { line, 0 };

	blanks(&a);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (begins(&a, others[i]))
			return;
	}
	if (!begins(&a, "User_Alias")) {
		list(&a, each, arg);
		return;
	}
	a.i += strlen("User_Alias");
	do {
		blanks(&a);
		word(&a);
		blanks(&a);
		if (now(&a) != '=')
			return;
		a.i++;
	} while (list(&a, each, arg) && now(&a) == ':' && ++a.i);
}
