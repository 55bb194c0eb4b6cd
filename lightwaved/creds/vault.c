/* vault.c - the directory, the pepper, the clock. lightwaved-creds. */
#include "vault.h"

#include "cleanup.h"
#include "file.h"
#include "log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#define PEPPER	   "pepper"
#define CLOCK	   "clock"
#define CLOCK_STEP 60 /* seconds that may be forgotten */

static enum lw_err complain(const char *path, const char *why)
{
	lw_log(LOG_ERR, "%s: %s", path, why);
	return LW_OFFLINE;
}

/* What is done with each name in the directory; false: it could not be. */
typedef bool visit(struct lw_vault *v, const char *name, int64_t arg);

static bool each(struct lw_vault *v, visit *f, int64_t arg)
{
	int fd = openat(v->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	bool good = true;

	if (!d) {
		complain("the directory", strerror(errno));
		lw_close(&fd);
		return false;
	}
	while ((e = readdir(d))) {
		if (e->d_name[0] != '.')
			good &= f(v, e->d_name, arg);
	}
	closedir(d);
	return good;
}

static bool is_record(const char *name)
{
	return lw_sid_valid(lw_str(name));
}

static bool wipe_leftover(struct lw_vault *v, const char *name, int64_t arg)
{
	size_t n = strlen(name), tail = sizeof(LW_FILE_NEW) - 1;

	(void)arg;
	if (n > tail && !strcmp(name + n - tail, LW_FILE_NEW))
		return lw_file_wipe(v->dir, name) == LW_OK;
	return true;
}

static bool wipe_record(struct lw_vault *v, const char *name, int64_t arg)
{
	(void)arg;
	return !is_record(name) || lw_file_wipe(v->dir, name) == LW_OK;
}

/* The clock cannot have been before what was written by it. */
static bool learn_mark(struct lw_vault *v, const char *name, int64_t arg)
{
	struct lw_record rec;

	(void)arg;
	if (!is_record(name) || lw_vault_load(v, name, &rec) != LW_OK)
		return true;
	if (rec.mark > v->mark)
		v->mark = rec.mark;
	if (rec.stored > v->mark)
		v->mark = rec.stored;
	return true;
}

static void write_clock(struct lw_vault *v)
{
	uint8_t bytes[8];
	struct lw_wr w;

	lw_wr_init(&w, bytes, sizeof(bytes));
	lw_wr_u64(&w, (uint64_t)v->mark);
	lw_file_replace(v->dir, CLOCK, bytes, sizeof(bytes));
}

static void read_clock(struct lw_vault *v)
{
	uint8_t bytes[8];
	struct lw_rd r;
	size_t n;
	int64_t at;

	if (lw_file_read(v->dir, CLOCK, bytes, sizeof(bytes), &n) == LW_OK &&
	    n == sizeof(bytes)) {
		lw_rd_init(&r, bytes, n);
		at = (int64_t)lw_rd_u64(&r);
		if (at > v->mark)
			v->mark = at;
	}
	each(v, learn_mark, 0);
}

void lw_vault_tick(struct lw_vault *v, int64_t now)
{
	if (now <= v->mark + CLOCK_STEP)
		return;
	v->mark = now;
	write_clock(v);
}

enum lw_err lw_vault_drop_all(struct lw_vault *v)
{
	return each(v, wipe_record, 0) ? LW_OK : LW_OFFLINE;
}

void lw_vault_clock(struct lw_vault *v, int64_t now)
{
	/* A small step is waited for, and the mark stays. */
	if (now >= v->mark - CLOCK_STEP) {
		lw_vault_tick(v, now);
		return;
	}
	lw_log(LOG_WARNING,
	       "the clock went back by %lld s: nobody can tell how "
	       "old that is what was stored, and it is removed",
	       (long long)(v->mark - now));
	/* As long as one is left, none is made young again. */
	if (lw_vault_drop_all(v) != LW_OK)
		return;
	v->mark = now;
	write_clock(v);
}

static bool wipe_old(struct lw_vault *v, const char *name, int64_t now)
{
	struct lw_record rec;

	if (is_record(name) && lw_vault_load(v, name, &rec) == LW_OK &&
	    lw_record_judge(&rec, now, v->mark, v->max_age) == LW_EXPIRED)
		return lw_file_wipe(v->dir, name) == LW_OK;
	return true;
}

void lw_vault_apply(struct lw_vault *v, bool enabled, uint32_t max_age,
		    int64_t now)
{
	v->enabled = enabled;
	v->max_age = max_age;
	if (!enabled) {
		each(v, wipe_record, 0);
		return;
	}
	lw_vault_tick(v, now);
	each(v, wipe_old, now);
}

static bool wipe_any(struct lw_vault *v, const char *name, int64_t arg)
{
	(void)arg;
	return lw_file_wipe(v->dir, name) == LW_OK;
}

enum lw_err lw_vault_forget(struct lw_vault *v)
{
	v->enabled = false;
	return each(v, wipe_any, 0) ? LW_OK : LW_OFFLINE;
}

/* Without the old one, what was stored with it is nothing but bytes. */
static enum lw_err new_pepper(struct lw_vault *v, uint8_t *pepper)
{
	each(v, wipe_record, 0);
	lw_file_wipe(v->dir, PEPPER);
	randombytes_buf(pepper, LW_PEPPER_SIZE);
	return lw_file_replace(v->dir, PEPPER, pepper, LW_PEPPER_SIZE);
}

static enum lw_err load_keys(struct lw_vault *v)
{
	uint8_t *pepper = sodium_malloc(LW_PEPPER_SIZE);
	enum lw_err e;
	size_t n = 0;

	if (!pepper)
		return LW_NOMEM;
	e = lw_file_read(v->dir, PEPPER, pepper, LW_PEPPER_SIZE, &n);
	if (e == LW_INVALID || (e == LW_OK && n != LW_PEPPER_SIZE)) {
		lw_log(LOG_WARNING, "the pepper is damaged: what is stored is "
				    "removed");
		e = LW_NOTFOUND;
	}
	if (e == LW_NOTFOUND)
		e = new_pepper(v, pepper);
	if (e == LW_OK)
		e = lw_hash_keys_new(pepper, &v->keys);
	sodium_free(pepper);
	return e;
}

static enum lw_err open_dir(const char *path, int *ret)
{
	lw_cleanup(lw_close) int fd =
		open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return complain(path, strerror(errno));
	if ((st.st_mode & 077) || (st.st_uid != geteuid() && geteuid() != 0))
		return complain(path, "not a directory of ours alone");
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return complain(path, "another instance runs");
	*ret = lw_take_fd(&fd);
	return LW_OK;
}

enum lw_err lw_vault_open(const char *path, struct lw_hash_cost cost,
			  struct lw_vault **ret)
{
	struct lw_vault *v = calloc(1, sizeof(*v));
	enum lw_err e;

	if (!v)
		return LW_NOMEM;
	v->dir = -1;
	v->cost = cost;
	e = open_dir(path, &v->dir);
	if (e == LW_OK) {
		each(v, wipe_leftover, 0);
		e = load_keys(v);
	}
	if (e != LW_OK) {
		lw_vault_free(v);
		return e;
	}
	read_clock(v);
	*ret = v;
	return LW_OK;
}

void lw_vault_free(struct lw_vault *v)
{
	if (!v)
		return;
	lw_hash_keys_free(v->keys);
	lw_close(&v->dir);
	free(v);
}
