/* test_entry.c - SIDs in both forms, filters, and answers built of entries. */
#include "unit.h"

#include "answer.h"
#include "cleanup.h"
#include "filter.h"
#include "objsid.h"
#include "strset.h"

#define DOMAIN "S-1-7-21-1-2-3-4"

/* From a heap copy of just n bytes, so that ASan sees one byte too far. */
static enum lw_err decode(const void *raw, size_t n, char ret[LW_SID_MAX])
{
	char *copy = malloc(n ? n : 1);
	enum lw_err e;

	assert_non_null(copy);
	memcpy(copy, raw, n);
	e = lw_objsid_decode((struct lw_str) { copy, n }, ret);
	free(copy);
	return e;
}

static void text_sids_are_taken_as_they_are(void **state)
{
	static const char text[] = DOMAIN "-1-1025";
	char sid[LW_SID_MAX];

	(void)state;
	assert_int_equal(decode(text, sizeof(text) - 1, sid), LW_OK);
	assert_string_equal(sid, text);
}

static const uint8_t binary[] = { 1,	4,    0,    0,	  0,	0, 0,	 5,
				  21,	0,    0,    0,	  0xD2, 2, 0x96, 0x49,
				  0xFF, 0xFF, 0xFF, 0xFF, 0xF4, 1, 0,	 0 };

static void binary_sids_become_text(void **state)
{
	char sid[LW_SID_MAX];

	(void)state;
	assert_int_equal(decode(binary, sizeof(binary), sid), LW_OK);
	assert_string_equal(sid, "S-1-5-21-1234567890-4294967295-500");
}

static void only_whole_binary_sids_decode(void **state)
{
	uint8_t longer[sizeof(binary) + 1] = { 0 };
	char sid[LW_SID_MAX];

	(void)state;
	memcpy(longer, binary, sizeof(binary));
	for (size_t n = 0; n < sizeof(binary); n++)
		assert_int_equal(decode(binary, n, sid), LW_INVALID);
	assert_int_equal(decode(longer, sizeof(longer), sid), LW_INVALID);
}

static void the_longest_binary_sid_fits(void **state)
{
	uint8_t raw[8 + 4 * 15];
	char sid[LW_SID_MAX];

	(void)state;
	memset(raw, 0xFF, sizeof(raw));
	raw[0] = 1;
	raw[1] = 15;
	assert_int_equal(decode(raw, sizeof(raw), sid), LW_INVALID);
	raw[2] = raw[3] = 0; /* the authority: what text can say */
	assert_int_equal(decode(raw, sizeof(raw), sid), LW_OK);
	assert_int_equal(strlen(sid), strlen("S-1-4294967295") + 15 * 11);
	raw[1] = 16;
	assert_int_equal(decode(raw, sizeof(raw), sid), LW_INVALID);
}

static void what_is_no_sid_is_refused(void **state)
{
	static const char *const bad[] = {
		"",	    "S",	   "S-1-",	  "S-1-7-",
		"S-2-7-21", "S-1-7-21-1 ", "S-1-7-21--1", "S-1-7-21-1)(cn=*",
		"s-1-7-21", "alice",
	};
	char sid[LW_SID_MAX], nul[] = "S-1-7-21-1\0-500", huge[LW_SID_MAX + 8];

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(decode(bad[i], strlen(bad[i]), sid),
				 LW_INVALID);
	assert_int_equal(decode(nul, sizeof(nul) - 1, sid), LW_INVALID);
	memset(huge, '1', sizeof(huge));
	memcpy(huge, "S-1-7-", 6);
	assert_int_equal(decode(huge, LW_SID_MAX, sid), LW_INVALID);
}

/* The value is one value, whatever is in it. */
static void assert_filter(struct lw_str value, const char *want)
{
	const char *text;
	struct lw_wr w;

	lw_wr_heap(&w, LW_FILTER_MAX);
	lw_filter_pair(&w, "cn", value);
	text = lw_filter_end(&w);
	assert_non_null(text);
	assert_string_equal(text, want);
	lw_wr_done(&w);
}

static void hostile_values_stay_values(void **state)
{
	(void)state;
	assert_filter(lw_str("alice"), "(cn=alice)");
	assert_filter(lw_str("*"), "(cn=\\2A)");
	assert_filter(lw_str("*)(uid=*"), "(cn=\\2A\\29\\28uid=\\2A)");
	assert_filter(lw_str("a\\2a"), "(cn=a\\5C2a)");
	assert_filter(LW_STR("a\0b"), "(cn=a\\00b)");
	assert_filter(lw_str("cn=x,dc=y"), "(cn=cn=x,dc=y)");
}

static void every_byte_survives(void **state)
{
	(void)state;
	for (unsigned int c = 0; c < 256; c++) {
		char value[] = { 'a', (char)c, 'b' };
		const char *text, *in;
		struct lw_wr w;

		lw_wr_heap(&w, LW_FILTER_MAX);
		lw_filter_pair(&w, "cn", (struct lw_str) { value, 3 });
		text = lw_filter_end(&w);
		assert_non_null(text);
		assert_memory_equal(text, "(cn=a", 5);
		in = text + 5;
		if (*in == '\\')
			assert_int_equal(
				strtoul((char[]) { in[1], in[2], 0 }, NULL, 16),
				c);
		else
			assert_int_equal((unsigned char)*in, c);
		/* Nothing that means something to a filter. */
		if (strchr("*()\\", (int)c) || c == 0)
			assert_int_equal(*in, '\\');
		lw_wr_done(&w);
	}
}

static void a_filter_without_value_is_none(void **state)
{
	struct lw_wr w;

	(void)state;
	lw_wr_heap(&w, LW_FILTER_MAX);
	lw_filter_pair(&w, "cn", LW_STR(""));
	assert_null(lw_filter_end(&w));
	lw_wr_done(&w);

	lw_wr_heap(&w, 8);
	lw_filter_pair(&w, "sAMAccountName", LW_STR("alice"));
	assert_null(lw_filter_end(&w));
	lw_wr_done(&w);
}

static void sets_ignore_case_and_keep_order(void **state)
{
	lw_cleanup(lw_strset_done) struct lw_strset s = { 0 };
	char name[16];

	(void)state;
	for (unsigned int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "cn=U%u", i);
		assert_int_equal(lw_strset_add(&s, lw_str(name)), LW_OK);
	}
	for (unsigned int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "CN=u%u", i);
		assert_int_equal(lw_strset_add(&s, lw_str(name)), LW_RANGE);
		name[0] = 'c', name[1] = 'n', name[3] = 'U';
		assert_string_equal(s.v[i], name);
	}
	assert_int_equal(s.n, 5000);
}

static struct lw_entry entry(const char *sid, const char *sam)
{
	return (struct lw_entry) { .kind = LW_KIND_GROUP,
				   .dn = LW_STR("cn=x"),
				   .sid = lw_str(sid),
				   .sam = lw_str(sam) };
}

/* What was asked for stands first, the others after it, nobody twice. */
static void answers_hold_each_entry_once(void **state)
{
	struct lw_entry a = entry(DOMAIN "-1-1", "a");
	struct lw_entry b = entry(DOMAIN "-1-2", "b");
	struct lw_entries got;
	struct lw_answer answer;
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	lw_wr_heap(&w, 4096);
	lw_answer_init(&answer, &w, LW_STR(DOMAIN));
	assert_int_equal(lw_answer_add(&answer, &a), LW_OK);
	lw_answer_others(&answer);
	assert_int_equal(lw_answer_add(&answer, &a), LW_OK);
	assert_int_equal(lw_answer_add(&answer, &b), LW_OK);
	assert_int_equal(lw_answer_end(&answer), LW_OK);

	lw_rd_init(&r, w.base, (size_t)(w.p - w.base));
	assert_int_equal(lw_entries_decode(&r, &got), LW_OK);
	unit_str_equal(got.domain_sid, DOMAIN);
	assert_int_equal(got.primary, 1);
	assert_int_equal(got.count, 2);
	unit_str_equal(lw_entry_decode(&got.each).sam, "a");
	unit_str_equal(lw_entry_decode(&got.each).sam, "b");
	lw_answer_done(&answer);
	lw_wr_done(&w);
}

static void an_answer_that_does_not_fit_is_an_error(void **state)
{
	struct lw_entry a = entry(DOMAIN "-1-1", "a");
	struct lw_answer answer;
	struct lw_wr w;

	(void)state;
	lw_wr_heap(&w, 64);
	lw_answer_init(&answer, &w, LW_STR(DOMAIN));
	assert_int_equal(lw_answer_add(&answer, &a), LW_RANGE);
	assert_int_equal(lw_answer_end(&answer), LW_RANGE);
	lw_answer_done(&answer);
	lw_wr_done(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_sids_are_taken_as_they_are),
		cmocka_unit_test(binary_sids_become_text),
		cmocka_unit_test(only_whole_binary_sids_decode),
		cmocka_unit_test(the_longest_binary_sid_fits),
		cmocka_unit_test(what_is_no_sid_is_refused),
		cmocka_unit_test(hostile_values_stay_values),
		cmocka_unit_test(every_byte_survives),
		cmocka_unit_test(a_filter_without_value_is_none),
		cmocka_unit_test(sets_ignore_case_and_keep_order),
		cmocka_unit_test(answers_hold_each_entry_once),
		cmocka_unit_test(an_answer_that_does_not_fit_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
