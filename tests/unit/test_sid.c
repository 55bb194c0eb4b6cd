/* test_sid.c - the id of a SID is likewise's, both ways, or there is none. */
#include "unit.h"

#include "sid.h"

#define DOMAIN "S-1-7-21-3080227618-571495328-3360055706-2260875924"

static const struct lw_idmap plain = { .domain_sid = DOMAIN };
static const struct lw_idmap legacy = { .domain_sid = DOMAIN,
					.legacy_sids = true };
static const struct lw_idmap moved = { .domain_sid = DOMAIN,
				       .well_known_base = 10000 };
static const struct lw_idmap moved_legacy = { .domain_sid = DOMAIN,
					      .well_known_base = 10000,
					      .legacy_sids = true };
static const struct lw_idmap small = { .domain_sid = "S-1-7-21-1-2-3-4" };

/* What the directory may send, and the id; 0 where there must be none. */
static const struct {
	const struct lw_idmap *map;
	const char *sid; /* below DOMAIN where it begins with '-' */
	uint32_t id;
	enum lw_err err;
} sids[] = {
	/* likewise's own examples */
	{ &plain, "-1-1025", 16778241, LW_OK },
	{ &plain, "-2-1001", 33555433, LW_OK },
	{ &plain, "-500", 500, LW_OK },
	{ &legacy, "-16778241", 16778241, LW_OK },
	{ &legacy, "-1-1025", 16778241, LW_OK },

	/* the edges of machine and RID */
	{ &plain, "-1-1", 0x01000001, LW_OK },
	{ &plain, "-1-16777215", 0x01FFFFFF, LW_OK },
	{ &plain, "-127-16777215", 0x7FFFFFFF, LW_OK },
	{ &plain, "-1-16777216", 0, LW_INVALID },

	/* RID 0 is nobody's, on whatever machine and by whatever map */
	{ &plain, "-0", 0, LW_INVALID },
	{ &legacy, "-0", 0, LW_INVALID },
	{ &moved, "-0", 0, LW_INVALID },
	{ &moved_legacy, "-0", 0, LW_INVALID },
	{ &plain, "-1-0", 0, LW_INVALID },
	{ &legacy, "-1-0", 0, LW_INVALID },
	{ &moved, "-1-0", 0, LW_INVALID },
	{ &moved_legacy, "-2-0", 0, LW_INVALID },
	{ &plain, "-127-0", 0, LW_INVALID },
	{ &plain, "-0-0", 0, LW_INVALID },
	{ &plain, "-1-00", 0, LW_INVALID },
	{ &plain, "-1-2147483648", 0, LW_INVALID },
	{ &plain, "-0-1025", 0, LW_INVALID },
	{ &plain, "-128-0", 0, LW_INVALID },
	{ &plain, "-128-1000", 0, LW_INVALID },
	{ &plain, "-255-16777215", 0, LW_INVALID },
	{ &plain, "-256-1025", 0, LW_INVALID },
	{ &plain, "-257-1025", 0, LW_INVALID },
	{ &plain, "-1-4294967295", 0, LW_INVALID },
	{ &plain, "-1-4294967296", 0, LW_INVALID },
	{ &plain, "-4294967297-1025", 0, LW_INVALID },
	{ &plain, "-1-18446744073709551617", 0, LW_INVALID },

	/* one part: well-known ones, and no others below 1000 */
	{ &plain, "-512", 512, LW_OK },
	{ &plain, "-513", 513, LW_OK },
	{ &plain, "-514", 514, LW_OK },
	{ &plain, "-515", 515, LW_OK },
	{ &plain, "-544", 544, LW_OK },
	{ &plain, "-545", 545, LW_OK },
	{ &plain, "-1", 0, LW_INVALID },
	{ &plain, "-100", 0, LW_INVALID },
	{ &plain, "-501", 0, LW_INVALID },
	{ &plain, "-502", 0, LW_INVALID },
	{ &plain, "-999", 0, LW_INVALID },
	{ &legacy, "-502", 0, LW_INVALID },
	{ &moved, "-500", 10500, LW_OK },
	{ &moved, "-502", 0, LW_INVALID },
	{ &moved, "-10500", 0, LW_INVALID },

	/* ... and above only where the administrator says so */
	{ &plain, "-1000", 0, LW_INVALID },
	{ &plain, "-16778241", 0, LW_INVALID },
	{ &legacy, "-1000", 1000, LW_OK },
	{ &legacy, "-2147483647", 2147483647, LW_OK },
	{ &legacy, "-2147483648", 0, LW_INVALID },
	{ &legacy, "-4294967295", 0, LW_INVALID },
	{ &legacy, "-4294967796", 0, LW_INVALID },
	{ &legacy, "-60001", 0, LW_INVALID },
	{ &legacy, "-65534", 0, LW_INVALID },
	{ &legacy, "-65536", 65536, LW_OK },
	{ &moved_legacy, "-10501", 10501, LW_OK },
	/* that id is Administrator's: an id has one owner */
	{ &moved_legacy, "-10500", 0, LW_INVALID },
	{ &moved_legacy, "-500", 10500, LW_OK },

	/* numbers have one spelling */
	{ &plain, "-01-1025", 0, LW_INVALID },
	{ &plain, "-1-01025", 0, LW_INVALID },
	{ &plain, "-0500", 0, LW_INVALID },
	{ &plain, "-0x1F4", 0, LW_INVALID },
	{ &plain, "-+500", 0, LW_INVALID },
	{ &plain, "- 500", 0, LW_INVALID },
	{ &plain, "-500 ", 0, LW_INVALID },
	{ &plain, "-1--1025", 0, LW_INVALID },
	{ &plain, "--1025", 0, LW_INVALID },
	{ &plain, "-1-", 0, LW_INVALID },
	{ &plain, "-", 0, LW_INVALID },

	/* other domains', and what only looks like ours */
	{ &plain, "-1-1025-7", 0, LW_NOTOURS },
	{ &plain, DOMAIN, 0, LW_NOTOURS },
	{ &small, "S-1-7-21-1-2-3-4-1-1025", 16778241, LW_OK },
	{ &small, "S-1-7-21-1-2-3-45-1-1025", 0, LW_NOTOURS },
	{ &small, "S-1-7-21-1-2-3-1-1025", 0, LW_NOTOURS },
	{ &plain, "S-1-7-21-3080227618-571495328-3360055706-1-1025", 0,
	  LW_NOTOURS },
	{ &plain, "S-1-7-21-3080227618-571495328-3360055706-226087592-1-1025",
	  0, LW_NOTOURS },
	{ &plain, "S-1-7-21-1604805504-317578674-977968053-259541063-1-1025", 0,
	  LW_NOTOURS },
	{ &plain, "S-1-5-21-1-2-3-500", 0, LW_NOTOURS },
	{ &plain, "S-1-7-32-544", 0, LW_NOTOURS },
	{ &plain, "s-1-7-21-1-2-3-4-500", 0, LW_INVALID },
	{ &plain, "S-2-7-21-1-2-3-4-500", 0, LW_INVALID },
	{ &plain, "S-1-", 0, LW_INVALID },
	{ &plain, "S-1-7-21-4294967296-2-3-4-500", 0, LW_INVALID },
	{ &plain, "500", 0, LW_INVALID },
	{ &plain, "", 0, LW_INVALID },
};

static void a_sid_has_the_id_that_likewise_gave_it_or_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(sids); i++) {
		const char *s = sids[i].sid;
		uint32_t id = 0xA5A5A5A5;
		char text[LW_SID_MAX];
		enum lw_err e;

		snprintf(text, sizeof(text), "%s%s", *s == '-' ? DOMAIN : "",
			 s);
		e = lw_sid_to_id(sids[i].map, lw_str(text), &id);
		if (e != sids[i].err ||
		    id != (e == LW_OK ? sids[i].id : 0xA5A5A5A5))
			fail_msg("%s: %s, id %u", text, lw_strerror(e), id);
	}
}

static void a_domain_without_sid_owns_nothing(void **state)
{
	static const struct lw_idmap none = { .domain_sid = "" };
	uint32_t id;

	(void)state;
	assert_int_equal(lw_sid_to_id(&none, LW_STR("S-1-500"), &id),
			 LW_NOTOURS);
	assert_int_equal(lw_sid_to_id(&none, LW_STR(DOMAIN "-500"), &id),
			 LW_NOTOURS);
}

static void a_nul_or_a_hundred_kilobytes_is_no_sid(void **state)
{
	size_t n = 100000;
	char *big = malloc(n);
	uint32_t id;

	(void)state;
	assert_non_null(big);
	for (size_t i = 0; i < n; i++)
		big[i] = i % 2 ? '-' : '1';
	memcpy(big, "S-1", 3);
	big[n - 1] = '1';
	assert_false(lw_sid_valid((struct lw_str) { big, n }));
	assert_int_equal(lw_sid_to_id(&plain, (struct lw_str) { big, n }, &id),
			 LW_INVALID);
	free(big);
	assert_false(lw_sid_valid(LW_STR(DOMAIN "-500\0")));
	assert_false(lw_sid_valid(LW_STR(DOMAIN "\0-500")));
}

static void what_systems_keep_is_never_served(void **state)
{
	static const struct {
		uint32_t from, to;
		bool servable;
	} t[] = {
		{ 0, 0, false },
		{ 1, 999, false },
		{ 1000, 60000, true },
		{ 60001, 60577, false },
		{ 60578, 61183, true },
		{ 61184, 65519, false },
		{ 65520, 65533, true },
		{ 65534, 65535, false },
		{ 65536, 65536, true },
		{ 0x01000000, 0x01000000, true },
		{ 0x7FFFFFFF, 0x7FFFFFFF, true },
		{ 0x80000000, 0x80000000, false },
		{ 0xFFFFFFFE, 0xFFFFFFFE, false },
		{ 0xFFFFFFFF, 0xFFFFFFFF, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		for (uint64_t id = t[i].from; id <= t[i].to; id++)
			assert_int_equal(lw_id_servable((uint32_t)id),
					 t[i].servable);
	}
}

static void an_id_leads_to_every_sid_that_may_have_it(void **state)
{
	static const struct {
		const struct lw_idmap *map;
		uint32_t id;
		const char *rids; /* NULL: nobody's */
	} t[] = {
		{ &plain, 16778241, "1-1025" },
		{ &plain, 33555433, "2-1001" },
		{ &plain, 500, "500" },
		{ &legacy, 16778241, "1-1025 16778241" },
		{ &legacy, 0x7FFFFFFF, "127-16777215 2147483647" },
		{ &legacy, 70000, "70000" },
		{ &legacy, 500, "500" },
		{ &plain, 0x01000000, NULL },
		{ &plain, 0x7F000000, NULL },
		{ &moved, 0x02000000, NULL },
		{ &legacy, 0x01000000, "16777216" },
		{ &plain, 0x01000001, "1-1" },
		{ &plain, 70000, NULL },
		{ &plain, 1000, NULL },
		{ &plain, 0, NULL },
		{ &plain, 501, NULL },
		{ &plain, 999, NULL },
		{ &plain, 0x80000000, NULL },
		{ &plain, 0xFFFFFFFF, NULL },
		{ &legacy, 60001, NULL },
		{ &legacy, 61184, NULL },
		{ &legacy, 65534, NULL },
		{ &moved, 10500, "500" },
		{ &moved, 500, NULL },
		{ &moved, 10501, NULL },
		{ &moved, 9500, NULL },
		{ &moved_legacy, 10500, "500" },
		{ &moved_legacy, 10501, "10501" },
		{ &moved_legacy, 500, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		char rids[LW_RID_MAX] = "";
		enum lw_err e = lw_id_to_rids(t[i].map, t[i].id, rids);

		assert_int_equal(e, t[i].rids ? LW_OK : LW_NOTOURS);
		assert_string_equal(rids, t[i].rids ? t[i].rids : "");
	}
}

static void well_known_ids_moved_onto_reserved_ones_are_nobodys(void **state)
{
	static const struct lw_idmap onto[] = {
		{ .domain_sid = DOMAIN, .well_known_base = 60000 },
		{ .domain_sid = DOMAIN, .well_known_base = 65034 },
		{ .domain_sid = DOMAIN, .well_known_base = UINT32_MAX - 499 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(onto); i++) {
		uint32_t id = onto[i].well_known_base + 500;
		char rids[LW_RID_MAX];

		assert_int_equal(
			lw_sid_to_id(&onto[i], LW_STR(DOMAIN "-500"), &id),
			LW_INVALID);
		assert_int_equal(lw_id_to_rids(&onto[i], id, rids), LW_NOTOURS);
	}
}

/* Each SID in rids, below DOMAIN, must lead back to id. */
static void leads_back(const struct lw_idmap *map, const char *rids,
		       uint32_t id)
{
	while (*rids) {
		size_t n = strcspn(rids, " ");
		char sid[LW_SID_MAX];
		uint32_t back = 0;
		enum lw_err e;

		snprintf(sid, sizeof(sid), DOMAIN "-%.*s", (int)n, rids);
		e = lw_sid_to_id(map, lw_str(sid), &back);
		if (e != LW_OK || back != id)
			fail_msg("%u: %s gives %u (%s)", id, sid, back,
				 lw_strerror(e));
		rids += n + strspn(rids + n, " ");
	}
}

/* Any id there is: its SIDs have it, and no other. */
static void every_way_from_an_id_leads_back_to_it(void **state)
{
	static const struct lw_idmap *const maps[] = { &plain, &legacy, &moved,
						       &moved_legacy };
	uint32_t random = 20031;

	(void)state;
	for (uint32_t i = 0; i < 200000; i++) {
		uint32_t id = i < 100000 ? i : unit_random(&random);
		const struct lw_idmap *map = maps[unit_random(&random) % 4];
		char rids[LW_RID_MAX];

		if (lw_id_to_rids(map, id, rids) == LW_OK)
			leads_back(map, rids, id);
	}
}

/* Any SID there is: if it has an id, the id's SIDs are it or its twin. */
static void every_way_from_a_sid_leads_back_to_it(void **state)
{
	static const struct lw_idmap *const maps[] = { &plain, &legacy, &moved,
						       &moved_legacy };
	uint32_t random = 4711, served = 0;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		const struct lw_idmap *map = maps[i % 4];
		uint32_t machine = unit_random(&random) % 260;
		uint32_t rid = unit_random(&random) >> machine % 31;
		char own[LW_RID_MAX], rids[LW_RID_MAX], sid[LW_SID_MAX];
		uint32_t id;

		if (i / 4 % 2)
			snprintf(own, sizeof(own), "%u-%u", machine, rid);
		else
			snprintf(own, sizeof(own), "%u", rid);
		snprintf(sid, sizeof(sid), DOMAIN "-%s", own);
		if (lw_sid_to_id(map, lw_str(sid), &id) != LW_OK)
			continue;
		served++;
		assert_int_equal(lw_id_to_rids(map, id, rids), LW_OK);
		leads_back(map, rids, id);
		for (char *w = strtok(rids, " "); strcmp(w, own) != 0;) {
			w = strtok(NULL, " ");
			assert_non_null(w);
		}
	}
	assert_true(served > 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_sid_has_the_id_that_likewise_gave_it_or_none),
		cmocka_unit_test(a_domain_without_sid_owns_nothing),
		cmocka_unit_test(a_nul_or_a_hundred_kilobytes_is_no_sid),
		cmocka_unit_test(what_systems_keep_is_never_served),
		cmocka_unit_test(an_id_leads_to_every_sid_that_may_have_it),
		cmocka_unit_test(
			well_known_ids_moved_onto_reserved_ones_are_nobodys),
		cmocka_unit_test(every_way_from_an_id_leads_back_to_it),
		cmocka_unit_test(every_way_from_a_sid_leads_back_to_it),
	};

	return cmocka_run_group_tests_name("sid", tests, NULL, NULL);
}
