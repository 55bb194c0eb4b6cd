/*
 * test_sudoers.c - names as sudoers has them, and the file of lightwave-sudo
 * taken apart and put together.
 */
#include "unit.h"

#include "dropin.h"
#include "token.h"

#define SID_A "S-1-7-21-1-2-3-4-1-1025"
#define SID_B "S-1-7-21-1-2-3-4-1-1084"
#define HEAD                                                                   \
	"# lightwave-sudo(8) wrote this file: change it with grant and "       \
	"revoke.\nDefaults group_plugin=\"/p.so\"\n"
#define A_RULE "\n# user a b@x " SID_A "\n#16778241 ALL=(ALL:ALL) ALL\n"
#define B_RULE "\n# group g@x " SID_B "\n%:" SID_B " ALL=(root) /bin/ls\n"

static const struct {
	enum lw_token what;
	const char *name, *token; /* NULL: there is none */
} tokens[] = {
	{ LW_TOKEN_USER, "alice@lightwave.local", "alice@lightwave.local" },
	{ LW_TOKEN_USER, "lightwave.local\\Administrator",
	  "lightwave.local\\\\Administrator" },
	{ LW_TOKEN_GROUP, "LIGHTWAVE.LOCAL\\Linux Admins",
	  "%LIGHTWAVE.LOCAL\\\\Linux\\ Admins" },
	{ LW_TOKEN_PLUGIN, "Linux Admins", "%:Linux\\ Admins" },
	{ LW_TOKEN_GROUP, "dev(ops)", "%dev\\(ops\\)" },
	{ LW_TOKEN_GROUP, "a!=:,()\\\"#", "%a\\!\\=\\:\\,\\(\\)\\\\\\\"\\#" },
	{ LW_TOKEN_USER, "\\x41", "\\\\x41" },
	{ LW_TOKEN_USER, "a\tb", "a\\x09b" },
	{ LW_TOKEN_USER, "a ", "a\\x20" },
	{ LW_TOKEN_USER, "a*", "a\\x2a" },
	{ LW_TOKEN_USER, "J\xC3\xBCrgen", "J\xC3\xBCrgen" },
	{ LW_TOKEN_USER, "ALL", "\\x41LL" },
	{ LW_TOKEN_USER, "ADMINS", "\\x41DMINS" },
	{ LW_TOKEN_GROUP, "ADMINS", "%ADMINS" },
	{ LW_TOKEN_USER, "Defaults", "\\x44efaults" },
	{ LW_TOKEN_USER, "sudoedit", "\\x73udoedit" },
	{ LW_TOKEN_USER, "%wheel", "\\x25wheel" },
	{ LW_TOKEN_USER, "+net", "\\x2bnet" },
	{ LW_TOKEN_USER, "10.0.0.1", "\\x310.0.0.1" },
	{ LW_TOKEN_USER, "#0", NULL },
	{ LW_TOKEN_GROUP, "#0", NULL },
	{ LW_TOKEN_PLUGIN, "#0", NULL },
	{ LW_TOKEN_GROUP, ":x", NULL },
	{ LW_TOKEN_PLUGIN, ":x", "%:\\:x" },
	{ LW_TOKEN_USER, "", NULL },
	{ LW_TOKEN_USER, "a\nb", NULL },
	{ LW_TOKEN_USER, "a\r", NULL },
};

static void a_name_is_escaped_as_sudo_reads_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(tokens); i++) {
		struct lw_wr w;
		enum lw_err e;

		lw_wr_heap(&w, 1024);
		e = lw_sudoers_escape(tokens[i].what, lw_str(tokens[i].name),
				      &w);
		assert_int_equal(e, tokens[i].token ? LW_OK : LW_INVALID);
		if (tokens[i].token) {
			lw_wr_u8(&w, 0);
			assert_string_equal((char *)w.base, tokens[i].token);
		}
		lw_wr_done(&w);
	}
	assert_int_equal(lw_sudoers_escape(LW_TOKEN_USER, LW_STR("a\0b"),
					   &(struct lw_wr) { 0 }),
			 LW_INVALID);
}

static struct lw_dropin parse(const char *text)
{
	struct lw_dropin d;
	unsigned int line = 0;

	assert_int_equal(lw_dropin_parse(lw_str(text), &d, &line), LW_OK);
	return d;
}

/* Frees what d has. */
static void reads(struct lw_dropin *d, const char *text)
{
	struct lw_wr w;

	lw_wr_heap(&w, 65536);
	lw_dropin_render(d, "/p.so", &w);
	lw_wr_u8(&w, 0);
	assert_int_equal(lw_wr_end(&w), LW_OK);
	assert_string_equal((char *)w.base, text);
	lw_wr_done(&w);
	lw_dropin_done(d);
}

static void what_was_written_is_read_back(void **state)
{
	struct lw_dropin d = parse(HEAD A_RULE B_RULE);

	(void)state;
	assert_int_equal(d.n, 2);
	assert_int_equal(d.rules[0].what, LW_RESOLVE_USER);
	assert_int_equal(d.rules[0].uid, 16778241);
	assert_int_equal(d.rules[0].line, 5);
	assert_true(lw_str_eq(d.rules[0].name, "a b@x"));
	assert_true(lw_str_eq(d.rules[0].sid, SID_A));
	assert_true(lw_str_eq(d.rules[1].text, "ALL=(root) /bin/ls"));
	assert_int_equal(d.rules[1].uid, 0);
	reads(&d, HEAD A_RULE B_RULE);
	d = parse(HEAD);
	reads(&d, HEAD);
}

static void rules_of_one_stand_together(void **state)
{
	struct lw_dropin d = parse(HEAD A_RULE B_RULE);
	struct lw_rule r = d.rules[0];
	bool fresh = true;

	(void)state;
	assert_int_equal(lw_dropin_add(&d, &r, &fresh), LW_OK);
	assert_false(fresh);
	r.text = LW_STR("ALL=(root) /bin/id");
	r.name = LW_STR("now@x");
	assert_int_equal(lw_dropin_add(&d, &r, &fresh), LW_OK);
	assert_true(fresh);
	reads(&d, HEAD "\n# user now@x " SID_A
		       "\n#16778241 ALL=(ALL:ALL) ALL\n#16778241 "
		       "ALL=(root) /bin/id\n" B_RULE);
}

static void only_what_is_meant_is_removed(void **state)
{
	struct lw_str text = LW_STR("ALL=(root) /bin/id");
	struct lw_dropin d = parse(HEAD A_RULE B_RULE);

	(void)state;
	assert_int_equal(lw_dropin_remove(&d, LW_STR(SID_B), &text), 0);
	assert_int_equal(lw_dropin_remove(&d, LW_STR(SID_B), NULL), 1);
	assert_int_equal(lw_dropin_remove(&d, LW_STR(SID_B), NULL), 0);
	reads(&d, HEAD A_RULE);
}

static void no_line_of_others_is_taken_for_ours(void **state)
{
	static const struct {
		const char *text;
		unsigned int line; /* 0: no marker */
	} t[] = {
		{ "", 0 },
		{ "root ALL=(ALL) ALL\n", 0 },
		{ HEAD "root ALL=(ALL) ALL\n", 3 },
		{ HEAD A_RULE "#16778242 ALL=ALL\n", 6 },
		{ HEAD A_RULE "\n#16778241 ALL=ALL\n", 7 },
		{ HEAD A_RULE "%:" SID_A " ALL=ALL\n", 6 },
		{ HEAD A_RULE "#16778241 ALL=ALL \\\n", 6 },
		{ HEAD A_RULE "#16778241 ALL=ALL\\ \n", 6 },
		{ HEAD A_RULE "#16778241 ALL=ALL # no\n", 6 },
		{ HEAD A_RULE "#016778241 ALL=ALL\n", 6 },
		{ HEAD B_RULE "%:" SID_B "1 ALL=ALL\n", 6 },
		{ HEAD B_RULE "%:" SID_A " ALL=ALL\n", 6 },
		{ HEAD "# user a " SID_A "\r\n", 3 },
		{ HEAD "# user " SID_A "\n", 3 },
		{ HEAD "#include /x\n", 3 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct lw_dropin d;
		unsigned int line = 0;

		assert_int_equal(lw_dropin_parse(lw_str(t[i].text), &d, &line),
				 t[i].line ? LW_INVALID : LW_NOTOURS);
		assert_int_equal(line, t[i].line);
		lw_dropin_done(&d);
	}
}

static void what_would_break_the_file_is_not_added(void **state)
{
	const struct lw_rule good = { .what = LW_RESOLVE_USER,
				      .uid = 16778241,
				      .name = LW_STR("a@x"),
				      .sid = LW_STR(SID_A),
				      .text = LW_STR("ALL=(#7:#8) ALL") };
	struct lw_rule bad[] = { good, good, good, good, good, good, good };
	struct lw_dropin d = { 0 };
	bool fresh;

	(void)state;
	bad[0].uid = 0;
	bad[1].name = LW_STR("a\nroot");
	bad[2].name = LW_STR("");
	bad[3].sid = LW_STR("ALL");
	bad[4].text = LW_STR("ALL=ALL \\");
	bad[5].text = LW_STR("ALL=ALL\nALL ALL=ALL");
	bad[6].name = LW_STR("a\xE2\x80\xA9");
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(lw_dropin_add(&d, &bad[i], &fresh),
				 LW_INVALID);
	assert_int_equal(d.n, 0);
	assert_int_equal(lw_dropin_add(&d, &good, &fresh), LW_OK);
	lw_dropin_done(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_escaped_as_sudo_reads_it),
		cmocka_unit_test(what_was_written_is_read_back),
		cmocka_unit_test(rules_of_one_stand_together),
		cmocka_unit_test(only_what_is_meant_is_removed),
		cmocka_unit_test(no_line_of_others_is_taken_for_ours),
		cmocka_unit_test(what_would_break_the_file_is_not_added),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
