/* record.c - bytes and judgement of what is kept. lightwaved-creds; pure. */
#include "record.h"

#include <string.h>

#define MAGIC	  "lwcreds1"
#define MAGIC_LEN (sizeof(MAGIC) - 1)
#define MAC_LEN	  crypto_auth_hmacsha512256_BYTES

/*
 * record = "lwcreds1", str sid, u64 stored, u64 mark, u32 failures,
 *          u64 paused_until, str hash, then the MAC of all that
 */
size_t lw_record_encode(const struct lw_record *rec,
			const struct lw_hash_keys *k, uint8_t *ret)
{
	struct lw_wr w;
	size_t n;

	_Static_assert(MAGIC_LEN + 4 + LW_SID_MAX + 8 + 8 + 4 + 8 + 4 +
				       crypto_pwhash_STRBYTES + MAC_LEN <=
			       LW_RECORD_MAX,
		       "the longest fits");
	lw_wr_init(&w, ret, LW_RECORD_MAX - MAC_LEN);
	lw_wr_raw(&w, MAGIC, MAGIC_LEN);
	lw_wr_str(&w, lw_str(rec->sid));
	lw_wr_u64(&w, (uint64_t)rec->stored);
	lw_wr_u64(&w, (uint64_t)rec->mark);
	lw_wr_u32(&w, rec->failures);
	lw_wr_u64(&w, (uint64_t)rec->paused_until);
	lw_wr_str(&w, lw_str(rec->hash));
	n = (size_t)(w.p - ret);
	crypto_auth_hmacsha512256(ret + n, ret, n, k->record);
	return n + MAC_LEN;
}

static bool put(char *to, size_t size, struct lw_str s)
{
	if (s.n >= size)
		return false;
	memset(to, 0, size);
	memcpy(to, s.s, s.n);
	return true;
}

enum lw_err lw_record_decode(const uint8_t *p, size_t n,
			     const struct lw_hash_keys *k,
			     struct lw_record *ret)
{
	struct lw_record rec = { 0 };
	struct lw_str sid, hash;
	struct lw_rd r;

	if (n < MAGIC_LEN + MAC_LEN || memcmp(p, MAGIC, MAGIC_LEN) != 0)
		return LW_INVALID;
	n -= MAC_LEN;
	if (crypto_auth_hmacsha512256_verify(p + n, p, n, k->record) != 0)
		return LW_INVALID;
	lw_rd_init(&r, p + MAGIC_LEN, n - MAGIC_LEN);
	sid = lw_rd_str(&r);
	rec.stored = (int64_t)lw_rd_u64(&r);
	rec.mark = (int64_t)lw_rd_u64(&r);
	rec.failures = lw_rd_u32(&r);
	rec.paused_until = (int64_t)lw_rd_u64(&r);
	hash = lw_rd_str(&r);
	if (lw_rd_end(&r) != LW_OK || !lw_sid_valid(sid) || hash.n == 0 ||
	    !put(rec.sid, sizeof(rec.sid), sid) ||
	    !put(rec.hash, sizeof(rec.hash), hash))
		return LW_INVALID;

	*ret = rec;
	return LW_OK;
}

enum lw_err lw_record_judge(const struct lw_record *rec, int64_t now,
			    int64_t mark, uint32_t max_age)
{
	if (now < rec->stored || now < rec->mark || now < mark)
		return LW_SKEW;
	if (now - rec->stored > (int64_t)max_age)
		return LW_EXPIRED;
	if (now < rec->paused_until)
		return LW_LOCKED;
	return LW_OK;
}

void lw_record_attempt(struct lw_record *rec, int64_t now)
{
	int64_t pause = LW_FIRST_PAUSE;

	if (rec->failures < UINT32_MAX)
		rec->failures++;
	rec->mark = now;
	if (rec->failures < LW_FREE_FAILURES)
		return;
	for (uint32_t i = LW_FREE_FAILURES;
	     i < rec->failures && pause < LW_LONGEST_PAUSE; i++)
		pause *= 2;
	rec->paused_until =
		now + (pause < LW_LONGEST_PAUSE ? pause : LW_LONGEST_PAUSE);
}

void lw_record_passed(struct lw_record *rec)
{
	rec->failures = 0;
	rec->paused_until = 0;
}
