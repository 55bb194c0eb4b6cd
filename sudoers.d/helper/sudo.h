/*
 * sudo.h - what the subcommands of lightwave-sudo share. A program of root's.
 */
#ifndef LW_SUDO_H
#define LW_SUDO_H

#include "client.h"
#include "member.h"
#include "show.h"

/* What lightwave-sudo ends with; lightwave-sudo(8). */
enum lw_sudo_exit {
	LW_SUDO_GOOD = 0,
	LW_SUDO_FAILS = 1, /* refused, or found wrong: nothing was changed */
	LW_SUDO_USAGE = 2, /* wrongly called, or not by root */
	LW_SUDO_AWAY = 3,  /* lightwaved or the directory does not answer */
};

#ifndef LW_SUDOERS
#define LW_SUDOERS "/etc/sudoers"
#endif

/* Where all of it is; the strings are borrowed, and live as long as main(). */
struct lw_sudo {
	const char *socket;  /* the front's, for root */
	const char *sudoers; /* the policy: /etc/sudoers */
	const char *dir;     /* beside it: /etc/sudoers.d */
	const char *dropin;  /* in that, ours: /etc/sudoers.d/lightwave */
};
#define LW_SUDO_DROPIN "lightwave" /* without a dot: sudo reads it */

/*
 * Ask the front whom a rule would mean; the answer's views are into reply,
 * which is the caller's to release in any case. Says nothing. LW_NOFRONT:
 * lightwaved does not answer. LW_PROTO: it is of another version, or says what
 * cannot be: a SID that is none, a name with a control character in it, another
 * kind than was asked for, one too many, root's id. Otherwise its status,
 * LW_NOTFOUND, LW_CLAIMED and LW_OFFLINE among them.
 */
enum lw_err lw_sudo_resolve(const struct lw_sudo *s, enum lw_resolve_what what,
			    struct lw_str name, struct lw_reply *reply,
			    struct lw_resolved_list *ret);

/* The same for whether a rule for a group means a user. */
enum lw_err lw_sudo_member(const struct lw_sudo *s, const struct lw_member *m,
			   struct lw_reply *reply,
			   struct lw_member_answer *ret);

/*
 * Before a rule is written by uid, for he whom /etc/passwd gives it would have
 * the rule. LW_NOTOURS: a local user, or root, has it. LW_OK: none has. Else
 * that file cannot be read.
 */
enum lw_err lw_sudo_not_local(uint32_t uid);

/* Whether it is known which groups he is in: LW_OK. As for lw_sudo_resolve().
 */
enum lw_err lw_sudo_groups(const struct lw_sudo *s, const char *user);

/* Say on stderr what e means for that name, and what to end with. */
enum lw_sudo_exit lw_sudo_refuse(const struct lw_sudo *s, const char *name,
				 enum lw_err e);

/* include.c: warn on stderr if the policy does not read our file. */
void lw_sudo_warn_unread(const struct lw_sudo *s);

/* note.c: a change, for the system's log; the strings hold no control. */
void lw_sudo_note(const char *did, struct lw_str name, struct lw_str sid,
		  struct lw_str rule);

/* main.c: say how a subcommand is called. LW_SUDO_USAGE. */
enum lw_sudo_exit lw_sudo_usage(const char *how);

/* The subcommands; argv[0] is their name. */
enum lw_sudo_exit lw_sudo_grant(const struct lw_sudo *s, int argc, char **argv);
enum lw_sudo_exit lw_sudo_revoke(const struct lw_sudo *s, int argc,
				 char **argv);
enum lw_sudo_exit lw_sudo_list(const struct lw_sudo *s, int argc, char **argv);
enum lw_sudo_exit lw_sudo_check(const struct lw_sudo *s, int argc, char **argv);
enum lw_sudo_exit lw_sudo_escape(const struct lw_sudo *s, int argc,
				 char **argv);
enum lw_sudo_exit lw_sudo_explain(const struct lw_sudo *s, int argc,
				  char **argv);
enum lw_sudo_exit lw_sudo_migrate(const struct lw_sudo *s, int argc,
				  char **argv);

#endif
