/*
 * krb.h - what a ticket and a change by kpasswd have in common; kerberos.c's
 * and kpasswd.c's own.
 */
#ifndef LW_KRB_H
#define LW_KRB_H

#include "proto.h"
#include "setup.h"

#include <krb5.h>

/* A user before the KDC. Zeroed is none. */
struct lw_krb {
	const struct lw_setup *setup; /* borrowed */
	krb5_context ctx;
	krb5_principal user;
	krb5_creds creds;
	bool has_creds;
	bool knows_time;
	int32_t skew; /* seconds the KDC's clock is ahead; 0: not known */
};
void lw_krb_done(struct lw_krb *k);

/* A password as libkrb5 wants it. */
struct lw_krb_password {
	char p[LW_PASSWORD_MAX + 1];
};
void lw_krb_password_done(struct lw_krb_password *p); /* wipes */
/* LW_INVALID: too long. */
enum lw_err lw_krb_password_set(struct lw_krb_password *p,
				struct lw_password s);

krb5_error_code lw_krb_open(struct lw_krb *k, const struct lw_setup *s);

/*
 * The user's principal. A user writes his own UPN: KRB5_PARSE_MALFORMED for
 * one that is not in our realm, or that a parser of principals could read
 * otherwise.
 */
krb5_error_code lw_krb_user(struct lw_krb *k, struct lw_str upn);

/*
 * Ask a KDC once for a ticket for service, NULL for a TGT. Also after most
 * errors k->skew is known then.
 */
krb5_error_code lw_krb_get(struct lw_krb *k, const char *password,
			   const char *service);

/* The same with a key of k->user in keytab, for a TGT. */
krb5_error_code lw_krb_get_keytab(struct lw_krb *k, krb5_keytab keytab);

/*
 * Ask a KDC with nothing to show for it, so that its refusal tells k->skew.
 * false: none did.
 */
bool lw_krb_ask_time(struct lw_krb *k);

/* The name to log for what answers as the KDC. */
const char *lw_krb_kdc(const struct lw_krb *k);

/* One line: text, libkrb5's words for rc, and what it was about. */
void lw_krb_log(const struct lw_krb *k, int prio, const char *text,
		const char *what, krb5_error_code rc);

#endif
