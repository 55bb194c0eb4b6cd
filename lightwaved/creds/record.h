/*
 * record.h - what is kept of one user, and how long and how often it counts.
 * lightwaved-creds; pure.
 *
 * Times are seconds of the wall clock: they outlive a reboot. Nobody can tell
 * how far a clock that went back is wrong, so that with it nothing counts.
 */
#ifndef LW_CREDS_RECORD_H
#define LW_CREDS_RECORD_H

#include "hash.h"
#include "sid.h"

#define LW_RECORD_MAX 512

/*
 * A vmdir domain locks an account after five, too. From then on each wrong one
 * costs a wait, twice as long as the one before and up to an hour: somebody who
 * cannot type waits half a minute, and who guesses for seven days gets fewer
 * than 200 guesses.
 */
#define LW_FREE_FAILURES 5
#define LW_FIRST_PAUSE	 30
#define LW_LONGEST_PAUSE 3600

struct lw_record {
	char sid[LW_SID_MAX];
	int64_t stored; /* when the directory took this password */
	int64_t mark;	/* the latest moment it was written */
	uint32_t failures;
	int64_t paused_until;
	char hash[crypto_pwhash_STRBYTES];
};

/* ret has LW_RECORD_MAX bytes; how many of them are used. */
size_t lw_record_encode(const struct lw_record *rec,
			const struct lw_hash_keys *k, uint8_t *ret);
/* LW_INVALID: damaged, of another version, of another host. */
enum lw_err lw_record_decode(const uint8_t *p, size_t n,
			     const struct lw_hash_keys *k,
			     struct lw_record *ret);

/*
 * Whether a password may be compared with it now: LW_OK; LW_EXPIRED: it is
 * too old; LW_SKEW: the clock is behind; LW_LOCKED: too many were wrong.
 * mark: the latest moment that is known.
 */
enum lw_err lw_record_judge(const struct lw_record *rec, int64_t now,
			    int64_t mark, uint32_t max_age);

/* One more attempt, which counts as wrong until lw_record_passed(). */
void lw_record_attempt(struct lw_record *rec, int64_t now);
void lw_record_passed(struct lw_record *rec);

#endif
