/*
 * nssbench.c - what a name service lookup costs.
 *
 *     nssbench [-d DIR] [-m glibc|MODULE] [-t MILLISECONDS] run [BENCH...]
 *     nssbench ... ops BENCH COUNT    COUNT calls and no clock, for strace -c
 *                                     and callgrind
 *     nssbench ... first BENCH        time of a process's first and second
 *                                     call, found, members in the last
 *     nssbench list
 *
 * DIR has users.txt as dc/gen.py writes it. -m glibc is what every program
 * gets; -m sss calls _nss_sss_* of libnss_sss.so.2 directly; -m reference looks
 * in a hash table of its own, of DIR/passwd and DIR/group.
 */
#include "clock.h"
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct lw_bench *find(const char *name)
{
	for (const struct lw_bench *b = lw_benches; b->name; b++) {
		if (name && b->op && !strcmp(b->name, name))
			return b;
	}
	fprintf(stderr, "nssbench: no bench '%s' here\n", name ? name : "");
	return NULL;
}

static bool list(void)
{
	for (const struct lw_bench *b = lw_benches; b->name; b++)
		puts(b->name);
	return true;
}

static bool wanted(const struct lw_bench *b, char **names)
{
	if (!*names)
		return true;
	while (*names && strcmp(*names, b->name) != 0)
		names++;
	return *names != NULL;
}

static bool run(const struct lw_run *how, char **names)
{
	bool glibc = !strcmp(how->module, "glibc");

	for (const struct lw_bench *b = lw_benches; b->name; b++) {
		if (!wanted(b, names) || (b->glibc_only && !glibc))
			continue;
		if (!lw_run_bench(how, b))
			return false;
	}
	return true;
}

static bool ops(const struct lw_bench *b, const char *count)
{
	struct lw_turn t;

	if (!b || !count || !lw_turn_init(&t, b, 1))
		return false;
	lw_turn_find_id(&t);
	for (long i = strtol(count, NULL, 10); i > 0; i--)
		b->op(&t);
	lw_turn_done(&t);
	return true;
}

static bool first(const struct lw_bench *b)
{
	struct lw_turn t;
	int64_t at[3];

	if (!b || !lw_turn_init(&t, b, 1))
		return false;
	for (int i = 0; i < 3; i++) {
		at[i] = lw_clock_now_ns();
		if (i < 2)
			b->op(&t);
	}
	printf("%lld %lld %lu %d\n", (long long)(at[1] - at[0]),
	       (long long)(at[2] - at[1]), t.ask.found, t.ask.last);
	lw_turn_done(&t);
	return true;
}

static bool command(const struct lw_run *how, const char *dir, char **argv)
{
	if (!argv[0])
		return false;
	if (!strcmp(argv[0], "list"))
		return list();
	if (!lw_users_load(dir) || !lw_ask_through(how->module, dir))
		return false;
	if (!strcmp(argv[0], "run"))
		return run(how, argv + 1);
	if (!strcmp(argv[0], "ops") && argv[1])
		return ops(find(argv[1]), argv[2]);
	if (!strcmp(argv[0], "first"))
		return first(find(argv[1]));
	return false;
}

int main(int argc, char **argv)
{
	struct lw_run how = { "glibc", 400, 60 };
	const char *dir = ".";
	int o;

	while ((o = getopt(argc, argv, "+d:m:t:f:")) != -1) {
		switch (o) {
		case 'd':
			dir = optarg;
			break;
		case 'm':
			how.module = optarg;
			break;
		case 't':
			how.budget_ms = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'f':
			how.fill_s = (unsigned)strtoul(optarg, NULL, 10);
			break;
		default:
			return 2;
		}
	}
	if (command(&how, dir, argv + optind))
		return 0;
	fputs("usage: nssbench [-d DIR] [-m MODULE] [-t MS] [-f SECONDS] "
	      "run [BENCH...] | ops BENCH COUNT | first BENCH | list\n",
	      stderr);
	return 1;
}
