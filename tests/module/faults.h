/*
 * faults.h - calls of pam_lightwave that fail, at a chosen moment.
 *
 * The module's copy for this test is linked with --wrap: what it calls of libc
 * and libpam comes to faults.c, in the test program, which fails one call, or
 * one and all after it, and hands on the others. libc and libpam themselves
 * are not disturbed.
 */
#ifndef LW_TEST_FAULTS_H
#define LW_TEST_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

enum fault {
	FAULT_NONE,
	FAULT_MALLOC,
	FAULT_STRDUP,
	FAULT_ASPRINTF,
	FAULT_FOPEN,
	FAULT_GETLINE,
	FAULT_SOCKET,
	FAULT_CONNECT,
	FAULT_POLL,
	FAULT_SEND,
	FAULT_RECV,
	FAULT_CLOCK,
	FAULT_STAT,
	FAULT_FSTAT,
	FAULT_OPEN,
	FAULT_READ,
	FAULT_WRITE,
	FAULT_CLOSE,
	FAULT_MKOSTEMP,
	FAULT_FCHMOD,
	FAULT_RENAME,
	FAULT_UNLINK,
	FAULT_DROP_PRIV,
	FAULT_REGAIN_PRIV,
	FAULT_SET_DATA,
	FAULT_SET_ITEM,
	FAULT_PUTENV,
	FAULT_GET_USER,
	FAULT_GET_AUTHTOK,
	FAULT_PROMPT,
	FAULT_KINDS
};

/* In place of an errno (or a code of PAM, where it is libpam that fails). */
#define FAULT_SHORT  (-1) /* works, but for one byte at most */
#define FAULT_END    (-2) /* the end of the file, or of the connection */
#define FAULT_LATE   (-3) /* an hour has gone by */
#define FAULT_CALLED (-4) /* it is done, and then said to have failed */

const char *fault_name(enum fault kind);
/* The ith way in which that can fail; 0: there are no more. */
int fault_how(enum fault kind, size_t i);
/* Whether it may fail so for ever, and not only once. */
bool fault_may_stay(enum fault kind, int how);

struct fault_plan {
	enum fault kind;
	unsigned int nth; /* from 1 */
	int how;
	bool stays; /* all after it fail, too */
};

/* From here on. */
void fault_begin(const struct fault_plan *p);
/* No more; true: the plan's call was made, and failed. */
bool fault_end(void);
/* How many calls of a kind were made since fault_begin(). */
unsigned int fault_calls(enum fault kind);

/* What the module holds of the memory that it took since it was loaded. */
size_t fault_memory(void);

/* ---- for the calls themselves: faults_libc.c, faults_pam.c ------------------
 */
/* How this call is to fail; 0: not at all. errno is set where it is one. */
int fault_due(enum fault kind);
/* Memory that the module got, and gave back; NULL is none. */
void fault_take(const void *p);
void fault_give(const void *p);

#endif
