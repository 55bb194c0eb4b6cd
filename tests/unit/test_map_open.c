/*
 * test_map_open.c - a map is opened only where nobody but root, its owner and
 * we ourselves could have put it. What takes other users to show is shown
 * where root runs it.
 */
#include "unit.h"

#include "cleanup.h"
#include "map.h"
#include "map_open.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#define FRONT 64001
#define OTHER 64002

static char room[] = "/tmp/test_map_open.XXXXXX";
static char above[64], folder[80], file[96], aside[96];

static bool opens_at(const char *path)
{
	struct stat st;
	lw_cleanup(lw_close) int fd = lw_map_open(path, &st);

	assert_true(fd < 0 || st.st_size == sizeof(struct lw_map_head));
	return fd >= 0;
}

static bool opens(void)
{
	return opens_at(file);
}

static void make_map(void)
{
	lw_cleanup(lw_close) int fd =
		open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, 0644), 0);
	assert_int_equal(ftruncate(fd, sizeof(struct lw_map_head)), 0);
}

/* As systemd makes it: a folder in one that only root may write. */
static int begin(void **state)
{
	(void)state;
	if (mkdir(above, 0755) < 0 || chmod(above, 0755) < 0 ||
	    mkdir(folder, 0755) < 0 || chmod(folder, 0755) < 0)
		return -1;
	make_map();
	return 0;
}

static int end(void **state)
{
	(void)state;
	unlink(file);
	rmdir(folder);
	return rmdir(above);
}

static void our_own_is_opened(void **state)
{
	(void)state;
	assert_true(opens());
	assert_int_equal(unlink(file), 0);
	assert_false(opens());
}

static void where_others_may_write_it_is_not(void **state)
{
	static const mode_t modes[] = { 0664, 0646, 0666 };

	(void)state;
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		assert_int_equal(chmod(file, modes[i]), 0);
		assert_false(opens());
	}
}

static void where_others_may_replace_it_is_not(void **state)
{
	(void)state;
	assert_int_equal(chmod(folder, 0775), 0);
	assert_false(opens());
	assert_int_equal(chmod(folder, 0757), 0);
	assert_false(opens());
	/* They may make files there, but not in its place. */
	assert_int_equal(chmod(folder, 01777), 0);
	assert_true(opens());
}

static void no_symbolic_link_is_followed(void **state)
{
	char path[128];

	(void)state;
	assert_int_equal(symlink(folder, aside), 0);
	snprintf(path, sizeof(path), "%s/map", aside);
	assert_false(opens_at(path));
	assert_int_equal(unlink(aside), 0);
	assert_int_equal(symlink(file, aside), 0);
	assert_false(opens_at(aside));
	assert_int_equal(unlink(aside), 0);
}

static void a_path_that_is_too_long_is_none(void **state)
{
	char path[400];

	(void)state;
	memset(path, '/', sizeof(path));
	memcpy(path, folder, strlen(folder));
	memcpy(path + sizeof(path) - 5, "/map", 5);
	assert_false(opens_at(path));
	assert_false(opens_at("/map"));
}

static void give(const char *path, uid_t uid)
{
	assert_int_equal(chown(path, uid, 0), 0);
}

static void what_root_gave_to_the_front_is_opened(void **state)
{
	(void)state;
	if (geteuid() != 0)
		return;
	give(folder, FRONT);
	/* An earlier one may be root's, who ran a front by hand. */
	assert_true(opens());
	give(file, FRONT);
	assert_true(opens());
	/* Whoever owns it may shorten it. */
	give(file, OTHER);
	assert_false(opens());
	give(folder, 0);
	assert_false(opens());
}

/* As under a root that was made in somebody's home. */
static void what_its_owner_made_there_himself_is_not(void **state)
{
	(void)state;
	if (geteuid() != 0)
		return;
	give(folder, OTHER);
	give(file, OTHER);
	assert_true(opens());
	give(above, OTHER);
	assert_false(opens());
	give(above, 0);
	assert_int_equal(chmod(above, 01777), 0);
	assert_false(opens());
	assert_int_equal(chmod(above, 0775), 0);
	assert_false(opens());
}

static bool opens_as(uid_t real, uid_t effective, uid_t saved)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(setresuid(real, effective, saved) < 0 ? 2 : !opens());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_not_equal(WEXITSTATUS(status), 2);
	return WEXITSTATUS(status) == 0;
}

static void who_steps_down_for_a_moment_maps_nothing_of_theirs(void **state)
{
	(void)state;
	if (geteuid() != 0)
		return;
	give(above, OTHER);
	give(folder, OTHER);
	give(file, OTHER);
	assert_true(opens_as(OTHER, OTHER, OTHER));
	assert_false(opens_as(OTHER, OTHER, 0));
	assert_false(opens_as(0, OTHER, OTHER));
	assert_false(opens_as(OTHER, 0, 0));
	assert_false(opens_as(FRONT, FRONT, FRONT));
}

static int in_a_folder(void **state)
{
	(void)state;
	if (!mkdtemp(room) || chmod(room, 0755) < 0)
		return -1;
	snprintf(above, sizeof(above), "%s/run", room);
	snprintf(folder, sizeof(folder), "%s/lightwave", above);
	snprintf(file, sizeof(file), "%s/map", folder);
	snprintf(aside, sizeof(aside), "%s/aside", room);
	return 0;
}

static int away(void **state)
{
	(void)state;
	return rmdir(room);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(our_own_is_opened),
		TEST(where_others_may_write_it_is_not),
		TEST(where_others_may_replace_it_is_not),
		TEST(no_symbolic_link_is_followed),
		TEST(a_path_that_is_too_long_is_none),
		TEST(what_root_gave_to_the_front_is_opened),
		TEST(what_its_owner_made_there_himself_is_not),
		TEST(who_steps_down_for_a_moment_maps_nothing_of_theirs),
	};

	return cmocka_run_group_tests(tests, in_a_folder, away);
}
