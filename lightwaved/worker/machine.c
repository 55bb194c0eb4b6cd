/* machine.c - the machine's key. A worker process, and the master's checks. */
#include "machine.h"

#include "cleanup.h"

#include <errno.h>
#include <ldap.h>
#include <string.h>
#include <strings.h>

static void free_dn(LDAPDN *dn)
{
	ldap_dnfree(*dn);
}

/* "cn=<fqdn>,ou=Computers,...": the principal is <fqdn>@REALM. */
char *lw_machine_name(const struct lw_config *c)
{
	lw_cleanup(free_dn) LDAPDN dn = NULL;
	const struct berval *v;
	char *name;

	if (ldap_str2dn(c->machine_dn, &dn, LDAP_DN_FORMAT_LDAPV3) || !dn ||
	    !dn[0] || !dn[0][0])
		return NULL;
	v = &dn[0][0]->la_value;
	/* A managed service account is called by its whole principal. */
	if (memchr(v->bv_val, '@', v->bv_len))
		return strndup(v->bv_val, v->bv_len);
	if (asprintf(&name, "%.*s@%s", (int)v->bv_len, v->bv_val, c->realm) < 0)
		return NULL;
	return name;
}

static krb5_error_code look_at(krb5_context ctx, krb5_const_principal p,
			       const char *wanted, krb5_principal *ret)
{
	char *name;
	krb5_error_code rc = krb5_unparse_name(ctx, p, &name);

	if (rc)
		return rc;
	if (!strcasecmp(name, wanted))
		rc = krb5_copy_principal(ctx, p, ret);
	krb5_free_unparsed_name(ctx, name);
	return rc;
}

static krb5_error_code find(krb5_context ctx, krb5_keytab keytab,
			    const char *wanted, krb5_principal *ret)
{
	krb5_kt_cursor cursor;
	krb5_keytab_entry entry;
	krb5_error_code rc = krb5_kt_start_seq_get(ctx, keytab, &cursor);

	if (rc)
		return rc;
	while (!rc && !*ret) {
		rc = krb5_kt_next_entry(ctx, keytab, &entry, &cursor);
		if (rc)
			break;
		rc = look_at(ctx, entry.principal, wanted, ret);
		krb5_free_keytab_entry_contents(ctx, &entry);
	}
	krb5_kt_end_seq_get(ctx, keytab, &cursor);
	return rc == KRB5_KT_END ? KRB5_KT_NOTFOUND : rc;
}

krb5_error_code lw_machine_open(krb5_context ctx, const struct lw_config *c,
				krb5_keytab *ret_keytab,
				krb5_principal *ret_machine)
{
	lw_cleanup(lw_free) char *path = NULL;
	lw_cleanup(lw_free) char *wanted = lw_machine_name(c);
	krb5_error_code rc;

	*ret_keytab = NULL;
	*ret_machine = NULL;
	if (!wanted)
		return KRB5_KT_NOTFOUND;
	if (asprintf(&path, "FILE:%s", c->keytab) < 0) {
		path = NULL;
		return ENOMEM;
	}
	rc = krb5_kt_resolve(ctx, path, ret_keytab);
	if (!rc)
		rc = find(ctx, *ret_keytab, wanted, ret_machine);
	if (rc == KRB5_KT_NOTFOUND)
		krb5_set_error_message(ctx, rc, "no key for %s in it", wanted);
	return rc;
}
