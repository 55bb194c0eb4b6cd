/* test_utf8.c - characters: read, written, folded, and kept out of gecos. */
#include "unit.h"

#include "name.h"
#include "utf8.h"

static void letters_fold_and_never_grow(void **state)
{
	static const struct {
		const char *from, *to; /* to NULL: not UTF-8 */
	} t[] = {
		{ "", "" },
		{ "AZaz09@[`{", "azaz09@[`{" },
		{ "\xC3\x9C\xC3\xBC", "\xC3\xBC\xC3\xBC" }, /* U+DC */
		/* Other letters than i and k, or who has them would be both. */
		{ "\xC4\xB0STANBUL", "\xC4\xB0stanbul" }, /* U+130 */
		{ "\xE2\x84\xAA", "\xE2\x84\xAA" },	  /* U+212A */
		{ "\xC4\xB1", "\xC4\xB1" },		  /* U+131 */
		{ "STRA\xE1\xBA\x9E"
		  "E",
		  "stra\xC3\x9F"
		  "e" },		    /* U+1E9E */
		{ "\xCE\xA3", "\xCF\x83" }, /* sigma */
		{ "\xD0\x96", "\xD0\xB6" }, /* zhe */
		{ "\xC8\xBA", "\xC8\xBA" }, /* U+23A: lower takes 3 bytes */
		{ "\xED\xA0\x80", NULL },
		{ "A\xC0\xAF", NULL },
		{ "A\xC3", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		size_t n = strlen(t[i].from);
		char *ret = malloc(n + 1);
		enum lw_err e;

		assert_non_null(ret);
		e = lw_name_casefold(lw_str(t[i].from), ret);
		assert_int_equal(e, t[i].to ? LW_OK : LW_INVALID);
		if (t[i].to)
			assert_string_equal(ret, t[i].to);
		free(ret);
	}
}

static void a_spelling_changes_ascii_letters_only(void **state)
{
	char ret[16];

	(void)state;
	assert_int_equal(lw_name_fold(LW_STR("J\xC3\x9CRGEN"), ret), LW_OK);
	assert_string_equal(ret, "j\xC3\x9Crgen");
	assert_int_equal(lw_name_fold(LW_STR("A\xC3"), ret), LW_INVALID);
}

static void folding_twice_changes_nothing_and_keeps_a_name_valid(void **state)
{
	uint32_t checked = 0;

	(void)state;
	for (uint32_t c = 1; c <= 0x10FFFF; c++) {
		char one[5], two[5], three[5];
		struct lw_str s = { one, lw_utf8_put(one, c) };

		if (lw_name_casefold(s, two) != LW_OK)
			continue;
		checked++;
		if (strlen(two) > s.n ||
		    lw_name_casefold(lw_str(two), three) != LW_OK ||
		    strcmp(two, three) != 0 ||
		    lw_account_valid(s) != lw_account_valid(lw_str(two)))
			fail_msg("U+%X", c);
	}
	assert_int_equal(checked, 0x10FFFF - 0x800);
}

static void a_gecos_holds_nothing_that_passwd_forbids(void **state)
{
	static const struct {
		struct lw_str text;
		const char *want;
	} t[] = {
		{ LW_STR("Alice Liddell"), "Alice Liddell" },
		{ LW_STR("J\xC3\xBCrgen"), "J\xC3\xBCrgen" },
		{ LW_STR("a:b,c"), "a b c" },
		{ LW_STR("a\nroot:x:0"), "a root x 0" },
		{ LW_STR("a\0b"), "a b" },
		{ LW_STR("a\xFF\xC3"), "a  " },
		{ LW_STR("a\xE2\x80\xAE"
			 "b"),
		  "a b" },
		{ LW_STR("a\xED\xA0\x80"), "a   " },
		{ LW_STR(""), "" },
	};
	char ret[64];

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		lw_gecos(t[i].text, ret, sizeof(ret));
		assert_string_equal(ret, t[i].want);
	}
}

static void a_gecos_is_cut_between_letters(void **state)
{
	static const char text[] = "a\xC3\xBC\xE5\xB1\xB1\xF0\x9F\x90\xA7z";

	(void)state;
	for (size_t size = 1; size < sizeof(text) + 8; size++) {
		char *ret = malloc(size);
		size_t n;

		assert_non_null(ret);
		lw_gecos(LW_STR(text), ret, size);
		n = strlen(ret);
		assert_true(n < size);
		assert_memory_equal(ret, text, n);
		assert_true(n == 0 || n == 1 || n == 3 || n == 6 || n == 10 ||
			    n == 11);
		if (size >= sizeof(text) + 4)
			assert_int_equal(n, sizeof(text) - 1);
		free(ret);
	}
}

static void every_character_is_read_as_it_was_put(void **state)
{
	(void)state;
	for (uint32_t c = 0; c <= 0x110000; c++) {
		char buf[4];
		size_t n = lw_utf8_put(buf, c);
		uint32_t back = 0;
		bool real = c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);

		if (lw_utf8((struct lw_str) { buf, n }, &back) !=
			    (real ? n : 0) ||
		    (real && back != c))
			fail_msg("U+%X", c);
		for (size_t cut = 0; cut < n; cut++) {
			if (lw_utf8((struct lw_str) { buf, cut }, &back) != 0)
				fail_msg("U+%X, cut", c);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_fold_and_never_grow),
		cmocka_unit_test(a_spelling_changes_ascii_letters_only),
		cmocka_unit_test(
			folding_twice_changes_nothing_and_keeps_a_name_valid),
		cmocka_unit_test(a_gecos_holds_nothing_that_passwd_forbids),
		cmocka_unit_test(a_gecos_is_cut_between_letters),
		cmocka_unit_test(every_character_is_read_as_it_was_put),
	};

	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
