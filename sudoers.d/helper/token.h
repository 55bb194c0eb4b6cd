/*
 * token.h - names and commands as sudoers(5) wants them: what stands there is
 * what sudo reads back, whatever the name. Pure; lightwave-sudo.
 */
#ifndef LW_TOKEN_H
#define LW_TOKEN_H

#include "wire.h"

enum lw_token {
	LW_TOKEN_USER,	 /* alice@lightwave.local */
	LW_TOKEN_GROUP,	 /* %linux\ admins@lightwave.local: through NSS */
	LW_TOKEN_PLUGIN, /* %:linux\ admins@lightwave.local: the plug-in's */
};

/*
 * Append the token for a name. A keyword, an alias, a netgroup or a network is
 * never what comes out. LW_INVALID, and nothing that may be used: no token
 * means that name alone (empty; with a NUL or the end of a line; "#...", which
 * sudo reads as an id; ":..." as a group, which it hands
 * to the plug-in). Short of memory w says so at its end.
 */
enum lw_err lw_sudoers_escape(enum lw_token what, struct lw_str name,
			      struct lw_wr *w);

#endif
