/*
 * map_key.h - from a name as somebody typed it to a key of the map.
 *
 * A key is the account part in lower case (ASCII letters alone, as everywhere:
 * name.h), in words of eight bytes, the last filled up with NULs. The hash has
 * a seed, which whoever can read the map can read too: names that meet are
 * asked for on the socket, no worse. Any process; pure. All of it is inline: a
 * call would cost what the work does.
 */
#ifndef LW_MAP_KEY_H
#define LW_MAP_KEY_H

#include "sid.h"

#include <string.h>

#define LW_MAP_NAME	256 /* bytes of a domain in the head */
#define LW_MAP_KEY_MAX	200 /* no account is longer (name.h) */
#define LW_MAP_TYPED	511 /* DOMAIN\account, at most */
#define LW_MAP_WORDS(n) (((uint32_t)(n) + 7) / 8)

struct lw_map_key {
	uint64_t words[LW_MAP_WORDS(LW_MAP_KEY_MAX) + 1];
	uint32_t n; /* bytes */
	bool bare;  /* typed without a domain */
	uint64_t hash;
};

/* Whose names they are: views into the map, checked. */
struct lw_map_names {
	uint64_t seed;
	const char *domain, *netbios; /* lower case; not NUL-terminated */
	uint32_t domain_n, netbios_n; /* netbios_n is 0 where there is none */
	bool bare;
};

#define LW_MAP_ONES UINT64_C(0x0101010101010101)

/* Inside: eight letters at once; what is above ASCII stays as it is. */
__attribute__((cold, noinline)) static uint64_t lw_map_make_lower(uint64_t x)
{
	const uint64_t highs = 0x80 * LW_MAP_ONES;
	uint64_t low7 = x & ~highs;
	uint64_t from_a = low7 + (0x80 - 'A') * LW_MAP_ONES;
	uint64_t past_z = low7 + (0x7F - 'Z') * LW_MAP_ONES;

	return x | ((from_a ^ past_z) & ~x & highs) >> 2;
}

/*
 * Inside: the same. An upper-case letter has the bit 0x40 and not 0x20; most
 * names have no such byte.
 */
static inline uint64_t lw_map_lower(uint64_t x)
{
	return x & ~(x << 1) & 0x40 * LW_MAP_ONES ? lw_map_make_lower(x) : x;
}

/* Inside: both halves of the product: every bit of x touches every other. */
static inline uint64_t lw_map_mix(uint64_t x)
{
	unsigned __int128 v =
		(unsigned __int128)x * UINT64_C(0x9E3779B97F4A7C15);

	return (uint64_t)v ^ (uint64_t)(v >> 64);
}

/* Inside: the hash of a key to what salt says, before its words. */
static inline uint64_t lw_map_begin(uint64_t seed, uint32_t salt, uint32_t n)
{
	return seed ^ ((uint64_t)salt << 32 | n);
}

static inline uint64_t lw_map_add(uint64_t seed, uint64_t hash, uint64_t word)
{
	return lw_map_mix(hash ^ word) + seed;
}

static inline uint64_t lw_map_word(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

/* Inside: fewer than eight bytes, with NULs after them. */
static inline uint64_t lw_map_rest(const char *p, size_t n)
{
	uint64_t w = 0;

	for (size_t i = 0; i < n; i++)
		((char *)&w)[i] = p[i];
	return w;
}

/* Inside: the same, where eight bytes can be read if so many are readable. */
static inline uint64_t lw_map_tail(const char *p, size_t n, size_t readable)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	if (readable >= 8)
		return lw_map_word(p) & ((UINT64_C(1) << 8 * n) - 1);
#else
	(void)readable;
#endif
	return lw_map_rest(p, n);
}

/* Inside: of readable bytes at account, n are its own. */
static inline __attribute__((always_inline)) bool lw_map_key_of(
	uint64_t seed, uint32_t salt, const char *account, size_t n,
	size_t readable, struct lw_map_key *ret)
{
	uint64_t hash = lw_map_begin(seed, salt, (uint32_t)n);
	uint64_t *w = ret->words;

	if (n == 0 || n > LW_MAP_KEY_MAX)
		return false;
	ret->n = (uint32_t)n;
	for (;; n -= 8, readable -= 8, account += 8) {
		*w = lw_map_lower(n < 8 ? lw_map_tail(account, n, readable)
					: lw_map_word(account));
		hash = lw_map_add(seed, hash, *w++);
		if (n <= 8)
			break;
	}
	ret->hash = lw_map_mix(hash);
	return true;
}

/*
 * The key of an account. salt tells what it is a key to. False: empty or too
 * long.
 */
static inline bool lw_map_key(uint64_t seed, uint32_t salt, const char *account,
			      size_t n, struct lw_map_key *ret)
{
	ret->hash = 0;
	return lw_map_key_of(seed, salt, account, n, n, ret);
}

/* The key of an id, which has no words but one. */
static inline void lw_map_key_id(uint64_t seed, uint32_t salt, uint32_t id,
				 struct lw_map_key *ret)
{
	ret->n = sizeof(uint64_t);
	ret->bare = false;
	ret->words[0] = id;
	ret->hash = lw_map_mix(
		lw_map_add(seed, lw_map_begin(seed, salt, ret->n), id));
}

/* Inside: whether these eight bytes are those in lower case, which b is in. */
static inline bool lw_map_same_word(const char *a, const char *b)
{
	uint64_t typed = lw_map_word(a), word = lw_map_word(b);

	return typed == word || lw_map_lower(typed) == word;
}

/*
 * Inside: whether n bytes are that domain, in any case. The last word may
 * begin within the one before.
 */
static inline bool lw_map_is_domain(const char *typed, const char *domain,
				    size_t n)
{
	if (n < 8)
		return lw_map_lower(lw_map_rest(typed, n)) ==
		       lw_map_rest(domain, n);
	for (size_t i = 0; i + 8 < n; i += 8) {
		if (!lw_map_same_word(typed + i, domain + i))
			return false;
	}
	return lw_map_same_word(typed + n - 8, domain + n - 8);
}

/* Inside: DOMAIN\account, or account. */
static inline bool lw_map_other_form(const struct lw_map_names *names,
				     const char **account, size_t *n,
				     bool *ret_bare)
{
	const char *typed = *account;
	const char *bs = memchr(typed, '\\', *n);
	size_t before;

	*ret_bare = !bs;
	if (!bs)
		return names->bare && !memchr(typed, '@', *n);
	before = (size_t)(bs - typed);
	*account = bs + 1;
	*n -= before + 1;
	return (before == names->domain_n &&
		lw_map_is_domain(typed, names->domain, before)) ||
	       (before == names->netbios_n && before > 0 &&
		lw_map_is_domain(typed, names->netbios, before));
}

/*
 * The same from account@domain, DOMAIN\account or, where they are taken,
 * account. LW_NOTOURS: nobody's, or of another domain.
 */
static inline __attribute__((always_inline)) enum lw_err lw_map_key_typed(
	const struct lw_map_names *names, uint32_t salt, const char *typed,
	struct lw_map_key *ret)
{
	size_t n, domain = names->domain_n;
	const char *account, *end;

	/* gcc may see how large the caller's array is, and then warns. */
	__asm__("" : "+r"(typed));
	n = strnlen(typed, LW_MAP_TYPED + 1);
	account = typed;
	end = typed + n;

	if (n > LW_MAP_TYPED)
		return LW_NOTOURS;
	ret->bare = false;
	if (n > domain && typed[n - domain - 1] == '@' &&
	    lw_map_is_domain(end - domain, names->domain, domain))
		n -= domain + 1;
	else if (!lw_map_other_form(names, &account, &n, &ret->bare))
		return LW_NOTOURS;
	return lw_map_key_of(names->seed, salt, account, n,
			     (size_t)(end - account), ret)
		       ? LW_OK
		       : LW_NOTOURS;
}

#endif
