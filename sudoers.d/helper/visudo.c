/*
 * visudo.c - ask visudo(8). lightwave-sudo.
 *
 * A file is judged in the whole policy before it is part of it: a few lines on
 * visudo's standard input include both, and reading rules twice harms nothing.
 */
#include "visudo.h"

#include "cleanup.h"
#include "tool.h"

#include <stdio.h>

static enum lw_err judge(const char *path, const char *input, char **ret_words)
{
	char *argv[] = { (char *)LW_VISUDO, (char *)"-c", (char *)"-f",
			 (char *)path, NULL };
	lw_cleanup(lw_tool_done) struct lw_tool t;
	enum lw_err e = lw_tool_run(argv, lw_str(input), &t);

	*ret_words = NULL;
	if (e != LW_OK) {
		lw_tool_say(LW_VISUDO, e);
		return LW_OFFLINE;
	}
	if (t.status == 0)
		return LW_OK;
	if (asprintf(ret_words, "%s%s", t.err ? t.err : "",
		     t.out ? t.out : "") < 0)
		*ret_words = NULL;
	return LW_INVALID;
}

enum lw_err lw_visudo_file(const char *path, char **ret_words)
{
	return judge(path, "", ret_words);
}

enum lw_err lw_visudo_policy(const char *sudoers, const char *path,
			     char **ret_words)
{
	lw_cleanup(lw_free) char *input = NULL;

	*ret_words = NULL;
	if (asprintf(&input, "@include \"%s\"\n@include \"%s\"\n", sudoers,
		     path) < 0) {
		input = NULL;
		lw_tool_say(LW_VISUDO, LW_NOMEM);
		return LW_OFFLINE;
	}
	return judge("-", input, ret_words);
}
