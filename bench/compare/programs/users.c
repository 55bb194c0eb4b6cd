/* users.c - see users.h. */
#include "users.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct lw_user *lw_users;
size_t lw_users_count;

static bool add(const char *line)
{
	static size_t room;
	struct lw_user *more;
	char *name;

	if (lw_users_count == room) {
		room = room ? 2 * room : 1024;
		more = reallocarray(lw_users, room, sizeof(*more));
		if (!more)
			return false;
		lw_users = more;
	}
	lw_users[lw_users_count].uid = (uid_t)strtoul(line, &name, 10);
	if (*name != ' ')
		return false;
	name = strndup(name + 1, strcspn(name + 1, "\n"));
	lw_users[lw_users_count++].name = name;
	return name != NULL;
}

bool lw_users_load(const char *dir)
{
	char line[512];
	bool good = true;
	FILE *f;

	snprintf(line, sizeof(line), "%s/users.txt", dir);
	f = fopen(line, "re");
	if (!f) {
		perror(line);
		return false;
	}
	while (good && fgets(line, sizeof(line), f))
		good = add(line);
	fclose(f);
	if (!good || lw_users_count == 0)
		fprintf(stderr, "%s/users.txt is no list of users\n", dir);
	return good && lw_users_count > 0;
}
