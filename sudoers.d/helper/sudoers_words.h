/*
 * sudoers_words.h - the users and groups that a line of sudoers begins with,
 * byte for byte as they stand there. lightwave-sudo; pure.
 */
#ifndef LW_SUDOERS_WORDS_H
#define LW_SUDOERS_WORDS_H

#include "wire.h"

/*
 * Each word of the user list of a user spec, or of the lists of a User_Alias:
 * a view into the line, with its quotes and its '%', without the '!' before it.
 * Of other lines, and beyond what is no such list, none.
 */
typedef void lw_word_fn(struct lw_str word, void *arg);
void lw_sudoers_words(struct lw_str line, lw_word_fn *each, void *arg);

#endif
