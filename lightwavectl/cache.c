/* cache.c - lightwavectl cache: what is known here, and to have it doubted. */
#include "ctl.h"

#include "cached.h"
#include "cleanup.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define BUDGET_MS 30000

struct options {
	bool json, all, with_groups;
	const char *name; /* NULL: none was given */
};

static enum lw_ctl_exit usage(void)
{
	fputs("usage: lightwavectl cache list [--json]\n"
	      "       lightwavectl cache show [--json] NAME\n"
	      "       lightwavectl cache drop [--with-groups] NAME\n"
	      "       lightwavectl cache drop --all\n",
	      stderr);
	return LW_CTL_USAGE;
}

static enum lw_ctl_exit failed(const struct options *o, enum lw_err e)
{
	if (e == LW_NOTFOUND)
		fprintf(stderr, "lightwavectl: nothing is known of %s\n",
			o->name);
	else if (o->name && !o->name[strspn(o->name, "0123456789")])
		fprintf(stderr, "lightwavectl: %s is an id: give a name\n",
			o->name);
	else if (o->name && (e == LW_NOTOURS || e == LW_INVALID))
		fprintf(stderr, "lightwavectl: %s: %s\n", o->name,
			lw_strerror(e));
	else
		fprintf(stderr, "lightwavectl: no answer: %s\n",
			lw_strerror(e));
	return LW_CTL_FAILS;
}

static const char *kind_of(const struct lw_cached *c)
{
	return c->kind == LW_KIND_USER ? "user" : "group";
}

static const char *from_of(const struct lw_cached *c)
{
	static const char *const words[LW_CACHED_FROM_COUNT] = {
		[LW_CACHED_REPLICA] = "replica",
		[LW_CACHED_ASKED] = "asked",
		[LW_CACHED_NOBODY] = "nobody",
	};

	return words[c->from];
}

static void json_age(const struct lw_cached_age *a)
{
	printf("\"age\":%" PRIu32 ",\"fresh\":", a->age);
	if (a->fresh == LW_NEVER)
		fputs("null", stdout);
	else
		printf("%" PRIu32, a->fresh);
	printf(",\"offline\":%" PRIu32, a->offline);
}

static void json(const struct lw_cached *c)
{
	bool user = c->kind == LW_KIND_USER;

	printf("{\"kind\":\"%s\",\"name\":", kind_of(c));
	lw_ctl_json(c->name);
	printf(",\"from\":\"%s\",", from_of(c));
	if (c->from != LW_CACHED_NOBODY) {
		printf("\"%s\":%" PRIu32 ",\"sid\":", user ? "uid" : "gid",
		       c->id);
		lw_ctl_json(c->sid);
		fputs(",\"dn\":", stdout);
		lw_ctl_json(c->dn);
		putchar(',');
	}
	json_age(&c->entry);
	if (c->count != LW_NEVER) {
		printf(",\"%s\":{\"count\":%" PRIu32 ",",
		       user ? "groups" : "members", c->count);
		json_age(&c->list);
		putchar('}');
	}
	putchar('}');
}

/* "12 s ago; taken until changes tell otherwise; offline for 604788 s" */
static void text_age(const struct lw_cached_age *a)
{
	printf("confirmed %" PRIu32 " s ago; ", a->age);
	if (a->fresh == LW_NEVER)
		fputs("followed", stdout);
	else if (a->fresh == 0)
		fputs("asked for at the next lookup", stdout);
	else
		printf("taken for %" PRIu32 " s", a->fresh);
	if (a->offline == 0)
		puts("; not while the directory is away");
	else
		printf("; for %" PRIu32 " s while the directory is away\n",
		       a->offline);
}

static void line(const struct lw_cached *c)
{
	printf("%-6s %10" PRIu32 "  %-8s %8" PRIu32 " s  ", kind_of(c), c->id,
	       from_of(c), c->entry.age);
	lw_ctl_show(c->name);
	putchar('\n');
}

static void block(const struct lw_cached *c)
{
	bool user = c->kind == LW_KIND_USER;

	printf("%-8s ", kind_of(c));
	lw_ctl_show(c->name);
	if (c->from == LW_CACHED_NOBODY) {
		fputs("\nnobody   ", stdout);
		text_age(&c->entry);
		return;
	}
	printf("\n%-8s %" PRIu32 "\nSID      ", user ? "uid" : "gid", c->id);
	lw_ctl_show(c->sid);
	fputs("\nDN       ", stdout);
	lw_ctl_show(c->dn);
	printf("\n%-8s ", from_of(c));
	text_age(&c->entry);
	printf("%-8s ", user ? "groups" : "members");
	if (c->count == LW_NEVER) {
		puts("not known");
		return;
	}
	printf("%" PRIu32 ", ", c->count);
	text_age(&c->list);
}

static void begin(struct lw_wr *w, enum lw_op op)
{
	lw_wr_heap(w, LW_REQUEST_MAX);
	lw_msg_begin(w, op, 0);
}

/* One page; ret_last is the highest id in it. */
static enum lw_ctl_exit page(const char *socket, const struct options *o,
			     enum lw_kind kind, uint32_t after,
			     uint32_t *ret_last, bool *first)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	lw_cleanup(lw_wr_done) struct lw_wr w;
	struct lw_cached_list l;
	enum lw_ctl_exit x;
	enum lw_err e = LW_OK;

	begin(&w, LW_OP_CACHE_LIST);
	lw_wr_u8(&w, (uint8_t)kind);
	lw_wr_u32(&w, after);
	x = lw_ctl_send(socket, &w, BUDGET_MS, &e, &reply);
	if (x != LW_CTL_GOOD)
		return x;
	if (e == LW_OK)
		e = lw_cached_list_decode(&reply.body, &l);
	if (e != LW_OK)
		return failed(o, e);
	*ret_last = after;
	for (uint32_t i = 0; i < l.count; i++) {
		struct lw_cached c = lw_cached_decode(&l.each);

		if (o->json) {
			fputs(*first ? "" : ",\n ", stdout);
			json(&c);
		} else {
			line(&c);
		}
		*first = false;
		if (c.id <= *ret_last)
			return failed(o, LW_PROTO);
		*ret_last = c.id;
	}
	return LW_CTL_GOOD;
}

static enum lw_ctl_exit list(const char *socket, const struct options *o)
{
	static const enum lw_kind kinds[] = { LW_KIND_USER, LW_KIND_GROUP };
	enum lw_ctl_exit x = LW_CTL_GOOD;
	bool first = true;

	if (o->json)
		putchar('[');
	for (size_t i = 0; i < 2 && x == LW_CTL_GOOD; i++) {
		uint32_t last = 0, after;

		do {
			after = last;
			x = page(socket, o, kinds[i], after, &last, &first);
		} while (x == LW_CTL_GOOD && last != after);
	}
	if (o->json && x == LW_CTL_GOOD)
		puts("]");
	return x;
}

static enum lw_ctl_exit show(const char *socket, const struct options *o)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	lw_cleanup(lw_wr_done) struct lw_wr w;
	struct lw_cached_list l;
	enum lw_ctl_exit x;
	enum lw_err e = LW_OK;

	begin(&w, LW_OP_CACHE_SHOW);
	lw_wr_str(&w, lw_str(o->name));
	x = lw_ctl_send(socket, &w, BUDGET_MS, &e, &reply);
	if (x != LW_CTL_GOOD)
		return x;
	if (e == LW_OK)
		e = lw_cached_list_decode(&reply.body, &l);
	if (e != LW_OK)
		return failed(o, e);
	for (uint32_t i = 0; i < l.count; i++) {
		struct lw_cached c = lw_cached_decode(&l.each);

		fputs(i == 0 ? (o->json ? "[" : "") : (o->json ? ",\n " : "\n"),
		      stdout);
		if (o->json)
			json(&c);
		else
			block(&c);
	}
	if (o->json)
		puts("]");
	return LW_CTL_GOOD;
}

static enum lw_ctl_exit drop(const char *socket, const struct options *o)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	lw_cleanup(lw_wr_done) struct lw_wr w;
	struct lw_drop d = { .how = o->all	     ? LW_DROP_ALL
				    : o->with_groups ? LW_DROP_GROUPS
						     : LW_DROP_NAME,
			     .name = lw_str(o->all ? "" : o->name) };
	enum lw_ctl_exit x;
	enum lw_err e = LW_OK;

	begin(&w, LW_OP_CACHE_DROP);
	lw_drop_encode(&w, &d);
	x = lw_ctl_send(socket, &w, BUDGET_MS, &e, &reply);
	if (x != LW_CTL_GOOD || e == LW_OK)
		return x;
	return failed(o, e);
}

static bool parse(int argc, char **argv, struct options *ret)
{
	static const struct option longs[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "all", no_argument, NULL, 'a' },
		{ "with-groups", no_argument, NULL, 'g' },
		{ 0 },
	};
	int ch;

	*ret = (struct options) { 0 };
	optind = 0; /* another vector: from its beginning */
	while ((ch = getopt_long(argc, argv, "", longs, NULL)) >= 0) {
		if (ch != 'j' && ch != 'a' && ch != 'g')
			return false;
		ret->json |= ch == 'j';
		ret->all |= ch == 'a';
		ret->with_groups |= ch == 'g';
	}
	if (optind < argc)
		ret->name = argv[optind++];
	return optind == argc && (!ret->name || *ret->name);
}

enum lw_ctl_exit lw_ctl_cache(const char *socket, int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";
	struct options o;

	if (argc < 2 || !parse(argc - 1, argv + 1, &o))
		return usage();
	if (!strcmp(verb, "list") && !o.name && !o.all && !o.with_groups)
		return list(socket, &o);
	if (!strcmp(verb, "show") && o.name && !o.all && !o.with_groups)
		return show(socket, &o);
	if (!strcmp(verb, "drop") && !o.json && o.all != (o.name != NULL) &&
	    !(o.all && o.with_groups))
		return drop(socket, &o);
	return usage();
}
