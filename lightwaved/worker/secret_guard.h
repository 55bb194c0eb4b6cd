/*
 * secret_guard.h - who can read a file, and who could have put it there;
 * secret.c's own.
 */
#ifndef LW_SECRET_GUARD_H
#define LW_SECRET_GUARD_H

/*
 * NULL: the open file fd, found at path, is guarded as secret.h says. Else
 * what is wrong and what to do, in a few words; static.
 */
const char *lw_secret_guard(int fd, const char *path);

#endif
