/*
 * localauth.c - MIT's localauth interface: may this principal log in to that
 * account, and which account is his. Runs in sshd and in whatever else calls
 * krb5_kuserok(3) or krb5_aname_to_localname(3).
 *
 * Yes is what the front says, to root, about an account of the domain. All
 * else is refused with an error and not with "cannot tell", so that none of
 * libkrb5's own mechanisms may say yes after us, should they be enabled.
 */
#include "cleanup.h"
#include "front.h"
#include "localdb.h"
#include "principal.h"

#include <errno.h>
#include <krb5/localauth_plugin.h>
#include <stdbool.h>
#include <string.h>
#include <syslog.h>

#define SHOWN 300

/* LW_NOTOURS: an account of this machine, root before any file is read. */
static enum lw_err not_local(const char *account)
{
	enum lw_err e;

	if (!strcmp(account, "root"))
		return LW_NOTOURS;
	e = lw_local_id(LW_ETC_PASSWD, account, NULL);
	if (e == LW_NOTFOUND)
		return LW_OK;
	return e == LW_OK ? LW_NOTOURS : e;
}

/* An account named "" would be another question. */
static enum lw_err judge(const char *principal, const char *account)
{
	lw_cleanup(lw_free) char *name = NULL;
	enum lw_err e = *account ? not_local(account) : LW_INVALID;

	return e == LW_OK ? lw_front_principal(principal, account, &name) : e;
}

/* Users choose their principals: what is not plain ASCII is a ? in the log. */
static const char *printable(const char *s, char out[SHOWN])
{
	size_t n = 0;

	for (; *s && n < SHOWN - 1; s++)
		out[n++] = *s >= 0x20 && *s < 0x7F ? *s : '?';
	out[n] = '\0';
	return out;
}

/* libkrb5 keeps no reason, and sshd would log none. */
static void log_refusal(const char *principal, const char *account,
			enum lw_err e)
{
	char shown[2][SHOWN];

	syslog(LOG_AUTHPRIV | LOG_NOTICE,
	       "lightwave_localauth: a ticket of %s does not open %s: %s",
	       principal ? printable(principal, shown[0]) : "a principal",
	       printable(account, shown[1]),
	       e == LW_DENIED ? "not that account's principal"
			      : lw_strerror(e));
}

static krb5_error_code userok(krb5_context context, krb5_localauth_moddata data,
			      krb5_const_principal aname, const char *lname)
{
	lw_cleanup(lw_free) char *principal = NULL;
	enum lw_err e = lw_principal_text(aname, &principal);

	(void)context;
	(void)data;
	if (e == LW_OK)
		e = judge(principal, lname);
	if (e == LW_OK)
		return 0;
	log_refusal(principal, lname, e);
	return EPERM;
}

/* KRB5_LNAME_NOTRANS would send libkrb5 on to its other mechanisms. */
static krb5_error_code an2ln(krb5_context context, krb5_localauth_moddata data,
			     const char *type, const char *residual,
			     krb5_const_principal aname, char **lname_out)
{
	lw_cleanup(lw_free) char *principal = NULL;
	lw_cleanup(lw_free) char *name = NULL;
	enum lw_err e = lw_principal_text(aname, &principal);

	(void)context;
	(void)data;
	(void)type;
	(void)residual;
	if (e == LW_OK)
		e = lw_front_principal(principal, "", &name);
	if (e == LW_OK)
		e = not_local(name);
	if (e != LW_OK)
		return KRB5_NO_LOCALNAME;

	*lname_out = name;
	name = NULL;
	return 0;
}

static void free_string(krb5_context context, krb5_localauth_moddata data,
			char *s)
{
	(void)context;
	(void)data;
	free(s);
}

krb5_error_code localauth_lightwave_initvt(krb5_context context, int maj_ver,
					   int min_ver,
					   krb5_plugin_vtable vtable);

krb5_error_code localauth_lightwave_initvt(krb5_context context, int maj_ver,
					   int min_ver,
					   krb5_plugin_vtable vtable)
{
	krb5_localauth_vtable vt = (krb5_localauth_vtable)vtable;

	(void)context;
	(void)min_ver;
	if (maj_ver != 1)
		return KRB5_PLUGIN_VER_NOTSUPP;
	vt->name = "lightwave";
	vt->userok = userok;
	vt->an2ln = an2ln;
	vt->free_string = free_string;
	return 0;
}
