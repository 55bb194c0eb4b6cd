/* test_dn.c - each DN has one spelling, and two DNs never have the same. */
#include "unit.h"

#include "cleanup.h"
#include "dn.h"
#include "dnset.h"

#include <ldap.h>

#define END ",cn=Users,dc=x"

/* From a heap copy of just n bytes, so that ASan sees one byte too far. */
static enum lw_err spell(struct lw_str raw, char *ret, size_t size)
{
	lw_cleanup(lw_dn_done) struct lw_dn dn = { .own = NULL };
	lw_cleanup(lw_free) char *copy = malloc(raw.n ? raw.n : 1);
	enum lw_err e;

	assert_non_null(copy);
	memcpy(copy, raw.s, raw.n);
	e = lw_dn_read((struct lw_str) { copy, raw.n }, &dn);
	if (e == LW_OK) {
		assert_true(dn.s.n < size);
		memcpy(ret, dn.s.s, dn.s.n);
		ret[dn.s.n] = '\0';
	}
	return e;
}

static void other_spellings_are_the_same_dn(void **state)
{
	static const char *const same[][2] = {
		{ "cn=a" END, "cn=a , cn=Users , dc=x" },
		{ "cn=a" END, "cn = a,cn= Users,dc =x" },
		{ "cn=a" END, "cn=\\61,cn=Us\\65rs,dc=x" },
		{ "cn=a b" END, "cn=a\\20b" END },
		{ "cn=a  b" END, "cn=a\\20 b" END },
		{ "cn=a\\,b" END, "cn=a\\2Cb" END },
		{ "cn=a\\,b" END, "cn=a\\2cb" END },
		{ "cn=a\\+b" END, "cn=a\\2bb" END },
		{ "cn=a\\\\b" END, "cn=a\\5Cb" END },
		{ "cn=a=b" END, "cn=a\\=b" END },
		{ "cn=\\#a" END, "cn=\\23a" END },
		{ "cn=J\xC3\xBCrgen" END, "cn=J\\C3\\BCrgen" END },
		{ "cn=a+uid=1" END, "uid=1+cn=a" END },
		{ "cn=a+cn=" END, "cn=+cn=a" END },
		{ "cn=a,dc=x+dc=", "cn=a,dc=+dc=x" },
	};
	char a[256], b[256];

	(void)state;
	for (size_t i = 0; i < COUNT(same); i++) {
		assert_int_equal(spell(lw_str(same[i][0]), a, sizeof(a)),
				 LW_OK);
		assert_int_equal(spell(lw_str(same[i][1]), b, sizeof(b)),
				 LW_OK);
		assert_string_equal(a, b);
		/* It is its own spelling, and all have one hash. */
		assert_int_equal(spell(lw_str(a), b, sizeof(b)), LW_OK);
		assert_string_equal(a, b);
		assert_int_equal(lw_dn_hash(lw_str(same[i][0])),
				 lw_dn_hash(lw_str(same[i][1])));
	}
}

/* As in a message, where the next thing stands right behind it. */
static void what_stands_behind_a_dn_is_not_of_it(void **state)
{
	static const char behind[] = "cn=#6162";
	lw_cleanup(lw_dn_done) struct lw_dn dn = { .own = NULL };

	(void)state;
	assert_int_equal(lw_dn_read((struct lw_str) { behind, 6 }, &dn), LW_OK);
	unit_str_equal(dn.s, "cn=#61");
}

static void other_dns_stay_others(void **state)
{
	static const char *const dns[] = {
		"cn=a" END,	      "cn=b" END,
		"cn=a,cn=a" END,      "cn=a\\,cn=a" END,
		"cn=ab" END,	      "cn=a b" END,
		"cn=a  b" END,	      "cn=a\\20" END,
		"cn=\\20a" END,	      "cn=a\\\\20" END,
		"cn=a+cn=b" END,      "cn=a\\+cn=b" END,
		"cn=#6162" END,	      "cn=\\#6162" END,
		"uid=a" END,	      "cn=u" END,
		"cn=\xC3\xBC" END,    "cn=a,cn=Users\\,dc=x",
		"cn=a,cn=Users+dc=x", "cn=a;cn=Users;dc=x",
		"cn=<a>" END,	      "cn=\\\"a\\\"" END,
		"cn=a\\00" END,	      "cn=a\\00b" END,
	};
	char a[256], b[256];

	(void)state;
	for (size_t i = 0; i < COUNT(dns); i++) {
		assert_int_equal(spell(lw_str(dns[i]), a, sizeof(a)), LW_OK);
		for (size_t k = 0; k < i; k++) {
			spell(lw_str(dns[k]), b, sizeof(b));
			assert_string_not_equal(a, b);
			assert_int_not_equal(lw_dn_hash(lw_str(dns[i])),
					     lw_dn_hash(lw_str(dns[k])));
		}
	}
}

static void what_is_no_dn_is_none(void **state)
{
	static char big[LW_DN_LONGEST + 1];
	char a[2 * LW_DN_LONGEST];

	(void)state;
	assert_int_equal(spell(LW_STR(""), a, sizeof(a)), LW_INVALID);
	assert_int_equal(spell(LW_STR("cn=a\0b"), a, sizeof(a)), LW_INVALID);
	memset(big, 'a', sizeof(big));
	memcpy(big, "cn=", 3);
	assert_int_equal(
		spell((struct lw_str) { big, sizeof(big) }, a, sizeof(a)),
		LW_INVALID);
	assert_int_equal(
		spell((struct lw_str) { big, sizeof(big) - 1 }, a, sizeof(a)),
		LW_OK);
	/* Written out each of these takes three bytes. */
	memset(big + 3, '=', sizeof(big) - 3);
	assert_int_equal(
		spell((struct lw_str) { big, sizeof(big) - 1 }, a, sizeof(a)),
		LW_INVALID);
}

static void what_cannot_be_taken_apart_stays_as_it_is(void **state)
{
	static const char *const dns[] = { "x",		 ",,,",	    "cn",
					   "cn=a,,dc=x", "cn=\xFF", "cn=a\\zz",
					   "\x1b[2J" };
	char a[64];

	(void)state;
	for (size_t i = 0; i < COUNT(dns); i++) {
		assert_int_equal(spell(lw_str(dns[i]), a, sizeof(a)), LW_OK);
		assert_string_equal(a, dns[i]);
	}
}

/* What is not taken apart comes out as if it had been. */
static void at_a_glance_is_the_same_as_in_full(void **state)
{
	static const char some[] = "aZ0 -=,,==.:@/'()_\\\"+;#<> \t\xC3\xBC*";
	uint32_t random = 815;
	size_t plain = 0;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		char dn[17] = "";
		size_t n = unit_random(&random) % (sizeof(dn) - 1);
		LDAPDN parts = NULL;
		char *full = NULL;

		for (size_t k = 0; k < n; k++)
			dn[k] = some[unit_random(&random) % 12];
		if (n > 2 && i % 2)
			memcpy(dn, "cn=", 3);
		if (n > 4)
			dn[4] = some[unit_random(&random) % (COUNT(some) - 1)];
		if (!lw_dn_plain((struct lw_str) { dn, n }))
			continue;
		plain++;
		assert_int_equal(ldap_str2dn(dn, &parts, LDAP_DN_FORMAT_LDAPV3),
				 LDAP_SUCCESS);
		assert_int_equal(
			ldap_dn2str(parts, &full, LDAP_DN_FORMAT_LDAPV3),
			LDAP_SUCCESS);
		assert_int_equal(strlen(full), n);
		assert_memory_equal(full, dn, n);
		ldap_memfree(full);
		ldap_dnfree(parts);
	}
	assert_true(plain > 1000);
	assert_true(lw_dn_plain(LW_STR("cn=Ann O'Hara (2)" END)));
	assert_false(lw_dn_plain(LW_STR("cn=a, cn=Users")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_spellings_are_the_same_dn),
		cmocka_unit_test(what_stands_behind_a_dn_is_not_of_it),
		cmocka_unit_test(other_dns_stay_others),
		cmocka_unit_test(what_is_no_dn_is_none),
		cmocka_unit_test(what_cannot_be_taken_apart_stays_as_it_is),
		cmocka_unit_test(at_a_glance_is_the_same_as_in_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
