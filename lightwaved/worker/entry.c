/* entry.c - from an LDAP entry to a user or group. A worker process. */
#include "entry.h"

#include "cleanup.h"
#include "clock.h"
#include "log.h"
#include "objsid.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

char *lw_entry_user_attrs[] = { "objectClass",	      "objectSid",
				"sAMAccountName",     "userPrincipalName",
				"givenName",	      "sn",
				"userAccountControl", NULL };
char *lw_entry_group_attrs[] = { "objectClass", "objectSid", "sAMAccountName",
				 NULL };
char *lw_entry_member_attrs[] = {
	"objectClass",	      "objectSid", "sAMAccountName",
	"userPrincipalName",  "givenName", "sn",
	"userAccountControl", "member",	   NULL
};

void lw_entry_view_done(struct lw_entry_view *v)
{
	ldap_memfree(v->dn);
	ldap_value_free_len(v->sam);
	ldap_value_free_len(v->upn);
	ldap_value_free_len(v->given);
	ldap_value_free_len(v->sn);
	*v = (struct lw_entry_view) { 0 };
}

static void free_values(struct berval ***v)
{
	ldap_value_free_len(*v);
}

static bool is_word(const struct berval *v, const char *word)
{
	return v->bv_len == strlen(word) &&
	       !strncasecmp(v->bv_val, word, v->bv_len);
}

static enum lw_err read_kind(LDAP *ld, LDAPMessage *m, enum lw_kind *ret)
{
	lw_cleanup(free_values) struct berval **v =
		ldap_get_values_len(ld, m, "objectClass");
	bool user = false, group = false;

	for (size_t i = 0; v && v[i]; i++) {
		if (is_word(v[i], "computer"))
			return LW_NOTOURS;
		user |= is_word(v[i], "user");
		group |= is_word(v[i], "group");
	}
	if (user == group)
		return LW_NOTOURS;
	*ret = user ? LW_KIND_USER : LW_KIND_GROUP;
	return LW_OK;
}

/* The one value. LW_NOTFOUND: none. LW_INVALID: several, or a NUL in it. */
static enum lw_err single(struct berval **v, struct lw_str *ret)
{
	if (!v || !v[0] || v[0]->bv_len == 0)
		return LW_NOTFOUND;
	if (v[1] || memchr(v[0]->bv_val, '\0', v[0]->bv_len))
		return LW_INVALID;
	*ret = (struct lw_str) { v[0]->bv_val, v[0]->bv_len };
	return LW_OK;
}

/* Words for people: the first, or nothing. */
static struct lw_str first(struct berval **v)
{
	if (!v || !v[0] || memchr(v[0]->bv_val, '\0', v[0]->bv_len))
		return LW_STR("");
	return (struct lw_str) { v[0]->bv_val, v[0]->bv_len };
}

static enum lw_err read_sid(LDAP *ld, LDAPMessage *m, char ret[LW_SID_MAX])
{
	lw_cleanup(free_values) struct berval **v =
		ldap_get_values_len(ld, m, "objectSid");

	if (!v || !v[0] || v[1])
		return LW_INVALID;
	return lw_objsid_decode((struct lw_str) { v[0]->bv_val, v[0]->bv_len },
				ret);
}

/* Some servers of this schema write it as a negative number. */
static enum lw_err read_uac(LDAP *ld, LDAPMessage *m, uint32_t *ret)
{
	lw_cleanup(free_values) struct berval **v =
		ldap_get_values_len(ld, m, "userAccountControl");
	struct lw_str s;
	enum lw_err e = single(v, &s);
	char *end;
	long long n;

	if (e != LW_OK)
		return e == LW_NOTFOUND ? LW_OK : e;
	errno = 0;
	n = strtoll(s.s, &end, 10);
	if (errno || *end || n < INT32_MIN || n > UINT32_MAX)
		return LW_INVALID;
	*ret = (uint32_t)n;
	return LW_OK;
}

static enum lw_err read_user(LDAP *ld, LDAPMessage *m, struct lw_entry_view *v)
{
	v->upn = ldap_get_values_len(ld, m, "userPrincipalName");
	v->given = ldap_get_values_len(ld, m, "givenName");
	v->sn = ldap_get_values_len(ld, m, "sn");
	v->e.given = first(v->given);
	v->e.sn = first(v->sn);
	if (single(v->upn, &v->e.upn) == LW_INVALID)
		return LW_INVALID;
	return read_uac(ld, m, &v->e.uac);
}

static enum lw_err read_all(LDAP *ld, LDAPMessage *m, struct lw_entry_view *v)
{
	enum lw_err e;

	v->dn = ldap_get_dn(ld, m);
	if (!v->dn)
		return LW_NOMEM;
	if (!*v->dn)
		return LW_INVALID; /* the root's; nobody could bind as it */
	v->e.dn = lw_str(v->dn);
	v->sam = ldap_get_values_len(ld, m, "sAMAccountName");
	e = single(v->sam, &v->e.sam);
	if (e == LW_OK)
		e = read_sid(ld, m, v->sid);
	if (e == LW_OK && v->e.kind == LW_KIND_USER)
		e = read_user(ld, m, v);
	return e == LW_NOTFOUND ? LW_INVALID : e;
}

enum lw_err lw_entry_read(LDAP *ld, LDAPMessage *m, struct lw_entry_view *ret)
{
	static int64_t logged;
	lw_cleanup(lw_entry_view_done) struct lw_entry_view v = { 0 };
	enum lw_err e = read_kind(ld, m, &v.e.kind);

	if (e != LW_OK)
		return e;
	e = read_all(ld, m, &v);
	if (e == LW_INVALID && lw_rarely(&logged))
		lw_log(LOG_WARNING,
		       "'%s' is not served: DN, objectSid or sAMAccountName "
		       "is missing, malformed or there twice",
		       v.dn);
	if (e != LW_OK)
		return e;

	*ret = v;
	ret->e.sid = lw_str(ret->sid);
	v = (struct lw_entry_view) { 0 };
	return LW_OK;
}
