/* likewise.c - names as likewise spelled them. lightwave-sudo. */
#include "likewise.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static struct lw_str skip(struct lw_str s, size_t n)
{
	return (struct lw_str) { s.s + n, s.n - n };
}

/* One character, as sudo takes an escape; how many bytes it was. */
static size_t unescape(struct lw_str s, bool quoted, char *ret)
{
	char hex[3] = { 0 };

	*ret = s.s[0];
	if (s.s[0] != '\\' || s.n < 2 || (quoted && s.s[1] != '"'))
		return 1;
	if (!quoted && s.n >= 4 && s.s[1] == 'x' &&
	    isxdigit((unsigned char)s.s[2]) &&
	    isxdigit((unsigned char)s.s[3])) {
		memcpy(hex, s.s + 2, 2);
		*ret = (char)strtoul(hex, NULL, 16);
		return 4;
	}
	*ret = s.s[1];
	return 2;
}

static bool name_of(struct lw_str s, bool quoted, struct lw_likewise *ret)
{
	size_t n = 0;

	while (s.n > 0) {
		if (n == sizeof(ret->name) - 1)
			return false;
		s = skip(s, unescape(s, quoted, &ret->plain[n]));
		if (!ret->plain[n])
			return false;
		ret->name[n] = ret->plain[n] == '^' ? ' ' : ret->plain[n];
		n++;
	}
	ret->name[n] = ret->plain[n] = '\0';
	return n > 0;
}

bool lw_likewise_word(struct lw_str word, const char *const *domains, size_t n,
		      struct lw_likewise *ret)
{
	bool quoted =
		word.n >= 2 && word.s[0] == '"' && word.s[word.n - 1] == '"';

	if (quoted)
		word = (struct lw_str) { word.s + 1, word.n - 2 };
	ret->group = word.n > 0 && word.s[0] == '%';
	word = skip(word, ret->group);
	for (size_t i = 0; i < n; i++) {
		size_t d = domains[i] ? strlen(domains[i]) : 0;
		size_t slashes;

		if (d == 0 || word.n <= d + 1 || word.s[d] != '\\' ||
		    strncasecmp(word.s, domains[i], d) != 0)
			continue;
		slashes = word.s[d + 1] == '\\' ? 2 : 1;
		return name_of(skip(word, d + slashes), quoted, ret);
	}
	return false;
}
