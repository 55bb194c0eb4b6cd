/*
 * stress.h - one writer changes a map as fast as it can while others read it.
 *
 * All that a record says follows from one number and one generation, which is
 * of one record alone; so every answer can be judged by itself, and a later
 * one never has an earlier generation. The writer is the front's code, and
 * readers call the entry points of libnss_lightwave; there is no front to ask.
 */
#ifndef LW_STRESS_H
#define LW_STRESS_H

#include "map_file.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define STEADY 16u /* users and groups that are always there, once they are */
#define USERS  24u /* the others come and go, and take each other's uids */
#define MISSED 5u  /* names that nobody has; one more than there are slots */
#define FIRST  16778216u /* uid of user 0 */
#define GROUPS 33556432u /* gid of group 0 */

/* What processes share. */
struct stress {
	_Atomic uint32_t generation;
	_Atomic bool over;
	/* A reader has no other beside it: whoever is steady is known to it. */
	bool alone;
	_Atomic bool broken; /* a reader has said what */
	_Atomic uint64_t lookups, found, missed, unknown;
	_Atomic uint64_t puts, files, rounds;
};

struct stress_user {
	uint32_t uid, gid;
	char name[64], gecos[2048], dir[64], shell[64];
};
void stress_user(uint32_t u, uint32_t generation, struct stress_user *ret);

struct stress_group {
	uint32_t gid, count;
	char name[64], member[32][48];
};
void stress_group(uint32_t g, uint32_t generation, struct stress_group *ret);

#define STRESS_GIDS 40
/* ret: room for STRESS_GIDS. */
uint32_t stress_gids(uint32_t u, uint32_t generation, uint32_t *ret);

/* Both halves are equal in a name that is told to be nobody's. */
void stress_missed(uint32_t a, uint32_t b, char ret[32]);

/* Until s->over: a new map, and then one change after the other. */
void stress_write(struct stress *s, uint32_t seed);
/* Until s->over; false: an answer was wrong, which is said on stderr. */
bool stress_read(struct stress *s, uint32_t seed);

enum stress_question {
	STRESS_STEADY,
	STRESS_USER,
	STRESS_GROUPS_OF,
	STRESS_GROUP,
	STRESS_NOBODY,
	STRESS_QUESTIONS
};
/* One question at a time; false once an answer was wrong. */
struct reader;
struct reader *stress_reader_new(struct stress *s, uint32_t seed);
bool stress_reader_ask(struct reader *r, enum stress_question q);
bool stress_reader_free(struct reader *r);

/* Between any two instructions of a writer, until then of CLOCK_MONOTONIC. */
bool stress_step(struct stress *s, int64_t until_ms);
/* For its writer: stop once there is a map, and then do not pause. */
void stress_write_stepped(struct stress *s, uint32_t seed);
int64_t stress_now_ms(void);

/* From here to there this thread is stopped for moments, at any place. */
void stress_pause(uint32_t seed);
void stress_pause_no_more(void);

/* Mostly one of two, where writer and readers then meet. */
static inline uint32_t stress_pick(uint32_t r, uint32_t n)
{
	return r & 3 ? (r >> 2) & 1 : (r >> 2) % n;
}

/* xorshift32; state is not 0. */
static inline uint32_t stress_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

#endif
