/* map_file.c - the map's file: made, named, made larger. The front. */
#include "map_parts.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>

#define RECORD_BYTES 192 /* of a user, about */
#define SPARE_BYTES  65536

struct layout {
	uint64_t by_key_at, by_id_at, misses_at, records_at, size;
	uint32_t buckets;
};

static bool lay_out(uint64_t records, uint64_t bytes, struct layout *ret)
{
	uint32_t buckets = 256;

	/* Two for each record: most chains are of one. */
	while (buckets < 2 * records && buckets < UINT32_C(1) << 24)
		buckets *= 2;
	ret->buckets = buckets;
	ret->by_key_at = (sizeof(struct lw_map_head) + 63) / 64 * 64;
	ret->by_id_at = ret->by_key_at + UINT64_C(4) * buckets;
	ret->misses_at = ret->by_id_at + UINT64_C(4) * buckets;
	ret->records_at =
		ret->misses_at + sizeof(struct lw_map_miss) * LW_MAP_MISSES;
	ret->size = (ret->records_at + bytes + 4095) / 4096 * 4096;
	return ret->size <= LW_MAP_SIZE_MAX;
}

/* A signal may end it half-way. */
static bool allocate(int fd, size_t size)
{
	int e;

	do
		e = posix_fallocate(fd, 0, (off_t)size);
	while (e == EINTR);
	return e == 0;
}

/* NULL: no space, or no such folder. */
static void *make_file(const char *path, size_t size)
{
	lw_cleanup(lw_close) int fd = -1;
	void *p;

	unlink(path);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		  0644);
	if (fd < 0)
		return NULL;
	/* Whatever the umask: all may read it. */
	p = fchmod(fd, 0644) < 0 || !allocate(fd, size)
		    ? MAP_FAILED
		    : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			   0);
	if (p == MAP_FAILED) {
		unlink(path);
		return NULL;
	}
	return p;
}

static void copy_name(char to[LW_MAP_NAME], uint8_t *ret_n, const char *s)
{
	size_t n = strnlen(s, LW_MAP_NAME - 1);

	memcpy(to, s, n);
	*ret_n = (uint8_t)n;
}

static void fill_head(struct lw_map_head *h, const struct lw_map_setup *s,
		      const struct layout *l, uint64_t seed)
{
	h->version = LW_MAP_VERSION;
	h->size = (uint32_t)l->size;
	h->seed = seed;
	h->by_key_at = (uint32_t)l->by_key_at;
	h->by_id_at = (uint32_t)l->by_id_at;
	h->by_key_n = h->by_id_n = l->buckets;
	h->misses_at = (uint32_t)l->misses_at;
	h->misses_n = LW_MAP_MISSES;
	h->records_at = (uint32_t)l->records_at;
	h->well_known_base = s->ids.well_known_base;
	h->legacy_sids = s->ids.legacy_sids;
	h->bare = s->bare;
	h->stale_max = s->stale_max;
	h->rights_max = s->rights_max;
	copy_name(h->domain, &h->domain_n, s->domain);
	copy_name(h->netbios, &h->netbios_n, s->netbios);
	h->magic = LW_MAP_MAGIC;
}

/* Into f, which has none yet, or whose last one is taken away by the caller. */
static enum lw_err begin(struct lw_map_file *f, uint64_t records,
			 uint64_t bytes, uint64_t seed)
{
	struct layout l;
	uint8_t *base;

	if (!lay_out(records, bytes, &l))
		return LW_NOMEM;
	base = make_file(f->new[!f->which], (size_t)l.size);
	if (!base)
		return LW_NOMEM;
	f->which = !f->which;
	fill_head((void *)base, &f->setup, &l, seed);
	f->base = base;
	f->size = (uint32_t)l.size;
	f->used = (uint32_t)l.records_at;
	f->dead = 0;
	f->records = 0;
	return LW_OK;
}

/* The head of whatever has the name now, of any version; NULL: nothing. */
static struct lw_map_head *open_head(const char *path)
{
	lw_cleanup(lw_close) int fd =
		open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	void *p;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_size < (off_t)sizeof(struct lw_map_head))
		return NULL;
	p = mmap(NULL, sizeof(struct lw_map_head), PROT_READ | PROT_WRITE,
		 MAP_SHARED, fd, 0);
	return p == MAP_FAILED ? NULL : p;
}

/* Whether a name or an id means in it what it will mean in f. */
static bool same_setup(const struct lw_map_head *a, const struct lw_map_head *b)
{
	return a->magic == b->magic && a->version == b->version &&
	       a->well_known_base == b->well_known_base &&
	       a->legacy_sids == b->legacy_sids && a->bare == b->bare &&
	       a->domain_n == b->domain_n && a->netbios_n == b->netbios_n &&
	       !memcmp(a->domain, b->domain, a->domain_n) &&
	       !memcmp(a->netbios, b->netbios, a->netbios_n);
}

/*
 * What an earlier front left has the name until this one's is ready: it counts
 * only where we cannot tell, since nobody renews it. One that reads names in
 * another way counts no more.
 */
static void take_over(struct lw_map_file *f)
{
	struct lw_map_head *old = open_head(f->path);

	if (!old)
		return;
	if (!same_setup(old, lw_map_file_head(f))) {
		if (old->magic == LW_MAP_MAGIC)
			atomic_store_explicit(&old->retired, 1,
					      memory_order_release);
		unlink(f->path);
		munmap(old, sizeof(*old));
		return;
	}
	atomic_store_explicit(&old->fresh_rights_until, 0,
			      memory_order_release);
	atomic_store_explicit(&old->fresh_until, 0, memory_order_release);
	f->old = old;
}

static char *new_name(const char *path, int which)
{
	char *ret;

	return asprintf(&ret, "%s.new%d", path, which) < 0 ? NULL : ret;
}

enum lw_err lw_map_file_new(const struct lw_map_setup *s, uint32_t records,
			    struct lw_map_file **ret)
{
	struct lw_map_file *f = calloc(1, sizeof(*f));
	uint64_t seed;

	if (!f)
		return LW_NOMEM;
	f->setup = *s;
	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed) ||
	    !(f->path = strdup(s->path)) ||
	    !(f->new[0] = new_name(s->path, 0)) ||
	    !(f->new[1] = new_name(s->path, 1)) ||
	    begin(f, records, (uint64_t)records * RECORD_BYTES + SPARE_BYTES,
		  seed) != LW_OK) {
		lw_map_file_free(f);
		return LW_NOMEM;
	}
	take_over(f);
	*ret = f;
	return LW_OK;
}

/* What was published stays there, and true as long as its times say. */
void lw_map_file_free(struct lw_map_file *f)
{
	if (!f)
		return;
	if (f->base) {
		munmap(f->base, f->size);
		if (!f->published)
			unlink(f->new[f->which]);
	}
	if (f->old)
		munmap(f->old, sizeof(*f->old));
	free(f->path);
	free(f->new[0]);
	free(f->new[1]);
	free(f->scratch);
	free(f);
}

/* Its readers look for the name again, so another file must have that. */
bool lw_map_file_alone(const struct lw_map_file *f)
{
	return !f->published && !f->old;
}

enum lw_err lw_map_file_publish(struct lw_map_file *f)
{
	if (f->published)
		return LW_OK;
	if (!f->old)
		f->old = open_head(f->path);
	if (rename(f->new[f->which], f->path) < 0)
		return LW_NOMEM;
	f->published = true;
	if (f->old) {
		atomic_store_explicit(&f->old->retired, 1,
				      memory_order_release);
		munmap(f->old, sizeof(*f->old));
		f->old = NULL;
	}
	return LW_OK;
}

void lw_map_file_withdraw(struct lw_map_file *f)
{
	if (!f || !f->published)
		return;
	unlink(f->path);
	atomic_store_explicit(&lw_map_file_head(f)->retired, 1,
			      memory_order_release);
}

static uint32_t copy_record(struct lw_map_file *to,
			    const struct lw_map_record *r)
{
	uint32_t at = to->used;

	memcpy(to->base + at, r, r->size);
	to->used += r->size;
	lw_map_file_link(to, at);
	return at;
}

/* Members that nobody has asked for since are not worth their bytes. */
static bool lives(const struct lw_map_record *r, uint32_t round)
{
	return atomic_load_explicit(&r->until, memory_order_relaxed) !=
		       LW_MAP_DEAD &&
	       (r->kind != LW_MAP_MEMBERS || r->round == round);
}

static void copy_living(struct lw_map_file *to, const struct lw_map_file *from)
{
	uint32_t at = lw_map_file_head(from)->records_at;
	uint32_t round = lw_map_file_head(from)->round;

	while (at < from->used) {
		const struct lw_map_record *r = lw_map_file_at(from, at);

		if (lives(r, round))
			copy_record(to, r);
		at += r->size;
	}
}

static void copy_head(struct lw_map_file *to, const struct lw_map_file *from)
{
	struct lw_map_head *a = lw_map_file_head(to);
	struct lw_map_head *b = lw_map_file_head(from);

	memcpy(lw_map_file_misses(to), lw_map_file_misses(from),
	       sizeof(struct lw_map_miss) * LW_MAP_MISSES);
	atomic_store(&a->round, atomic_load(&b->round));
	lw_map_file_times(to, atomic_load(&b->fresh_until),
			  atomic_load(&b->fresh_rights_until),
			  atomic_load(&b->stale_until),
			  atomic_load(&b->rights_until),
			  atomic_load(&b->alive_until));
}

/* A larger file of what lives takes the place of this one. */
static enum lw_err grow(struct lw_map_file *f, uint32_t n)
{
	struct lw_map_file old = *f;
	uint64_t living =
		old.used - lw_map_file_head(&old)->records_at - old.dead;
	enum lw_err e = begin(f, UINT64_C(3) * old.records / 2,
			      2 * (living + n) + SPARE_BYTES,
			      lw_map_file_head(&old)->seed);

	if (e != LW_OK)
		return e;
	copy_living(f, &old);
	copy_head(f, &old);
	f->published = false;
	if (old.published && lw_map_file_publish(f) != LW_OK) {
		munmap(f->base, f->size);
		unlink(f->new[f->which]);
		if (f->old)
			munmap(f->old, sizeof(*f->old));
		*f = old;
		return LW_NOMEM;
	}
	/* Also where its name could not be opened once more. */
	atomic_store_explicit(&lw_map_file_head(&old)->retired, 1,
			      memory_order_release);
	munmap(old.base, old.size);
	if (!old.published)
		unlink(old.new[old.which]);
	return LW_OK;
}

enum lw_err lw_map_file_reserve(struct lw_map_file *f, uint32_t n)
{
	if (n <= f->size - f->used)
		return LW_OK;
	if (f->full)
		return LW_NOMEM;
	f->full = grow(f, n) != LW_OK;
	return f->full ? LW_NOMEM : LW_OK;
}

void lw_map_file_times(struct lw_map_file *f, uint32_t fresh,
		       uint32_t fresh_rights, uint32_t stale, uint32_t rights,
		       uint32_t alive)
{
	struct lw_map_head *h = lw_map_file_head(f);

	atomic_store_explicit(&h->fresh_until, fresh, memory_order_release);
	atomic_store_explicit(&h->fresh_rights_until, fresh_rights,
			      memory_order_release);
	atomic_store_explicit(&h->stale_until, stale, memory_order_release);
	atomic_store_explicit(&h->rights_until, rights, memory_order_release);
	atomic_store_explicit(&h->alive_until, alive, memory_order_relaxed);
	if (f->old)
		atomic_store_explicit(&f->old->alive_until, alive,
				      memory_order_relaxed);
	f->full = false;
}

void lw_map_file_new_round(struct lw_map_file *f)
{
	atomic_fetch_add_explicit(&lw_map_file_head(f)->round, 1,
				  memory_order_release);
}

struct lw_map_stats lw_map_file_stats(const struct lw_map_file *f)
{
	return (struct lw_map_stats) {
		.size = f->size,
		.used = f->used,
		.dead = f->dead,
		.records = f->records,
		.full = f->full,
	};
}
