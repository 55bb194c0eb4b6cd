/* store_process.c - the store process, from its start to its end. */
#include "store_process.h"

#include "cleanup.h"
#include "log.h"
#include "store_file.h"
#include "store_frame.h"
#include "store_sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOCK_MS 2500 /* for the folder; the front waits half a second more */
#define LARGE	((size_t)1024 * 1024) /* a change whose memory is given back */

struct process {
	const char *dir;
	char *path;
	size_t max;
	int dir_fd;
	FILE *in, *out;
	struct lw_store_file *file; /* of the change that was begun */
	enum lw_err failed;	    /* ... and has failed */
	char why[200];
	size_t taken; /* bytes of the change that was begun */
	bool moved;   /* the folder is another one, which it may not use */
	bool left;    /* ... and that was said */
};

static void send_frame(struct process *p, const struct lw_store_frame *f)
{
	uint8_t head[LW_STORE_HEAD];
	struct lw_wr w;

	lw_wr_init(&w, head, sizeof(head));
	lw_store_head_encode(&w, f);
	fwrite(head, 1, sizeof(head), p->out);
	if (f->key.n)
		fwrite(f->key.s, 1, f->key.n, p->out);
	if (f->value.n)
		fwrite(f->value.s, 1, f->value.n, p->out);
}

static void say(struct process *p, enum lw_store_what what, enum lw_err e)
{
	char text[sizeof(p->why) + 1];
	size_t n = e == LW_OK ? 0 : strlen(p->why);

	text[0] = (char)e;
	memcpy(text + 1, p->why, n);
	send_frame(p, &(struct lw_store_frame) {
			      what, lw_str(NULL), { text, n + 1 } });
	fflush(p->out);
	p->left = p->moved;
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/*
 * The folder is ours alone from now on. A process of a front that was killed
 * may have a change to finish first. LW_PENDING: somebody keeps it.
 */
static enum lw_err lock(struct process *p)
{
	const struct timespec nap = { 0, 10 * 1000000 };
	int64_t until = now_ms() + LOCK_MS;

	while (flock(p->dir_fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR) {
			snprintf(p->why, sizeof(p->why), "%s", strerror(errno));
			return LW_OFFLINE;
		}
		if (now_ms() >= until) {
			snprintf(p->why, sizeof(p->why),
				 "another process has locked its folder");
			return LW_PENDING;
		}
		nanosleep(&nap, NULL);
	}
	return LW_OK;
}

/* What was there before replicate_max became smaller may be written too. */
static size_t size_max(const struct process *p)
{
	struct stat st;

	return fstatat(p->dir_fd, LW_STORE_NAME, &st, 0) == 0 &&
			       (size_t)st.st_size > p->max
		       ? (size_t)st.st_size
		       : p->max;
}

/* Before the first byte that somebody else may have written is read. */
static enum lw_err confine(struct process *p)
{
	unsigned int lacks;

	if (!lw_store_sandbox(p->dir_fd, size_max(p), &lacks)) {
		snprintf(p->why, sizeof(p->why),
			 "its process cannot be confined: %s", strerror(errno));
		return LW_OFFLINE;
	}
	if (lacks & LW_STORE_LACKS_LANDLOCK)
		lw_log(LOG_NOTICE, "this kernel has no Landlock: the store's "
				   "process can open what lightwaved can");
	if (lacks & LW_STORE_LACKS_SECCOMP)
		lw_log(LOG_NOTICE, "no system-call filter of its own for the "
				   "store's process");
	return LW_OK;
}

/* Removed, and made anew: what it may use is that which it began with. */
static bool is_another(const struct process *p)
{
	struct stat is, was;

	return stat(p->dir, &is) == 0 && fstat(p->dir_fd, &was) == 0 &&
	       (is.st_dev != was.st_dev || is.st_ino != was.st_ino);
}

static enum lw_err own(struct process *p)
{
	enum lw_err e;

	if (p->dir_fd >= 0 && is_another(p)) {
		p->moved = true;
		snprintf(p->why, sizeof(p->why), "its folder is another one");
		return LW_OFFLINE;
	}

	if (p->dir_fd >= 0)
		return LW_OK;
	p->dir_fd = open(p->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p->dir_fd < 0) {
		snprintf(p->why, sizeof(p->why), "%s", strerror(errno));
		return LW_OFFLINE;
	}
	e = lock(p);
	if (e == LW_OK)
		e = confine(p);
	if (e == LW_OK)
		return e;
	close(p->dir_fd);
	p->dir_fd = -1;
	return e;
}

static enum lw_err open_file(struct process *p, bool write)
{
	enum lw_err e = own(p);

	if (e != LW_OK)
		return e;
	e = lw_store_file_open(p->path, p->max, write, &p->file);
	if (e != LW_OK)
		snprintf(p->why, sizeof(p->why), "%s", lw_store_file_why());
	return e;
}

static void close_file(struct process *p)
{
	lw_store_file_close(p->file);
	p->file = NULL;
}

static enum lw_err send_record(void *arg, struct lw_str key,
			       struct lw_str value)
{
	send_frame(arg,
		   &(struct lw_store_frame) { LW_STORE_RECORD, key, value });
	return LW_OK;
}

/* Nothing is told before all of it was looked at. */
static void load(struct process *p)
{
	enum lw_err e = open_file(p, false);

	if (e == LW_OK)
		e = lw_store_file_check(p->file);
	if (e == LW_OK)
		e = lw_store_file_each(p->file, send_record, p);
	if (e == LW_INVALID)
		snprintf(p->why, sizeof(p->why), "%s", lw_store_file_why());
	close_file(p);
	say(p, LW_STORE_LOADED, e);
	malloc_trim(0);
}

static void note(struct process *p, enum lw_err e)
{
	if (e == LW_OK || p->failed != LW_OK)
		return;
	p->failed = e;
	if (p->file)
		snprintf(p->why, sizeof(p->why), "%s", lw_store_file_why());
}

static void begin(struct process *p)
{
	close_file(p);
	p->failed = LW_OK;
	p->taken = 0;
	note(p, open_file(p, true));
	if (p->file)
		note(p, lw_store_file_begin(p->file));
}

static void commit(struct process *p)
{
	struct lw_store_file *f = p->file;

	if (!f && p->failed == LW_OK)
		p->failed = LW_OFFLINE;
	if (p->failed == LW_OK)
		note(p, lw_store_file_commit(f));
	/* The file's name too. */
	if (p->failed == LW_OK && fsync(p->dir_fd) < 0) {
		p->failed = LW_OFFLINE;
		snprintf(p->why, sizeof(p->why), "%s", strerror(errno));
	}
	close_file(p);
	say(p, LW_STORE_DONE, p->failed);
	p->failed = LW_OK;
	/* It may rest for weeks now. */
	if (p->taken > LARGE)
		malloc_trim(0);
}

static void change(struct process *p, const struct lw_store_frame *f)
{
	p->taken += f->key.n + f->value.n;
	if (!p->file || p->failed != LW_OK)
		return;
	if (f->what == LW_STORE_PUT)
		note(p, lw_store_file_put(p->file, f->key, f->value));
	else if (f->what == LW_STORE_DROP)
		note(p, lw_store_file_drop(p->file, f->key));
	else if (f->what == LW_STORE_WIPE && f->key.n == 1)
		note(p, lw_store_file_wipe(p->file, f->key.s[0]));
}

static void serve(struct process *p, const struct lw_store_frame *f)
{
	switch (f->what) {
	case LW_STORE_LOAD:
		load(p);
		return;
	case LW_STORE_BEGIN:
		begin(p);
		return;
	case LW_STORE_PUT:
	case LW_STORE_DROP:
	case LW_STORE_WIPE:
		change(p, f);
		return;
	case LW_STORE_ABORT:
		close_file(p);
		return;
	case LW_STORE_COMMIT:
		commit(p);
		return;
	case LW_STORE_RECORD:
	case LW_STORE_LOADED:
	case LW_STORE_DONE:
		return;
	}
}

static void process_done(struct process *p)
{
	close_file(p);
	free(p->path);
	if (p->in)
		fclose(p->in);
	if (p->out)
		fclose(p->out);
	if (p->dir_fd >= 0)
		close(p->dir_fd);
}

static void buf_done(struct lw_store_buf *b)
{
	free(b->p);
}

int lw_store_process(const char *dir, size_t max)
{
	lw_cleanup(process_done) struct process p = { .dir = dir,
						      .max = max,
						      .dir_fd = -1 };
	lw_cleanup(buf_done) struct lw_store_buf buf = { 0 };
	struct lw_store_frame f;

	prctl(PR_SET_NAME, "lightwave-store");
	/* Whoever ends the front lets this one end what it has begun. */
	if (signal(SIGTERM, SIG_IGN) == SIG_ERR ||
	    signal(SIGINT, SIG_IGN) == SIG_ERR ||
	    signal(SIGHUP, SIG_IGN) == SIG_ERR ||
	    /* A limit is an error of a write, as a full disk is. */
	    signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
		return LW_STORE_CANNOT;
	if (asprintf(&p.path, "%s/" LW_STORE_NAME, dir) < 0) {
		p.path = NULL;
		return LW_STORE_CANNOT;
	}
	p.in = fdopen(LW_STORE_FD, "re");
	p.out = fdopen(dup(LW_STORE_FD), "we");
	if (!p.in || !p.out ||
	    setvbuf(p.out, NULL, _IOFBF, LW_STORE_BUFFER) != 0)
		return LW_STORE_CANNOT;
	while (!p.left && lw_store_frame_read(p.in, &buf, &f) == LW_OK)
		serve(&p, &f);
	return EXIT_SUCCESS;
}
