/*
 * cache.h - what the front knows, in its memory.
 *
 * Objects by id, owned names, group lists and member lists, each with the
 * moment the directory said so; the caller decides what is fresh enough.
 * Negative answers live in a table of their own, so that a flood of unknown
 * names pushes out nothing that exists. Nothing here waits or decides.
 */
#ifndef LW_CACHE_H
#define LW_CACHE_H

#include "policy.h"
#include "table.h"

/* A set of ids: the groups of a user, or the users of a group. */
struct lw_ids {
	int64_t at_ms;
	size_t n;
	uint32_t id[];
};

/*
 * The moment of a fact that may have changed since: fresh enough for nobody,
 * and better than nothing while the directory is away.
 */
#define LW_STALE (-1)

/* Whose a name is, for good. */
struct lw_owned_name {
	int64_t at_ms;
	uint32_t id;
	char sid[];
};

bool lw_ids_have(const struct lw_ids *ids, uint32_t id);

struct lw_cache {
	struct lw_table objects; /* kind and id -> struct lw_object */
	struct lw_table names;	 /* kind and folded name -> lw_owned_name */
	struct lw_table misses;	 /* either key -> when */
	struct lw_table claimed; /* of misses, names: several claim it */
	struct lw_table groups_of, members_of;
	struct lw_table changed;  /* kind and id -> when that was heard */
	struct lw_table doubted;  /* kind and id of whose list -> when */
	struct lw_table accepted; /* folded user name -> SID */
	char domain_sid[192];	  /* "" until a worker said it */

	/*
	 * What is kept under that key, which begins with the letter of its
	 * table, is another one now; key NULL: all answers were forgotten.
	 * NULL: nobody wants to know.
	 */
	void (*changed_fn)(void *arg, char table, const char *key);
	void *changed_arg;
};

/* The letters of its tables. */
#define LW_CACHE_OBJECTS    'o'
#define LW_CACHE_NAMES	    'n'
#define LW_CACHE_GROUPS_OF  'g'
#define LW_CACHE_MEMBERS_OF 'm'

void lw_cache_init(struct lw_cache *c);
void lw_cache_clear(struct lw_cache *c);

/*
 * Forgets every answer, because what they mean may have changed, but neither
 * the domain's SID nor which SID each name belongs to.
 */
void lw_cache_forget(struct lw_cache *c);

/* NULL if unknown, of whatever age; borrowed until something is kept. */
const struct lw_object *lw_cache_by_id(const struct lw_cache *c,
				       enum lw_kind kind, uint32_t id);
const struct lw_object *lw_cache_by_name(const struct lw_cache *c,
					 enum lw_kind kind, const char *account,
					 int64_t *ret_at);

/* When the directory last denied such an entry; -1: it did not. */
int64_t lw_cache_missed_id(const struct lw_cache *c, enum lw_kind kind,
			   uint32_t id);
int64_t lw_cache_missed_name(const struct lw_cache *c, enum lw_kind kind,
			     const char *account);
/* ... and whether it did because several claim that name. */
bool lw_cache_missed_claimed(const struct lw_cache *c, enum lw_kind kind,
			     const char *account);

const struct lw_ids *lw_cache_groups_of(const struct lw_cache *c, uint32_t uid);
const struct lw_ids *lw_cache_members_of(const struct lw_cache *c,
					 uint32_t gid);

/* What is known of that user or group may have changed. */
void lw_cache_doubt(struct lw_cache *c, enum lw_kind kind, uint32_t id);
/* So may who has that name, or that nobody has it. */
void lw_cache_doubt_name(struct lw_cache *c, enum lw_kind kind,
			 const char *account);

/*
 * Nor is the list of a user's groups, or of a group's members, believed that
 * was said by then, wherever it is kept; until when it is not, -1: it is. Who
 * keeps another list by that may end the doubt. LW_NOMEM.
 */
enum lw_err lw_cache_doubt_list(struct lw_cache *c, enum lw_kind kind,
				uint32_t id, int64_t at_ms);
int64_t lw_cache_list_doubted(const struct lw_cache *c, enum lw_kind kind,
			      uint32_t id);
void lw_cache_believe_list(struct lw_cache *c, enum lw_kind kind, uint32_t id);

/*
 * When a change of that user or group was last heard of; -1: not lately. For a
 * while after that others may answer what was before it. LW_NOMEM.
 */
enum lw_err lw_cache_changed(struct lw_cache *c, enum lw_kind kind, uint32_t id,
			     int64_t at_ms);
int64_t lw_cache_changed_at(const struct lw_cache *c, enum lw_kind kind,
			    uint32_t id);

/* The SID that this user name belongs to since it was first seen, or NULL. */
const char *lw_cache_pinned(void *cache, const char *account);

/* Whether it belongs to one whatever the configuration says. */
bool lw_cache_known(const struct lw_cache *c, const char *account);

/*
 * That user name belongs to that SID, whoever had it: said by the
 * configuration, anew whenever that is read. LW_NOMEM.
 */
void lw_cache_accept_none(struct lw_cache *c);
enum lw_err lw_cache_accept(struct lw_cache *c, const char *account,
			    const char *sid);

/* Each takes what it is given. LW_NOMEM. */
enum lw_err lw_cache_keep(struct lw_cache *c, struct lw_object *o);
enum lw_err lw_cache_keep_name(struct lw_cache *c, enum lw_kind kind,
			       const char *account, uint32_t id,
			       const char *sid, int64_t at_ms);
enum lw_err lw_cache_miss_id(struct lw_cache *c, enum lw_kind kind, uint32_t id,
			     int64_t at_ms);
enum lw_err lw_cache_miss_name(struct lw_cache *c, enum lw_kind kind,
			       const char *account, int64_t at_ms);
/* The same, because several claim it and it is nobody's. LW_NOMEM. */
enum lw_err lw_cache_miss_claimed(struct lw_cache *c, enum lw_kind kind,
				  const char *account, int64_t at_ms);
enum lw_err lw_cache_keep_groups_of(struct lw_cache *c, uint32_t uid,
				    struct lw_ids *ids);
enum lw_err lw_cache_keep_members_of(struct lw_cache *c, uint32_t gid,
				     struct lw_ids *ids);

#endif
