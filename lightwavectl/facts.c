/* facts.c - ask each id once. lightwavectl. */
#include "facts.h"

#include "cleanup.h"
#include "gids.h"
#include "granted.h"
#include "sid.h"

#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BUDGET_MS 30000

/* Stands for all when there is no memory. */
static const struct lw_fact_user nobody_knows = { .state = LW_FACT_UNKNOWN };
static const struct lw_fact_group nobodys = { .kind = LW_FACT_LOCAL };

static bool push(void *list, size_t *n, void *item)
{
	void ***v = list;
	void **more = reallocarray(*v, *n + 1, sizeof(**v));

	if (!more)
		return false;
	*v = more;
	more[(*n)++] = item;
	return true;
}

/* LW_OFFLINE: lightwaved itself did not answer, which has been said. */
static enum lw_err ask(struct lw_facts *f, struct lw_wr *msg,
		       struct lw_reply *reply)
{
	enum lw_err e = LW_OFFLINE;

	if (f->failed == LW_CTL_GOOD)
		f->failed = lw_ctl_send(f->socket, msg, BUDGET_MS, &e, reply);
	return f->failed == LW_CTL_GOOD ? e : LW_OFFLINE;
}

static void user_free(struct lw_fact_user *u)
{
	if (!u)
		return;
	free(u->name);
	free(u->gids);
	free(u);
}

static void group_free(struct lw_fact_group *g)
{
	if (!g)
		return;
	free(g->name);
	free(g->directory);
	free(g);
}

static enum lw_err add_mapped(struct lw_facts *f,
			      const struct lw_local_mapped *m)
{
	struct lw_fact_group *g;

	/* Root has its own whoever else is given it: nobody is. */
	if (m->gid == LW_NEVER || m->gid == 0)
		return LW_OK;
	for (size_t i = 0; i < f->groups_n; i++) {
		if (f->groups[i]->gid == m->gid)
			return LW_OK;
	}
	g = calloc(1, sizeof(*g));
	if (!g)
		return LW_NOMEM;
	*g = (struct lw_fact_group) { .gid = m->gid,
				      .kind = LW_FACT_MAPPED,
				      .name = lw_str_dup(m->local),
				      .directory = lw_str_dup(m->directory) };
	if (!g->name || !g->directory || !push(&f->groups, &f->groups_n, g)) {
		group_free(g);
		return LW_NOMEM;
	}
	return LW_OK;
}

static enum lw_err ask_mapped(struct lw_facts *f)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	lw_cleanup(lw_wr_done) struct lw_wr w;
	struct lw_local_mapped_list l;
	enum lw_err e;

	lw_wr_heap(&w, LW_HEAD_SIZE);
	lw_msg_begin(&w, LW_OP_LOCAL_GROUPS, 0);
	e = ask(f, &w, &reply);
	if (e == LW_OK)
		e = lw_local_mapped_list_decode(&reply.body, &l);
	for (uint32_t i = 0; e == LW_OK && i < l.count; i++) {
		struct lw_local_mapped m = lw_local_mapped_read(&l.each);

		e = add_mapped(f, &m);
	}
	return e;
}

enum lw_ctl_exit lw_facts_init(struct lw_facts *f, const char *socket)
{
	enum lw_err e;

	*f = (struct lw_facts) { .socket = socket };
	lw_localdb_init(&f->passwd, LW_ETC_PASSWD);
	lw_localdb_init(&f->group, LW_ETC_GROUP);
	e = ask_mapped(f);
	if (f->failed != LW_CTL_GOOD)
		return f->failed;
	if (e == LW_OK)
		e = lw_localdb_refresh(&f->passwd, 0);
	if (e == LW_OK)
		e = lw_localdb_refresh(&f->group, 0);
	if (e == LW_OK)
		return LW_CTL_GOOD;
	fprintf(stderr, "lightwavectl: cannot tell what is local: %s\n",
		lw_strerror(e));
	return LW_CTL_AWAY;
}

void lw_facts_done(struct lw_facts *f)
{
	for (size_t i = 0; i < f->users_n; i++)
		user_free(f->users[i]);
	for (size_t i = 0; i < f->groups_n; i++)
		group_free(f->groups[i]);
	free(f->users);
	free(f->groups);
	lw_localdb_done(&f->passwd);
	lw_localdb_done(&f->group);
}

/* uid LW_NEVER: by name. The result is the caller's; NULL: no memory. */
static struct lw_fact_user *ask_user(struct lw_facts *f, uint32_t uid,
				     const char *name)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	lw_cleanup(lw_wr_done) struct lw_wr w = { 0 };
	struct lw_fact_user *u = calloc(1, sizeof(*u));
	const struct lw_granted q = { uid, lw_str(name) };
	struct lw_granted_answer a;
	enum lw_err e;

	if (!u)
		return NULL;
	u->uid = uid;
	lw_wr_heap(&w, LW_REQUEST_MAX);
	lw_msg_begin(&w, LW_OP_GRANTED, 0);
	lw_granted_encode(&w, &q);
	e = ask(f, &w, &reply);
	if (e == LW_OK)
		e = lw_granted_answer_decode(&reply.body, &a);
	if (e == LW_OK)
		e = lw_gids_decode(&a.gids, &u->gids, &u->gids_n);
	if (e == LW_OK) {
		u->uid = a.uid;
		u->state = a.disabled ? LW_FACT_DISABLED : LW_FACT_ACTIVE;
		u->name = lw_str_dup(a.name);
		f->away |= a.away;
		if (a.age > f->age)
			f->age = a.age;
	} else if (e == LW_NOTOURS || e == LW_INVALID ||
		   (e == LW_NOTFOUND && !lw_id_of_machine(uid))) {
		u->state = LW_FACT_OTHER;
	} else {
		u->state = e == LW_NOTFOUND ? LW_FACT_GONE : LW_FACT_UNKNOWN;
	}
	return u;
}

static const struct lw_fact_user *keep(struct lw_facts *f,
				       struct lw_fact_user *u)
{
	if (u && push(&f->users, &f->users_n, u))
		return u;
	user_free(u);
	f->failed = LW_CTL_AWAY;
	return &nobody_knows;
}

const struct lw_fact_user *lw_facts_user(struct lw_facts *f, uint32_t uid)
{
	static const struct lw_fact_user local = { .state = LW_FACT_OTHER };

	if (uid == 0 || uid == LW_NEVER || lw_localdb_id(&f->passwd, uid))
		return &local;
	for (size_t i = 0; i < f->users_n; i++) {
		if (f->users[i]->uid == uid)
			return f->users[i];
	}
	return keep(f, ask_user(f, uid, ""));
}

const struct lw_fact_user *lw_facts_named(struct lw_facts *f, const char *user)
{
	unsigned long v;
	char *end;

	errno = 0;
	v = strtoul(user, &end, 10);
	if (isdigit((unsigned char)*user) && !*end && !errno && v < LW_NEVER)
		return lw_facts_user(f, (uint32_t)v);
	return keep(f, ask_user(f, LW_NEVER, user));
}

static void ask_group(struct lw_facts *f, struct lw_fact_group *g)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	lw_cleanup(lw_wr_done) struct lw_wr w;
	struct lw_group got;
	enum lw_err e;

	lw_wr_heap(&w, LW_REQUEST_MAX);
	lw_msg_begin(&w, LW_OP_GROUP_BY_GID, 0);
	lw_wr_u32(&w, g->gid);
	e = ask(f, &w, &reply);
	if (e == LW_OK)
		e = lw_group_decode(&reply.body, &got);
	if (e == LW_OK) {
		g->kind = LW_FACT_DIRECTORY;
		g->name = lw_str_dup(got.name);
	} else if (lw_id_of_machine(g->gid)) {
		g->kind = LW_FACT_NAMELESS;
	}
}

const struct lw_fact_group *lw_facts_group(struct lw_facts *f, uint32_t gid)
{
	const struct lw_localent *local;
	struct lw_fact_group *g;

	for (size_t i = 0; i < f->groups_n; i++) {
		if (f->groups[i]->gid == gid)
			return f->groups[i];
	}
	g = calloc(1, sizeof(*g));
	if (g) {
		g->gid = gid;
		local = lw_localdb_id(&f->group, gid);
		if (local)
			g->name = strdup(local->name);
		else if (gid != 0 && gid != LW_NEVER)
			ask_group(f, g);
	}
	if (g && push(&f->groups, &f->groups_n, g))
		return g;
	group_free(g);
	f->failed = LW_CTL_AWAY;
	return &nobodys;
}

bool lw_fact_has(const struct lw_fact_user *u, uint32_t gid)
{
	uint32_t lo = 0, hi = u->gids_n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (u->gids[mid] == gid)
			return true;
		if (u->gids[mid] < gid)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

static bool listed(const struct group *g, const char *user)
{
	for (char **m = g->gr_mem; *m; m++) {
		if (strcasecmp(*m, user) == 0)
			return true;
	}
	return false;
}

bool lw_facts_given_locally(const char *user, uint32_t gid)
{
	lw_cleanup(lw_fclose) FILE *groups = fopen(LW_ETC_GROUP, "re");
	lw_cleanup(lw_fclose) FILE *users = fopen(LW_ETC_PASSWD, "re");
	const struct passwd *pw;
	const struct group *g;

	while (groups && (g = fgetgrent(groups))) {
		if (g->gr_gid == gid && listed(g, user))
			return true;
	}
	while (users && (pw = fgetpwent(users))) {
		if (pw->pw_gid == gid && strcmp(pw->pw_name, user) == 0)
			return true;
	}
	return false;
}
