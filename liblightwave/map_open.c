/* map_open.c - whose map that is. Any process; libc only. */
#include "map_open.h"

#include "cleanup.h"
#include "map.h"

#include <fcntl.h>
#include <string.h>

#define FOLDER_MAX 128

/* The folder of path ("." where it names none), and what it is called there. */
static const char *split(const char *path, char folder[FOLDER_MAX])
{
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 1;

	if (n == 0 || n >= FOLDER_MAX)
		return NULL;
	memcpy(folder, slash ? path : ".", n);
	folder[n] = '\0';
	return slash ? slash + 1 : path;
}

static bool others_write(const struct stat *st)
{
	return st->st_mode & (S_IWGRP | S_IWOTH);
}

static bool is_me(uid_t uid)
{
	uid_t real, effective, saved;

	return getresuid(&real, &effective, &saved) == 0 && uid == real &&
	       uid == effective && uid == saved;
}

static bool folder_trusted(int fd, const struct stat *st)
{
	struct stat above;

	/* As in /tmp: others' files there are not theirs to replace. */
	if (others_write(st) && !(st->st_mode & S_ISVTX))
		return false;
	if (st->st_uid == 0 || is_me(st->st_uid))
		return true;
	return fstatat(fd, "..", &above, AT_SYMLINK_NOFOLLOW) == 0 &&
	       above.st_uid == 0 && !others_write(&above);
}

static bool file_trusted(const struct stat *st, uid_t folders)
{
	return S_ISREG(st->st_mode) && !others_write(st) &&
	       (st->st_uid == 0 || st->st_uid == folders) &&
	       st->st_size >= (off_t)sizeof(struct lw_map_head) &&
	       st->st_size <= (off_t)LW_MAP_SIZE_MAX;
}

int lw_map_open(const char *path, struct stat *ret)
{
	lw_cleanup(lw_close) int in = -1, fd = -1;
	char folder[FOLDER_MAX];
	const char *file = split(path, folder);
	struct stat st;

	if (!file)
		return -1;
	in = open(folder, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (in < 0 || fstat(in, &st) < 0 || !folder_trusted(in, &st))
		return -1;
	fd = openat(in, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, ret) < 0 || !file_trusted(ret, st.st_uid))
		return -1;
	return lw_take_fd(&fd);
}
