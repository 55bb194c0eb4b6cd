/* map_key.c - names to keys. Any process; libc only; pure. */
#include "map_key.h"

#include <string.h>

#define TYPED_MAX 511 /* DOMAIN\account, at most */

#define ONES  UINT64_C(0x0101010101010101)
#define HIGHS UINT64_C(0x8080808080808080)

/* Eight bytes at once; those above ASCII stay as they are. */
static uint64_t lower(uint64_t x)
{
	uint64_t low7 = x & ~HIGHS;
	uint64_t from_a = low7 + (0x80 - 'A') * ONES;
	uint64_t past_z = low7 + (0x7F - 'Z') * ONES;

	return x | ((from_a ^ past_z) & ~x & HIGHS) >> 2;
}

/* Both halves of the product: every bit of x touches every bit of it. */
static uint64_t mix(uint64_t x)
{
	unsigned __int128 v =
		(unsigned __int128)x * UINT64_C(0x9E3779B97F4A7C15);

	return (uint64_t)v ^ (uint64_t)(v >> 64);
}

static uint64_t begin(uint64_t seed, uint32_t salt, uint32_t n)
{
	return mix(seed ^ ((uint64_t)salt << 32 | n));
}

static uint64_t add(uint64_t seed, uint64_t hash, uint64_t word)
{
	return mix(hash ^ word) + seed;
}

static uint64_t word(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

/* Fewer than eight bytes, with NULs after them. */
static uint64_t rest(const char *p, size_t n)
{
	uint64_t w = 0;

	for (size_t i = 0; i < n; i++)
		((char *)&w)[i] = p[i];
	return w;
}

/* The same where more bytes than those can be read. */
static uint64_t rest_of_eight(const char *p, size_t n)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return word(p) & ((UINT64_C(1) << 8 * n) - 1);
#else
	return rest(p, n);
#endif
}

/* readable: how many bytes there are at account, n of them its own. */
static bool key_of(uint64_t seed, uint32_t salt, const char *account, size_t n,
		   size_t readable, struct lw_map_key *ret)
{
	uint64_t hash = begin(seed, salt, (uint32_t)n);
	uint64_t *w = ret->words;

	if (n == 0 || n > LW_MAP_KEY_MAX)
		return false;
	ret->n = (uint32_t)n;
	for (; n >= 8; n -= 8, readable -= 8, account += 8) {
		*w = lower(word(account));
		hash = add(seed, hash, *w++);
	}
	if (n > 0) {
		*w = lower(readable >= 8 ? rest_of_eight(account, n)
					 : rest(account, n));
		hash = add(seed, hash, *w);
	}
	ret->hash = mix(hash);
	return true;
}

bool lw_map_key(uint64_t seed, uint32_t salt, const char *account, size_t n,
		struct lw_map_key *ret)
{
	return key_of(seed, salt, account, n, n, ret);
}

void lw_map_key_id(uint64_t seed, uint32_t salt, uint32_t id,
		   struct lw_map_key *ret)
{
	ret->n = sizeof(uint64_t);
	ret->words[0] = id;
	ret->hash = mix(add(seed, begin(seed, salt, ret->n), id));
}

/* domain is in lower case. The last word may begin within the one before. */
static bool same(const char *typed, const char *domain, size_t n)
{
	if (n < 8)
		return lower(rest(typed, n)) == rest(domain, n);
	for (size_t i = 0; i + 8 < n; i += 8) {
		if (lower(word(typed + i)) != word(domain + i))
			return false;
	}
	return lower(word(typed + n - 8)) == word(domain + n - 8);
}

/* The part before or behind the domain. */
static bool account_of(const struct lw_map_names *names, const char **account,
		       size_t *n)
{
	const char *typed = *account, *bs;
	size_t domain = names->domain_n, before;

	if (*n > domain && typed[*n - domain - 1] == '@' &&
	    same(typed + *n - domain, names->domain, domain)) {
		*n -= domain + 1;
		return true;
	}
	bs = memchr(typed, '\\', *n);
	if (!bs)
		return names->bare && !memchr(typed, '@', *n);
	before = (size_t)(bs - typed);
	*account = bs + 1;
	*n -= before + 1;
	return (before == domain && same(typed, names->domain, domain)) ||
	       (before == names->netbios_n && before > 0 &&
		same(typed, names->netbios, before));
}

enum lw_err lw_map_key_typed(const struct lw_map_names *names, uint32_t salt,
			     const char *typed, struct lw_map_key *ret)
{
	size_t n = strnlen(typed, TYPED_MAX + 1);
	const char *account = typed, *end = typed + n;

	if (n > TYPED_MAX || !account_of(names, &account, &n) ||
	    !key_of(names->seed, salt, account, n, (size_t)(end - account),
		    ret))
		return LW_NOTOURS;
	return LW_OK;
}
