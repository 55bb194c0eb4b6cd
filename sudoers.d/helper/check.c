/*
 * check.c - lightwave-sudo check: what in sudoers does not mean what its author
 * thinks it does, or would not when the directory is away.
 */
#include "check.h"

#include "cleanup.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void check_done(struct lw_check *c)
{
	json_decref(c->findings);
	json_decref(c->notes);
	json_decref(c->seen);
	lw_localdb_done(&c->groups);
	lw_localdb_done(&c->users);
}

static void config_done(struct lw_config **c)
{
	lw_config_free(*c);
}

static enum lw_err ask(struct lw_check *c, enum lw_resolve_what what,
		       const char *name, uint32_t *ret_id)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	struct lw_resolved_list list;
	enum lw_err e;

	e = lw_sudo_resolve(c->s, what, lw_str(name), &reply, &list);
	if (e == LW_OK)
		*ret_id = lw_resolved_read(&list.each).id;
	return e;
}

enum lw_err lw_check_resolve(struct lw_check *c, enum lw_resolve_what what,
			     const char *name, uint32_t *ret_id)
{
	enum lw_err e;

	if (c->away != LW_OK)
		return c->away;
	e = ask(c, what, name, ret_id);
	if (e != LW_OK && e != LW_NOTFOUND && e != LW_CLAIMED &&
	    e != LW_NOTOURS && e != LW_INVALID)
		c->away = e;
	return e;
}

static enum lw_sudo_exit load(struct lw_config **ret)
{
	char error[512];

	if (access(LW_CONFIG_FILE, F_OK) != 0)
		return LW_SUDO_GOOD;
	if (lw_config_load(LW_CONFIG_FILE, ret, error, sizeof(error)) == LW_OK)
		return LW_SUDO_GOOD;
	fprintf(stderr, "lightwave-sudo: %s\n", error);
	return LW_SUDO_FAILS;
}

static enum lw_sudo_exit check(struct lw_check *c, bool json)
{
	lw_localdb_init(&c->groups, LW_ETC_GROUP);
	lw_localdb_init(&c->users, LW_ETC_PASSWD);
	if (lw_localdb_refresh(&c->groups, 0) != LW_OK ||
	    lw_localdb_refresh(&c->users, 0) != LW_OK) {
		fputs("lightwave-sudo: " LW_ETC_PASSWD " and " LW_ETC_GROUP
		      " cannot be read\n",
		      stderr);
		return LW_SUDO_FAILS;
	}
	lw_check_files(c);
	lw_check_rules(c);
	lw_check_defaults(c);
	lw_check_dropin(c);
	lw_check_sudo(c);
	lw_check_show(c, json);
	if (c->away != LW_OK)
		fprintf(stderr,
			"lightwave-sudo: names were not all looked up: %s: "
			"lightwavectl status\n",
			lw_strerror(c->away));
	if (json_array_size(c->findings) > 0)
		return LW_SUDO_FAILS;
	return c->away == LW_OK ? LW_SUDO_GOOD : LW_SUDO_AWAY;
}

enum lw_sudo_exit lw_sudo_check(const struct lw_sudo *s, int argc, char **argv)
{
	lw_cleanup(lw_policy_done) struct lw_policy p = { 0 };
	lw_cleanup(config_done) struct lw_config *config = NULL;
	lw_cleanup(check_done) struct lw_check c = { .s = s, .p = &p };
	bool json = argc == 2 && strcmp(argv[1], "--json") == 0;

	if (argc != (json ? 2 : 1))
		return lw_sudo_usage("check [--json]");
	if (lw_policy_read(s->sudoers, &p) != LW_OK)
		return LW_SUDO_FAILS;
	if (load(&config) != LW_SUDO_GOOD)
		return LW_SUDO_FAILS;
	c.config = config;
	if (config)
		c.naming = lw_config_naming(config);
	c.findings = json_array();
	c.notes = json_array();
	c.seen = json_object();
	if (!c.findings || !c.notes || !c.seen) {
		fputs("lightwave-sudo: out of memory\n", stderr);
		return LW_SUDO_FAILS;
	}
	return check(&c, json);
}
