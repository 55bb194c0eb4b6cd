/* localdb.c - /etc/passwd and /etc/group, by hand. The front and PAM. */
#include "localdb.h"

#include "cleanup.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define RECHECK_MS 500
#define SETTLED_MS 1000

/*
 * name:x:id:... ; gives the id and the name, which it ends with a NUL; NULL if
 * the line names nobody. As glibc does, blanks before the name are skipped.
 */
static const char *parse(char *line, uint32_t *ret_id)
{
	char *name = line + strspn(line, " \t\v\f\r");
	char *c1 = strchr(name, ':');
	char *c2 = c1 ? strchr(c1 + 1, ':') : NULL;
	char *end;
	unsigned long v;

	if (!c2 || c1 == name || *name == '#')
		return NULL;
	errno = 0;
	v = strtoul(c2 + 1, &end, 10);
	if (errno || end == c2 + 1 || v > UINT32_MAX ||
	    (*end != ':' && *end != '\n' && *end != '\0'))
		return NULL;
	*c1 = '\0';
	*ret_id = (uint32_t)v;
	return name;
}

enum lw_err lw_local_id(const char *path, const char *name, uint32_t *ret_id)
{
	lw_cleanup(lw_fclose) FILE *f = fopen(path, "re");
	lw_cleanup(lw_free) char *line = NULL;
	size_t size = 0;

	if (!f)
		return LW_OFFLINE;
	while (getline(&line, &size, f) >= 0) {
		uint32_t id;
		const char *found = parse(line, &id);

		if (!found || strcmp(found, name) != 0)
			continue;
		if (ret_id)
			*ret_id = id;
		return LW_OK;
	}
	return ferror(f) ? LW_OFFLINE : LW_NOTFOUND;
}

void lw_localdb_init(struct lw_localdb *db, const char *path)
{
	*db = (struct lw_localdb) { .path = path,
				    .checked_ms = -RECHECK_MS - 1 };
}

static void drop(struct lw_localent *ents, size_t count)
{
	for (size_t i = 0; ents && i < count; i++)
		free(ents[i].name);
	free(ents);
}

void lw_localdb_done(struct lw_localdb *db)
{
	drop(db->ents, db->count);
	lw_localdb_init(db, db->path);
}

/* Takes every entry of f; on error *ents and *count are still the caller's. */
static enum lw_err slurp(FILE *f, struct lw_localent **ents, size_t *count)
{
	lw_cleanup(lw_free) char *line = NULL;
	size_t size = 0, room = 0;

	while (getline(&line, &size, f) >= 0) {
		uint32_t id;
		const char *name = parse(line, &id);

		if (!name)
			continue;
		if (*count == room) {
			size_t want = room ? room * 2 : 64;
			void *p = reallocarray(*ents, want, sizeof(**ents));

			if (!p)
				return LW_NOMEM;
			*ents = p;
			room = want;
		}
		(*ents)[*count].name = strdup(name);
		(*ents)[*count].id = id;
		if (!(*ents)[*count].name)
			return LW_NOMEM;
		++*count;
	}
	return ferror(f) ? LW_OFFLINE : LW_OK;
}

/* The change time, not that of modification, which copying tools set back. */
static bool unchanged(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
	       a->st_size == b->st_size &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	       a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/*
 * The kernel's clock for files ticks some hundred times a second: what has
 * just changed may change again and have the same time.
 */
static bool settled(const struct stat *st)
{
	struct timespec now;
	int64_t age_ms;

	clock_gettime(CLOCK_REALTIME, &now);
	age_ms = ((int64_t)now.tv_sec - st->st_ctim.tv_sec) * 1000 +
		 (now.tv_nsec - st->st_ctim.tv_nsec) / 1000000;
	return age_ms >= SETTLED_MS || age_ms <= -SETTLED_MS;
}

static bool same(const struct lw_localdb *db, const struct lw_localent *ents,
		 size_t count)
{
	if (db->changes == 0 || db->count != count)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (db->ents[i].id != ents[i].id ||
		    strcmp(db->ents[i].name, ents[i].name) != 0)
			return false;
	}
	return true;
}

static void take(struct lw_localdb *db, struct lw_localent *ents, size_t count)
{
	if (same(db, ents, count)) {
		drop(ents, count);
		return;
	}
	drop(db->ents, db->count);
	db->ents = ents;
	db->count = count;
	db->changes++;
}

enum lw_err lw_localdb_refresh(struct lw_localdb *db, int64_t now_ms)
{
	lw_cleanup(lw_fclose) FILE *f = NULL;
	struct lw_localent *ents = NULL;
	size_t count = 0;
	struct stat st;
	enum lw_err e;
	bool later;

	if (now_ms - db->checked_ms < RECHECK_MS)
		return LW_OK;
	f = fopen(db->path, "re");
	if (!f || fstat(fileno(f), &st) < 0)
		return LW_OFFLINE;
	if (db->settled && unchanged(&st, &db->seen)) {
		db->checked_ms = now_ms;
		return LW_OK;
	}
	db->settled = false;
	later = settled(&st);
	e = slurp(f, &ents, &count);
	if (e != LW_OK) {
		drop(ents, count);
		return e;
	}
	take(db, ents, count);
	db->settled = later;
	db->seen = st;
	db->checked_ms = now_ms;
	return LW_OK;
}

const struct lw_localent *lw_localdb_name(const struct lw_localdb *db,
					  const char *name)
{
	for (size_t i = 0; i < db->count; i++) {
		if (!strcmp(db->ents[i].name, name))
			return &db->ents[i];
	}
	return NULL;
}

const struct lw_localent *lw_localdb_taken(const struct lw_localdb *db,
					   const char *name)
{
	for (size_t i = 0; i < db->count; i++) {
		if (!strcasecmp(db->ents[i].name, name))
			return &db->ents[i];
	}
	return NULL;
}

const struct lw_localent *lw_localdb_id(const struct lw_localdb *db,
					uint32_t id)
{
	for (size_t i = 0; i < db->count; i++) {
		if (db->ents[i].id == id)
			return &db->ents[i];
	}
	return NULL;
}
