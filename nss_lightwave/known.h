/*
 * known.h - what the map says. Runs in any process; libc only; no lock, no
 * allocation, and no system call but where a map is opened.
 *
 * Nothing in the map is believed to be well-formed: what is not makes
 * LW_OFFLINE, as where the map has no word on the question. Then the front is
 * to be asked. Inline, since all of it is on the way of each lookup.
 */
#ifndef LW_NSS_KNOWN_H
#define LW_NSS_KNOWN_H

#include "map_find.h"
#include "map_room.h"
#include "module.h"
#include "own.h"

#include <string.h>

#define lw_inline static inline __attribute__((always_inline))

extern struct lw_map_room lw_known_room;

/*
 * By name, or by id where that is NULL. LW_OK: ret is there until the map is
 * left by ret_door. What else lw_map_by_name() says, and LW_OFFLINE where there
 * is no map: neither is set.
 */
lw_inline enum lw_err lw_known_find(enum lw_map_kind kind, const char *name,
				    uint32_t id, enum lw_map_trust trust,
				    struct lw_map_view *ret,
				    struct lw_map_door **ret_door)
{
	const struct lw_map *m;
	enum lw_err e;
	uint32_t now;

	if (lw_own())
		return LW_NOTOURS;
	now = lw_map_now();
	m = lw_map_enter(&lw_known_room, now, ret_door);
	if (!m)
		return LW_OFFLINE;
	e = name ? lw_map_by_name(m, kind, name, trust, now, ret)
		 : lw_map_by_id(m, kind, id, trust, now, ret);
	if (e != LW_OK)
		lw_map_leave(*ret_door);
	return e;
}

/*
 * All its strings: they begin in buf and end there. LW_RANGE: len is too small.
 */
lw_inline enum lw_err lw_known_text(const struct lw_map_view *found, char *buf,
				    size_t len)
{
	uint32_t n = found->text_n;

	if (n < 2)
		return LW_OFFLINE;
	if (n > len)
		return LW_RANGE;
	memcpy(buf, found->text, n);
	return buf[n - 1] == '\0' && buf[0] != '\0' ? LW_OK : LW_OFFLINE;
}

/* Root's is not the directory's. */
lw_inline bool lw_known_id(uint32_t id)
{
	return id - 1 < UINT32_MAX - 1;
}

/* Whether a front has said of itself, within seconds, that it will live on. */
bool lw_known_front_lives(void);

#endif
