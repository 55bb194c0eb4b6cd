/* selftest.c - whether this machine can do its work. A worker process. */
#include "selftest.h"

#include "bind.h"
#include "clock.h"
#include "filter.h"
#include "job_sync.h"
#include "log.h"
#include "machine_bind.h"
#include "sasl.h"
#include "search.h"
#include "selftest_clock.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/time.h>

#define TRIED_MAX 3 /* servers, when none can be reached */

struct report {
	struct lw_wr *w;
	uint32_t count;
	unsigned failed;
	bool quiet; /* somebody else logs what fails */
};

static void say(struct report *r, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void fails(struct report *r, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void put(struct report *r, const char *key, const char *value)
{
	lw_wr_str(r->w, lw_str(key));
	lw_wr_str(r->w, lw_str(value));
	r->count++;
}

static void say(struct report *r, const char *key, const char *fmt, ...)
{
	char text[800];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	put(r, key, text);
}

static void fails(struct report *r, const char *key, const char *fmt, ...)
{
	char text[800] = LW_PAIR_FAILS;
	const size_t n = sizeof(LW_PAIR_FAILS) - 1;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + n, sizeof(text) - n, fmt, ap);
	va_end(ap);
	put(r, key, text);
	r->failed++;
	if (!r->quiet)
		lw_log(LOG_WARNING, "self-test: %s: %s", key, text + n);
}

/* Nobody waits for us but who wants to know why: so each is tried itself. */
static void unreachable(struct report *r, struct lw_conn *c)
{
	const struct lw_servers *all = c->setup->servers;
	struct lw_server_state state;
	struct lw_endpoint at;
	int64_t until;

	if (!lw_servers_get(all, 0, &at, &state))
		fails(r, "server",
		      "none is known: DNS has no _ldap._tcp.%s that names one "
		      "of the domain, or does not answer; mend it, or name "
		      "them by 'server' in [domain]",
		      c->setup->config->domain);
	for (uint32_t i = 0;
	     i < TRIED_MAX && lw_servers_get(all, i, &at, &state); i++) {
		lw_conn_close(c);
		until = lw_mono_ms() + lw_setup_op_ms(c->setup);
		if (lw_conn_open_at(c, &at, until) == LW_OK)
			say(r, "server", "%s answers again", lw_conn_host(c));
		else
			fails(r, "server",
			      "%s: %s; check 'server', 'ca_file' and 'ca_dir' "
			      "in [domain], the network and its certificate",
			      lw_conn_host(c), c->why);
	}
	lw_conn_close(c);
}

static bool bound(struct report *r, struct lw_conn *c)
{
	enum lw_machine_step step;
	const char *why;

	/* Whether one can bind shows on a new connection only. */
	lw_conn_close(c);
	lw_machine_bind_reset();
	if (lw_bind_machine(c) == LW_OK)
		return true;
	step = lw_machine_bind_last(&why);
	if (!*why)
		why = "the connection broke: try again";
	/* What the bind found out it has logged itself. */
	r->quiet = true;
	if (step != LW_MACHINE_UNTRIED)
		say(r, "server", "%s", lw_conn_host(c));
	if (step == LW_MACHINE_UNBOUND)
		fails(r, "bind", "%s", why);
	else if (step == LW_MACHINE_NO_DOMAIN)
		fails(r, "domain SID", "%s", why);
	else
		unreachable(r, c);
	r->quiet = false;
	return false;
}

static void connection(struct report *r, struct lw_conn *c)
{
	char *version = NULL;
	ber_len_t ssf = 0;

	say(r, "server", "%s", lw_conn_host(c));
	if (ldap_tls_inplace(c->ld)) {
		ldap_get_option(c->ld, LDAP_OPT_X_TLS_VERSION, &version);
		say(r, "connection", "%s", version ? version : "TLS");
		ldap_memfree(version);
	} else {
		ldap_get_option(c->ld, LDAP_OPT_X_SASL_SSF, &ssf);
		say(r, "connection", "signed and sealed, strength %lu",
		    (unsigned long)ssf);
	}
}

static void sees_itself(struct report *r, struct lw_conn *c)
{
	char *attrs[] = { "objectSid", NULL };
	const char *dn = c->setup->config->machine_dn;
	bool seen = false;
	struct lw_query q = { .base = dn,
			      .scope = LDAP_SCOPE_BASE,
			      .filter = "(objectClass=*)",
			      .attrs = attrs };
	enum lw_err e = lw_search(c, &q, lw_search_seen, &seen);

	if (e == LW_OK && seen)
		say(r, "sees itself", "ok");
	else if (e == LW_OK || e == LW_NOTFOUND)
		fails(r, "sees itself",
		      "bind works but this account does not see '%s': check "
		      "'dn' in [machine]",
		      dn);
	else
		fails(r, "sees itself", "the search failed: try again");
}

struct others {
	const struct lw_conn *c; /* borrowed */
	bool seen;
};

static bool is_ours(const struct lw_conn *c, LDAPMessage *m)
{
	struct lw_str dn;

	return lw_search_dn(c->ld, m, &dn) == LW_OK &&
	       lw_dn_hash(dn) ==
		       lw_dn_hash(lw_str(c->setup->config->machine_dn));
}

/* An ordinary user sees one: himself. */
static enum lw_err take_other(void *arg, LDAP *ld, LDAPMessage *m)
{
	struct others *o = arg;

	(void)ld;
	o->seen |= !is_ours(o->c, m);
	return LW_OK;
}

static void sees_users(struct report *r, struct lw_conn *c)
{
	char *attrs[] = { LDAP_NO_ATTRS, NULL };
	struct others o = { .c = c };
	/* Two will do: vmdir stops there and says success, others say 4. */
	struct lw_query q = { .base = c->setup->config->base_dn,
			      .scope = LDAP_SCOPE_SUBTREE,
			      .filter = "(&" LW_IS_USER ")",
			      .attrs = attrs,
			      .size_most = 2 };
	enum lw_err e = lw_search(c, &q, take_other, &o);

	if (e == LW_OK && o.seen)
		say(r, "sees users", "ok");
	else if (e == LW_OK)
		fails(r, "sees users",
		      "bind works but this account cannot read users: it is "
		      "not a computer account nor in DCClients; make it one");
	else
		fails(r, "sees users", "the search failed: try again");
}

static void clocks(struct report *r, struct lw_conn *c,
		   const struct lw_kdc_said *kdc)
{
	const char *whose;
	int64_t ahead, away;

	if (lw_selftest_clock(c, kdc, &ahead, &whose) != LW_OK) {
		say(r, "clock",
		    "not known: neither directory nor KDC tells the time");
		return;
	}
	away = ahead < 0 ? -ahead : ahead;
	if (away > LW_CLOCK_MAX)
		fails(r, "clock",
		      "%" PRId64 " s %s %s: run a time service on this host, "
		      "or look after the server's",
		      away, ahead > 0 ? "behind" : "ahead of", whose);
	else if (away == 0)
		say(r, "clock", "in step with %s", whose);
	else
		say(r, "clock", "%" PRId64 " s %s %s", away,
		    ahead > 0 ? "behind" : "ahead of", whose);
}

static void no_kdc(struct report *r, const char *key, struct lw_conn *c)
{
	fails(r, key,
	      "no KDC of %s answers: check that port 88 of the servers can be "
	      "reached",
	      c->setup->config->realm);
}

static void keytab(struct report *r, struct lw_conn *c,
		   const struct lw_kdc_said *kdc)
{
	if (!c->setup->config->keytab)
		return;
	if (!kdc->answered)
		no_kdc(r, "keytab", c);
	else if (kdc->ticket)
		say(r, "keytab", "ok");
	else
		fails(r, "keytab", "%s", kdc->why);
}

static void all_of_it(struct report *r, struct lw_conn *c)
{
	const struct lw_config *config = c->setup->config;
	struct lw_kdc_said kdc;

	/* No server is waited for meanwhile. */
	lw_servers_use(c->setup->servers, c->setup->cell, NULL);
	lw_selftest_kdc(c->setup, &kdc);
	/* A ticket of before may still do, or libkrb5 wait for a minute. */
	if (!kdc.answered && !lw_sasl_over_tls(config)) {
		no_kdc(r, "bind", c);
		return;
	}
	if (!bound(r, c))
		return;
	connection(r, c);
	say(r, "bind", "ok, %s",
	    config->sasl_mech ? config->sasl_mech : "simple");
	say(r, "domain SID", "%s", c->sid);
	sees_itself(r, c);
	sees_users(r, c);
	keytab(r, c, &kdc);
	clocks(r, c, &kdc);
}

enum lw_err lw_selftest(struct lw_conn *c, struct lw_wr *w)
{
	size_t count_at = (size_t)(w->p - w->base);
	struct report r = { .w = w };
	bool was_well;

	lw_wr_u32(w, 0);
	all_of_it(&r, c);
	if (lw_wr_end(w) != LW_OK)
		return lw_wr_end(w);
	lw_put_u32(w->base + count_at, r.count);
	was_well = atomic_exchange(&c->setup->servers->well, r.failed == 0);
	if (r.failed == 0 && !was_well)
		lw_log(LOG_NOTICE, "self-test: all is well with %s",
		       c->setup->config->domain);
	return LW_OK;
}
