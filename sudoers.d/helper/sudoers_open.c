/* sudoers_open.c - open a file of sudoers, list a directory. lightwave-sudo. */
#include "sudoers_open.h"

#include "cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

void *lw_flat_grow(void **pp, size_t n, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 16;
	void *p;

	if (n < *room)
		return *pp;
	p = reallocarray(*pp, more, size);
	if (!p)
		return NULL;
	*room = more;
	*pp = p;
	return p;
}

bool lw_flat_secure(const struct stat *st, uid_t owner)
{
	if (st->st_uid != owner || (st->st_mode & S_IWOTH))
		return false;
	return !(st->st_mode & S_IWGRP) || st->st_gid == 0;
}

static ssize_t read_all(int fd, char *p, size_t n)
{
	size_t got = 0;

	while (got < n) {
		ssize_t r = read(fd, p + got, n - got);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -1;
		if (r == 0)
			break;
		got += (size_t)r;
	}
	return (ssize_t)got;
}

enum lw_err lw_flat_open(const char *path, size_t max, struct lw_flat_file *ret)
{
	/* Non-blocking: what is no file but a pipe must not hold us up. */
	lw_cleanup(lw_close) int fd =
		open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	lw_cleanup(lw_free) char *text = NULL;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return LW_OFFLINE;
	if (!S_ISREG(st.st_mode)) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
		return LW_OFFLINE;
	}
	if (st.st_size > (off_t)max)
		return LW_RANGE;
	text = malloc((size_t)st.st_size + 1);
	if (!text)
		return LW_NOMEM;
	n = read_all(fd, text, (size_t)st.st_size);
	if (n < 0)
		return LW_OFFLINE;
	text[n] = '\0';
	ret->path = strdup(path);
	if (!ret->path)
		return LW_NOMEM;
	ret->text = text;
	text = NULL;
	ret->n = (size_t)n;
	ret->st = st;
	return LW_OK;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct lw_flat_name *)a)->name,
		      ((const struct lw_flat_name *)b)->name);
}

static void close_dir(DIR **d)
{
	if (*d)
		closedir(*d);
}

static enum lw_err add(struct lw_flat_names *ret, const char *name)
{
	struct lw_flat_name *v =
		lw_flat_grow((void **)&ret->v, ret->n, &ret->room, sizeof(*v));
	size_t n = strlen(name);

	if (!v)
		return LW_NOMEM;
	v[ret->n].name = strdup(name);
	if (!v[ret->n].name)
		return LW_NOMEM;
	v[ret->n++].ignored = strchr(name, '.') || name[n - 1] == '~';
	return LW_OK;
}

enum lw_err lw_flat_list(const char *path, uid_t owner,
			 struct lw_flat_names *ret)
{
	lw_cleanup(close_dir) DIR *d = opendir(path);
	const struct dirent *ent;
	enum lw_err e = LW_OK;
	struct stat st;

	if (!d || fstat(dirfd(d), &st) < 0)
		return errno == ENOENT ? LW_NOTFOUND : LW_OFFLINE;
	if (!lw_flat_secure(&st, owner))
		return LW_DENIED;
	while (e == LW_OK && (ent = readdir(d))) {
		if (fstatat(dirfd(d), ent->d_name, &st, 0) < 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		e = add(ret, ent->d_name);
	}
	if (ret->n > 1)
		qsort(ret->v, ret->n, sizeof(*ret->v), by_name);
	return e;
}

void lw_flat_names_done(struct lw_flat_names *n)
{
	for (size_t i = 0; i < n->n; i++)
		free(n->v[i].name);
	free(n->v);
}
