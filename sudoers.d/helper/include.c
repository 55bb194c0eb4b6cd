/*
 * include.c - does sudo read /etc/sudoers.d at all. lightwave-sudo.
 *
 * Photon and Debian say so in the last line of /etc/sudoers; who wrote his own
 * may not.
 */
#include "sudo.h"

#include "cleanup.h"

#include <stdio.h>
#include <string.h>

/* The path behind the word, without quotes; NULL: it is another line. */
static char *operand(char *line, const char *word)
{
	size_t n = strlen(word);
	char *p = line + strspn(line, " \t");

	if (*p != '@' && *p != '#')
		return NULL;
	p++;
	if (strncmp(p, word, n) != 0 || !strchr(" \t", p[n]) || !p[n])
		return NULL;
	p += n;
	p += strspn(p, " \t\"");
	p[strcspn(p, " \t\"\r\n")] = '\0';
	n = strlen(p);
	if (n > 1 && p[n - 1] == '/')
		p[n - 1] = '\0';
	return p;
}

/* An image's says /etc/sudoers.d, and we /the/image/etc/sudoers.d. */
static bool means(const struct lw_sudo *s, const char *said, const char *path)
{
	const char *dir = strrchr(s->sudoers, '/');
	size_t n = strlen(said), m = strlen(path);
	size_t beside = (size_t)(dir - s->sudoers) + 1;

	if (!strcmp(said, path))
		return true;
	if (said[0] != '/')
		return !strcmp(said, path + beside);
	return strcmp(s->sudoers, LW_SUDOERS) != 0 && n < m &&
	       !strcmp(path + m - n, said);
}

void lw_sudo_warn_unread(const struct lw_sudo *s)
{
	lw_cleanup(lw_fclose) FILE *f = fopen(s->sudoers, "re");
	lw_cleanup(lw_free) char *line = NULL;
	size_t size = 0;
	bool read = false;

	while (f && !read && getline(&line, &size, f) > 0) {
		const char *dir = operand(line, "includedir");
		const char *file = dir ? NULL : operand(line, "include");

		read = (dir && means(s, dir, s->dir)) ||
		       (file && means(s, file, s->dropin));
	}
	if (!read)
		fprintf(stderr,
			"lightwave-sudo: warning: %s does not include %s: sudo "
			"does not read these rules until it has the line "
			"\"@includedir %s\"\n",
			s->sudoers, s->dir, s->dir);
}
