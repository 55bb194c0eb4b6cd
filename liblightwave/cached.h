/*
 * cached.h - what the front knows of an entry, as lightwavectl cache asks for
 * it; doc/PROTOCOL.md in C. Decoders as in proto.h.
 */
#ifndef LW_CACHED_H
#define LW_CACHED_H

#include "job.h"

/* At most so many in an answer to LW_OP_CACHE_LIST; none: there are no more. */
#define LW_CACHED_PAGE 8192

enum lw_cached_from {
	LW_CACHED_REPLICA = 1, /* read whole, and followed */
	LW_CACHED_ASKED,       /* asked for on demand */
	LW_CACHED_NOBODY,      /* the directory said that there is none */
	LW_CACHED_FROM_COUNT
};

/* age = u32 age, u32 fresh, u32 offline; all in seconds */
struct lw_cached_age {
	uint32_t age; /* since the directory last confirmed it */
	/* Taken so long without a question; LW_NEVER: while it is followed. */
	uint32_t fresh;
	uint32_t offline; /* ... and so long while the directory is away */
};

/*
 * cached = u8 kind, u8 from, u32 id, str name, str sid, str dn, age,
 *          u32 count, age of the list
 */
struct lw_cached {
	enum lw_kind kind;
	enum lw_cached_from from;
	uint32_t id; /* uid or gid; 0 with LW_CACHED_NOBODY */
	struct lw_str name, sid, dn;
	struct lw_cached_age entry;
	/* Groups of a user, members of a group; LW_NEVER: not known, or not
	 * told. */
	uint32_t count;
	struct lw_cached_age list;
};
void lw_cached_encode(struct lw_wr *w, const struct lw_cached *c);
/* One of several; lw_rd_end() tells whether it was whole. */
struct lw_cached lw_cached_decode(struct lw_rd *r);

/* answer = u32 count, count * cached; each is read with lw_cached_decode(). */
struct lw_cached_list {
	uint32_t count;
	struct lw_rd each;
};
enum lw_err lw_cached_list_decode(struct lw_rd *r, struct lw_cached_list *ret);

/* drop = u8 how, str name; the name is empty with LW_DROP_ALL */
enum lw_drop_how {
	LW_DROP_NAME,	/* whatever has it */
	LW_DROP_GROUPS, /* ... and the groups that a user is in */
	LW_DROP_ALL,
	LW_DROP_HOW_COUNT
};
struct lw_drop {
	enum lw_drop_how how;
	struct lw_str name;
};
void lw_drop_encode(struct lw_wr *w, const struct lw_drop *d);
enum lw_err lw_drop_decode(struct lw_rd *r, struct lw_drop *ret);

#endif
