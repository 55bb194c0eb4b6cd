/*
 * fuzzer.c - what libFuzzer is told, and what a target says at its end. Linked
 * in where replay.c is not.
 */
#include "fuzz.h"

#include <stdio.h>

static void report(void) __attribute__((destructor));

static void report(void)
{
	fprintf(stderr, "tally: %lu taken, %lu refused\n", fuzz_tally.taken,
		fuzz_tally.refused);
}
