/* values.c - what an entry of a search's answer holds. A worker process. */
#include "search.h"

#include "cleanup.h"
#include "dn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum lw_err lw_search_seen(void *arg, LDAP *ld, LDAPMessage *entry)
{
	(void)ld;
	(void)entry;
	*(bool *)arg = true;
	return LW_OK;
}

static bool is_attr(const struct berval *name, const char *attr)
{
	return name->bv_len == strlen(attr) &&
	       !strncasecmp(name->bv_val, attr, name->bv_len);
}

enum lw_err lw_search_dn(LDAP *ld, LDAPMessage *entry, struct lw_str *ret)
{
	BerElement *ber = NULL;
	struct berval dn;

	if (ldap_get_dn_ber(ld, entry, &ber, &dn) != LDAP_SUCCESS)
		return LW_OFFLINE;
	ber_free(ber, 0);
	*ret = (struct lw_str) { dn.bv_val, dn.bv_len };
	return LW_OK;
}

enum lw_err lw_search_values(LDAP *ld, LDAPMessage *entry, const char *attr,
			     struct berval **ret)
{
	struct berval dn, name, *values = NULL;
	BerElement *ber = NULL;
	int rc = ldap_get_dn_ber(ld, entry, &ber, &dn);

	if (rc != LDAP_SUCCESS)
		return LW_OFFLINE;
	for (;;) {
		values = NULL;
		rc = ldap_get_attribute_ber(ld, entry, ber, &name, &values);
		if (rc != LDAP_SUCCESS || !name.bv_val || is_attr(&name, attr))
			break;
		ber_memfree(values);
	}
	ber_free(ber, 0);
	if (rc != LDAP_SUCCESS) {
		ber_memfree(values);
		return LW_OFFLINE;
	}
	*ret = values;
	return LW_OK;
}

static bool in_pieces(const struct berval *name)
{
	return name->bv_len > 6 && !strncasecmp(name->bv_val, "member", 6) &&
	       memchr(name->bv_val, ';', name->bv_len);
}

enum lw_err lw_search_odd(LDAP *ld, LDAPMessage *entry, bool *ret)
{
	struct berval dn, names[16];
	BerElement *ber = NULL;
	size_t n = 0;
	bool odd = false;
	int rc = ldap_get_dn_ber(ld, entry, &ber, &dn);

	if (rc != LDAP_SUCCESS)
		return LW_OFFLINE;
	while (!odd) {
		rc = ldap_get_attribute_ber(ld, entry, ber, &names[n], NULL);
		if (rc != LDAP_SUCCESS || !names[n].bv_val)
			break;
		odd = in_pieces(&names[n]);
		for (size_t i = 0; i < n && !odd; i++)
			odd = names[i].bv_len == names[n].bv_len &&
			      !strncasecmp(names[i].bv_val, names[n].bv_val,
					   names[n].bv_len);
		if (!odd && ++n == sizeof(names) / sizeof(*names))
			odd = true; /* nobody asked for so many */
	}
	ber_free(ber, 0);
	*ret = odd;
	return rc == LDAP_SUCCESS ? LW_OK : LW_OFFLINE;
}

static void free_values(struct berval **v)
{
	ber_memfree(*v);
}

static enum lw_err add_dn(struct lw_strset *set, const struct berval *v)
{
	lw_cleanup(lw_dn_done) struct lw_dn dn = { .own = NULL };
	enum lw_err e =
		lw_dn_read((struct lw_str) { v->bv_val, v->bv_len }, &dn);

	if (e == LW_OK)
		e = lw_strset_add(set, dn.s);
	return e == LW_NOMEM ? e : LW_OK;
}

enum lw_err lw_search_dns(LDAP *ld, LDAPMessage *entry, const char *attr,
			  struct lw_strset *set, size_t most)
{
	lw_cleanup(free_values) struct berval *v = NULL;
	bool odd = false;
	enum lw_err e = lw_search_values(ld, entry, attr, &v);

	if (e == LW_OK)
		e = lw_search_odd(ld, entry, &odd);
	if (e == LW_OK && odd)
		return LW_RANGE;
	for (size_t i = 0; v && v[i].bv_val && e == LW_OK; i++) {
		e = add_dn(set, &v[i]);
		if (set->n > most)
			return LW_RANGE;
	}
	return e;
}

uint64_t lw_search_number(LDAP *ld, LDAPMessage *entry, const char *attr)
{
	lw_cleanup(free_values) struct berval *v = NULL;
	char text[24], *end;
	unsigned long long n;

	if (lw_search_values(ld, entry, attr, &v) != LW_OK || !v ||
	    !v[0].bv_val || v[1].bv_val || v[0].bv_len == 0 ||
	    v[0].bv_len >= sizeof(text) || v[0].bv_val[0] < '0' ||
	    v[0].bv_val[0] > '9')
		return 0;
	memcpy(text, v[0].bv_val, v[0].bv_len);
	text[v[0].bv_len] = '\0';
	errno = 0;
	n = strtoull(text, &end, 10);
	return errno || *end || n > INT64_MAX ? 0 : n;
}
