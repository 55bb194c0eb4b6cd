/* test_endpoint.c - which texts name a server, and which one. */
#include "unit.h"

#include "endpoint.h"

static void what_names_a_server_is_taken_apart(void **state)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
		const char *again;
	} t[] = {
		{ "dc1", "dc1", 0, "dc1:636" },
		{ "dc1.lightwave.test", "dc1.lightwave.test", 0,
		  "dc1.lightwave.test:636" },
		{ "dc1.lightwave.test:11712", "dc1.lightwave.test", 11712,
		  "dc1.lightwave.test:11712" },
		{ "192.0.2.7:1", "192.0.2.7", 1, "192.0.2.7:1" },
		{ "[2001:db8::1]", "2001:db8::1", 0, "[2001:db8::1]:636" },
		{ "[::1]:65535", "::1", 65535, "[::1]:65535" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		char again[LW_ENDPOINT_MAX];
		struct lw_endpoint e;

		assert_int_equal(lw_endpoint_parse(t[i].text, &e), LW_OK);
		assert_string_equal(e.host, t[i].host);
		assert_int_equal(e.port, t[i].port);
		lw_endpoint_format(&e, 636, again);
		assert_string_equal(again, t[i].again);
	}
}

static void everything_else_names_none(void **state)
{
	static const char *const t[] = {
		"",
		":636",
		"dc1:",
		"dc1:0",
		"dc1:65536",
		"dc1:636x",
		"dc1:+636",
		"dc1:6 36",
		"dc1:000636",
		"dc 1",
		"dc_1",
		"-dc",
		"dc-",
		"dc..x",
		"dc.",
		"ldaps://dc1",
		"2001:db8::1",
		"[2001:db8::1",
		"[dc1]",
		"[::1]636",
		"[::1]:",
		"[]:636",
		"dc1/x",
		"[::1%lo]:636",
	};
	struct lw_endpoint e = { "kept", 7 };

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		if (lw_endpoint_parse(t[i], &e) != LW_INVALID)
			fail_msg("'%s' was taken", t[i]);
	}
	assert_string_equal(e.host, "kept");
}

static void a_name_is_as_long_as_the_dns_has_them(void **state)
{
	char name[LW_HOST_MAX + 1];
	struct lw_endpoint e;

	(void)state;
	for (size_t i = 0; i < sizeof(name); i++)
		name[i] = i % 60 == 59 ? '.' : 'a';
	name[LW_HOST_MAX] = '\0';
	assert_int_equal(lw_endpoint_parse(name, &e), LW_INVALID);
	name[LW_HOST_MAX - 1] = '\0';
	assert_int_equal(lw_endpoint_parse(name, &e), LW_OK);
	assert_string_equal(e.host, name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_names_a_server_is_taken_apart),
		cmocka_unit_test(everything_else_names_none),
		cmocka_unit_test(a_name_is_as_long_as_the_dns_has_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
