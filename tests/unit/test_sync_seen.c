/* test_sync_seen.c - nothing that changed is missed, little comes twice. */
#include "unit.h"

#include "cleanup.h"
#include "dnset.h"
#include "sync_seen.h"

#define MARGIN 50

/* One poll: what is there now, and whether the answer arrives. */
struct poll {
	uint64_t from;
	int64_t now_ms;
	uint64_t there[4][2]; /* dn, usn; 0 ends */
};

/* Gives how many were reported, and how the answer ended. */
static size_t answer(struct lw_sync_seen *s, const struct poll *p,
		     uint64_t *ret_highest)
{
	uint64_t search = lw_sync_seen_ask(s, p->from, MARGIN, p->now_ms);
	uint64_t highest = p->from;
	size_t n = 0;

	for (size_t i = 0; i < COUNT(p->there) && p->there[i][0]; i++) {
		uint64_t dn = p->there[i][0], usn = p->there[i][1];

		if (usn < search)
			continue;
		highest = usn > highest ? usn : highest;
		if (!lw_sync_seen_new(s, dn, usn))
			continue;
		lw_sync_seen_add(s, dn, usn, p->now_ms);
		n++;
	}
	lw_sync_seen_end(s, highest);
	*ret_highest = highest;
	return n;
}

static void what_has_arrived_is_not_reported_again(void **state)
{
	lw_cleanup(lw_sync_seen_done) struct lw_sync_seen s = { 0 };
	struct poll p = { 1000, 1, { { 1, 990 }, { 2, 1001 }, { 3, 1002 } } };

	(void)state;
	assert_int_equal(answer(&s, &p, &p.from), 3);
	assert_int_equal(p.from, 1002);
	assert_int_equal(answer(&s, &p, &p.from), 0);
	p.there[0][1] = 1003; /* the same entry, changed again */
	assert_int_equal(answer(&s, &p, &p.from), 1);
	assert_int_equal(p.from, 1003);
	assert_int_equal(answer(&s, &p, &p.from), 0);
}

static void a_lost_answer_is_given_again(void **state)
{
	lw_cleanup(lw_sync_seen_done) struct lw_sync_seen s = { 0 };
	struct poll p = { 1000, 1, { { 1, 1001 } } };
	uint64_t lost;

	(void)state;
	assert_int_equal(answer(&s, &p, &lost), 1);
	assert_int_equal(answer(&s, &p, &lost), 1);
	assert_int_equal(answer(&s, &p, &p.from), 1);
	assert_int_equal(answer(&s, &p, &p.from), 0);
}

/* Nobody can tell whether an answer that ended where it began arrived. */
static void a_late_number_comes_until_it_is_sure(void **state)
{
	lw_cleanup(lw_sync_seen_done) struct lw_sync_seen s = { 0 };
	struct poll p = { 1000, 1, { { 1, 1010 } } };

	(void)state;
	assert_int_equal(answer(&s, &p, &p.from), 1);
	assert_int_equal(answer(&s, &p, &p.from), 0);
	p.there[1][0] = 2;
	p.there[1][1] = 1005; /* given out before 1010, committed after it */
	assert_int_equal(answer(&s, &p, &p.from), 1);
	assert_int_equal(answer(&s, &p, &p.from), 1);
	p.there[0][1] = 1011;
	assert_int_equal(answer(&s, &p, &p.from), 2);
	assert_int_equal(answer(&s, &p, &p.from), 0);
}

static void the_margin_is_dropped_only_after_a_quiet_time(void **state)
{
	lw_cleanup(lw_sync_seen_done) struct lw_sync_seen s = { 0 };

	(void)state;
	assert_int_equal(lw_sync_seen_ask(&s, 1000, MARGIN, 1000), 950);
	lw_sync_seen_add(&s, 1, 1000, 1000);
	lw_sync_seen_end(&s, 1000);
	assert_int_equal(lw_sync_seen_ask(&s, 1000, MARGIN, 30000), 950);
	lw_sync_seen_end(&s, 1000);
	/* Long enough, and not often enough. */
	assert_int_equal(lw_sync_seen_ask(&s, 1000, MARGIN, 200000), 950);
	lw_sync_seen_end(&s, 1000);
	assert_int_equal(lw_sync_seen_ask(&s, 1000, MARGIN, 201000), 950);
	lw_sync_seen_end(&s, 1000);
	assert_int_equal(lw_sync_seen_ask(&s, 1000, MARGIN, 202000), 1000);
	lw_sync_seen_add(&s, 2, 1001, 202000);
	lw_sync_seen_end(&s, 1001);
	/* Something is going on again. */
	assert_int_equal(lw_sync_seen_ask(&s, 1001, MARGIN, 203000), 951);
}

/* It comes with every idle answer from then on, and is no change. */
static void who_has_the_last_number_is_not_reported_again(void **state)
{
	lw_cleanup(lw_sync_seen_done) struct lw_sync_seen s = { 0 };
	struct poll p = { 1000, 1, { { 1, 999 }, { 2, 1001 } } };

	(void)state;
	assert_int_equal(answer(&s, &p, &p.from), 2);
	assert_int_equal(p.from, 1001);
	for (int i = 1; i < 10; i++) {
		p.now_ms += 60000;
		assert_int_equal(answer(&s, &p, &p.from), 0);
		assert_int_equal(p.from, 1001);
	}
	assert_int_equal(lw_sync_seen_ask(&s, 1001, MARGIN, p.now_ms), 1001);
}

static void another_asker_gets_the_whole_margin(void **state)
{
	lw_cleanup(lw_sync_seen_done) struct lw_sync_seen s = { 0 };
	struct poll p = { 1000, 1, { { 1, 1001 } } };
	uint64_t highest;

	(void)state;
	assert_int_equal(answer(&s, &p, &p.from), 1);
	assert_int_equal(answer(&s, &p, &p.from), 0);
	p.from = 1000;
	assert_int_equal(answer(&s, &p, &highest), 1);
	assert_int_equal(lw_sync_seen_ask(&s, 10, MARGIN, 2), 1);
}

/* What does not fit is reported again, and what fits takes bounded room. */
static void it_stays_bounded(void **state)
{
	lw_cleanup(lw_sync_seen_done) struct lw_sync_seen s = { 0 };

	(void)state;
	lw_sync_seen_ask(&s, 1, MARGIN, 1);
	for (uint64_t i = 2; i < 2 * LW_SYNC_SEEN_MAX; i++)
		lw_sync_seen_add(&s, i, i, 1);
	lw_sync_seen_end(&s, 2 * LW_SYNC_SEEN_MAX);
	assert_int_equal(s.last.n, LW_SYNC_SEEN_MAX);
	lw_sync_seen_ask(&s, 2 * LW_SYNC_SEEN_MAX, MARGIN, 2);
	assert_int_equal(s.known.n, LW_SYNC_SEEN_MAX);
	assert_true(lw_sync_seen_new(&s, 2 * LW_SYNC_SEEN_MAX - 1,
				     2 * LW_SYNC_SEEN_MAX - 1));
	assert_false(lw_sync_seen_new(&s, 2, 2));
}

static void an_entry_without_a_number_is_always_new(void **state)
{
	lw_cleanup(lw_sync_seen_done) struct lw_sync_seen s = { 0 };

	(void)state;
	lw_sync_seen_ask(&s, 1000, MARGIN, 1);
	lw_sync_seen_add(&s, 1, 0, 1);
	lw_sync_seen_end(&s, 1001);
	lw_sync_seen_ask(&s, 1001, MARGIN, 2);
	assert_true(lw_sync_seen_new(&s, 1, 0));
}

static void dns_are_met_in_any_case_of_letters(void **state)
{
	lw_cleanup(lw_dnset_done) struct lw_dnset s = { 0 };
	char dn[32];

	(void)state;
	assert_null(lw_dnset_find(&s, 1));
	for (unsigned int i = 0; i < 5000; i++) {
		snprintf(dn, sizeof(dn), "cn=U%u,DC=x", i);
		assert_int_equal(lw_dnset_add(&s, lw_dn_hash(lw_str(dn)), i),
				 LW_OK);
	}
	for (unsigned int i = 0; i < 5000; i++) {
		const struct lw_dnset_item *it;

		snprintf(dn, sizeof(dn), "CN=u%u,dc=X", i);
		it = lw_dnset_find(&s, lw_dn_hash(lw_str(dn)));
		assert_non_null(it);
		assert_int_equal(it->number, i);
		assert_int_equal(lw_dnset_add(&s, it->hash, i + 1), LW_RANGE);
	}
	assert_int_equal(s.n, 5000);
	assert_null(lw_dnset_find(&s, lw_dn_hash(LW_STR("cn=u5000,dc=x"))));
}

static void the_highest_number_up_to_another(void **state)
{
	lw_cleanup(lw_dnset_done) struct lw_dnset s = { 0 };

	(void)state;
	assert_int_equal(lw_dnset_highest(&s, UINT64_MAX), 0);
	for (uint64_t i = 1; i < 200; i++)
		lw_dnset_add(&s, i, 10 * i);
	assert_int_equal(lw_dnset_highest(&s, UINT64_MAX), 1990);
	assert_int_equal(lw_dnset_highest(&s, 1000), 1000);
	assert_int_equal(lw_dnset_highest(&s, 1009), 1000);
	assert_int_equal(lw_dnset_highest(&s, 9), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_has_arrived_is_not_reported_again),
		cmocka_unit_test(a_lost_answer_is_given_again),
		cmocka_unit_test(a_late_number_comes_until_it_is_sure),
		cmocka_unit_test(the_margin_is_dropped_only_after_a_quiet_time),
		cmocka_unit_test(who_has_the_last_number_is_not_reported_again),
		cmocka_unit_test(another_asker_gets_the_whole_margin),
		cmocka_unit_test(it_stays_bounded),
		cmocka_unit_test(an_entry_without_a_number_is_always_new),
		cmocka_unit_test(dns_are_met_in_any_case_of_letters),
		cmocka_unit_test(the_highest_number_up_to_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
