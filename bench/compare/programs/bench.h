/* bench.h - the table of what nssbench can ask. */
#ifndef BENCH_H
#define BENCH_H

#include "ask.h"
#include "users.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lw_bench;

/* One process's or thread's part in a bench. */
struct lw_turn {
	const struct lw_bench *bench;
	struct lw_ask ask;
	uint64_t random;
	unsigned serial; /* of names nobody has */
	size_t set;	 /* how many of the users are asked for */
	unsigned id;	 /* of bench->arg */
};

struct lw_bench {
	const char *name;
	void (*op)(struct lw_turn *t); /* one call; NULL: each user once */
	const char *arg;	       /* user or group looked up */
	size_t set;		       /* of users at random; 0: none */
	void (*one)(struct lw_ask *a, const struct lw_user *u);
	unsigned workers; /* at the same time; 0 is 1 */
	bool threads;	  /* of one process, else processes */
	bool glibc_only;
};

extern const struct lw_bench lw_benches[]; /* ends with one without a name */

bool lw_turn_init(struct lw_turn *t, const struct lw_bench *b, unsigned seed);
void lw_turn_done(struct lw_turn *t);

/* Looks up the id that a bench by id asks for. */
void lw_turn_find_id(struct lw_turn *t);

#endif
