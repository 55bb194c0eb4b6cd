/*
 * job_creds.h - the messages between the front and lightwaved-creds, which
 * keeps passwords for when the directory is away; doc/PROTOCOL.md in C.
 * Decoders as in proto.h.
 */
#ifndef LW_JOB_CREDS_H
#define LW_JOB_CREDS_H

#include "proto.h"

#define LW_CREDS_BODY_MAX 1024 /* largest body in either direction */

/*
 * creds = str sid, str password
 *
 * sid: whose; "" in a CHECK is nobody, and costs as much, and in a DROP it is
 * everybody. password is empty in a DROP and nowhere else.
 */
struct lw_creds_ask {
	struct lw_str sid;
	struct lw_password password;
};
void lw_creds_ask_encode(struct lw_wr *w, const struct lw_creds_ask *a);
/* LW_PROTO also for what op does not allow. */
enum lw_err lw_creds_ask_decode(struct lw_rd *r, enum lw_op op,
				struct lw_creds_ask *ret);

/* age = u32 seconds since the directory took this password */
enum lw_err lw_creds_age_decode(struct lw_rd *r, uint32_t *ret);

#endif
