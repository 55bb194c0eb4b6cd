/* ask.c - see ask.h. */
#include "ask.h"

#include "reference.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_GIDS      65536
#define BUFFER	      (8u << 20)
#define PRIMARY_GROUP 545

/* Negative, or how many groups. */
typedef int groups_of_fn(struct lw_ask *a, const char *user);

static struct {
	enum nss_status (*user)(const char *, struct passwd *, char *, size_t,
				int *);
	enum nss_status (*uid)(uid_t, struct passwd *, char *, size_t, int *);
	enum nss_status (*group)(const char *, struct group *, char *, size_t,
				 int *);
	enum nss_status (*gid)(gid_t, struct group *, char *, size_t, int *);
	enum nss_status (*initgroups)(const char *, gid_t, long *, long *,
				      gid_t **, long, int *);
	groups_of_fn *groups_of;
} who;

/* --- glibc, as if it were a module -------------------------------------- */

static enum nss_status status_of(int error, const void *found)
{
	if (found)
		return NSS_STATUS_SUCCESS;
	return error == 0 || error == ENOENT ? NSS_STATUS_NOTFOUND
					     : NSS_STATUS_UNAVAIL;
}

static enum nss_status glibc_user(const char *name, struct passwd *pw,
				  char *buf, size_t len, int *errnop)
{
	struct passwd *found = NULL;

	*errnop = getpwnam_r(name, pw, buf, len, &found);
	return status_of(*errnop, found);
}

static enum nss_status glibc_uid(uid_t uid, struct passwd *pw, char *buf,
				 size_t len, int *errnop)
{
	struct passwd *found = NULL;

	*errnop = getpwuid_r(uid, pw, buf, len, &found);
	return status_of(*errnop, found);
}

static enum nss_status glibc_group(const char *name, struct group *gr,
				   char *buf, size_t len, int *errnop)
{
	struct group *found = NULL;

	*errnop = getgrnam_r(name, gr, buf, len, &found);
	return status_of(*errnop, found);
}

static enum nss_status glibc_gid(gid_t gid, struct group *gr, char *buf,
				 size_t len, int *errnop)
{
	struct group *found = NULL;

	*errnop = getgrgid_r(gid, gr, buf, len, &found);
	return status_of(*errnop, found);
}

/* glibc does not say whether it found him: only his primary group is not. */
static int glibc_groups_of(struct lw_ask *a, const char *user)
{
	int n = MAX_GIDS;

	return getgrouplist(user, PRIMARY_GROUP, a->gids, &n) > 1 ? n : -1;
}

/* --- a module ------------------------------------------------------------ */

static int module_groups_of(struct lw_ask *a, const char *user)
{
	long start = 1, size = 64;
	gid_t *gids = malloc((size_t)size * sizeof(*gids));
	enum nss_status status;
	int error = 0;

	(void)a;
	if (!gids)
		return -1;
	gids[0] = PRIMARY_GROUP;
	status = who.initgroups(user, PRIMARY_GROUP, &start, &size, &gids, -1,
				&error);
	free(gids);
	return status == NSS_STATUS_SUCCESS ? (int)start : -1;
}

static void *symbol(void *so, const char *module, const char *function)
{
	char name[128];
	void *p;

	snprintf(name, sizeof(name), "_nss_%s_%s", module, function);
	p = dlsym(so, name);
	if (!p)
		fprintf(stderr, "%s\n", dlerror());
	return p;
}

static bool open_module(const char *module)
{
	char file[128];
	void *so;

	/* `files` has been part of libc since glibc 2.34. */
	snprintf(file, sizeof(file), "libnss_%s.so.2", module);
	so = dlopen(strcmp(module, "files") ? file : "libc.so.6",
		    RTLD_NOW | RTLD_LOCAL);
	if (!so) {
		fprintf(stderr, "%s\n", dlerror());
		return false;
	}
	who.user = symbol(so, module, "getpwnam_r");
	who.uid = symbol(so, module, "getpwuid_r");
	who.group = symbol(so, module, "getgrnam_r");
	who.gid = symbol(so, module, "getgrgid_r");
	who.initgroups = symbol(so, module, "initgroups_dyn");
	who.groups_of = module_groups_of;
	return who.user && who.uid && who.group && who.gid && who.initgroups;
}

bool lw_ask_through(const char *module, const char *dir)
{
	if (!strcmp(module, "glibc")) {
		who.user = glibc_user;
		who.uid = glibc_uid;
		who.group = glibc_group;
		who.gid = glibc_gid;
		who.groups_of = glibc_groups_of;
		return true;
	}
	if (strcmp(module, "reference") != 0)
		return open_module(module);
	who.user = lw_reference_user;
	who.uid = lw_reference_uid;
	who.group = lw_reference_group;
	who.gid = lw_reference_gid;
	who.initgroups = lw_reference_initgroups;
	who.groups_of = module_groups_of;
	return lw_reference_load(dir);
}

/* --- asking -------------------------------------------------------------- */

bool lw_ask_init(struct lw_ask *a)
{
	*a = (struct lw_ask) { .len = BUFFER };
	a->buf = malloc(BUFFER);
	a->gids = malloc(MAX_GIDS * sizeof(*a->gids));
	return a->buf && a->gids;
}

void lw_ask_done(struct lw_ask *a)
{
	free(a->buf);
	free(a->gids);
}

static bool count(struct lw_ask *a, enum nss_status status)
{
	if (status == NSS_STATUS_SUCCESS)
		a->found++;
	else if (status != NSS_STATUS_NOTFOUND)
		a->errors++;
	return status == NSS_STATUS_SUCCESS;
}

static void count_members(struct lw_ask *a, enum nss_status status,
			  const struct group *gr)
{
	if (!count(a, status))
		return;
	a->id = gr->gr_gid;
	for (a->last = 0; gr->gr_mem[a->last]; a->last++)
		;
}

void lw_ask_user(struct lw_ask *a, const char *name)
{
	struct passwd pw;
	int error = 0;

	if (count(a, who.user(name, &pw, a->buf, a->len, &error)))
		a->id = pw.pw_uid;
}

void lw_ask_uid(struct lw_ask *a, uid_t uid)
{
	struct passwd pw;
	int error = 0;

	count(a, who.uid(uid, &pw, a->buf, a->len, &error));
}

void lw_ask_group(struct lw_ask *a, const char *name)
{
	struct group gr;
	int error = 0;

	count_members(a, who.group(name, &gr, a->buf, a->len, &error), &gr);
}

void lw_ask_gid(struct lw_ask *a, gid_t gid)
{
	struct group gr;
	int error = 0;

	count_members(a, who.gid(gid, &gr, a->buf, a->len, &error), &gr);
}

void lw_ask_groups_of(struct lw_ask *a, const char *user)
{
	int n = who.groups_of(a, user);

	if (n < 0)
		return;
	a->found++;
	a->last = n;
}
