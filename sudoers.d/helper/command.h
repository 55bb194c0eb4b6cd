/*
 * command.h - what a rule lets somebody do, as sudoers(5) wants it. What was
 * typed is taken literally: no wildcard, no regular expression, no negation.
 * Pure; lightwave-sudo.
 */
#ifndef LW_COMMAND_H
#define LW_COMMAND_H

#include "wire.h"

/*
 * Append a command: ALL; an absolute path, then its arguments if any; the same
 * after "sudoedit"; a digest (sha256:...) and a blank may stand before the
 * path. Without arguments any may be given, with "" none. LW_INVALID: it is
 * none of them, or sudoers cannot say it (a wildcard in the path, a blank
 * last).
 */
enum lw_err lw_sudoers_command(struct lw_str typed, struct lw_wr *w);

/* A user or group to run commands as: ALL, #ID or a name. */
enum lw_err lw_sudoers_runas(struct lw_str typed, struct lw_wr *w);

/* A host: ALL, a name (in lower case then), an address or a network. */
enum lw_err lw_sudoers_host(struct lw_str typed, struct lw_wr *w);

#endif
