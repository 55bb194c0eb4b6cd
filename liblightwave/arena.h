/*
 * arena.h - put an entry into the buffer that an NSS caller brought.
 *
 * What does not fit marks the arena full, every later request gives NULL, and
 * the caller asks once, at the end. Memory is the caller's buffer throughout.
 */
#ifndef LW_ARENA_H
#define LW_ARENA_H

#include "wire.h"

struct lw_arena {
	char *p;
	size_t left;
	bool full;
};

/* A NUL-terminated copy of s. */
char *lw_arena_str(struct lw_arena *a, struct lw_str s);
/* n pointers, aligned; all NULL. */
char **lw_arena_ptrs(struct lw_arena *a, size_t n);

#endif
