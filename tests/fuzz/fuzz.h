/*
 * fuzz.h - what a fuzz target is made of.
 *
 * A target is one file with one question: it defines fuzz_target and
 * LLVMFuzzerTestOneInput(), which hands an input to our code and says with
 * fuzz_holds() what has to be true whatever the input was. libFuzzer drives
 * it, or replay.c, which gives it the inputs that are kept.
 */
#ifndef LW_FUZZ_H
#define LW_FUZZ_H

#include "wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

extern const char fuzz_target[]; /* its name, and its corpus' */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the process with these words unless it holds. */
void fuzz_holds(bool holds, const char *what);

/*
 * How many inputs our code took, and how many it refused. Counted because a
 * target that only ever sees one of the two asks nothing.
 */
struct fuzz_tally {
	unsigned long taken, refused;
};
extern struct fuzz_tally fuzz_tally;
void fuzz_count(bool taken);

/* s is a view into the n bytes at data, or empty. */
void fuzz_view(struct lw_str s, const uint8_t *data, size_t n);

/* A NUL-terminated copy on the heap, the caller's; ends the process or is. */
char *fuzz_text(const uint8_t *data, size_t n);

#endif
