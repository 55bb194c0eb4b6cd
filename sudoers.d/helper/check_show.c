/* check_show.c - what was found, for people and for programs. lightwave-sudo.
 */
#include "check.h"

#include "cleanup.h"

#include <stdio.h>

static void add(struct lw_check *c, json_t *to, const struct lw_finding *f)
{
	lw_cleanup(lw_free) char *key = NULL;

	if (asprintf(&key, "%s\n%s\n%u\n%s", f->kind, f->file ? f->file : "",
		     f->line, f->what) < 0) {
		key = NULL;
		return;
	}
	if (json_object_get(c->seen, key))
		return;
	json_object_set_new(c->seen, key, json_true());
	json_array_append_new(to, json_pack("{s:s,s:s?,s:i,s:s,s:s}", "kind",
					    f->kind, "file", f->file, "line",
					    (int)f->line, "what", f->what,
					    "remedy", f->remedy));
}

void lw_check_found(struct lw_check *c, const struct lw_finding *f)
{
	add(c, c->findings, f);
}

void lw_check_note(struct lw_check *c, const struct lw_finding *f)
{
	add(c, c->notes, f);
}

static void put(json_t *f, const char *key, const char *after)
{
	const char *s = json_string_value(json_object_get(f, key));

	if (!s)
		return;
	lw_show(lw_str(s));
	fputs(after, stdout);
}

static void show(json_t *list, const char *before)
{
	json_t *f;
	size_t i;

	json_array_foreach(list, i, f)
	{
		json_int_t line =
			json_integer_value(json_object_get(f, "line"));

		fputs(before, stdout);
		put(f, "file", line ? "" : ": ");
		if (line)
			printf(":%lld: ", line);
		put(f, "what", "\n    ");
		put(f, "remedy", "\n");
	}
}

void lw_check_show(const struct lw_check *c, bool json)
{
	if (!json) {
		show(c->findings, "");
		show(c->notes, "note: ");
		if (json_array_size(c->findings) == 0 && c->away == LW_OK)
			puts("nothing found");
		return;
	}
	lw_cleanup(lw_json_done) json_t *all =
		json_pack("{s:O,s:O,s:s?}", "findings", c->findings, "notes",
			  c->notes, "not_looked_up",
			  c->away == LW_OK ? NULL : lw_strerror(c->away));

	json_dumpf(all, stdout, JSON_INDENT(2));
	putchar('\n');
}
