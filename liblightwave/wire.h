/*
 * wire.h - take one message apart, and put one together, byte by byte.
 *
 * Numbers are big-endian; a string is its length as u32, then its bytes.
 *
 * A reader never passes the end and never stops half-way: the first short or
 * malformed field marks it bad, every later read gives zero, and lw_rd_end()
 * says once whether the message was whole. Strings are views into it.
 *
 * A writer never passes the end: what does not fit marks it full, and
 * lw_wr_end() says so once. A writer made by lw_wr_heap() grows instead, up
 * to its limit.
 */
#ifndef LW_WIRE_H
#define LW_WIRE_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lw_str {
	const char *s; /* not NUL-terminated; holds no NUL */
	size_t n;
};

/* A string literal, or an array that ends at its last byte. */
#define LW_STR(lit) ((struct lw_str) { (lit), sizeof(lit) - 1 })

struct lw_str lw_str(const char *s); /* NULL gives the empty string */
bool lw_str_eq(struct lw_str a, const char *b);
bool lw_str_same(struct lw_str a, struct lw_str b);
bool lw_str_begins(struct lw_str s, const char *with);

/*
 * A password: a view into a message, as struct lw_str is one. No string to the
 * compiler, so that nothing which logs or prints takes it.
 */
struct lw_password {
	const void *p; /* holds no NUL */
	size_t n;
};

struct lw_password lw_password(const char *s); /* NULL gives none */

/* A NUL-terminated copy on the heap, the caller's; NULL when out of memory. */
char *lw_str_dup(struct lw_str s);

struct lw_rd {
	const uint8_t *p, *end;
	bool bad;
};

void lw_rd_init(struct lw_rd *r, const void *p, size_t n);
uint8_t lw_rd_u8(struct lw_rd *r);
uint16_t lw_rd_u16(struct lw_rd *r);
uint32_t lw_rd_u32(struct lw_rd *r);
uint64_t lw_rd_u64(struct lw_rd *r);
struct lw_str lw_rd_str(struct lw_rd *r);
struct lw_password lw_rd_password(struct lw_rd *r);
/* Bytes of any value; a view. */
struct lw_str lw_rd_bytes(struct lw_rd *r);

/*
 * A count of elements that follow, each of at least min bytes (not 0): one
 * that cannot be true marks the reader bad and gives 0, so that nobody
 * allocates for it.
 */
uint32_t lw_rd_count(struct lw_rd *r, size_t min);

/* LW_OK if every byte was read and none was missing, else LW_PROTO. */
enum lw_err lw_rd_end(const struct lw_rd *r);

struct lw_wr {
	uint8_t *p, *end;
	uint8_t *base; /* heap writers only: what to free */
	size_t limit;  /* heap writers only: largest size in bytes */
	bool full;     /* something did not fit */
	bool nomem;    /* ... because there was no memory */
	bool wipe;     /* holds a secret: wiped when moved or freed */
};

/* The caller's n bytes at p; nothing to free. */
void lw_wr_init(struct lw_wr *w, void *p, size_t n);
/* Grows on the heap up to limit bytes; lw_wr_done() frees (and wipes). */
void lw_wr_heap(struct lw_wr *w, size_t limit);
void lw_wr_done(struct lw_wr *w);

void lw_wr_u8(struct lw_wr *w, uint8_t v);
void lw_wr_u16(struct lw_wr *w, uint16_t v);
void lw_wr_u32(struct lw_wr *w, uint32_t v);
void lw_wr_u64(struct lw_wr *w, uint64_t v);
void lw_wr_str(struct lw_wr *w, struct lw_str s);
void lw_wr_password(struct lw_wr *w, struct lw_password s);
/* As they are, without a length before them. */
void lw_wr_raw(struct lw_wr *w, const void *p, size_t n);

/* LW_OK if all of it fitted, else LW_RANGE or LW_NOMEM. */
enum lw_err lw_wr_end(const struct lw_wr *w);

/* Overwrite the u32 at p (written before) with v. */
void lw_put_u32(uint8_t *p, uint32_t v);
uint32_t lw_get_u32(const uint8_t *p);

#endif
