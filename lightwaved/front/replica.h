/*
 * replica.h - a directory's users and groups, kept whole in memory. The front;
 * pure.
 *
 * Entries are found by DN, SID and claimed name in constant time. Members are
 * DNs, which may be of entries that come later or never (dangling); who is in
 * which group is worked out here, nested, over any cycle. Facts as the worker
 * reported them: who owns a name, and what is served, policy.h decides at
 * every lookup (replica_names.c).
 */
#ifndef LW_REPLICA_H
#define LW_REPLICA_H

#include "hash.h"
#include "job_sync.h"
#include "policy.h"

#define LW_DN_MAX 4096 /* a longer one is nobody's */

/*
 * What a replica of so many entries may take, which on the average is a sixth
 * of that. While one is read anew there are two. MemoryMax= of lightwaved's
 * unit is made for the largest number that can be configured.
 */
#define LW_REPLICA_BYTES(n) ((size_t)(n)*2048 + 1024 * 1024)

/* An entry, or a DN that a group has for a member and that is none. */
struct lw_known {
	struct lw_hash_link by_dn, by_sid, by_sam, by_upn;
	struct lw_known **in;	   /* groups that have it as a member */
	struct lw_known **members; /* a group's, each once */
	uint32_t in_n, in_max, member_n;
	uint32_t uac;
	uint64_t mark; /* of the last walk that came by */
	uint64_t seen; /* the last sweep that had it */
	char *facts;   /* sid, sam, upn, given, sn, each with a NUL after it */
	uint16_t len[5], dn_n;
	uint8_t kind; /* enum lw_kind; 0: dangling */
	/*
	 * It may be gone or changed, and the answer to the question of this
	 * number will tell; 0: it is believed.
	 */
	uint64_t doubt;
	bool has_sam, has_upn;
	char dn[];
};

struct lw_replica {
	struct lw_hash by_dn, by_sid, by_sam, by_upn;
	struct lw_naming naming; /* borrowed: whose UPNs claim names */
	uint64_t mark, sweep;
	uint64_t asked; /* the number of the last question */
	size_t users, groups, dangling;
	size_t refused;	       /* entries and members that nobody can have */
	size_t groups_doubted; /* since the last sweep */
	size_t settled;	       /* doubts that the last sweep has ended */
	size_t bytes;	       /* of all this */
	/* What is known of that SID is known otherwise. NULL: nobody asks. */
	void (*changed_fn)(void *arg, struct lw_str sid);
	void *changed_arg;
};

/* naming is borrowed for good. LW_NOMEM. */
enum lw_err lw_replica_new(const struct lw_naming *naming,
			   struct lw_replica **ret);
void lw_replica_free(struct lw_replica *r);

/*
 * Take over an entry, in place of what was known by its DN or its SID. What a
 * group no longer has as a member is doubted: that is how a deletion shows.
 * LW_INVALID: it is no entry (counted as refused). LW_NOMEM: r is incomplete.
 */
enum lw_err lw_replica_put(struct lw_replica *r, const struct lw_sync_entry *e);

/* It is gone. */
void lw_replica_drop(struct lw_replica *r, struct lw_known *k);

/*
 * replica_doubt.c: what another server says of an entry may be older than what
 * is kept, and replaces nothing: only where it is the same it ends a doubt.
 * false: it is not, or that SID is not known.
 */
bool lw_replica_confirm(struct lw_replica *r, const struct lw_entry *e);

/* Whether that is what is kept already, members too, and nothing doubted. */
bool lw_replica_has(const struct lw_replica *r, const struct lw_sync_entry *e);

/*
 * A question begins. What is put or seen from now on is its answer: it settles
 * the doubts there were, and none that come later.
 */
void lw_replica_asked(struct lw_replica *r);
/* k may be gone or changed, as the answer to the next question will tell. */
void lw_replica_doubt(struct lw_replica *r, struct lw_known *k);
/* Whoever came to be doubted in `from` since its last question is so in r. */
void lw_replica_doubt_as(struct lw_replica *r, struct lw_replica *from);

/*
 * Between these two: in the end whoever was not seen is dropped, the number of
 * which is returned, and doubts of the others are settled.
 */
void lw_replica_sweep(struct lw_replica *r);
void lw_replica_seen(struct lw_replica *r, struct lw_str sid);
size_t lw_replica_swept(struct lw_replica *r);

/* NULL: no such entry. Borrowed until the next put or drop. */
struct lw_known *lw_replica_by_sid(const struct lw_replica *r,
				   struct lw_str sid);
struct lw_known *lw_replica_by_dn(const struct lw_replica *r, struct lw_str dn);
struct lw_known *lw_replica_by_id(const struct lw_replica *r,
				  const struct lw_idmap *map, enum lw_kind kind,
				  uint32_t id);

/* What the worker said of k; views into it. */
struct lw_entry lw_known_entry(const struct lw_known *k);

/*
 * replica_members.c: all groups that k is in, and all users that are in k,
 * directly or through groups, each once. ret is the caller's to free; what it
 * points to is borrowed. LW_NOMEM.
 */
enum lw_err lw_replica_groups_of(struct lw_replica *r, struct lw_known *k,
				 struct lw_known ***ret, size_t *ret_n);
enum lw_err lw_replica_members_of(struct lw_replica *r, struct lw_known *k,
				  struct lw_known ***ret, size_t *ret_n);
/*
 * replica_path.c: the groups that member is in group by, a shortest way: one
 * that it is a member of itself first, group last. ret as above. LW_NOTFOUND:
 * it is not in it. LW_NOMEM.
 */
enum lw_err lw_replica_path(struct lw_replica *r, struct lw_known *member,
			    const struct lw_known *group,
			    struct lw_known ***ret, size_t *ret_n);
/* Inside: the members of k are these, from now on. */
enum lw_err lw_replica_relate(struct lw_replica *r, struct lw_known *k,
			      uint32_t count, struct lw_rd members);
struct lw_known *lw_replica_intern(struct lw_replica *r, struct lw_str dn);
void lw_replica_tidy(struct lw_replica *r, struct lw_known *k);

/*
 * replica_names.c: whether anybody claims that folded name, who owns it (NULL:
 * nobody), and whether one of them is doubted. LW_NOTFOUND: nobody claims it.
 * LW_NOMEM.
 */
struct lw_owner {
	struct lw_known *who;
	struct lw_known *claimant; /* one of them */
	size_t claimants;	   /* entries, by whichever of their names */
	bool doubted;
};
enum lw_err lw_replica_owner(const struct lw_replica *r,
			     const struct lw_policy *p, enum lw_kind kind,
			     const char *account, struct lw_owner *ret);

/*
 * These n entries are all that claim that name now: who else was known to is
 * doubted.
 */
void lw_replica_doubt_others(struct lw_replica *r, enum lw_kind kind,
			     const char *account,
			     const struct lw_entry *entries, size_t n);

/* As lw_policy_object(), with everybody who claims its names. */
enum lw_err lw_replica_object(const struct lw_replica *r,
			      const struct lw_policy *p, struct lw_known *k,
			      struct lw_object **ret, char *why,
			      size_t why_size);

/* Inside: tell changed_fn. */
void lw_replica_tell(const struct lw_replica *r, const struct lw_known *k);
/* Inside: whether that is its DN. */
bool lw_replica_has_dn(const struct lw_known *k, struct lw_str dn);
/* Inside: put k under the names it claims, or take it away from them. */
void lw_replica_claim(struct lw_replica *r, struct lw_known *k);
void lw_replica_unclaim(struct lw_replica *r, struct lw_known *k);

#endif
