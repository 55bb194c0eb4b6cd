/* policy.c - sudoers, read by cvtsudoers. lightwave-sudo. */
#include "policy.h"

#include "cleanup.h"
#include "sudoers_line.h"
#include "sudoers_open.h"
#include "tool.h"
#include "visudo.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum lw_err fails(enum lw_err e)
{
	lw_tool_say(LW_CVTSUDOERS, e);
	return LW_OFFLINE;
}

/* cvtsudoers refuses it: visudo says where, or else its own words must do. */
static enum lw_err refused(const char *sudoers, const struct lw_tool *t)
{
	lw_cleanup(lw_free) char *words = NULL;

	if (lw_visudo_file(sudoers, &words) == LW_INVALID && words)
		fputs(words, stderr);
	else
		fprintf(stderr, "lightwave-sudo: %s: cvtsudoers: %s\n", sudoers,
			t->err ? t->err : "failed");
	return LW_INVALID;
}

static bool is_mark(json_t *spec, uint32_t *file, uint32_t *line)
{
	json_t *user = json_array_get(json_object_get(spec, "User_List"), 0);
	json_t *cmnd = json_array_get(json_object_get(spec, "Cmnd_Specs"), 0);
	const char *name, *path;

	name = json_string_value(json_object_get(user, "username"));
	if (!name || strcmp(name, LW_MARK_NAME) != 0)
		return false;
	cmnd = json_array_get(json_object_get(cmnd, "Commands"), 0);
	path = json_string_value(json_object_get(cmnd, "command"));
	if (!path || strncmp(path, LW_MARK_PATH, strlen(LW_MARK_PATH)) != 0)
		return false;
	path += strlen(LW_MARK_PATH);
	return lw_sudoers_number(&path, file) && *path++ == '/' &&
	       lw_sudoers_number(&path, line);
}

static enum lw_err rules(struct lw_policy *p)
{
	json_t *specs = json_object_get(p->json, "User_Specs"), *spec;
	uint32_t file = 0, line = 0;
	size_t i;

	json_array_foreach(specs, i, spec)
	{
		struct lw_policy_rule *r;

		if (is_mark(spec, &file, &line))
			continue;
		r = lw_flat_grow((void **)&p->rule, p->rules, &p->room,
				 sizeof(*r));
		if (!r || file >= p->flat->files)
			return LW_NOMEM;
		r[p->rules++] =
			(struct lw_policy_rule) { p->flat->file[file].path,
						  line, spec };
	}
	return LW_OK;
}

static enum lw_err convert(const char *sudoers, struct lw_policy *p)
{
	char *argv[] = { (char *)LW_CVTSUDOERS,
			 (char *)"-c",
			 (char *)"/dev/null",
			 (char *)"-f",
			 (char *)"json",
			 (char *)"-",
			 NULL };
	lw_cleanup(lw_tool_done) struct lw_tool t;
	struct lw_str in = { p->flat->out, p->flat->out_n };
	enum lw_err e = lw_tool_run(argv, in, &t);

	if (e != LW_OK)
		return fails(e);
	if (t.status != 0)
		return refused(sudoers, &t);
	/* It has nothing to say of sudoers without a rule. */
	if (t.out_n == 0)
		p->json = json_object();
	else
		e = lw_sudoers_json((struct lw_str) { t.out, t.out_n },
				    &p->json);
	if (e == LW_OK)
		e = rules(p);
	return e == LW_OK ? LW_OK : fails(e);
}

enum lw_err lw_policy_read(const char *sudoers, struct lw_policy *ret)
{
	char host[256] = "localhost";
	enum lw_err e;

	*ret = (struct lw_policy) { 0 };
	gethostname(host, sizeof(host) - 1);
	e = lw_flat_read(sudoers, 0, host, &ret->flat);
	if (e == LW_OK)
		return convert(sudoers, ret);
	fprintf(stderr, "lightwave-sudo: %s: %s\n", sudoers,
		e == LW_OFFLINE ? strerror(errno)
		: e == LW_RANGE ? "with what it includes larger than 4 MB or "
				  "50,000 rules: not read"
				: lw_strerror(e));
	return LW_OFFLINE;
}

void lw_policy_done(struct lw_policy *p)
{
	lw_flat_free(p->flat);
	json_decref(p->json);
	free(p->rule);
}
