/*
 * test_nss_process.c - libnss_lightwave in processes of every kind: without
 * descriptors, memory or a root of their own, set-uid, and with its module
 * loaded and unloaded. No environment is read.
 */
#include "check.h"
#include "cleanup.h"
#include "daemon.h"
#include "front.h"
#include "safe_rig.h"
#include "worker.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static _Atomic bool armed;
static _Atomic int read_of_environment;

/* In the place of libc's, for what is loaded later: -export-dynamic. */
char *getenv(const char *name);
char *getenv(const char *name)
{
	size_t n = strlen(name);

	if (armed)
		read_of_environment++;
	for (char **e = environ; e && *e; e++) {
		if (!strncmp(*e, name, n) && (*e)[n] == '=')
			return *e + n + 1;
	}
	return NULL;
}

char *secure_getenv(const char *name);
char *secure_getenv(const char *name)
{
	return getauxval(AT_SECURE) ? NULL : getenv(name);
}

/* Whatever comes of it; in children too, where nothing may be asserted. */
static void ask_all(void)
{
	gid_t *gids = malloc(sizeof(*gids));
	long start = 0, size = 1;
	struct passwd pw;
	struct group gr;
	char buf[512];
	int e;

	safe_look();
	safe_nss.getpwnam("alice@lightwave.test", &pw, buf, sizeof(buf), &e);
	safe_nss.getpwnam("alice", &pw, buf, sizeof(buf), &e);
	safe_nss.getgrnam("staff@lightwave.test", &gr, buf, sizeof(buf), &e);
	safe_nss.getspnam("alice@lightwave.test", &(struct spwd) { 0 }, buf,
			  sizeof(buf), &e);
	if (gids)
		safe_nss.initgroups("alice@lightwave.test", 1, &start, &size,
				    &gids, -1, &e);
	free(gids);
}

static void no_environment_is_read(void **state)
{
	(void)state;
	assert_ptr_equal(dlsym(RTLD_DEFAULT, "getenv"), (void *)getenv);
	armed = true;
	ask_all();
	armed = false;
	assert_int_equal(read_of_environment, 0);
}

static int close_all_and_look(void)
{
	if (close_range(0, ~0u, 0) < 0)
		return 1;
	for (int i = 0; i < 20; i++) {
		if (!safe_look())
			return 2;
		/* Not one is left: the first to come is the first. */
		if (open(".", O_RDONLY | O_DIRECTORY) != 0 || close(0) < 0)
			return 3;
	}
	return 0;
}

static int replace_all_and_look(void)
{
	for (int i = 0; i < 20; i++) {
		for (int fd = 0; fd < 64; fd++) {
			int other = open("/dev/null", O_RDWR);

			if (other < 0 || (other != fd && dup2(other, fd) < 0))
				return 1;
			if (other > fd)
				close(other);
		}
		if (!safe_look())
			return 2;
	}
	return 0;
}

static void descriptors_may_come_and_go(void **state)
{
	size_t before = safe_descriptors();

	(void)state;
	assert_int_equal(safe_in_child(close_all_and_look), 0);
	assert_int_equal(safe_in_child(replace_all_and_look), 0);
	assert_true(safe_look());
	assert_int_equal(safe_descriptors(), before);
}

static _Atomic bool over;

static void *write_to_low(void *unused)
{
	while (!over) {
		for (int fd = 0; fd < 3; fd++) {
			if (write(fd, "words", 5) > 0)
				return &over;
		}
	}
	return unused;
}

static int look_while_low_are_written(void)
{
	bool good = true;
	pthread_t t;
	void *r;

	close_range(0, 2, 0);
	if (pthread_create(&t, NULL, write_to_low, NULL) != 0)
		return 1;
	for (int i = 0; good && i < 500; i++)
		good = safe_look();
	over = true;
	pthread_join(t, &r);
	return !good ? 2 : r ? 3 : 0;
}

/* As a daemon that has closed them, and still complains. */
static void what_is_written_to_stderr_is_no_question(void **state)
{
	(void)state;
	assert_int_equal(safe_in_child(look_while_low_are_written), 0);
}

static int look_without_descriptors(void)
{
	const struct rlimit none = { 0, 0 };
	struct passwd pw;
	char buf[512];
	int e = 0;

	if (setrlimit(RLIMIT_NOFILE, &none) < 0)
		return 1;
	if (safe_has_map())
		return safe_look() ? 0 : 2;
	return safe_nss.getpwuid(ID(1025), &pw, buf, sizeof(buf), &e) ==
				       NSS_STATUS_UNAVAIL &&
			       e == EAGAIN
		       ? 0
		       : 3;
}

static void without_descriptors_the_map_answers(void **state)
{
	(void)state;
	assert_int_equal(safe_in_child(look_without_descriptors), 0);
}

#ifndef __SANITIZE_ADDRESS__
/* Not a byte more of address space than there is. */
static int look_without_memory(void)
{
	const struct rlimit none = { 1, 1 };

	if (setrlimit(RLIMIT_AS, &none) < 0)
		return 1;
	for (int i = 0; i < 100; i++)
		ask_all();
	return 0;
}

/* Nothing is mapped yet. */
static int open_without_memory(void)
{
	dlclose(safe_nss.handle);
	nss_module_load(&safe_nss);
	return look_without_memory();
}

static void without_memory_nothing_breaks(void **state)
{
	(void)state;
	assert_int_equal(safe_in_child(look_without_memory), 0);
	assert_int_equal(safe_in_child(open_without_memory), 0);
}
#endif

static int look_in_chroot(void)
{
	struct passwd pw;
	char buf[512];
	int e;

	if (mkdir("empty", 0755) < 0 || chroot("empty") < 0 || chdir("/") < 0)
		return 1;
	if (safe_has_map())
		return safe_look() ? 0 : 2;
	return safe_nss.getpwuid(ID(1025), &pw, buf, sizeof(buf), &e) ==
			       NSS_STATUS_UNAVAIL
		       ? 0
		       : 3;
}

static void a_chroot_keeps_what_was_mapped(void **state)
{
	(void)state;
	if (geteuid() != 0)
		return; /* only root can */
	assert_int_equal(safe_in_child(look_in_chroot), 0);
	assert_int_equal(rmdir("empty"), 0);
}

static int run_set_uid(void)
{
	if (setresuid(64002, 64002, 64002) < 0)
		return 1;
	execl("./set-uid", "set-uid", "look", NULL);
	return 2;
}

static void copy(const char *from, const char *to)
{
	lw_cleanup(lw_close) int in = open(from, O_RDONLY);
	lw_cleanup(lw_close) int out =
		open(to, O_WRONLY | O_CREAT | O_EXCL, 0755);
	char buf[65536];
	ssize_t n;

	while ((n = read(in, buf, sizeof(buf))) > 0)
		assert_int_equal(write(out, buf, (size_t)n), n);
	assert_int_equal(n, 0);
}

/* In secure mode, as su and sudo are; not everybody may read what was built. */
static void a_set_uid_program_may_ask(void **state)
{
	(void)state;
	if (geteuid() != 0)
		return; /* needs users */
	copy("/proc/self/exe", "set-uid");
	copy(NSS_MODULE, "module.so");
	assert_int_equal(chown("set-uid", 64001, 64001), 0);
	assert_int_equal(chmod("set-uid", 04755), 0);
	assert_int_equal(safe_in_child(run_set_uid), 0);
	assert_int_equal(unlink("set-uid"), 0);
	assert_int_equal(unlink("module.so"), 0);
}

static int look_as_set_uid(void)
{
	if (!getauxval(AT_SECURE))
		return 3;
	nss_module_load_from(&safe_nss, "./module.so");
	return safe_look() ? 0 : 4;
}

/* What is loaded again and again is gone each time. */
static void loading_and_unloading_leaves_nothing(void **state)
{
	size_t fds = 0, maps = 0;

	(void)state;
	for (int i = 0; i < 300; i++) {
		dlclose(safe_nss.handle);
		nss_module_load(&safe_nss);
		assert_true(safe_look());
		if (i == 10) {
			fds = safe_descriptors();
			maps = safe_mappings();
		}
	}
	assert_int_equal(safe_descriptors(), fds);
	assert_in_range(safe_mappings(), 0, maps + 20);
}

static void success_leaves_errno_alone(void **state)
{
	(void)state;
	for (int i = 0; i < 50; i++) {
		errno = ENOTTY;
		assert_true(safe_look());
		assert_int_equal(errno, ENOTTY);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SAFE_BOTH(no_environment_is_read),
		SAFE_BOTH(descriptors_may_come_and_go),
		SAFE_BOTH(what_is_written_to_stderr_is_no_question),
		SAFE_BOTH(without_descriptors_the_map_answers),
#ifndef __SANITIZE_ADDRESS__
		SAFE_BOTH(without_memory_nothing_breaks),
#endif
		SAFE_BOTH(a_chroot_keeps_what_was_mapped),
		SAFE_BOTH(a_set_uid_program_may_ask),
		SAFE_BOTH(loading_and_unloading_leaves_nothing),
		SAFE_BOTH(success_leaves_errno_alone),
	};
	int failed;

	if (argc > 1 && !strcmp(argv[1], "look"))
		_exit(look_as_set_uid()); /* no look for leaks in secure mode */
	front_enter();
	failed = cmocka_run_group_tests_name("nss_process", tests, NULL, NULL);
	front_leave();
	return failed;
}
