/* bench.c - see bench.h. */
#include "bench.h"

#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#define EVERYBODY   SIZE_MAX
#define NOBODYS_UID (16777215u + 4000000u)

static size_t draw(struct lw_turn *t)
{
	t->random ^= t->random << 13;
	t->random ^= t->random >> 7;
	t->random ^= t->random << 17;
	return (size_t)(t->random >> 32) % t->set;
}

static void user(struct lw_turn *t)
{
	lw_ask_user(&t->ask, t->bench->arg);
}

static void uid(struct lw_turn *t)
{
	lw_ask_uid(&t->ask, t->id);
}

static void group(struct lw_turn *t)
{
	lw_ask_group(&t->ask, t->bench->arg);
}

static void gid(struct lw_turn *t)
{
	lw_ask_gid(&t->ask, t->id);
}

static void groups_of(struct lw_turn *t)
{
	lw_ask_groups_of(&t->ask, t->bench->arg);
}

static void any(struct lw_turn *t)
{
	t->bench->one(&t->ask, &lw_users[draw(t)]);
}

static void by_name(struct lw_ask *a, const struct lw_user *u)
{
	lw_ask_user(a, u->name);
}

static void by_uid(struct lw_ask *a, const struct lw_user *u)
{
	lw_ask_uid(a, u->uid);
}

static void nobody_yet(struct lw_turn *t)
{
	char name[48];

	snprintf(name, sizeof(name), "no%d_%u", (int)getpid(), t->serial++);
	lw_ask_user(&t->ask, name);
}

static void enumerate(struct lw_turn *t)
{
	t->ask.last = 0;
	setpwent();
	while (getpwent())
		t->ask.last++;
	endpwent();
	t->ask.found++;
}

const struct lw_bench lw_benches[] = {
	{ .name = "hot.getpwnam", .op = user, .arg = "alice" },
	{ .name = "hot.getpwuid", .op = uid, .arg = "alice" },
	{ .name = "hot.getgrnam", .op = group, .arg = "Lab Admins" },
	{ .name = "hot.getgrgid", .op = gid, .arg = "Lab Admins" },
	{ .name = "hot.initgroups", .op = groups_of, .arg = "alice" },
	{ .name = "hot.getpwnam.2threads",
	  .op = user,
	  .arg = "alice",
	  .workers = 2,
	  .threads = true },
	{ .name = "hot.getpwnam.2procs",
	  .op = user,
	  .arg = "alice",
	  .workers = 2 },
	{ .name = "miss.same", .op = user, .arg = "nosuchuser" },
	{ .name = "miss.sameuid", .op = uid },
	{ .name = "miss.new", .op = nobody_yet },
	{ .name = "many.initgroups", .op = groups_of, .arg = "manygroups" },
	{ .name = "big.getgrnam", .op = group, .arg = "bigteam" },
	{ .name = "big.getgrgid", .op = gid, .arg = "bigteam" },
	{ .name = "set1000.getpwnam", .op = any, .set = 1000, .one = by_name },
	{ .name = "set1000.getpwuid", .op = any, .set = 1000, .one = by_uid },
	{ .name = "set1000.getpwnam.2threads",
	  .op = any,
	  .set = 1000,
	  .one = by_name,
	  .workers = 2,
	  .threads = true },
	{ .name = "all.fill", .set = EVERYBODY, .one = by_name },
	{ .name = "all.getpwnam", .op = any, .set = EVERYBODY, .one = by_name },
	{ .name = "all.getpwuid", .op = any, .set = EVERYBODY, .one = by_uid },
	{ .name = "enum.getpwent", .op = enumerate, .glibc_only = true },
	{ .name = NULL },
};

bool lw_turn_init(struct lw_turn *t, const struct lw_bench *b, unsigned seed)
{
	*t = (struct lw_turn) {
		.bench = b,
		.random = UINT64_C(0x9e3779b97f4a7c15) + seed * 77777u,
		.set = b->set < lw_users_count ? b->set : lw_users_count,
		.id = NOBODYS_UID,
	};
	return lw_ask_init(&t->ask);
}

void lw_turn_done(struct lw_turn *t)
{
	lw_ask_done(&t->ask);
}

void lw_turn_find_id(struct lw_turn *t)
{
	const struct lw_bench *b = t->bench;

	t->ask.id = NOBODYS_UID;
	if (b->op == uid && b->arg)
		lw_ask_user(&t->ask, b->arg);
	if (b->op == gid)
		lw_ask_group(&t->ask, b->arg);
	t->id = t->ask.id;
}
