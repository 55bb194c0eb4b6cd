/*
 * fuzz_name.c - is every name that we take one that we can print, and read
 * again as the same? The input: u8 settings, then what somebody typed.
 */
#include "fuzz.h"
#include "name.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

const char fuzz_target[] = "name";

/* The ranges of RFC 3629's grammar, which utf8.c does not go by. */
static size_t letter(const uint8_t *p, size_t n)
{
	static const struct {
		uint8_t n, lead_min, lead_max, next_min, next_max;
	} forms[] = {
		{ 1, 0x00, 0x7F, 0, 0 },       { 2, 0xC2, 0xDF, 0x80, 0xBF },
		{ 3, 0xE0, 0xE0, 0xA0, 0xBF }, { 3, 0xE1, 0xEC, 0x80, 0xBF },
		{ 3, 0xED, 0xED, 0x80, 0x9F }, { 3, 0xEE, 0xEF, 0x80, 0xBF },
		{ 4, 0xF0, 0xF0, 0x90, 0xBF }, { 4, 0xF1, 0xF3, 0x80, 0xBF },
		{ 4, 0xF4, 0xF4, 0x80, 0x8F },
	};

	for (size_t i = 0; n && i < sizeof(forms) / sizeof(*forms); i++) {
		if (p[0] < forms[i].lead_min || p[0] > forms[i].lead_max)
			continue;
		if (forms[i].n > n ||
		    (forms[i].n > 1 &&
		     (p[1] < forms[i].next_min || p[1] > forms[i].next_max)))
			return 0;
		for (size_t k = 2; k < forms[i].n; k++) {
			if (p[k] < 0x80 || p[k] > 0xBF)
				return 0;
		}
		return forms[i].n;
	}
	return 0;
}

/* Letter by letter both agree, and each is written as it was read. */
static bool utf8(struct lw_str s)
{
	while (s.n > 0) {
		uint32_t c = 0;
		size_t n = lw_utf8(s, &c);
		char again[4];

		fuzz_holds(n == letter((const uint8_t *)s.s, s.n),
			   "UTF-8 is what RFC 3629 says");
		if (n == 0)
			return false;
		fuzz_holds(lw_utf8_put(again, c) == n && !memcmp(again, s.s, n),
			   "a character is written as it was read");
		s.s += n;
		s.n -= n;
	}
	return true;
}

/* What changes how the text around it looks. */
static bool invisible(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x200B ||
	       c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

/* For terminals, logs, passwd(5), sudoers(5) and LDAP filters. */
static void printable(const char *name)
{
	struct lw_str s = lw_str(name);

	fuzz_holds(s.n > 0 && s.n < LW_NAME_MAX, "it fits");
	fuzz_holds(!strpbrk(name, ":/*(),"), "it means nothing elsewhere");
	while (s.n > 0) {
		uint32_t c = 0;
		size_t n = lw_utf8(s, &c);

		fuzz_holds(n > 0 && !invisible(c), "it can be printed");
		s.s += n;
		s.n -= n;
	}
}

static void formats(struct lw_naming n, const char *account)
{
	static const enum lw_name_format all[] = { LW_NAME_UPN, LW_NAME_LEGACY,
						   LW_NAME_SHORT };
	char name[LW_NAME_MAX], again[LW_NAME_MAX];

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		n.format = all[i];
		n.bare = all[i] == LW_NAME_SHORT;
		fuzz_holds(lw_name_format(&n, lw_str(account), name) == LW_OK,
			   "a name that is taken can be written");
		printable(name);
		fuzz_holds(lw_name_parse(&n, lw_str(name), again) == LW_OK &&
				   !strcmp(again, account),
			   "what is written is read as the same");
	}
}

static void folds(struct lw_str s)
{
	char *once = malloc(s.n + 1), *twice = malloc(s.n + 1);

	if (!once || !twice)
		abort();
	if (lw_name_fold(s, once) == LW_OK) {
		fuzz_holds(lw_name_fold(lw_str(once), twice) == LW_OK &&
				   !strcmp(once, twice),
			   "folded twice is folded once");
		fuzz_holds(lw_name_casefold(s, once) == LW_OK &&
				   lw_name_casefold(lw_str(once), twice) ==
					   LW_OK &&
				   !strcmp(once, twice),
			   "for all letters too");
	}
	free(once);
	free(twice);
}

static void gecos(struct lw_str text, size_t size)
{
	char *ret = malloc(size);

	if (!ret)
		abort();
	lw_gecos(text, ret, size);
	fuzz_holds(strlen(ret) < size, "a gecos field fits");
	fuzz_holds(utf8(lw_str(ret)), "a gecos field is UTF-8");
	fuzz_holds(!strpbrk(ret, ":,\n\r\x1B"), "a gecos field is one field");
	free(ret);
}

static void parse(const struct lw_naming *n, struct lw_str typed)
{
	char account[LW_NAME_MAX];
	struct lw_str upn;
	bool taken = lw_name_parse(n, typed, account) == LW_OK;

	fuzz_count(taken);
	if (taken) {
		fuzz_holds(lw_account_valid(lw_str(account)),
			   "what is taken may be a name");
		printable(account);
		fuzz_holds(!strpbrk(account, "@\\"),
			   "an account part holds no domain");
		formats(*n, account);
	}
	if (lw_upn_account(n, typed, &upn) == LW_OK) {
		fuzz_view(upn, (const uint8_t *)typed.s, typed.n);
		fuzz_holds(lw_account_valid(upn), "so may a principal's");
	}
	if (lw_account_valid(typed))
		fuzz_holds(utf8(typed), "a name is UTF-8");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lw_naming n = { .domain = "lightwave.test" };
	struct lw_str typed;

	if (size < 1)
		return 0;
	n.netbios = data[0] & 1 ? "LW" : "";
	n.bare = data[0] & 2;
	typed = (struct lw_str) { (const char *)data + 1, size - 1 };
	utf8(typed);
	gecos(typed, (size_t)(data[0] >> 2) + 1);
	/* A message's string holds no NUL. */
	if (memchr(typed.s, '\0', typed.n))
		return 0;
	folds(typed);
	parse(&n, typed);
	return 0;
}
