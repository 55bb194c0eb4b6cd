/* vault_keep.c - what is kept of one user. lightwaved-creds. */
#include "vault.h"

#include "file.h"
#include "log.h"

#include <stdio.h>
#include <string.h>

/* A file that nobody reads; writing it costs what writing a record does. */
#define NOBODY "nobody"

enum lw_err lw_vault_load(struct lw_vault *v, const char *name,
			  struct lw_record *ret)
{
	uint8_t bytes[LW_RECORD_MAX];
	struct lw_record rec;
	enum lw_err e;
	size_t n = 0;

	e = lw_file_read(v->dir, name, bytes, sizeof(bytes), &n);
	if (e == LW_OK)
		e = lw_record_decode(bytes, n, v->keys, &rec);
	if (e == LW_OK && strcmp(rec.sid, name) != 0)
		e = LW_INVALID;
	if (e == LW_INVALID) {
		lw_log(LOG_WARNING, "%s: no record of ours: removed", name);
		lw_file_wipe(v->dir, name);
		return LW_NOTFOUND;
	}
	if (e == LW_OK)
		*ret = rec;
	return e;
}

static enum lw_err save(struct lw_vault *v, const char *name,
			const struct lw_record *rec)
{
	uint8_t bytes[LW_RECORD_MAX] = { 0 };
	size_t n = lw_record_encode(rec, v->keys, bytes);

	return lw_file_replace(v->dir, name, bytes, n);
}

static void name_of(struct lw_str sid, char ret[LW_SID_MAX])
{
	snprintf(ret, LW_SID_MAX, "%.*s", (int)sid.n, sid.s);
}

enum lw_err lw_vault_store(struct lw_vault *v, struct lw_str sid,
			   struct lw_password password, int64_t now)
{
	struct lw_record rec = { .stored = now, .mark = now };
	enum lw_err e;

	if (!v->enabled)
		return LW_FORBIDDEN;
	/* The directory has just answered: so late it is. */
	lw_vault_clock(v, now);
	name_of(sid, rec.sid);
	e = lw_hash_make(v->keys, &v->cost, sid, password, rec.hash);
	if (e == LW_OK)
		e = save(v, rec.sid, &rec);
	/* What was there may be an older password. */
	if (e != LW_OK)
		lw_file_wipe(v->dir, rec.sid);
	return e;
}

/* As a wrong password for somebody who is there, to the last fsync(2). */
static enum lw_err nobody(struct lw_vault *v, struct lw_password password,
			  int64_t now)
{
	struct lw_record rec = { .mark = now };
	enum lw_err e;

	memset(rec.sid, 'S', 40);
	memset(rec.hash, '$', 97);
	e = save(v, NOBODY, &rec);
	return e == LW_OK ? lw_hash_nobody(v->keys, &v->cost, password) : e;
}

static enum lw_err refuse(struct lw_vault *v, const char *name,
			  struct lw_password password, int64_t now,
			  const char *why)
{
	if (*name)
		lw_log(LOG_NOTICE, "%s: refused: %s", name, why);
	return nobody(v, password, now);
}

/* Why it does not count. */
static enum lw_err refuse_record(struct lw_vault *v,
				 const struct lw_record *rec, enum lw_err e,
				 struct lw_password password, int64_t now)
{
	char why[96];

	if (e == LW_EXPIRED) {
		lw_file_wipe(v->dir, rec->sid);
		return refuse(v, rec->sid, password, now,
			      "it is too old: removed");
	}
	if (e == LW_SKEW)
		return refuse(v, rec->sid, password, now,
			      "the clock is behind what it was");
	snprintf(why, sizeof(why), "%u were wrong: paused for %lld s",
		 rec->failures, (long long)(rec->paused_until - now));
	return refuse(v, rec->sid, password, now, why);
}

enum lw_err lw_vault_check(struct lw_vault *v, struct lw_str sid,
			   struct lw_password password, int64_t now,
			   uint32_t *ret_age)
{
	char name[LW_SID_MAX];
	struct lw_record rec;
	enum lw_err e;

	if (!v->enabled)
		return LW_FORBIDDEN;
	lw_vault_tick(v, now);
	name_of(sid, name);
	e = sid.n ? lw_vault_load(v, name, &rec) : LW_NOTFOUND;
	if (e == LW_NOTFOUND)
		return refuse(v, name, password, now, "nothing is kept");
	if (e != LW_OK)
		return e;
	e = lw_record_judge(&rec, now, v->mark, v->max_age);
	if (e != LW_OK)
		return refuse_record(v, &rec, e, password, now);
	/* Whoever kills us before the answer has had his attempt. */
	lw_record_attempt(&rec, now);
	e = save(v, name, &rec);
	if (e == LW_OK)
		e = lw_hash_verify(v->keys, rec.hash, sid, password);
	if (e == LW_DENIED)
		lw_log(LOG_NOTICE, "%s: refused: wrong, %u in a row", name,
		       rec.failures);
	if (e != LW_OK)
		return e;
	lw_record_passed(&rec);
	save(v, name, &rec);
	*ret_age = (uint32_t)(now - rec.stored);
	lw_log(LOG_INFO, "%s: allowed", name);
	return LW_OK;
}

enum lw_err lw_vault_refused(struct lw_vault *v, struct lw_str sid,
			     struct lw_password password)
{
	char name[LW_SID_MAX];
	struct lw_record rec;
	enum lw_err e;

	if (!v->enabled)
		return LW_FORBIDDEN;
	name_of(sid, name);
	e = lw_vault_load(v, name, &rec);
	if (e == LW_OK)
		e = lw_hash_verify(v->keys, rec.hash, sid, password);
	if (e == LW_NOTFOUND || e == LW_DENIED)
		return LW_OK;
	if (e != LW_OK)
		return e;
	lw_log(LOG_NOTICE,
	       "%s: the directory no longer takes what is kept: "
	       "removed",
	       name);
	return lw_file_wipe(v->dir, name);
}

enum lw_err lw_vault_drop(struct lw_vault *v, struct lw_str sid)
{
	char name[LW_SID_MAX];

	if (!sid.n)
		return lw_vault_drop_all(v);
	name_of(sid, name);
	return lw_file_wipe(v->dir, name);
}
