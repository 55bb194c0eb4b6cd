/*
 * conversation.h - play one script: what an application calls, what the user
 * types and is told, what the front is asked, what is logged, what comes back.
 *
 * First who it is about, in any order, each with what holds if it is left out:
 *
 *   service NAME            sshd
 *   user "NAME" | user none alice@lightwave.local; none: PAM asks for it
 *   options WORD...         of the module, in every phase; none
 *   stack "LINE"            instead of them: a line of the service's file, the
 *                           first one an auth line; @MODULE@ is the module
 *   front ...               see script_front.h; else OURS OK, NOTFOUND
 *
 * Then calls. Everything that happens in one must stand below it, and
 * everything that stands there must happen, in that order:
 *
 *   call PHASE [FLAG]...    authenticate, setcred, acct_mgmt, open_session,
 *                           close_session, chauthtok; PAM_SILENT...
 *   prompt "TEXT", echo "TEXT"      a question, without or with echo
 *   type "TEXT", later, hangup      its answer; PAM_CONV_AGAIN; none
 *   becomes "NAME"          PAM_USER from the answer before this line on
 *   info "TEXT", error "TEXT"       what he is told
 *   result PAM_CODE         what comes back; must be there
 *   asked OP... | nobody    which questions the front saw; must be there
 *   told OP FIELD "TEXT"... what was in one of them: user, password, new,
 *                           service, rhost
 *   log "TEXT"              a line, without what libpam puts before it; @ME@ is
 *                           our uid, @OTHER@ one more, @HIS@ that of tickets
 *   delay yes               the failure is to take its time
 *   within MS               how long it took at most
 *   ccache good "TEXT"      KRB5CCNAME leads to a file of that content, of its
 *                           user's own; same: and it is the one of before
 *   ccache none             there is no KRB5CCNAME
 *   ccaches N               so many files krb5cc_*
 *   env NAME "TEXT"         PAM's environment; @DIR@ is where we are
 *   file NAME "TEXT"        a file holds that
 *
 * And between calls, what others do meanwhile:
 *
 *   then front dies | hangs
 *   then user "NAME"        the application sets PAM_USER
 *   then env "NAME=TEXT"    ... or PAM's environment; NAME alone: takes it out
 *   then file NAME "TEXT" [his], then mkdir NAME, then link NAME "TO"
 *   then remove NAME | ccache
 *
 * Whatever the script says, no password may show up in the log or in what the
 * user is told, the front is asked by its socket for root alone, no variable
 * but KRB5CCNAME is left in the environment, PAM_USER stays as it was, and
 * neither descriptors nor rights are other ones afterwards.
 */
#ifndef LW_TEST_CONVERSATION_H
#define LW_TEST_CONVERSATION_H

#include "pam_rig.h"
#include "script.h"
#include "script_front.h"

struct play {
	struct script s;
	struct script_front front;
	struct rig rig;
	const char *service, *user; /* user: NULL where PAM asks for it */
	char options[2048];
	bool set_user; /* by somebody else than who started it */
	char set[64];  /* the variable that the script has set */
	unsigned int calls;

	/* since the call that is looked at */
	size_t log_from;
	unsigned int asked_from;
	int64_t took_ms;
	char ccache[256]; /* the last good one */
};

/* Fails the test where the script does not hold. */
void conversation_play(const char *path);

/* One line of what was to be checked after a call, or false: no such word. */
bool conversation_check(struct play *p, const struct line *l);

/* All that the lines after first, up to end, leave out did not happen. */
void conversation_compare(struct play *p, size_t first, size_t end);

/* What holds whatever the script says. */
void conversation_end(struct play *p);

/* A code of PAM's, or a flag, by its name; fails the test if it has none. */
int conversation_code(const struct play *p, const struct line *l,
		      const struct word *w);
unsigned int conversation_flag(const struct play *p, const struct line *l,
			       const struct word *w);
const char *conversation_code_name(int code);

/* TEXT with @DIR@ and the uids filled in; the caller's to free. */
char *conversation_expand(const char *text);

#endif
