/* test_proto_login.c - what PAM and the front say to each other. */
#include "unit.h"

#include "proto.h"

static enum lw_err as_auth(struct lw_rd *r, void *ret)
{
	return lw_auth_answer_decode(r, ret);
}

static enum lw_err as_principal(struct lw_rd *r, void *ret)
{
	return lw_principal_decode(r, ret);
}

static enum lw_err as_change(struct lw_rd *r, void *ret)
{
	return lw_password_change_decode(r, ret);
}

static enum lw_err as_policy(struct lw_rd *r, void *ret)
{
	return lw_password_policy_decode(r, ret);
}

static void only_a_whole_answer_to_auth_decodes(void **state)
{
	struct lw_auth_answer a = { 432000, LW_TICKET_SKEW, -420 };
	uint8_t msg[16];
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_auth_answer_encode(&w, &a);
	unit_only_whole(as_auth, sizeof(a), &w, msg);
	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	memset(&a, 0, sizeof(a));
	assert_int_equal(lw_auth_answer_decode(&r, &a), LW_OK);
	assert_int_equal(a.expires_in, 432000);
	assert_int_equal(a.ticket, LW_TICKET_SKEW);
	assert_int_equal(a.skew, -420);

	/* So long ago, and no time until it expires. */
	msg[4] = LW_TICKET_OFFLINE;
	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_auth_answer_decode(&r, &a), LW_OK);
	assert_int_equal(a.age, 432000);
	assert_int_equal(a.expires_in, LW_NEVER);
	assert_int_equal(a.ticket, LW_TICKET_OFFLINE);
	msg[4] = LW_TICKET_COUNT;
	assert_int_equal(
		unit_decode(as_auth, sizeof(a), msg, (size_t)(w.p - msg), 0),
		LW_PROTO);
}

static void only_a_whole_principal_decodes(void **state)
{
	struct lw_principal p = { { "alice@L.TEST", 12 }, { "alice", 5 } };
	uint8_t msg[64];
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_principal_encode(&w, &p);
	unit_only_whole(as_principal, sizeof(p), &w, msg);
	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	memset(&p, 0, sizeof(p));
	assert_int_equal(lw_principal_decode(&r, &p), LW_OK);
	unit_str_equal(p.principal, "alice@L.TEST");
	unit_str_equal(p.account, "alice");
}

static void only_a_whole_change_of_password_decodes(void **state)
{
	struct lw_password_change c = { { { "alice@l.test", 12 },
					  { "Passw0rd!", 9 },
					  { "passwd", 6 },
					  { "", 0 } },
					{ "N3w-passw0rd", 12 } };
	uint8_t msg[128];
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_password_change_encode(&w, &c);
	unit_only_whole(as_change, sizeof(c), &w, msg);
	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	memset(&c, 0, sizeof(c));
	assert_int_equal(lw_password_change_decode(&r, &c), LW_OK);
	unit_str_equal(c.login.user, "alice@l.test");
	unit_password_equal(c.login.password, "Passw0rd!");
	unit_str_equal(c.login.service, "passwd");
	unit_str_equal(c.login.rhost, "");
	unit_password_equal(c.new_password, "N3w-passw0rd");
}

static void only_a_whole_policy_decodes(void **state)
{
	struct lw_password_policy p = { 8, 20, 2, 1, 1, 1, 1, 3, LW_NEVER };
	struct lw_password_policy got;
	uint8_t msg[64];
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_password_policy_encode(&w, &p);
	unit_only_whole(as_policy, sizeof(p), &w, msg);
	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	memset(&got, 0, sizeof(got));
	assert_int_equal(lw_password_policy_decode(&r, &got), LW_OK);
	assert_memory_equal(&got, &p, sizeof(p));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_whole_answer_to_auth_decodes),
		cmocka_unit_test(only_a_whole_principal_decodes),
		cmocka_unit_test(only_a_whole_change_of_password_decodes),
		cmocka_unit_test(only_a_whole_policy_decodes),
	};

	return cmocka_run_group_tests_name("proto_login", tests, NULL, NULL);
}
