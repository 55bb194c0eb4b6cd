/*
 * run.c - see run.h. Each worker is a process of its own, or a thread where
 * the bench says so. They meet three times: when all are warm, when the clock
 * of the processors was read, and when all have been measured.
 */
#include "run.h"

#include "clock.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_WORKERS 2
#define MAX_SAMPLES 4096
#define BATCH_NS    2000000
#define NS_A_SECOND INT64_C(1000000000)

struct worker {
	const struct lw_run *run;
	const struct lw_bench *bench;
	pthread_barrier_t *meet;
	unsigned number;
	bool good;
	uint64_t calls;
	unsigned long found, errors;
	int last;
	size_t samples;
	double ns[MAX_SAMPLES]; /* a call, one batch each */
};

/* In memory that processes share. */
struct table {
	pthread_barrier_t meet;
	struct worker worker[MAX_WORKERS];
};

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int64_t batch_of(struct lw_turn *t, uint64_t n)
{
	int64_t begin = lw_clock_now_ns();

	for (uint64_t i = 0; i < n; i++)
		t->bench->op(t);
	return lw_clock_now_ns() - begin;
}

/* NSS loaded, caches filled, every member of the set asked for once. */
static void warm(struct lw_turn *t, const struct lw_run *run)
{
	int64_t end = lw_clock_now_ns() + run->fill_s * NS_A_SECOND;

	batch_of(t, 3);
	for (size_t i = 0; t->bench->one && i < t->set; i++) {
		if (lw_clock_now_ns() >= end)
			break;
		t->bench->one(&t->ask, &lw_users[i]);
	}
}

/* How many calls take about two milliseconds. */
static uint64_t calibrate(struct lw_turn *t)
{
	uint64_t n = 1;

	for (int i = 0; i < 6; i++) {
		int64_t ns = batch_of(t, n);

		if (ns >= BATCH_NS)
			break;
		n = n * BATCH_NS / (uint64_t)(ns > 0 ? ns : 1) + 1;
		if (n > 1000000)
			n = 1000000;
	}
	return n;
}

static void sample(struct lw_turn *t, struct worker *w, uint64_t batch)
{
	int64_t end = lw_clock_now_ns() + w->run->budget_ms * INT64_C(1000000);

	t->ask.found = t->ask.errors = 0;
	do {
		w->ns[w->samples++] =
			(double)batch_of(t, batch) / (double)batch;
		w->calls += batch;
	} while (w->samples < MAX_SAMPLES &&
		 (w->samples < 5 || lw_clock_now_ns() < end));
	w->found = t->ask.found;
	w->errors = t->ask.errors;
	w->last = t->ask.last;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct lw_turn t;
	uint64_t batch = 1;

	w->good = lw_turn_init(&t, w->bench, w->number);
	if (w->good) {
		lw_turn_find_id(&t);
		warm(&t, w->run);
		batch = calibrate(&t);
	}
	pthread_barrier_wait(w->meet);
	pthread_barrier_wait(w->meet);
	if (w->good)
		sample(&t, w, batch);
	pthread_barrier_wait(w->meet);
	lw_turn_done(&t);
	return NULL;
}

static void print(const struct lw_run *run, const struct lw_bench *b,
		  double *ns, size_t samples, const struct worker *sum,
		  int64_t cpu, unsigned workers)
{
	double median;

	qsort(ns, samples, sizeof(*ns), compare);
	median = ns[samples / 2] > 0 ? ns[samples / 2] : 1;
	printf("{\"bench\":\"%s\",\"via\":\"%s\",\"ns\":%.1f,\"least\":%.1f,"
	       "\"p90\":%.1f,\"cpu\":%.0f,\"ops\":%.0f,\"n\":%llu,\"found\":%"
	       "lu,"
	       "\"errors\":%lu,\"last\":%d}\n",
	       b->name, run->module, median, ns[0], ns[samples * 9 / 10],
	       (double)cpu / (double)sum->calls, 1e9 * workers / median,
	       (unsigned long long)sum->calls, sum->found, sum->errors,
	       sum->last);
	fflush(stdout);
}

static bool report(const struct lw_run *run, const struct lw_bench *b,
		   const struct table *t, unsigned workers, int64_t cpu)
{
	struct worker sum = { .last = t->worker[0].last };
	double *all = malloc(workers * MAX_SAMPLES * sizeof(*all));
	bool good = all != NULL;

	for (unsigned i = 0; good && i < workers; i++) {
		const struct worker *w = &t->worker[i];

		for (size_t k = 0; k < w->samples; k++)
			all[sum.samples++] = w->ns[k];
		sum.calls += w->calls;
		sum.found += w->found;
		sum.errors += w->errors;
		good = w->good;
	}
	if (good)
		print(run, b, all, sum.samples, &sum, cpu, workers);
	free(all);
	return good;
}

static bool start(struct worker *w, pthread_t *ret_thread)
{
	pid_t pid;

	if (w->bench->threads)
		return pthread_create(ret_thread, NULL, work, w) == 0;
	pid = fork();
	if (pid == 0) {
		work(w);
		_exit(0);
	}
	return pid > 0;
}

static bool run_workers(struct table *t, unsigned n, int64_t *ret_cpu)
{
	pthread_t thread[MAX_WORKERS];
	int64_t cpu;

	for (unsigned i = 0; i < n; i++) {
		if (!start(&t->worker[i], &thread[i]))
			return false;
	}
	pthread_barrier_wait(&t->meet);
	cpu = lw_clock_container_ns();
	pthread_barrier_wait(&t->meet);
	pthread_barrier_wait(&t->meet);
	*ret_cpu = lw_clock_container_ns() - cpu;
	for (unsigned i = 0; i < n; i++) {
		if (t->worker[i].bench->threads)
			pthread_join(thread[i], NULL);
		else
			wait(NULL);
	}
	return true;
}

/* Every user once, in order, within the time there is. */
static bool fill(const struct lw_run *run, const struct lw_bench *b)
{
	double *ns = malloc(lw_users_count * sizeof(*ns));
	struct worker sum = { 0 };
	struct lw_turn t;
	bool good = lw_turn_init(&t, b, 1) && ns;
	int64_t cpu = lw_clock_container_ns(), begin = lw_clock_now_ns();
	int64_t now = begin, then, end = begin + run->fill_s * NS_A_SECOND;

	for (size_t i = 0; good && i < t.set && now < end; i++) {
		b->one(&t.ask, &lw_users[i]);
		then = now;
		now = lw_clock_now_ns();
		ns[i] = (double)(now - then);
		sum.calls++;
	}
	cpu = lw_clock_container_ns() - cpu;
	sum.found = t.ask.found;
	sum.errors = t.ask.errors;
	if (good)
		print(run, b, ns, sum.calls, &sum, cpu, 1);
	lw_turn_done(&t);
	free(ns);
	return good;
}

bool lw_run_bench(const struct lw_run *run, const struct lw_bench *b)
{
	unsigned n = b->workers ? b->workers : 1;
	pthread_barrierattr_t shared;
	struct table *t;
	int64_t cpu;
	bool good;

	if (!b->op)
		return fill(run, b);
	t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (t == MAP_FAILED)
		return false;
	pthread_barrierattr_init(&shared);
	pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&t->meet, &shared, n + 1);
	for (unsigned i = 0; i < n; i++)
		t->worker[i] = (struct worker) {
			.run = run, .bench = b, .meet = &t->meet, .number = i
		};
	good = run_workers(t, n, &cpu) && report(run, b, t, n, cpu);
	munmap(t, sizeof(*t));
	return good;
}
