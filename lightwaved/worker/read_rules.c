/* read_rules.c - ask for the rules for passwords. A worker process. */
#include "lookup.h"

#include "cleanup.h"
#include "rules.h"
#include "search.h"

#include <string.h>
#include <strings.h>

struct found {
	struct lw_password_policy policy;
	bool enabled;
};

/* Where there are two values none of them counts. */
static void take_attr(struct found *f, const char *attr, struct berval **v)
{
	struct lw_str one = LW_STR("");

	if (v && v[0] && !v[1])
		one = (struct lw_str) { v[0]->bv_val, v[0]->bv_len };
	if (!strcasecmp(attr, "Enabled"))
		f->enabled = one.n != 5 || strncasecmp(one.s, "FALSE", 5) != 0;
	else
		lw_rules_take(&f->policy, attr, one);
}

static enum lw_err take(void *arg, LDAP *ld, LDAPMessage *entry)
{
	struct found *f = arg;

	for (char **attr = lw_rules_attrs; *attr; attr++) {
		struct berval **v = ldap_get_values_len(ld, entry, *attr);

		if (v)
			take_attr(f, *attr, v);
		ldap_value_free_len(v);
	}
	return LW_OK;
}

enum lw_err lw_lookup_rules(struct lw_conn *c, struct lw_wr *w)
{
	static const char rdn[] = "cn=password and lockout policy";
	lw_cleanup(lw_free) char *base = NULL;
	struct found f = { .enabled = true };
	struct lw_query q = { .scope = LDAP_SCOPE_BASE,
			      .filter = "(objectClass=*)",
			      .attrs = lw_rules_attrs };
	enum lw_err e;

	if (asprintf(&base, "%s,%s", rdn, c->setup->config->base_dn) < 0) {
		base = NULL;
		return LW_NOMEM;
	}
	q.base = base;
	lw_rules_init(&f.policy);
	e = lw_search(c, &q, take, &f);
	if (e != LW_OK && e != LW_NOTFOUND)
		return e;
	lw_rules_end(&f.policy, f.enabled);
	lw_password_policy_encode(w, &f.policy);
	return lw_wr_end(w);
}
