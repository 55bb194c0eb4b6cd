/*
 * fuzzer.c - what a target says at its end, for tests/fuzz/run to read. Linked
 * in where libFuzzer drives it.
 */
#include "fuzz.h"

#include <stdio.h>

static void report(void) __attribute__((destructor));

static void report(void)
{
	fprintf(stderr, "tally: %lu taken, %lu refused\n", fuzz_tally.taken,
		fuzz_tally.refused);
}
