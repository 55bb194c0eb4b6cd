/*
 * member.h - is that user whom a rule of sudoers means, and whom would a rule
 * mean that is about to be written: the questions of sudoers.d/, and
 * doc/PROTOCOL.md in C. Any process; libc only. Decoders as in proto.h.
 */
#ifndef LW_MEMBER_H
#define LW_MEMBER_H

#include "proto.h"

enum lw_member_for {
	LW_MEMBER_DECIDES = 1, /* sudo decides by it: the log says so */
	LW_MEMBER_TELLS,       /* an administrator wants to know */
	LW_MEMBER_FOR_COUNT
};

/*
 * member = u8 what_for, u32 uid, str user, str group
 *
 * LW_OK: the answer says yes or no; a disabled account is a no. LW_NOTOURS: a
 * local user, or nobody's uid here. LW_NOTFOUND: no such user, or no group
 * that is served by that name or has that SID. LW_OFFLINE, LW_NOWORKER,
 * LW_OUTDATED: his groups are not known, or not well enough; LW_INVALID: his
 * name is none. Whoever decides by it takes all of them for a no.
 */
struct lw_member {
	enum lw_member_for what_for;
	uint32_t uid; /* as his passwd entry has it; LW_NEVER: found by user */
	struct lw_str user;  /* his name, by that entry or as typed */
	struct lw_str group; /* in any accepted form, or a SID, also his own */
};
void lw_member_encode(struct lw_wr *w, const struct lw_member *m);
enum lw_err lw_member_decode(struct lw_rd *r, struct lw_member *ret);

/*
 * answer = u8 yes, u8 away, u32 age, u32 gid, str group, str sid,
 *          u32 count, count * str name
 */
struct lw_member_answer {
	bool yes;
	bool away;    /* the directory is: by what was last known */
	uint32_t age; /* seconds since it has confirmed that */
	uint32_t gid; /* the group's; with his own SID his uid */
	struct lw_str group, sid;
	/* From a group that he is in himself to the one asked for, each inside
	 * the next; none where that is not known. Read with lw_rd_str(). */
	uint32_t count;
	struct lw_rd path;
};
/* Puts count and no names: count * lw_wr_str() is the caller's. */
void lw_member_answer_encode(struct lw_wr *w, const struct lw_member_answer *a);
enum lw_err lw_member_answer_decode(struct lw_rd *r,
				    struct lw_member_answer *ret);

/*
 * resolve = u8 what, str name; the name as typed, or a SID
 *
 * LW_NOTFOUND; LW_NOTOURS: a local entry's name, or another domain's;
 * LW_CLAIMED: several claim it, and it is nobody's, be it of one kind alone;
 * LW_INVALID: can be nobody's; LW_OFFLINE, LW_NOWORKER: the directory does not
 * say, and what was known will not do.
 */
enum lw_resolve_what {
	LW_RESOLVE_ANY, /* a user, a group, or one of each */
	LW_RESOLVE_USER,
	LW_RESOLVE_GROUP,
	LW_RESOLVE_WHAT_COUNT
};
struct lw_resolve {
	enum lw_resolve_what what;
	struct lw_str name;
};
void lw_resolve_encode(struct lw_wr *w, const struct lw_resolve *q);
enum lw_err lw_resolve_decode(struct lw_rd *r, struct lw_resolve *ret);

/*
 * answer = u32 count, count * (u8 what, u32 id, str name, str sid); one or
 * two. Each is read with lw_resolved_read().
 */
struct lw_resolved {
	enum lw_resolve_what what; /* not LW_RESOLVE_ANY */
	uint32_t id;		   /* uid or gid */
	struct lw_str name, sid;   /* in the one spelling */
};
struct lw_resolved_list {
	uint32_t count;
	struct lw_rd each;
};
void lw_resolved_encode(struct lw_wr *w, const struct lw_resolved *o);
struct lw_resolved lw_resolved_read(struct lw_rd *r);
enum lw_err lw_resolved_list_decode(struct lw_rd *r,
				    struct lw_resolved_list *ret);

#endif
