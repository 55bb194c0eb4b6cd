/*
 * replay.c - the driver for `make check`: runs a target on every input that
 * is kept, on what is left of it when it is cut anywhere, and with each byte
 * changed a little. The same in every run, and with any compiler.
 *
 *     replay program [FILE-OR-DIRECTORY...]
 *
 * Without an argument, on its corpus in the source tree. A file whose name
 * ends in .hex holds bytes as in doc/PROTOCOL.md: two digits each, and a
 * comment from '|' to the end of the line.
 */
#include "cleanup.h"
#include "fuzz.h"

#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#define INPUT_MAX (64 * 1024)

static unsigned long inputs, runs;
static char now[1024]; /* what is running, for who reads of its end */

/* An exact copy each time, so that ASan sees one byte too far. */
static void run(const uint8_t *p, size_t n)
{
	lw_cleanup(lw_free) uint8_t *copy = malloc(n ? n : 1);

	if (!copy)
		abort();
	if (n)
		memcpy(copy, p, n);
	LLVMFuzzerTestOneInput(copy, n);
	runs++;
}

/* Cut short, one byte too many, and each byte made another. */
static void run_near(uint8_t *p, size_t n)
{
	/* Of a long input not every byte: it is to be a matter of seconds. */
	size_t step = n / 512 + 1;

	for (size_t i = 0; i < n; i += step) {
		uint8_t was = p[i];
		const uint8_t others[] = { was ^ 1, was ^ 0x80, 0, 0xFF };

		run(p, i);
		for (size_t k = 0; k < sizeof(others); k++) {
			p[i] = others[k];
			run(p, n);
		}
		p[i] = was;
	}
	p[n] = 0;
	run(p, n + 1);
}

static size_t unhex(uint8_t *p, size_t n)
{
	size_t out = 0;
	char two[3] = "";

	for (size_t i = 0; i + 1 < n; i++) {
		if (p[i] == '|') {
			const uint8_t *end = memchr(p + i, '\n', n - i);

			i = end ? (size_t)(end - p) : n;
		} else if (isxdigit(p[i])) {
			two[0] = (char)p[i++];
			two[1] = (char)p[i];
			p[out++] = (uint8_t)strtoul(two, NULL, 16);
		}
	}
	return out;
}

static void replay_file(const char *path)
{
	static uint8_t buf[INPUT_MAX + 1];
	lw_cleanup(lw_fclose) FILE *f = fopen(path, "re");
	size_t len = strlen(path), n;

	if (!f) {
		perror(path);
		exit(1);
	}
	n = fread(buf, 1, INPUT_MAX, f);
	if (len > 4 && !strcmp(path + len - 4, ".hex"))
		n = unhex(buf, n);
	snprintf(now, sizeof(now), "%s: while at %s, or near it\n", fuzz_target,
		 path);
	inputs++;
	run(buf, n);
	run_near(buf, n);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void replay(const char *path)
{
	struct dirent **list = NULL;
	struct stat st;
	int n;

	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode)) {
		replay_file(path);
		return;
	}
	n = scandir(path, &list, NULL, by_name);
	if (n < 0) {
		perror(path);
		exit(1);
	}
	for (int i = 0; i < n; i++) {
		char file[1024];

		snprintf(file, sizeof(file), "%s/%s", path, list[i]->d_name);
		if (list[i]->d_name[0] != '.')
			replay_file(file);
		free(list[i]);
	}
	free(list);
}

static void on_abort(int sig)
{
	(void)sig;
	if (write(STDERR_FILENO, now, strlen(now)) < 0)
		_exit(1);
}

int main(int argc, char **argv)
{
	const char *srcdir = getenv("srcdir");
	char corpus[512];
	bool ok;

	signal(SIGABRT, on_abort);
	snprintf(corpus, sizeof(corpus), "%s/tests/fuzz/corpus/%s",
		 srcdir ? srcdir : ".", fuzz_target);
	if (argc < 2)
		replay(corpus);
	for (int i = 1; i < argc; i++)
		replay(argv[i]);

	/* A file that somebody wants to see fail again may be all there is. */
	ok = argc > 1 || (fuzz_tally.taken > 0 && fuzz_tally.refused > 0);
	printf("%s 1 - %s: %lu inputs, %lu runs, %lu taken, %lu refused\n",
	       ok ? "ok" : "not ok", fuzz_target, inputs, runs,
	       fuzz_tally.taken, fuzz_tally.refused);
	return ok ? 0 : 1;
}
