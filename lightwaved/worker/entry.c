/* entry.c - from an LDAP entry to a user or group. A worker process. */
#include "entry.h"

#include "cleanup.h"
#include "clock.h"
#include "dn.h"
#include "dnset.h"
#include "fnv.h"
#include "log.h"
#include "objsid.h"
#include "search.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
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

#define LOGGED_DN 1000 /* bytes of one in a line */

void lw_entry_view_done(struct lw_entry_view *v)
{
	free(v->dn);
	*v = (struct lw_entry_view) { 0 };
}

static void free_values(struct berval **v)
{
	ber_memfree(*v);
}

static bool is_word(const struct berval *v, const char *word)
{
	return v->bv_len == strlen(word) &&
	       !strncasecmp(v->bv_val, word, v->bv_len);
}

static enum lw_err read_kind(LDAP *ld, LDAPMessage *m, enum lw_kind *ret)
{
	lw_cleanup(free_values) struct berval *v = NULL;
	enum lw_err e = lw_search_values(ld, m, "objectClass", &v);
	bool user = false, group = false;

	if (e != LW_OK)
		return e;
	for (size_t i = 0; v && v[i].bv_val; i++) {
		if (is_word(&v[i], "computer"))
			return LW_NOTOURS;
		user |= is_word(&v[i], "user");
		group |= is_word(&v[i], "group");
	}
	if (user == group)
		return LW_NOTOURS;
	*ret = user ? LW_KIND_USER : LW_KIND_GROUP;
	return LW_OK;
}

/*
 * The one value. LW_NOTFOUND: none. LW_INVALID: several, a NUL in it, or
 * longer than any that counts.
 */
static enum lw_err single(LDAP *ld, LDAPMessage *m, const char *attr,
			  struct lw_str *ret)
{
	lw_cleanup(free_values) struct berval *v = NULL;
	enum lw_err e = lw_search_values(ld, m, attr, &v);

	if (e != LW_OK)
		return e;
	if (!v || !v[0].bv_val || v[0].bv_len == 0)
		return LW_NOTFOUND;
	if (v[1].bv_val || v[0].bv_len > LW_ENTRY_TEXT_MAX ||
	    memchr(v[0].bv_val, '\0', v[0].bv_len))
		return LW_INVALID;
	*ret = (struct lw_str) { v[0].bv_val, v[0].bv_len };
	return LW_OK;
}

/* Words for people: as much of the first as fits, or nothing. */
static enum lw_err first(LDAP *ld, LDAPMessage *m, const char *attr,
			 struct lw_str *ret)
{
	lw_cleanup(free_values) struct berval *v = NULL;
	enum lw_err e = lw_search_values(ld, m, attr, &v);
	size_t n;

	if (e != LW_OK || !v || !v[0].bv_val)
		return e;
	n = v[0].bv_len;
	if (n > LW_ENTRY_TEXT_MAX) {
		n = LW_ENTRY_TEXT_MAX;
		while (n > 0 && (v[0].bv_val[n] & 0xC0) == 0x80)
			n--; /* inside a character */
	}
	if (n > 0 && !memchr(v[0].bv_val, '\0', n))
		*ret = (struct lw_str) { v[0].bv_val, n };
	return LW_OK;
}

static enum lw_err read_sid(LDAP *ld, LDAPMessage *m, char ret[LW_SID_MAX])
{
	lw_cleanup(free_values) struct berval *v = NULL;
	enum lw_err e = lw_search_values(ld, m, "objectSid", &v);

	if (e != LW_OK)
		return e;
	if (!v || !v[0].bv_val || v[1].bv_val)
		return LW_INVALID;
	return lw_objsid_decode((struct lw_str) { v[0].bv_val, v[0].bv_len },
				ret);
}

/* Some servers of this schema write it as a negative number. */
static enum lw_err read_uac(LDAP *ld, LDAPMessage *m, uint32_t *ret)
{
	char text[24], *end;
	struct lw_str s;
	enum lw_err e = single(ld, m, "userAccountControl", &s);
	long long n;

	if (e != LW_OK)
		return e == LW_NOTFOUND ? LW_OK : e;
	if (s.n >= sizeof(text))
		return LW_INVALID;
	memcpy(text, s.s, s.n);
	text[s.n] = '\0';
	errno = 0;
	n = strtoll(text, &end, 10);
	if (errno || *end || n < INT32_MIN || n > UINT32_MAX)
		return LW_INVALID;
	*ret = (uint32_t)n;
	return LW_OK;
}

static enum lw_err read_user(LDAP *ld, LDAPMessage *m, struct lw_entry *ret)
{
	enum lw_err e = first(ld, m, "givenName", &ret->given);

	if (e == LW_OK)
		e = first(ld, m, "sn", &ret->sn);
	if (e == LW_OK)
		e = single(ld, m, "userPrincipalName", &ret->upn);
	if (e == LW_OK || e == LW_NOTFOUND)
		e = read_uac(ld, m, &ret->uac);
	return e;
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

enum lw_err lw_entry_read_dn(LDAP *ld, LDAPMessage *m, char **ret)
{
	lw_cleanup(lw_dn_done) struct lw_dn dn = { .own = NULL };
	struct lw_str raw;
	enum lw_err e = lw_search_dn(ld, m, &raw);

	if (e == LW_OK)
		e = lw_dn_read(raw, &dn);
	if (e != LW_OK)
		return e;
	*ret = lw_str_dup(dn.s);
	return *ret ? LW_OK : LW_NOMEM;
}

/* What it is, where, and whether that is all of it. */
static enum lw_err read_place(LDAP *ld, LDAPMessage *m, struct lw_entry_view *v)
{
	bool odd = false;
	enum lw_err e = read_kind(ld, m, &v->e.kind);

	if (e == LW_OK)
		e = lw_entry_read_dn(ld, m, &v->dn);
	if (e != LW_OK)
		return e;
	if (is_kdc(v->dn))
		return LW_NOTOURS;
	v->e.dn = lw_str(v->dn);
	v->usn = lw_search_number(ld, m, "uSNChanged");
	e = lw_search_odd(ld, m, &odd);
	return e == LW_OK && odd ? LW_RANGE : e;
}

static enum lw_err read_names(LDAP *ld, LDAPMessage *m, struct lw_entry_view *v)
{
	enum lw_err e = single(ld, m, "sAMAccountName", &v->e.sam);

	if (e == LW_OK && v->e.kind == LW_KIND_USER)
		e = read_user(ld, m, &v->e);
	return e == LW_NOTFOUND ? LW_INVALID : e;
}

/* By the DN as the server has it, which is what one looks for there. */
static void log_refusal(LDAP *ld, LDAPMessage *m, const char *what)
{
	static struct lw_dnset refused;
	static int64_t logged;
	struct lw_str dn = LW_STR("");

	if (lw_search_dn(ld, m, &dn) != LW_OK ||
	    (refused.n >= REFUSED_MOST
		     ? !lw_rarely(&logged)
		     : lw_dnset_add(&refused, lw_dn_hash(dn), 0) != LW_OK))
		return;
	lw_log(LOG_WARNING, "'%.*s' is not served: %s",
	       (int)(dn.n < LOGGED_DN ? dn.n : LOGGED_DN), dn.s, what);
}

static const char malformed[] = "DN, objectSid or sAMAccountName is missing, "
				"malformed, too long or there twice";

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
	enum lw_err e = read_place(ld, m, &v);

	if (e == LW_OK)
		e = read_sid(ld, m, v.sid);
	if (e == LW_OK)
		e = read_names(ld, m, &v);
	if (e == LW_RANGE)
		e = LW_INVALID;
	if (e == LW_INVALID)
		log_refusal(ld, m, malformed);
	if (e == LW_OK)
		hand_out(&v, ret);
	return e;
}

/* Of a DN in any case; the same in each process. */
static uint64_t spread(const char *dn, uint64_t h)
{
	for (; *dn; dn++) {
		unsigned char c = (unsigned char)*dn;

		c = (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
		h = lw_fnv(h, &c, 1);
	}
	return h ^ h >> 29;
}

/*
 * Nobody has rights by a group without a SID. But who is in it is in what it
 * is in, and is denied what those are denied.
 */
static void give_no_sid(struct lw_entry_view *v)
{
	uint64_t a = spread(v->dn, LW_FNV_START);
	uint64_t b = spread(v->dn, UINT64_C(0x6c62272e07bb0142));

	snprintf(v->sid, sizeof(v->sid),
		 LW_ENTRY_NO_SID "%" PRIu32 "-%" PRIu32 "-%" PRIu32 "-%" PRIu32,
		 (uint32_t)(a >> 32), (uint32_t)a, (uint32_t)(b >> 32),
		 (uint32_t)b);
}

static enum lw_err read_known(LDAP *ld, LDAPMessage *m, bool whole,
			      struct lw_entry_view *ret)
{
	lw_cleanup(lw_entry_view_done) struct lw_entry_view v = { 0 };
	enum lw_err e = read_place(ld, m, &v);

	/* Of who is there all is said; of who is in it, it may not be. */
	if (e == LW_RANGE && v.e.kind == LW_KIND_GROUP && whole) {
		log_refusal(ld, m, "its members are not told whole");
		return e;
	}
	if (e == LW_RANGE)
		e = LW_INVALID;
	else if (e == LW_OK)
		e = read_sid(ld, m, v.sid);
	if (e == LW_INVALID)
		log_refusal(ld, m, malformed);
	if (e == LW_INVALID && v.dn && v.e.kind == LW_KIND_GROUP) {
		give_no_sid(&v);
		e = LW_OK;
	}
	if (e == LW_OK)
		hand_out(&v, ret);
	return e;
}

enum lw_err lw_entry_read_sid(LDAP *ld, LDAPMessage *m,
			      struct lw_entry_view *ret)
{
	return read_known(ld, m, false, ret);
}

enum lw_err lw_entry_read_bare(LDAP *ld, LDAPMessage *m,
			       struct lw_entry_view *ret)
{
	enum lw_err e = read_known(ld, m, true, ret);

	if (e != LW_OK)
		return e;
	e = read_names(ld, m, ret);
	if (e == LW_INVALID) {
		log_refusal(ld, m, malformed);
		ret->e.sam = ret->e.upn = LW_STR("");
		e = LW_OK;
	}
	return e;
}
