/* test_job.c - what front and worker say to each other, and cannot say. */
#include "unit.h"

#include "job.h"

static enum lw_err as_find(struct lw_rd *r, void *ret)
{
	return lw_find_decode(r, ret);
}

static enum lw_err as_entries(struct lw_rd *r, void *ret)
{
	return lw_entries_decode(r, ret);
}

static enum lw_err as_change(struct lw_rd *r, void *ret)
{
	return lw_change_decode(r, ret);
}

static enum lw_err as_verdict(struct lw_rd *r, void *ret)
{
	return lw_verdict_decode(r, ret);
}

static enum lw_err as_answer(struct lw_rd *r, void *ret)
{
	return lw_verdict_answer_decode(r, ret);
}

static const struct lw_entry alice = {
	.kind = LW_KIND_USER,
	.dn = { "cn=alice,cn=Users,dc=lightwave,dc=local", 39 },
	.sid = { "S-1-7-21-1-2-3-4-1-1025", 23 },
	.sam = { "alice", 5 },
	.upn = { "alice@LIGHTWAVE.LOCAL", 21 },
	.given = { "Alice", 5 },
	.sn = { "Liddell", 7 },
	.uac = LW_UAC_LOCKED,
};

static const struct lw_entry ops = {
	.kind = LW_KIND_GROUP,
	.dn = { "cn=ops", 6 },
	.sid = { "S-1-7-21-1-2-3-4-1-1026", 23 },
	.sam = { "ops", 3 },
};

static void only_a_whole_find_decodes(void **state)
{
	static const struct lw_find find = { LW_KIND_GROUP,
					     LW_BY_RID,
					     { "1-1025 16778241", 15 } };
	uint8_t msg[64];
	struct lw_find f;
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_find_encode(&w, &find);
	unit_only_whole(as_find, sizeof(f), &w, msg);

	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_find_decode(&r, &f), LW_OK);
	assert_int_equal(f.kind, LW_KIND_GROUP);
	assert_int_equal(f.by, LW_BY_RID);
	unit_str_equal(f.value, "1-1025 16778241");
}

static void a_find_has_a_known_kind_and_a_known_key(void **state)
{
	(void)state;
	for (unsigned int kind = 0; kind < 256; kind++) {
		for (unsigned int by = 0; by < 256; by++) {
			uint8_t msg[] = {
				(uint8_t)kind, (uint8_t)by, 0, 0, 0, 1, 'x'
			};
			bool known = (kind == 1 || kind == 2) &&
				     (by == 1 || by == 2);
			struct lw_find f;
			struct lw_rd r;

			lw_rd_init(&r, msg, sizeof(msg));
			assert_int_equal(lw_find_decode(&r, &f),
					 known ? LW_OK : LW_PROTO);
		}
	}
}

static void write_entries(struct lw_wr *w, uint32_t primary, uint32_t count)
{
	lw_wr_str(w, LW_STR("S-1-7-21-1-2-3-4"));
	lw_wr_u32(w, primary);
	lw_wr_u32(w, count);
	lw_entry_encode(w, &alice);
	lw_entry_encode(w, &ops);
}

static void only_whole_entries_decode(void **state)
{
	uint8_t msg[512];
	struct lw_entries es;
	struct lw_entry e;
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	write_entries(&w, 1, 2);
	unit_only_whole(as_entries, sizeof(es), &w, msg);

	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_entries_decode(&r, &es), LW_OK);
	unit_str_equal(es.domain_sid, "S-1-7-21-1-2-3-4");
	assert_int_equal(es.primary, 1);
	assert_int_equal(es.count, 2);
	e = lw_entry_decode(&es.each);
	assert_int_equal(e.kind, LW_KIND_USER);
	unit_str_equal(e.dn, "cn=alice,cn=Users,dc=lightwave,dc=local");
	unit_str_equal(e.sid, "S-1-7-21-1-2-3-4-1-1025");
	unit_str_equal(e.sam, "alice");
	unit_str_equal(e.upn, "alice@LIGHTWAVE.LOCAL");
	unit_str_equal(e.given, "Alice");
	unit_str_equal(e.sn, "Liddell");
	assert_int_equal(e.uac, LW_UAC_LOCKED);
	e = lw_entry_decode(&es.each);
	assert_int_equal(e.kind, LW_KIND_GROUP);
	unit_str_equal(e.sam, "ops");
	unit_str_equal(e.upn, "");
	assert_int_equal(e.uac, 0);
	assert_int_equal(lw_rd_end(&es.each), LW_OK);
}

static void the_smallest_entry_is_what_the_count_reckons_with(void **state)
{
	static const struct lw_entry empty = { .kind = LW_KIND_USER };
	uint8_t msg[64];
	struct lw_wr w;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_entry_encode(&w, &empty);
	assert_int_equal(w.p - msg, LW_ENTRY_MIN);
}

static void entries_whose_counts_lie_are_refused(void **state)
{
	static const struct {
		uint32_t primary, count;
		enum lw_err want;
	} t[] = {
		{ 0, 2, LW_OK },
		{ 2, 2, LW_OK },
		{ 3, 2, LW_PROTO },
		{ UINT32_MAX, 2, LW_PROTO },
		{ 0, 1, LW_PROTO },
		{ 0, 0, LW_PROTO },
		{ 1, 3, LW_PROTO },
		{ 1, 0x10000000, LW_PROTO },
		{ 1, UINT32_MAX, LW_PROTO },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		uint8_t msg[512];
		struct lw_wr w;

		lw_wr_init(&w, msg, sizeof(msg));
		write_entries(&w, t[i].primary, t[i].count);
		assert_int_equal(unit_decode(as_entries,
					     sizeof(struct lw_entries), msg,
					     (size_t)(w.p - msg), 0),
				 t[i].want);
	}
}

static void an_entry_of_no_kind_spoils_the_answer(void **state)
{
	static const uint8_t kinds[] = { 0, 3, 255 };

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		uint8_t msg[512];
		struct lw_wr w;

		lw_wr_init(&w, msg, sizeof(msg));
		lw_wr_str(&w, LW_STR("S-1-7-21-1-2-3-4"));
		lw_wr_u32(&w, 1);
		lw_wr_u32(&w, 1);
		lw_entry_encode(&w, &alice);
		msg[4 + 16 + 8] = kinds[i];
		assert_int_equal(unit_decode(as_entries,
					     sizeof(struct lw_entries), msg,
					     (size_t)(w.p - msg), 0),
				 LW_PROTO);
	}
}

static void only_a_whole_verdict_decodes(void **state)
{
	static const struct lw_verdict verdict = { { "cn=alice", 8 },
						   { "alice@L.TEST", 12 },
						   { "Passw0rd!", 9 },
						   true };
	uint8_t msg[64];
	struct lw_verdict v;
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_verdict_encode(&w, &verdict);
	unit_only_whole(as_verdict, sizeof(v), &w, msg);

	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_verdict_decode(&r, &v), LW_OK);
	unit_str_equal(v.dn, "cn=alice");
	unit_str_equal(v.upn, "alice@L.TEST");
	unit_password_equal(v.password, "Passw0rd!");
	assert_true(v.want_ticket);
	w.p[-1] = 2;
	assert_int_equal(
		unit_decode(as_verdict, sizeof(v), msg, (size_t)(w.p - msg), 0),
		LW_PROTO);
}

static void only_a_whole_change_decodes(void **state)
{
	struct lw_change c = { { "cn=alice", 8 },
			       { "alice@L.TEST", 12 },
			       { "Passw0rd!", 9 },
			       { "N3w-passw0rd", 12 },
			       true };
	uint8_t msg[128];
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_change_encode(&w, &c);
	unit_only_whole(as_change, sizeof(c), &w, msg);
	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	memset(&c, 0, sizeof(c));
	assert_int_equal(lw_change_decode(&r, &c), LW_OK);
	unit_str_equal(c.dn, "cn=alice");
	unit_str_equal(c.upn, "alice@L.TEST");
	unit_password_equal(c.old_password, "Passw0rd!");
	unit_password_equal(c.new_password, "N3w-passw0rd");
	assert_true(c.kpasswd);

	c.new_password.n = 0;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_change_encode(&w, &c);
	assert_int_equal(
		unit_decode(as_change, sizeof(c), msg, (size_t)(w.p - msg), 0),
		LW_PROTO);
}

static void no_bind_is_asked_for_without_dn_or_password(void **state)
{
	static const struct {
		size_t dn, password;
		enum lw_err want;
	} t[] = {
		{ 1, 1, LW_OK },
		{ 0, 1, LW_PROTO },
		{ 1, 0, LW_PROTO },
		{ 0, 0, LW_PROTO },
		{ 1, LW_PASSWORD_MAX, LW_OK },
		{ 1, LW_PASSWORD_MAX + 1, LW_PROTO },
	};
	char text[LW_PASSWORD_MAX + 1];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < COUNT(t); i++) {
		struct lw_verdict v = { { text, t[i].dn },
					{ NULL, 0 },
					{ text, t[i].password },
					false };
		uint8_t msg[1024];
		struct lw_wr w;

		lw_wr_init(&w, msg, sizeof(msg));
		lw_verdict_encode(&w, &v);
		assert_int_equal(unit_decode(as_verdict, sizeof(v), msg,
					     (size_t)(w.p - msg), 0),
				 t[i].want);
	}
}

static void only_a_whole_answer_decodes(void **state)
{
	static const struct lw_verdict_answer answer = {
		432000, LW_TICKET_OK, -420, { "\5\4", 2 }
	};
	struct lw_verdict_answer a;
	uint8_t msg[64];
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_verdict_answer_encode(&w, &answer);
	unit_only_whole(as_answer, sizeof(a), &w, msg);

	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(lw_verdict_answer_decode(&r, &a), LW_OK);
	assert_int_equal(a.expires_in, 432000);
	assert_int_equal(a.ticket, LW_TICKET_OK);
	assert_int_equal(a.skew, -420);
	assert_int_equal(a.ccache.n, 2);
	assert_memory_equal(a.ccache.s, "\5\4", 2);
}

static void a_ticket_comes_if_and_only_if_it_was_verified(void **state)
{
	static const char bytes[LW_CCACHE_MAX + 1] = { 5, 4 };
	static const size_t sizes[] = { 0, 1, LW_CCACHE_MAX, sizeof(bytes) };

	(void)state;
	for (int t = 0; t <= LW_TICKET_COUNT; t++) {
		for (size_t i = 0; i < COUNT(sizes); i++) {
			struct lw_verdict_answer a = { LW_NEVER,
						       (enum lw_ticket_state)t,
						       0,
						       { bytes, sizes[i] } };
			bool good = t == LW_TICKET_OK
					    ? i == 1 || i == 2
					    : t < LW_TICKET_OFFLINE && i == 0;
			struct lw_wr w;

			lw_wr_heap(&w, LW_REPLY_MAX);
			lw_verdict_answer_encode(&w, &a);
			assert_int_equal(unit_decode(as_answer, sizeof(a),
						     w.base,
						     (size_t)(w.p - w.base), 0),
					 good ? LW_OK : LW_PROTO);
			lw_wr_done(&w);
		}
	}
}

static void each_ticket_state_has_words_of_its_own(void **state)
{
	(void)state;
	for (int a = 0; a < LW_TICKET_COUNT; a++) {
		for (int b = a + 1; b <= LW_TICKET_COUNT; b++)
			assert_string_not_equal(
				lw_ticket_str((enum lw_ticket_state)a),
				lw_ticket_str((enum lw_ticket_state)b));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_whole_find_decodes),
		cmocka_unit_test(a_find_has_a_known_kind_and_a_known_key),
		cmocka_unit_test(only_whole_entries_decode),
		cmocka_unit_test(
			the_smallest_entry_is_what_the_count_reckons_with),
		cmocka_unit_test(entries_whose_counts_lie_are_refused),
		cmocka_unit_test(an_entry_of_no_kind_spoils_the_answer),
		cmocka_unit_test(only_a_whole_verdict_decodes),
		cmocka_unit_test(only_a_whole_change_decodes),
		cmocka_unit_test(no_bind_is_asked_for_without_dn_or_password),
		cmocka_unit_test(only_a_whole_answer_decodes),
		cmocka_unit_test(a_ticket_comes_if_and_only_if_it_was_verified),
		cmocka_unit_test(each_ticket_state_has_words_of_its_own),
	};

	return cmocka_run_group_tests_name("job", tests, NULL, NULL);
}
