/*
 * fnv.h - FNV-1a of 64 bits: whether anything has changed, or who is to come
 * first, where nobody gains by choosing what is hashed. The worker; pure.
 */
#ifndef LW_FNV_H
#define LW_FNV_H

#include <stddef.h>
#include <stdint.h>

#define LW_FNV_START UINT64_C(14695981039346656037)

/* h is LW_FNV_START, or what came before. */
static inline uint64_t lw_fnv(uint64_t h, const void *p, size_t n)
{
	const uint8_t *b = p;

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * UINT64_C(1099511628211);
	return h;
}

#endif
