/*
 * test_store_sandbox.c - the store process can open nothing but its folder's
 * files, and has no socket, no child and no other name for a file.
 */
#include "store_rig.h"

#include "store_sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#define MAX 4096

/* What a child of the test makes of it: 0, or the line where it stands. */
static int in_a_child(int (*fn)(unsigned int lacks))
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		int dir = open("cache", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		unsigned int lacks;

		if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR || dir < 0 ||
		    !lw_store_sandbox(dir, MAX, &lacks))
			_exit(99);
		_exit(fn(lacks));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

#define NEED(x)                                                                \
	do {                                                                   \
		if (!(x))                                                      \
			return __LINE__ % 250 + 1;                             \
	} while (0)

static int the_folder(unsigned int lacks)
{
	int fd = open("cache/new", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct stat st;

	(void)lacks;
	NEED(fd >= 0);
	NEED(pwrite(fd, "x", 1, 0) == 1 && fsync(fd) == 0);
	NEED(stat("cache/new", &st) == 0 && st.st_size == 1);
	errno = 0;
	NEED(pwrite(fd, "x", 1, MAX) < 0 && errno == EFBIG);
	return 0;
}

static int other_files(unsigned int lacks)
{
	if (lacks & LW_STORE_LACKS_LANDLOCK)
		return 0;
	NEED(open("map", O_RDONLY | O_CLOEXEC) < 0 && errno == EACCES);
	NEED(open("map", O_RDWR | O_CLOEXEC) < 0 && errno == EACCES);
	NEED(open("map", O_WRONLY | O_TRUNC | O_CLOEXEC) < 0);
	NEED(open("map.new", O_RDWR | O_CREAT | O_CLOEXEC, 0600) < 0);
	NEED(open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0);
	NEED(open("cache/../map", O_RDONLY | O_CLOEXEC) < 0);
	return 0;
}

static int other_calls(unsigned int lacks)
{
	struct sockaddr_un sun = { AF_UNIX, "priv2" };
	int v[2];

	if (lacks & LW_STORE_LACKS_SECCOMP)
		return 0;
	NEED(rename("cache/new", "map") < 0 && errno == EPERM);
	NEED(link("cache/new", "map2") < 0 && errno == EPERM);
	NEED(symlink("cache/new", "map2") < 0 && errno == EPERM);
	NEED(unlink("map") < 0 && errno == EPERM);
	NEED(truncate("map", 0) < 0 && errno == EPERM);
	NEED(chmod("map", 0666) < 0 && errno == EPERM);
	NEED(socket(AF_UNIX, SOCK_STREAM, 0) < 0 && errno == EPERM);
	NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, v) < 0 && errno == EPERM);
	NEED(bind(0, (struct sockaddr *)&sun, sizeof(sun)) < 0 &&
	     errno == EPERM);
	NEED(connect(0, (struct sockaddr *)&sun, sizeof(sun)) < 0 &&
	     errno == EPERM);
	NEED(kill(getppid(), 0) < 0 && errno == EPERM);
	NEED(fork() < 0 && errno == EPERM);
	NEED(execl("/bin/true", "true", (char *)NULL) < 0 && errno == EPERM);
	return 0;
}

static void what_it_needs_goes_on(void **state)
{
	(void)state;
	daemon_forget();
	assert_int_equal(in_a_child(the_folder), 0);
	assert_int_equal(unlink("cache/new"), 0);
}

static void nothing_else_does(void **state)
{
	(void)state;
	daemon_forget();
	front_write("map", "what everybody reads");
	front_write("cache/new", "what it would put there");
	assert_int_equal(in_a_child(other_calls), 0);
	if (syscall(SYS_landlock_create_ruleset, NULL, 0,
		    LANDLOCK_CREATE_RULESET_VERSION) < 1)
		print_message("NOT TESTED: this kernel has no Landlock\n");
	assert_int_equal(in_a_child(other_files), 0);
	assert_int_equal(unlink("cache/new"), 0);
	assert_int_equal(unlink("map"), 0);
}

static long status_of(pid_t pid, const char *field)
{
	char path[64], line[256];
	lw_cleanup(lw_fclose) FILE *f = NULL;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		if (!strncmp(line, field, strlen(field)))
			return atol(line + strlen(field));
	}
	fail_msg("no %s", field);
	return -1;
}

static void the_one_that_runs_is_confined(void **state)
{
	(void)state;
	known_once();
	again(LATER);
	daemon_says(BEFORE, 1);
	assert_int_equal(status_of(store_pid(), "NoNewPrivs:"), 1);
	assert_int_equal(status_of(store_pid(), "Seccomp:"), 2);
}

/* It may use no other than the one that it began with: another process may. */
static void a_folder_that_was_made_anew_is_used(void **state)
{
	(void)state;
	known_once();
	again(LATER);
	assert_int_equal(rename("cache", "cache.old"), 0);
	assert_int_equal(mkdir("cache", 0700), 0);
	carol_comes();
	daemon_says("its folder is another one", 1);
	daemon_says("the store in ./cache is written again", 1);
	daemon_kill();
	worker_stop();
	again(LATER);
	daemon_says(THREE, 1);
	stop_all();
	assert_int_equal(unlink("cache.old/store"), 0);
	assert_int_equal(rmdir("cache.old"), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_it_needs_goes_on),
		TEST(nothing_else_does),
		TEST(the_one_that_runs_is_confined),
		TEST(a_folder_that_was_made_anew_is_used),
	};
	int failed;

	front_enter();
	failed =
		cmocka_run_group_tests_name("store_sandbox", tests, NULL, NULL);
	front_leave();
	return failed;
}
