/*
 * utf8.h - read one character; RFC 3629, no surrogates, no long forms.
 */
#ifndef LW_UTF8_H
#define LW_UTF8_H

#include "wire.h"

/* The first character and its length in bytes; 0 if s is empty or not UTF-8. */
size_t lw_utf8(struct lw_str s, uint32_t *ret);

/* Append c at p; how many bytes (1 to 4) it took. */
size_t lw_utf8_put(char *p, uint32_t c);

#endif
