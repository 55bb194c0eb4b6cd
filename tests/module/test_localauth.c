/*
 * test_localauth.c - whose Kerberos ticket opens which account, under the real
 * libkrb5.
 */
#include "check.h"
#include "krb5_rig.h"

#include <dlfcn.h>
#include <krb5/plugin.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

/* A front that says yes to whatever it is asked. */
static void open_yes(struct rig *r)
{
	struct front_reply yes = rig_name(RIG_ACCOUNT);

	rig_open(r, &yes);
}

static void the_front_is_asked_about_just_what_was_said(void **state)
{
	const struct front_question *q;
	struct rig r;

	(void)state;
	open_yes(&r);
	assert_true(rig_opens(&r, "J\303\274rgen" RIG_REALM,
			      "LIGHTWAVE\\j\303\274"));
	assert_int_equal(r.front.log->count, 1);
	q = front_question(&r.front, LW_OP_PRINCIPAL, 0);
	assert_true(q->priv);
	assert_string_equal(q->principal, "J\303\274rgen" RIG_REALM);
	assert_string_equal(q->name, "LIGHTWAVE\\j\303\274");
	assert_string_equal(rig_log(), "");
	rig_close(&r);
}

static void only_ok_is_a_yes(void **state)
{
	(void)state;
	for (enum lw_err e = LW_NOTFOUND; e <= LW_ERR_COUNT; e++) {
		struct rig r;
		struct front_reply no = rig_name(RIG_ACCOUNT);
		char name[300];

		no.status = e;
		rig_open(&r, &no);
		assert_false(rig_opens(&r, RIG_ALICE, RIG_ACCOUNT));
		assert_non_null(strstr(rig_log(),
				       "a ticket of " RIG_ALICE
				       " does not open " RIG_ACCOUNT));
		assert_int_equal(rig_name_of(&r, RIG_ALICE, name),
				 KRB5_NO_LOCALNAME);
		assert_int_equal(r.front.log->count, 2);
		rig_close(&r);
	}
}

static void what_is_not_a_whole_answer_is_a_no(void **state)
{
	const struct front_reply replies[] = {
		{ .body = "", .n = 0 },		    /* no name */
		{ .body = "\0\0\0\0", .n = 4 },	    /* an empty one */
		{ .body = "\0\0\0\3a\0b", .n = 7 }, /* a NUL in it */
		{ .body = "\0\0\0\3ab", .n = 6 },   /* too short */
		{ .body = "\0\0\0\1ab", .n = 6 },   /* too long */
		{ .body = "\0\0\0\0", .n = 4, .manner = FRONT_RAW },
		{ .body = "\0\0\0\1a", .n = 5, .manner = FRONT_CUT },
		{ .body = "\0\0\0\1a", .n = 5, .manner = FRONT_STALL },
		{ .manner = FRONT_CLOSE },
		{ .manner = FRONT_HANG },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(replies); i++) {
		int64_t start = front_now_ms();
		struct rig r;

		rig_open(&r, &replies[i]);
		assert_false(rig_opens(&r, RIG_ALICE, RIG_ACCOUNT));
		assert_true(front_now_ms() - start <
			    LW_LOCALAUTH_BUDGET_MS + 500);
		rig_close(&r);
	}
}

static void nobody_answers_is_a_no(void **state)
{
	int64_t start;
	struct rig r;
	char name[300];

	(void)state;
	open_yes(&r);
	front_freeze(&r.front);
	start = front_now_ms();
	assert_false(rig_opens(&r, RIG_ALICE, RIG_ACCOUNT));
	assert_true(front_now_ms() - start < LW_LOCALAUTH_BUDGET_MS + 500);
	assert_non_null(strstr(rig_log(), ": lightwaved does not answer"));
	front_stop(&r.front);
	assert_false(rig_opens(&r, RIG_ALICE, RIG_ACCOUNT));
	assert_int_equal(rig_name_of(&r, RIG_ALICE, name), KRB5_NO_LOCALNAME);
	rig_close(&r);
}

/* Whatever the front would say. */
static void local_accounts_are_refused_and_nobody_is_asked(void **state)
{
	static const char *const accounts[] = { "root", "local",
						"clash@lightwave.local", "" };
	struct rig r;

	(void)state;
	open_yes(&r);
	for (size_t i = 0; i < COUNT(accounts); i++) {
		assert_false(rig_opens(&r, RIG_ALICE, accounts[i]));
		assert_false(rig_opens(&r, "root" RIG_REALM, accounts[i]));
		assert_false(rig_opens(&r, "local" RIG_REALM, accounts[i]));
	}
	/* Who is local is not known: everybody might be. */
	assert_int_equal(unlink("passwd"), 0);
	assert_false(rig_opens(&r, RIG_ALICE, RIG_ACCOUNT));
	assert_int_equal(r.front.log->count, 0);
	rig_close(&r);
}

static void a_name_of_this_machine_is_nobodys_account(void **state)
{
	static const char *const names[] = { "root", "local",
					     "clash@lightwave.local" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct rig r;
		struct front_reply lie = rig_name(names[i]);
		char name[300];

		rig_open(&r, &lie);
		assert_int_equal(rig_name_of(&r, RIG_ALICE, name),
				 KRB5_NO_LOCALNAME);
		assert_int_equal(r.front.log->count, 1);
		rig_close(&r);
	}
}

static void an2ln_is_the_fronts_name_and_asks_about_no_account(void **state)
{
	const struct front_question *q;
	struct rig r;
	char name[300];

	(void)state;
	open_yes(&r);
	assert_int_equal(rig_name_of(&r, "Alice" RIG_REALM, name), 0);
	assert_string_equal(name, RIG_ACCOUNT);
	q = front_question(&r.front, LW_OP_PRINCIPAL, 0);
	assert_true(q->priv);
	assert_string_equal(q->principal, "Alice" RIG_REALM);
	assert_string_equal(q->name, "");
	rig_close(&r);
}

/* Their text would hold a backslash, or would not say where it ends. */
static void principals_with_two_spellings_are_refused(void **state)
{
	static const char *const names[] = {
		"alice\\@LIGHTWAVE.LOCAL" RIG_REALM,
		"alice\\/admin" RIG_REALM,
		"alice\\0" RIG_REALM,
		"alice\\t" RIG_REALM,
		"alice\\n" RIG_REALM,
		"alice\\b" RIG_REALM,
		"alice\\\\" RIG_REALM,
		"alice\r" RIG_REALM,
		"alice\177" RIG_REALM,
		"alice/admin" RIG_REALM,
		"host/a.b" RIG_REALM,
		"alice/" RIG_REALM,
		"/alice" RIG_REALM,
		RIG_REALM,
		"alice@",
		"alice@LIGHTWAVE.LOCAL\\@X",
		"alice@LIGHTWAVE.LOCAL\\0",
		"alice@LIGHTWAVE\\/LOCAL",
		"alice@\\\\",
		"alice@A\\nB",
	};
	struct rig r;
	char name[300];

	(void)state;
	open_yes(&r);
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_false(rig_opens(&r, names[i], RIG_ACCOUNT));
		assert_int_equal(rig_name_of(&r, names[i], name),
				 KRB5_NO_LOCALNAME);
	}
	assert_int_equal(r.front.log->count, 0);
	rig_close(&r);
}

static void a_principal_that_fits_no_message_is_refused(void **state)
{
	char name[LW_REQUEST_MAX + 64];
	struct rig r;

	(void)state;
	memset(name, 'a', sizeof(name));
	memcpy(name + sizeof(name) - sizeof(RIG_REALM), RIG_REALM,
	       sizeof(RIG_REALM));
	open_yes(&r);
	assert_false(rig_opens(&r, name, RIG_ACCOUNT));
	assert_int_equal(r.front.log->count, 0);
	rig_close(&r);
}

static void the_log_holds_nothing_but_printable_ascii(void **state)
{
	struct rig r;

	(void)state;
	open_yes(&r);
	assert_false(
		rig_opens(&r, "\033[2J\303\274" RIG_REALM, "root\nAccepted"));
	assert_string_equal(rig_log(),
			    "lightwave_localauth: a ticket of a principal does "
			    "not open root?Accepted: malformed");
	assert_false(rig_opens(&r, "j\303\274" RIG_REALM, "root"));
	assert_string_equal(rig_log(),
			    "lightwave_localauth: a ticket of j??" RIG_REALM
			    " does not open root: not a name of this domain");
	rig_close(&r);
}

/* What libkrb5 lets in by itself, and nobody with us: the point of it all. */
static void no_other_mechanism_says_yes(void **state)
{
	const struct passwd *me = getpwuid(geteuid());
	struct rig r;
	const struct {
		const char *principal, *account;
	} cases[] = {
		{ "root" RIG_REALM, "root" },	       /* an2ln, default */
		{ "mallory" RIG_REALM, "root" },       /* auth_to_local_names */
		{ "rule" RIG_REALM, "root" },	       /* auth_to_local */
		{ "any/body@ELSEWHERE", me->pw_name }, /* .k5login */
	};
	char name[300];

	(void)state;
	open_yes(&r);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *principal = cases[i].principal;
		const char *account = cases[i].account;
		bool k5login = strchr(principal, '/');

		if (k5login)
			front_write(account, principal);
		rig_mode(&r, RIG_WITHOUT);
		assert_true(rig_opens(&r, principal, account));
		assert_int_equal(rig_name_of(&r, principal, name) == 0,
				 !k5login);
		rig_mode(&r, RIG_BESIDE);
		assert_false(rig_opens(&r, principal, account));
		rig_mode(&r, RIG_SHIPPED);
		assert_false(rig_opens(&r, principal, account));
		if (k5login)
			assert_int_equal(unlink(account), 0);
	}
	rig_close(&r);
}

/* What we do not know is nobody's, with libkrb5's own mechanisms on too. */
static void no_other_mechanism_names_an_account(void **state)
{
	static const struct front_reply unknown = { .status = LW_NOTFOUND };
	struct rig r;
	char name[300];

	(void)state;
	rig_open(&r, &unknown);
	rig_mode(&r, RIG_WITHOUT);
	assert_int_equal(rig_name_of(&r, "root" RIG_REALM, name), 0);
	assert_string_equal(name, "root");
	rig_mode(&r, RIG_BESIDE);
	assert_int_equal(rig_name_of(&r, "root" RIG_REALM, name),
			 KRB5_NO_LOCALNAME);
	assert_int_equal(rig_name_of(&r, "a/b" RIG_REALM, name),
			 KRB5_NO_LOCALNAME);
	rig_close(&r);
}

static void without_the_plug_in_its_piece_lets_nobody_in(void **state)
{
	char name[300];
	struct rig r;

	(void)state;
	open_yes(&r);
	rig_mode(&r, RIG_LOST);
	assert_false(rig_opens(&r, "root" RIG_REALM, "root"));
	assert_false(rig_opens(&r, RIG_ALICE, RIG_ACCOUNT));
	assert_int_equal(rig_name_of(&r, "root" RIG_REALM, name),
			 KRB5_LNAME_NOTRANS);
	assert_int_equal(r.front.log->count, 0);
	rig_close(&r);
}

static void another_version_of_the_interface_is_not_ours(void **state)
{
	void *module = dlopen(LOCALAUTH, RTLD_NOW | RTLD_LOCAL);
	krb5_plugin_initvt_fn init;
	void *symbol;

	(void)state;
	assert_non_null(module);
	symbol = dlsym(module, "localauth_lightwave_initvt");
	assert_non_null(symbol);
	memcpy(&init, &symbol, sizeof(init));
	assert_int_equal(init(NULL, 2, 1, NULL), KRB5_PLUGIN_VER_NOTSUPP);
	assert_int_equal(dlclose(module), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_front_is_asked_about_just_what_was_said),
		cmocka_unit_test(only_ok_is_a_yes),
		cmocka_unit_test(what_is_not_a_whole_answer_is_a_no),
		cmocka_unit_test(nobody_answers_is_a_no),
		cmocka_unit_test(
			local_accounts_are_refused_and_nobody_is_asked),
		cmocka_unit_test(a_name_of_this_machine_is_nobodys_account),
		cmocka_unit_test(
			an2ln_is_the_fronts_name_and_asks_about_no_account),
		cmocka_unit_test(principals_with_two_spellings_are_refused),
		cmocka_unit_test(a_principal_that_fits_no_message_is_refused),
		cmocka_unit_test(the_log_holds_nothing_but_printable_ascii),
		cmocka_unit_test(no_other_mechanism_says_yes),
		cmocka_unit_test(no_other_mechanism_names_an_account),
		cmocka_unit_test(without_the_plug_in_its_piece_lets_nobody_in),
		cmocka_unit_test(another_version_of_the_interface_is_not_ours),
	};
	int failed;

	front_enter();
	failed = cmocka_run_group_tests_name("lightwave_localauth", tests, NULL,
					     NULL);
	front_leave();
	return failed;
}
