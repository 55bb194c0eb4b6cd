/* arena.c - an NSS caller's buffer, dealt out. Any process; pure. */
#include "arena.h"

#include <stdalign.h>
#include <string.h>

static void *take(struct lw_arena *a, size_t n)
{
	void *p = a->p;

	if (a->full || n > a->left) {
		a->full = true;
		return NULL;
	}
	a->p += n;
	a->left -= n;
	return p;
}

char *lw_arena_str(struct lw_arena *a, struct lw_str s)
{
	char *p = take(a, s.n + 1);

	if (!p)
		return NULL;
	if (s.n)
		memcpy(p, s.s, s.n);
	p[s.n] = '\0';
	return p;
}

char **lw_arena_ptrs(struct lw_arena *a, size_t n)
{
	size_t off = (uintptr_t)a->p % alignof(char *);
	char **p;

	if (off)
		take(a, alignof(char *) - off);
	if (n > SIZE_MAX / sizeof(char *)) {
		a->full = true;
		return NULL;
	}
	p = take(a, n * sizeof(char *));
	if (p)
		memset(p, 0, n * sizeof(char *));
	return p;
}
