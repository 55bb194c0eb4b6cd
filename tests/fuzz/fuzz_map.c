/*
 * fuzz_map.c - the map as a hostile writer would leave it. The input is a list
 * of changes to a whole map: whatever they are, a reader ends, stays within
 * the file, and gives strings that end and ids that are not root's.
 *
 *     input  = change...
 *     change = u8 where, u8 which, u8 word, u32 value
 */
#include "fuzz.h"

#include "../../nss_lightwave/module.h"
#include "cleanup.h"
#include "map_file.h"
#include "map_find.h"

#include <fcntl.h>
#include <string.h>
#include <sys/random.h>

const char fuzz_target[] = "map";

#define FIRST  16778216u
#define USERS  3u
#define FOLDER 200 /* LW_RUNDIR is /proc/self/fd/200/. here */
#define CHANGE 7

enum where { HEAD, BY_KEY, BY_ID, RECORD, MISS, ANYWHERE, SIZE, WHERES };

static unsigned int answers;
static char buf[4096];
static uint8_t *whole;
static size_t whole_n;
static uint32_t records[4 * USERS]; /* their offsets */
static uint32_t records_n;

/* The same map in every run. */
ssize_t __wrap_getrandom(void *to, size_t n, unsigned int flags);
ssize_t __wrap_getrandom(void *to, size_t n, unsigned int flags)
{
	(void)flags;
	memset(to, 0x5A, n);
	return (ssize_t)n;
}

static void put(struct lw_map_file *f, const struct lw_map_entry *e)
{
	records[records_n++] = lw_map_file_stats(f).used;
	if (lw_map_file_put(f, e) != LW_OK)
		abort();
}

static void put_one(struct lw_map_file *f, uint32_t i)
{
	const uint32_t gids[] = { FIRST + i, FIRST, 545 };
	const struct lw_str members[] = { LW_STR("user0@lightwave.test"),
					  LW_STR("user1@lightwave.test") };
	struct lw_map_entry e = { .until = LW_MAP_FOLLOWED };
	char user[32], group[32], name[64];

	snprintf(user, sizeof(user), "user%u", i);
	snprintf(group, sizeof(group), "group%u", i);
	snprintf(name, sizeof(name), "user%u@lightwave.test", i);
	e.kind = LW_MAP_USER;
	e.account = lw_str(user);
	e.id = FIRST + i;
	e.gid = 545;
	e.texts = 5;
	e.text[0] = lw_str(name);
	e.text[1] = LW_STR("x");
	e.text[2] = LW_STR("Somebody");
	e.text[3] = LW_STR("/home/somebody");
	e.text[4] = LW_STR("/bin/sh");
	put(f, &e);
	e.kind = LW_MAP_GROUPS_OF;
	e.texts = 0;
	e.id = e.gid = 0;
	e.gids = gids;
	e.count = 3;
	put(f, &e);
	e.kind = LW_MAP_MEMBERS;
	e.account = lw_str(group);
	e.id = FIRST + 100 + i;
	e.gids = NULL;
	e.texts = 2;
	e.members = members;
	e.count = 2;
	put(f, &e);
	e.kind = LW_MAP_GROUP;
	e.account = (struct lw_str) { "", 0 };
	e.members = NULL;
	e.count = 0;
	put(f, &e);
	snprintf(name, sizeof(name), "nobody%u", i);
	lw_map_file_miss(f, LW_MAP_USER, lw_str(name), false, UINT32_MAX);
}

static char folder[] = "/tmp/lw-fuzz-map.XXXXXX";

static void remove_folder(void)
{
	unlink(LW_MAP_PATH);
	rmdir(folder);
}

/* LW_MAP_PATH is there: this is its folder, known by its descriptor. */
static void make_folder(void)
{
	int fd;

	if (!mkdtemp(folder) ||
	    (fd = open(folder, O_RDONLY | O_DIRECTORY)) < 0 ||
	    dup2(fd, FOLDER) < 0)
		abort();
	close(fd);
	atexit(remove_folder);
}

static void make_whole(void)
{
	const struct lw_map_setup s = { .path = LW_MAP_PATH,
					.domain = "lightwave.test",
					.netbios = "lwave",
					.bare = true,
					.ids = { .domain_sid = "" } };
	lw_cleanup(lw_fclose) FILE *in = NULL;
	struct lw_map_file *f;

	make_folder();
	if (lw_map_file_new(&s, 1, &f) != LW_OK)
		abort();
	lw_map_file_times(f, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX,
			  UINT32_MAX);
	for (uint32_t i = 0; i < USERS; i++)
		put_one(f, i);
	whole_n = lw_map_file_stats(f).size;
	whole = malloc(whole_n);
	if (!whole || lw_map_file_publish(f) != LW_OK)
		abort();
	lw_map_file_free(f);
	in = fopen(LW_MAP_PATH, "re");
	if (!in || fread(whole, 1, whole_n, in) != whole_n)
		abort();
}

static uint32_t hash_slot(const char *account, enum lw_map_kind kind,
			  uint32_t mask)
{
	const struct lw_map_head *h = (const void *)whole;
	struct lw_map_key key;

	lw_map_key(h->seed, kind, account, strlen(account), &key);
	return (uint32_t)key.hash & mask;
}

/* Where a change goes; always within the whole map. */
static size_t place(const uint8_t c[CHANGE])
{
	const struct lw_map_head *h = (const void *)whole;
	char account[32];
	struct lw_map_key key;

	switch ((enum where)(c[0] % WHERES)) {
	case HEAD:
	case SIZE:
		return c[1] * 4u % sizeof(*h);
	case BY_KEY:
		snprintf(account, sizeof(account), "user%u", c[1] % USERS);
		return h->by_key_at +
		       4 * hash_slot(account,
				     c[2] % 2 ? LW_MAP_USER : LW_MAP_GROUPS_OF,
				     h->by_key_n - 1);
	case BY_ID:
		lw_map_key_id(h->seed, LW_MAP_USER | LW_MAP_BY_ID,
			      FIRST + c[1] % USERS, &key);
		return h->by_id_at +
		       4 * ((uint32_t)key.hash & (h->by_id_n - 1));
	case RECORD:
		return records[c[1] % records_n] + 4u * (c[2] % 48);
	case MISS:
		snprintf(account, sizeof(account), "nobody%u", c[1] % USERS);
		lw_map_key(h->seed, LW_MAP_USER, account, strlen(account),
			   &key);
		return h->misses_at +
		       sizeof(struct lw_map_miss) *
			       lw_map_miss_slot(key.hash, h->misses_n - 1) +
		       4u * (c[2] % 30);
	case ANYWHERE:
	case WHERES:
		break;
	}
	return (size_t)(c[1] << 8 | c[2]) * 8 % (whole_n - 8);
}

/* Values that mean something where they are, and any other. */
static uint32_t value(const uint8_t c[CHANGE])
{
	uint32_t v = lw_get_u32(c + 3);

	switch (v >> 28) {
	case 1:
		return records[v % records_n];
	case 2:
		return (uint32_t)whole_n - v % 64;
	case 3:
		return v % 256;
	default:
		return v;
	}
}

/* What is told to be the record's, as the module copies it. */
static void read_all(const struct lw_map *m, const struct lw_map_view *found)
{
	const uint8_t *text = found->text, *end = m->base + m->size;
	size_t n = found->r->kind == LW_MAP_GROUPS_OF ? 4 * (size_t)found->count
						      : found->text_n;
	lw_cleanup(lw_free) uint8_t *copy = NULL;

	fuzz_holds(text <= end && n <= (size_t)(end - text),
		   "a record lies within the map");
	copy = malloc(n + 1);
	if (!copy)
		abort();
	memcpy(copy, text, n);
}

/* The whole map with the input's changes; the caller frees. */
static uint8_t *change(const uint8_t *p, const uint8_t *end, size_t *ret_n)
{
	uint8_t *map = malloc(whole_n);
	size_t n = whole_n;

	if (!map)
		abort();
	memcpy(map, whole, whole_n);
	for (; (size_t)(end - p) >= CHANGE; p += CHANGE) {
		uint32_t v = value(p);

		memcpy(map + place(p), &v, sizeof(v));
		if (p[0] % WHERES == SIZE)
			n = v % (whole_n + 1);
	}
	*ret_n = n;
	return map;
}

static void ends_within(const char *s)
{
	fuzz_holds(s >= buf && s < buf + sizeof(buf) &&
			   memchr(s, 0, (size_t)(buf + sizeof(buf) - s)),
		   "a string ends in the caller's memory");
}

static void id_is_nobody_s(uint32_t id)
{
	fuzz_holds(id != 0 && id != UINT32_MAX, "no id is root's or -1");
}

static void judge_user(enum nss_status s, const struct passwd *pw)
{
	if (s != NSS_STATUS_SUCCESS)
		return;
	answers++;
	id_is_nobody_s(pw->pw_uid);
	id_is_nobody_s(pw->pw_gid);
	ends_within(pw->pw_name);
	ends_within(pw->pw_passwd);
	ends_within(pw->pw_gecos);
	ends_within(pw->pw_dir);
	ends_within(pw->pw_shell);
}

static void judge_group(enum nss_status s, const struct group *gr)
{
	if (s != NSS_STATUS_SUCCESS)
		return;
	answers++;
	id_is_nobody_s(gr->gr_gid);
	ends_within(gr->gr_name);
	ends_within(gr->gr_passwd);
	for (char **m = gr->gr_mem; *m; m++)
		ends_within(*m);
}

static void ask_gids(const char *name)
{
	gid_t *gids = malloc(sizeof(*gids));
	long start = 0, size = 1;
	int e;

	if (gids &&
	    _nss_lightwave_initgroups_dyn(name, (gid_t)-1, &start, &size, &gids,
					  -1, &e) == NSS_STATUS_SUCCESS) {
		for (long i = 0; i < start; i++)
			id_is_nobody_s(gids[i]);
		answers++;
	}
	free(gids);
}

static void ask_all(void)
{
	struct passwd pw;
	struct group gr;
	char name[64];
	int e;

	for (uint32_t i = 0; i < USERS; i++) {
		snprintf(name, sizeof(name), "user%u@lightwave.test", i);
		judge_user(_nss_lightwave_getpwnam_r(name, &pw, buf,
						     sizeof(buf), &e),
			   &pw);
		judge_user(_nss_lightwave_getpwuid_r(FIRST + i, &pw, buf,
						     sizeof(buf), &e),
			   &pw);
		ask_gids(name);
		snprintf(name, sizeof(name), "nobody%u@lightwave.test", i);
		judge_user(_nss_lightwave_getpwnam_r(name, &pw, buf,
						     sizeof(buf), &e),
			   &pw);
		snprintf(name, sizeof(name), "group%u@lightwave.test", i);
		judge_group(_nss_lightwave_getgrnam_r(name, &gr, buf,
						      sizeof(buf), &e),
			    &gr);
		judge_group(_nss_lightwave_getgrgid_r(FIRST + 100 + i, &gr, buf,
						      sizeof(buf), &e),
			    &gr);
	}
}

/* The same questions of the file, through the module. */
static void ask_module(const uint8_t *map, size_t n)
{
	static int fd = -1;
	const uint32_t retired = 1;

	if (fd >= 0 &&
	    pwrite(fd, &retired, sizeof(retired),
		   offsetof(struct lw_map_head, retired)) != sizeof(retired))
		abort();
	lw_close(&fd);
	unlink(LW_MAP_PATH);
	fd = open(LW_MAP_PATH, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, map, n) != (ssize_t)n)
		abort();
	ask_all();
}

/* The heap ends where the map does, so that ASan sees one byte too far. */
static bool ask_reader(const uint8_t *map, size_t n)
{
	lw_cleanup(lw_free) uint8_t *exact = malloc(n ? n : 1);
	struct lw_map_view found;
	struct lw_map m;
	char name[64];

	if (!exact)
		abort();
	memcpy(exact, map, n);
	if (lw_map_check(exact, n, &m) != LW_OK)
		return false;
	for (uint32_t i = 0; i < USERS * LW_MAP_KIND_COUNT; i++) {
		enum lw_map_kind kind = i % LW_MAP_KIND_COUNT;

		snprintf(name, sizeof(name), "%s%u",
			 kind == LW_MAP_MEMBERS ? "group" : "user",
			 i / LW_MAP_KIND_COUNT);
		if (lw_map_by_name(&m, kind, name, LW_MAP_STALE, 1, &found) ==
		    LW_OK)
			read_all(&m, &found);
		if (lw_map_by_id(&m, kind, FIRST + i / LW_MAP_KIND_COUNT,
				 LW_MAP_FRESH, 1, &found) == LW_OK)
			read_all(&m, &found);
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	lw_cleanup(lw_free) uint8_t *map = NULL;
	size_t n;

	if (!whole)
		make_whole();
	answers = 0;
	map = change(data, data + size, &n);
	if (ask_reader(map, n))
		ask_module(map, n);
	fuzz_count(answers > 0);
	return 0;
}
