/* crowd.c - a directory of many. Part of the tests of the front. */
#include "crowd.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DN, SID, SAM, UPN, TEXTS };

static void dn(char *to, char letter, uint32_t n)
{
	snprintf(to, 128, "cn=%c%05u,cn=Users,dc=lightwave,dc=test", letter, n);
}

static void make(struct crowd *c, enum lw_kind kind, uint32_t n)
{
	bool user = kind == LW_KIND_USER;
	uint32_t rid = n + (user ? CROWD_FIRST : CROWD_FIRST_GID);
	char(*text)[128] = &c->text[(size_t)c->n * TEXTS];
	struct lw_entry *e = &c->entries[c->n];

	dn(text[DN], user ? 'u' : 'g', n);
	snprintf(text[SID], 128, DOMAIN_SID "-100-%u", rid);
	snprintf(text[SAM], 128, "%c%05u", user ? 'u' : 'g', n);
	snprintf(text[UPN], 128, "u%05u@LIGHTWAVE.TEST", n);
	*e = (struct lw_entry) { .kind = kind,
				 .dn = lw_str(text[DN]),
				 .sid = lw_str(text[SID]),
				 .sam = lw_str(text[SAM]) };
	if (user)
		e->upn = lw_str(text[UPN]);
	c->v[c->n++].e = e;
}

/* The DN of what make() made as that entry. */
static const char *dn_of(const struct crowd *c, uint32_t at)
{
	return c->text[(size_t)at * TEXTS + DN];
}

void crowd_init(struct crowd *c, uint32_t users, uint32_t groups)
{
	size_t n = (size_t)users + groups;

	*c = (struct crowd) { .v = calloc(n, sizeof(*c->v)),
			      .entries = calloc(n, sizeof(*c->entries)),
			      .text = calloc(n * TEXTS, sizeof(*c->text)) };
	assert_non_null(c->v);
	assert_non_null(c->entries);
	assert_non_null(c->text);
	for (uint32_t i = users; i > 0; i--)
		make(c, LW_KIND_USER, i - 1);
	for (uint32_t i = groups; i > 0; i--)
		make(c, LW_KIND_GROUP, i - 1);
	for (uint32_t i = 0; i < groups; i++) {
		struct worker_synced *g = &c->v[users + i];

		for (uint32_t k = 0; k < 6; k++)
			g->member[k] = dn_of(c, (6 * i + k) % users);
		g->member[6] = i > 0 ? dn_of(c, users + i - 1) : NULL;
	}
}

void crowd_done(struct crowd *c)
{
	free(c->v);
	free(c->entries);
	free(c->text);
}
