/* selftest_clock.c - our clock and the domain's. A worker process. */
#include "selftest_clock.h"

#include "search.h"

#include <string.h>
#include <time.h>

struct reading {
	bool known;
	int64_t ahead;
};

/* RFC 4517, 3.3.13, as far as every server writes it: 20261123120000.0Z */
static bool parse(const struct berval *v, time_t *ret)
{
	char text[32];
	struct tm tm = { 0 };
	const char *rest;

	if (v->bv_len == 0 || v->bv_len >= sizeof(text))
		return false;
	memcpy(text, v->bv_val, v->bv_len);
	text[v->bv_len] = '\0';
	rest = strptime(text, "%Y%m%d%H%M%S", &tm);
	if (!rest || rest[strlen(rest) - (*rest != '\0')] != 'Z')
		return false;
	*ret = timegm(&tm);
	return true;
}

static enum lw_err take_time(void *arg, LDAP *ld, LDAPMessage *m)
{
	struct reading *r = arg;
	struct berval **v = ldap_get_values_len(ld, m, "currentTime");
	time_t theirs;

	r->known = v && v[0] && parse(v[0], &theirs);
	if (r->known)
		r->ahead = (int64_t)theirs - time(NULL);
	ldap_value_free_len(v);
	return LW_OK;
}

static bool ask_directory(struct lw_conn *c, struct reading *r)
{
	char *attrs[] = { "currentTime", NULL };
	struct lw_query q = { .base = "",
			      .scope = LDAP_SCOPE_BASE,
			      .filter = "(objectClass=*)",
			      .attrs = attrs };

	/* An earlier search may have cost us the connection. */
	return c->ld && !c->broken && lw_search(c, &q, take_time, r) == LW_OK &&
	       r->known;
}

enum lw_err lw_selftest_clock(struct lw_conn *c, const struct lw_kdc_said *kdc,
			      int64_t *ret_ahead, const char **ret_whose)
{
	struct reading r = { 0 };

	if (ask_directory(c, &r)) {
		*ret_whose = "the directory's";
		*ret_ahead = r.ahead;
		return LW_OK;
	}
	if (!kdc->answered)
		return LW_NOTFOUND;
	*ret_whose = "the KDC's";
	*ret_ahead = kdc->ahead;
	return LW_OK;
}
