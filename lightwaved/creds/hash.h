/*
 * hash.h - what is kept of a password. lightwaved-creds.
 *
 * HMAC-SHA-512-256 of SID and password with a key of this host, then argon2id
 * of that: without the key a stolen file cannot be guessed at, with it each
 * guess costs time and memory, and what is stored for one user is nothing for
 * another. Keys lie in locked memory.
 */
#ifndef LW_CREDS_HASH_H
#define LW_CREDS_HASH_H

#include "wire.h"

#include <sodium.h>

#define LW_PEPPER_SIZE crypto_kdf_KEYBYTES

/* Both from the pepper. */
struct lw_hash_keys {
	uint8_t password[crypto_auth_hmacsha512256_KEYBYTES];
	uint8_t record[crypto_auth_hmacsha512256_KEYBYTES];
};

/* LW_NOMEM; else lw_hash_keys_free(). */
enum lw_err lw_hash_keys_new(const uint8_t pepper[LW_PEPPER_SIZE],
			     struct lw_hash_keys **ret);
void lw_hash_keys_free(struct lw_hash_keys *k);

/* The memory is taken while it runs, and given back. */
struct lw_hash_cost {
	unsigned long long passes;
	size_t memory; /* bytes */
};

/* LW_NOMEM. */
enum lw_err lw_hash_make(const struct lw_hash_keys *k,
			 const struct lw_hash_cost *c, struct lw_str sid,
			 struct lw_password password,
			 char ret[crypto_pwhash_STRBYTES]);

/* LW_OK, LW_DENIED; LW_NOMEM: it cannot be said. */
enum lw_err lw_hash_verify(const struct lw_hash_keys *k, const char *hash,
			   struct lw_str sid, struct lw_password password);

/* Costs what lw_hash_verify() costs. LW_DENIED, LW_NOMEM. */
enum lw_err lw_hash_nobody(const struct lw_hash_keys *k,
			   const struct lw_hash_cost *c,
			   struct lw_password password);

#endif
