/* usn.c - how far a server's numbers have come. A worker process. */
#include "usn.h"

#include "cleanup.h"
#include "filter.h"
#include "search.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static char *space_attrs[] = { "highestCommittedUSN", "serverName", NULL };

static enum lw_err take_space(void *arg, LDAP *ld, LDAPMessage *m)
{
	struct lw_usn_space *s = arg;
	struct berval *v = NULL;
	enum lw_err e = lw_search_values(ld, m, "serverName", &v);

	s->highest = lw_search_number(ld, m, "highestCommittedUSN");
	if (v && v[0].bv_val && v[0].bv_len < 256 &&
	    !memchr(v[0].bv_val, '\0', v[0].bv_len))
		snprintf(s->server, sizeof(s->server), "%.*s", (int)v[0].bv_len,
			 v[0].bv_val);
	ber_memfree(v);
	return e;
}

static enum lw_err ask_space(struct lw_conn *c, struct lw_usn_space *ret)
{
	struct lw_query q = { .base = "",
			      .scope = LDAP_SCOPE_BASE,
			      .filter = "(objectClass=*)",
			      .attrs = space_attrs };

	return lw_search(c, &q, take_space, ret);
}

/* Its number is no other socket's for a very long time. */
static uint64_t link_of(struct lw_conn *c)
{
	struct stat st;
	int fd = -1;

	if (ldap_get_option(c->ld, LDAP_OPT_DESC, &fd) || fd < 0 ||
	    fstat(fd, &st) < 0)
		return 0;
	return st.st_ino;
}

/* "cn=dc1.example,cn=Servers,..." on dc1.example needs no second name. */
static bool is_named_after(const char *host, const char *server)
{
	const char *value = strchr(server, '=');
	size_t n = value ? strcspn(value + 1, ",") : 0;

	return value && strcspn(host, ":") == n &&
	       !strncasecmp(host, value + 1, n);
}

enum lw_err lw_usn_space_read(struct lw_conn *c, struct lw_usn_space *s,
			      bool *ret_read)
{
	struct lw_usn_space now = { .link = link_of(c) };
	char server[LW_USN_SERVER_MAX];
	enum lw_err e;

	if (now.link && now.link == s->link) {
		*ret_read = false;
		return LW_OK;
	}
	e = ask_space(c, &now);
	if (e != LW_OK)
		return e == LW_NOTFOUND ? LW_OFFLINE : e;
	if (!now.server[0] || is_named_after(lw_conn_host(c), now.server))
		snprintf(server, sizeof(server), "%.255s", lw_conn_host(c));
	else
		snprintf(server, sizeof(server), "%.255s (%.255s)",
			 lw_conn_host(c), now.server);
	memcpy(now.server, server, sizeof(server));
	*s = now;
	*ret_read = true;
	return LW_OK;
}

static enum lw_err take_number(void *arg, LDAP *ld, LDAPMessage *m)
{
	uint64_t *most = arg, n = lw_search_number(ld, m, "uSNChanged");

	*most = n > *most ? n : *most;
	return LW_OK;
}

/* A number of at least `from` that some entry has; 0: none. */
static enum lw_err any_from(struct lw_conn *c, uint64_t from, uint64_t *ret)
{
	char filter[256], *attrs[] = { "uSNChanged", NULL };
	struct lw_query q = { .base = c->setup->config->base_dn,
			      .scope = LDAP_SCOPE_SUBTREE,
			      .filter = filter,
			      .attrs = attrs,
			      .size_most = 1 };
	uint64_t found = 0;
	enum lw_err e;

	snprintf(filter, sizeof(filter),
		 "(&(uSNChanged>=%" PRIu64 ")" LW_IS_FOLLOWED ")", from);
	e = lw_search(c, &q, take_number, &found);
	if (e == LW_OK)
		*ret = found;
	return e == LW_NOTFOUND ? LW_OFFLINE : e;
}

/* There is one of `low`, or none at all. */
static enum lw_err halve(struct lw_conn *c, uint64_t *ret)
{
	uint64_t low = 0, high = INT64_MAX, step = 1024;
	enum lw_err e = LW_OK;

	/* First ever larger steps up, then ever smaller ones. */
	while (low + 1 < high && e == LW_OK) {
		uint64_t room = (high - low) / 2;
		uint64_t at =
			low + (room < step || high != INT64_MAX ? room : step);
		uint64_t found = 0;

		e = any_from(c, at, &found);
		if (e == LW_OK && found >= at)
			low = found;
		else
			high = at;
		step = step > INT64_MAX / 16 ? step : step * 8;
	}
	if (e == LW_OK)
		*ret = low;
	return e;
}

enum lw_err lw_usn_reaches(struct lw_conn *c, uint64_t number, uint64_t less,
			   bool *ret)
{
	struct lw_usn_space now = { .link = 0 };
	uint64_t from = number > less ? number - less : 1, found = 0;
	enum lw_err e = ask_space(c, &now);

	if (e == LW_OK && now.highest == 0)
		e = any_from(c, from, &found);
	if (e == LW_OK)
		*ret = now.highest ? now.highest >= number : found >= from;
	return e == LW_NOTFOUND ? LW_OFFLINE : e;
}

enum lw_err lw_usn_highest(struct lw_conn *c, uint64_t *ret)
{
	struct lw_usn_space now = { .link = 0 };
	enum lw_err e = ask_space(c, &now);

	if (e == LW_OK && now.highest > 0)
		*ret = now.highest;
	if (e != LW_OK || now.highest > 0)
		return e == LW_NOTFOUND ? LW_OFFLINE : e;
	return halve(c, ret);
}
