/*
 * check_dropin.c - in what grant wrote, a comment names the SID and the line
 * below it has the id or the SID itself: they must be one and the same.
 * lightwave-sudo.
 */
#include "check.h"

#include "cleanup.h"
#include "sid.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct claim {
	bool group;
	char sid[LW_SID_MAX];
};

/* "# user alice@lightwave.test S-1-7-...": a name may have blanks in it. */
static bool claim(const char *line, size_t n, struct claim *ret)
{
	const char *last;

	if (n > 8 && strncmp(line, "# group ", 8) == 0)
		ret->group = true;
	else if (n > 7 && strncmp(line, "# user ", 7) == 0)
		ret->group = false;
	else
		return false;
	last = memrchr(line, ' ', n);
	n -= (size_t)(++last - line);
	if (n >= sizeof(ret->sid) || !lw_sid_valid((struct lw_str) { last, n }))
		return false;
	memcpy(ret->sid, last, n);
	ret->sid[n] = '\0';
	return true;
}

static bool agrees(const struct claim *cl, uint32_t id, const char *line,
		   size_t n)
{
	char want[LW_SID_MAX + 8];
	size_t w;

	if (cl->group)
		snprintf(want, sizeof(want), "%%:%s", cl->sid);
	else
		snprintf(want, sizeof(want), "#%u", id);
	w = strlen(want);
	return n > w && strncmp(line, want, w) == 0 &&
	       strchr(" \t,\\", line[w]);
}

static void judge(struct lw_check *c, const struct lw_flat_file *f, uint32_t no,
		  const struct claim *cl, const char *line, size_t n)
{
	lw_cleanup(lw_free) char *what = NULL;
	uint32_t id = 0;
	enum lw_err e;
	int r;

	e = lw_check_resolve(c, cl->group ? LW_RESOLVE_GROUP : LW_RESOLVE_USER,
			     cl->sid, &id);
	if (e == LW_NOTFOUND)
		r = asprintf(&what, "%s is no longer in the directory",
			     cl->sid);
	else if (e == LW_OK && !agrees(cl, id, line, n))
		r = asprintf(&what, "%s above it is not whom the rule means",
			     cl->sid);
	else
		return;
	if (r < 0)
		return;
	lw_check_found(c,
		       &(struct lw_finding) {
			       e == LW_OK ? "disagrees" : "unknown", f->path,
			       no, what,
			       e == LW_OK ? "lightwave-sudo revoke, then grant"
					  : "lightwave-sudo revoke" });
}

static void file(struct lw_check *c, const struct lw_flat_file *f)
{
	const char *p = f->text, *end = f->text + f->n, *nl;
	struct claim cl;
	bool claimed = false;

	for (uint32_t no = 1; p < end; no++, p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl)
			nl = end;
		/* The comment is for all rules below it, up to a blank line. */
		if (nl == p || strncmp(p, "# ", 2) == 0)
			claimed = claim(p, (size_t)(nl - p), &cl);
		else if (claimed)
			judge(c, f, no, &cl, p, (size_t)(nl - p));
	}
}

/* It is there, and why sudo does not read it is not told yet. */
static void unread(struct lw_check *c, const struct lw_flat *f)
{
	lw_cleanup(lw_free) char *what = NULL;
	lw_cleanup(lw_free) char *remedy = NULL;

	for (size_t i = 0; i < f->notes; i++) {
		if (strcmp(f->note[i].path, c->s->dropin) == 0 ||
		    strcmp(f->note[i].path, c->s->dir) == 0)
			return;
	}
	if (asprintf(&what, "%s is not included: sudo reads none of its rules",
		     c->s->dropin) < 0) {
		what = NULL;
		return;
	}
	if (asprintf(&remedy, "add the line: @includedir %s", c->s->dir) < 0) {
		remedy = NULL;
		return;
	}
	lw_check_found(c, &(struct lw_finding) { "unread", c->s->sudoers, 0,
						 what, remedy });
}

void lw_check_dropin(struct lw_check *c)
{
	const struct lw_flat_file *found;
	struct stat st;

	if (stat(c->s->dropin, &st) < 0)
		return;
	found = lw_flat_find(c->p->flat, &st);
	if (found)
		file(c, found);
	else
		unread(c, c->p->flat);
}
