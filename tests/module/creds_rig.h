/*
 * creds_rig.h - what the tests of lightwaved-creds alone share: it runs, with
 * nothing kept, and is asked on its socket.
 */
#ifndef LW_TEST_CREDS_RIG_H
#define LW_TEST_CREDS_RIG_H

#include "check.h"
#include "daemon.h"
#include "keeper.h"

#define ALICE "S-1-7-21-1-2-3-4-100-1025"
#define BOB   "S-1-7-21-1-2-3-4-100-1026"
#define DAY   86400L
#define ON    "[cache]\noffline_credentials = yes\n"

static inline int begin(void **state)
{
	(void)state;
	keeper_room();
	daemon_conf(ON);
	keeper_start();
	return 0;
}

static inline int end(void **state)
{
	(void)state;
	keeper_stop();
	keeper_leave();
	return 0;
}

static inline void store(const char *sid, const char *password)
{
	assert_int_equal(keeper_ask(LW_OP_CREDS_STORE, sid, password, NULL),
			 LW_OK);
}

static inline enum lw_err check(const char *sid, const char *password)
{
	return keeper_ask(LW_OP_CREDS_CHECK, sid, password, NULL);
}

#endif
