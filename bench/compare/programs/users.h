/* users.h - the ordinary users of the directory, as dc/gen.py lists them. */
#ifndef USERS_H
#define USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct lw_user {
	uid_t uid;
	char *name;
};

extern struct lw_user *lw_users;
extern size_t lw_users_count;

/* Reads DIR/users.txt, "uid name" lines. False says why on stderr. */
bool lw_users_load(const char *dir);

#endif
