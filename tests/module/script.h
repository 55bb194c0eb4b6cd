/*
 * script.h - read a conversation: lines of words.
 *
 * Words are set apart by blanks; # at the beginning of a word and outside of
 * quotes begins a comment. "..." is one word with the escapes \n \t \e \\ \"
 * \0 and \xHH. Strings that follow each other are one, and "a" x 300 is three
 * hundred of it.
 */
#ifndef LW_TEST_SCRIPT_H
#define LW_TEST_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#define SCRIPT_WORDS 24

struct word {
	char *s; /* NUL-terminated, and may hold more of them */
	size_t n;
	bool quoted;
};

struct line {
	unsigned int no; /* in the file */
	size_t n;	 /* words; at least one */
	struct word w[SCRIPT_WORDS];
};

struct script {
	const char *name; /* of the file; borrowed */
	struct line *line;
	size_t count;
};

/* Fails the test if the file cannot be read or is no script. */
void script_read(struct script *s, const char *path);
void script_done(struct script *s);

/* Fail the test, for this line. */
void script_fail(const struct script *s, const struct line *l, const char *fmt,
		 ...) __attribute__((format(printf, 3, 4), noreturn));

bool word_is(const struct word *w, const char *s);

#endif
