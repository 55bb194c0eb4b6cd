/* decide.c - what sudo is told. Runs in sudo, as root. */
#include "decide.h"

#include "ask.h"
#include "client.h"
#include "kept.h"
#include "localdb.h"
#include "name.h"
#include "now.h"
#include "say.h"

#include <string.h>
#include <unistd.h>

static bool fits(const char *name)
{
	size_t n = strnlen(name, LW_NAME_MAX);

	return n > 0 && n < LW_NAME_MAX;
}

/* Nobody is asked about a name that has one sense on this host. */
static bool bare_names_are_local(void)
{
	return access(LW_BARE_SOCKET, F_OK) < 0 &&
	       access(LW_PRIV_SOCKET, F_OK) == 0;
}

/* Root comes before any file is read. */
static bool may_be_ours(uint32_t uid, const char *user)
{
	enum lw_err e;

	if (uid == 0 || !strcmp(user, "root"))
		return false;
	e = lw_local_id(LW_ETC_PASSWD, user, NULL);
	if (e == LW_NOTFOUND)
		return strpbrk(user, "@\\") || !bare_names_are_local();
	if (e != LW_OK)
		lw_say_refused(user, "any group",
			       LW_ETC_PASSWD " cannot be read");
	return false;
}

/*
 * Looked up once: a file of rules may name many groups. sudo makes up an
 * account called "#id" for an id that nobody has.
 */
static bool user_is_ours(uint32_t uid, const char *user)
{
	static char last[LW_NAME_MAX];
	static uint32_t last_uid;
	static int64_t at_ms;
	static bool ours;
	int64_t now = lw_now_ms();

	if (!fits(user) || *user == '#')
		return false;
	if (uid != last_uid || strcmp(user, last) != 0 ||
	    now - at_ms >= LW_KEPT_MS) {
		memcpy(last, user, strlen(user) + 1);
		last_uid = uid;
		at_ms = now;
		ours = may_be_ours(uid, user);
	}
	return ours;
}

/*
 * Local always wins, here too: with always_query_group_plugin the group of
 * "%sudo" comes here under the very name that a group of the directory could
 * be called by.
 */
static const char *refuse_group(const char *group)
{
	enum lw_err e;

	if (!fits(group))
		return "not a name";
	if (*group == '#')
		return "groups of the directory go by name or SID, not by gid";
	e = lw_local_id(LW_ETC_GROUP, group, NULL);
	if (e == LW_OK)
		return "a group of this machine has that name";
	return e == LW_NOTFOUND ? NULL : LW_ETC_GROUP " cannot be read";
}

static bool judge(uint32_t uid, const char *user, const char *group)
{
	const char *why = refuse_group(group);
	bool yes = false;
	enum lw_err e;

	if (why) {
		lw_say_refused(user, group, why);
		return false;
	}
	e = lw_ask_member(uid, user, group, &yes);
	if (e == LW_OK)
		return yes;
	/* Another name service's user is no news. */
	if (e != LW_NOTOURS && e != LW_PENDING)
		lw_say_failed(user, group, e);
	return false;
}

bool lw_decide_member(uint32_t uid, const char *user, const char *group)
{
	bool yes;

	if (!user_is_ours(uid, user))
		return false;
	if (lw_kept_find(uid, user, group, &yes))
		return yes;
	yes = judge(uid, user, group);
	lw_kept_add(uid, user, group, yes);
	return yes;
}
