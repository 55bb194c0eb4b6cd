/* policy.c - names and ids of directory entries on this host. The front. */
#include "policy.h"

#include "cleanup.h"

#include <string.h>

void lw_object_free(void *object)
{
	struct lw_object *o = object;

	if (!o)
		return;
	free(o->sid);
	free(o->dn);
	free(o->account);
	free(o->name);
	free(o->upn);
	free(o->gecos);
	free(o);
}

struct lw_claim {
	size_t entry;
	bool by_upn;
	char account[LW_NAME_MAX]; /* lw_name_casefold() */
};

static void claim(struct lw_claims *c, size_t entry, struct lw_str name,
		  bool by_upn)
{
	struct lw_claim *v = &c->v[c->count];

	if (name.n == 0 || name.n >= sizeof(v->account) ||
	    lw_name_casefold(name, v->account) != LW_OK)
		return;
	v->entry = entry;
	v->by_upn = by_upn;
	c->count++;
}

static int by_account(const void *a, const void *b)
{
	return strcmp(((const struct lw_claim *)a)->account,
		      ((const struct lw_claim *)b)->account);
}

enum lw_err lw_claims_init(struct lw_claims *c, const struct lw_policy *p,
			   const struct lw_entry *entries, size_t n)
{
	*c = (struct lw_claims) { .entries = entries, .n = n };
	c->v = calloc(n ? 2 * n : 1, sizeof(*c->v));
	if (!c->v)
		return LW_NOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct lw_entry *e = &entries[i];
		struct lw_str part;

		claim(c, i, e->sam, false);
		if (e->kind == LW_KIND_USER &&
		    lw_upn_account(&p->naming, e->upn, &part) == LW_OK)
			claim(c, i, part, true);
	}
	qsort(c->v, c->count, sizeof(*c->v), by_account);
	return LW_OK;
}

void lw_claims_done(struct lw_claims *c)
{
	free(c->v);
	c->v = NULL;
}

/* The first claim of that name; those equal to it follow. */
static size_t first_claim(const struct lw_claims *c, const char *account)
{
	size_t low = 0, high = c->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(c->v[mid].account, account) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool same_sid(const struct lw_entry *a, const struct lw_entry *b)
{
	return a->sid.n == b->sid.n && !memcmp(a->sid.s, b->sid.s, a->sid.n);
}

bool lw_policy_owns(const struct lw_policy *p, const struct lw_claims *c,
		    size_t i, const char *account)
{
	bool upn = false, sam = false, other_upn = false, other_sam = false;
	const struct lw_entry *e = &c->entries[i];
	char looks[LW_NAME_MAX];
	const char *pin = NULL;

	if (lw_name_casefold(lw_str(account), looks) != LW_OK)
		return false;
	for (size_t k = first_claim(c, looks);
	     k < c->count && !strcmp(c->v[k].account, looks); k++) {
		bool mine = same_sid(&c->entries[c->v[k].entry], e);

		if (c->v[k].by_upn)
			*(mine ? &upn : &other_upn) = true;
		else
			*(mine ? &sam : &other_sam) = true;
	}
	if (!upn && !sam)
		return false;
	if (e->kind == LW_KIND_USER && p->pinned)
		pin = p->pinned(p->pinned_arg, account);
	if (pin)
		return lw_str_eq(e->sid, pin);
	return !other_upn && (upn || !other_sam);
}

/* The name an entry goes by: its sAMAccountName if it owns it, or its UPN. */
static enum lw_err choose(const struct lw_policy *p, const struct lw_claims *c,
			  size_t i, struct lw_str *ret_name, char *ret_account)
{
	const struct lw_entry *e = &c->entries[i];
	struct lw_str part;

	if (lw_account_valid(e->sam) &&
	    lw_name_fold(e->sam, ret_account) == LW_OK &&
	    lw_policy_owns(p, c, i, ret_account)) {
		*ret_name = e->sam;
		return LW_OK;
	}
	if (e->kind == LW_KIND_USER &&
	    lw_upn_account(&p->naming, e->upn, &part) == LW_OK &&
	    lw_name_fold(part, ret_account) == LW_OK &&
	    lw_policy_owns(p, c, i, ret_account)) {
		*ret_name = part;
		return LW_OK;
	}
	return LW_NOTFOUND;
}

static char *gecos(const struct lw_entry *e)
{
	char text[512];
	size_t n;

	lw_gecos(e->given, text, sizeof(text) / 2);
	n = strlen(text);
	if (n && e->sn.n)
		text[n++] = ' ';
	lw_gecos(e->sn, text + n, sizeof(text) - n);
	return strdup(text);
}

static enum lw_err refuse(char *why, size_t size, const char *reason)
{
	snprintf(why, size, "%s", reason);
	return LW_NOTFOUND;
}

enum lw_err lw_policy_object(const struct lw_policy *p,
			     const struct lw_claims *c, size_t i,
			     struct lw_object **ret, char *why, size_t why_size)
{
	const struct lw_entry *e = &c->entries[i];
	const struct lw_localdb *local;
	char account[LW_NAME_MAX], name[LW_NAME_MAX];
	struct lw_object *o;
	struct lw_str chosen;
	uint32_t id;

	local = e->kind == LW_KIND_USER ? p->passwd : p->group;
	if (lw_sid_to_id(&p->idmap, e->sid, &id) != LW_OK)
		return refuse(why, why_size, "its SID gives no usable id");
	if (choose(p, c, i, &chosen, account) != LW_OK)
		return refuse(why, why_size,
			      "another entry claims its name or had it "
			      "first, or it is no name");
	if (lw_name_format(&p->naming, chosen, name) != LW_OK)
		return refuse(why, why_size, "its name is too long");
	if (lw_localdb_taken(local, name))
		return refuse(why, why_size, "a local entry has that name");
	if (lw_localdb_id(local, id))
		return refuse(why, why_size, "a local entry has that id");

	o = calloc(1, sizeof(*o));
	if (!o)
		return LW_NOMEM;
	o->kind = e->kind;
	o->id = id;
	o->uac = e->uac;
	o->sid = lw_str_dup(e->sid);
	o->dn = lw_str_dup(e->dn);
	o->account = strdup(account);
	o->name = strdup(name);
	o->upn = lw_str_dup(e->upn);
	o->gecos = gecos(e);
	if (!o->sid || !o->dn || !o->account || !o->name || !o->upn ||
	    !o->gecos) {
		lw_object_free(o);
		return LW_NOMEM;
	}
	*ret = o;
	return LW_OK;
}

enum lw_err lw_policy_primary_gid(const struct lw_policy *p, uint32_t uid,
				  uint32_t *ret)
{
	uint32_t users = LW_RID_USERS + p->idmap.well_known_base;

	if (!lw_localdb_id(p->group, users))
		*ret = users;
	else if (!lw_localdb_id(p->group, uid))
		*ret = uid;
	else
		return LW_NOTFOUND;
	return LW_OK;
}

enum lw_err lw_policy_home(const char *template, const char *account,
			   const char *domain, char *ret, size_t size)
{
	size_t used = 0;

	for (const char *t = template; *t; t++) {
		char one[2] = { *t, '\0' };
		const char *add = one;
		size_t n;

		if (*t == '%' && t[1]) {
			t++;
			add = *t == 'u' ? account : *t == 'd' ? domain : "%";
		}
		n = strlen(add);
		if (used + n >= size)
			return LW_RANGE;
		memcpy(ret + used, add, n);
		used += n;
	}
	ret[used] = '\0';
	return LW_OK;
}
