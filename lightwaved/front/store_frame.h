/*
 * store_frame.h - what the front and its store process say to each other. Both;
 * pure.
 *
 * frame = u32 n, u8 what, u16 key_n, key, value: n counts what follows it. The
 * two are one program, so nothing here outlives a start.
 */
#ifndef LW_STORE_FRAME_H
#define LW_STORE_FRAME_H

#include "wire.h"

#include <stdio.h>

#define LW_STORE_FRAME_MAX ((size_t)64 * 1024 * 1024)
#define LW_STORE_KEY_MAX   500			/* LMDB takes 511 */
#define LW_STORE_BUFFER	   ((size_t)128 * 1024) /* of either end, at a start */

enum lw_store_what {
	/* to the store process */
	LW_STORE_LOAD = 'G', /* answered by records, and LOADED */
	LW_STORE_BEGIN = 'B',
	LW_STORE_PUT = 'P',
	LW_STORE_DROP = 'D',
	LW_STORE_WIPE = 'W', /* all keys that begin with that letter */
	LW_STORE_ABORT = 'X',
	LW_STORE_COMMIT = 'C', /* answered by DONE */
	/* from it; u8 enum lw_err, text */
	LW_STORE_RECORD = 'R',
	LW_STORE_LOADED = 'L',
	LW_STORE_DONE = 'A',
};

struct lw_store_frame {
	enum lw_store_what what;
	struct lw_str key, value; /* any bytes; views */
};

/* What stands before the key. */
#define LW_STORE_HEAD 7
void lw_store_head_encode(struct lw_wr *w, const struct lw_store_frame *f);
/* Appends one. */
void lw_store_frame_encode(struct lw_wr *w, const struct lw_store_frame *f);

/*
 * The next one of f, blocking; buf is grown as needed, holds what ret points
 * to, and is the caller's to free. LW_OFFLINE: there is no more. LW_PROTO.
 */
struct lw_store_buf {
	uint8_t *p;
	size_t size;
};
enum lw_err lw_store_frame_read(FILE *f, struct lw_store_buf *buf,
				struct lw_store_frame *ret);
/* Of n bytes after the length. LW_PROTO. */
enum lw_err lw_store_frame_decode(const uint8_t *p, size_t n,
				  struct lw_store_frame *ret);

/* The value of LOADED and DONE. */
struct lw_store_said {
	enum lw_err e;
	struct lw_str text; /* why, for people */
};
enum lw_err lw_store_said_decode(struct lw_str value,
				 struct lw_store_said *ret);

#endif
