/*
 * dropin.h - the file that lightwave-sudo writes, as rules and as text. Pure.
 *
 *     # lightwave-sudo(8) wrote this file: ...
 *     Defaults group_plugin="/usr/lib/sudo/lightwave_sudo.so"
 *
 *     # user alice@lightwave.local S-1-7-21-...-1-1025
 *     #16778241 ALL=(ALL:ALL) ALL
 *
 * A line that is none of these is somebody else's: such a file is never
 * written over.
 */
#ifndef LW_DROPIN_H
#define LW_DROPIN_H

#include "member.h"

#define LW_DROPIN_MAX 16777216 /* bytes; more is no file of ours */

struct lw_rule {
	enum lw_resolve_what what; /* a user or a group */
	uint32_t uid;		   /* a user's; 0 for a group */
	struct lw_str name, sid;   /* the name as it was when it was written */
	struct lw_str text;	   /* what follows who: "ALL=(ALL:ALL) ALL" */
	unsigned int line;	   /* 0: not in the file yet */
};

struct lw_dropin {
	struct lw_rule *rules; /* their strings are borrowed */
	size_t n;
};
void lw_dropin_done(struct lw_dropin *d);

/*
 * What the text of that file says; ret's strings are into it. LW_NOTOURS:
 * without the marker it begins with. LW_INVALID: ret_line is the first line
 * that is not ours. LW_NOMEM. ret is for lw_dropin_done() in any case.
 */
enum lw_err lw_dropin_parse(struct lw_str text, struct lw_dropin *ret,
			    unsigned int *ret_line);

/*
 * Whether its name can stand in a comment, its SID is one, and a user's uid is
 * not root's; the text is not looked at.
 */
bool lw_dropin_fits(const struct lw_rule *r);

/*
 * Add a rule, behind the others of the same SID; its strings are borrowed, and
 * a name or uid that has changed changes for all of them. ret_new: it was not
 * there, or with another uid. LW_INVALID: the name or SID cannot stand in the
 * file.
 */
enum lw_err lw_dropin_add(struct lw_dropin *d, const struct lw_rule *r,
			  bool *ret_new);

/* Take out those of that SID, with that text unless it is NULL; how many. */
size_t lw_dropin_remove(struct lw_dropin *d, struct lw_str sid,
			const struct lw_str *text);

/* The whole text; plugin is the absolute path of lightwave_sudo.so. */
void lw_dropin_render(const struct lw_dropin *d, const char *plugin,
		      struct lw_wr *w);

#endif
