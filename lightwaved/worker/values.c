/* values.c - what an entry of a search's answer holds. A worker process. */
#include "search.h"

#include "cleanup.h"

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

struct berval *lw_search_values(LDAP *ld, LDAPMessage *entry, const char *attr)
{
	struct berval dn, name, *values = NULL;
	BerElement *ber = NULL;

	if (ldap_get_dn_ber(ld, entry, &ber, &dn) != LDAP_SUCCESS)
		return NULL;
	while (ldap_get_attribute_ber(ld, entry, ber, &name, &values) ==
		       LDAP_SUCCESS &&
	       name.bv_val && !is_attr(&name, attr)) {
		ber_memfree(values);
		values = NULL;
	}
	ber_free(ber, 0);
	return values;
}

static bool in_pieces(const struct berval *name)
{
	return name->bv_len > 6 && !strncasecmp(name->bv_val, "member", 6) &&
	       memchr(name->bv_val, ';', name->bv_len);
}

bool lw_search_odd(LDAP *ld, LDAPMessage *entry)
{
	struct berval dn, names[16];
	BerElement *ber = NULL;
	size_t n = 0;
	bool odd = false;

	if (ldap_get_dn_ber(ld, entry, &ber, &dn) != LDAP_SUCCESS)
		return true;
	while (!odd && ldap_get_attribute_ber(ld, entry, ber, &names[n],
					      NULL) == LDAP_SUCCESS) {
		if (!names[n].bv_val)
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
	return odd;
}

static void free_values(struct berval **v)
{
	ber_memfree(*v);
}

enum lw_err lw_search_dns(LDAP *ld, LDAPMessage *entry, const char *attr,
			  struct lw_strset *set, size_t most)
{
	lw_cleanup(free_values) struct berval *v =
		lw_search_values(ld, entry, attr);
	enum lw_err e = LW_OK;

	if (lw_search_odd(ld, entry))
		return LW_RANGE;
	for (size_t i = 0; v && v[i].bv_val && e != LW_NOMEM; i++) {
		struct lw_str dn = { v[i].bv_val, v[i].bv_len };

		if (dn.n > 0 && !memchr(dn.s, '\0', dn.n))
			e = lw_strset_add(set, dn);
		if (set->n > most)
			return LW_RANGE;
	}
	return e == LW_NOMEM ? e : LW_OK;
}

uint64_t lw_search_number(LDAP *ld, LDAPMessage *entry, const char *attr)
{
	lw_cleanup(free_values) struct berval *v =
		lw_search_values(ld, entry, attr);
	char text[24], *end;
	unsigned long long n;

	if (!v || !v[0].bv_val || v[1].bv_val || v[0].bv_len == 0 ||
	    v[0].bv_len >= sizeof(text) || v[0].bv_val[0] < '0' ||
	    v[0].bv_val[0] > '9')
		return 0;
	memcpy(text, v[0].bv_val, v[0].bv_len);
	text[v[0].bv_len] = '\0';
	errno = 0;
	n = strtoull(text, &end, 10);
	return errno || *end || n > INT64_MAX ? 0 : n;
}
