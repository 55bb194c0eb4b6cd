/*
 * keeper.h - the built lightwaved-creds, run in the test's directory.
 *
 * Its socket is ./creds, its configuration the front's ./conf. What it keeps
 * lies in a directory of its own, which keeper_room() makes. Its wall clock is
 * the machine's and what keeper_clock() adds.
 */
#ifndef LW_TEST_KEEPER_H
#define LW_TEST_KEEPER_H

#include "job_creds.h"

#include <stdbool.h>
#include <sys/types.h>

/* An empty one, the clock right; and away with it and what it holds. */
void keeper_room(void);
void keeper_leave(void);

/* Starts, and waits until it is ready. */
void keeper_start(void);
/* With that socket, as systemd has it, and not its own. */
void keeper_start_handed(int listener);
/* Waits until it has ended by itself, and well. */
void keeper_ends(void);
/* SIGTERM; fails the test unless it ends well. Nothing if none runs. */
void keeper_stop(void);
void keeper_kill(void);
pid_t keeper_pid(void);

/* So many seconds from now on, for who runs and who starts. */
void keeper_clock(long offset);
/* The same for the clock by which it waits. */
void keeper_time(long offset);
/* Whether lightwaved has these clocks too, when it is started next. */
void keeper_lends_clocks(bool lends);

/* The path of a file that it keeps; valid until the next call. */
const char *keeper_path(const char *name);
/* Whether something is kept for that SID. */
bool keeper_has(const char *sid);
/* Waits until it is so. */
void keeper_comes_to_have(const char *sid, bool has);
/* Waits until its log has that text n times in all. */
void keeper_says(const char *text, unsigned int n);

/* One question on a connection of its own; age (NULL: not wanted). */
enum lw_err keeper_ask(enum lw_op op, const char *sid, const char *password,
		       uint32_t *ret_age);
/* The same in two steps; the caller closes the descriptor. */
int keeper_send(enum lw_op op, const char *sid, const char *password);
enum lw_err keeper_take(int fd, enum lw_op op, uint32_t *ret_age);

#endif
