/*
 * test_replica.c - tests replica.c, replica_members.c and hash.c: who is there,
 * who is in what, and what that costs.
 */
#include "config.h"
#include "replica_rig.h"

#include <malloc.h>
#include <time.h>

static void user(struct lw_replica *r, const char *name, uint32_t rid)
{
	assert_int_equal(put(r, LW_KIND_USER, name, rid, ""), LW_OK);
}

static void group(struct lw_replica *r, const char *name, uint32_t rid,
		  const char *members)
{
	assert_int_equal(put(r, LW_KIND_GROUP, name, rid, members), LW_OK);
}

static struct lw_known *by_name(struct lw_replica *r, const char *name)
{
	char dn[200];

	snprintf(dn, sizeof(dn), "CN=%s,CN=Users,DC=lightwave,DC=test", name);
	return lw_replica_by_dn(r, lw_str(dn));
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Their names in order, with blanks between; a static buffer. */
static const char *names(struct lw_known **v, size_t n)
{
	static char text[1000];
	const char *all[50];

	assert_true(n <= COUNT(all));
	for (size_t i = 0; i < n; i++)
		all[i] = lw_known_entry(v[i]).sam.s;
	qsort(all, n, sizeof(all[0]), by_text);
	text[0] = '\0';
	for (size_t i = 0; i < n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "%s%s", i ? " " : "", all[i]);
	free(v);
	return text;
}

static const char *groups_of(struct lw_replica *r, const char *name)
{
	struct lw_known **v;
	size_t n;

	assert_int_equal(lw_replica_groups_of(r, by_name(r, name), &v, &n),
			 LW_OK);
	return names(v, n);
}

static const char *members_of(struct lw_replica *r, const char *name)
{
	struct lw_known **v;
	size_t n;

	assert_int_equal(lw_replica_members_of(r, by_name(r, name), &v, &n),
			 LW_OK);
	return names(v, n);
}

static void memberships_are_exact_in_any_order(void **state)
{
	struct lw_replica *r = empty();

	(void)state;
	/* Members before those they are of, and after. */
	group(r, "top", 2001, "middle alice missing");
	user(r, "alice", 1001);
	user(r, "bob", 1002);
	group(r, "low", 2003, "bob bob BOB");
	group(r, "middle", 2002, "low top middle");
	user(r, "carol", 1003);
	assert_string_equal(groups_of(r, "alice"), "middle top");
	assert_string_equal(groups_of(r, "bob"), "low middle top");
	assert_string_equal(groups_of(r, "carol"), "");
	assert_string_equal(members_of(r, "low"), "bob");
	assert_string_equal(members_of(r, "top"), "alice bob");
	assert_int_equal(r->users, 3);
	assert_int_equal(r->groups, 3);
	assert_int_equal(r->dangling, 1);
	lw_replica_free(r);
}

static void a_circle_has_an_end(void **state)
{
	struct lw_replica *r = empty();

	(void)state;
	group(r, "a", 2001, "b");
	group(r, "b", 2002, "c");
	group(r, "c", 2003, "a u");
	user(r, "u", 1001);
	assert_string_equal(groups_of(r, "u"), "a b c");
	assert_string_equal(members_of(r, "b"), "u");
	group(r, "self", 2004, "self");
	assert_string_equal(members_of(r, "self"), "");
	lw_replica_free(r);
}

static void what_moves_away_takes_its_circle_with_it(void **state)
{
	struct lw_replica *r = empty();

	(void)state;
	group(r, "self", 2004, "self x y");
	group(r, "other", 2004, "");
	assert_null(by_name(r, "self"));
	assert_int_equal(r->groups, 1);
	assert_int_equal(r->dangling, 0);
	/* To a DN that nobody but its old self knew. */
	group(r, "a", 2001, "b c");
	group(r, "b", 2001, "u");
	user(r, "u", 1001);
	assert_string_equal(groups_of(r, "u"), "b");
	assert_int_equal(r->groups, 2);
	assert_int_equal(r->dangling, 0);
	lw_replica_free(r);
}

static void a_change_moves_members_and_leaves_doubts(void **state)
{
	struct lw_replica *r = empty();

	(void)state;
	user(r, "alice", 1001);
	user(r, "bob", 1002);
	group(r, "inner", 2002, "");
	group(r, "g", 2001, "alice bob inner gone");
	assert_int_equal(r->dangling, 1);
	group(r, "g", 2001, "bob");
	assert_string_equal(groups_of(r, "alice"), "");
	assert_string_equal(groups_of(r, "bob"), "g");
	assert_true(by_name(r, "alice")->doubt != 0);
	assert_false(by_name(r, "bob")->doubt != 0);
	assert_int_equal(r->groups_doubted, 1);
	assert_int_equal(r->dangling, 0);
	/* The next word of her ends that. */
	user(r, "alice", 1001);
	assert_false(by_name(r, "alice")->doubt != 0);
	lw_replica_free(r);
}

static void who_goes_leaves_his_groups(void **state)
{
	struct lw_replica *r = empty();

	(void)state;
	user(r, "alice", 1001);
	user(r, "bob", 1002);
	group(r, "g", 2001, "alice bob");
	lw_replica_drop(r, by_name(r, "alice"));
	assert_string_equal(members_of(r, "g"), "bob");
	assert_int_equal(r->dangling, 1);
	/* Another one of that name is its member, as the directory has it. */
	user(r, "alice", 1009);
	assert_string_equal(groups_of(r, "alice"), "g");
	lw_replica_drop(r, by_name(r, "g"));
	assert_string_equal(groups_of(r, "alice"), "");
	assert_int_equal(r->groups, 0);
	assert_false(by_name(r, "alice")->doubt != 0);
	lw_replica_free(r);
}

static void a_sweep_drops_whoever_is_not_seen(void **state)
{
	struct lw_replica *r = empty();

	(void)state;
	user(r, "alice", 1001);
	user(r, "bob", 1002);
	group(r, "g", 2001, "alice bob");
	lw_replica_sweep(r);
	lw_replica_seen(r, LW_STR(DOMAIN_SID "-100-1001"));
	lw_replica_seen(r, LW_STR(DOMAIN_SID "-100-9999"));
	user(r, "carol", 1003); /* came meanwhile */
	assert_int_equal(lw_replica_swept(r), 2);
	assert_non_null(by_name(r, "alice"));
	assert_non_null(by_name(r, "carol"));
	assert_null(by_name(r, "bob"));
	assert_int_equal(r->users, 2);
	assert_int_equal(r->groups, 0);
	assert_int_equal(r->dangling, 0);
	lw_replica_free(r);
}

static void an_entry_is_one_by_dn_and_by_sid(void **state)
{
	struct lw_replica *r = empty();
	struct lw_policy p = policy();
	uint32_t id = UINT32_C(100) << 24 | 1001;

	(void)state;
	user(r, "alice", 1001);
	assert_ptr_equal(lw_replica_by_id(r, &p.idmap, LW_KIND_USER, id),
			 by_name(r, "alice"));
	assert_null(lw_replica_by_id(r, &p.idmap, LW_KIND_GROUP, id));
	/* The same SID at another DN, and another SID at that DN. */
	user(r, "alice2", 1001);
	assert_null(by_name(r, "alice"));
	user(r, "alice2", 1002);
	assert_null(lw_replica_by_id(r, &p.idmap, LW_KIND_USER, id));
	assert_int_equal(r->users, 1);
	lw_replica_free(r);
}

static void what_is_no_entry_is_counted(void **state)
{
	struct lw_sync_entry s = { .e = { .kind = LW_KIND_USER,
					  .dn = LW_STR("cn=x"),
					  .sid = LW_STR("no") } };
	struct lw_replica *r = empty();
	char *long_dn = calloc(1, LW_DN_MAX + 2);

	(void)state;
	assert_non_null(long_dn);
	assert_int_equal(lw_replica_put(r, &s), LW_INVALID);
	s.e.sid = LW_STR(DOMAIN_SID "-100-1");
	s.e.dn = (struct lw_str) { 0 };
	assert_int_equal(lw_replica_put(r, &s), LW_INVALID);
	memset(long_dn, 'x', LW_DN_MAX + 1);
	s.e.dn = lw_str(long_dn);
	assert_int_equal(lw_replica_put(r, &s), LW_INVALID);
	long_dn[LW_DN_MAX] = '\0';
	s.e.dn = lw_str(long_dn);
	assert_int_equal(lw_replica_put(r, &s), LW_OK);
	assert_int_equal(r->refused, 3);
	free(long_dn);
	lw_replica_free(r);
}

static void ascii_letters_alone_are_equal_in_both_cases(void **state)
{
	struct lw_replica *r = empty();

	(void)state;
	user(r, "\303\204", 1001); /* A with dots, and a */
	user(r, "\303\244", 1002);
	assert_int_equal(r->users, 2);
	lw_replica_free(r);
}

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void fill(struct lw_replica *r, uint32_t users, uint32_t groups)
{
	char name[40], members[20 * 40];

	for (uint32_t i = 0; i < users; i++) {
		snprintf(name, sizeof(name), "user%u", i);
		user(r, name, 1000 + i);
	}
	for (uint32_t g = 0; g < groups; g++) {
		size_t at = 0;

		for (uint32_t k = 0; k < 20; k++)
			at += (size_t)snprintf(members + at,
					       sizeof(members) - at, "user%u ",
					       (g * 977 + k * 31) % users);
		snprintf(name, sizeof(name), "group%u", g);
		group(r, name, 1000000 + g, members);
	}
}

static void fifty_thousand_users_fit(void **state)
{
	struct lw_replica *r = empty();
	struct lw_policy p = policy();
	double begun = now_ms(), filled;
	size_t entries = 55000, before = mallinfo2().uordblks;

	(void)state;
	fill(r, 50000, 5000);
	filled = now_ms();
	for (uint32_t i = 0; i < 50000; i++) {
		struct lw_object *o;
		struct lw_owner own;
		char name[40], why[100];

		snprintf(name, sizeof(name), "user%u", i);
		assert_int_equal(
			lw_replica_owner(r, &p, LW_KIND_USER, name, &own),
			LW_OK);
		assert_int_equal(
			lw_replica_object(r, &p, own.who, &o, why, sizeof(why)),
			LW_OK);
		lw_object_free(o);
	}
	print_message("replica: %zu bytes an entry (%zu by malloc), filled in "
		      "%.0f ms, %.2f us a lookup\n",
		      r->bytes / entries,
		      (mallinfo2().uordblks - before) / entries, filled - begun,
		      (now_ms() - filled) / 50);
	assert_true(r->bytes / entries < 640);
	lw_replica_free(r);
}

/* Two replicas, what is staged of a change, and all else. */
static void the_unit_has_room_for_the_largest(void **state)
{
	size_t need =
		2 * LW_REPLICA_BYTES(LW_REPLICATE_MAX) + ((size_t)128 << 20);
	FILE *f = fopen(UNIT_FILE, "re");
	unsigned int gigabytes = 0;
	char line[200];

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "MemoryMax=%uG", &gigabytes) == 1)
			break;
	}
	fclose(f);
	assert_true((size_t)gigabytes << 30 >= need);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memberships_are_exact_in_any_order),
		cmocka_unit_test(a_circle_has_an_end),
		cmocka_unit_test(what_moves_away_takes_its_circle_with_it),
		cmocka_unit_test(a_change_moves_members_and_leaves_doubts),
		cmocka_unit_test(who_goes_leaves_his_groups),
		cmocka_unit_test(a_sweep_drops_whoever_is_not_seen),
		cmocka_unit_test(an_entry_is_one_by_dn_and_by_sid),
		cmocka_unit_test(what_is_no_entry_is_counted),
		cmocka_unit_test(ascii_letters_alone_are_equal_in_both_cases),
		cmocka_unit_test(fifty_thousand_users_fit),
		cmocka_unit_test(the_unit_has_room_for_the_largest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
