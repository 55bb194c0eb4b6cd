/* reader.c - ask without end, and judge every answer. */
#include "stress.h"

#include "../../nss_lightwave/module.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum path { BY_NAME, BY_UID, GIDS, BY_GID, MEMBERS, NOBODY, PATHS };

struct reader { /* of one thread */
	struct stress *shared;
	uint32_t random;
	uint32_t seen[PATHS][USERS]; /* the last generation */
	uint64_t lookups, found, missed, unknown;
	bool wrong;
	char buf[8192];
};

static void wrong(struct reader *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void wrong(struct reader *r, const char *fmt, ...)
{
	va_list ap;

	r->wrong = true;
	atomic_store(&r->shared->broken, true);
	fprintf(stderr, "stress: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n");
}

/* Whoever is steady is never said to be nobody. */
static bool found(struct reader *r, enum nss_status s, enum path path,
		  uint32_t n, bool may_miss)
{
	r->lookups++;
	switch (s) {
	case NSS_STATUS_SUCCESS:
		r->found++;
		return true;
	case NSS_STATUS_NOTFOUND:
		r->missed++;
		if (!may_miss)
			wrong(r, "path %d: %u is said to be nobody", path, n);
		return false;
	case NSS_STATUS_UNAVAIL:
		r->unknown++;
		if (r->shared->alone && path != NOBODY && n < STEADY)
			wrong(r, "path %d: %u is not known", path, n);
		return false;
	case NSS_STATUS_TRYAGAIN:
	case NSS_STATUS_RETURN:
		break;
	}
	wrong(r, "path %d: %u has status %d", path, n, s);
	return false;
}

static void is_later(struct reader *r, enum path path, uint32_t n,
		     uint32_t generation)
{
	if (generation < r->seen[path][n])
		wrong(r, "path %d: %u was of generation %u and is of %u", path,
		      n, r->seen[path][n], generation);
	r->seen[path][n] = generation;
}

static void judge_user(struct reader *r, enum path path, uint32_t asked,
		       const struct passwd *pw)
{
	struct stress_user want;
	uint32_t u, generation;

	if (sscanf(pw->pw_gecos, "%u %u", &u, &generation) != 2) {
		wrong(r, "user %u has \"%s\"", asked, pw->pw_gecos);
		return;
	}
	stress_user(u, generation, &want);
	if (u >= USERS || (path == BY_NAME && u != asked) ||
	    (path == BY_UID && pw->pw_uid != FIRST + asked) ||
	    pw->pw_uid != want.uid || pw->pw_gid != want.gid ||
	    strcmp(pw->pw_name, want.name) || strcmp(pw->pw_passwd, "x") ||
	    strcmp(pw->pw_gecos, want.gecos) || strcmp(pw->pw_dir, want.dir) ||
	    strcmp(pw->pw_shell, want.shell))
		wrong(r, "path %d, asked for %u: %s:%u:%u:%.40s:%s:%s", path,
		      asked, pw->pw_name, pw->pw_uid, pw->pw_gid, pw->pw_gecos,
		      pw->pw_dir, pw->pw_shell);
	is_later(r, path, asked, generation);
}

static void ask_user(struct reader *r, uint32_t u, bool by_name)
{
	enum path path = by_name ? BY_NAME : BY_UID;
	enum nss_status s;
	struct passwd pw;
	char name[64];
	int e;

	snprintf(name, sizeof(name), "User%u@LIGHTWAVE.test", u);
	s = by_name ? _nss_lightwave_getpwnam_r(name, &pw, r->buf,
						sizeof(r->buf), &e)
		    : _nss_lightwave_getpwuid_r(FIRST + u, &pw, r->buf,
						sizeof(r->buf), &e);
	if (found(r, s, path, u, u >= STEADY && by_name))
		judge_user(r, path, u, &pw);
}

static void ask_gids(struct reader *r, uint32_t u)
{
	uint32_t want[STRESS_GIDS], n;
	long start = 0, size = 4;
	gid_t *gids = malloc(4 * sizeof(*gids));
	enum nss_status s;
	char name[64];
	int e;

	if (!gids)
		abort();
	snprintf(name, sizeof(name), "user%u@lightwave.test", u);
	s = _nss_lightwave_initgroups_dyn(name, (gid_t)-1, &start, &size, &gids,
					  -1, &e);
	if (found(r, s, GIDS, u, false)) {
		n = stress_gids(u, gids[0] - FIRST, want);
		if (start != (long)n || memcmp(gids, want, n * sizeof(*want)))
			wrong(r, "the groups of %u are not of one generation",
			      u);
		is_later(r, GIDS, u, gids[0] - FIRST);
	}
	free(gids);
}

static void ask_group(struct reader *r, uint32_t g)
{
	struct stress_group want;
	enum nss_status s;
	struct group gr;
	char name[64];
	uint32_t generation = 0;
	bool same;
	int e;

	snprintf(name, sizeof(name), "group%u@lightwave.test", g);
	s = _nss_lightwave_getgrnam_r(name, &gr, r->buf, sizeof(r->buf), &e);
	if (found(r, s, MEMBERS, g, false)) {
		same = gr.gr_mem[0] &&
		       sscanf(gr.gr_mem[0], "%u", &generation) == 1;
		stress_group(g, generation, &want);
		same = same && gr.gr_gid == want.gid &&
		       !strcmp(gr.gr_name, want.name);
		for (uint32_t i = 0; same && i < want.count; i++)
			same = gr.gr_mem[i] &&
			       !strcmp(gr.gr_mem[i], want.member[i]);
		if (!same || gr.gr_mem[want.count])
			wrong(r, "group %u is not of one generation", g);
		is_later(r, MEMBERS, g, generation);
	}
	s = _nss_lightwave_getgrgid_r(GROUPS + g, &gr, r->buf, sizeof(r->buf),
				      &e);
	if (found(r, s, BY_GID, g, false) &&
	    (strcmp(gr.gr_name, name) || gr.gr_gid != GROUPS + g))
		wrong(r, "gid %u is %s", GROUPS + g, gr.gr_name);
}

/* Half of one name and half of another is none of them. */
static void ask_nobody(struct reader *r)
{
	uint32_t a = stress_random(&r->random) % MISSED;
	uint32_t b = stress_random(&r->random) % MISSED;
	enum nss_status s;
	struct passwd pw;
	char name[32], typed[64];
	int e;

	stress_missed(a, b, name);
	snprintf(typed, sizeof(typed), "%s@lightwave.test", name);
	s = _nss_lightwave_getpwnam_r(typed, &pw, r->buf, sizeof(r->buf), &e);
	if (found(r, s, NOBODY, a, a % MISSED == b % MISSED))
		wrong(r, "%s is somebody", name);
}

struct reader *stress_reader_new(struct stress *s, uint32_t seed)
{
	struct reader *r = calloc(1, sizeof(*r));

	if (!r)
		abort();
	r->shared = s;
	r->random = seed | 1;
	return r;
}

bool stress_reader_ask(struct reader *r, enum stress_question q)
{
	uint32_t n = stress_random(&r->random);

	switch (q) {
	case STRESS_STEADY:
		ask_user(r, stress_pick(n, STEADY), n & 1 << 16);
		break;
	case STRESS_USER:
		ask_user(r, STEADY + stress_pick(n >> 8, USERS - STEADY),
			 n & 1 << 17);
		break;
	case STRESS_GROUPS_OF:
		ask_gids(r, stress_pick(n, STEADY));
		break;
	case STRESS_GROUP:
		ask_group(r, stress_pick(n, STEADY));
		break;
	case STRESS_NOBODY:
	case STRESS_QUESTIONS:
		ask_nobody(r);
		break;
	}
	return !r->wrong;
}

bool stress_reader_free(struct reader *r)
{
	struct stress *s = r->shared;
	bool good = !r->wrong && r->found > 0;

	if (!r->wrong && r->found == 0)
		fprintf(stderr, "stress: a reader has found nobody\n");
	atomic_fetch_add(&s->lookups, r->lookups);
	atomic_fetch_add(&s->found, r->found);
	atomic_fetch_add(&s->missed, r->missed);
	atomic_fetch_add(&s->unknown, r->unknown);
	free(r);
	return good;
}

bool stress_read(struct stress *s, uint32_t seed)
{
	struct reader *r = stress_reader_new(s, seed);
	uint32_t q = 0;

	stress_pause(seed);
	while (!atomic_load(&s->over) &&
	       stress_reader_ask(r, q++ % STRESS_QUESTIONS))
		;
	stress_pause_no_more();
	return stress_reader_free(r);
}
