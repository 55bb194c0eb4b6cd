/*
 * map_daemon_rig.h - a lightwaved that has read a whole, small domain, and what
 * the NSS module, called in this process, says of it by its map.
 */
#ifndef LW_TEST_MAP_DAEMON_RIG_H
#define LW_TEST_MAP_DAEMON_RIG_H

#include "check.h"
#include "daemon.h"
#include "map_find.h"
#include "map_room.h"
#include "nss_module.h"
#include "worker.h"

#include <stdlib.h>
#include <sys/stat.h>

#define ALICE  "alice@lightwave.test"
#define BOB    "bob@lightwave.test"
#define NOBODY "nobody@lightwave.test"
/* Changes are asked for every 0.5 to 0.8 s. */
#define SOON "[cache]\nrevocation_max = 1\n"

static struct nss_module nss;

static const struct lw_entry alice = USER("alice", "100-1025"),
			     bob = USER("bob", "100-1026"),
			     admins = GROUP("admins", "100-2001"),
			     staff = GROUP("staff", "100-2002");

static const struct worker_synced whole[] = {
	{ &admins, { DN_OF("staff") } },
	{ &staff, { DN_OF("alice") } },
	{ &alice, { NULL } },
	{ &bob, { NULL } },
};
static const struct worker_line everything = { .op = LW_OP_SYNC,
					       .key = "everything",
					       .synced = whole,
					       .synced_n = COUNT(whole),
					       .end = LW_SYNCED_EVERYTHING,
					       .highest = 100 };
static const struct worker_line no_changes = { .op = LW_OP_SYNC,
					       .key = "changes",
					       .end = LW_SYNCED_CHANGES,
					       .highest = 100 };
static ino_t before; /* of the last test's map */

static inline ino_t map_now(void)
{
	struct stat st;

	return stat("map", &st) == 0 ? st.st_ino : 0;
}

static inline int begin(void **state)
{
	(void)state;
	before = map_now();
	worker_forget();
	worker_start();
	return 0;
}

static inline int end(void **state)
{
	(void)state;
	daemon_stop();
	worker_stop();
	return 0;
}

static inline void until_published(void)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;

	while (map_now() == before) {
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
}

/* Until that user's groups are told by the map alone, unasked. */
static inline void until_told(const char *name)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;
	struct lw_map_room room = { .path = "map" };
	enum lw_err e = LW_OFFLINE;

	while (e != LW_OK) {
		struct lw_map_view found;
		struct lw_map_door *door;
		uint32_t now = lw_map_now();
		const struct lw_map *m = lw_map_enter(&room, now, &door);

		if (m) {
			e = lw_map_by_name(m, LW_MAP_GROUPS_OF, name,
					   LW_MAP_FRESH, now, &found);
			lw_map_leave(door);
		}
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
	lw_map_close(&room);
}

static inline void start_whole(const char *conf)
{
	worker_say(&everything);
	worker_say(&no_changes);
	daemon_start(conf);
	until_published();
	until_told(ALICE);
}

static inline void all_are_gone(void)
{
	daemon_kill();
	worker_stop();
}

static inline enum nss_status user(const char *name, struct passwd *ret)
{
	static char buf[1024];
	int e;

	return nss.getpwnam(name, ret, buf, sizeof(buf), &e);
}

static inline enum nss_status uid(uid_t id, struct passwd *ret)
{
	static char buf[1024];
	int e;

	return nss.getpwuid(id, ret, buf, sizeof(buf), &e);
}

static inline enum nss_status gid(gid_t id, struct group *ret)
{
	static char buf[1024];
	int e;

	return nss.getgrgid(id, ret, buf, sizeof(buf), &e);
}

/* -1: none is told. */
static inline long groups(const char *name)
{
	long start = 0, size = 1;
	gid_t *v = malloc(sizeof(*v));
	enum nss_status s;
	int e;

	assert_non_null(v);
	s = nss.initgroups(name, (gid_t)-1, &start, &size, &v, -1, &e);
	free(v);
	return s == NSS_STATUS_SUCCESS ? start : -1;
}

#endif
