/* test_job_creds.c - tests job_creds.c: what front and creds tell each other.
 */
#include "job_creds.h"
#include "sid.h"

#include "unit.h"

#define SID "S-1-7-21-1-2-3-4-100-1025"

static enum lw_err as_check(struct lw_rd *r, void *ret)
{
	return lw_creds_ask_decode(r, LW_OP_CREDS_CHECK, ret);
}

static enum lw_err as_age(struct lw_rd *r, void *ret)
{
	return lw_creds_age_decode(r, ret);
}

static void only_a_whole_question_decodes(void **state)
{
	struct lw_creds_ask a = { LW_STR(SID), lw_password("Passw0rd!") };
	uint8_t msg[128];
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_creds_ask_encode(&w, &a);
	unit_only_whole(as_check, sizeof(a), &w, msg);
	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	memset(&a, 0, sizeof(a));
	assert_int_equal(as_check(&r, &a), LW_OK);
	unit_str_equal(a.sid, SID);
	unit_password_equal(a.password, "Passw0rd!");

	lw_wr_init(&w, msg, sizeof(msg));
	lw_wr_u32(&w, 604800);
	unit_only_whole(as_age, sizeof(uint32_t), &w, msg);
}

/* A name becomes the name of a file; a password is one. */
static void only_what_the_question_allows(void **state)
{
	static const char *const sids[] = {
		"S-1-7-21-1-2-3-4-100-1025",
		"",
		".",
		"..",
		"pepper",
		"clock",
		"S-1-7-21/../../etc",
		"S-1-7-21-1-2-3-4-100-1025.new",
		"S-1-07-21",
		"s-1-7-21-1",
		"S-1-7-",
	};
	static const enum lw_op ops[] = { LW_OP_CREDS_STORE, LW_OP_CREDS_CHECK,
					  LW_OP_CREDS_REFUSED,
					  LW_OP_CREDS_DROP };
	char longest[LW_PASSWORD_MAX + 2] = "";
	const char *const passwords[] = { "", "p", longest };
	uint8_t msg[1024];

	(void)state;
	memset(longest, 'p', LW_PASSWORD_MAX + 1);
	for (size_t i = 0; i < COUNT(sids) * COUNT(ops) * 3; i++) {
		size_t s = i / 3 / COUNT(ops), p = i % 3;
		enum lw_op op = ops[i / 3 % COUNT(ops)];
		struct lw_creds_ask got,
			a = { lw_str(sids[s]), lw_password(passwords[p]) };
		bool named = s == 0 || (s == 1 && (op == LW_OP_CREDS_CHECK ||
						   op == LW_OP_CREDS_DROP));
		bool good = named && (op == LW_OP_CREDS_DROP ? p == 0 : p == 1);
		struct lw_wr w;
		struct lw_rd r;

		lw_wr_init(&w, msg, sizeof(msg));
		lw_creds_ask_encode(&w, &a);
		lw_rd_init(&r, msg, (size_t)(w.p - msg));
		assert_int_equal(lw_creds_ask_decode(&r, op, &got),
				 good ? LW_OK : LW_PROTO);
	}
}

static void the_longest_question_fits(void **state)
{
	char sid[LW_SID_MAX] = "S-1", password[LW_PASSWORD_MAX + 1] = "";
	uint8_t msg[LW_CREDS_BODY_MAX];
	struct lw_creds_ask got, a;
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	while (strlen(sid) + 2 < sizeof(sid))
		strcat(sid, "-7");
	memset(password, 'p', LW_PASSWORD_MAX);
	a = (struct lw_creds_ask) { lw_str(sid), lw_password(password) };
	lw_wr_init(&w, msg, sizeof(msg));
	lw_creds_ask_encode(&w, &a);
	assert_int_equal(lw_wr_end(&w), LW_OK);
	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_creds_ask_decode(&r, LW_OP_CREDS_STORE, &got),
			 LW_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_whole_question_decodes),
		cmocka_unit_test(only_what_the_question_allows),
		cmocka_unit_test(the_longest_question_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
