/*
 * test_change.c - a change of password against a server that answers as told:
 * a real libldap, and tests/fuzz/peer.c at its other end.
 */
#include "unit.h"

#include "../fuzz/fuzz.h"
#include "../fuzz/peer.h"
#include "change.h"
#include "cleanup.h"

#define ALICE "cn=alice,cn=Users,dc=lightwave,dc=test"
#define OLD   "Tr0ub4dor&3"
#define NEW   "c0rrect-Horse"
#define HASH  "\x01\xE2\x80raw-hash-bytes"
#define NONE  (-1) /* no answer: the server closes the connection */

struct server {
	int bind, modify;	      /* result codes to answer with */
	int bind_error, modify_error; /* in the control; NONE: no control */
	unsigned int binds, modifies, others;
};

static unsigned int lines;
static bool unknown_was_said;

/* peer.c's; it is about the server, not about us. */
void fuzz_holds(bool holds, const char *what)
{
	if (!holds)
		fail_msg("%s", what);
}

static void logged(const char *line)
{
	lines++;
	assert_null(strstr(line, OLD));
	assert_null(strstr(line, NEW));
	assert_null(strstr(line, "raw-hash-bytes"));
	unknown_was_said |= strstr(line, "is not known") != NULL;
}

static void send_result(struct peer *p, ber_int_t id, ber_tag_t op, int result,
			int error)
{
	char control[] = { 0x30, 3, (char)0x81, 1, (char)error };
	BerElement *ber = ber_alloc_t(LBER_USE_DER);

	ber_printf(ber, "{it{ess}", id, op, (ber_int_t)result, "", HASH);
	if (error != NONE)
		ber_printf(ber, "t{{so}}", LDAP_TAG_CONTROLS,
			   LDAP_CONTROL_PASSWORDPOLICYRESPONSE, control,
			   (ber_len_t)sizeof(control));
	ber_printf(ber, "}");
	peer_send(p, ber);
}

static void assert_bind(const struct peer *p)
{
	struct peer_ber bind = peer_operation(p, LDAP_REQ_BIND);
	struct lw_str password;
	struct peer_ber simple;

	peer_inside(&bind, LBER_INTEGER);
	unit_str_equal(peer_octets(&bind), ALICE);
	simple = peer_inside(&bind, LDAP_AUTH_SIMPLE);
	password = (struct lw_str) { (const char *)simple.p, simple.n };
	unit_str_equal(password, OLD);
}

static void assert_mod(struct peer_ber *mods, ber_int_t op, const char *value)
{
	struct peer_ber mod = peer_inside(mods, LBER_SEQUENCE);
	struct peer_ber what = peer_inside(&mod, LBER_ENUMERATED);
	struct peer_ber attr = peer_inside(&mod, LBER_SEQUENCE);
	struct peer_ber values;

	assert_int_equal(what.n, 1);
	assert_int_equal(what.p[0], op);
	unit_str_equal(peer_octets(&attr), "userPassword");
	values = peer_inside(&attr, LBER_SET);
	unit_str_equal(peer_octets(&values), value);
	assert_true(values.good);
	assert_int_equal(values.n, 0);
}

static void assert_modify(const struct peer *p)
{
	struct peer_ber modify = peer_operation(p, LDAP_REQ_MODIFY);
	struct peer_ber mods;

	unit_str_equal(peer_octets(&modify), ALICE);
	mods = peer_inside(&modify, LBER_SEQUENCE);
	assert_mod(&mods, LDAP_MOD_DELETE, OLD);
	assert_mod(&mods, LDAP_MOD_ADD, NEW);
	assert_int_equal(mods.n, 0);
}

static void asked(struct peer *p, ber_int_t id, ber_tag_t op)
{
	struct server *s = p->arg;

	if (op == LDAP_REQ_BIND) {
		s->binds++;
		assert_bind(p);
		if (s->bind != NONE)
			send_result(p, id, LDAP_RES_BIND, s->bind,
				    s->bind_error);
	} else if (op == LDAP_REQ_MODIFY) {
		s->modifies++;
		assert_modify(p);
		if (s->modify != NONE)
			send_result(p, id, LDAP_RES_MODIFY, s->modify,
				    s->modify_error);
	} else if (op != LDAP_REQ_UNBIND) {
		s->others++;
	}
}

static enum lw_err change(struct server *s)
{
	static const struct lw_change ch = {
		.dn = { ALICE, sizeof(ALICE) - 1 },
		.old_password = { OLD, sizeof(OLD) - 1 },
		.new_password = { NEW, sizeof(NEW) - 1 },
	};
	struct peer p = { .asked = asked, .arg = s };
	enum lw_err e;

	lines = 0;
	unknown_was_said = false;
	peer_logged = logged;
	peer_open(&p);
	e = lw_change_password(&p.conn, &ch);
	/* Nothing else may be done as that user. */
	assert_null(p.conn.ld);
	peer_close(&p);
	/* Each password is presented once, whatever came of it. */
	assert_int_equal(s->binds, 1);
	assert_in_range(s->modifies, 0, 1);
	assert_int_equal(s->others, 0);
	return e;
}

static void a_change_is_one_bind_and_one_modify(void **state)
{
	struct server s = { 0, 0, NONE, NONE, 0, 0, 0 };

	(void)state;
	assert_int_equal(change(&s), LW_OK);
	assert_int_equal(s.modifies, 1);
	assert_int_equal(lines, 0);
}

/* All that he may do is to change it, and that is what he does. */
static void who_must_change_his_password_can(void **state)
{
	struct server s = { 0, 0, PP_changeAfterReset, NONE, 0, 0, 0 };

	(void)state;
	assert_int_equal(change(&s), LW_OK);
	assert_int_equal(s.modifies, 1);
}

static void a_bind_that_is_refused_ends_it(void **state)
{
	static const struct {
		int result, error;
		enum lw_err means;
	} all[] = {
		{ 49, NONE, LW_DENIED },
		{ 49, PP_passwordExpired, LW_EXPIRED },
		{ 50, PP_accountLocked, LW_LOCKED },
		{ 50, NONE, LW_DISABLED },
		{ 48, NONE, LW_NOPASSWORD },
		{ 32, NONE, LW_NOTFOUND },
		{ 51, NONE, LW_NOMEM },
		{ NONE, NONE, LW_OFFLINE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(all); i++) {
		struct server s = { .bind = all[i].result,
				    .bind_error = all[i].error };

		assert_int_equal(change(&s), all[i].means);
		assert_int_equal(s.modifies, 0);
		assert_false(unknown_was_said);
	}
}

/* Its text, which has bytes of a hash in it, goes nowhere: see logged(). */
static void vmdirs_refusals_have_a_meaning(void **state)
{
	static const struct {
		int result, error;
		enum lw_err means;
	} all[] = {
		{ 49, NONE, LW_DENIED },
		{ 19, PP_passwordTooShort, LW_TOOSHORT },
		{ 19, PP_insufficientPasswordQuality, LW_WEAK },
		{ 19, PP_passwordInHistory, LW_HISTORY },
		{ 19, PP_passwordTooYoung, LW_TOOSOON },
		{ 19, NONE, LW_WEAK },
		{ 50, NONE, LW_NOTALLOWED },
		{ 53, NONE, LW_NOTALLOWED },
		{ 52, NONE, LW_OFFLINE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(all); i++) {
		struct server s = { .bind_error = NONE,
				    .modify = all[i].result,
				    .modify_error = all[i].error };

		assert_int_equal(change(&s), all[i].means);
		assert_int_equal(s.modifies, 1);
		assert_int_equal(lines, 1);
		assert_false(unknown_was_said);
	}
}

static void what_was_sent_is_not_sent_again(void **state)
{
	struct server s = { .bind_error = NONE, .modify = NONE };

	(void)state;
	assert_int_equal(change(&s), LW_OFFLINE);
	assert_int_equal(s.modifies, 1);
	assert_true(unknown_was_said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_is_one_bind_and_one_modify),
		cmocka_unit_test(who_must_change_his_password_can),
		cmocka_unit_test(a_bind_that_is_refused_ends_it),
		cmocka_unit_test(vmdirs_refusals_have_a_meaning),
		cmocka_unit_test(what_was_sent_is_not_sent_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
