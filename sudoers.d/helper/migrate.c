/*
 * migrate.c - lightwave-sudo migrate: likewise's rules, what they become, and
 * only when told the change itself.
 */
#include "migrate.h"
#include "plugin_set.h"

#include "cleanup.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct options {
	const char *domain;
	bool write, partial;
};

static bool options(int argc, char **argv, struct options *ret)
{
	*ret = (struct options) { 0 };
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--write") == 0)
			ret->write = true;
		else if (strcmp(argv[i], "--partial") == 0)
			ret->partial = true;
		else if (strcmp(argv[i], "--domain") == 0 && i + 1 < argc)
			ret->domain = argv[++i];
		else
			return false;
	}
	return !ret->partial || ret->write;
}

static void config_done(struct lw_config **c)
{
	lw_config_free(*c);
}

static const char *why(enum lw_err e)
{
	if (e == LW_NOTFOUND)
		return "not in the directory";
	if (e == LW_CLAIMED)
		return "claimed by several entries";
	if (e == LW_NOTOURS)
		return "a local name, or of another domain";
	return e == LW_INVALID ? "cannot be anybody's name" : lw_strerror(e);
}

/* How many have nobody they could become. */
static size_t show(const struct lw_policy *p, const struct lw_changes *c)
{
	size_t left = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct lw_change *ch = &c->v[i];

		lw_show(lw_str(p->flat->file[ch->file].path));
		printf(":%u: ", ch->line);
		lw_show(ch->old);
		if (ch->becomes) {
			printf(" becomes %s  ", ch->becomes);
			lw_show(lw_str(ch->comment));
		} else {
			printf(" stays: %s", why(ch->why));
			left++;
		}
		putchar('\n');
	}
	return left;
}

/* What a group becomes means nobody without the plug-in. */
static bool plugin_lacks(const struct lw_policy *p, const struct lw_changes *c)
{
	bool groups = false;

	for (size_t i = 0; i < c->n; i++)
		groups |= c->v[i].group && c->v[i].becomes;
	if (!groups || lw_plugin_set(p, NULL) == LW_PLUGIN_OURS)
		return false;
	fputs("lightwave-sudo: rules for groups need, in sudoers: Defaults "
	      "group_plugin=\"" LW_SUDO_PLUGIN "\" (grant writes it as well)\n",
	      stderr);
	return true;
}

static enum lw_sudo_exit decide(const struct lw_policy *p,
				const struct lw_changes *c,
				const struct options *o)
{
	size_t left = show(p, c);
	bool lacks = plugin_lacks(p, c);

	if (c->n == 0)
		puts("no rule in likewise's spelling");
	if (!o->write && left < c->n)
		puts("nothing was changed: migrate --write does it");
	if (!o->write)
		return left == 0 ? LW_SUDO_GOOD : LW_SUDO_FAILS;
	if (lacks || (left > 0 && !o->partial)) {
		fprintf(stderr, "lightwave-sudo: nothing was changed%s\n",
			lacks ? ""
			      : ": some stay as they are (--partial changes "
				"the others)");
		return LW_SUDO_FAILS;
	}
	return left == c->n ? LW_SUDO_GOOD : lw_migrate_write(p, c);
}

enum lw_sudo_exit lw_sudo_migrate(const struct lw_sudo *s, int argc,
				  char **argv)
{
	lw_cleanup(config_done) struct lw_config *c = NULL;
	lw_cleanup(lw_policy_done) struct lw_policy p = { 0 };
	lw_cleanup(lw_migrate_done) struct lw_changes changes = { 0 };
	const char *domains[2];
	struct options o;
	char error[512];
	enum lw_err e;

	if (!options(argc, argv, &o))
		return lw_sudo_usage(
			"migrate [--domain DOMAIN] [--write [--partial]]");
	if (lw_config_load(LW_CONFIG_FILE, &c, error, sizeof(error)) != LW_OK) {
		fprintf(stderr, "lightwave-sudo: %s\n", error);
		return LW_SUDO_FAILS;
	}
	if (lw_policy_read(s->sudoers, &p) != LW_OK)
		return LW_SUDO_FAILS;
	/* What likewise called it need not be what it is called now. */
	domains[0] = o.domain ? o.domain : c->domain;
	domains[1] = o.domain ? NULL : c->netbios_name;
	e = lw_migrate_find(s, &p, c->domain, domains, 2, &changes);
	if (e != LW_OK)
		return lw_sudo_refuse(s, "migrate", e);
	return decide(&p, &changes, &o);
}
