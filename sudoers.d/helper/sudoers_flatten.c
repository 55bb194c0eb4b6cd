/* sudoers_flatten.c - follow includes, set marks. lightwave-sudo. */
#include "sudoers_flatten.h"

#include "cleanup.h"
#include "sudoers_line.h"
#include "sudoers_open.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct walk {
	struct lw_flat *f;
	FILE *out;
	size_t bytes;
	bool open; /* the last line ended with its file, and not by itself */
};

/* Where an include stands. */
struct from {
	uint32_t file, line;
	unsigned int depth;
};

static enum lw_err note(struct lw_flat *f, enum lw_flat_why why,
			const char *path, const struct from *from)
{
	struct lw_flat_note *n = lw_flat_grow((void **)&f->note, f->notes,
					      &f->note_room, sizeof(*n));

	if (!n)
		return LW_NOMEM;
	n += f->notes;
	*n = (struct lw_flat_note) { .why = why,
				     .path = strdup(path),
				     .file = from->file,
				     .line = from->line };
	if (!n->path)
		return LW_NOMEM;
	f->notes++;
	return LW_OK;
}

static enum lw_err add_file(struct walk *w, const char *path,
			    const struct from *from, bool named);

static enum lw_err add_dir(struct walk *w, const char *path,
			   const struct from *from)
{
	lw_cleanup(lw_flat_names_done) struct lw_flat_names names = { 0 };
	enum lw_err e;

	e = lw_flat_list(path, w->f->owner, &names);
	if (e == LW_NOTFOUND)
		return LW_OK;
	if (e == LW_DENIED)
		return note(w->f, LW_FLAT_MODE, path, from);
	if (e == LW_OFFLINE)
		return note(w->f, LW_FLAT_MISSING, path, from);
	for (size_t i = 0; e == LW_OK && i < names.n; i++) {
		const char *name = names.v[i].name;
		lw_cleanup(lw_free) char *full = NULL;

		if (asprintf(&full, "%s/%s", path, name) < 0) {
			full = NULL;
			return LW_NOMEM;
		}
		if (names.v[i].ignored)
			e = note(w->f, LW_FLAT_NAME, full, from);
		else
			e = add_file(w, full, from, false);
	}
	return e;
}

/* What an include names: beside the file it stands in, and %h is this host. */
static char *expand(const struct lw_flat *f, uint32_t file, const char *path)
{
	const char *by = f->file[file].path, *slash = strrchr(by, '/');
	size_t dir = *path != '/' && slash ? (size_t)(slash - by) + 1 : 0;
	char *ret = NULL;
	size_t n;
	FILE *m = open_memstream(&ret, &n);

	if (!m)
		return NULL;
	fwrite(by, 1, dir, m);
	for (; *path; path++) {
		if (path[0] == '%' && path[1] == 'h') {
			fputs(f->host, m);
			path++;
		} else {
			putc(*path, m);
		}
	}
	if (fclose(m) != 0) {
		free(ret);
		return NULL;
	}
	return ret;
}

static enum lw_err include(struct walk *w, const struct from *at,
			   enum lw_sudoers_kind kind, const char *path)
{
	lw_cleanup(lw_free) char *full = expand(w->f, at->file, path);

	if (!full)
		return LW_NOMEM;
	if (at->depth == LW_FLAT_DEPTH)
		return note(w->f, LW_FLAT_DEEP, full, at);
	if (kind == LW_SUDOERS_INCLUDEDIR)
		return add_dir(w, full, at);
	return add_file(w, full, at, true);
}

/* To sudo the rest of a line that has a NUL is not there. */
static void put(FILE *out, struct lw_str l)
{
	bool cut = false;

	for (size_t i = 0; i < l.n; i++) {
		cut = l.s[i] != '\n' && (cut || !l.s[i]);
		if (!cut)
			putc(l.s[i], out);
	}
	if (l.n == 0 || l.s[l.n - 1] != '\n')
		putc('\n', out);
}

static enum lw_err add_line(struct walk *w, const struct from *at,
			    struct lw_str text)
{
	struct lw_flat *f = w->f;
	struct lw_flat_line *l;

	if (f->lines == LW_FLAT_LINES)
		return LW_RANGE;
	l = lw_flat_grow((void **)&f->line, f->lines, &f->line_room,
			 sizeof(*l));
	if (!l)
		return LW_NOMEM;
	l[f->lines++] = (struct lw_flat_line) { at->file, at->line, text };
	/* sudo goes on with the next file where one ends within a line. */
	if (!w->open)
		fprintf(w->out,
			"\"" LW_MARK_NAME "\" ALL = " LW_MARK_PATH "%u/%u\n",
			at->file, at->line);
	put(w->out, text);
	w->open = lw_sudoers_open(text);
	return LW_OK;
}

static enum lw_err add_lines(struct walk *w, uint32_t file, unsigned int depth)
{
	struct lw_str rest = { w->f->file[file].text, w->f->file[file].n };
	struct from at = { file, 1, depth };
	enum lw_err e = LW_OK;

	while (e == LW_OK && rest.n > 0) {
		lw_cleanup(lw_free) char *path = NULL;
		enum lw_sudoers_kind kind;
		struct lw_str l = rest;
		uint32_t lines;

		l.n = lw_sudoers_line(rest, &lines);
		e = lw_sudoers_kind(l, &kind, &path);
		if (e == LW_INVALID)
			e = note(w->f, LW_FLAT_EMPTY, "", &at);
		else if (e == LW_OK && path)
			e = include(w, &at, kind, path);
		else if (e == LW_OK && kind == LW_SUDOERS_PLAIN)
			e = add_line(w, &at, l);
		at.line += lines;
		rest.s += l.n;
		rest.n -= l.n;
	}
	return e;
}

static enum lw_err add_file(struct walk *w, const char *path,
			    const struct from *from, bool named)
{
	struct lw_flat *f = w->f;
	struct lw_flat_file *file;
	enum lw_err e;

	file = lw_flat_grow((void **)&f->file, f->files, &f->file_room,
			    sizeof(*file));
	if (!file)
		return LW_NOMEM;
	e = lw_flat_open(path, LW_FLAT_BYTES - w->bytes, &file[f->files]);
	if (e == LW_OFFLINE && (from->line == 0 || (!named && errno == ENOENT)))
		return from->line == 0 ? e : LW_OK;
	if (e == LW_OFFLINE)
		return note(f, LW_FLAT_MISSING, path, from);
	if (e != LW_OK)
		return e;
	w->bytes += file[f->files].n;
	f->files++;
	if (!lw_flat_secure(&file[f->files - 1].st, f->owner)) {
		e = note(f, LW_FLAT_MODE, path, from);
		if (from->line != 0 || e != LW_OK)
			return e;
	}
	return add_lines(w, (uint32_t)(f->files - 1), from->depth + 1);
}

enum lw_err lw_flat_read(const char *path, uid_t owner, const char *host,
			 struct lw_flat **ret)
{
	lw_cleanup(lw_flat_done) struct lw_flat *f = calloc(1, sizeof(*f));
	struct walk w = { .f = f };
	struct from from = { 0, 0, 0 };
	enum lw_err e;

	if (!f)
		return LW_NOMEM;
	f->owner = owner;
	f->host = strndup(host, strcspn(host, "."));
	w.out = open_memstream(&f->out, &f->out_n);
	if (!w.out)
		return LW_NOMEM;
	e = f->host ? add_file(&w, path, &from, true) : LW_NOMEM;
	if (fclose(w.out) != 0 && e == LW_OK)
		e = LW_NOMEM;
	if (e != LW_OK)
		return e;
	*ret = f;
	f = NULL;
	return LW_OK;
}

const struct lw_flat_file *lw_flat_find(const struct lw_flat *f,
					const struct stat *st)
{
	for (size_t i = 0; i < f->files; i++) {
		if (f->file[i].st.st_ino == st->st_ino &&
		    f->file[i].st.st_dev == st->st_dev)
			return &f->file[i];
	}
	return NULL;
}

void lw_flat_free(struct lw_flat *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->files; i++) {
		free(f->file[i].path);
		free(f->file[i].text);
	}
	for (size_t i = 0; i < f->notes; i++)
		free(f->note[i].path);
	free(f->file);
	free(f->line);
	free(f->note);
	free(f->host);
	free(f->out);
	free(f);
}
