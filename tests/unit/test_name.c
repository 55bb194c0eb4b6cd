/* test_name.c - which names there are, and the one spelling each has. */
#include "unit.h"

#include "name.h"

static const struct lw_naming upn = { "lightwave.local", "", false,
				      LW_NAME_UPN };
static const struct lw_naming bare = { "lightwave.local", "LWAVE", true,
				       LW_NAME_SHORT };
static const struct lw_naming legacy = { "lightwave.local", "LWAVE", false,
					 LW_NAME_LEGACY };

/* The account part of what was typed; NULL with the error. */
static const struct {
	const struct lw_naming *n;
	const char *typed, *account;
	enum lw_err err;
} typed_names[] = {
	{ &upn, "alice@lightwave.local", "alice", LW_OK },
	{ &upn, "Alice@LightWave.LOCAL", "alice", LW_OK },
	{ &upn, "LIGHTWAVE.LOCAL\\alice", "alice", LW_OK },
	{ &upn, "lightwave.local\\ALICE", "alice", LW_OK },
	{ &upn, "Linux Admins@lightwave.local", "linux admins", LW_OK },
	{ &upn, "M\xC3\x9CLLER@lightwave.local", "m\xC3\x9Cller", LW_OK },
	{ &upn, "a.b_c-d$@lightwave.local", "a.b_c-d$", LW_OK },
	{ &upn, "7up@lightwave.local", "7up", LW_OK },

	/* bare names mean local users unless the host says otherwise */
	{ &upn, "alice", NULL, LW_NOTOURS },
	{ &legacy, "root", NULL, LW_NOTOURS },
	{ &bare, "alice", "alice", LW_OK },
	{ &bare, "ALICE", "alice", LW_OK },
	{ &bare, "alice@lightwave.local", "alice", LW_OK },

	/* the alias stands before a backslash only */
	{ &legacy, "LWAVE\\alice", "alice", LW_OK },
	{ &legacy, "lwave\\alice", "alice", LW_OK },
	{ &legacy, "alice@LWAVE", NULL, LW_NOTOURS },
	{ &upn, "LWAVE\\alice", NULL, LW_NOTOURS },
	{ &upn, "\\alice", NULL, LW_NOTOURS },

	/* other domains' */
	{ &upn, "alice@lightwave.local.evil.test", NULL, LW_NOTOURS },
	{ &upn, "alice@lightwave.loca", NULL, LW_NOTOURS },
	{ &upn, "alice@", NULL, LW_NOTOURS },
	{ &bare, "EVIL\\alice", NULL, LW_NOTOURS },
	{ &bare, "LWAVE\\alice@evil.test", NULL, LW_NOTOURS },
	{ &bare, "alice@evil.test", NULL, LW_NOTOURS },

	/* two separators never pass */
	{ &upn, "alice@x@lightwave.local", NULL, LW_NOTOURS },
	{ &upn, "alice@lightwave.local@lightwave.local", NULL, LW_NOTOURS },
	{ &upn, "lightwave.local\\alice@lightwave.local", NULL, LW_INVALID },
	{ &upn, "lightwave.local\\x\\alice", NULL, LW_INVALID },
	{ &upn, "x\\alice@lightwave.local", NULL, LW_NOTOURS },
	{ &upn, "alice@lightwave.local\\x", NULL, LW_NOTOURS },

	/* can be nobody's */
	{ &upn, "", NULL, LW_INVALID },
	{ &bare, "", NULL, LW_INVALID },
	{ &upn, "@lightwave.local", NULL, LW_INVALID },
	{ &upn, "LIGHTWAVE.LOCAL\\", NULL, LW_INVALID },
	{ &bare, "1000", NULL, LW_INVALID },
	{ &bare, "-1", NULL, LW_INVALID },
	{ &bare, "*", NULL, LW_INVALID },
	{ &bare, "*)(uid=*", NULL, LW_INVALID },
	{ &bare, "../../etc/passwd", NULL, LW_INVALID },
	{ &bare, "root:x:0:0", NULL, LW_INVALID },
	{ &bare, "alice\nroot", NULL, LW_INVALID },
	{ &upn, "alice\n@lightwave.local", NULL, LW_INVALID },
	{ &bare, "krbtgt/LIGHTWAVE.LOCAL", NULL, LW_INVALID },
	{ &bare, "K/M", NULL, LW_INVALID },
};

static void a_typed_name_is_one_account_or_an_error(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(typed_names); i++) {
		const char *want = typed_names[i].account;
		char ret[LW_NAME_MAX] = "unwritten";
		enum lw_err e = lw_name_parse(
			typed_names[i].n, lw_str(typed_names[i].typed), ret);

		if (e != typed_names[i].err || (want && strcmp(ret, want)))
			fail_msg("\"%s\": %s, \"%s\"", typed_names[i].typed,
				 lw_strerror(e), ret);
	}
}

#define VALID(lit)                                                             \
	{                                                                      \
		LW_STR(lit), true                                              \
	}
#define INVALID(lit)                                                           \
	{                                                                      \
		LW_STR(lit), false                                             \
	}

static const struct {
	struct lw_str s;
	bool valid;
} accounts[] = {
	VALID("alice"),
	VALID("Administrator"),
	VALID("Linux Admins"),
	VALID("a"),
	VALID("1a"),
	VALID("a1"),
	VALID("..."),
	VALID("a-"),
	VALID("_x"),
	VALID("$"),
	VALID("#"),
	VALID("o'neil"),
	VALID("j\xC3\xBCrgen"),
	VALID("\xE5\xB1\xB1\xE7\x94\xB0"),
	VALID("\xF0\x9F\x90\xA7"),

	INVALID(""),
	INVALID("."),
	INVALID(".."),
	INVALID("-"),
	INVALID("-1"),
	INVALID("-rf"),
	INVALID("0"),
	INVALID("1000"),
	INVALID("99999999999999999999"),
	INVALID(" alice"),
	INVALID("alice "),
	INVALID(" "),
	INVALID("a/b"),
	INVALID("../etc"),
	INVALID("a\\b"),
	INVALID("a:b"),
	INVALID("a*"),
	INVALID("a(b"),
	INVALID("a)b"),
	INVALID("a@b"),
	INVALID("a,b"),
	INVALID("*)(uid=*"),

	/* control characters */
	INVALID("a\0b"),
	INVALID("\0"),
	INVALID("alice\0"),
	INVALID("a\nb"),
	INVALID("alice\n"),
	INVALID("a\tb"),
	INVALID("a\rb"),
	INVALID("a\x1B[2Jb"),
	INVALID("a\x7F"),
	INVALID("a\xC2\x80"),
	INVALID("a\xC2\x9B"),

	/* blanks that are not ASCII's */
	INVALID("alice\xC2\xA0"),
	INVALID("a\xE1\x9A\x80"),
	INVALID("a\xE2\x80\x80"
		"b"),
	INVALID("a\xE2\x80\x8A"),
	INVALID("a\xE2\x80\xAF"),
	INVALID("a\xE2\x81\x9F"),
	INVALID("a\xE3\x80\x80"),
	INVALID("a\xE2\x80\xA8"),

	/* what is not seen, or turns the line round */
	INVALID("a\xC2\xAD"),
	INVALID("a\xCD\x8F"),
	INVALID("a\xD8\x9C"),
	INVALID("a\xE2\x80\x8B"),
	INVALID("a\xE2\x80\x8D"),
	INVALID("a\xE2\x80\x8E"),
	INVALID("a\xE2\x80\xAE"),
	INVALID("a\xE2\x81\xA0"),
	INVALID("a\xE2\x81\xA6"),
	INVALID("a\xE3\x85\xA4"),
	INVALID("a\xEF\xB8\x8F"),
	INVALID("a\xEF\xBB\xBF"),
	INVALID("a\xEF\xBE\xA0"),
	INVALID("a\xF3\xA0\x81\x81"),

	/* not UTF-8 */
	INVALID("a\xFF"),
	INVALID("a\x80"),
	INVALID("a\xC3"),
	INVALID("a\xE2\x82"),
	INVALID("a\xF0\x9F\x90"),
	INVALID("a\xC3("),
	INVALID("a\xE9t"),
	INVALID("\xF8\x88\x80\x80\x80"),
	/* long forms of '/', NUL and 'a' */
	INVALID("a\xC0\xAF"),
	INVALID("a\xE0\x80\xAF"),
	INVALID("a\xF0\x80\x80\xAF"),
	INVALID("a\xC0\x80"),
	INVALID("\xC1\xA1"),
	/* surrogates, and beyond the last character */
	INVALID("a\xED\xA0\x80"),
	INVALID("a\xED\xBF\xBF"),
	INVALID("a\xF4\x90\x80\x80"),
};

static void an_account_keeps_every_rule(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(accounts); i++) {
		size_t n = accounts[i].s.n;
		char *copy = malloc(n + 1);
		bool valid;

		assert_non_null(copy);
		memcpy(copy + 1, accounts[i].s.s, n);
		valid = lw_account_valid((struct lw_str) { copy + 1, n });
		free(copy);
		if (valid != accounts[i].valid)
			fail_msg("account %zu, \"%s\"", i, accounts[i].s.s);
	}
}

static void a_name_that_is_too_long_is_refused_wherever_it_comes(void **state)
{
	static const size_t sizes[] = { 201, 240, 255, 256, 257, 100000 };

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		char *s = malloc(sizes[i]), ret[LW_NAME_MAX];
		struct lw_str big = { s, sizes[i] };

		assert_non_null(s);
		memset(s, 'a', sizes[i]);
		assert_false(lw_account_valid(big));
		assert_int_equal(lw_name_parse(&bare, big, ret), LW_INVALID);
		assert_int_equal(lw_name_format(&bare, big, ret), LW_INVALID);
		big.n = 200;
		assert_true(lw_account_valid(big));
		assert_int_equal(lw_name_parse(&bare, big, ret), LW_OK);
		assert_int_equal(strlen(ret), 200);
		assert_int_equal(lw_name_format(&upn, big, ret), LW_OK);
		assert_int_equal(strlen(ret), 216);
		free(s);
	}
}

static void a_name_that_does_not_fit_its_domain_is_refused(void **state)
{
	char account[200], domain[64], ret[LW_NAME_MAX];
	struct lw_naming n = upn;

	(void)state;
	memset(account, 'a', sizeof(account));
	memset(domain, 'd', sizeof(domain));
	for (size_t len = 50; len < 60; len++) {
		domain[len] = '\0';
		n.domain = domain;
		for (int format = LW_NAME_UPN; format <= LW_NAME_LEGACY;
		     format++) {
			n.format = (enum lw_name_format)format;
			assert_int_equal(
				lw_name_format(&n,
					       (struct lw_str) { account, 200 },
					       ret),
				len <= 54 ? LW_OK : LW_INVALID);
		}
		domain[len] = 'd';
	}
}

static void names_are_written_in_the_one_format(void **state)
{
	static const struct {
		const struct lw_naming *n;
		const char *account, *want;
	} t[] = {
		{ &upn, "Alice", "alice@lightwave.local" },
		{ &upn, "Linux Admins", "linux admins@lightwave.local" },
		{ &upn, "\xC3\x9C", "\xC3\x9C@lightwave.local" },
		{ &legacy, "Administrator", "LIGHTWAVE.LOCAL\\Administrator" },
		{ &legacy, "Linux Admins", "LIGHTWAVE.LOCAL\\Linux Admins" },
		{ &bare, "Alice", "alice" },
		{ &upn, "a*", NULL },
		{ &legacy, "a\\b", NULL },
		{ &bare, "", NULL },
	};
	char ret[LW_NAME_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		enum lw_err e =
			lw_name_format(t[i].n, lw_str(t[i].account), ret);

		assert_int_equal(e, t[i].want ? LW_OK : LW_INVALID);
		if (t[i].want)
			assert_string_equal(ret, t[i].want);
	}
}

static void what_is_written_is_read_as_the_same_account(void **state)
{
	static const struct lw_naming *const all[] = { &upn, &legacy, &bare };

	(void)state;
	for (size_t i = 0; i < COUNT(accounts); i++) {
		for (size_t k = 0; k < COUNT(all); k++) {
			char low[LW_NAME_MAX], name[LW_NAME_MAX],
				back[LW_NAME_MAX];

			if (!accounts[i].valid)
				continue;
			assert_int_equal(lw_name_fold(accounts[i].s, low),
					 LW_OK);
			assert_int_equal(
				lw_name_format(all[k], accounts[i].s, name),
				LW_OK);
			assert_int_equal(
				lw_name_parse(all[k], lw_str(name), back),
				LW_OK);
			assert_string_equal(back, low);
		}
	}
}

static void a_upn_is_ours_by_its_realm_alone(void **state)
{
	static const struct {
		const char *upn, *account;
		enum lw_err err;
	} t[] = {
		{ "alice@LIGHTWAVE.LOCAL", "alice", LW_OK },
		{ "Alice@lightwave.local", "Alice", LW_OK },
		{ "alice", NULL, LW_NOTOURS },
		{ "", NULL, LW_NOTOURS },
		{ "alice@", NULL, LW_NOTOURS },
		{ "alice@EVIL.TEST", NULL, LW_NOTOURS },
		{ "alice@EVIL.TEST@LIGHTWAVE.LOCAL", NULL, LW_NOTOURS },
		{ "LIGHTWAVE.LOCAL\\alice", NULL, LW_NOTOURS },
		{ "@LIGHTWAVE.LOCAL", NULL, LW_INVALID },
		{ "a/b@LIGHTWAVE.LOCAL", NULL, LW_INVALID },
		{ "1000@LIGHTWAVE.LOCAL", NULL, LW_INVALID },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct lw_str ret = { 0 };

		assert_int_equal(lw_upn_account(&upn, lw_str(t[i].upn), &ret),
				 t[i].err);
		if (t[i].account)
			unit_str_equal(ret, t[i].account);
		else
			assert_null(ret.s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_typed_name_is_one_account_or_an_error),
		cmocka_unit_test(an_account_keeps_every_rule),
		cmocka_unit_test(
			a_name_that_is_too_long_is_refused_wherever_it_comes),
		cmocka_unit_test(
			a_name_that_does_not_fit_its_domain_is_refused),
		cmocka_unit_test(names_are_written_in_the_one_format),
		cmocka_unit_test(what_is_written_is_read_as_the_same_account),
		cmocka_unit_test(a_upn_is_ours_by_its_realm_alone),
	};

	return cmocka_run_group_tests_name("name", tests, NULL, NULL);
}
