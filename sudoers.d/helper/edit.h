/*
 * edit.h - change /etc/sudoers.d/lightwave: one at a time, the whole file or
 * not at all. lightwave-sudo.
 */
#ifndef LW_EDIT_H
#define LW_EDIT_H

#include "dropin.h"
#include "sudo.h"

struct lw_edit {
	int lock; /* the policy, held against other lightwave-sudos; or -1 */
	int dir;  /* /etc/sudoers.d */
	int file; /* ours in it, held against visudo; -1: there is none */
	char *text;
	struct lw_dropin d; /* what it says; strings are into text */
};

#define LW_EDIT_CLOSED                                                         \
	{                                                                      \
		.lock = -1, .dir = -1, .file = -1                              \
	}

/* Read what is there. LW_SUDO_FAILS, and said on stderr: it cannot be read. */
enum lw_sudo_exit lw_edit_read(const struct lw_sudo *s, struct lw_edit *ret);

/* The same, and nobody else changes it until lw_edit_done(). */
enum lw_sudo_exit lw_edit_begin(const struct lw_sudo *s, struct lw_edit *ret);

/*
 * Put what e->d says in its place; what was left by one that was killed is
 * removed. LW_SUDO_FAILS, and said: what was there still is. A policy that is
 * wrong already, elsewhere, is said; strict: and refused.
 */
enum lw_sudo_exit lw_edit_commit(const struct lw_sudo *s, struct lw_edit *e,
				 bool strict);

/* In any case; ret of the others may be released before they were called. */
void lw_edit_done(struct lw_edit *e);

#endif
