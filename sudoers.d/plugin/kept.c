/* kept.c - answers of this run of sudo. Runs in sudo, as root. */
#include "kept.h"

#include "now.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define KEPT 256

static struct answer {
	char *user, *group; /* NULL: a free place */
	uint32_t uid;
	bool yes;
	int64_t at_ms;
} kept[KEPT];
static size_t next; /* the oldest */

static void forget(struct answer *a)
{
	free(a->user);
	free(a->group);
	*a = (struct answer) { 0 };
}

bool lw_kept_find(uint32_t uid, const char *user, const char *group,
		  bool *ret_yes)
{
	int64_t now = lw_now_ms();

	for (size_t i = 0; i < KEPT; i++) {
		const struct answer *a = &kept[i];

		if (!a->user || a->uid != uid || now - a->at_ms >= LW_KEPT_MS ||
		    strcmp(a->group, group) != 0 || strcmp(a->user, user) != 0)
			continue;
		*ret_yes = a->yes;
		return true;
	}
	return false;
}

void lw_kept_add(uint32_t uid, const char *user, const char *group, bool yes)
{
	struct answer a = { .user = strdup(user),
			    .group = strdup(group),
			    .uid = uid,
			    .yes = yes,
			    .at_ms = lw_now_ms() };

	if (!a.user || !a.group) {
		forget(&a);
		return;
	}
	forget(&kept[next]);
	kept[next] = a;
	next = (next + 1) % KEPT;
}

void lw_kept_forget(void)
{
	for (size_t i = 0; i < KEPT; i++)
		forget(&kept[i]);
	next = 0;
}
