/*
 * front.h - a scripted front for the tests of the modules.
 *
 * A child listens on ./nss and ./priv, answers from a table, writes down what
 * it was asked, and can break the protocol in any way the table says. The
 * test copies of the modules have "." compiled in for /run/lightwave and
 * /etc: a test runs in a directory of its own.
 */
#ifndef LW_TEST_FRONT_H
#define LW_TEST_FRONT_H

#include "proto.h"

#include <sys/types.h>

enum front_manner {
	FRONT_ANSWER, /* head, status, body */
	FRONT_DRIP,   /* the same, every byte after the last was taken */
	FRONT_CUT,    /* half of it, then the end */
	FRONT_CLOSE,  /* the end, without a byte */
	FRONT_HANG,   /* nothing, for ever */
	FRONT_STALL,  /* half of it, then nothing, for ever */
	FRONT_RAW,    /* the body alone, as it is */
};

struct front_reply {
	enum lw_op op;	  /* 0: every question */
	const char *name; /* NULL: whoever is asked about */
	enum lw_err status;
	enum front_manner manner;
	const void *body; /* borrowed until front_start() is back */
	size_t n;
	bool once; /* and then passed over */
};

struct front_question {
	uint16_t op;
	bool priv; /* came by ./priv */
	uint32_t id;
	char name[600], password[600], service[64], rhost[64];
	char new_password[600]; /* LW_OP_PASSWORD, where password is the old */
	char principal[600];	/* LW_OP_PRINCIPAL, whose account is the name */
	char group[600]; /* LW_OP_MEMBER, whose user is the name, the uid id */
	int what_for;
};

#define FRONT_LOG 64

struct front {
	pid_t pid;
	struct front_log {
		unsigned int ready; /* the child dies with us from now on */
		unsigned int count; /* of all; the first FRONT_LOG are kept */
		struct front_question q[FRONT_LOG];
	} * log;
};

/* The first line that fits answers; LW_NOTFOUND where none does. */
void front_start(struct front *f, const struct front_reply *table, size_t n);
/* Kills the child and removes its sockets, and ./bare if the test made it. */
void front_stop(struct front *f);
/* Stopped by signal: connections are taken by the kernel, and nobody reads. */
void front_freeze(struct front *f);

unsigned int front_count(const struct front *f, enum lw_op op);
/* The nth question of that kind, from 0; fails the test if there is none. */
const struct front_question *front_question(const struct front *f,
					    enum lw_op op, unsigned int nth);

/* An empty directory, entered; front_leave() removes it and what it holds. */
void front_enter(void);
void front_leave(void);

/* A file in it with this text. */
void front_write(const char *name, const char *text);

int64_t front_now_ms(void);

#endif
