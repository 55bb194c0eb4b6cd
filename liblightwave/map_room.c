/* map_room.c - open and close the map. Any process; libc only. */
#include "map_room.h"

#include "cleanup.h"
#include "map_open.h"

#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>

static bool is_read(struct lw_map_seat *s)
{
	for (unsigned int i = 0; i < LW_MAP_DOORS; i++) {
		if (atomic_load(&s->doors[i].readers) != 0)
			return true;
	}
	return false;
}

/* Unless somebody sits there. */
static bool empty(struct lw_map_seat *s)
{
	if (is_read(s))
		return false;
	if (s->map.base)
		munmap((void *)(uintptr_t)s->map.base, s->map.size);
	s->map.base = NULL;
	return true;
}

/* One seat that is not now and has no reader; the others are emptied too. */
static struct lw_map_seat *free_seat(struct lw_map_room *room)
{
	const struct lw_map_seat *now = atomic_load(&room->now);
	struct lw_map_seat *ret = NULL;

	for (uint32_t i = 0; i < LW_MAP_SEATS; i++) {
		if (room->seats + i != now && empty(room->seats + i))
			ret = room->seats + i;
	}
	return ret;
}

/* Into s. LW_NOTFOUND: it is the one that is in but. */
static enum lw_err open_map(const char *path, const struct lw_map_seat *but,
			    struct lw_map_seat *s)
{
	struct stat st;
	lw_cleanup(lw_close) int fd = lw_map_open(path, &st);
	enum lw_err e;
	void *p;

	if (fd < 0)
		return LW_OFFLINE;
	if (but && but->dev == st.st_dev && but->ino == st.st_ino)
		return LW_NOTFOUND;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return LW_OFFLINE;
	e = lw_map_check(p, (size_t)st.st_size, &s->map);
	if (e != LW_OK || lw_map_retired(&s->map)) {
		munmap(p, (size_t)st.st_size);
		s->map.base = NULL;
		return LW_OFFLINE;
	}
	s->dev = st.st_dev;
	s->ino = st.st_ino;
	return LW_OK;
}

/*
 * One at a time, for good in a child of fork(2) that inherits no such thread:
 * a child of vfork(2), which has the same memory, must not take it for that.
 */
static bool may_open(struct lw_map_room *room)
{
	return !atomic_exchange(&room->opening, true);
}

/* What is now stays so where nothing better has its name. */
static void open_another(struct lw_map_room *room)
{
	const struct lw_map_seat *old = atomic_load(&room->now);
	struct lw_map_seat *s = free_seat(room);
	int cancel;

	if (!s)
		return;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
	if (open_map(room->path, old, s) == LW_OK)
		atomic_store(&room->now, s);
	pthread_setcancelstate(cancel, NULL);
}

/* Somebody may just be taking another seat: few go on meanwhile. */
static const struct lw_map *sit_down(struct lw_map_room *room,
				     struct lw_map_door **ret_door)
{
	const struct lw_map *m = NULL;

	while (!m && atomic_load(&room->now))
		m = lw_map_sit_down(room, ret_door);
	return m;
}

/* An orphan's name is looked at once a second. */
static bool stays(struct lw_map_room *room, const struct lw_map *m,
		  uint32_t now)
{
	return !lw_map_retired(m) &&
	       (!lw_map_worth_a_look(m, now) ||
		atomic_exchange(&room->looked, now) == now);
}

const struct lw_map *lw_map_look(struct lw_map_room *room, uint32_t now,
				 struct lw_map_door **ret_door)
{
	const struct lw_map *m = sit_down(room, ret_door);
	int saved = errno;

	if (m && stays(room, m, now))
		return m;
	if (m)
		lw_map_leave(*ret_door);
	if (may_open(room)) {
		open_another(room);
		atomic_store(&room->opening, false);
	}
	errno = saved;
	m = sit_down(room, ret_door);
	if (!m || !lw_map_retired(m))
		return m;
	lw_map_leave(*ret_door);
	return NULL;
}

void lw_map_close(struct lw_map_room *room)
{
	/* Whoever is just opening one has it; the process ends anyway. */
	if (!may_open(room))
		return;
	atomic_store(&room->now, NULL);
	free_seat(room);
}
