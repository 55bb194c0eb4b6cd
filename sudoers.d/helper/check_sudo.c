/*
 * check_sudo.c - what stands around sudoers: sudo.conf, the plug-in's file, and
 * sudo itself. lightwave-sudo.
 */
#include "check.h"
#include "sudoers_line.h"
#include "tool.h"

#include "cleanup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Where a Defaults sets group_plugin last, for the finding. */
static const struct lw_flat_line *set_at(const struct lw_flat *f)
{
	for (size_t i = f->lines; i > 0; i--) {
		const struct lw_flat_line *l = &f->line[i - 1];

		if (memmem(l->text.s, l->text.n, "group_plugin", 12) &&
		    memmem(l->text.s, l->text.n, "Defaults", 8))
			return l;
	}
	return NULL;
}

static void plugin_file(struct lw_check *c)
{
	lw_cleanup(lw_free) char *path = NULL;
	lw_cleanup(lw_free) char *what = NULL;
	const struct lw_flat_line *at = set_at(c->p->flat);
	const char *wrong = NULL;
	struct stat st;

	if (lw_plugin_set(c->p, &path) != LW_PLUGIN_OURS || !path)
		return;
	/* Without a path sudo looks where only it knows. */
	if (path[0] != '/')
		wrong = "is not named by its whole path";
	else if (stat(path, &st) < 0)
		wrong = "is not there: no %: rule means anybody";
	else if (st.st_uid != 0 || (st.st_mode & (S_IWGRP | S_IWOTH)))
		wrong = "is not root's alone to write: sudo refuses it";
	if (!wrong || asprintf(&what, "%s %s", path, wrong) < 0) {
		what = NULL;
		return;
	}
	lw_check_found(c,
		       &(struct lw_finding) {
			       "plugin",
			       at ? c->p->flat->file[at->file].path : NULL,
			       at ? at->line : 0, what,
			       "install lightwave-login's, root:root 0644" });
}

/* What a line of sudo.conf sets group_source to, or NULL. */
static const char *source(char *line)
{
	char *save, *set = strtok_r(line, " \t\r\n", &save);
	char *key = set ? strtok_r(NULL, " \t\r\n", &save) : NULL;
	char *v = key ? strtok_r(NULL, " \t\r\n", &save) : NULL;

	return v && strcasecmp(set, "Set") == 0 &&
			       strcasecmp(key, "group_source") == 0
		       ? v
		       : NULL;
}

/* The last word of several counts for sudo. */
static bool dynamic(const char *path)
{
	lw_cleanup(lw_fclose) FILE *f = fopen(path, "re");
	lw_cleanup(lw_free) char *line = NULL;
	bool is = false;
	size_t room = 0;

	while (f && getline(&line, &room, f) >= 0) {
		const char *v = source(line);

		if (v)
			is = strcasecmp(v, "dynamic") == 0;
	}
	return is;
}

static void sudo_conf(struct lw_check *c)
{
	const char *slash = strrchr(c->s->sudoers, '/');
	lw_cleanup(lw_free) char *path = NULL;

	if (asprintf(&path, "%.*s/sudo.conf", (int)(slash - c->s->sudoers),
		     c->s->sudoers) < 0) {
		path = NULL;
		return;
	}
	if (!dynamic(path))
		lw_check_found(
			c,
			&(struct lw_finding) {
				"group-source", path, 0,
				"without group_source dynamic, sudo believes "
				"the groups of the running session: who was "
				"revoked keeps his rights until he logs out",
				"add the line: Set group_source dynamic" });
}

/* 1.9.14 brought the hole, 1.9.17p1 mended it. */
static bool vulnerable(const char *out)
{
	static const char before[] = "Sudo version ";
	uint32_t v[4] = { 0 };
	size_t n = 0;

	if (strncmp(out, before, strlen(before)) != 0)
		return false;
	out += strlen(before);
	while (n < 4 && lw_sudoers_number(&out, &v[n])) {
		n++;
		if (*out != '.' && *out != 'p')
			break;
		out++;
	}
	return n >= 3 && v[0] == 1 && v[1] == 9 && v[2] >= 14 &&
	       (v[2] < 17 || (v[2] == 17 && v[3] < 1));
}

static void version(struct lw_check *c)
{
	char *argv[] = { (char *)LW_SUDO, (char *)"-V", NULL };
	lw_cleanup(lw_tool_done) struct lw_tool t;

	if (lw_tool_run(argv, lw_str(""), &t) != LW_OK || !t.out ||
	    !vulnerable(t.out))
		return;
	lw_check_note(c, &(struct lw_finding) {
				 "version", NULL, 0,
				 "sudo is older than 1.9.17p1: unless its "
				 "package says otherwise, sudo -R makes "
				 "whoever may log in root (CVE-2025-32463)",
				 "upgrade sudo" });
}

void lw_check_sudo(struct lw_check *c)
{
	plugin_file(c);
	sudo_conf(c);
	version(c);
}
