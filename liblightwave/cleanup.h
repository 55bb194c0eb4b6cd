/*
 * cleanup.h - release beside acquisition.
 *
 * A variable declared lw_cleanup(f) is handed to f() when it goes out of
 * scope, on every path. f() runs after the return value is fixed and may
 * change errno. Never jump past such a declaration; exit() skips it.
 */
#ifndef LW_CLEANUP_H
#define LW_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define lw_cleanup(f) __attribute__((cleanup(f)))

/*
 * A large variable that is written before it is read, where the compiler was
 * told to fill all with zeros and that would cost what the rest does.
 */
#if __has_attribute(uninitialized)
#define lw_unset __attribute__((uninitialized))
#else
#define lw_unset
#endif

static inline void lw_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void lw_fclose(FILE **f)
{
	if (*f)
		fclose(*f);
}

/* For char * and void * variables declared with lw_cleanup(lw_free). */
static inline void lw_free(void *pp)
{
	free(*(void **)pp);
}

/* The descriptor, which from now on is the caller's to close. */
static inline int lw_take_fd(int *fd)
{
	int r = *fd;

	*fd = -1;
	return r;
}

#endif
