/* procs.c - proc(5), read process by process. lightwavectl. */
#include "procs.h"

#include "cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct text {
	char *s;
	size_t size;
};

static void text_done(struct text *t)
{
	free(t->s);
}

static void dir_done(DIR **d)
{
	if (*d)
		closedir(*d);
}

/* The numbers of one line; how many, of which ret gets as many as it has. */
static size_t numbers(const char *s, uint32_t *ret, size_t max)
{
	size_t n = 0;

	for (;;) {
		char *end;
		unsigned long v = strtoul(s, &end, 10);

		if (end == s)
			return n;
		if (n < max)
			ret[n] = v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
		n++;
		s = end;
	}
}

static enum lw_err take_groups(const char *s, struct lw_proc *p)
{
	size_t n = numbers(s, NULL, 0);

	if (n == 0)
		return LW_OK;
	p->groups = calloc(n, sizeof(*p->groups));
	if (!p->groups)
		return LW_NOMEM;
	p->groups_n = numbers(s, p->groups, n);
	return LW_OK;
}

static const char *value(const char *line, const char *key)
{
	size_t n = strlen(key);

	if (strncmp(line, key, n) != 0 || line[n] != ':')
		return NULL;
	return line + n + 1 + strspn(line + n + 1, " \t");
}

enum lw_err lw_proc_parse(char *text, struct lw_proc *ret)
{
	struct lw_proc p = { .login = UINT32_MAX };
	bool uids = false, gids = false, groups = false;
	enum lw_err e = LW_OK;
	char *save, *line = strtok_r(text, "\n", &save);

	for (; line && e == LW_OK; line = strtok_r(NULL, "\n", &save)) {
		const char *v;

		if ((v = value(line, "Name")) && !uids)
			snprintf(p.comm, sizeof(p.comm), "%s", v);
		else if ((v = value(line, "State")))
			p.ended |= *v == 'Z' || *v == 'X';
		else if ((v = value(line, "Threads")))
			numbers(v, &p.threads, 1);
		else if ((v = value(line, "Uid")) && !uids)
			uids = numbers(v, p.uid, LW_PROC_IDS) == LW_PROC_IDS;
		else if ((v = value(line, "Gid")) && !gids)
			gids = numbers(v, p.gid, LW_PROC_IDS) == LW_PROC_IDS;
		else if ((v = value(line, "Groups")) && !groups) {
			groups = true;
			e = take_groups(v, &p);
		}
	}
	if (e == LW_OK && !(uids && gids && groups))
		e = LW_PROTO;
	if (e == LW_OK && p.ended && p.threads <= 1)
		e = LW_NOTFOUND;
	if (e != LW_OK) {
		free(p.groups);
		return e;
	}
	*ret = p;
	return LW_OK;
}

/* LW_NOTFOUND: it is gone. */
static enum lw_err slurp(int dir, const char *path, struct text *t)
{
	lw_cleanup(lw_close) int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	size_t n = 0;
	ssize_t r;

	if (fd < 0)
		return errno == EMFILE || errno == ENFILE || errno == ENOMEM
			       ? LW_NOMEM
			       : LW_NOTFOUND;
	do {
		if (n + 1 >= t->size) {
			size_t size = t->size ? t->size * 2 : 8192;
			char *s = realloc(t->s, size);

			if (!s)
				return LW_NOMEM;
			t->s = s;
			t->size = size;
		}
		r = read(fd, t->s + n, t->size - n - 1);
		n += r > 0 ? (size_t)r : 0;
	} while (r > 0 || (r < 0 && errno == EINTR));
	if (r < 0 || n == 0)
		return LW_NOTFOUND;
	t->s[n] = '\0';
	return LW_OK;
}

static bool is_roots(const struct lw_proc *p)
{
	for (size_t i = 0; i < LW_PROC_IDS; i++) {
		if (p->uid[i] != 0 || p->gid[i] != 0)
			return false;
	}
	for (size_t i = 0; i < p->groups_n; i++) {
		if (p->groups[i] != 0)
			return false;
	}
	return true;
}

static uint32_t login_of(int dir, uint32_t pid, struct text *t)
{
	char path[64];
	uint32_t id;

	snprintf(path, sizeof(path), "%" PRIu32 "/loginuid", pid);
	return slurp(dir, path, t) == LW_OK && numbers(t->s, &id, 1) == 1
		       ? id
		       : UINT32_MAX;
}

static bool is_elsewhere(int dir, uint32_t pid, ino_t ours)
{
	struct stat st;
	char path[64];

	snprintf(path, sizeof(path), "%" PRIu32 "/ns/user", pid);
	return ours != 0 && fstatat(dir, path, &st, 0) == 0 &&
	       st.st_ino != ours;
}

static enum lw_err add(struct lw_procs *all, size_t *room,
		       const struct lw_proc *p)
{
	if (all->n == *room) {
		size_t want = *room ? *room * 2 : 256;
		void *v = reallocarray(all->v, want, sizeof(*p));

		if (!v)
			return LW_NOMEM;
		all->v = v;
		*room = want;
	}
	all->v[all->n++] = *p;
	return LW_OK;
}

static bool same_ids(const struct lw_proc *a, const struct lw_proc *b)
{
	return !memcmp(a->uid, b->uid, sizeof(a->uid)) &&
	       !memcmp(a->gid, b->gid, sizeof(a->gid)) &&
	       a->groups_n == b->groups_n &&
	       (a->groups_n == 0 || !memcmp(a->groups, b->groups,
					    a->groups_n * sizeof(*a->groups)));
}

/* p is the process; its threads that have ids of their own. */
static enum lw_err read_thread(int dir, const char *tid,
			       const struct lw_proc *p, struct text *t,
			       struct lw_procs *all, size_t *room)
{
	struct lw_proc one;
	char path[300];
	enum lw_err e;

	snprintf(path, sizeof(path), "%" PRIu32 "/task/%.20s/status", p->pid,
		 tid);
	e = slurp(dir, path, t);
	if (e == LW_OK)
		e = lw_proc_parse(t->s, &one);
	if (e != LW_OK)
		return e == LW_NOMEM ? e : LW_OK;
	if (!one.ended && (p->ended || !same_ids(p, &one))) {
		one.pid = p->pid;
		one.login = p->login;
		one.elsewhere = p->elsewhere;
		e = add(all, room, &one);
		if (e == LW_OK)
			return e;
	}
	free(one.groups);
	return e;
}

/*
 * To the kernel each thread has ids of its own, and the first may end before
 * the others.
 */
static enum lw_err read_threads(int dir, const struct lw_proc *p,
				struct text *t, struct lw_procs *all,
				size_t *room)
{
	lw_cleanup(dir_done) DIR *d = NULL;
	const struct dirent *entry;
	enum lw_err e = LW_OK;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%" PRIu32 "/task", p->pid);
	fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	d = fd >= 0 ? fdopendir(fd) : NULL;
	if (!d && fd >= 0)
		close(fd);
	while (d && e == LW_OK && (entry = readdir(d))) {
		if (!entry->d_name[strspn(entry->d_name, "0123456789")])
			e = read_thread(dir, entry->d_name, p, t, all, room);
	}
	return e;
}

static enum lw_err read_one(int dir, uint32_t pid, ino_t ours, struct text *t,
			    struct lw_procs *all, size_t *room)
{
	struct lw_proc p;
	char path[64];
	enum lw_err e;

	snprintf(path, sizeof(path), "%" PRIu32 "/status", pid);
	e = slurp(dir, path, t);
	if (e == LW_OK)
		e = lw_proc_parse(t->s, &p);
	if (e != LW_OK)
		return e == LW_NOMEM ? e : LW_OK;
	p.pid = pid;
	if (is_roots(&p)) {
		free(p.groups);
		return LW_OK;
	}
	p.login = login_of(dir, pid, t);
	p.elsewhere = is_elsewhere(dir, pid, ours);
	if (p.threads > 1)
		e = read_threads(dir, &p, t, all, room);
	if (e == LW_OK && !p.ended)
		e = add(all, room, &p);
	if (e != LW_OK || p.ended)
		free(p.groups);
	return e;
}

enum lw_err lw_procs_read(const char *root, struct lw_procs *ret)
{
	lw_cleanup(dir_done) DIR *d = opendir(root);
	lw_cleanup(lw_procs_done) struct lw_procs all = { 0 };
	lw_cleanup(text_done) struct text t = { 0 };
	struct stat ours = { 0 };
	const struct dirent *entry;
	size_t room = 0;

	if (!d)
		return LW_OFFLINE;
	/* Root's first process is there for whoever sees all of them. */
	if (faccessat(dirfd(d), "1/status", R_OK, 0) < 0)
		return LW_DENIED;
	if (fstatat(dirfd(d), "self/ns/user", &ours, 0) < 0)
		ours.st_ino = 0;
	while ((entry = readdir(d))) {
		uint32_t pid;

		if (entry->d_name[strspn(entry->d_name, "0123456789")])
			continue;
		numbers(entry->d_name, &pid, 1);
		if (read_one(dirfd(d), pid, ours.st_ino, &t, &all, &room) !=
		    LW_OK)
			return LW_NOMEM;
	}
	*ret = all;
	all = (struct lw_procs) { 0 };
	return LW_OK;
}

void lw_procs_done(struct lw_procs *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->v[i].groups);
	free(p->v);
	*p = (struct lw_procs) { 0 };
}
