/*
 * faults_libc.c - what the module calls of libc, unless it fails. Runs in the
 * process of test_pam_faults.
 */
#include "faults.h"

#include "check.h"

#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static bool read_error; /* of the file that the next ferror() is about */

/*
 * What follows stands under its name with __wrap_ in place of what the module
 * called. Compilers turn some into others of glibc: __getdelim, __asprintf_chk.
 */
void *__wrap_malloc(size_t n);
void __wrap_free(void *p);
char *__wrap_strdup(const char *s);
int __wrap_asprintf(char **ret, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int __wrap___asprintf_chk(char **ret, int flag, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
FILE *__wrap_fopen(const char *path, const char *mode);
ssize_t __wrap_getline(char **line, size_t *size, FILE *f);
ssize_t __wrap___getdelim(char **line, size_t *size, int end, FILE *f);
int __wrap_ferror(FILE *f);
int __wrap_socket(int domain, int type, int protocol);
int __wrap_connect(int fd, const struct sockaddr *sa, socklen_t n);
int __wrap_poll(struct pollfd *p, nfds_t n, int ms);
ssize_t __wrap_send(int fd, const void *p, size_t n, int flags);
ssize_t __wrap_recv(int fd, void *p, size_t n, int flags);
int __wrap_clock_gettime(clockid_t id, struct timespec *ts);
int __wrap_stat(const char *path, struct stat *st);
int __wrap_fstat(int fd, struct stat *st);
int __wrap_open(const char *path, int flags, ...);
ssize_t __wrap_read(int fd, void *p, size_t n);
ssize_t __wrap_write(int fd, const void *p, size_t n);
int __wrap_close(int fd);
int __wrap_mkostemp(char *path, int flags);
int __wrap_fchmod(int fd, mode_t mode);
int __wrap_rename(const char *from, const char *to);
int __wrap_unlink(const char *path);

void *__wrap_malloc(size_t n)
{
	void *p = fault_due(FAULT_MALLOC) ? NULL : malloc(n);

	fault_take(p);
	return p;
}

void __wrap_free(void *p)
{
	fault_give(p);
	free(p);
}

char *__wrap_strdup(const char *s)
{
	char *p = fault_due(FAULT_STRDUP) ? NULL : strdup(s);

	fault_take(p);
	return p;
}

static int print(char **ret, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static int print(char **ret, const char *fmt, va_list ap)
{
	int n = fault_due(FAULT_ASPRINTF) ? -1 : vasprintf(ret, fmt, ap);

	if (n < 0)
		memset(ret, 0xA5, sizeof(*ret)); /* it is undefined then */
	else
		fault_take(*ret);
	return n;
}

int __wrap_asprintf(char **ret, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = print(ret, fmt, ap);
	va_end(ap);
	return n;
}

int __wrap___asprintf_chk(char **ret, int flag, const char *fmt, ...)
{
	va_list ap;
	int n;

	(void)flag;
	va_start(ap, fmt);
	n = print(ret, fmt, ap);
	va_end(ap);
	return n;
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
	return fault_due(FAULT_FOPEN) ? NULL : fopen(path, mode);
}

ssize_t __wrap___getdelim(char **line, size_t *size, int end, FILE *f)
{
	ssize_t n = -1;

	fault_give(*line);
	if (fault_due(FAULT_GETLINE))
		read_error = true;
	else
		n = getdelim(line, size, end, f);
	fault_take(*line);
	return n;
}

ssize_t __wrap_getline(char **line, size_t *size, FILE *f)
{
	return __wrap___getdelim(line, size, '\n', f);
}

int __wrap_ferror(FILE *f)
{
	int r = read_error || ferror(f);

	read_error = false;
	return r;
}

int __wrap_socket(int domain, int type, int protocol)
{
	return fault_due(FAULT_SOCKET) ? -1 : socket(domain, type, protocol);
}

int __wrap_connect(int fd, const struct sockaddr *sa, socklen_t n)
{
	return fault_due(FAULT_CONNECT) ? -1 : connect(fd, sa, n);
}

int __wrap_poll(struct pollfd *p, nfds_t n, int ms)
{
	return fault_due(FAULT_POLL) ? -1 : poll(p, n, ms);
}

/* How much of n is tried; -1: it fails. */
static ssize_t part(enum fault kind, size_t n)
{
	switch (fault_due(kind)) {
	case 0:
		return (ssize_t)n;
	case FAULT_SHORT:
		return n > 0 ? 1 : 0;
	case FAULT_END:
		return 0;
	default:
		return -1;
	}
}

ssize_t __wrap_send(int fd, const void *p, size_t n, int flags)
{
	ssize_t m = part(FAULT_SEND, n);

	return m < 0 ? m : send(fd, p, (size_t)m, flags);
}

ssize_t __wrap_recv(int fd, void *p, size_t n, int flags)
{
	ssize_t m = part(FAULT_RECV, n);

	return m <= 0 && n > 0 ? m : recv(fd, p, (size_t)m, flags);
}

int __wrap_clock_gettime(clockid_t id, struct timespec *ts)
{
	int r = clock_gettime(id, ts);

	if (fault_due(FAULT_CLOCK))
		ts->tv_sec += 3600;
	return r;
}

int __wrap_stat(const char *path, struct stat *st)
{
	return fault_due(FAULT_STAT) ? -1 : stat(path, st);
}

int __wrap_fstat(int fd, struct stat *st)
{
	return fault_due(FAULT_FSTAT) ? -1 : fstat(fd, st);
}

/* The module makes files by mkostemp() alone: there is no mode. */
int __wrap_open(const char *path, int flags, ...)
{
	assert_int_equal(flags & O_CREAT, 0);
	return fault_due(FAULT_OPEN) ? -1 : open(path, flags);
}

ssize_t __wrap_read(int fd, void *p, size_t n)
{
	ssize_t m = part(FAULT_READ, n);

	return m <= 0 ? m : read(fd, p, (size_t)m);
}

ssize_t __wrap_write(int fd, const void *p, size_t n)
{
	ssize_t m = part(FAULT_WRITE, n);

	return m < 0 ? m : write(fd, p, (size_t)m);
}

/* The descriptor is gone in any case, as on Linux. */
int __wrap_close(int fd)
{
	int r = close(fd);

	return fault_due(FAULT_CLOSE) ? -1 : r;
}

int __wrap_mkostemp(char *path, int flags)
{
	return fault_due(FAULT_MKOSTEMP) ? -1 : mkostemp(path, flags);
}

int __wrap_fchmod(int fd, mode_t mode)
{
	return fault_due(FAULT_FCHMOD) ? -1 : fchmod(fd, mode);
}

int __wrap_rename(const char *from, const char *to)
{
	return fault_due(FAULT_RENAME) ? -1 : rename(from, to);
}

int __wrap_unlink(const char *path)
{
	return fault_due(FAULT_UNLINK) ? -1 : unlink(path);
}
