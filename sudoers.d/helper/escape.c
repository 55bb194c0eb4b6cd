/* escape.c - lightwave-sudo escape: a name as sudoers wants it. */
#include "sudo.h"

#include "cleanup.h"
#include "token.h"

#include <stdio.h>
#include <string.h>

#define TOKEN_MAX 65536

/* %group and %:group say which kind; a user's name does not begin so. */
static enum lw_token kind(const char **name)
{
	if ((*name)[0] != '%')
		return LW_TOKEN_USER;
	*name += 1;
	if ((*name)[0] != ':')
		return LW_TOKEN_GROUP;
	*name += 1;
	return LW_TOKEN_PLUGIN;
}

enum lw_sudo_exit lw_sudo_escape(const struct lw_sudo *s, int argc, char **argv)
{
	lw_cleanup(lw_wr_done) struct lw_wr w = { 0 };
	const char *name;
	enum lw_token what;

	(void)s;
	if (argc == 3 && !strcmp(argv[1], "--")) {
		argc--;
		argv++;
	}
	if (argc != 2)
		return lw_sudo_usage("escape USER|%GROUP|%:GROUP");
	name = argv[1];
	what = kind(&name);
	lw_wr_heap(&w, TOKEN_MAX);
	if (lw_sudoers_escape(what, lw_str(name), &w) != LW_OK ||
	    lw_wr_end(&w) != LW_OK) {
		fputs("lightwave-sudo: no token of sudoers stands for a name "
		      "that is empty, begins with # or has the end of a line "
		      "in it\n",
		      stderr);
		return LW_SUDO_FAILS;
	}
	printf("%.*s\n", (int)(w.p - w.base), (const char *)w.base);
	return LW_SUDO_GOOD;
}
