/*
 * pam_life.h - one user's way through every phase of pam_lightwave, and what
 * has to be true on it whatever fails.
 */
#ifndef LW_TEST_PAM_LIFE_H
#define LW_TEST_PAM_LIFE_H

#include "front.h"

#define LIFE_USER "alice@lightwave.local"

/* What the front says, and what the user types. */
struct life {
	const char *service, *user, *options;
	const char *password, *new_password, *retyped;
	enum lw_err auth, account, verify, change;
	enum front_manner manner; /* of all but OURS */
	bool ticket;		  /* there is one */
	bool expired;		  /* PAM_CHANGE_EXPIRED_AUTHTOK */
	const char *becomes;	  /* PAM_USER after authentication, or NULL */
	unsigned int leaves_at;	  /* the prompt at which he goes; 0: never */
};

/* The phases, in the order in which they are called. */
enum life_phase {
	LIFE_AUTH,
	LIFE_ACCOUNT,
	LIFE_ESTABLISH,
	LIFE_OPEN,
	LIFE_AUTH_AGAIN,
	LIFE_REFRESH,
	LIFE_CHAUTHTOK,
	LIFE_CLOSE,
	LIFE_DELETE,
	LIFE_PHASES
};

/* A directory of its own, the home and the files that this needs. */
void life_enter(void);
void life_leave(void);

/* A front for l; front_stop(). */
void life_front(const struct life *l, struct front *f);

/*
 * All phases, one after the other, with whatever is planned to fail. What does
 * not hold ends the test, with the text about. What each returned is in ret.
 * left_behind: a credential cache may be, for nobody could remove it.
 */
void life_run(const struct life *l, struct front *f, const char *about,
	      bool left_behind, int ret[LIFE_PHASES]);

#endif
