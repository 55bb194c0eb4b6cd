/* safe_rig.c - see safe_rig.h. Part of the tests of libnss_lightwave. */
#include "safe_rig.h"

#include "check.h"
#include "cleanup.h"
#include "daemon.h"
#include "map.h"
#include "worker.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

struct nss_module safe_nss;
static bool has_map;

static const struct lw_entry alice = USER("alice", "100-1025"),
			     staff = GROUP("staff", "100-2002");
static const struct worker_synced whole[] = {
	{ &staff, { DN_OF("alice") } },
	{ &alice, { NULL } },
};
static const struct worker_line everything = { .op = LW_OP_SYNC,
					       .key = "everything",
					       .synced = whole,
					       .synced_n = COUNT(whole),
					       .end = LW_SYNCED_EVERYTHING,
					       .highest = 100 };
static const struct worker_line no_changes = { .op = LW_OP_SYNC,
					       .key = "changes",
					       .end = LW_SYNCED_CHANGES,
					       .highest = 100 };

static void begin(void)
{
	nss_module_load(&safe_nss);
	worker_forget();
	worker_start();
	worker_say(&everything);
	worker_say(&no_changes);
	daemon_start("");
	daemon_says("the directory is known whole", 1);
}

static bool map_is_mapped(void)
{
	lw_cleanup(lw_fclose) FILE *f = fopen("/proc/self/maps", "re");
	char line[512];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		if (strstr(line, "/map\n"))
			return true;
	}
	return false;
}

/* An earlier front's may have the name for a while. */
int safe_by_map(void **state)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;

	(void)state;
	has_map = true;
	begin();
	while (!safe_look() || !map_is_mapped()) {
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
	return 0;
}

/* A folder in its place: the front goes on without. */
int safe_by_socket(void **state)
{
	(void)state;
	has_map = false;
	assert_int_equal(mkdir("map", 0755), 0);
	begin();
	assert_true(safe_look());
	assert_false(map_is_mapped());
	return 0;
}

/* As the next front would: or this process goes on reading it. */
static void retire_map(void)
{
	const uint32_t yes = 1;
	lw_cleanup(lw_close) int fd = open("map", O_WRONLY | O_CLOEXEC);

	assert_int_equal(pwrite(fd, &yes, sizeof(yes),
				offsetof(struct lw_map_head, retired)),
			 sizeof(yes));
	assert_int_equal(unlink("map"), 0);
}

int safe_end(void **state)
{
	(void)state;
	daemon_stop();
	worker_stop();
	dlclose(safe_nss.handle);
	if (has_map)
		retire_map();
	else
		assert_int_equal(rmdir("map"), 0);
	return 0;
}

bool safe_has_map(void)
{
	return has_map;
}

bool safe_look(void)
{
	struct passwd pw;
	struct group gr;
	char buf[512];
	int e;

	return safe_nss.getpwuid(ID(1025), &pw, buf, sizeof(buf), &e) ==
		       NSS_STATUS_SUCCESS &&
	       pw.pw_uid == ID(1025) &&
	       !strcmp(pw.pw_name, "alice@lightwave.test") &&
	       safe_nss.getgrgid(ID(2002), &gr, buf, sizeof(buf), &e) ==
		       NSS_STATUS_SUCCESS &&
	       gr.gr_gid == ID(2002) &&
	       !strcmp(gr.gr_name, "staff@lightwave.test");
}

int safe_in_child(int (*f)(void))
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(f());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

size_t safe_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

size_t safe_mappings(void)
{
	lw_cleanup(lw_fclose) FILE *f = fopen("/proc/self/maps", "re");
	size_t n = 0;
	int c;

	assert_non_null(f);
	while ((c = getc(f)) != EOF)
		n += c == '\n';
	return n;
}
