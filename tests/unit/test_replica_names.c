/* test_replica_names.c - tests replica_names.c: who owns which name. */
#include "replica_rig.h"

static struct lw_owner owner(struct lw_replica *r, struct lw_policy *p,
			     const char *name)
{
	struct lw_owner o = { 0 };

	if (lw_replica_owner(r, p, LW_KIND_USER, name, &o) == LW_NOTFOUND)
		assert_int_equal(o.claimants, 0);
	return o;
}

static void claim(struct lw_replica *r, const char *dn, const char *rid,
		  const char *sam, const char *upn)
{
	char sid[100];
	struct lw_sync_entry s = { .e = { .kind = LW_KIND_USER,
					  .dn = lw_str(dn),
					  .sam = lw_str(sam),
					  .upn = lw_str(upn) } };

	snprintf(sid, sizeof(sid), DOMAIN_SID "-100-%s", rid);
	s.e.sid = lw_str(sid);
	assert_int_equal(lw_replica_put(r, &s), LW_OK);
}

static const char *alices_sid(void *arg, const char *account)
{
	(void)arg;
	return strcmp(account, "alice") ? NULL : DOMAIN_SID "-100-1";
}

static void names_are_owned_as_policy_says(void **state)
{
	struct lw_replica *r = empty();
	struct lw_policy p = policy();

	(void)state;
	claim(r, "cn=a", "1", "alice", "alice@LIGHTWAVE.TEST");
	claim(r, "cn=t", "2", "ALICE", "t@lightwave.test");
	assert_ptr_equal(owner(r, &p, "alice").who,
			 lw_replica_by_dn(r, LW_STR("cn=a")));
	/* Entries, not claims: one of them has it twice. */
	assert_int_equal(owner(r, &p, "alice").claimants, 2);
	assert_ptr_equal(owner(r, &p, "t").who,
			 lw_replica_by_dn(r, LW_STR("cn=t")));
	/* Two by sam alone: nobody's, unless it was one's before. */
	claim(r, "cn=a", "1", "alice", "a@LIGHTWAVE.TEST");
	assert_null(owner(r, &p, "alice").who);
	assert_int_equal(owner(r, &p, "alice").claimants, 2);
	p.pinned = alices_sid;
	assert_ptr_equal(owner(r, &p, "alice").who,
			 lw_replica_by_dn(r, LW_STR("cn=a")));
	/* He gives it up; the other has it then, but for the pin. */
	claim(r, "cn=a", "1", "a", "a@LIGHTWAVE.TEST");
	assert_null(owner(r, &p, "alice").who);
	p.pinned = NULL;
	assert_ptr_equal(owner(r, &p, "alice").who,
			 lw_replica_by_dn(r, LW_STR("cn=t")));
	assert_int_equal(owner(r, &p, "nobody").claimants, 0);
	lw_replica_free(r);
}

static void objects_are_those_of_policy(void **state)
{
	struct lw_replica *r = empty();
	struct lw_policy p = policy();
	struct lw_object *o = NULL;
	char why[128];

	(void)state;
	claim(r, "cn=a", "1001", "alice", "alice@LIGHTWAVE.TEST");
	claim(r, "cn=t", "1002", "Alice", "thief@lightwave.test");
	claim(r, "cn=x", "1003", "ALICE", "else@where.test");
	assert_int_equal(lw_replica_object(r, &p,
					   lw_replica_by_dn(r, LW_STR("cn=t")),
					   &o, why, sizeof(why)),
			 LW_OK);
	assert_string_equal(o->name, "thief@lightwave.test");
	lw_object_free(o);
	assert_int_equal(lw_replica_object(r, &p,
					   lw_replica_by_dn(r, LW_STR("cn=x")),
					   &o, why, sizeof(why)),
			 LW_NOTFOUND);
	lw_replica_free(r);
}

static void a_crowd_of_claimants_changes_nothing(void **state)
{
	struct lw_replica *r = empty();
	struct lw_policy p = policy();
	char dn[40], rid[20];

	(void)state;
	for (uint32_t i = 2; i < 3000; i++) {
		snprintf(dn, sizeof(dn), "cn=n%u", i);
		snprintf(rid, sizeof(rid), "%u", i);
		claim(r, dn, rid, "alice", "");
	}
	assert_null(owner(r, &p, "alice").who);
	claim(r, "cn=a", "1", "alice", "");
	assert_null(owner(r, &p, "alice").who);
	p.pinned = alices_sid;
	assert_ptr_equal(owner(r, &p, "alice").who,
			 lw_replica_by_dn(r, LW_STR("cn=a")));
	p.pinned = NULL;
	claim(r, "cn=a", "1", "x", "alice@lightwave.test");
	assert_ptr_equal(owner(r, &p, "alice").who,
			 lw_replica_by_dn(r, LW_STR("cn=a")));
	lw_replica_free(r);
}

static void who_is_not_among_the_claimants_is_doubted(void **state)
{
	struct lw_replica *r = empty();
	struct lw_policy p = policy();
	struct lw_entry e;

	(void)state;
	claim(r, "cn=a", "1", "alice", "");
	claim(r, "cn=t", "2", "alice", "");
	e = lw_known_entry(lw_replica_by_dn(r, LW_STR("cn=t")));
	lw_replica_doubt_others(r, LW_KIND_USER, "alice", &e, 1);
	assert_true(lw_replica_by_dn(r, LW_STR("cn=a"))->doubt != 0);
	assert_false(lw_replica_by_dn(r, LW_STR("cn=t"))->doubt != 0);
	assert_true(owner(r, &p, "alice").doubted);
	lw_replica_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_owned_as_policy_says),
		cmocka_unit_test(objects_are_those_of_policy),
		cmocka_unit_test(a_crowd_of_claimants_changes_nothing),
		cmocka_unit_test(who_is_not_among_the_claimants_is_doubted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
