/* recent.c - between the questions of a login. The front; pure. */
#include "recent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USERS_MAX  8192
#define LOGINS_MAX 1024
#define DAY_MS	   (INT64_C(24) * 3600 * 1000)
#define CHANGE_MS  (INT64_C(3600) * 1000)
#define LOGIN_MS   10000 /* from password to account: prompts lie between */
#define KEY_MAX	   400	 /* of service and name; a longer one is not kept */

struct user {
	int64_t warned_ms, change_ms; /* 0: not */
	bool expired;
};

void lw_recent_init(struct lw_recent *r)
{
	lw_table_init(&r->users, USERS_MAX, free);
	lw_table_init(&r->logins, LOGINS_MAX, free);
	lw_table_init(&r->passed, LOGINS_MAX, free);
	lw_table_init(&r->looked, LOGINS_MAX, free);
}

void lw_recent_done(struct lw_recent *r)
{
	lw_table_clear(&r->users);
	lw_table_clear(&r->logins);
	lw_table_clear(&r->passed);
	lw_table_clear(&r->looked);
}

static void user_key(char key[16], uint32_t uid)
{
	snprintf(key, 16, "%u", uid);
}

static struct user *find(const struct lw_recent *r, uint32_t uid)
{
	char key[16];

	user_key(key, uid);
	return lw_table_get(&r->users, key);
}

/* The one there is, or a new one; NULL when out of memory. */
static struct user *have(struct lw_recent *r, uint32_t uid)
{
	struct user *u = find(r, uid);
	char key[16];

	if (u)
		return u;
	u = calloc(1, sizeof(*u));
	user_key(key, uid);
	if (!u || lw_table_put(&r->users, key, u) != LW_OK)
		return NULL;
	return u;
}

bool lw_recent_warn(struct lw_recent *r, uint32_t uid, int64_t now_ms)
{
	struct user *u = have(r, uid);

	if (!u)
		return true;
	if (u->warned_ms && now_ms - u->warned_ms < DAY_MS)
		return false;
	u->warned_ms = now_ms;
	return true;
}

void lw_recent_must_change(struct lw_recent *r, uint32_t uid, bool expired,
			   int64_t now_ms)
{
	struct user *u = have(r, uid);

	if (!u)
		return;
	u->change_ms = now_ms;
	u->expired = expired;
}

bool lw_recent_change_due(const struct lw_recent *r, uint32_t uid,
			  int64_t now_ms, bool *ret_expired)
{
	const struct user *u = find(r, uid);

	if (!u || !u->change_ms || now_ms - u->change_ms > CHANGE_MS)
		return false;
	*ret_expired = u->expired;
	return true;
}

void lw_recent_changed(struct lw_recent *r, uint32_t uid)
{
	struct user *u = find(r, uid);

	if (u)
		u->change_ms = 0;
}

/* A NUL is in neither; the newline keeps "a b" and "c" from "a" and "b c". */
static bool login_key(char key[KEY_MAX], struct lw_str service,
		      struct lw_str user)
{
	int n;

	if (service.n + user.n + 2 > KEY_MAX ||
	    (service.n && memchr(service.s, '\n', service.n)))
		return false;
	n = snprintf(key, KEY_MAX, "%.*s\n%.*s", (int)service.n, service.s,
		     (int)user.n, user.s);
	return n >= 0 && n < KEY_MAX;
}

void lw_recent_began(struct lw_recent *r, struct lw_str service,
		     struct lw_str user, int64_t since_ms)
{
	int64_t *since = malloc(sizeof(*since));
	char key[KEY_MAX];

	if (!since || !login_key(key, service, user)) {
		free(since);
		return;
	}
	*since = since_ms;
	lw_table_put(&r->logins, key, since);
}

int64_t lw_recent_age(struct lw_recent *r, struct lw_str service,
		      struct lw_str user, int64_t now_ms)
{
	const int64_t *since;
	int64_t age = 0;
	char key[KEY_MAX];

	if (!login_key(key, service, user))
		return 0;
	since = lw_table_get(&r->logins, key);
	if (!since)
		return 0;
	if (now_ms - *since <= LOGIN_MS)
		age = now_ms - *since;
	lw_table_drop(&r->logins, key);
	return age;
}

static void process_key(char key[32], pid_t pid, uint32_t uid)
{
	snprintf(key, 32, "%d:%u", (int)pid, uid);
}

static void note(struct lw_table *t, pid_t pid, uint32_t uid, int64_t now_ms)
{
	int64_t *at = malloc(sizeof(*at));
	char key[32];

	if (!at || pid <= 0) {
		free(at);
		return;
	}
	*at = now_ms;
	process_key(key, pid, uid);
	lw_table_put(t, key, at);
}

/* -1: it was not, or not lately. */
static int64_t age_of(const struct lw_table *t, pid_t pid, uint32_t uid,
		      int64_t now_ms)
{
	const int64_t *at;
	char key[32];

	process_key(key, pid, uid);
	at = pid > 0 ? lw_table_get(t, key) : NULL;
	return at && now_ms - *at <= LOGIN_MS ? now_ms - *at : -1;
}

void lw_recent_passed(struct lw_recent *r, pid_t pid, uint32_t uid,
		      int64_t now_ms)
{
	note(&r->passed, pid, uid, now_ms);
}

bool lw_recent_has_passed(const struct lw_recent *r, pid_t pid, uint32_t uid,
			  int64_t now_ms)
{
	return age_of(&r->passed, pid, uid, now_ms) >= 0;
}

void lw_recent_looked(struct lw_recent *r, pid_t pid, uint32_t uid,
		      int64_t now_ms)
{
	note(&r->looked, pid, uid, now_ms);
}

int64_t lw_recent_look_age(const struct lw_recent *r, pid_t pid, uint32_t uid,
			   int64_t now_ms)
{
	return age_of(&r->looked, pid, uid, now_ms);
}
