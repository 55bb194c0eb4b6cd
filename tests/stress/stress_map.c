/*
 * stress_map.c - does a reader of the map ever see what was never true?
 *
 *     stress_map [SECONDS [THREADS [PROCESSES]]]
 *
 * First readers in threads of several processes, and a writer that is killed
 * after 1 to 60 ms and started again; then one writer and readers as threads
 * of one process, where sanitizers see both. SECONDS are for both; before them
 * a writer is asked about between its instructions, for half as long.
 */
#include "stress.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MANY 64

static struct stress *shared;

int64_t stress_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void *reader(void *seed)
{
	return (void *)(uintptr_t)stress_read(
		shared, (uint32_t)(uintptr_t)seed * 2654435761u);
}

static void *writer(void *seed)
{
	stress_write(shared, (uint32_t)(uintptr_t)seed);
	return NULL;
}

static void start(pthread_t *t, void *(*run)(void *), uintptr_t seed)
{
	if (pthread_create(t, NULL, run, (void *)seed) != 0)
		abort();
}

static bool read_in_threads(uint32_t threads, uintptr_t seed, pthread_t *ids)
{
	bool good = true;

	for (uint32_t i = 0; i < threads; i++)
		start(ids + i, reader, seed + i);
	for (uint32_t i = 0; i < threads; i++) {
		void *r;

		pthread_join(ids[i], &r);
		good = good && r;
	}
	return good;
}

static void *end_it(void *ms)
{
	int64_t until = stress_now_ms() + (int64_t)(uintptr_t)ms;

	while (stress_now_ms() < until && !atomic_load(&shared->broken))
		poll(NULL, 0, 10);
	atomic_store(&shared->over, true);
	return NULL;
}

static bool in_one_process(int64_t ms, uint32_t threads)
{
	pthread_t w, clock, ids[MANY];
	bool good;

	start(&clock, end_it, (uintptr_t)ms);
	start(&w, writer, 7);
	good = read_in_threads(threads, 100, ids);
	pthread_join(clock, NULL);
	pthread_join(w, NULL);
	return good;
}

static pid_t child(void)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		abort();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
	}
	return pid;
}

static void kill_writers(int64_t ms)
{
	int64_t until = stress_now_ms() + ms;
	uint32_t random = (uint32_t)until | 1;
	uint32_t killed = 0;

	while (stress_now_ms() < until && !atomic_load(&shared->broken)) {
		pid_t pid = child();
		int status;

		if (pid == 0) {
			stress_write(shared, stress_random(&random));
			_exit(0);
		}
		/* The first one has the time to make a map. */
		while (killed == 0 && access("map", F_OK) < 0)
			poll(NULL, 0, 1);
		poll(NULL, 0, (int)(1 + stress_random(&random) % 60));
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		killed++;
	}
	printf("# writers killed: %u\n", killed);
}

static bool in_many(int64_t ms, uint32_t threads, uint32_t processes)
{
	pid_t pids[MANY];
	pthread_t ids[MANY];
	bool good = true;

	for (uint32_t i = 0; i < processes; i++) {
		pids[i] = child();
		if (pids[i] == 0)
			_exit(!read_in_threads(threads, 1000 * (i + 1), ids));
	}
	kill_writers(ms);
	atomic_store(&shared->over, true);
	for (uint32_t i = 0; i < processes; i++) {
		int status;

		waitpid(pids[i], &status, 0);
		good = good && status == 0;
	}
	return good;
}

static bool report(int test, const char *what, bool good)
{
	struct stress *s = shared;

	printf("# %llu lookups: %llu found, %llu known to be nobody's, %llu "
	       "not known; %llu puts, %llu files, %llu rounds\n",
	       (unsigned long long)s->lookups, (unsigned long long)s->found,
	       (unsigned long long)s->missed, (unsigned long long)s->unknown,
	       (unsigned long long)s->puts, (unsigned long long)s->files,
	       (unsigned long long)s->rounds);
	good = good && !s->broken && s->puts > 0;
	printf("%s %d - %s\n", good ? "ok" : "not ok", test, what);
	fflush(stdout);
	*s = (struct stress) { .generation = s->generation };
	return good;
}

static uint32_t argument(int argc, char **argv, int i, uint32_t otherwise)
{
	unsigned long v = argc > i ? strtoul(argv[i], NULL, 10) : otherwise;

	return v > 0 && v < 1000000 ? (uint32_t)v : otherwise;
}

int main(int argc, char **argv)
{
	char dir[] = "/tmp/lw-stress-XXXXXX";
	int64_t ms = INT64_C(500) * argument(argc, argv, 1, 4);
	uint32_t threads = argument(argc, argv, 2, 3) % MANY;
	uint32_t processes = argument(argc, argv, 3, 2) % MANY;
	bool good;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || !mkdtemp(dir) || chdir(dir) < 0) {
		perror(dir);
		return 1;
	}
	good = report(1, "between the instructions of a writer",
		      stress_step(shared, stress_now_ms() + ms));
	/* Processes first: those that are forked later have no threads yet. */
	good = report(2, "in processes, while writers are killed",
		      in_many(ms, threads, processes)) &&
	       good;
	unlink("map");
	good = report(3, "in threads of one process",
		      in_one_process(ms, threads)) &&
	       good;
	unlink("map");
	unlink("map.new");
	if (chdir("/") < 0 || rmdir(dir) < 0)
		perror(dir);
	return good ? 0 : 1;
}
