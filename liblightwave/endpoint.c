/* endpoint.c - host and port of a server. Both daemons; pure. */
#include "endpoint.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool lw_host_valid(const char *s)
{
	size_t n = strlen(s), label = 0;

	if (n == 0 || n >= LW_HOST_MAX)
		return false;
	for (size_t i = 0; i <= n; i++) {
		if (s[i] == '.' || s[i] == '\0') {
			if (label == 0 || label > 63 || s[i - 1] == '-')
				return false;
			label = 0;
		} else if (isalnum((unsigned char)s[i]) ||
			   (s[i] == '-' && label > 0)) {
			label++;
		} else {
			return false;
		}
	}
	return true;
}

static enum lw_err take_port(const char *text, uint16_t *ret)
{
	unsigned long v = 0;
	size_t n = strspn(text, "0123456789");

	if (n == 0 || n > 5 || text[n])
		return LW_INVALID;
	v = strtoul(text, NULL, 10);
	if (v == 0 || v > UINT16_MAX)
		return LW_INVALID;
	*ret = (uint16_t)v;
	return LW_OK;
}

static bool take_host(struct lw_endpoint *e, const char *text, size_t n)
{
	if (n == 0 || n >= sizeof(e->host))
		return false;
	memcpy(e->host, text, n);
	e->host[n] = '\0';
	return true;
}

enum lw_err lw_endpoint_parse(const char *text, struct lw_endpoint *ret)
{
	struct lw_endpoint e = { .port = 0 };
	const char *after;
	struct in6_addr v6;
	bool bracket = *text == '[';

	text += bracket;
	after = text + strcspn(text, bracket ? "]" : ":");
	if (!take_host(&e, text, (size_t)(after - text)))
		return LW_INVALID;
	if (bracket ? inet_pton(AF_INET6, e.host, &v6) != 1 || *after != ']'
		    : !lw_host_valid(e.host))
		return LW_INVALID;
	after += bracket;
	if (*after && (*after != ':' || take_port(after + 1, &e.port) != LW_OK))
		return LW_INVALID;
	*ret = e;
	return LW_OK;
}

bool lw_endpoint_same(const struct lw_endpoint *a, const struct lw_endpoint *b)
{
	return a->port == b->port && !strcasecmp(a->host, b->host);
}

void lw_endpoint_format(const struct lw_endpoint *e, uint16_t default_port,
			char ret[LW_ENDPOINT_MAX])
{
	bool v6 = strchr(e->host, ':') != NULL;

	snprintf(ret, LW_ENDPOINT_MAX, "%s%s%s:%u", v6 ? "[" : "", e->host,
		 v6 ? "]" : "",
		 (unsigned int)(e->port ? e->port : default_port));
}
