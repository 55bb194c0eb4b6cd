/* test_policy.c - tests policy.c: who owns a name, and what is served. */
#include "policy.h"

#include "unit.h"

#include <string.h>

#define DOM "S-1-7-21-1-2-3-4"

static struct lw_localdb passwd = { 0 }, group = { 0 };
static const char *pin_name, *pin_sid;

static const char *pinned(void *arg, const char *account)
{
	(void)arg;
	return pin_name && !strcmp(pin_name, account) ? pin_sid : NULL;
}

static struct lw_policy policy(void)
{
	return (struct lw_policy) {
		.naming = { .domain = "lw.test", .netbios = "" },
		.idmap = { .domain_sid = DOM },
		.passwd = &passwd,
		.group = &group,
		.pinned = pinned,
	};
}

static struct lw_entry user(const char *sid, const char *sam, const char *upn)
{
	return (struct lw_entry) { .kind = LW_KIND_USER,
				   .dn = LW_STR("cn=x"),
				   .sid = lw_str(sid),
				   .sam = lw_str(sam),
				   .upn = lw_str(upn),
				   .given = LW_STR("Given"),
				   .sn = LW_STR("Name") };
}

/* The pw_name that entry i of n gets; "-" if it is not served. */
static const char *served(const struct lw_entry *e, size_t n, size_t i)
{
	static char name[LW_NAME_MAX];
	struct lw_policy p = policy();
	struct lw_object *o = NULL;
	struct lw_claims c;
	char why[128];

	assert_int_equal(lw_claims_init(&c, &p, e, n), LW_OK);
	if (lw_policy_object(&p, &c, i, &o, why, sizeof(why)) == LW_OK)
		snprintf(name, sizeof(name), "%s", o->name);
	else
		snprintf(name, sizeof(name), "-");
	lw_object_free(o);
	lw_claims_done(&c);
	return name;
}

static void an_entry_goes_by_its_samaccountname(void **state)
{
	struct lw_entry e = user(DOM "-1-1001", "Alice", "alice@LW.TEST");

	(void)state;
	assert_string_equal(served(&e, 1, 0), "alice@lw.test");
	e.upn = LW_STR("a.adams@LW.TEST");
	assert_string_equal(served(&e, 1, 0), "alice@lw.test");
	e.upn = LW_STR("");
	assert_string_equal(served(&e, 1, 0), "alice@lw.test");
}

/* As the KDC has it: it is compared with what a ticket says. */
static void the_principal_stays_as_the_directory_spells_it(void **state)
{
	static const char *const upns[] = { "A.Adams@LW.TEST", "alice@Lw.Test",
					    "x@OTHER.TEST", "" };
	struct lw_policy p = policy();

	(void)state;
	for (size_t i = 0; i < COUNT(upns); i++) {
		struct lw_entry e = user(DOM "-1-1001", "Alice", upns[i]);
		struct lw_object *o = NULL;
		struct lw_claims c;
		char why[128];

		assert_int_equal(lw_claims_init(&c, &p, &e, 1), LW_OK);
		assert_int_equal(
			lw_policy_object(&p, &c, 0, &o, why, sizeof(why)),
			LW_OK);
		assert_string_equal(o->upn, upns[i]);
		assert_string_equal(o->name, "alice@lw.test");
		lw_object_free(o);
		lw_claims_done(&c);
	}
}

/* vmdir/SERVER.md: carl set his own sAMAccountName to bob. */
static void who_renames_himself_neither_becomes_him_nor_hides_him(void **state)
{
	struct lw_entry e[] = {
		user(DOM "-1-1002", "bob", "bob@LW.TEST"),
		user(DOM "-1-1003", "BOB", "carl@LW.TEST"),
	};

	(void)state;
	assert_string_equal(served(e, 2, 0), "bob@lw.test");
	assert_string_equal(served(e, 2, 1), "carl@lw.test");
}

static void letters_that_look_like_ascii_are_other_letters(void **state)
{
	struct lw_entry i = user(DOM "-1-1003",
				 "al\xC4\xB0"
				 "ce",
				 "mallory@LW.TEST");
	struct lw_entry k = user(DOM "-1-1004",
				 "\xE2\x84\xAA"
				 "im",
				 "");

	(void)state;
	assert_string_equal(served(&i, 1, 0), "al\xC4\xB0"
					      "ce@lw.test");
	assert_string_equal(served(&k, 1, 0), "\xE2\x84\xAAim@lw.test");
}

static void a_name_claimed_twice_is_served_to_nobody(void **state)
{
	struct lw_entry e[] = {
		user(DOM "-1-1002", "twin", "twin1@LW.TEST"),
		user(DOM "-1-1003", "twin", "twin2@LW.TEST"),
		user(DOM "-1-1004", "twin", ""),
	};

	(void)state;
	assert_string_equal(served(e, 3, 0), "twin1@lw.test");
	assert_string_equal(served(e, 3, 1), "twin2@lw.test");
	assert_string_equal(served(e, 3, 2), "-");
}

static void a_upn_taken_later_does_not_take_a_pinned_name(void **state)
{
	struct lw_entry e[] = {
		user(DOM "-1-1002", "xavier", "x.avier@LW.TEST"),
		user(DOM "-1-1003", "mallory", "xavier@LW.TEST"),
	};

	(void)state;
	assert_string_equal(served(e, 2, 0), "x.avier@lw.test");
	pin_name = "xavier";
	pin_sid = DOM "-1-1002";
	assert_string_equal(served(e, 2, 0), "xavier@lw.test");
	assert_string_equal(served(e, 2, 1), "mallory@lw.test");
	pin_name = NULL;
}

static void a_recreated_user_does_not_inherit_the_name(void **state)
{
	struct lw_entry e = user(DOM "-1-2000", "bob", "bob@LW.TEST");

	(void)state;
	pin_name = "bob";
	pin_sid = DOM "-1-1002";
	assert_string_equal(served(&e, 1, 0), "-");
	pin_name = NULL;
	assert_string_equal(served(&e, 1, 0), "bob@lw.test");
}

static void what_is_not_a_name_or_an_id_is_not_served(void **state)
{
	static const struct {
		const char *sid, *sam;
	} cases[] = {
		{ DOM "-1-1001", "K/M" },
		{ DOM "-502", "krbtgt/LW.TEST" },
		{ DOM "-502", "krbtgt" },
		{ DOM "-1-1001", "a\nroot" },
		{ DOM "-1-1001", "root:x" },
		{ DOM "-1-1001", "1234" },
		{ DOM "-0", "zero" },
		{ DOM "-1000", "legacy" },
		{ "S-1-7-21-1-2-3-5-1-1001", "other" },
		{ DOM "0-1-1001", "longer" },
		{ "", "nosid" },
		{ DOM "-200-1001", "negative" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct lw_entry e = user(cases[i].sid, cases[i].sam, "");

		assert_string_equal(served(&e, 1, 0), "-");
	}
}

static void local_names_and_ids_win(void **state)
{
	struct lw_localent ents[] = { { (char[]) { "alice@lw.test" }, 1000 },
				      { (char[]) { "x" }, 16778217 },
				      { (char[]) { "Alice@LW.test" }, 1000 } };
	struct lw_entry alice = user(DOM "-1-1001", "alice", "");
	struct lw_entry same_id = user(DOM "-1-1001", "bob", "");

	(void)state;
	passwd.ents = &ents[0];
	passwd.count = 1;
	assert_string_equal(served(&alice, 1, 0), "-");
	assert_string_equal(served(&same_id, 1, 0), "bob@lw.test");
	passwd.ents = &ents[1];
	assert_string_equal(served(&same_id, 1, 0), "-");
	/* To sudo they are one. */
	passwd.ents = &ents[2];
	assert_string_equal(served(&alice, 1, 0), "-");
	passwd.count = 0;
}

static void a_local_gid_is_never_a_primary_gid(void **state)
{
	struct lw_localent ents[] = { { (char[]) { "ssh" }, 545 },
				      { (char[]) { "other" }, 16778217 } };
	struct lw_policy p = policy();
	uint32_t gid = 0;

	(void)state;
	assert_int_equal(lw_policy_primary_gid(&p, 16778217, &gid), LW_OK);
	assert_int_equal(gid, 545);
	group.ents = ents;
	group.count = 1;
	assert_int_equal(lw_policy_primary_gid(&p, 16778217, &gid), LW_OK);
	assert_int_equal(gid, 16778217);
	group.count = 2;
	assert_int_equal(lw_policy_primary_gid(&p, 16778217, &gid),
			 LW_NOTFOUND);
	group.count = 0;
}

static void homes_come_from_the_template(void **state)
{
	static const struct {
		const char *template, *home;
	} cases[] = {
		{ "/home/%d/%u", "/home/lw.test/alice" },
		{ "/home/%u", "/home/alice" },
		{ "/h%%/%u%u", "/h%/alicealice" },
	};
	char home[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(lw_policy_home(cases[i].template, "alice",
						"lw.test", home, sizeof(home)),
				 LW_OK);
		assert_string_equal(home, cases[i].home);
	}
	assert_int_equal(
		lw_policy_home("/home/%d/%u", "alice", "lw.test", home, 19),
		LW_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_goes_by_its_samaccountname),
		cmocka_unit_test(
			the_principal_stays_as_the_directory_spells_it),
		cmocka_unit_test(
			who_renames_himself_neither_becomes_him_nor_hides_him),
		cmocka_unit_test(
			letters_that_look_like_ascii_are_other_letters),
		cmocka_unit_test(a_name_claimed_twice_is_served_to_nobody),
		cmocka_unit_test(a_upn_taken_later_does_not_take_a_pinned_name),
		cmocka_unit_test(a_recreated_user_does_not_inherit_the_name),
		cmocka_unit_test(what_is_not_a_name_or_an_id_is_not_served),
		cmocka_unit_test(local_names_and_ids_win),
		cmocka_unit_test(a_local_gid_is_never_a_primary_gid),
		cmocka_unit_test(homes_come_from_the_template),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
