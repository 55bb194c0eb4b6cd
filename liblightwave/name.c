/* name.c - validator, reader and writer of names. The front; pure. */
#include "name.h"

#include "utf8.h"

#include <ctype.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <wctype.h>

#define ACCOUNT_MAX 200 /* leaves room for a domain within LW_NAME_MAX */

/* What would fool a terminal, a log or a reader's eye. */
static bool unprintable(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0xAD ||
	       c == 0x34F || c == 0x61C || c == 0x115F || c == 0x1160 ||
	       c == 0x1680 || c == 0x180E ||
	       (c >= 0x2000 && c <= 0x200F) || /* blanks, direction */
	       (c >= 0x2028 && c <= 0x202F) || /* separators, embeddings */
	       (c >= 0x205F && c <= 0x206F) || /* isolates, invisible */
	       c == 0x3000 || c == 0x3164 || c == 0xFEFF || c == 0xFFA0 ||
	       (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xFFF0 && c <= 0xFFFB) ||
	       (c >= 0xE0000 && c <= 0xE0FFF);
}

bool lw_account_valid(struct lw_str s)
{
	bool digits = true;

	if (s.n == 0 || s.n > ACCOUNT_MAX || s.s[0] == '-' || s.s[0] == ' ' ||
	    s.s[s.n - 1] == ' ' || lw_str_eq(s, ".") || lw_str_eq(s, ".."))
		return false;
	while (s.n > 0) {
		uint32_t c;
		size_t n = lw_utf8(s, &c);

		if (n == 0 || unprintable(c))
			return false;
		if (c < 0x80 && strchr(":/\\*()@,", (int)c))
			return false;
		if (c < '0' || c > '9')
			digits = false;
		s.s += n;
		s.n -= n;
	}
	return !digits;
}

/* Made once, before any thread; the libc's own, always there (glibc 2.35). */
static locale_t utf8_locale(void)
{
	static locale_t loc;

	if (!loc)
		loc = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	return loc;
}

static uint32_t lower_ascii(uint32_t c)
{
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static uint32_t lower_any(uint32_t c)
{
	locale_t loc = utf8_locale();
	uint32_t low;

	if (c < 0x80 || !loc)
		return lower_ascii(c);
	low = (uint32_t)towlower_l((wint_t)c, loc);
	/* U+0130 and U+212A would turn into i and k: other names. */
	return low < 0x80 ? c : low;
}

static enum lw_err fold(struct lw_str s, uint32_t (*lower)(uint32_t), char *ret)
{
	while (s.n > 0) {
		uint32_t c;
		size_t n = lw_utf8(s, &c), m;
		char buf[4];

		if (n == 0)
			return LW_INVALID;
		m = lw_utf8_put(buf, lower(c));
		if (m > n)
			m = lw_utf8_put(buf, c);
		memcpy(ret, buf, m);
		ret += m;
		s.s += n;
		s.n -= n;
	}
	*ret = '\0';
	return LW_OK;
}

enum lw_err lw_name_fold(struct lw_str s, char *ret)
{
	return fold(s, lower_ascii, ret);
}

enum lw_err lw_name_casefold(struct lw_str s, char *ret)
{
	return fold(s, lower_any, ret);
}

static bool same_ascii(struct lw_str a, const char *b)
{
	return a.n == strlen(b) && a.n > 0 && !strncasecmp(a.s, b, a.n);
}

/* ret: the account part, as a view; sets *ours. */
static enum lw_err split(const struct lw_naming *n, struct lw_str typed,
			 struct lw_str *ret)
{
	const char *at = memchr(typed.s, '@', typed.n);
	const char *bs = memchr(typed.s, '\\', typed.n);
	struct lw_str account, domain;

	if (at && (!bs || at < bs)) {
		account.s = typed.s;
		account.n = (size_t)(at - typed.s);
		domain.s = at + 1;
		domain.n = typed.n - account.n - 1;
	} else if (bs) {
		domain.s = typed.s;
		domain.n = (size_t)(bs - typed.s);
		account.s = bs + 1;
		account.n = typed.n - domain.n - 1;
	} else {
		*ret = typed;
		return n->bare ? LW_OK : LW_NOTOURS;
	}
	*ret = account;
	if (same_ascii(domain, n->domain))
		return LW_OK;
	if (bs && !at && same_ascii(domain, n->netbios))
		return LW_OK;
	return LW_NOTOURS;
}

enum lw_err lw_name_parse(const struct lw_naming *n, struct lw_str typed,
			  char *ret)
{
	struct lw_str account;
	enum lw_err e;

	if (typed.n == 0 || typed.n >= LW_NAME_MAX)
		return LW_INVALID;
	e = split(n, typed, &account);
	if (e != LW_OK)
		return e;
	if (!lw_account_valid(account))
		return LW_INVALID;
	return lw_name_fold(account, ret);
}

enum lw_err lw_name_format(const struct lw_naming *n, struct lw_str account,
			   char *ret)
{
	char low[LW_NAME_MAX];
	int len = -1;

	if (!lw_account_valid(account) || lw_name_fold(account, low) != LW_OK)
		return LW_INVALID;
	switch (n->format) {
	case LW_NAME_UPN:
		len = snprintf(ret, LW_NAME_MAX, "%s@%s", low, n->domain);
		break;
	case LW_NAME_SHORT:
		len = snprintf(ret, LW_NAME_MAX, "%s", low);
		break;
	case LW_NAME_LEGACY:
		len = snprintf(ret, LW_NAME_MAX, "%s\\%.*s", n->domain,
			       (int)account.n, account.s);
		for (char *p = ret; *p && *p != '\\'; p++)
			*p = (char)toupper((unsigned char)*p);
		break;
	}
	return len > 0 && len < LW_NAME_MAX ? LW_OK : LW_INVALID;
}

enum lw_err lw_upn_account(const struct lw_naming *n, struct lw_str upn,
			   struct lw_str *ret)
{
	const char *at = memchr(upn.s, '@', upn.n);
	struct lw_str account, domain;

	if (!at)
		return LW_NOTOURS;
	account.s = upn.s;
	account.n = (size_t)(at - upn.s);
	domain.s = at + 1;
	domain.n = upn.n - account.n - 1;
	if (!same_ascii(domain, n->domain))
		return LW_NOTOURS;
	if (!lw_account_valid(account))
		return LW_INVALID;
	*ret = account;
	return LW_OK;
}

void lw_gecos(struct lw_str text, char *ret, size_t size)
{
	size_t used = 0;

	while (text.n > 0) {
		uint32_t c;
		size_t n = lw_utf8(text, &c);

		if (n == 0) {
			n = 1;
			c = ' ';
		}
		if (unprintable(c) || c == ':' || c == ',')
			c = ' ';
		if (used + 4 >= size)
			break;
		used += lw_utf8_put(ret + used, c);
		text.s += n;
		text.n -= n;
	}
	ret[used] = '\0';
}
