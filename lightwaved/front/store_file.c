/* store_file.c - records with checksums in an LMDB. The store process. */
#include "store_file.h"

#include "cleanup.h"

#include <errno.h>
#include <lmdb.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#define SUM 8

/* Sorts behind all others: u64 count, u64 sums of these, combined by xor. */
static const char total_key[] = "~";

struct lw_store_file {
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi db;
	uint64_t count, sums; /* of the change that was begun */
	uint8_t *buf;	      /* for a record, its sum before it */
	size_t size;
};

static char why[160];

const char *lw_store_file_why(void)
{
	return why;
}

static enum lw_err failed(int r)
{
	snprintf(why, sizeof(why), "%s", mdb_strerror(r));
	switch (r) {
	case MDB_INVALID:
	case MDB_VERSION_MISMATCH:
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_PANIC:
	case MDB_INCOMPATIBLE:
	case MDB_BAD_VALSIZE:
	/* A new one has none of the pages that an old one does not give back.
	 */
	case MDB_MAP_FULL:
		return LW_INVALID;
	default:
		return LW_OFFLINE;
	}
}

static enum lw_err damaged(const char *what)
{
	snprintf(why, sizeof(why), "%s", what);
	return LW_INVALID;
}

static MDB_val val(struct lw_str s)
{
	return (MDB_val) { s.n, (void *)(uintptr_t)s.s };
}

static enum lw_err reserve(struct lw_store_file *f, size_t n)
{
	uint8_t *p;

	if (n <= f->size)
		return LW_OK;
	p = realloc(f->buf, n);
	if (!p)
		return failed(ENOMEM);
	f->buf = p;
	f->size = n;
	return LW_OK;
}

static uint64_t get_u64(const uint8_t *p)
{
	return (uint64_t)lw_get_u32(p) << 32 | lw_get_u32(p + 4);
}

static void put_u64(uint8_t *p, uint64_t v)
{
	lw_put_u32(p, (uint32_t)(v >> 32));
	lw_put_u32(p + 4, (uint32_t)v);
}

/*
 * f->buf becomes sum and value, as they are stored; nobody who could write
 * this file is kept out by the sum, so its key is no secret.
 */
static enum lw_err seal(struct lw_store_file *f, struct lw_str key,
			const void *value, size_t n)
{
	static const uint8_t k[crypto_shorthash_KEYBYTES] = "lightwave store";
	uint8_t sum[crypto_shorthash_BYTES];

	_Static_assert(sizeof(sum) == SUM, "a sum is eight bytes");
	if (reserve(f, SUM + n + key.n) != LW_OK)
		return LW_OFFLINE;
	if (n)
		memcpy(f->buf + SUM, value, n);
	memcpy(f->buf + SUM + n, key.s, key.n);
	crypto_shorthash(sum, f->buf + SUM, n + key.n, k);
	memcpy(f->buf, sum, SUM);
	return LW_OK;
}

static int open_env(struct lw_store_file *f, const char *path, size_t max,
		    bool write)
{
	/* One process has it at a time: store_process.c sees to that. */
	unsigned int flags =
		MDB_NOSUBDIR | MDB_NOLOCK | (write ? 0 : MDB_RDONLY);
	int r = mdb_env_create(&f->env);

	if (r == 0)
		r = mdb_env_set_mapsize(f->env, max);
	if (r == 0)
		r = mdb_env_open(f->env, path, flags, 0600);
	return r;
}

enum lw_err lw_store_file_open(const char *path, size_t max, bool write,
			       struct lw_store_file **ret)
{
	struct lw_store_file *f;
	struct stat st;
	enum lw_err e;
	int r;

	if (stat(path, &st) < 0 && errno != ENOENT)
		return failed(errno);
	else if (!write && (access(path, F_OK) < 0 || st.st_size == 0))
		return LW_NOTFOUND;
	f = calloc(1, sizeof(*f));
	if (!f)
		return failed(ENOMEM);
	r = open_env(f, path, max, write);
	if (r == 0)
		r = mdb_txn_begin(f->env, NULL, write ? 0 : MDB_RDONLY,
				  &f->txn);
	if (r == 0)
		r = mdb_dbi_open(f->txn, NULL, 0, &f->db);
	if (r == 0) {
		*ret = f;
		return LW_OK;
	}
	e = failed(r);
	lw_store_file_close(f);
	return e;
}

void lw_store_file_close(struct lw_store_file *f)
{
	if (!f)
		return;
	if (f->txn)
		mdb_txn_abort(f->txn);
	if (f->env)
		mdb_env_close(f->env);
	free(f->buf);
	free(f);
}

static void cursor_done(MDB_cursor **c)
{
	if (*c)
		mdb_cursor_close(*c);
}

enum lw_err lw_store_file_each(struct lw_store_file *f, lw_store_each_fn *fn,
			       void *arg)
{
	lw_cleanup(cursor_done) MDB_cursor *c = NULL;
	int r = mdb_cursor_open(f->txn, f->db, &c);
	MDB_val k, v;

	while (r == 0 && (r = mdb_cursor_get(c, &k, &v, MDB_NEXT)) == 0) {
		enum lw_err e;

		if (v.mv_size < SUM)
			return damaged("a record without a checksum");
		e = fn(arg, (struct lw_str) { k.mv_data, k.mv_size },
		       (struct lw_str) { (char *)v.mv_data + SUM,
					 v.mv_size - SUM });
		if (e != LW_OK)
			return e;
	}
	return r == MDB_NOTFOUND ? LW_OK : failed(r);
}

struct check {
	struct lw_store_file *f;
	uint64_t count, sums;
	bool total;
};

static enum lw_err check_one(void *arg, struct lw_str key, struct lw_str value)
{
	struct check *c = arg;
	struct lw_store_file *f = c->f;

	if (key.n == 0)
		return damaged("a record without a key");
	if (seal(f, key, value.s, value.n) != LW_OK)
		return LW_OFFLINE;
	if (memcmp(f->buf, value.s - SUM, SUM) != 0)
		return damaged("a wrong checksum");
	if (lw_str_eq(key, total_key)) {
		c->total = value.n == 16;
		f->count = c->total ? get_u64(f->buf + SUM) : 0;
		f->sums = c->total ? get_u64(f->buf + SUM + 8) : 0;
		return LW_OK;
	}
	c->count++;
	c->sums ^= get_u64(f->buf);
	return LW_OK;
}

enum lw_err lw_store_file_check(struct lw_store_file *f)
{
	struct check c = { .f = f };
	enum lw_err e = lw_store_file_each(f, check_one, &c);

	if (e != LW_OK)
		return e;
	/* Made, and nothing was ever committed. */
	if (c.count == 0 && !c.total)
		return LW_OK;
	if (!c.total || c.count != f->count || c.sums != f->sums)
		return damaged("records are missing or of another time");
	return LW_OK;
}

enum lw_err lw_store_file_begin(struct lw_store_file *f)
{
	MDB_val k = val(lw_str(total_key)), v;
	int r = mdb_get(f->txn, f->db, &k, &v);

	f->count = f->sums = 0;
	if (r == MDB_NOTFOUND)
		return LW_OK;
	if (r != 0)
		return failed(r);
	if (v.mv_size != SUM + 16)
		return damaged("a wrong total");
	f->count = get_u64((uint8_t *)v.mv_data + SUM);
	f->sums = get_u64((uint8_t *)v.mv_data + SUM + 8);
	return LW_OK;
}

/* It leaves the total. */
static enum lw_err leaves(struct lw_store_file *f, const MDB_val *old)
{
	if (old->mv_size < SUM)
		return damaged("a record without a checksum");
	f->count--;
	f->sums ^= get_u64(old->mv_data);
	return LW_OK;
}

enum lw_err lw_store_file_put(struct lw_store_file *f, struct lw_str key,
			      struct lw_str value)
{
	MDB_val k = val(key), v, old;
	int r = mdb_get(f->txn, f->db, &k, &old);

	if (seal(f, key, value.s, value.n) != LW_OK)
		return LW_OFFLINE;
	v = (MDB_val) { SUM + value.n, f->buf };
	if (r == 0 && old.mv_size == v.mv_size &&
	    memcmp(old.mv_data, v.mv_data, v.mv_size) == 0)
		return LW_OK;
	if (r == 0 && leaves(f, &old) != LW_OK)
		return LW_INVALID;
	if (r == 0 || r == MDB_NOTFOUND)
		r = mdb_put(f->txn, f->db, &k, &v, 0);
	if (r != 0)
		return failed(r);
	f->count++;
	f->sums ^= get_u64(f->buf);
	return LW_OK;
}

enum lw_err lw_store_file_drop(struct lw_store_file *f, struct lw_str key)
{
	MDB_val k = val(key), old;
	int r = mdb_get(f->txn, f->db, &k, &old);

	if (r == MDB_NOTFOUND)
		return LW_OK;
	if (r == 0 && leaves(f, &old) != LW_OK)
		return LW_INVALID;
	if (r == 0)
		r = mdb_del(f->txn, f->db, &k, NULL);
	return r == 0 ? LW_OK : failed(r);
}

enum lw_err lw_store_file_wipe(struct lw_store_file *f, char first)
{
	lw_cleanup(cursor_done) MDB_cursor *c = NULL;
	int r = mdb_cursor_open(f->txn, f->db, &c);

	while (r == 0) {
		MDB_val k = { 1, &first }, v;

		r = mdb_cursor_get(c, &k, &v, MDB_SET_RANGE);
		if (r != 0 || *(const char *)k.mv_data != first)
			break;
		if (leaves(f, &v) != LW_OK)
			return LW_INVALID;
		r = mdb_cursor_del(c, 0);
	}
	return r == 0 || r == MDB_NOTFOUND ? LW_OK : failed(r);
}

enum lw_err lw_store_file_commit(struct lw_store_file *f)
{
	struct lw_str key = lw_str(total_key);
	MDB_val k = val(key), v;
	uint8_t total[16];
	int r;

	put_u64(total, f->count);
	put_u64(total + 8, f->sums);
	if (seal(f, key, total, sizeof(total)) != LW_OK)
		return LW_OFFLINE;
	v = (MDB_val) { SUM + sizeof(total), f->buf };
	r = mdb_put(f->txn, f->db, &k, &v, 0);
	if (r == 0) {
		r = mdb_txn_commit(f->txn);
		f->txn = NULL;
	}
	return r == 0 ? LW_OK : failed(r);
}
