/*
 * map.h - the answers of the front, in memory that every process reads.
 *
 * One file (doc/MAP.md), written by the front alone (front/map_file.h). What
 * is in it never changes and is never used again for something else, but for
 * the words marked _Atomic: a reader needs no lock, no copy, no second try,
 * and waits for nobody. A map that is replaced says so in its head.
 *
 * Readers trust none of it: every offset is checked where it is used, and
 * whatever is wrong means that the map has no word on the question
 * (LW_OFFLINE), so that the socket is asked. Any process; libc only; no lock,
 * no malloc; system calls only where a map is opened or closed (map_room.h).
 */
#ifndef LW_MAP_H
#define LW_MAP_H

#include "cleanup.h"
#include "client.h"
#include "map_key.h"

#include <stdatomic.h>
#include <sys/types.h>
#include <time.h>

#define LW_MAP_PATH LW_RUNDIR "/map"

#define LW_MAP_MAGIC	UINT64_C(0x70616d0a776c1a01) /* in host order */
#define LW_MAP_VERSION	2u
#define LW_MAP_SIZE_MAX (UINT32_C(1) << 30)
#define LW_MAP_STEPS	64 /* records behind one hash; more are not looked at */

/* Kinds of records, and of misses. */
enum lw_map_kind {
	LW_MAP_USER = 1,  /* by account and by uid */
	LW_MAP_GROUP,	  /* by gid: a name without members */
	LW_MAP_MEMBERS,	  /* by account of a group: the name and all members */
	LW_MAP_GROUPS_OF, /* by account of a user: gids, each once */
	LW_MAP_KIND_COUNT
};

/* With a kind, in a miss: the key is an id. */
#define LW_MAP_BY_ID 0x80u
/* With a kind, in a miss: it was asked for without a domain. */
#define LW_MAP_BARE 0x40u

/* lw_map_record.until: no moment, but what the head says. */
#define LW_MAP_DEAD	0u
#define LW_MAP_ENDED	1u
#define LW_MAP_FOLLOWED UINT32_MAX

/*
 * Times are whole seconds of CLOCK_BOOTTIME, which no step of the wall clock
 * moves and no sleep stops. All else in host byte order: a map belongs to one
 * running kernel.
 */
struct lw_map_head {
	uint64_t magic; /* written last */
	uint32_t version;
	uint32_t size; /* of the file */
	/* Another map has its name, or will have: look again. */
	_Atomic uint32_t retired;
	/*
	 * Until when facts that are followed are believed, unasked; lists of
	 * groups and members, which give rights, by fresh_rights_until.
	 */
	_Atomic uint32_t fresh_until;
	/* Until when anything is served where no front is there to ask. */
	_Atomic uint32_t stale_until;
	/* The same for groups, which give rights. */
	_Atomic uint32_t rights_until;
	/*
	 * Its front lives until then, as far as is known: later, somebody may
	 * have removed the name and made another map.
	 */
	_Atomic uint32_t alive_until;
	/* What was right in an older round may lack a change. */
	_Atomic uint32_t round;
	_Atomic uint32_t fresh_rights_until;
	uint32_t well_known_base;
	uint64_t seed;
	/* So long after its own end a record counts where no front is. */
	uint32_t stale_max, rights_max;
	/* Tables of offsets: a power of two of them each. */
	uint32_t by_key_at, by_key_n;
	uint32_t by_id_at, by_id_n;
	uint32_t misses_at, misses_n;
	uint32_t records_at;
	uint8_t legacy_sids, bare, domain_n, netbios_n;
	char domain[LW_MAP_NAME], netbios[LW_MAP_NAME];
};

/* Whose bytes after words[0] are the key's, and then the text or the gids. */
struct lw_map_record {
	_Atomic uint32_t next_by_key, next_by_id; /* offsets; 0: no more */
	_Atomic uint32_t until;
	_Atomic uint32_t round; /* the head's when it was right */
	uint32_t size;		/* of all of it; a multiple of 8 */
	uint32_t key_hash;	/* 0: not found by a key */
	uint32_t id, gid;	/* uid and primary gid; or gid and 0 */
	uint32_t count;		/* members, or gids */
	uint32_t text_n;	/* bytes of text, its last NUL included */
	uint16_t at[4];		/* in a user's: password, gecos, dir, shell */
	uint8_t kind, key_n;
	uint8_t bare; /* found by its account alone: no local name is that */
	uint8_t unused[5];
	uint64_t words[];
};

/*
 * A question that had no answer. Read under its own number, which is odd
 * while it is written; four of them are looked at for each question.
 */
#define LW_MAP_MISS_WORDS 13
#define LW_MAP_MISS_WAYS  4
struct lw_map_miss {
	_Atomic uint32_t seq, until;
	_Atomic uint64_t what; /* kind and flags << 8 | bytes of the key */
	_Atomic uint64_t words[LW_MAP_MISS_WORDS];
};

/* An open map. What was checked at its opening is copied out of it. */
struct lw_map {
	const uint8_t *base;
	uint32_t size;
	uint32_t by_key_at, by_key_mask;
	uint32_t by_id_at, by_id_mask;
	uint32_t misses_at, misses_mask;
	uint32_t records_at, records_span; /* the first, and to the last */
	struct lw_map_names names;
	struct lw_idmap ids; /* domain_sid is not used */
};

/*
 * A map of size bytes at base, borrowed. LW_PROTO: it is none, or of another
 * version, or not whole.
 */
enum lw_err lw_map_check(const void *base, size_t size, struct lw_map *ret);

/* Seconds of CLOCK_BOOTTIME. */
static inline uint32_t lw_map_now(void)
{
	lw_unset struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint32_t)ts.tv_sec;
}

/* For the writer too: the first of the ways where a miss of that key would be.
 */
uint32_t lw_map_miss_slot(uint64_t hash, uint32_t mask);

#endif
