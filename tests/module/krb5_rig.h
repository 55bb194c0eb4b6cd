/*
 * krb5_rig.h - the test copy of lightwave_localauth under the real libkrb5,
 * beside a scripted front.
 */
#ifndef LW_TEST_KRB5_RIG_H
#define LW_TEST_KRB5_RIG_H

#include "front.h"

#include <krb5/krb5.h>

#define RIG_REALM   "@LIGHTWAVE.LOCAL"
#define RIG_ALICE   "alice" RIG_REALM
#define RIG_ACCOUNT "alice@lightwave.local"

/* Which of libkrb5's mechanisms decide. */
enum rig_mode {
	RIG_SHIPPED, /* ours alone, by the piece of krb5.conf that we ship */
	RIG_BESIDE,  /* ours beside libkrb5's own */
	RIG_WITHOUT, /* libkrb5's own */
	RIG_LOST,    /* as shipped, but there is no plug-in at that path */
};

struct rig {
	struct front front;
	krb5_context context;
};

/*
 * ./passwd with root, local and clash@lightwave.local; a front that gives
 * every question that answer; libkrb5 as we ship it.
 */
void rig_open(struct rig *r, const struct front_reply *reply);
void rig_close(struct rig *r);

/*
 * A new context. The realm maps mallory (auth_to_local_names) and rule
 * (auth_to_local) to root, and .k5login files are ./<account>.
 */
void rig_mode(struct rig *r, enum rig_mode mode);

/* An answer LW_OK with that name; valid until the next one is made. */
struct front_reply rig_name(const char *name);

/* krb5_kuserok(3) and krb5_aname_to_localname(3), of a principal as text. */
bool rig_opens(struct rig *r, const char *principal, const char *account);
krb5_error_code rig_name_of(struct rig *r, const char *principal,
			    char ret_name[300]);

/* The last line that was logged since rig_open(), or "". */
const char *rig_log(void);

#endif
