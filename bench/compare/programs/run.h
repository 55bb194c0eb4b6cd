/* run.h - run one bench and print what it cost. */
#ifndef RUN_H
#define RUN_H

#include "bench.h"

struct lw_run {
	const char *module;
	unsigned budget_ms; /* for the calls that are measured */
	unsigned fill_s;    /* at most, to ask for each of a set once */
};

/*
 * Prints one JSON object: ns is the median over batches of wall time per call,
 * least the least of them, p90 their 90th percentile, cpu the CPU time per call
 * of the whole container, ops calls per second of all workers together. False:
 * no memory.
 */
bool lw_run_bench(const struct lw_run *run, const struct lw_bench *b);

#endif
