/*
 * same_memory.c - one address for each file, for a writer and readers in one
 * process: ThreadSanitizer knows memory by its address, and would not see that
 * two mappings are the same bytes. Nor does it know that who opens a name finds
 * what was written before the name was given: that is told by the lock here.
 * Linked with --wrap.
 */
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define FILES 64

void *__real_mmap(void *at, size_t n, int prot, int flags, int fd, off_t off);
int __real_munmap(void *at, size_t n);
void *__wrap_mmap(void *at, size_t n, int prot, int flags, int fd, off_t off);
int __wrap_munmap(void *at, size_t n);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct file {
	dev_t dev;
	ino_t ino;
	void *base; /* NULL: free */
	size_t size;
	unsigned int users;
} files[FILES];

static struct file *find(const struct stat *st, const void *base)
{
	for (size_t i = 0; i < FILES; i++) {
		struct file *f = files + i;

		if (f->base &&
		    (base ? f->base == base
			  : f->ino == st->st_ino && f->dev == st->st_dev))
			return f;
	}
	return NULL;
}

static void *enter(size_t n, int fd, const struct stat *st)
{
	size_t i = 0;
	void *p;

	while (i < FILES && files[i].base)
		i++;
	if (i == FILES)
		abort();
	p = __real_mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p != MAP_FAILED)
		files[i] = (struct file) { st->st_dev, st->st_ino, p, n, 1 };
	return p;
}

void *__wrap_mmap(void *at, size_t n, int prot, int flags, int fd, off_t off)
{
	struct stat st;
	struct file *f;
	void *p;

	if (fd < 0 || !(flags & MAP_SHARED) || fstat(fd, &st) < 0)
		return __real_mmap(at, n, prot, flags, fd, off);
	pthread_mutex_lock(&lock);
	f = find(&st, NULL);
	if (f && n <= f->size) {
		f->users++;
		p = f->base;
	} else {
		/* Whoever reads may not write; the first to come is the writer.
		 */
		p = prot & PROT_WRITE
			    ? enter(n, fd, &st)
			    : __real_mmap(at, n, prot, flags, fd, off);
	}
	pthread_mutex_unlock(&lock);
	return p;
}

int __wrap_munmap(void *at, size_t n)
{
	struct file *f;
	int r = 0;

	pthread_mutex_lock(&lock);
	f = find(NULL, at);
	if (!f) {
		r = __real_munmap(at, n);
	} else if (--f->users == 0) {
		r = __real_munmap(at, f->size);
		f->base = NULL;
	}
	pthread_mutex_unlock(&lock);
	return r;
}

int __wrap_rename(const char *from, const char *to)
{
	int r;

	pthread_mutex_lock(&lock);
	r = __real_rename(from, to);
	pthread_mutex_unlock(&lock);
	return r;
}
