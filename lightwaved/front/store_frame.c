/* store_frame.c - front and store process; store_frame.h. Both; pure. */
#include "store_frame.h"

#include <stdlib.h>

#define HEAD 3 /* what, key_n */

void lw_store_head_encode(struct lw_wr *w, const struct lw_store_frame *f)
{
	lw_wr_u32(w, (uint32_t)(HEAD + f->key.n + f->value.n));
	lw_wr_u8(w, (uint8_t)f->what);
	lw_wr_u16(w, (uint16_t)f->key.n);
}

void lw_store_frame_encode(struct lw_wr *w, const struct lw_store_frame *f)
{
	lw_store_head_encode(w, f);
	lw_wr_raw(w, f->key.s, f->key.n);
	lw_wr_raw(w, f->value.s, f->value.n);
}

enum lw_err lw_store_frame_decode(const uint8_t *p, size_t n,
				  struct lw_store_frame *ret)
{
	size_t key_n;

	if (n < HEAD)
		return LW_PROTO;
	key_n = (size_t)p[1] << 8 | p[2];
	if (key_n > n - HEAD || key_n > LW_STORE_KEY_MAX)
		return LW_PROTO;
	ret->what = (enum lw_store_what)p[0];
	ret->key = (struct lw_str) { (const char *)p + HEAD, key_n };
	ret->value = (struct lw_str) { (const char *)p + HEAD + key_n,
				       n - HEAD - key_n };
	return LW_OK;
}

enum lw_err lw_store_frame_read(FILE *f, struct lw_store_buf *buf,
				struct lw_store_frame *ret)
{
	uint8_t head[4], *p;
	size_t n;

	if (fread(head, 1, sizeof(head), f) != sizeof(head))
		return LW_OFFLINE;
	n = lw_get_u32(head);
	if (n < HEAD || n > LW_STORE_FRAME_MAX)
		return LW_PROTO;
	if (n > buf->size) {
		p = realloc(buf->p, n);
		if (!p)
			return LW_OFFLINE;
		buf->p = p;
		buf->size = n;
	}
	if (fread(buf->p, 1, n, f) != n)
		return LW_OFFLINE;
	return lw_store_frame_decode(buf->p, n, ret);
}

enum lw_err lw_store_said_decode(struct lw_str value, struct lw_store_said *ret)
{
	if (value.n == 0 || (uint8_t)value.s[0] >= LW_ERR_COUNT)
		return LW_PROTO;
	ret->e = (enum lw_err)value.s[0];
	ret->text = (struct lw_str) { value.s + 1, value.n - 1 };
	return LW_OK;
}
