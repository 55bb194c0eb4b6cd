/*
 * test_conversations.c - each file in conversations/ is a test: pam_lightwave
 * under the real libpam, as conversation.h says. Those in conversations/broken/
 * must fail, or the others would say nothing.
 */
#include "check.h"
#include "cleanup.h"
#include "conversation.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define BROKEN	 CONVERSATIONS "/broken"
#define AT_LEAST 80 /* a directory that is not there is not a success */

static unsigned int descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned int n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

/* The next one begins in an empty directory. */
static void sweep(void)
{
	DIR *d = opendir(".");
	struct dirent *e;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		if (unlink(e->d_name) < 0)
			rmdir(e->d_name);
	}
	closedir(d);
}

static void play(void **state)
{
	unsigned int before = descriptors();
	gid_t was[64], is[64];
	int n = getgroups(64, was);

	sweep();
	conversation_play(*state);
	assert_int_equal(descriptors(), before);
	assert_int_equal(getgroups(64, is), n);
	assert_memory_equal(was, is, (size_t)n * sizeof(*was));
	assert_int_equal(geteuid(), getuid());
	assert_int_equal(getegid(), getgid());
	sweep();
}

static int is_script(const struct dirent *e)
{
	size_t n = strlen(e->d_name);

	return n > 4 && !strcmp(e->d_name + n - 4, ".txt");
}

/* The paths of all scripts in dir, the caller's to free with each of them. */
static size_t collect(const char *dir, char ***ret)
{
	struct dirent **files;
	int n = scandir(dir, &files, is_script, alphasort);

	*ret = calloc(n > 0 ? (size_t)n : 1, sizeof(**ret));
	for (int i = 0; i < n; i++) {
		if (asprintf(&(*ret)[i], "%s/%s", dir, files[i]->d_name) < 0)
			abort();
		free(files[i]);
	}
	if (n >= 0)
		free(files);
	return n > 0 ? (size_t)n : 0;
}

/* Play it alone, in a process and a directory of its own. */
static int exit_code(char *path)
{
	char *const argv[] = { "test_conversations", path, NULL };
	int status = -1;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execv("/proc/self/exe", argv);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* A script that says too little, too much or nothing is a failure. */
static void what_does_not_hold_is_found(void **state)
{
	char **paths;
	size_t n = collect(BROKEN, &paths);

	(void)state;
	assert_true(n > 0);
	for (size_t i = 0; i < n; i++) {
		if (exit_code(paths[i]) != 1)
			fail_msg("%s is no failure", paths[i]);
		free(paths[i]);
	}
	free(paths);
}

static struct CMUnitTest of(char *path)
{
	const char *slash = strrchr(path, '/');

	return (struct CMUnitTest) { .name = slash ? slash + 1 : path,
				     .test_func = play,
				     .initial_state = path };
}

static int play_all(void)
{
	struct CMUnitTest *tests;
	char **paths;
	size_t n = collect(CONVERSATIONS, &paths);
	int failed;

	if (n < AT_LEAST) {
		fprintf(stderr, "only %zu scripts in " CONVERSATIONS "\n", n);
		return 1;
	}
	tests = calloc(n + 1, sizeof(*tests));
	if (!tests)
		return 1;
	tests[n] = (struct CMUnitTest)cmocka_unit_test(
		what_does_not_hold_is_found);
	for (size_t i = 0; i < n; i++)
		tests[i] = of(paths[i]);
	failed = rig_main(tests, n + 1);
	for (size_t i = 0; i < n; i++)
		free(paths[i]);
	free(paths);
	free(tests);
	return failed;
}

/* Without an argument all of them; with one, that script. */
int main(int argc, char **argv)
{
	lw_cleanup(lw_free) char *path = NULL;
	struct CMUnitTest one;

	if (argc < 2)
		return play_all();
	path = realpath(argv[1], NULL);
	if (!path) {
		perror(argv[1]);
		return 2;
	}
	one = of(path);
	return rig_main(&one, 1);
}
