/* room.c - a directory for one test program; see front.h. */
#include "check.h"
#include "cleanup.h"
#include "front.h"

#include <dirent.h>
#include <fcntl.h>
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

void front_leave(void)
{
	DIR *d = opendir(".");
	struct dirent *e;

	while (d && (e = readdir(d)) != NULL)
		unlink(e->d_name);
	if (d)
		closedir(d);
	if (chdir("/") < 0 || rmdir(room) < 0)
		perror(room);
}

void front_write(const char *name, const char *text)
{
	lw_cleanup(lw_close) int fd =
		open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}
