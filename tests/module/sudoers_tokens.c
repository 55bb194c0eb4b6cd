/*
 * sudoers_tokens.c - what lightwave-sudo would write, for test_sudoers_tokens:
 * records on stdin, each a letter for what it is and then the text, and a NUL
 * behind; the tokens on stdout, an empty one where there is none.
 */
#include "command.h"
#include "token.h"

#include <stdio.h>
#include <stdlib.h>

static enum lw_err token(char what, struct lw_str s, struct lw_wr *w)
{
	switch (what) {
	case 'u':
		return lw_sudoers_escape(LW_TOKEN_USER, s, w);
	case 'g':
		return lw_sudoers_escape(LW_TOKEN_GROUP, s, w);
	case 'p':
		return lw_sudoers_escape(LW_TOKEN_PLUGIN, s, w);
	case 'c':
		return lw_sudoers_command(s, w);
	case 'r':
		return lw_sudoers_runas(s, w);
	case 'h':
		return lw_sudoers_host(s, w);
	default:
		abort();
	}
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	while ((n = getdelim(&line, &size, '\0', stdin)) > 1) {
		struct lw_str s = { line + 1, (size_t)n - 2 };
		struct lw_wr w;

		lw_wr_heap(&w, 65536);
		if (token(line[0], s, &w) == LW_OK && lw_wr_end(&w) == LW_OK)
			fwrite(w.base, 1, (size_t)(w.p - w.base), stdout);
		putchar('\0');
		lw_wr_done(&w);
	}
	free(line);
	return 0;
}
