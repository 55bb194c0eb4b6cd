/* known.c - the map as this process has it mapped. Any process; libc only. */
#include "known.h"

struct lw_map_room lw_known_room = { .path = LW_MAP_PATH };

/* The module is unloaded: what it mapped goes with it. */
__attribute__((destructor)) static void close_room(void)
{
	lw_map_close(&lw_known_room);
}

bool lw_known_front_lives(void)
{
	struct lw_map_door *door;
	uint32_t now = lw_map_now();
	const struct lw_map *m = lw_map_enter(&lw_known_room, now, &door);
	bool lives = m && !lw_map_worth_a_look(m, now);

	if (m)
		lw_map_leave(door);
	return lives;
}
