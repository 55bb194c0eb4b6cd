/*
 * vault_rig.h - a vault in a directory of its own, whose hash is a cheap one
 * and whose clock is said. For the tests of lightwaved-creds.
 */
#ifndef LW_TEST_VAULT_RIG_H
#define LW_TEST_VAULT_RIG_H

#include "file.h"
#include "vault.h"

#include "unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define ALICE LW_STR("S-1-7-21-1-2-3-4-100-1025")
#define BOB   LW_STR("S-1-7-21-1-2-3-4-100-1026")
#define A     "S-1-7-21-1-2-3-4-100-1025"
#define B     "S-1-7-21-1-2-3-4-100-1026"
#define NOW   INT64_C(1800000000)
#define DAY   INT64_C(86400)
#define MAX   (7 * DAY)

static const struct lw_hash_cost cheap = { crypto_pwhash_OPSLIMIT_MIN,
					   crypto_pwhash_MEMLIMIT_MIN };
static char room[64];
static struct lw_vault *vault;

static inline void open_vault(void)
{
	assert_int_equal(lw_vault_open(room, cheap, &vault), LW_OK);
}

/* As after a restart. */
static inline void reopen(int64_t now)
{
	lw_vault_free(vault);
	open_vault();
	lw_vault_apply(vault, true, MAX, now);
}

static inline int begin(void **state)
{
	(void)state;
	snprintf(room, sizeof(room), "/tmp/lw-vault.XXXXXX");
	assert_non_null(mkdtemp(room));
	open_vault();
	lw_vault_apply(vault, true, MAX, NOW);
	return 0;
}

static inline int end(void **state)
{
	(void)state;
	assert_int_equal(lw_vault_forget(vault), LW_OK);
	lw_vault_free(vault);
	/* Nothing else may be in it. */
	assert_int_equal(rmdir(room), 0);
	return 0;
}

static inline void store(struct lw_str sid, const char *password, int64_t now)
{
	assert_int_equal(lw_vault_store(vault, sid, lw_password(password), now),
			 LW_OK);
}

static inline enum lw_err check(struct lw_str sid, const char *password,
				int64_t now)
{
	uint32_t age = 4711;
	enum lw_err e =
		lw_vault_check(vault, sid, lw_password(password), now, &age);

	if (e != LW_OK)
		assert_int_equal(age, 4711);
	return e;
}

static const char *path_of(const char *name)
{
	static char path[300];

	snprintf(path, sizeof(path), "%s/%s", room, name);
	return path;
}

static inline bool there(const char *name)
{
	return access(path_of(name), F_OK) == 0;
}

/* The whole file; its length. */
static inline size_t slurp(const char *name, uint8_t buf[1024])
{
	FILE *f = fopen(path_of(name), "re");
	size_t n;

	assert_non_null(f);
	n = fread(buf, 1, 1024, f);
	fclose(f);
	return n;
}

static inline void spit(const char *name, const void *p, size_t n)
{
	int fd = open(path_of(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, p, n), n);
	close(fd);
}

#endif
