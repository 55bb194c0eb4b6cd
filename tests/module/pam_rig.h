/*
 * pam_rig.h - the test copy of pam_lightwave under the real libpam, between a
 * scripted front and a scripted user.
 */
#ifndef LW_TEST_PAM_RIG_H
#define LW_TEST_PAM_RIG_H

#include "front.h"

#include <security/pam_appl.h>

#define RIG_USER "alice@lightwave.local"

struct rig {
	struct front front;
	pam_handle_t *pamh;
	struct pam_conv conv;
	/* What the user types, prompt by prompt; then he hangs up. */
	const char *answers[16];
	unsigned int prompts;
	const char *becomes;	 /* PAM_USER after a prompt, or NULL */
	unsigned int becomes_at; /* ... which: 0 is the first */
	char shown[2048];	 /* what he was told, a line each */
	char heard[4096];	 /* all of it: "prompt ", "echo ", "info " or */
				 /* "error " and the text, a line each */
	unsigned int delay;	 /* that a failure was to take, microseconds */
};

/* An answer that is not there yet: PAM_CONV_AGAIN, and next time the next. */
extern const char rig_later[];

/*
 * A front with that table and a transaction for service with those module
 * options in every phase, or where these begin with "auth " with them as its
 * whole file.
 * LW_OP_OURS is answered by LW_OK unless the table says otherwise.
 */
void rig_open(struct rig *r, const char *service, const char *user,
	      const char *options, const struct front_reply *table, size_t n);
void rig_close(struct rig *r);

/* All that was logged since rig_open(), a line each. */
const char *rig_log(void);

/* ./passwd: root, and local@lightwave.local and "local" with it. */
void rig_passwd(void);

/* Enter a directory of its own, run, leave. */
struct CMUnitTest;
int rig_main(const struct CMUnitTest *tests, size_t n);

#endif
