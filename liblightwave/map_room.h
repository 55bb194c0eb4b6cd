/*
 * map_room.h - the map as it is mapped into this process.
 *
 * It is opened at the first question and again when it says that it was
 * replaced; what nobody reads any more is unmapped. No descriptor stays open:
 * nothing can close it, and no program inherits it. Threads read side by side;
 * who finds another thread opening it asks the socket instead. A child of
 * fork(2) goes on with its parent's mappings. No thread can be cancelled here.
 * Any process; libc only.
 */
#ifndef LW_MAP_ROOM_H
#define LW_MAP_ROOM_H

#include "map.h"

#define LW_MAP_SEATS 4 /* maps at a time: one, and those still being read */
#define LW_MAP_DOORS 8 /* readers are counted apart, so as not to collide */

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
	_Atomic uint32_t now; /* seat + 1; 0: none */
	_Atomic pid_t opener;
	_Atomic uint32_t looked; /* when, at an orphan's name */
	struct lw_map_seat seats[LW_MAP_SEATS];
};

/*
 * The map of now (seconds), to be left with the same door. NULL: there is none,
 * or none that can be read.
 */
const struct lw_map *lw_map_enter(struct lw_map_room *room, uint32_t now,
				  struct lw_map_door **ret_door);
void lw_map_leave(struct lw_map_door *door);

/* Unmap all: nobody reads any more. For a module that is unloaded. */
void lw_map_close(struct lw_map_room *room);

#endif
