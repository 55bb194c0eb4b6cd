/* known.c - the map as this process has it mapped. Any process; libc only. */
#include "known.h"

struct lw_map_room lw_known_room = { .path = LW_MAP_PATH };

/* The module is unloaded: what it mapped goes with it. */
__attribute__((destructor)) static void close_room(void)
{
	lw_map_close(&lw_known_room);
}
