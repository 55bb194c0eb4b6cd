/*
 * replica_rig.h - entries for the tests of the replica.
 */
#ifndef LW_TEST_REPLICA_RIG_H
#define LW_TEST_REPLICA_RIG_H

#include "replica.h"

#include "unit.h"

#include <string.h>

#define DOMAIN_SID "S-1-7-21-1-2-3-4"
#define BASE	   ",cn=Users,dc=lightwave,dc=test"

static const struct lw_naming naming = { .domain = "lightwave.test",
					 .netbios = "" };
static struct lw_localdb nothing;

static inline struct lw_policy policy(void)
{
	return (struct lw_policy) {
		.naming = naming,
		.idmap = { .domain_sid = DOMAIN_SID },
		.passwd = &nothing,
		.group = &nothing,
	};
}

static inline struct lw_replica *empty(void)
{
	struct lw_replica *r = NULL;

	assert_int_equal(lw_replica_new(&naming, &r), LW_OK);
	return r;
}

/* Members: names with blanks between, each of an entry cn=NAME. Until the next
 * call. */
static inline struct lw_sync_entry entry(enum lw_kind kind, const char *name,
					 uint32_t rid, const char *members)
{
	static uint8_t buf[512 * 1024];
	static char dn[200], sid[100], upn[200];
	char *copy = strdup(members), *p = copy, *one;
	struct lw_sync_entry s = { .e = { .kind = kind } };
	struct lw_wr w;

	assert_non_null(copy);
	snprintf(dn, sizeof(dn), "cn=%s" BASE, name);
	snprintf(sid, sizeof(sid), DOMAIN_SID "-100-%u", rid);
	snprintf(upn, sizeof(upn), "%s@LIGHTWAVE.TEST", name);
	s.e.dn = lw_str(dn);
	s.e.sid = lw_str(sid);
	s.e.sam = lw_str(name);
	if (kind == LW_KIND_USER) {
		s.e.upn = lw_str(upn);
		s.e.given = LW_STR("Alice");
		s.e.sn = LW_STR("Liddell");
	}
	lw_wr_init(&w, buf, sizeof(buf));
	while ((one = strsep(&p, " "))) {
		char member[200];

		if (!*one)
			continue;
		snprintf(member, sizeof(member), "cn=%s" BASE, one);
		lw_wr_str(&w, lw_str(member));
		s.member_count++;
	}
	assert_int_equal(lw_wr_end(&w), LW_OK);
	lw_rd_init(&s.members, buf, (size_t)(w.p - buf));
	free(copy);
	return s;
}

static inline enum lw_err put(struct lw_replica *r, enum lw_kind kind,
			      const char *name, uint32_t rid,
			      const char *members)
{
	struct lw_sync_entry s = entry(kind, name, rid, members);

	return lw_replica_put(r, &s);
}

#endif
