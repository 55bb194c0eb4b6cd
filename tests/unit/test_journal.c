/* test_journal.c - a record of the journal: a field is a line, whatever it
 * says. */
#include "unit.h"

#include "journal.h"

static uint8_t record[LW_JOURNAL_MAX];
static struct lw_wr w;

static int setup(void **state)
{
	(void)state;
	memset(record, 0, sizeof(record));
	lw_wr_init(&w, record, sizeof(record) - 1);
	return 0;
}

static void is(const char *want)
{
	assert_int_equal(lw_wr_end(&w), LW_OK);
	assert_string_equal((const char *)record, want);
}

static void a_field_is_a_line(void **state)
{
	(void)state;
	lw_journal_put(&w, "MESSAGE", LW_STR("hello = you"));
	lw_journal_put(&w, "EMPTY", LW_STR(""));
	lw_journal_put(&w, "NAME", LW_STR("\xc3\xa4lice"));
	is("MESSAGE=hello = you\nNAME=\xc3\xa4lice\n");
}

static void no_value_begins_another(void **state)
{
	(void)state;
	lw_journal_put(&w, "A", LW_STR("1\nB=2\r\n\nC\x1b[0m\x7f\xff\xc2\x9b"));
	is("A=1\\x0AB=2\\x0D\\x0A\\x0AC\\x1B[0m\\x7F\\xFF\\xC2\\x9B\n");
}

static void what_is_too_long_is_cut_off(void **state)
{
	static char text[3 * LW_JOURNAL_VALUE];

	(void)state;
	memset(text, '\n', sizeof(text));
	lw_journal_put(&w, "A", (struct lw_str) { text, sizeof(text) });
	assert_int_equal(lw_wr_end(&w), LW_OK);
	assert_true(w.p - record <= LW_JOURNAL_VALUE + 2);
	assert_true(w.p - record > LW_JOURNAL_VALUE - 8);
	assert_ptr_equal(strchr((const char *)record, '\n'), w.p - 1);
}

static void who_takes_nothing_is_told_so(void **state)
{
	struct lw_journal j;

	(void)state;
	lw_journal_put(&w, "MESSAGE", LW_STR("hello"));
	lw_journal_init(&j, NULL);
	assert_int_equal(lw_journal_send(&j, &w, record), LW_OFFLINE);
	lw_journal_done(&j);
	lw_journal_init(&j, "/nowhere/socket");
	assert_int_equal(lw_journal_send(&j, &w, record), LW_OFFLINE);
	lw_journal_done(&j);
	/* A path that no socket can have. */
	memset(record, 'x', 200);
	lw_journal_init(&j, (const char *)record);
	assert_int_equal(lw_journal_send(&j, &w, record), LW_OFFLINE);
	lw_journal_done(&j);
}

/* The four kinds of records, wherever people read of them. */
static void every_kind_of_record_is_told_of(void **state)
{
	static const char *const told[] = {
		"packaging/systemd/lightwave-login.catalog",
		"doc/man/lightwaved.8",
	};
	char *code = unit_source("lightwaved/front/audit.c");
	unsigned int kinds = 0;

	(void)state;
	for (const char *p = code; (p = strstr(p, "_ID")); p++) {
		char id[40];

		if (sscanf(p, "_ID %*[\"]%32[0-9a-f]", id) != 1)
			continue;
		assert_int_equal(strlen(id), 32);
		kinds++;
		for (size_t i = 0; i < COUNT(told); i++) {
			char *text = unit_source(told[i]);

			if (!strstr(text, id))
				fail_msg("%s does not tell of %s", told[i], id);
			free(text);
		}
	}
	assert_int_equal(kinds, 4);
	free(code);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_field_is_a_line, setup),
		cmocka_unit_test_setup(no_value_begins_another, setup),
		cmocka_unit_test_setup(what_is_too_long_is_cut_off, setup),
		cmocka_unit_test_setup(who_takes_nothing_is_told_so, setup),
		cmocka_unit_test(every_kind_of_record_is_told_of),
	};

	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
