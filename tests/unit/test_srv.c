/*
 * test_srv.c - from a DNS message to servers in order, and no further with one
 * that is hostile.
 */
#include "unit.h"

#include "discover.h"
#include "srv.h"

#define SRV   33
#define CNAME 5

/* A DNS message that is put together as a name server would. */
struct message {
	uint8_t p[2048];
	size_t n;
};

static void put(struct message *m, const void *p, size_t n)
{
	assert_true(m->n + n <= sizeof(m->p));
	memcpy(m->p + m->n, p, n);
	m->n += n;
}

static void put_u16(struct message *m, unsigned v)
{
	put(m, (const uint8_t[]) { (uint8_t)(v >> 8), (uint8_t)v }, 2);
}

static void put_name(struct message *m, const char *name)
{
	while (*name) {
		uint8_t n = (uint8_t)strcspn(name, ".");

		put(m, &n, 1);
		put(m, name, n);
		name += n + (name[n] == '.');
	}
	put(m, "", 1);
}

static void start(struct message *m, unsigned answers)
{
	m->n = 0;
	put_u16(m, 1);	    /* id */
	put_u16(m, 0x8180); /* a response */
	put_u16(m, 1);
	put_u16(m, answers);
	put_u16(m, 0);
	put_u16(m, 0);
	put_name(m, "_ldap._tcp.lightwave.test");
	put_u16(m, SRV);
	put_u16(m, 1);
}

static void record(struct message *m, unsigned type, unsigned ttl,
		   unsigned priority, unsigned weight, const char *target)
{
	struct message data = { .n = 0 };

	put_u16(&data, priority);
	put_u16(&data, weight);
	put_u16(&data, 389);
	put_name(&data, target);
	put_u16(m, 0xC00C); /* the question's name */
	put_u16(m, type);
	put_u16(m, 1);
	put_u16(m, 0);
	put_u16(m, ttl);
	put_u16(m, (unsigned)data.n);
	put(m, data.p, data.n);
}

/* From the heap, so that one byte too far is seen. */
static enum lw_err decode(const struct message *m, size_t len, struct lw_srv *v,
			  size_t *n, uint32_t *ttl)
{
	uint8_t *copy = malloc(len ? len : 1);
	enum lw_err e;

	assert_non_null(copy);
	memcpy(copy, m->p, len);
	e = lw_srv_read(copy, len, v, n, ttl);
	free(copy);
	return e;
}

static void records_are_read(void **state)
{
	struct lw_srv v[LW_SRV_MAX];
	struct message m;
	uint32_t ttl;
	size_t n;

	(void)state;
	start(&m, 4);
	record(&m, SRV, 600, 10, 5, "dc1.lightwave.test");
	record(&m, CNAME, 5, 0, 0, "dc9.lightwave.test");
	record(&m, SRV, 300, 20, 0, "DC2.lightwave.test");
	record(&m, SRV, 900, 0, 0, ""); /* ".": no such service */
	assert_int_equal(decode(&m, m.n, v, &n, &ttl), LW_OK);
	assert_int_equal(n, 2);
	assert_int_equal(ttl, 300);
	assert_string_equal(v[0].host, "dc1.lightwave.test");
	assert_int_equal(v[0].priority, 10);
	assert_int_equal(v[0].weight, 5);
	assert_string_equal(v[1].host, "DC2.lightwave.test");
}

static void what_is_no_host_name_is_left_out(void **state)
{
	const char *const bad[] = { "dc1\n.test", "a b.test",  "../etc",
				    "-x.test",	  "dc1@.test", "d\\c.test" };
	struct lw_srv v[LW_SRV_MAX];
	struct message m;
	uint32_t ttl;
	size_t n;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		start(&m, 1);
		record(&m, SRV, 60, 0, 0, bad[i]);
		assert_int_equal(decode(&m, m.n, v, &n, &ttl), LW_NOTFOUND);
	}
	start(&m, 0);
	assert_int_equal(decode(&m, m.n, v, &n, &ttl), LW_NOTFOUND);
}

static void only_a_whole_message_is_read(void **state)
{
	struct lw_srv v[LW_SRV_MAX];
	struct message m;
	uint32_t ttl;
	size_t n;

	(void)state;
	start(&m, 2);
	record(&m, SRV, 600, 10, 5, "dc1.lightwave.test");
	record(&m, SRV, 600, 10, 5, "dc2.lightwave.test");
	for (size_t cut = 0; cut < m.n; cut++)
		assert_int_equal(decode(&m, cut, v, &n, &ttl), LW_PROTO);
	assert_int_equal(decode(&m, m.n, v, &n, &ttl), LW_OK);
}

/* Any byte may be anything: no crash, and hosts that are names. */
static void a_mangled_message_does_no_harm(void **state)
{
	struct lw_srv v[LW_SRV_MAX];
	uint32_t seed = 4711, ttl;
	struct message m;
	size_t n;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		start(&m, 2);
		record(&m, SRV, 600, 10, 5, "dc1.lightwave.test");
		record(&m, SRV, 600, 10, 5, "dc2.lightwave.test");
		for (int k = 0; k < 3; k++)
			m.p[unit_random(&seed) % m.n] =
				(uint8_t)unit_random(&seed);
		n = 0;
		if (decode(&m, m.n, v, &n, &ttl) != LW_OK)
			continue;
		assert_in_range(n, 1, LW_SRV_MAX);
		for (size_t k = 0; k < n; k++)
			assert_true(lw_host_valid(v[k].host));
	}
}

static void only_names_of_the_domain_are_inside_it(void **state)
{
	static const struct {
		const char *host;
		bool inside;
	} t[] = {
		{ "dc1.lightwave.test", true },
		{ "DC1.Lightwave.TEST", true },
		{ "dc1.berlin.lightwave.test", true },
		{ "lightwave.test", false },
		{ "dc1.evil-lightwave.test", false },
		{ "dc1lightwave.test", false },
		{ "dc1.lightwave.test.evil.test", false },
		{ "dc1.lightwave", false },
		{ "dc1", false },
		{ "test", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		if (lw_srv_inside(t[i].host, "lightwave.test") != t[i].inside)
			fail_msg("'%s'", t[i].host);
	}
}

static const struct lw_srv three[] = { { 10, 60, "a" },
				       { 10, 30, "b" },
				       { 10, 10, "c" } };

static void a_lower_priority_number_comes_first(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 50; seed++) {
		struct lw_srv v[] = { { 20, 100, "late" },
				      { 0, 0, "first" },
				      { 10, 1, "then" } };

		lw_srv_order(v, COUNT(v), seed);
		assert_string_equal(v[0].host, "first");
		assert_string_equal(v[1].host, "then");
		assert_string_equal(v[2].host, "late");
	}
}

static void weights_share_out_the_machines(void **state)
{
	unsigned first[3] = { 0 };

	(void)state;
	for (uint64_t seed = 0; seed < 10000; seed++) {
		struct lw_srv v[COUNT(three)];

		memcpy(v, three, sizeof(three));
		lw_srv_order(v, COUNT(v), seed * 7919);
		first[v[0].host[0] - 'a']++;
	}
	assert_in_range(first[0], 5700, 6300);
	assert_in_range(first[1], 2700, 3300);
	assert_in_range(first[2], 800, 1200);
}

/* Name servers rotate their answers; a machine keeps its server. */
static void the_order_does_not_hang_on_the_answer_s(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 100; seed++) {
		struct lw_srv v[] = { three[0], three[1], three[2] };
		struct lw_srv w[] = { three[2], three[0], three[1] };

		lw_srv_order(v, COUNT(v), seed);
		lw_srv_order(w, COUNT(w), seed);
		for (size_t i = 0; i < COUNT(v); i++)
			assert_string_equal(v[i].host, w[i].host);
	}
}

static enum lw_err decode_discovered(struct lw_rd *r, void *ret)
{
	return lw_discovered_decode(r, ret);
}

static void found_servers_travel_whole(void **state)
{
	struct lw_discovered d = { .ttl = 600, .n = 2 }, got;
	uint8_t buf[256];
	struct lw_wr w;
	struct lw_rd r;

	(void)state;
	strcpy(d.at[0].host, "dc1.lightwave.test");
	strcpy(d.at[1].host, "dc2.lightwave.test");
	lw_wr_init(&w, buf, sizeof(buf));
	lw_discovered_encode(&w, &d);
	unit_only_whole(decode_discovered, sizeof(got), &w, buf);
	lw_rd_init(&r, buf, (size_t)(w.p - buf));
	assert_int_equal(lw_discovered_decode(&r, &got), LW_OK);
	assert_int_equal(got.ttl, 600);
	assert_int_equal(got.n, 2);
	assert_string_equal(got.at[1].host, "dc2.lightwave.test");
	strcpy(d.at[1].host, "no host");
	lw_wr_init(&w, buf, sizeof(buf));
	lw_discovered_encode(&w, &d);
	lw_rd_init(&r, buf, (size_t)(w.p - buf));
	assert_int_equal(lw_discovered_decode(&r, &got), LW_PROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_read),
		cmocka_unit_test(what_is_no_host_name_is_left_out),
		cmocka_unit_test(only_a_whole_message_is_read),
		cmocka_unit_test(a_mangled_message_does_no_harm),
		cmocka_unit_test(only_names_of_the_domain_are_inside_it),
		cmocka_unit_test(a_lower_priority_number_comes_first),
		cmocka_unit_test(weights_share_out_the_machines),
		cmocka_unit_test(the_order_does_not_hang_on_the_answer_s),
		cmocka_unit_test(found_servers_travel_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
