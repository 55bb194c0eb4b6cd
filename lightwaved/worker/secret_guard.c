/* secret_guard.c - who can read a file. A worker, and the master's checks. */
#include "secret_guard.h"

#include "cleanup.h"

#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#define LINKS_MAX 8

#ifndef LW_WORKER_USER
#define LW_WORKER_USER "lightwave-worker"
#endif

/* Whom a secret may belong to. */
struct own {
	uid_t uid;
	gid_t gid;	  /* our user's first group */
	gid_t worker_gid; /* the worker's, for a --check by root */
};

/*
 * The worker runs with the group of the jobs socket, in which the front is
 * too; its own is the one of its user. /etc/passwd itself, since NSS may ask
 * us.
 */
static struct own who_we_are(void)
{
	struct own o = { .uid = geteuid() };
	lw_cleanup(lw_fclose) FILE *f = fopen("/etc/passwd", "re");
	const struct passwd *pw;

	while (f && (pw = fgetpwent(f))) {
		if (pw->pw_uid == o.uid)
			o.gid = pw->pw_gid;
		if (!strcmp(pw->pw_name, LW_WORKER_USER))
			o.worker_gid = pw->pw_gid;
	}
	return o;
}

static bool own_user(const struct own *o, uid_t uid)
{
	return uid == 0 || uid == o->uid;
}

static bool own_group(const struct own *o, gid_t gid)
{
	return gid == 0 || gid == o->gid || gid == o->worker_gid;
}

/* acl(5) as the kernel has it in system.posix_acl_access: little-endian. */
struct acl_entry {
	uint16_t tag, perm;
	uint32_t id;
};

#define ACL_HEAD  4
#define ACL_USER  0x02
#define ACL_GROUP 0x08

/* systemd gives a service its credentials by such a list. */
static bool list_is_good(int fd, const struct own *o)
{
	uint8_t raw[ACL_HEAD + 32 * sizeof(struct acl_entry)];
	ssize_t n = fgetxattr(fd, "system.posix_acl_access", raw, sizeof(raw));

	if (n < 0)
		return errno == ENODATA || errno == ENOTSUP;
	for (size_t at = ACL_HEAD; at + sizeof(struct acl_entry) <= (size_t)n;
	     at += sizeof(struct acl_entry)) {
		struct acl_entry e;

		memcpy(&e, raw + at, sizeof(e));
		if (le16toh(e.tag) == ACL_USER && e.perm &&
		    !own_user(o, le32toh(e.id)))
			return false;
		if (le16toh(e.tag) == ACL_GROUP && e.perm &&
		    !own_group(o, le32toh(e.id)))
			return false;
	}
	return true;
}

static const char *judge_file(int fd, const struct own *o)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "not a regular file";
	if (!own_user(o, st.st_uid))
		return "belongs to somebody else: chown it to root";
	if (st.st_mode & S_IRWXO)
		return "everybody can read or write it: chmod it to 0640";
	if (st.st_mode & S_IWGRP)
		return "its group can write it: chmod it to 0640";
	if ((st.st_mode & S_IRGRP) && !own_group(o, st.st_gid))
		return "a group other than " LW_WORKER_USER
		       " can read it: chgrp it";
	if (!list_is_good(fd, o))
		return "its access list lets others read it: setfacl -b it";
	return st.st_size == 0 ? "empty" : NULL;
}

/*
 * Whether nobody else can change what stands in this directory. In one with
 * the sticky bit others can add, but not replace: enough for a path that is
 * what it says, not for one that a link led to.
 */
static bool steady(const char *dir, const struct own *o, bool linked)
{
	struct stat st;

	if (stat(dir, &st) < 0 || !own_user(o, st.st_uid))
		return false;
	if ((st.st_mode & S_ISVTX) && !linked)
		return true;
	return !(st.st_mode & S_IWOTH) &&
	       (!(st.st_mode & S_IWGRP) || own_group(o, st.st_gid));
}

/*
 * The length of the first part of path that is a link; 0: there is none. -1:
 * somebody else can change a directory on the way.
 */
static int first_link(const char *path, const struct own *o, bool linked)
{
	char part[PATH_MAX];
	struct stat st;

	for (const char *p = path; (p = strchr(p, '/')); p++) {
		int n = (int)(p - path);
		int end = n + 1 + (int)strcspn(p + 1, "/");

		snprintf(part, sizeof(part), "%.*s", n ? n : 1, path);
		if (!steady(part, o, linked))
			return -1;
		snprintf(part, sizeof(part), "%.*s", end, path);
		if (lstat(part, &st) < 0)
			return -1;
		if (S_ISLNK(st.st_mode))
			return end;
	}
	return 0;
}

/* Put what the link that path begins with (n bytes) says in its place. */
static bool follow(char path[PATH_MAX], int n)
{
	char link[PATH_MAX], target[PATH_MAX], out[PATH_MAX * 2];
	int dir = n, length;
	ssize_t got;

	snprintf(link, sizeof(link), "%.*s", n, path);
	got = readlink(link, target, sizeof(target) - 1);
	if (got <= 0)
		return false;
	target[got] = '\0';
	while (dir > 0 && path[dir - 1] != '/')
		dir--;
	if (*target == '/')
		dir = 0;
	length = snprintf(out, sizeof(out), "%.*s%s%s", dir, path, target,
			  path + n);
	if (length >= PATH_MAX)
		return false;
	memcpy(path, out, (size_t)length + 1);
	return true;
}

/* A link is only as good as the way to it, and the way on from it. */
static bool way_is_steady(char path[PATH_MAX], const struct own *o)
{
	for (int links = 0; links <= LINKS_MAX; links++) {
		int n = first_link(path, o, links > 0);

		if (n <= 0)
			return n == 0;
		if (!follow(path, n))
			return false;
	}
	return false;
}

static bool same_file(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && lstat(path, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

const char *lw_secret_guard(int fd, const char *path)
{
	struct own o = who_we_are();
	const char *why = judge_file(fd, &o);
	char way[PATH_MAX];

	if (why)
		return why;
	if (*path != '/' ||
	    snprintf(way, sizeof(way), "%s", path) >= (int)sizeof(way))
		return "not an absolute path";
	if (!way_is_steady(way, &o))
		return "somebody else can change a directory on the way to it";
	return same_file(fd, way) ? NULL : "it changes as we look";
}
