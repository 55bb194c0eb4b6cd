/*
 * migrate.h - likewise's rules become ours: what is found, and what is written.
 * lightwave-sudo.
 */
#ifndef LW_MIGRATE_H
#define LW_MIGRATE_H

#include "policy.h"
#include "sudo.h"

#include "config.h"

/* With a dot in it, so that sudo does not read what was kept. */
#define LW_MIGRATE_KEPT ".before-migrate"

/* One word of one line. */
struct lw_change {
	uint32_t file, line; /* of the policy's */
	size_t line_at, at;  /* where in the file's text both begin */
	struct lw_str old;   /* of that text */
	bool group;
	char *becomes; /* "#16778241" or "%:S-1-7-..."; NULL: see why */
	char *comment; /* for the line above: "# user alice@... S-1-7-..." */
	enum lw_err why;
};
struct lw_changes {
	struct lw_change *v;
	size_t n, room;
};

/*
 * All words of that kind for the domains (NULL is none), in the order of files
 * and lines; asked of the directory as name@own. ret is to be released in any
 * case. LW_OK, or LW_NOMEM, or what made asking useless: LW_NOFRONT and such.
 */
enum lw_err lw_migrate_find(const struct lw_sudo *s, const struct lw_policy *p,
			    const char *own, const char *const *domains,
			    size_t n, struct lw_changes *ret);
void lw_migrate_done(struct lw_changes *c);

/*
 * Write the files that change, each whole beside itself, checked by visudo, and
 * only when all are there each is renamed into its place; the old one stays as
 * FILE.before-migrate. What went wrong is said on stderr; until then nothing
 * has changed, or it is said what has.
 */
enum lw_sudo_exit lw_migrate_write(const struct lw_policy *p,
				   const struct lw_changes *c);

/* The new text of a file on the heap; NULL: no memory, or no change in it. */
char *lw_migrate_text(const struct lw_policy *p, const struct lw_changes *c,
		      uint32_t file, size_t *ret_n);

#endif
