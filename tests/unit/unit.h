/*
 * unit.h - what the unit tests share: no root, no network, no clock.
 *
 * A decoder under test is handed a heap copy that ends where the message
 * ends, so that ASan sees it read one byte too far.
 */
#ifndef LW_UNIT_H
#define LW_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "wire.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A decoder, behind the one signature all of them can be given. */
typedef enum lw_err unit_decoder(struct lw_rd *r, void *ret);

/*
 * Decode the first n bytes of msg, then zeros up to n + extra. An error must
 * leave every one of the size bytes of the result as it was.
 */
static inline enum lw_err unit_decode(unit_decoder *decode, size_t size,
				      const void *msg, size_t n, size_t extra)
{
	uint8_t *base = calloc(1, 1 + n + extra), *ret = malloc(size);
	struct lw_rd r;
	enum lw_err e;

	assert_non_null(base);
	assert_non_null(ret);
	memcpy(base + 1, msg, n);
	memset(ret, 0xA5, size);
	lw_rd_init(&r, base + 1, n + extra);
	e = decode(&r, ret);
	for (size_t i = 0; e != LW_OK && i < size; i++)
		assert_int_equal(ret[i], 0xA5);
	free(ret);
	free(base);
	return e;
}

/* Whole it decodes; cut anywhere, or one byte longer, it breaks the rules. */
static inline void unit_only_whole(unit_decoder *decode, size_t size,
				   const struct lw_wr *w, const uint8_t *msg)
{
	size_t n = (size_t)(w->p - msg);

	assert_int_equal(lw_wr_end(w), LW_OK);
	for (size_t cut = 0; cut < n; cut++)
		assert_int_equal(unit_decode(decode, size, msg, cut, 0),
				 LW_PROTO);
	assert_int_equal(unit_decode(decode, size, msg, n, 0), LW_OK);
	assert_int_equal(unit_decode(decode, size, msg, n, 1), LW_PROTO);
}

static inline void unit_str_equal(struct lw_str s, const char *want)
{
	if (!lw_str_eq(s, want))
		fail_msg("\"%.*s\" is not \"%s\"", (int)s.n, s.n ? s.s : "",
			 want);
}

static inline void unit_password_equal(struct lw_password p, const char *want)
{
	unit_str_equal((struct lw_str) { p.p, p.n }, want);
}

/* Write a whole file of n bytes, over what it held. */
static inline void unit_write(const char *path, const char *text, size_t n)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

/*
 * A file of the source tree as text, to be freed. make tells its tests where
 * that tree is.
 */
static inline char *unit_source(const char *name)
{
	const char *srcdir = getenv("srcdir");
	size_t max = 1024 * 1024;
	char path[512], *text = calloc(1, max);
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", srcdir ? srcdir : ".", name);
	f = fopen(path, "re");
	if (!f)
		fail_msg("%s cannot be read", path);
	assert_non_null(text);
	assert_true(fread(text, 1, max - 1, f) > 0);
	fclose(f);
	return text;
}

/* The same numbers in every run: a failure can be repeated (xorshift32). */
static inline uint32_t unit_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

#endif
