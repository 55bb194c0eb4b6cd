/*
 * job_sync.h - the messages with which the front follows the directory, and the
 * pairs of a status report; doc/PROTOCOL.md in C. Decoders as in proto.h.
 *
 * An answer to LW_OP_SYNC comes in parts, each with the flag LW_OP_INTERIM and
 * the question's id, and ends with one message without the flag.
 */
#ifndef LW_JOB_SYNC_H
#define LW_JOB_SYNC_H

#include "job.h"

enum lw_sync_how {
	LW_SYNC_CHANGES,    /* what changed since `from` on `server` */
	LW_SYNC_EVERYTHING, /* all users and groups */
	LW_SYNC_SIDS,	    /* what is there: kind, SID and DN alone */
	LW_SYNC_HOW_COUNT
};

/* sync = str server, u64 from, u8 how, u32 max */
struct lw_sync {
	struct lw_str server; /* whose numbers `from` is of; may be empty */
	uint64_t from;	      /* 0: nothing is known yet */
	enum lw_sync_how how;
	uint32_t max; /* entries; more are LW_SYNCED_TOO_MANY */
};
void lw_sync_encode(struct lw_wr *w, const struct lw_sync *s);
enum lw_err lw_sync_decode(struct lw_rd *r, struct lw_sync *ret);

/*
 * part = u32 count, count * (entry, u64 usn, u32 count, count * str member)
 * Members are DNs, of groups alone.
 */
struct lw_sync_entry {
	struct lw_entry e;
	uint64_t usn;
	uint32_t member_count;
	struct lw_rd members; /* lw_rd_str(&members), member_count times */
};

#define LW_SYNC_ENTRY_MIN (LW_ENTRY_MIN + 8 + 4)

/*
 * Write an entry: first this, then member_count DNs with lw_wr_str(). The
 * part's count stands before the first.
 */
void lw_sync_entry_encode(struct lw_wr *w, const struct lw_entry *e,
			  uint64_t usn, uint32_t member_count);

/* One of count; marks r bad where it is malformed. */
struct lw_sync_entry lw_sync_entry_decode(struct lw_rd *r);

/* What follows the status: each entry is read with lw_sync_entry_decode(). */
struct lw_sync_part {
	uint32_t count;
	struct lw_rd each;
};
enum lw_err lw_sync_part_decode(struct lw_rd *r, struct lw_sync_part *ret);

enum lw_synced {
	LW_SYNCED_CHANGES,    /* the parts held all that changed since */
	LW_SYNCED_EVERYTHING, /* the parts held all there is */
	LW_SYNCED_SIDS,	      /* the same, by kind, SID and DN alone */
	LW_SYNCED_UNKNOWN,    /* nothing can be said about the past */
	LW_SYNCED_TOO_MANY, /* more than max entries; parts are worth nothing */
	LW_SYNCED_UNTOLD, /* one group cannot be told whole; neither are they */
	LW_SYNCED_COUNT
};

/* end = str domain_sid, str server, u64 highest, u8 kind, u32 total */
struct lw_sync_end {
	struct lw_str domain_sid, server;
	uint64_t highest; /* where to go on from */
	enum lw_synced kind;
	uint32_t total; /* entries in all parts */
};
void lw_sync_end_encode(struct lw_wr *w, const struct lw_sync_end *e);
enum lw_err lw_sync_end_decode(struct lw_rd *r, struct lw_sync_end *ret);

/*
 * pairs = u32 count, count * (str key, str value). Read with lw_rd_str()
 * twice, count times. The value of what is not as it should be begins with
 * LW_PAIR_FAILS, and goes on with one sentence that says what to do.
 */
#define LW_PAIR_FAILS "FAILS: "

struct lw_pairs {
	uint32_t count;
	struct lw_rd each;
};
enum lw_err lw_pairs_decode(struct lw_rd *r, struct lw_pairs *ret);

#endif
