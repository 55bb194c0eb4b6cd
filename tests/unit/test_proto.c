/* test_proto.c - heads, statuses, and what clients and the front say. */
#include "unit.h"

#include "proto.h"

static const struct lw_passwd alice = {
	.uid = 16778241,
	.gid = 545,
	.name = { "alice@lightwave.local", 21 },
	.gecos = { "Alice \xC3\x84rmel", 12 },
	.dir = { "/home/lightwave.local/alice", 27 },
	.shell = { "/bin/bash", 9 },
};

static enum lw_err as_passwd(struct lw_rd *r, void *ret)
{
	return lw_passwd_decode(r, ret);
}

static enum lw_err as_group(struct lw_rd *r, void *ret)
{
	return lw_group_decode(r, ret);
}

static enum lw_err as_login(struct lw_rd *r, void *ret)
{
	return lw_login_decode(r, ret);
}

static enum lw_err as_ticket(struct lw_rd *r, void *ret)
{
	return lw_ticket_decode(r, ret);
}

static enum lw_err as_status(struct lw_rd *r, void *ret)
{
	enum lw_err e = lw_status_decode(r);

	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;
	*(enum lw_err *)ret = e;
	return LW_OK;
}

static void a_head_gives_length_question_and_number(void **state)
{
	uint8_t msg[64];
	struct lw_wr w;
	struct lw_head h;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_msg_begin(&w, LW_OP_AUTH, 0xDEADBEEF);
	lw_wr_raw(&w, "12345", 5);
	assert_int_equal(lw_msg_end(&w, msg), LW_OK);
	assert_int_equal(w.p - msg, LW_HEAD_SIZE + 5);
	assert_int_equal(lw_head_decode(msg, 5, &h), LW_OK);
	assert_int_equal(h.len, 5);
	assert_int_equal(h.op, LW_OP_AUTH);
	assert_int_equal(h.id, 0xDEADBEEF);
}

static void a_head_of_another_version_or_too_long_is_refused(void **state)
{
	static const struct {
		uint32_t len;
		uint16_t version;
		size_t max;
		enum lw_err want;
	} t[] = {
		{ 0, 2, 0, LW_OK },
		{ 1, 2, 0, LW_PROTO },
		{ LW_REQUEST_MAX, 2, LW_REQUEST_MAX, LW_OK },
		{ LW_REQUEST_MAX + 1, 2, LW_REQUEST_MAX, LW_PROTO },
		{ LW_REPLY_MAX, 2, LW_REPLY_MAX, LW_OK },
		{ LW_REPLY_MAX + 1, 2, LW_REPLY_MAX, LW_PROTO },
		{ UINT32_MAX, 2, LW_REPLY_MAX, LW_PROTO },
		{ 0, 0, 8, LW_PROTO },
		{ 0, 1, 8, LW_PROTO },
		{ 0, 3, 8, LW_PROTO },
		{ 0, 0x0200, 8, LW_PROTO },
		{ 0, 0xFFFF, 8, LW_PROTO },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct lw_head h = { .id = 0xA5A5A5A5 };
		uint8_t msg[LW_HEAD_SIZE];
		struct lw_wr w;

		lw_wr_init(&w, msg, sizeof(msg));
		lw_wr_u32(&w, t[i].len);
		lw_wr_u16(&w, t[i].version);
		lw_wr_u16(&w, LW_OP_OURS);
		lw_wr_u32(&w, 7);
		assert_int_equal(lw_head_decode(msg, t[i].max, &h), t[i].want);
		assert_int_equal(h.id, t[i].want == LW_OK ? 7 : 0xA5A5A5A5);
	}
}

static void a_question_is_whole_in_a_buffer_and_on_the_heap(void **state)
{
	static const uint8_t want[] = { 0, 0, 0,   9,	0,   2,	  0,
					6, 0, 0,   0,	3,   0,	  0,
					0, 5, 'a', 'l', 'i', 'c', 'e' };
	uint8_t msg[sizeof(want)];
	struct lw_wr w;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	assert_int_equal(lw_ask_str(&w, LW_OP_OURS, 3, LW_STR("alice")), LW_OK);
	assert_memory_equal(msg, want, sizeof(want));

	lw_wr_heap(&w, 1024);
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(lw_ask_str(&w, LW_OP_OURS, 3, LW_STR("alice")),
				 LW_OK);
	assert_int_equal(lw_ask_u32(&w, LW_OP_GROUP_BY_GID, 4, 545), LW_OK);
	for (size_t i = 0; i < 20; i++)
		assert_memory_equal(w.base + i * sizeof(want), want,
				    sizeof(want));
	assert_memory_equal(w.base + 20 * sizeof(want),
			    "\0\0\0\4\0\2\0\4\0\0\0\4\0\0\2\x21", 16);
	lw_wr_done(&w);
}

static void a_question_that_does_not_fit_is_said_to(void **state)
{
	uint8_t msg[20];

	(void)state;
	for (size_t room = 0; room < sizeof(msg); room++) {
		struct lw_wr w;

		lw_wr_init(&w, msg, room);
		assert_int_equal(lw_ask_str(&w, LW_OP_OURS, 1, LW_STR("anna")),
				 LW_RANGE);
		lw_wr_init(&w, msg, room);
		assert_int_equal(lw_ask_u32(&w, LW_OP_PASSWD_BY_UID, 1, 1),
				 room < 16 ? LW_RANGE : LW_OK);
		lw_wr_init(&w, msg, room);
		lw_msg_begin(&w, LW_OP_OURS, 1);
		assert_int_equal(lw_msg_end(&w, msg),
				 room < 12 ? LW_RANGE : LW_OK);
	}
}

static void a_status_is_known_and_never_pending(void **state)
{
	(void)state;
	for (uint32_t v = 0; v < 40; v++) {
		bool known =
			v < LW_ERR_COUNT && v != LW_PENDING && v != LW_NOFRONT;
		uint8_t msg[4];
		struct lw_rd r;

		lw_put_u32(msg, v);
		lw_rd_init(&r, msg, sizeof(msg));
		assert_int_equal(lw_status_decode(&r), known ? v : LW_PROTO);
	}
	assert_string_equal(lw_strerror(LW_ERR_COUNT), "unknown result");
}

static void only_a_whole_status_decodes(void **state)
{
	uint8_t msg[4];
	struct lw_wr w;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_wr_u32(&w, LW_NOTFOUND);
	unit_only_whole(as_status, sizeof(enum lw_err), &w, msg);
}

static void only_a_whole_passwd_decodes(void **state)
{
	uint8_t msg[128];
	struct lw_passwd pw;
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_passwd_encode(&w, &alice);
	unit_only_whole(as_passwd, sizeof(pw), &w, msg);

	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_passwd_decode(&r, &pw), LW_OK);
	assert_int_equal(pw.uid, 16778241);
	assert_int_equal(pw.gid, 545);
	unit_str_equal(pw.name, "alice@lightwave.local");
	unit_str_equal(pw.gecos, "Alice \xC3\x84rmel");
	unit_str_equal(pw.dir, "/home/lightwave.local/alice");
	unit_str_equal(pw.shell, "/bin/bash");
}

static void write_group(struct lw_wr *w, uint32_t count)
{
	lw_wr_u32(w, 33555433);
	lw_wr_str(w, LW_STR("ops@lightwave.local"));
	lw_wr_u32(w, count);
	lw_wr_str(w, LW_STR("alice"));
	lw_wr_str(w, LW_STR(""));
	lw_wr_str(w, LW_STR("bob"));
}

static void only_a_whole_group_decodes(void **state)
{
	uint8_t msg[128];
	struct lw_group g;
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	write_group(&w, 3);
	unit_only_whole(as_group, sizeof(g), &w, msg);

	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_group_decode(&r, &g), LW_OK);
	assert_int_equal(g.gid, 33555433);
	unit_str_equal(g.name, "ops@lightwave.local");
	assert_int_equal(g.count, 3);
	assert_int_equal(g.members_size, 8);
	unit_str_equal(lw_rd_str(&g.members), "alice");
	unit_str_equal(lw_rd_str(&g.members), "");
	unit_str_equal(lw_rd_str(&g.members), "bob");
	assert_int_equal(lw_rd_end(&g.members), LW_OK);
}

static void a_group_whose_count_lies_is_refused(void **state)
{
	static const uint32_t lies[] = {
		0, 1, 2, 4, 5, 0x40000000, UINT32_MAX
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lies); i++) {
		uint8_t msg[128];
		struct lw_wr w;

		lw_wr_init(&w, msg, sizeof(msg));
		write_group(&w, lies[i]);
		assert_int_equal(unit_decode(as_group, sizeof(struct lw_group),
					     msg, (size_t)(w.p - msg), 0),
				 LW_PROTO);
	}
}

static void only_a_whole_login_decodes(void **state)
{
	static const struct lw_login login = {
		{ "alice@lightwave.local", 21 },
		{ "Passw0rd!", 9 },
		{ "sshd", 4 },
		{ "192.0.2.7", 9 },
	};
	uint8_t msg[128];
	struct lw_login l;
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_login_encode(&w, &login);
	unit_only_whole(as_login, sizeof(l), &w, msg);

	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_login_decode(&r, &l), LW_OK);
	unit_str_equal(l.user, "alice@lightwave.local");
	unit_password_equal(l.password, "Passw0rd!");
	unit_str_equal(l.service, "sshd");
	unit_str_equal(l.rhost, "192.0.2.7");
}

static void a_nul_in_any_string_is_refused(void **state)
{
	(void)state;
	for (size_t at = 0; at < 4; at++) {
		uint8_t msg[64];
		struct lw_wr w;

		lw_wr_init(&w, msg, sizeof(msg));
		for (size_t i = 0; i < 4; i++)
			lw_wr_str(&w, i == at ? LW_STR("a\0b") : LW_STR("ab"));
		assert_int_equal(unit_decode(as_login, sizeof(struct lw_login),
					     msg, (size_t)(w.p - msg), 0),
				 LW_PROTO);
	}
}

static void only_a_whole_ticket_decodes(void **state)
{
	static const struct lw_ticket ticket = { 16778241,
						 545,
						 { "\5\4\0\f", 4 } };
	uint8_t msg[32];
	struct lw_ticket t;
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_ticket_encode(&w, &ticket);
	unit_only_whole(as_ticket, sizeof(t), &w, msg);

	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_ticket_decode(&r, &t), LW_OK);
	assert_int_equal(t.uid, 16778241);
	assert_int_equal(t.gid, 545);
	assert_int_equal(t.ccache.n, 4);
	assert_memory_equal(t.ccache.s, "\5\4\0\f", 4);
}

static void a_ticket_has_at_most_64_kib(void **state)
{
	char *bytes = calloc(1, LW_CCACHE_MAX + 1);

	(void)state;
	assert_non_null(bytes);
	for (size_t more = 0; more < 2; more++) {
		struct lw_ticket t = { 1000,
				       1000,
				       { bytes, LW_CCACHE_MAX + more } };
		struct lw_wr w;

		lw_wr_heap(&w, LW_REPLY_MAX);
		lw_ticket_encode(&w, &t);
		assert_int_equal(unit_decode(as_ticket, sizeof(t), w.base,
					     (size_t)(w.p - w.base), 0),
				 more ? LW_PROTO : LW_OK);
		lw_wr_done(&w);
	}
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_head_gives_length_question_and_number),
		cmocka_unit_test(
			a_head_of_another_version_or_too_long_is_refused),
		cmocka_unit_test(
			a_question_is_whole_in_a_buffer_and_on_the_heap),
		cmocka_unit_test(a_question_that_does_not_fit_is_said_to),
		cmocka_unit_test(a_status_is_known_and_never_pending),
		cmocka_unit_test(only_a_whole_status_decodes),
		cmocka_unit_test(only_a_whole_passwd_decodes),
		cmocka_unit_test(only_a_whole_group_decodes),
		cmocka_unit_test(a_group_whose_count_lies_is_refused),
		cmocka_unit_test(only_a_whole_login_decodes),
		cmocka_unit_test(a_nul_in_any_string_is_refused),
		cmocka_unit_test(only_a_whole_ticket_decodes),
		cmocka_unit_test(a_ticket_has_at_most_64_kib),
	};

	return cmocka_run_group_tests_name("proto", tests, NULL, NULL);
}
