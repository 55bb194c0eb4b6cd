/*
 * script_front.h - what a script lets the front answer.
 *
 *   front OP STATUS [key=value]... [to "NAME"] [once]
 *   front OP MANNER
 *   front OP raw "BYTES"
 *
 * OP as in proto.h, without LW_OP_, PASSWD for PASSWD_BY_NAME; STATUS as in
 * err.h, without LW_; MANNER as in front.h in lower case: drips, cut, closes,
 * hangs, stalls. `body "BYTES"` instead of keys is what follows the status.
 *
 *   AUTH OK     expires=never ticket=OK skew=0
 *   AUTH SKEW   skew=0
 *   PASSWD OK   uid=me home=./home      (uid: me, other or a number)
 *   TICKET OK   uid=his text=a-ticket   (uid: his, root or a number)
 *   POLICY OK   min_length=... max_length=... alphabetic=... upper=...
 * lower=... numeric=... special=... identical=... history=...   (unsaid: not
 * said)
 */
#ifndef LW_TEST_SCRIPT_FRONT_H
#define LW_TEST_SCRIPT_FRONT_H

#include "front.h"
#include "script.h"

#define SCRIPT_ANSWERS 24
#define SCRIPT_CCACHE  "\5\4" /* what a ticket has before its text */

struct script_front {
	struct front_reply reply[SCRIPT_ANSWERS];
	uint8_t body[SCRIPT_ANSWERS][1024];
	size_t n;
};

/* Fails the test if the line is not as above. */
void script_front_add(struct script_front *f, const struct script *s,
		      const struct line *l);

/* The name of an op; 0: there is none. And the other way round. */
enum lw_op script_op(const char *name);
const char *script_op_name(unsigned int op);

/* Whose tickets TICKET gives: a directory user's for root, else our own. */
uid_t script_uid(void);
gid_t script_gid(void);

#endif
