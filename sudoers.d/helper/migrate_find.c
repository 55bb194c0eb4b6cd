/* migrate_find.c - likewise's words, and whom they mean. lightwave-sudo. */
#include "migrate.h"

#include "cleanup.h"
#include "likewise.h"
#include "sudoers_open.h"
#include "sudoers_words.h"

#include <stdio.h>
#include <string.h>

struct find {
	const struct lw_sudo *s;
	const struct lw_policy *p;
	const char *own;
	const char *const *domains;
	size_t n;
	struct lw_changes *ret;
	const struct lw_flat_line *line;
	enum lw_err e;
};

static enum lw_err meant(const struct find *f, const char *name, bool group,
			 struct lw_change *c)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	lw_cleanup(lw_free) char *full = NULL;
	struct lw_resolved_list list;
	struct lw_resolved r;
	enum lw_err e;
	int n;

	if (asprintf(&full, "%s@%s", name, f->own) < 0) {
		full = NULL;
		return LW_NOMEM;
	}
	e = lw_sudo_resolve(f->s, group ? LW_RESOLVE_GROUP : LW_RESOLVE_USER,
			    lw_str(full), &reply, &list);
	if (e != LW_OK)
		return e;
	r = lw_resolved_read(&list.each);
	if (!group)
		e = lw_sudo_not_local(r.id);
	if (e != LW_OK)
		return e;
	n = group ? asprintf(&c->becomes, "%%:%.*s", (int)r.sid.n, r.sid.s)
		  : asprintf(&c->becomes, "#%u", r.id);
	if (n < 0) {
		c->becomes = NULL;
		return LW_NOMEM;
	}
	n = asprintf(&c->comment, "# %s %.*s %.*s", group ? "group" : "user",
		     (int)r.name.n, r.name.s, (int)r.sid.n, r.sid.s);
	if (n < 0) {
		c->comment = NULL;
		return LW_NOMEM;
	}
	return LW_OK;
}

/* Nobody answers any more: not a word about this name. */
static bool useless(enum lw_err e)
{
	return e != LW_OK && e != LW_NOTFOUND && e != LW_CLAIMED &&
	       e != LW_NOTOURS && e != LW_INVALID;
}

static void word(struct lw_str w, void *arg)
{
	struct find *f = arg;
	const char *text = f->p->flat->file[f->line->file].text;
	struct lw_likewise name;
	struct lw_change *v;

	if (f->e != LW_OK || !lw_likewise_word(w, f->domains, f->n, &name))
		return;
	v = lw_flat_grow((void **)&f->ret->v, f->ret->n, &f->ret->room,
			 sizeof(*v));
	if (!v) {
		f->e = LW_NOMEM;
		return;
	}
	v += f->ret->n++;
	*v = (struct lw_change) { .file = f->line->file,
				  .line = f->line->line,
				  .line_at = (size_t)(f->line->text.s - text),
				  .at = (size_t)(w.s - text),
				  .old = w,
				  .group = name.group };
	v->why = meant(f, name.name, name.group, v);
	if (v->why == LW_NOTFOUND && strcmp(name.name, name.plain) != 0)
		v->why = meant(f, name.plain, name.group, v);
	if (useless(v->why))
		f->e = v->why;
}

/* A file that is included twice is one. */
static bool seen(const struct lw_flat *f, uint32_t file)
{
	for (uint32_t i = 0; i < file; i++) {
		if (f->file[i].st.st_ino == f->file[file].st.st_ino &&
		    f->file[i].st.st_dev == f->file[file].st.st_dev)
			return true;
	}
	return false;
}

static int by_place(const void *a, const void *b)
{
	const struct lw_change *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

enum lw_err lw_migrate_find(const struct lw_sudo *s, const struct lw_policy *p,
			    const char *own, const char *const *domains,
			    size_t n, struct lw_changes *ret)
{
	struct find f = { s, p, own, domains, n, ret, NULL, LW_OK };

	for (size_t i = 0; f.e == LW_OK && i < p->flat->lines; i++) {
		f.line = &p->flat->line[i];
		if (!seen(p->flat, f.line->file))
			lw_sudoers_words(f.line->text, word, &f);
	}
	if (ret->n > 1)
		qsort(ret->v, ret->n, sizeof(*ret->v), by_place);
	return f.e;
}

void lw_migrate_done(struct lw_changes *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->v[i].becomes);
		free(c->v[i].comment);
	}
	free(c->v);
}

char *lw_migrate_text(const struct lw_policy *p, const struct lw_changes *c,
		      uint32_t file, size_t *ret_n)
{
	const struct lw_flat_file *f = &p->flat->file[file];
	size_t at = 0, line = SIZE_MAX;
	lw_cleanup(lw_free) char *text = NULL;
	FILE *m = open_memstream(&text, ret_n);
	char *ret;

	if (!m)
		return NULL;
	for (size_t i = 0; i < c->n; i++) {
		const struct lw_change *ch = &c->v[i];

		if (ch->file != file || !ch->becomes)
			continue;
		if (ch->line_at != line) {
			line = ch->line_at;
			fwrite(f->text + at, 1, line - at, m);
			at = line;
			for (size_t j = i; j < c->n && c->v[j].file == file &&
					   c->v[j].line_at == line;
			     j++) {
				if (c->v[j].becomes)
					fprintf(m, "%s\n", c->v[j].comment);
			}
		}
		fwrite(f->text + at, 1, ch->at - at, m);
		fputs(ch->becomes, m);
		at = ch->at + ch->old.n;
	}
	fwrite(f->text + at, 1, f->n - at, m);
	if (fclose(m) != 0 || line == SIZE_MAX)
		return NULL;
	ret = text;
	text = NULL;
	return ret;
}
