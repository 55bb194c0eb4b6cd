/*
 * sudoers_line.h - the lines of a sudoers file, as sudo's lexer cuts them.
 * lightwave-sudo; pure.
 *
 * All that is known here of sudoers' grammar: where a line ends, what a comment
 * is, and what an include names. Everything else is cvtsudoers' to judge.
 */
#ifndef LW_SUDOERS_LINE_H
#define LW_SUDOERS_LINE_H

#include "wire.h"

/*
 * The length of the logical line that begins at s, its newlines included, and
 * how many lines of the file it takes. In doubt the next line belongs to it:
 * then a rule is reported some lines above where it stands, and never torn.
 */
size_t lw_sudoers_line(struct lw_str s, uint32_t *ret_lines);

/* Whether the next line would belong to it, had the file not ended. */
bool lw_sudoers_open(struct lw_str line);

enum lw_sudoers_kind {
	LW_SUDOERS_PLAIN,
	LW_SUDOERS_EMPTY, /* nothing, or a comment alone */
	LW_SUDOERS_INCLUDE,
	LW_SUDOERS_INCLUDEDIR,
};

/*
 * What a line is; for an include the path, unquoted but with its %h, on the
 * heap. LW_NOMEM. LW_INVALID: an include of nothing.
 */
enum lw_err lw_sudoers_kind(struct lw_str line, enum lw_sudoers_kind *ret,
			    char **ret_path);

/* A decimal number at *p, which then is behind it. */
bool lw_sudoers_number(const char **p, uint32_t *ret);

#endif
