/* The users of a line, likewise's names among them, and cvtsudoers' JSON. */
#include "unit.h"

#include "likewise.h"
#include "sudoers_json.h"
#include "sudoers_words.h"

static void add(struct lw_str w, void *arg)
{
	char *got = arg;
	size_t n = strlen(got);

	snprintf(got + n, 4096 - n, "%.*s|", (int)w.n, w.s);
}

static void words_are(const char *line, const char *want)
{
	size_t n = strlen(line);
	char *copy = malloc(n ? n : 1), got[4096] = "";

	assert_non_null(copy);
	memcpy(copy, line, n);
	lw_sudoers_words((struct lw_str) { copy, n }, add, got);
	free(copy);
	assert_string_equal(got, want);
}

static void the_user_list_is_told_and_no_more(void **state)
{
	(void)state;
	words_are("root ALL=(ALL:ALL) ALL\n", "root|");
	words_are(" a , !b,\t!! %c\\ d, \"e, f\", +g, #12, %#13, %:x\\,y,"
		  "%:#14 ALL, h = /bin/x, y\n",
		  "a|b|%c\\ d|\"e, f\"|+g|#12|%#13|%:x\\,y|%:#14|");
	words_are("a, \\\n  b \\  \r\n, c ALL=ALL\n", "a|b|c|");
	words_are("D\\\\a\\x20b,c ALL=ALL", "D\\\\a\\x20b|c|");
	words_are("a", "a|");
	words_are("a,", "a|");
	words_are("", "");
	words_are("\"never closed", "\"never closed|");
	words_are("\"a \\\" b\" ALL", "\"a \\\" b\"|");
}

static void lists_of_other_things_are_passed_over(void **state)
{
	(void)state;
	words_are("Defaults:alice !x\n", "");
	words_are("Host_Alias H = a, b\n", "");
	words_are("Runas_Alias H = a, b\n", "");
	words_are("Cmnd_Alias H = a, b\n", "");
	words_are("User_Alias A = a, !b : B=c,\\\n d\n", "a|b|c|d|");
	words_are("User_Alias A = a b : C = d\n", "a|");
	words_are("User_Alias A\n", "");
}

static bool likewise(const char *word, struct lw_likewise *ret)
{
	static const char *const domains[] = { "lightwave.local", NULL, "",
					       "LW" };
	size_t n = strlen(word);
	char *copy = malloc(n ? n : 1);
	bool is;

	assert_non_null(copy);
	memcpy(copy, word, n);
	is = lw_likewise_word((struct lw_str) { copy, n }, domains, 4, ret);
	free(copy);
	return is;
}

static void likewises_names_are_known_however_they_are_escaped(void **state)
{
	static const struct {
		const char *word, *name;
		bool group;
	} words[] = {
		{ "lightwave.local\\\\Administrator", "Administrator", false },
		{ "LIGHTWAVE.LOCAL\\\\bob", "bob", false },
		{ "lw\\\\bob", "bob", false },
		{ "lightwave.local\\Administrator", "Administrator", false },
		{ "\"lightwave.local\\Administrator\"", "Administrator",
		  false },
		{ "\"lightwave.local\\\\Administrator\"", "Administrator",
		  false },
		{ "%LIGHTWAVE.LOCAL\\\\Linux^Admins", "Linux Admins", true },
		{ "%LIGHTWAVE.LOCAL\\\\Linux\\ Admins", "Linux Admins", true },
		{ "%LIGHTWAVE.LOCAL\\\\Linux\\x20Admins", "Linux Admins",
		  true },
		{ "\"%LIGHTWAVE.LOCAL\\Linux Admins\"", "Linux Admins", true },
		{ "%LW\\\\dev\\(ops\\)", "dev(ops)", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++) {
		struct lw_likewise l;

		assert_true(likewise(words[i].word, &l));
		assert_string_equal(l.name, words[i].name);
		assert_int_equal(l.group, words[i].group);
	}
}

static void other_words_are_not_likewises(void **state)
{
	static const char *const words[] = {
		"alice",
		"alice@lightwave.local",
		"other\\\\bob",
		"lightwave.local",
		"lightwave.local\\",
		"lightwave.local\\\\",
		"%:lightwave.local\\\\bob",
		"+lightwave.local\\\\bob",
		"xlightwave.local\\\\bob",
		"\\\\bob",
		"\"\"",
		"\"",
		"",
		"%",
		"lightwave.locals\\\\bob",
		"#1001",
	};
	struct lw_likewise l;
	char longest[LW_NAME_MAX + 32];

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++)
		assert_false(likewise(words[i], &l));
	snprintf(longest, sizeof(longest), "LW\\\\%0*d", LW_NAME_MAX - 1, 7);
	assert_true(likewise(longest, &l));
	snprintf(longest, sizeof(longest), "LW\\\\%0*d", LW_NAME_MAX, 7);
	assert_false(likewise(longest, &l));
}

static void reads_as(const char *text, const char *want)
{
	json_t *j = NULL;
	char *got;

	assert_int_equal(lw_sudoers_json(lw_str(text), &j), LW_OK);
	got = json_dumps(j, JSON_COMPACT);
	assert_string_equal(got, want);
	free(got);
	json_decref(j);
}

static void cvtsudoers_json_is_mended(void **state)
{
	(void)state;
	reads_as("{\"a\": [ {\"b\": 1}, \"c\" ]}", "{\"a\":[{\"b\":1},\"c\"]}");
	reads_as("{ \"Options\": [\n\"runchroot\": \"/x\",\n\"runcwd\" : "
		 "\"/y\",\n{ \"noexec\": true },\n\"t\": 300\n], \"b\": 1 }",
		 "{\"Options\":[{\"runchroot\":\"/x\"},{\"runcwd\":\"/y\"},"
		 "{\"noexec\":true},{\"t\":300}],\"b\":1}");
	reads_as("[\"caf\xE9\", \"a\\\"\\\\b\", \"\x01\", \"\xC3\xA9\"]",
		 "[\"caf\xEF\xBF\xBD\",\"a\\\"\\\\b\",\"\\u0001\","
		 "\"\xC3\xA9\"]");
}

static void what_is_no_json_is_an_error(void **state)
{
	static const char *const texts[] = { "",	 "{",	"[\"a",
					     "[\"a\\",	 "]]]", "{\"a\"}",
					     "[\"a\": ]" };
	char deep[4096];
	json_t *j = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_int_equal(lw_sudoers_json(lw_str(texts[i]), &j),
				 LW_PROTO);
	memset(deep, '[', sizeof(deep));
	assert_int_equal(
		lw_sudoers_json((struct lw_str) { deep, sizeof(deep) }, &j),
		LW_PROTO);
	assert_null(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_user_list_is_told_and_no_more),
		cmocka_unit_test(lists_of_other_things_are_passed_over),
		cmocka_unit_test(
			likewises_names_are_known_however_they_are_escaped),
		cmocka_unit_test(other_words_are_not_likewises),
		cmocka_unit_test(cvtsudoers_json_is_mended),
		cmocka_unit_test(what_is_no_json_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
