/* test_rules.c - the domain's rules for passwords, and libkrb5's profile. */
#include "unit.h"

#include "kerberos.h"
#include "rules.h"

#include <unistd.h>

#define RULES (sizeof(struct lw_password_policy) / sizeof(uint32_t))

/* As a fresh vmdir has them. */
static const struct {
	const char *attr, *value;
	uint32_t means;
} vmdir[] = {
	{ "vmwPasswordMinLength", "8", 8 },
	{ "vmwPasswordMaxLength", "20", 20 },
	{ "vmwPasswordMinAlphabeticCount", "2", 2 },
	{ "vmwPasswordMinUpperCaseCount", "1", 1 },
	{ "vmwPasswordMinLowerCaseCount", "1", 1 },
	{ "vmwPasswordMinNumericCount", "1", 1 },
	{ "vmwPasswordMinSpecialCharCount", "1", 1 },
	{ "vmwPasswordMaxIdenticalAdjacentChars", "3", 3 },
	{ "vmwPasswordProhibitedPreviousCount", "5", 5 },
};

/* The members in their order, which is also the table's above. */
static void assert_rules(const struct lw_password_policy *p,
			 const uint32_t want[RULES])
{
	uint32_t got[] = { p->min_length,  p->max_length,    p->min_alphabetic,
			   p->min_upper,   p->min_lower,     p->min_numeric,
			   p->min_special, p->max_identical, p->history };

	for (size_t i = 0; i < RULES; i++)
		assert_int_equal(got[i], want[i]);
}

static void every_rule_is_read(void **state)
{
	struct lw_password_policy p;
	uint32_t want[RULES];

	(void)state;
	for (size_t i = 0; i < RULES; i++)
		want[i] = LW_NEVER;
	lw_rules_init(&p);
	assert_rules(&p, want);
	for (size_t i = 0; i < COUNT(vmdir); i++) {
		lw_rules_take(&p, vmdir[i].attr, lw_str(vmdir[i].value));
		want[i] = vmdir[i].means;
		assert_rules(&p, want);
	}
	lw_rules_take(&p, "vmwPasswordLifetimeDays", lw_str("90"));
	lw_rules_take(&p, "VMWPASSWORDMINLENGTH", lw_str("9"));
	want[0] = 9;
	lw_rules_end(&p, true);
	assert_rules(&p, want);
}

/* Each of them is asked for, or it would never come. */
static void every_rule_is_asked_for(void **state)
{
	size_t n = 0;

	(void)state;
	while (lw_rules_attrs[n])
		n++;
	assert_int_equal(n, COUNT(vmdir) + 1);
	assert_string_equal(lw_rules_attrs[0], "Enabled");
	for (size_t i = 0; i < COUNT(vmdir); i++) {
		bool asked = false;

		for (size_t j = 0; j < n; j++)
			asked |= !strcmp(lw_rules_attrs[j], vmdir[i].attr);
		assert_true(asked);
	}
}

static uint32_t value_of(const char *attr, struct lw_str value)
{
	struct lw_password_policy p;

	lw_rules_init(&p);
	p.min_length = p.max_length = 7;
	lw_rules_take(&p, attr, value);
	return !strcmp(attr, "vmwPasswordMinLength") ? p.min_length
						     : p.max_length;
}

static void nonsense_is_no_rule(void **state)
{
	static const char *const bad[] = {
		"",    "-1",  "x",    "8 ",    " 8",	"+8",	      "8.0",
		"0x8", "513", "9999", "10000", "00008", "4294967296", "\xd9\xa8"
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(
			value_of("vmwPasswordMinLength", lw_str(bad[i])),
			LW_NEVER);
	assert_int_equal(value_of("vmwPasswordMinLength", LW_STR("8\0")),
			 LW_NEVER);
	assert_int_equal(value_of("vmwPasswordMinLength", lw_str("0")), 0);
	assert_int_equal(value_of("vmwPasswordMinLength", lw_str("0512")), 512);
	assert_int_equal(value_of("vmwPasswordMaxLength", lw_str("1")), 1);
	/* No password could keep to it. */
	assert_int_equal(value_of("vmwPasswordMaxLength", lw_str("0")),
			 LW_NEVER);
}

static void rules_that_contradict_or_are_off_are_none(void **state)
{
	struct lw_password_policy p;

	(void)state;
	lw_rules_init(&p);
	p.min_length = 8;
	p.max_length = 7;
	lw_rules_end(&p, true);
	assert_int_equal(p.min_length, 8);
	assert_int_equal(p.max_length, LW_NEVER);
	lw_rules_init(&p);
	p.max_length = 7;
	lw_rules_end(&p, true);
	assert_int_equal(p.max_length, 7);
	p.min_length = 7;
	lw_rules_end(&p, true);
	assert_int_equal(p.max_length, 7);
	lw_rules_end(&p, false);
	assert_int_equal(p.min_length, LW_NEVER);
	assert_int_equal(p.max_length, LW_NEVER);
}

/*
 * A renewal of a ticket that is none crashes vmdir, and it makes tickets
 * renewable on RENEWABLE-OK, which libkrb5 asks for unless told otherwise.
 */
static void libkrb5_never_asks_for_renewal(void **state)
{
	char path[] = "/tmp/lightwave-test.XXXXXX";
	char *servers[] = { (char[]) { "dc1.lightwave.test" },
			    (char[]) { "dc2.lightwave.test" } };
	struct lw_config c = { .realm = (char[]) { "LIGHTWAVE.TEST" },
			       .servers = { servers, 2 } };
	char text[4096] = "";
	FILE *f;

	(void)state;
	close(mkstemp(path));
	assert_int_equal(lw_kerberos_configure(&c, path), LW_OK);
	f = fopen(path, "re");
	assert_non_null(f);
	assert_true(fread(text, 1, sizeof(text) - 1, f) > 0);
	fclose(f);
	unlink(path);
	assert_string_equal(getenv("KRB5_CONFIG"), path);
	assert_non_null(strstr(text, "\n  kdc_default_options = 0\n"));
	assert_null(strstr(text, "renew"));
	assert_null(strstr(text, "rc4"));
	assert_null(strstr(text, "arcfour"));
	/* The time is not the KDC's to say. */
	assert_non_null(strstr(text, "\n  kdc_timesync = 0\n"));
	assert_non_null(strstr(text, "\n    kdc = dc2.lightwave.test\n"));
	assert_non_null(
		strstr(text, "\n    kpasswd_server = dc2.lightwave.test\n"));
}

static void read_profile(char *ret, size_t len)
{
	FILE *f = fopen(getenv("KRB5_CONFIG"), "re");

	assert_non_null(f);
	ret[fread(ret, 1, len - 1, f)] = '\0';
	fclose(f);
}

static bool comes_first(const char *text, const char *host)
{
	const char *kdc = strstr(text, "    kdc = ");

	return kdc && !strncmp(kdc + 10, host, strlen(host));
}

static void who_was_waited_for_in_vain_is_asked_last(void **state)
{
	static const struct lw_endpoint at[] = {
		{ .host = "dc1.lightwave.test" },
		{ .host = "dc2.lightwave.test" }
	};
	char dir[] = "/tmp/lightwave-test.XXXXXX", text[4096];
	struct lw_config c = { .realm = (char[]) { "LIGHTWAVE.TEST" },
			       .domain = (char[]) { "lightwave.test" } };
	struct lw_setup s = { .config = &c, .ticket_dir = mkdtemp(dir) };

	(void)state;
	s.servers = lw_servers_new();
	assert_non_null(s.servers);
	lw_servers_replace(s.servers, at, 2);
	lw_kerberos_prefer(&s);
	read_profile(text, sizeof(text));
	assert_true(comes_first(text, at[0].host));
	assert_non_null(strstr(text, at[1].host));

	for (int i = 1; i <= 4; i++) {
		atomic_fetch_add(&s.servers->kdcs_missed, 1);
		lw_kerberos_prefer(&s);
		read_profile(text, sizeof(text));
		assert_true(comes_first(text, at[i % 2].host));
		assert_non_null(strstr(text, at[1 - i % 2].host));
	}

	/* Who is down is no choice. */
	assert_true(lw_servers_failed(s.servers, &at[0], INT64_MAX));
	lw_kerberos_prefer(&s);
	read_profile(text, sizeof(text));
	assert_true(comes_first(text, at[1].host));
	assert_null(strstr(text, "kdc = dc1"));
	unlink(getenv("KRB5_CONFIG"));
	rmdir(dir);
	lw_servers_free(s.servers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rule_is_read),
		cmocka_unit_test(every_rule_is_asked_for),
		cmocka_unit_test(nonsense_is_no_rule),
		cmocka_unit_test(who_was_waited_for_in_vain_is_asked_last),
		cmocka_unit_test(rules_that_contradict_or_are_off_are_none),
		cmocka_unit_test(libkrb5_never_asks_for_renewal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
