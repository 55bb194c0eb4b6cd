/*
 * wanted.h - whom grant and revoke were told, and what. lightwave-sudo.
 */
#ifndef LW_WANTED_H
#define LW_WANTED_H

#include "sudo.h"

struct lw_wanted {
	enum lw_resolve_what what; /* --user, --group or %; else ANY */
	const char *name;	   /* without the %; argv's */
	bool some;		   /* one of the options below was given */
	bool nopasswd;
	const char *runas;	      /* NULL: was not said */
	struct lw_wr commands, hosts; /* as sudoers has them, ", " between */
};
void lw_wanted_done(struct lw_wanted *w);

/*
 * Read the arguments of a subcommand; argv[0] is its name. LW_SUDO_USAGE, or
 * LW_SUDO_FAILS for a command or host that cannot be written, and said. ret is
 * for lw_wanted_done() in any case.
 */
enum lw_sudo_exit lw_wanted_parse(int argc, char **argv, struct lw_wanted *ret);

/*
 * Append what follows who in the rule. Whom to run as is asked of the
 * directory, where that is one of its own. Says what fails.
 */
enum lw_sudo_exit lw_wanted_text(const struct lw_sudo *s,
				 const struct lw_wanted *w, struct lw_wr *text);

/* The bytes written so far. */
static inline struct lw_str lw_written(const struct lw_wr *w)
{
	return (struct lw_str) { (const char *)w->base,
				 (size_t)(w->p - w->base) };
}

#endif
