/* objsid.c - objectSid as text or binary. A worker process; pure. */
#include "objsid.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define HEAD 8 /* revision, count, 6 bytes of authority */

static uint32_t little(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[1] << 8 | p[0];
}

static enum lw_err from_binary(struct lw_str raw, char ret[LW_SID_MAX])
{
	const uint8_t *p = (const uint8_t *)raw.s;
	uint64_t authority = 0;
	size_t count, n;

	if (raw.n < HEAD)
		return LW_INVALID;
	count = p[1];
	if (count == 0 || count > 15 || raw.n != HEAD + 4 * count)
		return LW_INVALID;
	for (size_t i = 2; i < HEAD; i++)
		authority = authority << 8 | p[i];
	if (authority > UINT32_MAX)
		return LW_INVALID; /* as text it would be no SID of ours */

	/* At most 4 + 10 + 15 * 11 characters: it fits. */
	n = (size_t)snprintf(ret, LW_SID_MAX, "S-1-%" PRIu64, authority);
	for (size_t i = 0; i < count; i++)
		n += (size_t)snprintf(ret + n, LW_SID_MAX - n, "-%" PRIu32,
				      little(p + HEAD + 4 * i));
	return LW_OK;
}

enum lw_err lw_objsid_decode(struct lw_str raw, char ret[LW_SID_MAX])
{
	if (raw.n > 0 && raw.s[0] == 1)
		return from_binary(raw, ret);
	if (raw.n >= LW_SID_MAX || !lw_sid_valid(raw))
		return LW_INVALID;
	memcpy(ret, raw.s, raw.n);
	ret[raw.n] = '\0';
	return LW_OK;
}
