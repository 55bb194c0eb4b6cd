/*
 * check_defaults.c - Defaults for some users alone, "Defaults:ALL, !%:group":
 * whoever cannot be looked up has what the others have. lightwave-sudo.
 */
#include "check.h"

#include <string.h>

/* What binds it: ':' and '>' to users, '@' to hosts, '!' to commands; or 0. */
static char binds(struct lw_str l)
{
	static const char word[] = "Defaults";
	const size_t n = strlen(word);

	while (l.n > 0 && (l.s[0] == ' ' || l.s[0] == '\t')) {
		l.s++;
		l.n--;
	}
	if (l.n <= n || memcmp(l.s, word, n) != 0 || !strchr(":>@!", l.s[n]))
		return 0;
	return l.s[n];
}

static size_t bound_lines(const struct lw_flat *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->lines; i++)
		n += binds(f->line[i].text) != 0;
	return n;
}

static size_t bound(json_t *all)
{
	json_t *d;
	size_t i, n = 0;

	json_array_foreach(all, i, d)
	{
		n += json_object_get(d, "Binding") != NULL;
	}
	return n;
}

/* The next bound line from *i on, which is left behind it. */
static const struct lw_flat_line *next(const struct lw_flat *f, size_t *i)
{
	while (*i < f->lines) {
		const struct lw_flat_line *l = &f->line[(*i)++];

		if (binds(l->text))
			return l;
	}
	return NULL;
}

/*
 * cvtsudoers keeps their order. One whose setting it does not know it leaves
 * out: then nobody can say which line is which.
 */
void lw_check_defaults(struct lw_check *c)
{
	json_t *all = json_object_get(c->p->json, "Defaults"), *d;
	const struct lw_flat *f = c->p->flat;
	bool placed = bound(all) == bound_lines(f);
	size_t i, at = 0;

	json_array_foreach(all, i, d)
	{
		json_t *list = json_object_get(d, "Binding");
		struct lw_policy_rule where = { c->s->sudoers, 0, NULL };
		const struct lw_flat_line *l =
			list && placed ? next(f, &at) : NULL;

		if (l) {
			where.file = f->file[l->file].path;
			where.line = l->line;
		}
		lw_check_negated(c, &where,
				 l && binds(l->text) == '>' ? "Runas_Aliases"
							    : "User_Aliases",
				 list);
	}
}
