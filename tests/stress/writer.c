/* writer.c - one change after the other, by the front's own code. */
#include "stress.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

struct writer {
	struct stress *shared;
	struct lw_map_file *file;
	uint32_t random;
};

static struct lw_str str(const char *s)
{
	return lw_str(s);
}

static void put(struct writer *w, const struct lw_map_entry *e)
{
	uint32_t before = lw_map_file_stats(w->file).size;

	if (lw_map_file_put(w->file, e) != LW_OK) {
		fprintf(stderr, "stress: the map has no room\n");
		abort();
	}
	atomic_fetch_add(&w->shared->puts, 1);
	if (lw_map_file_stats(w->file).size != before)
		atomic_fetch_add(&w->shared->files, 1);
}

static uint32_t next_generation(struct writer *w)
{
	return atomic_fetch_add(&w->shared->generation, 1) + 1;
}

static void account(char ret[32], const char *kind, uint32_t n)
{
	snprintf(ret, 32, "%s%u", kind, n);
}

static void put_user(struct writer *w, uint32_t u)
{
	struct lw_map_entry e = { .kind = LW_MAP_USER,
				  .until = LW_MAP_FOLLOWED,
				  .texts = 5 };
	struct stress_user s;
	char a[32];

	stress_user(u, next_generation(w), &s);
	account(a, "user", u);
	e.account = str(a);
	e.id = s.uid;
	e.gid = s.gid;
	e.text[0] = str(s.name);
	e.text[1] = LW_STR("x");
	e.text[2] = str(s.gecos);
	e.text[3] = str(s.dir);
	e.text[4] = str(s.shell);
	put(w, &e);
}

static void put_gids(struct writer *w, uint32_t u)
{
	uint32_t gids[STRESS_GIDS];
	struct lw_map_entry e = { .kind = LW_MAP_GROUPS_OF,
				  .until = LW_MAP_FOLLOWED,
				  .gids = gids };
	char a[32];

	e.count = stress_gids(u, next_generation(w), gids);
	account(a, "user", u);
	e.account = str(a);
	put(w, &e);
}

static void put_group(struct writer *w, uint32_t g)
{
	struct lw_str members[32];
	struct lw_map_entry e = { .kind = LW_MAP_MEMBERS,
				  .until = LW_MAP_FOLLOWED,
				  .texts = 2,
				  .members = members };
	struct stress_group s;
	char a[32];

	stress_group(g, next_generation(w), &s);
	for (uint32_t i = 0; i < s.count; i++)
		members[i] = str(s.member[i]);
	account(a, "group", g);
	e.account = str(a);
	e.id = s.gid;
	e.count = s.count;
	e.text[0] = str(s.name);
	e.text[1] = LW_STR("x");
	put(w, &e);
	e.kind = LW_MAP_GROUP;
	e.account = (struct lw_str) { "", 0 };
	e.members = NULL;
	e.count = 0;
	put(w, &e);
}

static void put_steady(struct writer *w)
{
	for (uint32_t i = 0; i < STEADY; i++) {
		put_user(w, i);
		put_gids(w, i);
		put_group(w, i);
	}
}

static void tell_times(struct writer *w)
{
	uint32_t now = lw_map_now(), later = now + 100000;

	lw_map_file_times(w->file, later, later, later, later, now + 2);
}

static void miss(struct writer *w)
{
	uint32_t n = stress_random(&w->random) % MISSED;
	char a[32];

	stress_missed(n, n, a);
	lw_map_file_miss(w->file, LW_MAP_USER, str(a), false, UINT32_MAX);
}

static void come_or_go(struct writer *w)
{
	uint32_t u =
		STEADY + stress_pick(stress_random(&w->random), USERS - STEADY);
	char a[32];

	account(a, "user", u);
	if (stress_random(&w->random) % 2) {
		put_user(w, u);
		return;
	}
	lw_map_file_gone(w->file, LW_MAP_USER, str(a));
	lw_map_file_miss(w->file, LW_MAP_USER, str(a), false, UINT32_MAX);
	lw_map_file_gone_id(w->file, LW_MAP_USER, FIRST + (u ^ 1));
}

static void change(struct writer *w)
{
	uint32_t r = stress_random(&w->random);
	uint32_t n = stress_pick(r >> 8, STEADY);

	switch (r % 8) {
	case 0:
	case 1:
		put_user(w, n);
		break;
	case 2:
		put_gids(w, n);
		break;
	case 3:
		put_group(w, n);
		break;
	case 4:
		come_or_go(w);
		break;
	default:
		miss(w);
	}
}

static void whole_round(struct writer *w)
{
	lw_map_file_new_round(w->file);
	put_steady(w);
	lw_map_file_end_round(w->file);
	lw_map_file_forget_misses(w->file);
	tell_times(w);
	atomic_fetch_add(&w->shared->rounds, 1);
}

static void begin(struct writer *w)
{
	const struct lw_map_setup setup = { .path = "map",
					    .domain = "lightwave.test",
					    .netbios = "",
					    .ids = { .domain_sid = "" } };

	if (lw_map_file_new(&setup, 10, &w->file) != LW_OK) {
		fprintf(stderr, "stress: no map can be made\n");
		abort();
	}
	put_steady(w);
	tell_times(w);
	if (lw_map_file_publish(w->file) != LW_OK)
		abort();
}

void stress_write(struct stress *s, uint32_t seed)
{
	struct writer w = { .shared = s, .random = seed | 1 };

	begin(&w);
	stress_pause(seed);
	while (!atomic_load(&s->over)) {
		for (int i = 0; i < 2000 && !atomic_load(&s->over); i++)
			change(&w);
		whole_round(&w);
	}
	stress_pause_no_more();
	lw_map_file_free(w.file);
}

void stress_write_stepped(struct stress *s, uint32_t seed)
{
	struct writer w = { .shared = s, .random = seed | 1 };

	begin(&w);
	raise(SIGSTOP);
	for (;;)
		change(&w);
}
