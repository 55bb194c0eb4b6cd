/* test_addrs.c - what is known of servers' addresses, and for how long. */
#include "unit.h"

#include "addrs.h"

#define NOW INT64_C(1000000)

static struct lw_addrs table;

static struct lw_addrs_of one(const char *host, uint16_t port, uint32_t n)
{
	struct lw_addrs_of of = { .known_ms = NOW, .asked_ms = NOW, .n = n };

	snprintf(of.at.host, sizeof(of.at.host), "%s", host);
	of.at.port = port;
	return of;
}

static int start(void **state)
{
	(void)state;
	memset(&table, 0, sizeof(table));
	return 0;
}

static void a_server_is_its_name_and_port(void **state)
{
	struct lw_addrs_of a = one("dc1.lightwave.test", 636, 1), got;
	struct lw_addrs_of b = one("dc1.lightwave.test", 389, 2);

	(void)state;
	assert_false(lw_addrs_get(&table, &a.at, &got));
	lw_addrs_put(&table, &a);
	assert_false(lw_addrs_get(&table, &b.at, &got));
	lw_addrs_put(&table, &b);
	assert_true(lw_addrs_get(&table, &a.at, &got));
	assert_int_equal(got.n, 1);
	a.n = 3;
	lw_addrs_put(&table, &a);
	assert_true(lw_addrs_get(&table, &a.at, &got));
	assert_int_equal(got.n, 3);
	assert_true(lw_addrs_get(&table, &b.at, &got));
	assert_int_equal(got.n, 2);
}

static void what_is_half_written_is_not_known(void **state)
{
	struct lw_addrs_of a = one("dc1.lightwave.test", 636, 1), got;
	uint8_t *bytes = (uint8_t *)&table;

	(void)state;
	lw_addrs_put(&table, &a);
	for (size_t i = 0; i < sizeof(table.one[0]); i++) {
		bytes[i] ^= 0x10;
		assert_false(lw_addrs_get(&table, &a.at, &got));
		bytes[i] ^= 0x10;
	}
	assert_true(lw_addrs_get(&table, &a.at, &got));
	/* ... and is in nobody's way. */
	bytes[0] ^= 1;
	lw_addrs_put(&table, &a);
	assert_true(lw_addrs_get(&table, &a.at, &got));
}

static void the_earliest_makes_room(void **state)
{
	struct lw_addrs_of of, got;
	char host[32];

	(void)state;
	for (int i = 0; i <= LW_ADDRS_MAX; i++) {
		snprintf(host, sizeof(host), "dc%d.lightwave.test", i);
		of = one(host, 636, 1);
		of.asked_ms = NOW + (i == 7 ? -1 : i);
		lw_addrs_put(&table, &of);
	}
	assert_true(lw_addrs_get(&table, &of.at, &got));
	of = one("dc7.lightwave.test", 636, 1);
	assert_false(lw_addrs_get(&table, &of.at, &got));
	of = one("dc8.lightwave.test", 636, 1);
	assert_true(lw_addrs_get(&table, &of.at, &got));
}

static void names_are_looked_up_again(void **state)
{
	struct lw_addrs_of of = one("dc1.lightwave.test", 636, 1);

	(void)state;
	assert_false(lw_addrs_due(&of, NOW));
	assert_false(lw_addrs_due(&of, NOW + LW_ADDRS_FRESH_MS - 1));
	assert_true(lw_addrs_due(&of, NOW + LW_ADDRS_FRESH_MS));
	/* Somebody has, in vain. */
	of.asked_ms = NOW + LW_ADDRS_FRESH_MS;
	assert_false(lw_addrs_due(&of, of.asked_ms + LW_ADDRS_AGAIN_MS - 1));
	assert_true(lw_addrs_due(&of, of.asked_ms + LW_ADDRS_AGAIN_MS));
	/* They did not answer. */
	of = one("dc1.lightwave.test", 636, 1);
	of.known_ms = 0;
	assert_false(lw_addrs_due(&of, NOW + LW_ADDRS_AGAIN_MS - 1));
	assert_true(lw_addrs_due(&of, NOW + LW_ADDRS_AGAIN_MS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_server_is_its_name_and_port, start),
		cmocka_unit_test_setup(what_is_half_written_is_not_known,
				       start),
		cmocka_unit_test_setup(the_earliest_makes_room, start),
		cmocka_unit_test_setup(names_are_looked_up_again, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
