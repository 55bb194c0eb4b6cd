/*
 * job.h - the messages between front and worker; doc/PROTOCOL.md in C.
 *
 * The worker reports facts, entry by entry; who owns a name and which id it
 * gets is decided by the front. Decoders as in proto.h.
 */
#ifndef LW_JOB_H
#define LW_JOB_H

#include "proto.h"

/* What an entry is, and what a search looks for. */
enum lw_kind {
	LW_KIND_USER = 1,
	LW_KIND_GROUP = 2,
};

/*
 * find = u8 kind, u8 by, str value
 *
 * by name: the account part, folded (name.h). The answer holds every entry
 * that claims it: by sAMAccountName or, for users, by userPrincipalName.
 * by rid: one or two RID parts of SIDs (sid.h) with a blank between them.
 * Both answers also hold every other claimant of the sAMAccountName of each
 * entry found, so that the front can tell who owns it.
 */
enum lw_by {
	LW_BY_NAME = 1,
	LW_BY_RID = 2,
};

struct lw_find {
	enum lw_kind kind;
	enum lw_by by;
	struct lw_str value;
};
void lw_find_encode(struct lw_wr *w, const struct lw_find *f);
enum lw_err lw_find_decode(struct lw_rd *r, struct lw_find *ret);

/*
 * entries = str domain_sid, u32 primary, u32 count, count * entry
 * entry = u8 kind, str dn, str sid, str sam, str upn, str given, str sn,
 *         u32 uac
 * The first `primary` entries are what was asked for; the others only claim
 * the same names. Groups leave upn, given, sn and uac empty.
 */
struct lw_entry {
	enum lw_kind kind;
	struct lw_str dn, sid, sam, upn, given, sn;
	uint32_t uac; /* userAccountControl */
};

#define LW_UAC_DISABLED 0x2u
#define LW_UAC_LOCKED	0x10u
#define LW_UAC_EXPIRED	0x800000u

/* Smallest encoded entry, for lw_rd_count(). */
#define LW_ENTRY_MIN (1 + 6 * 4 + 4)

void lw_entry_encode(struct lw_wr *w, const struct lw_entry *e);
/* One of count; marks r bad where it is malformed. */
struct lw_entry lw_entry_decode(struct lw_rd *r);

struct lw_entries {
	struct lw_str domain_sid;
	uint32_t primary, count; /* primary <= count */
	struct lw_rd each;	 /* lw_entry_decode(&each), count times */
};
enum lw_err lw_entries_decode(struct lw_rd *r, struct lw_entries *ret);

/*
 * verdict = str dn, str upn, str password, u8 want_ticket
 * answer = u32 expires_in, u8 ticket_state, u32 skew, bytes ccache
 * expires_in: seconds until the password expires, LW_NEVER where not said.
 * skew: seconds that the KDC's clock is ahead of ours; 0 where not known.
 */
struct lw_verdict {
	struct lw_str dn, upn;
	struct lw_password password;
	bool want_ticket;
};
void lw_verdict_encode(struct lw_wr *w, const struct lw_verdict *v);
enum lw_err lw_verdict_decode(struct lw_rd *r, struct lw_verdict *ret);

struct lw_verdict_answer {
	uint32_t expires_in;
	enum lw_ticket_state ticket;
	int32_t skew;
	struct lw_str ccache; /* the bytes of a FILE ccache; empty if none */
};
void lw_verdict_answer_encode(struct lw_wr *w,
			      const struct lw_verdict_answer *a);
enum lw_err lw_verdict_answer_decode(struct lw_rd *r,
				     struct lw_verdict_answer *ret);

/*
 * change = str dn, str upn, str old, str new, u8 how
 * how: 0 a modify over LDAP, 1 kpasswd (RFC 3244).
 */
struct lw_change {
	struct lw_str dn, upn;
	struct lw_password old_password, new_password;
	bool kpasswd;
};
void lw_change_encode(struct lw_wr *w, const struct lw_change *c);
enum lw_err lw_change_decode(struct lw_rd *r, struct lw_change *ret);

#endif
