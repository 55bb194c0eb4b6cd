/*
 * map_key.h - from a name as somebody typed it to a key of the map.
 *
 * A key is the account part in lower case (ASCII letters alone, as everywhere:
 * name.h), in words of eight bytes, the last filled up with NULs. Whoever may
 * choose names does not choose where they meet: the hash has a seed. Any
 * process; pure.
 */
#ifndef LW_MAP_KEY_H
#define LW_MAP_KEY_H

#include "sid.h"

#define LW_MAP_NAME	256 /* bytes of a domain in the head */
#define LW_MAP_KEY_MAX	200 /* no account is longer (name.h) */
#define LW_MAP_WORDS(n) (((uint32_t)(n) + 7) / 8)

struct lw_map_key {
	uint64_t words[LW_MAP_WORDS(LW_MAP_KEY_MAX) + 1];
	uint32_t n; /* bytes */
	uint64_t hash;
};

/* Whose names they are: views into the map, checked. */
struct lw_map_names {
	uint64_t seed;
	const char *domain, *netbios; /* lower case; not NUL-terminated */
	uint32_t domain_n, netbios_n; /* netbios_n is 0 where there is none */
	bool bare;
};

/*
 * The key of an account. salt tells what it is a key to. False: empty or too
 * long.
 */
bool lw_map_key(uint64_t seed, uint32_t salt, const char *account, size_t n,
		struct lw_map_key *ret);
/* The key of an id, which has no words but one. */
void lw_map_key_id(uint64_t seed, uint32_t salt, uint32_t id,
		   struct lw_map_key *ret);

/*
 * The same from account@domain, DOMAIN\account or, where they are taken,
 * account. LW_NOTOURS: nobody's, or of another domain.
 */
enum lw_err lw_map_key_typed(const struct lw_map_names *names, uint32_t salt,
			     const char *typed, struct lw_map_key *ret);

#endif
