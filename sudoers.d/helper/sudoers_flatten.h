/*
 * sudoers_flatten.h - sudoers and all it includes, as one text in which each
 * line still tells where it comes from. lightwave-sudo.
 *
 * Before each line stands a user spec of a name that nobody can have, whose
 * command names the file and the line: "lw:mark" ALL = /lw-mark/3/17.
 * cvtsudoers keeps the order of user specs, so that those between two marks
 * are of that line. Before a Defaults or an alias a mark stands in vain.
 */
#ifndef LW_SUDOERS_FLATTEN_H
#define LW_SUDOERS_FLATTEN_H

#include "wire.h"

#include <sys/stat.h>

#define LW_MARK_NAME "lw:mark"
#define LW_MARK_PATH "/lw-mark/"

/* More than these are no sudoers that people wrote. */
#define LW_FLAT_DEPTH 128
#define LW_FLAT_BYTES (4 * 1024 * 1024)
#define LW_FLAT_LINES 50000

struct lw_flat_file {
	char *path;
	char *text;
	size_t n;
	struct stat st;
};

struct lw_flat_line {
	uint32_t file, line; /* index of the file; from 1 */
	struct lw_str text;  /* of the file's, with its newlines */
};

/* Why sudo does not read something as its author meant. */
enum lw_flat_why {
	LW_FLAT_MISSING, /* named by @include, and cannot be read */
	LW_FLAT_MODE,	 /* of another owner, or writable by others */
	LW_FLAT_NAME,	 /* in a directory, and has a dot or ends in ~ */
	LW_FLAT_DEEP,	 /* includes within includes */
	LW_FLAT_EMPTY,	 /* includes nothing */
};
struct lw_flat_note {
	enum lw_flat_why why;
	char *path;	     /* of what is not read */
	uint32_t file, line; /* what includes it; line 0: nothing does */
};

struct lw_flat {
	uid_t owner; /* who must own what is read */
	char *host;  /* this host's name, without a domain: what %h becomes */
	struct lw_flat_file *file;
	struct lw_flat_line *line;
	struct lw_flat_note *note;
	size_t files, lines, notes;
	size_t file_room, line_room, note_room;
	char *out; /* the stream, out_n bytes */
	size_t out_n;
};

/*
 * Read the file at path, and what it includes, as sudo would for a host of that
 * name where sudoers belongs to owner. What sudo would not read is a note. ret
 * is the caller's: lw_flat_free(). LW_OFFLINE: path cannot be read, and errno
 * says why. LW_RANGE: more than the limits above. LW_NOMEM.
 */
enum lw_err lw_flat_read(const char *path, uid_t owner, const char *host,
			 struct lw_flat **ret);
void lw_flat_free(struct lw_flat *f);

/*
 * The file that this is, whatever path the line that includes it has; NULL:
 * sudo does not read it.
 */
const struct lw_flat_file *lw_flat_find(const struct lw_flat *f,
					const struct stat *st);

/* For lw_cleanup(). */
static inline void lw_flat_done(struct lw_flat **f)
{
	lw_flat_free(*f);
}

/* sudo takes no file that others may write. */
bool lw_flat_secure(const struct stat *st, uid_t owner);

#endif
