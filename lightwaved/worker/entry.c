/* entry.c - from an LDAP entry to a user or group. A worker process. */
#include "entry.h"

#include "cleanup.h"
#include "clock.h"
#include "dnset.h"
#include "log.h"
#include "objsid.h"
#include "search.h"

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
char *lw_entry_sync_attrs[] = { "objectClass",	      "objectSid",
				"sAMAccountName",     "userPrincipalName",
				"givenName",	      "sn",
				"userAccountControl", "member",
				"uSNChanged",	      NULL };
char *lw_entry_sid_attrs[] = { "objectClass", "objectSid", "uSNChanged", NULL };

/* DNs whose refusal was logged; after that many, once a minute. */
#define REFUSED_MOST 4096

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

/*
 * The KDC's two are users in the directory. By their DNs, which no user can
 * change: what calls itself by their names is somebody else.
 */
static bool is_kdc(const char *dn)
{
	return !strncasecmp(dn, "cn=K/M,", 7) ||
	       !strncasecmp(dn, "cn=krbtgt/", 10);
}

static enum lw_err read_identity(LDAP *ld, LDAPMessage *m,
				 struct lw_entry_view *v)
{
	enum lw_err e = read_kind(ld, m, &v->e.kind);

	if (e != LW_OK)
		return e;
	v->dn = ldap_get_dn(ld, m);
	if (!v->dn)
		return LW_NOMEM;
	if (is_kdc(v->dn))
		return LW_NOTOURS;
	if (!*v->dn)
		return LW_INVALID; /* the root's; nobody could bind as it */
	if (lw_search_odd(ld, m))
		return LW_INVALID;
	v->e.dn = lw_str(v->dn);
	v->usn = lw_search_number(ld, m, "uSNChanged");
	return read_sid(ld, m, v->sid);
}

static enum lw_err read_names(LDAP *ld, LDAPMessage *m, struct lw_entry_view *v)
{
	enum lw_err e;

	v->sam = ldap_get_values_len(ld, m, "sAMAccountName");
	e = single(v->sam, &v->e.sam);
	if (e == LW_OK && v->e.kind == LW_KIND_USER)
		e = read_user(ld, m, v);
	return e == LW_NOTFOUND ? LW_INVALID : e;
}

static void log_refusal(const char *dn)
{
	static struct lw_dnset refused;
	static int64_t logged;

	if (refused.n >= REFUSED_MOST
		    ? !lw_rarely(&logged)
		    : lw_dnset_add(&refused, lw_dn_hash(lw_str(dn)), 0) !=
			      LW_OK)
		return;
	lw_log(LOG_WARNING,
	       "'%s' is not served: DN, objectSid or sAMAccountName "
	       "is missing, malformed or there twice",
	       dn ? dn : "");
}

static void hand_out(struct lw_entry_view *v, struct lw_entry_view *ret)
{
	lw_entry_view_done(ret);
	*ret = *v;
	ret->e.sid = lw_str(ret->sid);
	*v = (struct lw_entry_view) { 0 };
}

enum lw_err lw_entry_read(LDAP *ld, LDAPMessage *m, struct lw_entry_view *ret)
{
	lw_cleanup(lw_entry_view_done) struct lw_entry_view v = { 0 };
	enum lw_err e = read_identity(ld, m, &v);

	if (e == LW_OK)
		e = read_names(ld, m, &v);
	if (e == LW_INVALID)
		log_refusal(v.dn);
	if (e == LW_OK)
		hand_out(&v, ret);
	return e;
}

enum lw_err lw_entry_read_sid(LDAP *ld, LDAPMessage *m,
			      struct lw_entry_view *ret)
{
	lw_cleanup(lw_entry_view_done) struct lw_entry_view v = { 0 };
	enum lw_err e = read_identity(ld, m, &v);

	if (e == LW_INVALID)
		log_refusal(v.dn);
	if (e == LW_OK)
		hand_out(&v, ret);
	return e;
}

enum lw_err lw_entry_read_bare(LDAP *ld, LDAPMessage *m,
			       struct lw_entry_view *ret)
{
	enum lw_err e = lw_entry_read_sid(ld, m, ret);

	if (e != LW_OK)
		return e;
	e = read_names(ld, m, ret);
	if (e == LW_NOMEM)
		return e;
	if (e != LW_OK) {
		log_refusal(ret->dn);
		ret->e.sam = ret->e.upn = LW_STR("");
	}
	return LW_OK;
}
