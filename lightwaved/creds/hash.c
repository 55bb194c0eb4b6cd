/* hash.c - pepper and argon2id. lightwaved-creds. */
#include "hash.h"

#include <errno.h>
#include <string.h>

#define CONTEXT "lwcreds1" /* crypto_kdf_CONTEXTBYTES */

_Static_assert(sizeof(CONTEXT) - 1 == crypto_kdf_CONTEXTBYTES, "as it wants");

enum lw_err lw_hash_keys_new(const uint8_t pepper[LW_PEPPER_SIZE],
			     struct lw_hash_keys **ret)
{
	struct lw_hash_keys *k = sodium_malloc(sizeof(*k));

	if (!k)
		return LW_NOMEM;
	crypto_kdf_derive_from_key(k->password, sizeof(k->password), 1, CONTEXT,
				   pepper);
	crypto_kdf_derive_from_key(k->record, sizeof(k->record), 2, CONTEXT,
				   pepper);
	*ret = k;
	return LW_OK;
}

void lw_hash_keys_free(struct lw_hash_keys *k)
{
	sodium_free(k);
}

#define PEPPERED crypto_auth_hmacsha512256_BYTES

/* A SID holds no NUL, so that no two pairs become the same bytes. */
static void pepper(const struct lw_hash_keys *k, struct lw_str sid,
		   struct lw_password password, uint8_t ret[PEPPERED])
{
	crypto_auth_hmacsha512256_state st;

	crypto_auth_hmacsha512256_init(&st, k->password, sizeof(k->password));
	crypto_auth_hmacsha512256_update(&st, (const uint8_t *)sid.s, sid.n);
	crypto_auth_hmacsha512256_update(&st, (const uint8_t *)"", 1);
	crypto_auth_hmacsha512256_update(&st, password.p, password.n);
	crypto_auth_hmacsha512256_final(&st, ret);
	sodium_memzero(&st, sizeof(st));
}

enum lw_err lw_hash_make(const struct lw_hash_keys *k,
			 const struct lw_hash_cost *c, struct lw_str sid,
			 struct lw_password password,
			 char ret[crypto_pwhash_STRBYTES])
{
	uint8_t peppered[PEPPERED];
	int r;

	pepper(k, sid, password, peppered);
	r = crypto_pwhash_str_alg(ret, (const char *)peppered, sizeof(peppered),
				  c->passes, c->memory,
				  crypto_pwhash_ALG_ARGON2ID13);
	sodium_memzero(peppered, sizeof(peppered));
	return r == 0 ? LW_OK : LW_NOMEM;
}

enum lw_err lw_hash_verify(const struct lw_hash_keys *k, const char *hash,
			   struct lw_str sid, struct lw_password password)
{
	uint8_t peppered[PEPPERED];
	int r;

	pepper(k, sid, password, peppered);
	errno = 0;
	r = crypto_pwhash_str_verify(hash, (const char *)peppered,
				     sizeof(peppered));
	sodium_memzero(peppered, sizeof(peppered));
	if (r == 0)
		return LW_OK;
	/* Of its ways to fail this one alone is another password. */
	return errno == EINVAL ? LW_DENIED : LW_NOMEM;
}

enum lw_err lw_hash_nobody(const struct lw_hash_keys *k,
			   const struct lw_hash_cost *c,
			   struct lw_password password)
{
	static const uint8_t salt[crypto_pwhash_SALTBYTES];
	uint8_t peppered[PEPPERED], out[32];
	int r;

	pepper(k, lw_str(""), password, peppered);
	r = crypto_pwhash(out, sizeof(out), (const char *)peppered,
			  sizeof(peppered), salt, c->passes, c->memory,
			  crypto_pwhash_ALG_ARGON2ID13);
	sodium_memzero(peppered, sizeof(peppered));
	sodium_memzero(out, sizeof(out));
	return r == 0 ? LW_DENIED : LW_NOMEM;
}
