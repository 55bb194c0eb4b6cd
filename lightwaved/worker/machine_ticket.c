/* machine_ticket.c - the machine's own ticket. A worker process. */
#include "machine_ticket.h"

#include "clock.h"
#include "krb.h"
#include "machine.h"
#include "secret.h"
#include "skew.h"

#include "cleanup.h"

#define CCACHE	   "MEMORY:lightwave-machine"
#define MARGIN_MAX 600 /* seconds */

/* What the default cache holds; of this process. */
static struct {
	int64_t due_mono_ms; /* on two clocks: each may be wrong or sleep */
	int64_t due_wall;
	bool held;
} ticket;

struct session {
	struct lw_krb k;
	krb5_keytab keytab;
};

static void session_done(struct session *s)
{
	if (!s->k.ctx)
		return;
	if (s->keytab)
		krb5_kt_close(s->k.ctx, s->keytab);
	lw_krb_done(&s->k);
}

/* libkrb5 reads it at each call, and nothing but GSSAPI uses the default. */
static krb5_error_code store(struct lw_krb *k)
{
	krb5_ccache cc;
	krb5_error_code rc;

	if (setenv("KRB5CCNAME", CCACHE, 1) < 0)
		return KRB5_CC_NOMEM;
	rc = krb5_cc_resolve(k->ctx, CCACHE, &cc);
	if (rc)
		return rc;
	rc = krb5_cc_initialize(k->ctx, cc, k->creds.client);
	if (!rc)
		rc = krb5_cc_store_cred(k->ctx, cc, &k->creds);
	krb5_cc_close(k->ctx, cc);
	return rc;
}

static void note_end(const krb5_ticket_times *t)
{
	int64_t end = (uint32_t)t->endtime;
	int64_t life = end - (uint32_t)t->authtime;
	int64_t margin = life / 4 < MARGIN_MAX ? life / 4 : MARGIN_MAX;

	ticket.due_wall = end - margin;
	ticket.due_mono_ms = lw_mono_ms() + (life - margin) * 1000;
	ticket.held = true;
}

static enum lw_err failed(const struct session *s, krb5_error_code rc,
			  char *why, size_t why_size)
{
	const char *text = krb5_get_error_message(s->k.ctx, rc);
	const struct lw_config *c = s->k.setup->config;

	if (lw_skew_is_why(rc, s->k.skew))
		snprintf(why, why_size,
			 "the KDC gives this machine no ticket as its clock "
			 "and ours are %d s apart: run a time service",
			 s->k.skew < 0 ? -s->k.skew : s->k.skew);
	else if (rc == KRB5_KDC_UNREACH || rc == KRB5_REALM_CANT_RESOLVE)
		snprintf(why, why_size,
			 "no KDC of %s answers: check that port 88 of the "
			 "servers can be reached",
			 c->realm);
	else
		snprintf(why, why_size,
			 "no ticket for this machine (%s): check that %s holds "
			 "its present key, or make a new one",
			 text, c->keytab);
	krb5_free_error_message(s->k.ctx, text);
	return LW_OFFLINE;
}

enum lw_err lw_machine_ticket_get(const struct lw_setup *setup, char *why,
				  size_t why_size)
{
	lw_cleanup(session_done) struct session s = { 0 };
	krb5_error_code rc;
	const char *bad;

	if (lw_machine_ticket_left() > 0)
		return LW_OK;
	if (lw_secret_check(setup->config->keytab, &bad) != LW_OK) {
		snprintf(why, why_size, "%s: %s", setup->config->keytab, bad);
		return LW_OFFLINE;
	}
	if (lw_krb_open(&s.k, setup))
		return LW_NOMEM;
	rc = lw_machine_open(s.k.ctx, setup->config, &s.keytab, &s.k.user);
	if (!rc)
		rc = lw_krb_get_keytab(&s.k, s.keytab);
	if (!rc)
		rc = store(&s.k);
	if (rc)
		return failed(&s, rc, why, why_size);
	note_end(&s.k.creds.times);
	return LW_OK;
}

int64_t lw_machine_ticket_left(void)
{
	int64_t mono = (ticket.due_mono_ms - lw_mono_ms()) / 1000;
	int64_t wall = ticket.due_wall - time(NULL);
	int64_t left = mono < wall ? mono : wall;

	return ticket.held && left > 0 ? left : 0;
}

void lw_machine_ticket_drop(void)
{
	ticket.held = false;
}
