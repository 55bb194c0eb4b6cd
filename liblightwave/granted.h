/*
 * granted.h - which groups a user has by now, and which local ones can be
 * given: the questions of lightwavectl sessions, and doc/PROTOCOL.md in C. The
 * front, lightwavectl. Decoders as in proto.h.
 */
#ifndef LW_GRANTED_H
#define LW_GRANTED_H

#include "proto.h"

/* granted = u32 uid, str user; uid LW_NEVER: he is found by user, as typed */
struct lw_granted {
	uint32_t uid;
	struct lw_str user;
};
void lw_granted_encode(struct lw_wr *w, const struct lw_granted *q);
enum lw_err lw_granted_decode(struct lw_rd *r, struct lw_granted *ret);

/* answer = u8 disabled, u8 away, u32 age, u32 uid, str name, gids */
struct lw_granted_answer {
	bool disabled; /* his entry is: whatever he has, he should not */
	bool away;     /* the directory is: by what was last known */
	uint32_t age;  /* seconds since it has confirmed that */
	uint32_t uid;
	struct lw_str name;
	struct lw_rd gids; /* what follows, for lw_gids_decode() */
};
/* Puts no gids: they are the caller's. */
void lw_granted_answer_encode(struct lw_wr *w,
			      const struct lw_granted_answer *a);
enum lw_err lw_granted_answer_decode(struct lw_rd *r,
				     struct lw_granted_answer *ret);

/* local groups = u32 count, count * (u8 given, u32 gid, str local,
 *		  str directory); gid LW_NEVER: there is no such local group */
struct lw_local_mapped {
	bool given; /* its members get it */
	uint32_t gid;
	struct lw_str local, directory;
};
struct lw_local_mapped_list {
	uint32_t count;
	struct lw_rd each;
};
void lw_local_mapped_encode(struct lw_wr *w, const struct lw_local_mapped *m);
struct lw_local_mapped lw_local_mapped_read(struct lw_rd *r);
enum lw_err lw_local_mapped_list_decode(struct lw_rd *r,
					struct lw_local_mapped_list *ret);

#endif
