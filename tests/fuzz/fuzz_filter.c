/*
 * fuzz_filter.c - is a value one value in a search filter, whatever it is?
 * The input is the value. What libldap makes of our filter and sends has to
 * be exactly the comparisons we meant, with exactly these bytes.
 */
#include "claim.h"
#include "cleanup.h"
#include "filter.h"
#include "fuzz.h"
#include "peer.h"

#include <string.h>

const char fuzz_target[] = "filter";

#define ATTRIBUTE "sAMAccountName"

static void equal(struct peer_ber *b, const char *attr, struct lw_str value)
{
	struct peer_ber in = peer_inside(b, LDAP_FILTER_EQUALITY);
	struct lw_str a = peer_octets(&in), v = peer_octets(&in);

	fuzz_holds(in.good && in.n == 0, "an equality is one of two strings");
	fuzz_holds(lw_str_eq(a, attr), "the attribute is ours");
	fuzz_holds(v.n == value.n && !memcmp(v.s, value.s, v.n),
		   "the value is the one given");
}

/* LW_IS_USER */
static void is_user(struct peer_ber *b)
{
	struct peer_ber no;

	equal(b, "objectClass", LW_STR("user"));
	no = peer_inside(b, LDAP_FILTER_NOT);
	equal(&no, "objectClass", LW_STR("computer"));
	fuzz_holds(no.good && no.n == 0, "no is said of one thing");
}

/* What is asked for: the filter of the last search that was sent. */
static struct peer_ber sent(struct peer *p, const char *filter)
{
	char *attrs[] = { LDAP_NO_ATTRS, NULL };
	int id;

	fuzz_holds(ldap_search_ext(p->conn.ld, "dc=lightwave,dc=test",
				   LDAP_SCOPE_SUBTREE, filter, attrs, 0, NULL,
				   NULL, NULL, 0, &id) == LDAP_SUCCESS,
		   "libldap takes the filter");
	return peer_filter(p);
}

/* As find.c and batch.c build theirs. */
static void user(struct peer *p, struct lw_str value)
{
	lw_cleanup(lw_wr_done) struct lw_wr w;
	struct peer_ber f, all, any;
	const char *text;

	lw_wr_heap(&w, LW_FILTER_MAX);
	lw_filter_raw(&w, "(&" LW_IS_USER "(|");
	lw_filter_pair(&w, ATTRIBUTE, value);
	lw_filter_pair(&w, "entryDN", value);
	lw_filter_raw(&w, "))");
	text = lw_filter_end(&w);
	fuzz_count(text);
	fuzz_holds(text || value.n == 0, "only an empty value is refused");
	if (!text)
		return;
	f = sent(p, text);
	all = peer_inside(&f, LDAP_FILTER_AND);
	is_user(&all);
	any = peer_inside(&all, LDAP_FILTER_OR);
	equal(&any, ATTRIBUTE, value);
	equal(&any, "entryDN", value);
	fuzz_holds(any.good && any.n == 0 && all.good && all.n == 0,
		   "there is nothing else in the filter");
}

/* By the name that somebody typed: his principal, and his account. */
static void claim(struct peer *p, const char *name)
{
	size_t n = strlen(name);
	lw_cleanup(lw_free) char *upn = malloc(n + sizeof(PEER_REALM) + 1);
	lw_cleanup(lw_wr_done) struct lw_wr w;
	struct peer_ber f, any;
	const char *text;

	if (!upn)
		abort();
	snprintf(upn, n + sizeof(PEER_REALM) + 1, "%s@" PEER_REALM, name);
	lw_wr_heap(&w, LW_FILTER_MAX);
	lw_filter_raw(&w, "(|");
	lw_claim_by_user(&w, name, p->conn.setup->config);
	lw_filter_raw(&w, ")");
	text = lw_filter_end(&w);
	if (!text)
		return;
	f = sent(p, text);
	any = peer_inside(&f, LDAP_FILTER_OR);
	equal(&any, "userPrincipalName", lw_str(upn));
	equal(&any, ATTRIBUTE, lw_str(name));
	fuzz_holds(any.good && any.n == 0, "a claim is one of two");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	lw_cleanup(lw_free) char *name = fuzz_text(data, size);
	lw_cleanup(peer_close) struct peer p = { 0 };

	peer_open(&p);
	user(&p, (struct lw_str) { (const char *)data, size });
	claim(&p, name);
	return 0;
}
