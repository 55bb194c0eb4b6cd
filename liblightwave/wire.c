/* wire.c - the reader and the writer of messages. Any process; pure. */
#include "wire.h"

#include <stdlib.h>
#include <string.h>

struct lw_str lw_str(const char *s)
{
	return (struct lw_str) { s, s ? strlen(s) : 0 };
}

struct lw_password lw_password(const char *s)
{
	return (struct lw_password) { s, s ? strlen(s) : 0 };
}

bool lw_str_eq(struct lw_str a, const char *b)
{
	return a.n == strlen(b) && (a.n == 0 || !memcmp(a.s, b, a.n));
}

bool lw_str_same(struct lw_str a, struct lw_str b)
{
	return a.n == b.n && (a.n == 0 || !memcmp(a.s, b.s, a.n));
}

bool lw_str_begins(struct lw_str s, const char *with)
{
	size_t n = strlen(with);

	return n == 0 || (s.n >= n && !memcmp(s.s, with, n));
}

char *lw_str_dup(struct lw_str s)
{
	char *d = malloc(s.n + 1);

	if (!d)
		return NULL;
	if (s.n)
		memcpy(d, s.s, s.n);
	d[s.n] = '\0';
	return d;
}

void lw_rd_init(struct lw_rd *r, const void *p, size_t n)
{
	r->p = p;
	r->end = n ? r->p + n : r->p; /* NULL + 0 is undefined */
	r->bad = false;
}

/* The next n bytes, or NULL and bad. */
static const uint8_t *eat(struct lw_rd *r, size_t n)
{
	const uint8_t *p = r->p;

	if (r->bad || (size_t)(r->end - r->p) < n) {
		r->bad = true;
		return NULL;
	}
	r->p += n;
	return p;
}

uint8_t lw_rd_u8(struct lw_rd *r)
{
	const uint8_t *p = eat(r, 1);

	return p ? p[0] : 0;
}

uint16_t lw_rd_u16(struct lw_rd *r)
{
	const uint8_t *p = eat(r, 2);

	return (uint16_t)(p ? p[0] << 8 | p[1] : 0);
}

uint32_t lw_get_u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

uint32_t lw_rd_u32(struct lw_rd *r)
{
	const uint8_t *p = eat(r, 4);

	return p ? lw_get_u32(p) : 0;
}

uint64_t lw_rd_u64(struct lw_rd *r)
{
	uint64_t high = lw_rd_u32(r);

	return high << 32 | lw_rd_u32(r);
}

struct lw_str lw_rd_bytes(struct lw_rd *r)
{
	uint32_t n = lw_rd_u32(r);
	const uint8_t *p = eat(r, n);

	if (!p)
		return LW_STR("");
	return (struct lw_str) { (const char *)p, n };
}

struct lw_str lw_rd_str(struct lw_rd *r)
{
	struct lw_str s = lw_rd_bytes(r);

	if (s.n && memchr(s.s, '\0', s.n)) {
		r->bad = true;
		return LW_STR("");
	}
	return s;
}

struct lw_password lw_rd_password(struct lw_rd *r)
{
	struct lw_str s = lw_rd_str(r);

	return (struct lw_password) { s.s, s.n };
}

uint32_t lw_rd_count(struct lw_rd *r, size_t min)
{
	uint32_t n = lw_rd_u32(r);

	if (r->bad || n > (size_t)(r->end - r->p) / min) {
		r->bad = true;
		return 0;
	}
	return n;
}

enum lw_err lw_rd_end(const struct lw_rd *r)
{
	return r->bad || r->p != r->end ? LW_PROTO : LW_OK;
}

void lw_wr_init(struct lw_wr *w, void *p, size_t n)
{
	*w = (struct lw_wr) { .p = p };
	w->end = n ? w->p + n : w->p;
}

void lw_wr_heap(struct lw_wr *w, size_t limit)
{
	*w = (struct lw_wr) { .limit = limit };
}

void lw_wr_done(struct lw_wr *w)
{
	if (w->base && w->wipe)
		explicit_bzero(w->base, (size_t)(w->end - w->base));
	free(w->base);
	*w = (struct lw_wr) { 0 };
}

/* malloc and copy, not realloc: that would leave a secret behind. */
static void grow(struct lw_wr *w, size_t n)
{
	size_t used = w->base ? (size_t)(w->p - w->base) : 0;
	size_t size = w->base ? (size_t)(w->end - w->base) : 0;
	uint8_t *base;

	if (n > w->limit || used > w->limit - n)
		return;
	if (size < 256)
		size = 256;
	while (size - used < n)
		size *= 2;
	if (size > w->limit)
		size = w->limit;
	base = malloc(size);
	if (!base) {
		w->nomem = true;
		return;
	}
	if (w->base) {
		memcpy(base, w->base, used);
		if (w->wipe)
			explicit_bzero(w->base, used);
		free(w->base);
	}
	w->base = base;
	w->p = base + used;
	w->end = base + size;
}

static uint8_t *room(struct lw_wr *w, size_t n)
{
	uint8_t *p;

	if (w->full)
		return NULL;
	if (w->limit && (size_t)(w->end - w->p) < n)
		grow(w, n);
	if ((size_t)(w->end - w->p) < n) {
		w->full = true;
		return NULL;
	}
	p = w->p;
	w->p += n;
	return p;
}

void lw_wr_u8(struct lw_wr *w, uint8_t v)
{
	uint8_t *p = room(w, 1);

	if (p)
		p[0] = v;
}

void lw_wr_u16(struct lw_wr *w, uint16_t v)
{
	uint8_t *p = room(w, 2);

	if (!p)
		return;
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

void lw_put_u32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

void lw_wr_u32(struct lw_wr *w, uint32_t v)
{
	uint8_t *p = room(w, 4);

	if (p)
		lw_put_u32(p, v);
}

void lw_wr_u64(struct lw_wr *w, uint64_t v)
{
	lw_wr_u32(w, (uint32_t)(v >> 32));
	lw_wr_u32(w, (uint32_t)v);
}

void lw_wr_raw(struct lw_wr *w, const void *src, size_t n)
{
	uint8_t *p;

	if (n == 0)
		return;
	p = room(w, n);
	if (p)
		memcpy(p, src, n);
}

void lw_wr_str(struct lw_wr *w, struct lw_str s)
{
	if (s.n > UINT32_MAX) {
		w->full = true;
		return;
	}
	lw_wr_u32(w, (uint32_t)s.n);
	lw_wr_raw(w, s.s, s.n);
}

void lw_wr_password(struct lw_wr *w, struct lw_password s)
{
	lw_wr_str(w, (struct lw_str) { s.p, s.n });
}

enum lw_err lw_wr_end(const struct lw_wr *w)
{
	if (!w->full)
		return LW_OK;
	return w->nomem ? LW_NOMEM : LW_RANGE;
}
