/*
 * include.c - does sudo read /etc/sudoers.d at all. lightwave-sudo.
 *
 * Photon and Debian say so in the last line of /etc/sudoers; who wrote his own
 * may not.
 */
#include "sudo.h"

#include "cleanup.h"
#include "sudoers_flatten.h"
#include "sudoers_line.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* An image's says /etc/sudoers.d, and we /the/image/etc/sudoers.d. */
static bool ends_so(const char *path, const char *said)
{
	size_t m = strlen(path), n = strlen(said);

	while (n > 1 && said[n - 1] == '/')
		n--;
	return said[0] == '/' && n < m && !strncmp(path + m - n, said, n);
}

static bool image_has(const struct lw_sudo *s, struct lw_str line)
{
	lw_cleanup(lw_free) char *said = NULL;
	enum lw_sudoers_kind kind;

	if (lw_sudoers_kind(line, &kind, &said) != LW_OK)
		return false;
	return (kind == LW_SUDOERS_INCLUDEDIR && ends_so(s->dir, said)) ||
	       (kind == LW_SUDOERS_INCLUDE && ends_so(s->dropin, said));
}

static bool image_reads(const struct lw_sudo *s, const struct lw_flat *f)
{
	for (size_t i = 0; i < f->files; i++) {
		struct lw_str rest = { f->file[i].text, f->file[i].n };

		while (rest.n > 0) {
			uint32_t lines;
			size_t n = lw_sudoers_line(rest, &lines);

			if (image_has(s, (struct lw_str) { rest.s, n }))
				return true;
			rest.s += n;
			rest.n -= n;
		}
	}
	return false;
}

/* What is too large to be read is not said to lack it. */
static bool reads(const struct lw_sudo *s, const struct stat *st)
{
	lw_cleanup(lw_flat_done) struct lw_flat *f = NULL;
	char host[256] = "localhost";
	enum lw_err e;

	gethostname(host, sizeof(host) - 1);
	e = lw_flat_read(s->sudoers, 0, host, &f);
	if (e != LW_OK)
		return e != LW_OFFLINE;
	return lw_flat_find(f, st) ||
	       (strcmp(s->sudoers, LW_SUDOERS) != 0 && image_reads(s, f));
}

void lw_sudo_warn_unread(const struct lw_sudo *s)
{
	struct stat st;

	if (stat(s->dropin, &st) < 0 || reads(s, &st))
		return;
	fprintf(stderr,
		"lightwave-sudo: warning: %s does not include %s: sudo does "
		"not read these rules until it has the line \"@includedir "
		"%s\"\n",
		s->sudoers, s->dir, s->dir);
}
