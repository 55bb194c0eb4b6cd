/* fuzz.c - what fuzz targets share. Runs in a target. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fuzz_tally fuzz_tally;

void fuzz_holds(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s: does not hold: %s\n", fuzz_target, what);
	abort(); /* a driver keeps the input */
}

void fuzz_count(bool taken)
{
	if (taken)
		fuzz_tally.taken++;
	else
		fuzz_tally.refused++;
}

void fuzz_view(struct lw_str s, const uint8_t *data, size_t n)
{
	const char *begin = (const char *)data;

	fuzz_holds(s.n == 0 || (s.s >= begin && s.n <= n &&
				s.s - begin <= (ptrdiff_t)(n - s.n)),
		   "a string is a view into its message");
}

char *fuzz_text(const uint8_t *data, size_t n)
{
	char *text = malloc(n + 1);

	if (!text)
		abort();
	if (n)
		memcpy(text, data, n);
	text[n] = '\0';
	return text;
}
