/* room.c - a directory for one test program; see front.h. */
#include "check.h"
#include "cleanup.h"
#include "front.h"

#include <fcntl.h>
#include <ftw.h>
#include <string.h>
#include <sys/stat.h>

static char room[] = "/tmp/lw-module-XXXXXX";

void front_enter(void)
{
	if (!mkdtemp(room) || chdir(room) < 0 || chmod(room, 01777) < 0) {
		perror(room);
		exit(1);
	}
}

static int discard(const char *path, const struct stat *st, int what,
		   struct FTW *at)
{
	(void)st;
	(void)what;
	(void)at;
	return remove(path);
}

void front_leave(void)
{
	if (chdir("/") < 0 || nftw(room, discard, 8, FTW_DEPTH | FTW_PHYS) < 0)
		perror(room);
}

void front_write(const char *name, const char *text)
{
	lw_cleanup(lw_close) int fd =
		open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}
