/*
 * ask.h - one lookup, through glibc or straight through one NSS module,
 * or in the table that shows what would be possible (reference.h).
 *
 * Through glibc is what every program gets, nsswitch.conf included. A module is
 * opened as glibc would open it, and its functions are called directly.
 */
#ifndef ASK_H
#define ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* One a thread. The caller counts with it and may set it to zero again. */
struct lw_ask {
	char *buf;
	size_t len;
	gid_t *gids;
	unsigned long found, errors;
	int last;    /* members or groups in the last answer */
	unsigned id; /* uid or gid of who was found last */
};

/*
 * Who is asked from now on: "glibc", "sss", or "reference", whose records are
 * in dir. False says why on stderr.
 */
bool lw_ask_through(const char *module, const char *dir);

bool lw_ask_init(struct lw_ask *a);
void lw_ask_done(struct lw_ask *a);

void lw_ask_user(struct lw_ask *a, const char *name);
void lw_ask_uid(struct lw_ask *a, uid_t uid);
void lw_ask_group(struct lw_ask *a, const char *name);
void lw_ask_gid(struct lw_ask *a, gid_t gid);
void lw_ask_groups_of(struct lw_ask *a, const char *user);

#endif
