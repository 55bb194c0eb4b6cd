/* test_protocol_doc.c - doc/PROTOCOL.md says what the code sends. */
#include "unit.h"

#include "job.h"
#include "job_creds.h"
#include "member.h"
#include "page.h"

#include <ctype.h>

static char *doc;

static int setup(void **state)
{
	(void)state;
	doc = unit_source("doc/PROTOCOL.md");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(doc);
	return 0;
}

/* The bytes of a line of an example: up to '|' or its end. */
static const char *take_line(const char *p, struct lw_wr *w)
{
	while (*p != '|' && *p != '\n' && *p != '\0') {
		if (isxdigit((unsigned char)*p)) {
			lw_wr_u8(w, (uint8_t)strtoul(p, NULL, 16));
			p += 2;
		} else {
			p++;
		}
	}
	p += strcspn(p, "\n");
	return *p ? p + 1 : p;
}

/* The example of that name is what was written to w. */
static void shown(const char *name, const struct lw_wr *w, const uint8_t *msg)
{
	char mark[64];
	uint8_t want[1024];
	const char *p;
	struct lw_wr e;
	size_t n = (size_t)(w->p - msg);

	snprintf(mark, sizeof(mark), "\n```hex %s\n", name);
	p = strstr(doc, mark);
	if (!p)
		fail_msg("no example \"%s\"", name);
	p += strlen(mark);
	lw_wr_init(&e, want, sizeof(want));
	while (*p && strncmp(p, "```", 3) != 0)
		p = take_line(p, &e);
	assert_int_equal(lw_wr_end(&e), LW_OK);
	assert_int_equal(lw_wr_end(w), LW_OK);
	assert_int_equal(e.p - want, n);
	assert_memory_equal(want, msg, n);
}

static void questions_are_as_shown(void **state)
{
	static const struct lw_login login = { { "alice@lightwave.test", 20 },
					       { "Passw0rd!", 9 },
					       { "sshd", 4 },
					       { "192.0.2.7", 9 } };
	static const struct lw_find find = { LW_KIND_USER,
					     LW_BY_NAME,
					     { "alice", 5 } };
	static const struct lw_member member = { LW_MEMBER_DECIDES,
						 16778241,
						 { "alice@lightwave.test", 20 },
						 { "Linux Admins", 12 } };
	uint8_t msg[512];
	struct lw_wr w;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_msg_begin(&w, LW_OP_MEMBER, 0);
	lw_member_encode(&w, &member);
	lw_msg_end(&w, msg);
	shown("member", &w, msg);

	lw_wr_init(&w, msg, sizeof(msg));
	lw_ask_u32(&w, LW_OP_PASSWD_BY_UID, 0, 16778241);
	shown("question", &w, msg);

	lw_wr_init(&w, msg, sizeof(msg));
	lw_msg_begin(&w, LW_OP_AUTH, 0);
	lw_login_encode(&w, &login);
	lw_msg_end(&w, msg);
	shown("login", &w, msg);

	lw_wr_init(&w, msg, sizeof(msg));
	lw_msg_begin(&w, LW_OP_FIND, 7);
	lw_find_encode(&w, &find);
	lw_msg_end(&w, msg);
	shown("find", &w, msg);

	lw_wr_init(&w, msg, sizeof(msg));
	lw_msg_begin(&w, LW_OP_CREDS_CHECK, 5);
	lw_creds_ask_encode(
		&w, &(struct lw_creds_ask) { LW_STR("S-1-7-21-1-2-3-4-100-102"),
					     lw_password("Passw0rd!") });
	lw_msg_end(&w, msg);
	shown("creds", &w, msg);
}

static void answers_about_a_user_are_as_shown(void **state)
{
	static const struct lw_passwd alice = {
		.uid = 16778241,
		.gid = 545,
		.name = { "alice@lightwave.test", 20 },
		.gecos = { "Alice Liddell", 13 },
		.dir = { "/home/lightwave.test/alice", 26 },
		.shell = { "/bin/bash", 9 },
	};
	uint8_t msg[512];
	struct lw_wr w;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_msg_begin(&w, LW_OP_PASSWD_BY_UID, 0);
	lw_wr_u32(&w, LW_OK);
	lw_passwd_encode(&w, &alice);
	lw_msg_end(&w, msg);
	shown("passwd", &w, msg);

	lw_wr_init(&w, msg, sizeof(msg));
	lw_msg_begin(&w, LW_OP_PASSWD_PAGE, 0);
	lw_wr_u32(&w, LW_OK);
	lw_page_encode(&w, LW_PAGE_END, 1);
	lw_passwd_encode(&w, &alice);
	lw_msg_end(&w, msg);
	shown("page", &w, msg);

	lw_wr_init(&w, msg, sizeof(msg));
	lw_msg_begin(&w, LW_OP_PASSWD_BY_UID, 0);
	lw_wr_u32(&w, LW_NOTFOUND);
	lw_msg_end(&w, msg);
	shown("notfound", &w, msg);
}

static void answers_of_the_worker_are_as_shown(void **state)
{
	static const struct lw_verdict_answer answer = {
		.expires_in = 432000,
		.ticket = LW_TICKET_NO_KEYTAB,
	};
	static const struct lw_entry alice = {
		.kind = LW_KIND_USER,
		.dn = { "cn=alice,cn=Users,dc=lightwave,dc=test", 38 },
		.sid = { "S-1-7-21-1-2-3-4-1-1025", 23 },
		.sam = { "alice", 5 },
		.upn = { "alice@LIGHTWAVE.TEST", 20 },
		.given = { "Alice", 5 },
		.sn = { "Liddell", 7 },
	};
	uint8_t msg[512];
	struct lw_wr w;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_msg_begin(&w, LW_OP_FIND, 7);
	lw_wr_u32(&w, LW_OK);
	lw_wr_str(&w, LW_STR("S-1-7-21-1-2-3-4"));
	lw_wr_u32(&w, 1);
	lw_wr_u32(&w, 1);
	lw_entry_encode(&w, &alice);
	lw_msg_end(&w, msg);
	shown("entries", &w, msg);

	lw_wr_init(&w, msg, sizeof(msg));
	lw_msg_begin(&w, LW_OP_VERDICT, 8);
	lw_wr_u32(&w, LW_OK);
	lw_verdict_answer_encode(&w, &answer);
	lw_msg_end(&w, msg);
	shown("verdict", &w, msg);
}

/* A row of a table that begins with these cells. */
static void row(unsigned int number, const char *rest)
{
	char text[256];

	snprintf(text, sizeof(text), "\n| %u | %s |", number, rest);
	if (!strstr(doc, text))
		fail_msg("no row \"%s\"", text + 1);
}

static void every_status_has_its_number_and_words(void **state)
{
	static const char *const names[LW_ERR_COUNT] = {
		[LW_OK] = "OK",
		[LW_NOTFOUND] = "NOTFOUND",
		[LW_NOTOURS] = "NOTOURS",
		[LW_DENIED] = "DENIED",
		[LW_LOCKED] = "LOCKED",
		[LW_DISABLED] = "DISABLED",
		[LW_EXPIRED] = "EXPIRED",
		[LW_FORBIDDEN] = "FORBIDDEN",
		[LW_OFFLINE] = "OFFLINE",
		[LW_RANGE] = "RANGE",
		[LW_INVALID] = "INVALID",
		[LW_PROTO] = "PROTO",
		[LW_NOMEM] = "NOMEM",
		[LW_NOPASSWORD] = "NOPASSWORD",
		[LW_SKEW] = "SKEW",
		[LW_NOTICKET] = "NOTICKET",
		[LW_CHANGE] = "CHANGE",
		[LW_TOOSHORT] = "TOOSHORT",
		[LW_WEAK] = "WEAK",
		[LW_HISTORY] = "HISTORY",
		[LW_TOOSOON] = "TOOSOON",
		[LW_NOTALLOWED] = "NOTALLOWED",
		[LW_NOWORKER] = "NOWORKER",
		[LW_OUTDATED] = "OUTDATED",
		[LW_CLAIMED] = "CLAIMED",
	};

	(void)state;
	for (unsigned int e = 0; e < LW_ERR_COUNT; e++) {
		char cells[128];

		if (e == LW_PENDING || e == LW_NOFRONT)
			continue;
		snprintf(cells, sizeof(cells), "%s | %s", names[e],
			 lw_strerror((enum lw_err)e));
		row(e, cells);
	}
}

static void every_op_has_its_number(void **state)
{
	static const struct {
		enum lw_op op;
		const char *name;
	} ops[] = {
		{ LW_OP_PASSWD_BY_NAME, "PASSWD_BY_NAME" },
		{ LW_OP_PASSWD_BY_UID, "PASSWD_BY_UID" },
		{ LW_OP_GROUP_BY_NAME, "GROUP_BY_NAME" },
		{ LW_OP_GROUP_BY_GID, "GROUP_BY_GID" },
		{ LW_OP_INITGROUPS, "INITGROUPS" },
		{ LW_OP_OURS, "OURS" },
		{ LW_OP_PASSED, "PASSED" },
		{ LW_OP_PASSWD_PAGE, "PASSWD_PAGE" },
		{ LW_OP_GROUP_PAGE, "GROUP_PAGE" },
		{ LW_OP_AUTH, "AUTH" },
		{ LW_OP_ACCOUNT, "ACCOUNT" },
		{ LW_OP_TICKET, "TICKET" },
		{ LW_OP_PRINCIPAL, "PRINCIPAL" },
		{ LW_OP_POLICY, "POLICY" },
		{ LW_OP_PASSWORD, "PASSWORD" },
		{ LW_OP_VERIFY, "VERIFY" },
		{ LW_OP_REFRESH, "REFRESH" },
		{ LW_OP_STATUS, "STATUS" },
		{ LW_OP_MEMBER, "MEMBER" },
		{ LW_OP_RESOLVE, "RESOLVE" },
		{ LW_OP_FIND, "FIND" },
		{ LW_OP_MEMBERSHIPS, "MEMBERSHIPS" },
		{ LW_OP_MEMBERS, "MEMBERS" },
		{ LW_OP_VERDICT, "VERDICT" },
		{ LW_OP_RULES, "RULES" },
		{ LW_OP_CHANGE, "CHANGE" },
		{ LW_OP_SYNC, "SYNC" },
		{ LW_OP_SELFTEST, "SELFTEST" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(ops); i++)
		row(ops[i].op, ops[i].name);
}

static void limits_are_as_said(void **state)
{
	static const struct {
		const char *what;
		unsigned int limit;
	} t[] = {
		{ "body of a question to the front", LW_REQUEST_MAX },
		{ "body of an answer", LW_REPLY_MAX },
		{ "a password", LW_PASSWORD_MAX },
		{ "a credential cache", LW_CCACHE_MAX },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		char text[128];

		snprintf(text, sizeof(text), "\n| %s | %u bytes |", t[i].what,
			 t[i].limit);
		if (!strstr(doc, text))
			fail_msg("no row \"%s\"", text + 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_are_as_shown),
		cmocka_unit_test(answers_about_a_user_are_as_shown),
		cmocka_unit_test(answers_of_the_worker_are_as_shown),
		cmocka_unit_test(every_status_has_its_number_and_words),
		cmocka_unit_test(every_op_has_its_number),
		cmocka_unit_test(limits_are_as_said),
	};

	return cmocka_run_group_tests_name("protocol_doc", tests, setup,
					   teardown);
}
