/*
 * killer.c - death at a chosen write or sync. Loaded with LD_PRELOAD into
 * lightwaved and its store process, and awake in the latter alone.
 *
 * LW_KILL_AT=N: the Nth write to a file, or sync, is not done any more (or by
 * half, with LW_KILL_HALF=1): both processes are killed. LW_KILL_LOSE=SEED: as
 * when power fails, any of what was written and not yet synced is lost as well,
 * which of it depends on SEED and N. Deterministic.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define UNSYNCED_MAX 4096

struct unsynced {
	int fd;
	off_t at, size; /* of the file before */
	size_t n;
	void *was;
};

static unsigned long kill_at, seen, lose;
static bool awake, half;
static struct unsynced unsynced[UNSYNCED_MAX];
static size_t unsynced_n;

static unsigned long number(const char *name)
{
	const char *s = getenv(name);

	return s ? strtoul(s, NULL, 10) : 0;
}

__attribute__((constructor)) static void wake(void)
{
	char line[256] = "";
	int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, line, sizeof(line) - 1) : 0;

	if (fd >= 0)
		close(fd);
	awake = n > 0 && memmem(line, (size_t)n, "--store-process", 15);
	kill_at = number("LW_KILL_AT");
	half = number("LW_KILL_HALF");
	lose = number("LW_KILL_LOSE");
}

/* dlsym(3) gives an object's address where it gives a function's. */
static void find(const char *name, void *ret)
{
	void *p = dlsym(RTLD_NEXT, name);

	memcpy(ret, &p, sizeof(p));
}

static ssize_t real_pwrite(int fd, const void *p, size_t n, off_t at)
{
	ssize_t (*f)(int, const void *, size_t, off_t);

	find("pwrite", &f);
	return f(fd, p, n, at);
}

static void remember(int fd, size_t n, off_t at)
{
	struct unsynced *u = &unsynced[unsynced_n];
	struct stat st;

	/* What goes through such a descriptor is on the disk at once. */
	if (fcntl(fd, F_GETFL) & O_DSYNC || unsynced_n == UNSYNCED_MAX ||
	    fstat(fd, &st) < 0)
		return;
	*u = (struct unsynced) { fd, at, st.st_size, n, calloc(1, n) };
	if (u->was && pread(fd, u->was, n, at) >= 0)
		unsynced_n++;
}

static void lose_some(void)
{
	uint64_t x = lose * UINT64_C(0x9E3779B97F4A7C15) + kill_at;

	while (unsynced_n > 0) {
		const struct unsynced *u = &unsynced[--unsynced_n];

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		if (!(x >> 32 & 1))
			continue;
		if (real_pwrite(u->fd, u->was, u->n, u->at) < 0 ||
		    (u->at >= u->size && ftruncate(u->fd, u->size) < 0))
			_exit(99);
	}
}

static void die(void)
{
	if (lose)
		lose_some();
	kill(getppid(), SIGKILL);
	raise(SIGKILL);
}

/* Whether this is the one. */
static bool last(void)
{
	return awake && kill_at > 0 && ++seen == kill_at;
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	if (awake && lose)
		remember(fd, n, at);
	if (last()) {
		if (half)
			real_pwrite(fd, p, n / 2, at);
		die();
	}
	return real_pwrite(fd, p, n, at);
}

/* One by one: each is a place to die at. */
static ssize_t write_each(int fd, const struct iovec *v, int n, off_t at)
{
	ssize_t done = 0;

	for (int i = 0; i < n; i++) {
		ssize_t r = pwrite(fd, v[i].iov_base, v[i].iov_len, at + done);

		if (r < 0)
			return done > 0 ? done : r;
		done += r;
		if ((size_t)r < v[i].iov_len)
			break;
	}
	return done;
}

ssize_t writev(int fd, const struct iovec *v, int n)
{
	ssize_t (*f)(int, const struct iovec *, int), r;
	off_t at = awake ? lseek(fd, 0, SEEK_CUR) : -1;

	if (at < 0) {
		find("writev", &f);
		return f(fd, v, n);
	}
	r = write_each(fd, v, n, at);
	if (r > 0)
		lseek(fd, at + r, SEEK_SET);
	return r;
}

/*
 * Its walls would keep it from killing the front; that they stand is another
 * test's.
 */
int prctl(int option, ...)
{
	int (*f)(int, unsigned long, unsigned long, unsigned long,
		 unsigned long);
	unsigned long v[4];
	va_list ap;

	va_start(ap, option);
	for (int i = 0; i < 4; i++)
		v[i] = va_arg(ap, unsigned long);
	va_end(ap);
	if (awake && option == PR_SET_SECCOMP)
		return 0;
	find("prctl", &f);
	return f(option, v[0], v[1], v[2], v[3]);
}

/* By which landlock(7) is asked for, and nothing else here. */
long syscall(long number_of_it, ...)
{
	long (*f)(long, long, long, long, long);
	long v[4];
	va_list ap;

	va_start(ap, number_of_it);
	for (int i = 0; i < 4; i++)
		v[i] = va_arg(ap, long);
	va_end(ap);
	if (awake && number_of_it == SYS_landlock_restrict_self)
		return 0;
	find("syscall", &f);
	return f(number_of_it, v[0], v[1], v[2], v[3]);
}

static int sync_by(const char *name, int fd)
{
	int (*f)(int), r;

	if (last())
		die();
	find(name, &f);
	r = f(fd);
	if (r == 0)
		unsynced_n = 0;
	return r;
}

int fdatasync(int fd)
{
	return sync_by("fdatasync", fd);
}

int fsync(int fd)
{
	return sync_by("fsync", fd);
}
