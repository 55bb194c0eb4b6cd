/*
 * check_files.c - files that sudo does not read, and words in them that it does
 * not read as they were meant. lightwave-sudo.
 */
#include "check.h"
#include "likewise.h"
#include "migrate.h"
#include "sudoers_words.h"

#include "cleanup.h"

#include <stdio.h>
#include <string.h>

static void note(struct lw_check *c, const struct lw_flat_note *n)
{
	static const struct {
		const char *kind, *what, *remedy;
	} words[] = {
		[LW_FLAT_MISSING] = { "missing",
				      "cannot be read, and is "
				      "included",
				      "remove the @include, or put the file "
				      "there" },
		[LW_FLAT_MODE] = { "mode",
				   "is not root's alone to write: sudo "
				   "does not take it",
				   "chown root:root, and chmod go-w" },
		[LW_FLAT_NAME] = { "ignored",
				   "has a dot in its name or ends in "
				   "~: sudo does not read it",
				   "rename it, or move it away" },
		[LW_FLAT_DEEP] = { "deep",
				   "is included within 128 others: a "
				   "circle",
				   "remove one @include" },
		[LW_FLAT_EMPTY] = { "missing", "an include of nothing",
				    "name a file" },
	};
	const char *by = n->line ? c->p->flat->file[n->file].path : n->path;
	lw_cleanup(lw_free) char *what = NULL;

	if (asprintf(&what, "%s%s%s", n->path, *n->path ? " " : "",
		     words[n->why].what) < 0) {
		what = NULL;
		return;
	}
	if (n->why == LW_FLAT_NAME && strstr(n->path, LW_MIGRATE_KEPT))
		lw_check_note(c,
			      &(struct lw_finding) {
				      "kept", by, n->line, what,
				      "what migrate kept: remove it when the "
				      "new rules are right" });
	else
		lw_check_found(c, &(struct lw_finding) {
					  words[n->why].kind, by, n->line, what,
					  words[n->why].remedy });
}

struct at {
	struct lw_check *c;
	const struct lw_flat_line *l;
};

static void word(struct lw_str w, void *arg)
{
	struct at *a = arg;
	const char *domains[] = { a->c->naming.domain, a->c->naming.netbios };
	lw_cleanup(lw_free) char *what = NULL;
	struct lw_likewise name;

	if (!lw_likewise_word(w, domains, 2, &name))
		return;
	if (asprintf(&what, "%.*s is likewise's spelling, and means nobody now",
		     (int)w.n, w.s) < 0) {
		what = NULL;
		return;
	}
	lw_check_found(a->c,
		       &(struct lw_finding) {
			       "likewise", a->c->p->flat->file[a->l->file].path,
			       a->l->line, what,
			       "lightwave-sudo migrate shows what it "
			       "becomes" });
}

void lw_check_files(struct lw_check *c)
{
	const struct lw_flat *f = c->p->flat;

	for (size_t i = 0; i < f->notes; i++)
		note(c, &f->note[i]);
	if (!c->config || c->naming.format == LW_NAME_LEGACY)
		return;
	for (size_t i = 0; i < f->lines; i++) {
		struct at a = { c, &f->line[i] };

		lw_sudoers_words(a.l->text, word, &a);
	}
}
