/*
 * migrate_write.c - files of sudoers, each replaced as a whole or not at all.
 * lightwave-sudo.
 */
#include "migrate.h"
#include "visudo.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* A name with a dot: sudo does not read it. */
#define TEMP_END ".migrate-XXXXXX"

struct ready {
	char *path; /* no link, but what it points to */
	char *temp; /* beside it; NULL: renamed, or not made */
	int held;   /* it, locked as visudo(8) locks what it edits; or 0 */
};

static void ready_done(struct ready *r, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (r[i].temp)
			unlink(r[i].temp);
		free(r[i].temp);
		free(r[i].path);
		if (r[i].held > 0)
			close(r[i].held);
	}
	free(r);
}

static bool fails(const char *path)
{
	fprintf(stderr, "lightwave-sudo: %s: %s\n", path, strerror(errno));
	return false;
}

static bool put(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t w = write(fd, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return false;
		p += w;
		n -= (size_t)w;
	}
	return true;
}

static bool write_temp(struct ready *r, const struct lw_flat_file *f,
		       const char *text, size_t n)
{
	lw_cleanup(lw_close) int fd = -1;

	if (asprintf(&r->temp, "%s" TEMP_END, r->path) < 0) {
		r->temp = NULL;
		return fails(r->path);
	}
	fd = mkostemp(r->temp, O_CLOEXEC);
	if (fd < 0) {
		fails(r->temp);
		free(r->temp);
		r->temp = NULL;
		return false;
	}
	if (!put(fd, text, n) || fchown(fd, f->st.st_uid, f->st.st_gid) < 0 ||
	    fchmod(fd, f->st.st_mode & 07777) < 0 || fsync(fd) < 0)
		return fails(r->temp);
	return true;
}

static bool approved(const char *temp, const char *path)
{
	lw_cleanup(lw_free) char *words = NULL;
	enum lw_err e = lw_visudo_file(temp, &words);

	if (e == LW_OK)
		return true;
	fprintf(stderr,
		"lightwave-sudo: visudo does not take what %s would "
		"become:\n%s",
		path, words ? words : "");
	return false;
}

/* Somebody else's change is not ours to undo. */
static bool unchanged(const struct lw_flat_file *f, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return fails(path);
	if (st.st_ino == f->st.st_ino && st.st_dev == f->st.st_dev &&
	    st.st_size == f->st.st_size &&
	    st.st_mtim.tv_sec == f->st.st_mtim.tv_sec &&
	    st.st_mtim.tv_nsec == f->st.st_mtim.tv_nsec)
		return true;
	fprintf(stderr,
		"lightwave-sudo: %s has just been changed by somebody "
		"else\n",
		path);
	return false;
}

/* What visudo has open it would write over ours with. */
static bool hold(struct ready *r)
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open(r->path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return fails(r->path);
	r->held = fd;
	if (fcntl(fd, F_SETLK, &fl) == 0)
		return true;
	if (errno != EACCES && errno != EAGAIN)
		return fails(r->path);
	fprintf(stderr,
		"lightwave-sudo: %s: visudo has it open: end that first\n",
		r->path);
	return false;
}

static bool prepare(struct ready *r, const struct lw_flat_file *f,
		    const char *text, size_t n)
{
	r->path = realpath(f->path, NULL);
	if (!r->path)
		return fails(f->path);
	return hold(r) && write_temp(r, f, text, n) &&
	       approved(r->temp, r->path);
}

/* The old one stays under another name; one that is there is kept. */
static bool backup(const char *path)
{
	lw_cleanup(lw_free) char *name = NULL;

	if (asprintf(&name, "%s" LW_MIGRATE_KEPT, path) < 0) {
		name = NULL;
		return fails(path);
	}
	for (unsigned int i = 1; link(path, name) < 0; i++) {
		if (errno != EEXIST || i == 1000)
			return fails(name);
		free(name);
		if (asprintf(&name, "%s" LW_MIGRATE_KEPT ".%u", path, i) < 0) {
			name = NULL;
			return fails(path);
		}
	}
	printf("%s: the old one is %s\n", path, name);
	return true;
}

static bool replace(struct ready *r, const struct lw_flat_file *f)
{
	lw_cleanup(lw_free) char *dir = NULL;
	lw_cleanup(lw_close) int fd = -1;

	if (!unchanged(f, r->path) || !backup(r->path))
		return false;
	if (rename(r->temp, r->path) < 0)
		return fails(r->path);
	free(r->temp);
	r->temp = NULL;
	dir = strndup(r->path, (size_t)(strrchr(r->path, '/') - r->path) + 1);
	fd = dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (fd >= 0)
		fsync(fd);
	return true;
}

static bool prepare_all(struct ready *r, const struct lw_policy *p,
			const struct lw_changes *c)
{
	for (uint32_t i = 0; i < p->flat->files; i++) {
		size_t n;
		lw_cleanup(lw_free) char *text = lw_migrate_text(p, c, i, &n);

		if (text && !prepare(&r[i], &p->flat->file[i], text, n))
			return false;
	}
	return true;
}

enum lw_sudo_exit lw_migrate_write(const struct lw_policy *p,
				   const struct lw_changes *c)
{
	size_t n = p->flat->files;
	struct ready *r = calloc(n, sizeof(*r));
	bool good = r && prepare_all(r, p, c);
	size_t done = 0;

	for (size_t i = 0; good && i < n; i++) {
		if (!r[i].temp)
			continue;
		good = replace(&r[i], &p->flat->file[i]);
		done += good;
	}
	if (!good && done == 0)
		fputs("lightwave-sudo: nothing was changed\n", stderr);
	else if (!good)
		fprintf(stderr,
			"lightwave-sudo: %zu files were changed, as above; "
			"say migrate --write again for the others\n",
			done);
	if (r)
		ready_done(r, n);
	return good ? LW_SUDO_GOOD : LW_SUDO_FAILS;
}
