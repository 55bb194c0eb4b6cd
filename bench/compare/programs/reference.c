/* reference.c - see reference.h. */
#include "reference.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS	   (1u << 18)
#define FIELDS	   7
#define GIDS_BEGIN 16

struct record {
	struct record *by_name, *by_id;
	uint64_t hash;
	uint32_t id, gid;
	size_t at[FIELDS]; /* of the fields of its line, in text */
	size_t text_n;	   /* with the last NUL */
	size_t members;	   /* of a group: the strings from at[3] on */
	gid_t *gids;	   /* of a user */
	long gids_n, gids_room;
	char text[];
};

struct table {
	struct record *by_name[BUCKETS], *by_id[BUCKETS];
};

static struct table users, groups;

static uint64_t hash_of(const char *s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	while (*s)
		h = (h ^ (unsigned char)*s++) * UINT64_C(0x100000001b3);
	return h ^ h >> 32;
}

static struct record **id_bucket(struct table *t, uint32_t id)
{
	return &t->by_id[(id * UINT32_C(0x9e3779b1)) >> 14];
}

static struct record *by_name(const struct table *t, const char *name)
{
	uint64_t hash = hash_of(name);
	struct record *r = t->by_name[hash % BUCKETS];

	while (r && (r->hash != hash || strcmp(r->text, name) != 0))
		r = r->by_name;
	return r;
}

static struct record *by_id(struct table *t, uint32_t id)
{
	struct record *r = *id_bucket(t, id);

	while (r && r->id != id)
		r = r->by_id;
	return r;
}

/* --- reading ------------------------------------------------------------- */

/* Its fields end with NULs; the members of a group, too. */
static struct record *record_of(const char *line, size_t fields)
{
	size_t n = strcspn(line, "\n"), field = 1;
	struct record *r = calloc(1, sizeof(*r) + n + 1);

	if (!r)
		return NULL;
	memcpy(r->text, line, n);
	r->text_n = n + 1;
	for (size_t i = 0; i < n; i++) {
		if (r->text[i] == ':' && field < fields) {
			r->text[i] = '\0';
			r->at[field++] = i + 1;
		} else if (r->text[i] == ',' && fields == 4) {
			r->text[i] = '\0';
			r->members++;
		}
	}
	r->members += r->text[r->at[3]] != '\0';
	r->hash = hash_of(r->text);
	r->id = (uint32_t)strtoul(r->text + r->at[2], NULL, 10);
	r->gid = (uint32_t)strtoul(r->text + r->at[3], NULL, 10);
	return r;
}

static void link_in(struct table *t, struct record *r)
{
	struct record **name = &t->by_name[r->hash % BUCKETS];
	struct record **id = id_bucket(t, r->id);

	r->by_name = *name;
	*name = r;
	r->by_id = *id;
	*id = r;
}

static bool add_gid(struct record *user, gid_t gid)
{
	long room = user->gids_room ? 2 * user->gids_room : GIDS_BEGIN;
	gid_t *more;

	if (user->gids_n == user->gids_room) {
		more = reallocarray(user->gids, (size_t)room, sizeof(*more));
		if (!more)
			return false;
		user->gids = more;
		user->gids_room = room;
	}
	user->gids[user->gids_n++] = gid;
	return true;
}

static bool add_members(const struct record *group)
{
	const char *p = group->text + group->at[3];
	struct record *user;

	for (size_t i = 0; i < group->members; i++, p += strlen(p) + 1) {
		user = by_name(&users, p);
		if (user && !add_gid(user, group->id))
			return false;
	}
	return true;
}

static bool read_file(const char *dir, const char *file, struct table *t,
		      size_t fields)
{
	char path[512], *line = NULL;
	struct record *r;
	size_t room = 0;
	bool good = true;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	f = fopen(path, "re");
	if (!f) {
		perror(path);
		return false;
	}
	while (good && getline(&line, &room, f) > 0) {
		r = record_of(line, fields);
		good = r != NULL;
		if (good)
			link_in(t, r);
		if (good && t == &groups)
			good = add_members(r);
	}
	free(line);
	fclose(f);
	return good;
}

bool lw_reference_load(const char *dir)
{
	return read_file(dir, "passwd", &users, 7) &&
	       read_file(dir, "group", &groups, 4);
}

/* --- answering ----------------------------------------------------------- */

static enum nss_status too_small(int *errnop)
{
	*errnop = ERANGE;
	return NSS_STATUS_TRYAGAIN;
}

static enum nss_status give_user(const struct record *r, struct passwd *pw,
				 char *buf, size_t len, int *errnop)
{
	if (!r)
		return NSS_STATUS_NOTFOUND;
	if (r->text_n > len)
		return too_small(errnop);
	memcpy(buf, r->text, r->text_n);
	*pw = (struct passwd) {
		.pw_name = buf,
		.pw_passwd = buf + r->at[1],
		.pw_uid = r->id,
		.pw_gid = r->gid,
		.pw_gecos = buf + r->at[4],
		.pw_dir = buf + r->at[5],
		.pw_shell = buf + r->at[6],
	};
	return NSS_STATUS_SUCCESS;
}

static enum nss_status give_group(const struct record *r, struct group *gr,
				  char *buf, size_t len, int *errnop)
{
	char **member = (char **)(void *)buf;
	size_t pointers = r ? (r->members + 1) * sizeof(*member) : 0;
	char *text = buf + pointers, *p;

	if (!r)
		return NSS_STATUS_NOTFOUND;
	if (pointers + r->text_n > len)
		return too_small(errnop);
	memcpy(text, r->text, r->text_n);
	p = text + r->at[3];
	for (size_t i = 0; i < r->members; i++, p += strlen(p) + 1)
		member[i] = p;
	member[r->members] = NULL;
	*gr = (struct group) {
		.gr_name = text,
		.gr_passwd = text + r->at[1],
		.gr_gid = r->id,
		.gr_mem = member,
	};
	return NSS_STATUS_SUCCESS;
}

enum nss_status lw_reference_user(const char *name, struct passwd *pw,
				  char *buf, size_t len, int *errnop)
{
	return give_user(by_name(&users, name), pw, buf, len, errnop);
}

enum nss_status lw_reference_uid(uid_t uid, struct passwd *pw, char *buf,
				 size_t len, int *errnop)
{
	return give_user(by_id(&users, uid), pw, buf, len, errnop);
}

enum nss_status lw_reference_group(const char *name, struct group *gr,
				   char *buf, size_t len, int *errnop)
{
	return give_group(by_name(&groups, name), gr, buf, len, errnop);
}

enum nss_status lw_reference_gid(gid_t gid, struct group *gr, char *buf,
				 size_t len, int *errnop)
{
	return give_group(by_id(&groups, gid), gr, buf, len, errnop);
}

enum nss_status lw_reference_initgroups(const char *user, gid_t primary,
					long *start, long *size, gid_t **gids,
					long limit, int *errnop)
{
	const struct record *r = by_name(&users, user);
	gid_t *more;

	(void)primary;
	(void)limit;
	if (!r)
		return NSS_STATUS_NOTFOUND;
	if (*start + r->gids_n > *size) {
		more = reallocarray(*gids, (size_t)(*start + r->gids_n),
				    sizeof(*more));
		if (!more)
			return too_small(errnop);
		*gids = more;
		*size = *start + r->gids_n;
	}
	/* r->gids is NULL where there are none. */
	if (r->gids_n > 0)
		memcpy(*gids + *start, r->gids,
		       (size_t)r->gids_n * sizeof(**gids));
	*start += r->gids_n;
	return NSS_STATUS_SUCCESS;
}
