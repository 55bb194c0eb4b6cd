/*
 * map_room.h - the map as it is mapped into this process.
 *
 * It is opened at the first question and again when it says that it was
 * replaced; what nobody reads any more is unmapped. No descriptor stays open:
 * nothing can close it, and no program inherits it. Threads read side by side;
 * who finds another thread opening it asks the socket instead. A child of
 * fork(2) goes on with its parent's mappings; one that was made while another
 * thread was opening opens none itself. No thread can be cancelled here.
 * Any process; libc only.
 */
#ifndef LW_MAP_ROOM_H
#define LW_MAP_ROOM_H

#include "map.h"

#define LW_MAP_SEATS 4	/* maps at a time: one, and those still being read */
#define LW_MAP_DOORS 8u /* readers are counted apart, so as not to collide */

struct lw_map_door {
	_Alignas(64) _Atomic uint32_t readers;
};

struct lw_map_seat {
	struct lw_map
		map; /* changed only while nobody reads and it is not now */
	dev_t dev;
	ino_t ino;
	struct lw_map_door doors[LW_MAP_DOORS];
};

/* All but the path zero before its first use. */
struct lw_map_room {
	const char *path;
	_Atomic(struct lw_map_seat *) now; /* NULL: none */
	_Atomic bool opening;
	_Atomic uint32_t looked; /* when, at an orphan's name */
	struct lw_map_seat seats[LW_MAP_SEATS];
};

/* Whether it was replaced. */
static inline bool lw_map_retired(const struct lw_map *m)
{
	const struct lw_map_head *h = (const void *)m->base;

	return atomic_load_explicit(&h->retired, memory_order_acquire);
}

/* Inside: another map may have its name: it says so, or nobody can say. */
static inline bool lw_map_worth_a_look(const struct lw_map *m, uint32_t now)
{
	const struct lw_map_head *h = (const void *)m->base;

	return lw_map_retired(m) ||
	       now >= atomic_load_explicit(&h->alive_until,
					   memory_order_relaxed);
}

/* Leave the map by the door that was entered by. */
static inline void lw_map_leave(struct lw_map_door *door)
{
	atomic_fetch_sub_explicit(&door->readers, 1, memory_order_release);
}

/* Inside: threads have a stack each: that tells them apart. */
static inline struct lw_map_door *lw_map_door_of(struct lw_map_seat *s)
{
	uintptr_t stack = (uintptr_t)__builtin_frame_address(0);

	return s->doors + ((stack >> 12 ^ stack >> 23) & (LW_MAP_DOORS - 1));
}

/*
 * Inside: counted first, and then looked again whether that is still the seat:
 * who empties a seat has taken it from now before he counts. NULL: there is no
 * map, or it has just been replaced.
 */
static inline const struct lw_map *lw_map_sit_down(
	struct lw_map_room *room, struct lw_map_door **ret_door)
{
	struct lw_map_seat *s = atomic_load(&room->now);
	struct lw_map_door *door;

	if (!s)
		return NULL;
	door = lw_map_door_of(s);
	atomic_fetch_add(&door->readers, 1);
	if (atomic_load(&room->now) != s) {
		lw_map_leave(door);
		return NULL;
	}
	*ret_door = door;
	return &s->map;
}

/* Inside: the same where that is not to be had at once. errno is kept. */
const struct lw_map *lw_map_look(struct lw_map_room *room, uint32_t now,
				 struct lw_map_door **ret_door);

/*
 * The map of now (lw_map_now()), to be left by that door. NULL: there is none,
 * or none that can be read, and there is no door to leave by.
 */
static inline const struct lw_map *lw_map_enter(struct lw_map_room *room,
						uint32_t now,
						struct lw_map_door **ret_door)
{
	const struct lw_map *m = lw_map_sit_down(room, ret_door);

	if (m && !lw_map_worth_a_look(m, now))
		return m;
	if (m)
		lw_map_leave(*ret_door);
	return lw_map_look(room, now, ret_door);
}

/* Unmap all, for good: nobody reads any more. For a module that is unloaded. */
void lw_map_close(struct lw_map_room *room);

#endif
