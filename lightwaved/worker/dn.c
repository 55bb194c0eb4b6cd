/* dn.c - one spelling for each DN. A worker process; pure. */
#include "dn.h"

#include <ldap.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void lw_dn_done(struct lw_dn *d)
{
	ldap_memfree(d->own);
	*d = (struct lw_dn) { .own = NULL };
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
}

/* "cn=" */
static bool skip_type(struct lw_str dn, size_t *at)
{
	if (*at == dn.n || !is_letter(dn.s[*at]))
		return false;
	while (*at < dn.n && is_word(dn.s[*at]))
		++*at;
	return *at < dn.n && dn.s[(*at)++] == '=';
}

/* To a comma or the end: nothing that is ever escaped, no blank at an end. */
static bool skip_value(struct lw_str dn, size_t *at)
{
	size_t first = *at;

	for (; *at < dn.n && dn.s[*at] != ','; ++*at) {
		char c = dn.s[*at];

		if (!is_word(c) && (c == '\0' || !strchr(" _.@/:'()", c)))
			return false;
	}
	return *at > first && dn.s[first] != ' ' && dn.s[*at - 1] != ' ';
}

bool lw_dn_plain(struct lw_str raw)
{
	size_t at = 0;

	while (skip_type(raw, &at) && skip_value(raw, &at)) {
		if (at == raw.n)
			return true;
		at++;
	}
	return false;
}

static int by_bytes(const struct berval *a, const struct berval *b)
{
	size_t n = a->bv_len < b->bv_len ? a->bv_len : b->bv_len;
	/* What is empty may point nowhere. */
	int way = n > 0 ? strncasecmp(a->bv_val, b->bv_val, n) : 0;

	return way ? way : (a->bv_len > b->bv_len) - (a->bv_len < b->bv_len);
}

static int by_type(const void *a, const void *b)
{
	const LDAPAVA *x = *(const LDAPAVA *const *)a;
	const LDAPAVA *y = *(const LDAPAVA *const *)b;
	int way = by_bytes(&x->la_attr, &y->la_attr);

	return way ? way : by_bytes(&x->la_value, &y->la_value);
}

static void sort(LDAPRDN rdn)
{
	size_t n = 0;

	while (rdn[n])
		n++;
	qsort(rdn, n, sizeof(LDAPAVA *), by_type);
}

static enum lw_err spell(struct lw_str raw, char **ret)
{
	char copy[LW_DN_LONGEST + 1];
	struct berval out = { 0, NULL };
	LDAPDN parts = NULL;
	int rc;

	/* libldap may read on to a NUL, whatever length it is told. */
	memcpy(copy, raw.s, raw.n);
	copy[raw.n] = '\0';
	rc = ldap_str2dn(copy, &parts, LDAP_DN_FORMAT_LDAPV3);
	for (size_t i = 0; rc == LDAP_SUCCESS && parts && parts[i]; i++)
		sort(parts[i]);
	if (rc == LDAP_SUCCESS)
		rc = ldap_dn2bv(parts, &out, LDAP_DN_FORMAT_LDAPV3);
	ldap_dnfree(parts);
	*ret = rc == LDAP_SUCCESS ? out.bv_val : NULL;
	return rc == LDAP_NO_MEMORY ? LW_NOMEM : LW_OK;
}

enum lw_err lw_dn_read(struct lw_str raw, struct lw_dn *ret)
{
	char *own = NULL;
	enum lw_err e = LW_OK;

	if (raw.n == 0 || raw.n > LW_DN_LONGEST || memchr(raw.s, '\0', raw.n))
		return LW_INVALID;
	if (!lw_dn_plain(raw))
		e = spell(raw, &own);
	if (e != LW_OK)
		return e;
	/* Written out it may have grown by escapes. */
	if (own && (!*own || strlen(own) > LW_DN_LONGEST)) {
		ldap_memfree(own);
		return LW_INVALID;
	}
	*ret = (struct lw_dn) { own ? lw_str(own) : raw, own };
	return LW_OK;
}
