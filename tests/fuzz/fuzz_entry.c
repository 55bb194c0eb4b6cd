/*
 * fuzz_entry.c - whatever entries a directory holds, does a worker report
 * only what can be served, each once? The input is text:
 *
 *     user NAME | group NAME | rid RIDS | memberships DN | members DN | rules -
 *     changes SERVER | everything - | sids -
 *     dn: cn=alice,cn=Users,dc=lightwave,dc=test
 *     objectClass: user
 *     objectSid:: 0105...              two colons: in hexadecimal digits
 *
 * An empty line ends an entry, a line "--" the answer to one search; what
 * comes after it answers the next one. "-- 32" is such an answer's result, "--
 * 0 COOKIE" says that there is another page.
 */
#include "cleanup.h"
#include "fuzz.h"
#include "question.h"

#include <stdlib.h>
#include <string.h>

const char fuzz_target[] = "entry";

static bool take_line(struct lw_str *rest, struct lw_str *ret)
{
	const char *end;

	if (rest->n == 0)
		return false;
	end = memchr(rest->s, '\n', rest->n);
	*ret = (struct lw_str) { rest->s,
				 end ? (size_t)(end - rest->s) : rest->n };
	rest->s += ret->n + (end ? 1 : 0);
	rest->n -= ret->n + (end ? 1 : 0);
	return true;
}

static bool begins(struct lw_str *s, const char *word)
{
	size_t n = strlen(word);

	if (s->n < n || memcmp(s->s, word, n) != 0)
		return false;
	s->s += n;
	s->n -= n;
	return true;
}

static int digit(char c)
{
	const char *all = "0123456789abcdef", *at = c ? strchr(all, c) : NULL;

	return at ? (int)(at - all) : 0;
}

/* name: value, or name:: hex, which becomes bytes in buf. */
static struct lw_str value(struct lw_str line, size_t name, char *buf,
			   size_t size)
{
	struct lw_str v = { line.s + name + 1, line.n - name - 1 };
	bool hex = begins(&v, ":");
	size_t n = 0;

	begins(&v, " ");
	if (!hex)
		return v;
	for (; v.n > 1 && n < size; v.s += 2, v.n -= 2)
		buf[n++] = (char)(digit(v.s[0]) << 4 | digit(v.s[1]));
	return (struct lw_str) { buf, n };
}

/* The lines of one name that stand together are its values. */
static void attribute(BerElement *ber, struct lw_str line, struct lw_str *rest)
{
	const char *colon = memchr(line.s, ':', line.n);
	size_t name = colon ? (size_t)(colon - line.s) : line.n;
	const char *first = line.s;
	char bytes[256];

	if (!colon)
		return;
	ber_printf(ber, "{o[", first, (ber_len_t)name);
	for (;;) {
		struct lw_str v = value(line, name, bytes, sizeof(bytes));

		ber_printf(ber, "o", v.s, (ber_len_t)v.n);
		if (rest->n <= name || memcmp(rest->s, first, name + 1) != 0)
			break;
		take_line(rest, &line);
	}
	ber_printf(ber, "]}");
}

/* "dn: ..." and the lines after it, to an empty one or "--". */
static void entry(BerElement *ber, ber_int_t id, struct lw_str dn,
		  struct lw_str *rest)
{
	struct lw_str line;

	ber_printf(ber, "{it{o{", id, LDAP_RES_SEARCH_ENTRY, dn.s,
		   (ber_len_t)dn.n);
	while (rest->n > 0 && rest->s[0] != '-' && take_line(rest, &line) &&
	       line.n > 0)
		attribute(ber, line, rest);
	ber_printf(ber, "}}}");
}

/* "-- RESULT COOKIE" */
static void result(BerElement *ber, ber_int_t id, struct lw_str line)
{
	ber_int_t code = 0;

	begins(&line, " ");
	for (; line.n > 0 && line.s[0] >= '0' && line.s[0] <= '9' && code < 99;
	     line.s++, line.n--)
		code = code * 10 + line.s[0] - '0';
	ber_printf(ber, "{it{ess}", id, LDAP_RES_SEARCH_RESULT, code, "", "");
	if (begins(&line, " ")) {
		BerElement *page = ber_alloc_t(LBER_USE_DER);
		struct berval bv;

		ber_printf(page, "{io}", 0, line.s, (ber_len_t)line.n);
		if (ber_flatten2(page, &bv, 0) < 0)
			abort();
		ber_printf(ber, "t{{sO}}", LDAP_TAG_CONTROLS,
			   LDAP_CONTROL_PAGEDRESULTS, &bv);
		ber_free(page, 1);
	}
	ber_printf(ber, "}");
}

/* The next answer of the script, or that there is nothing. */
static void answer(struct peer *p, ber_int_t id, ber_tag_t op)
{
	BerElement *ber;
	struct lw_str *rest = p->arg;
	struct lw_str line = LW_STR("");

	if (op != LDAP_REQ_SEARCH)
		return;
	ber = ber_alloc_t(LBER_USE_DER);
	while (take_line(rest, &line) && !begins(&line, "--")) {
		if (begins(&line, "dn: "))
			entry(ber, id, line, rest);
		line = LW_STR("");
	}
	result(ber, id, line);
	peer_send(p, ber);
}

/* The first line; a str of the protocol holds no NUL. */
static bool question(struct lw_str *rest, struct question *ret)
{
	struct lw_str line;

	if (!take_line(rest, &line) || memchr(line.s, '\0', line.n))
		return false;
	*ret = (struct question) { .op = LW_OP_FIND };
	ret->find = (struct lw_find) { LW_KIND_USER, LW_BY_NAME, line };
	if (begins(&line, "group "))
		ret->find.kind = LW_KIND_GROUP;
	else if (begins(&line, "rid "))
		ret->find.by = LW_BY_RID;
	else if (begins(&line, "memberships "))
		ret->op = LW_OP_MEMBERSHIPS;
	else if (begins(&line, "members "))
		ret->op = LW_OP_MEMBERS;
	else if (begins(&line, "rules "))
		ret->op = LW_OP_RULES;
	else if (begins(&line, "changes "))
		ret->sync = (struct lw_sync) { line, 1000, LW_SYNC_CHANGES, 0 };
	else if (begins(&line, "everything "))
		ret->sync.how = LW_SYNC_EVERYTHING;
	else if (begins(&line, "sids "))
		ret->sync.how = LW_SYNC_SIDS;
	else if (!begins(&line, "user "))
		return false;
	if (ret->sync.how || ret->sync.from)
		ret->op = LW_OP_SYNC;
	ret->sync.max = 3;
	ret->find.value = ret->dn = line;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lw_str rest = { (const char *)data, size };
	lw_cleanup(peer_close) struct peer p = { .asked = answer,
						 .arg = &rest };
	struct question q;
	uint32_t entries;

	if (!question(&rest, &q))
		return 0;
	peer_open(&p);
	question_run(&p, &q, &entries);
	fuzz_count(entries > 0);
	return 0;
}
