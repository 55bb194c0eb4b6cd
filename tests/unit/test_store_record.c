/*
 * test_store_record.c - records of the store: whole they say what was written,
 * and anything else, as a damaged file may have it, is none.
 */
#include "replica_rig.h"

#include "cleanup.h"
#include "store_record.h"

#define AT UINT64_C(1700000000123)

static uint8_t msg[4096];
static struct lw_wr w;

static struct lw_wr *start(void)
{
	lw_wr_init(&w, msg, sizeof(msg));
	return &w;
}

static struct lw_rd written(void)
{
	struct lw_rd r;

	assert_int_equal(lw_wr_end(&w), LW_OK);
	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	return r;
}

static enum lw_err as_state(struct lw_rd *r, void *ret)
{
	return lw_state_decode(r, ret);
}

static enum lw_err as_name(struct lw_rd *r, void *ret)
{
	return lw_store_name_decode(r, ret);
}

struct object {
	struct lw_entry e;
	uint64_t at;
};

static enum lw_err as_object(struct lw_rd *r, void *ret)
{
	struct object *o = ret;

	return lw_object_decode(r, &o->e, &o->at);
}

struct known {
	struct lw_sync_entry s;
	bool doubted;
};

static enum lw_err as_known(struct lw_rd *r, void *ret)
{
	struct known *k = ret;

	return lw_known_decode(r, &k->s, &k->doubted);
}

struct list {
	struct lw_ids *ids;
	uint64_t at;
};

/* What it made is not asked for. */
static enum lw_err as_ids(struct lw_rd *r, void *ret)
{
	struct list *l = ret;
	enum lw_err e = lw_ids_decode(r, &l->ids, &l->at);

	if (e == LW_OK)
		free(l->ids);
	return e;
}

static const struct lw_store_state a_state = {
	.domain = { "lightwave.test", 14 },
	.domain_sid = { DOMAIN_SID, sizeof(DOMAIN_SID) - 1 },
	.well_known_base = 500,
	.legacy_sids = true,
	.server = { "dc1", 3 },
	.highest = 4711,
	.replicated = true,
	.trusted = true,
	.confirmed = AT,
	.swept = AT - 1,
	.mark = AT + 1,
};

static void a_state_is_read_as_it_was_written(void **state)
{
	struct lw_store_state s;
	struct lw_rd r;

	(void)state;
	lw_state_encode(start(), &a_state);
	unit_only_whole(as_state, sizeof(s), &w, msg);
	r = written();
	assert_int_equal(lw_state_decode(&r, &s), LW_OK);
	unit_str_equal(s.domain, "lightwave.test");
	unit_str_equal(s.domain_sid, DOMAIN_SID);
	assert_int_equal(s.well_known_base, 500);
	assert_true(s.legacy_sids);
	unit_str_equal(s.server, "dc1");
	assert_int_equal(s.highest, 4711);
	assert_true(s.replicated && s.trusted);
	assert_int_equal(s.confirmed, AT);
	assert_int_equal(s.swept, AT - 1);
	assert_int_equal(s.mark, AT + 1);
}

static void another_format_is_no_state(void **state)
{
	static const uint32_t others[] = { 0, LW_STORE_FORMAT + 1, UINT32_MAX };
	struct lw_store_state s;

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++) {
		struct lw_rd r;

		lw_state_encode(start(), &a_state);
		lw_put_u32(msg, others[i]);
		r = written();
		assert_int_equal(lw_state_decode(&r, &s), LW_PROTO);
	}
}

/* replicated and trusted stand before three moments. */
static void yes_and_no_are_one_and_zero(void **state)
{
	struct lw_store_state s;

	(void)state;
	for (int before = 1; before <= 2; before++) {
		struct lw_rd r;

		lw_state_encode(start(), &a_state);
		w.p[-3 * 8 - before] = 2;
		r = written();
		assert_int_equal(lw_state_decode(&r, &s), LW_PROTO);
		w.p[-3 * 8 - before] = 0;
		r = written();
		assert_int_equal(lw_state_decode(&r, &s), LW_OK);
		assert_int_equal(s.trusted, before == 2);
		assert_int_equal(s.replicated, before == 1);
	}
}

static void a_name_is_read_as_it_was_written(void **state)
{
	const struct lw_store_name n = { AT, 4711, LW_STR(DOMAIN_SID "-1") };
	struct lw_store_name got;
	struct lw_rd r;

	(void)state;
	lw_store_name_encode(start(), &n);
	unit_only_whole(as_name, sizeof(got), &w, msg);
	r = written();
	assert_int_equal(lw_store_name_decode(&r, &got), LW_OK);
	assert_int_equal(got.at, AT);
	assert_int_equal(got.id, 4711);
	unit_str_equal(got.sid, DOMAIN_SID "-1");
}

static void no_text_has_a_nul(void **state)
{
	const struct lw_store_name n = { AT, 4711, LW_STR(DOMAIN_SID "-1") };
	struct lw_store_name got;
	struct lw_rd r;

	(void)state;
	lw_store_name_encode(start(), &n);
	w.p[-1] = '\0';
	r = written();
	assert_int_equal(lw_store_name_decode(&r, &got), LW_PROTO);
}

/* It goes through what an answer goes through: with the name it was given. */
static void an_object_is_read_as_an_entry(void **state)
{
	struct lw_sync_entry s = entry(LW_KIND_USER, "alice", 1025, "");
	lw_cleanup(lw_claims_done) struct lw_claims claims = { 0 };
	struct lw_policy p = policy();
	struct lw_object *o;
	struct object got;
	char why[128];
	struct lw_rd r;

	(void)state;
	s.e.uac = LW_UAC_LOCKED;
	assert_int_equal(lw_claims_init(&claims, &p, &s.e, 1), LW_OK);
	assert_int_equal(lw_policy_object(&p, &claims, 0, &o, why, sizeof(why)),
			 LW_OK);
	lw_object_encode(start(), o, AT);
	lw_object_free(o);
	unit_only_whole(as_object, sizeof(got), &w, msg);
	r = written();
	assert_int_equal(as_object(&r, &got), LW_OK);
	assert_int_equal(got.at, AT);
	assert_int_equal(got.e.kind, LW_KIND_USER);
	assert_int_equal(got.e.uac, LW_UAC_LOCKED);
	unit_str_equal(got.e.sam, "alice");
	unit_str_equal(got.e.upn, "alice@LIGHTWAVE.TEST");
	unit_str_equal(got.e.sid, DOMAIN_SID "-100-1025");
	unit_str_equal(got.e.given, "Alice Liddell");
	/* Neither a user nor a group. */
	msg[8] = 3;
	r = written();
	assert_int_equal(as_object(&r, &got), LW_PROTO);
}

static void a_group_of_the_replica_has_its_members(void **state)
{
	struct lw_replica *all = empty();
	struct known got;
	struct lw_known *k;
	struct lw_rd r;

	(void)state;
	assert_int_equal(put(all, LW_KIND_GROUP, "staff", 2002, "alice gone"),
			 LW_OK);
	k = lw_replica_by_sid(all, lw_str(DOMAIN_SID "-100-2002"));
	assert_non_null(k);
	lw_replica_doubt(all, k);
	lw_known_encode(start(), k);
	unit_only_whole(as_known, sizeof(got), &w, msg);
	r = written();
	assert_int_equal(as_known(&r, &got), LW_OK);
	assert_true(got.doubted);
	assert_int_equal(got.s.e.kind, LW_KIND_GROUP);
	unit_str_equal(got.s.e.sam, "staff");
	assert_int_equal(got.s.member_count, 2);
	unit_str_equal(lw_rd_str(&got.s.members), "cn=alice" BASE);
	unit_str_equal(lw_rd_str(&got.s.members), "cn=gone" BASE);
	/* A user has none. */
	msg[1] = LW_KIND_USER;
	r = written();
	assert_int_equal(as_known(&r, &got), LW_PROTO);
	msg[1] = LW_KIND_GROUP;
	msg[0] = 2;
	r = written();
	assert_int_equal(as_known(&r, &got), LW_PROTO);
	lw_replica_free(all);
}

static void ids_are_read_as_they_were_written(void **state)
{
	static const uint32_t some[] = { 545, 4711, UINT32_MAX };
	struct lw_ids *ids = calloc(1, sizeof(*ids) + sizeof(some));
	struct list got;
	struct lw_rd r;

	(void)state;
	assert_non_null(ids);
	memcpy(ids->id, some, sizeof(some));
	for (ids->n = 0; ids->n <= COUNT(some); ids->n++) {
		lw_ids_encode(start(), ids, AT);
		unit_only_whole(as_ids, sizeof(got), &w, msg);
		r = written();
		assert_int_equal(lw_ids_decode(&r, &got.ids, &got.at), LW_OK);
		assert_int_equal(got.at, AT);
		assert_int_equal(got.ids->n, ids->n);
		for (size_t i = 0; i < ids->n; i++)
			assert_int_equal(got.ids->id[i], some[i]);
		free(got.ids);
	}
	free(ids);
}

/* 4 bytes each, in 32 bits: as many as there are again. */
static void a_count_of_ids_is_not_believed(void **state)
{
	static const uint32_t counts[] = { 0, 2, 0x40000001, 0x80000001,
					   UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < COUNT(counts); i++) {
		struct list got;
		struct lw_rd r;

		lw_wr_u64(start(), AT);
		lw_wr_u32(&w, counts[i]);
		lw_wr_u32(&w, 4711);
		r = written();
		assert_int_equal(as_ids(&r, &got), LW_PROTO);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_state_is_read_as_it_was_written),
		cmocka_unit_test(another_format_is_no_state),
		cmocka_unit_test(yes_and_no_are_one_and_zero),
		cmocka_unit_test(a_name_is_read_as_it_was_written),
		cmocka_unit_test(no_text_has_a_nul),
		cmocka_unit_test(an_object_is_read_as_an_entry),
		cmocka_unit_test(a_group_of_the_replica_has_its_members),
		cmocka_unit_test(ids_are_read_as_they_were_written),
		cmocka_unit_test(a_count_of_ids_is_not_believed),
	};

	return cmocka_run_group_tests_name("store_record", tests, NULL, NULL);
}
