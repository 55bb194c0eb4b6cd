/*
 * test_watch.c - when servers are probed and searched for, and that whoever
 * has no memory for it tries again. The pools only say what they were asked.
 */
#include "unit.h"

#include "clock.h"
#include "discover.h"
#include "probe.h"
#include "slot.h"
#include "watch.h"

/* ---- the pools --------------------------------------------------------- */
static unsigned int probes, searches, tests;
static char domain[] = "lightwave.test";
static enum lw_err room; /* for another job */

enum lw_err lw_pool_submit(struct lw_pool *p, struct lw_peer *from,
			   struct lw_body *b)
{
	(void)p;
	assert_null(from);
	probes += b->h.op == LW_OP_PROBE_SERVER;
	searches += b->h.op == LW_OP_DISCOVER;
	tests += b->h.op == LW_OP_SELFTEST;
	if (room == LW_OK)
		lw_body_done(b);
	return room;
}

void lw_body_done(struct lw_body *b)
{
	free(b->p);
	b->p = NULL;
}

void lw_slot_alarm(struct event *ev, int64_t at_ms)
{
	(void)ev;
	(void)at_ms;
}

void lw_probe_encode(struct lw_wr *w, const struct lw_endpoint *at)
{
	lw_wr_str(w, lw_str(at->host));
	lw_wr_u16(w, at->port);
}

static int begin(void **state)
{
	struct lw_watch *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->servers = lw_servers_new();
	assert_int_equal(lw_watch_init(w, event_base_new()), LW_OK);
	probes = searches = tests = 0;
	room = LW_OK;
	*state = w;
	return 0;
}

static int end(void **state)
{
	struct lw_watch *w = *state;
	struct event_base *base = event_get_base(w->timer);

	lw_watch_done(w);
	event_base_free(base);
	lw_servers_free(w->servers);
	free(w);
	return 0;
}

/* The end of the job that is about the i-th one of those being probed. */
static void probed(struct lw_watch *w, uint32_t i)
{
	struct lw_job j = { .id = i,
			    .body = { .h = { .op = LW_OP_PROBE_SERVER } } };

	lw_watch_ended(w, &j, NULL);
}

static struct lw_config one_server(void)
{
	static char name[] = "dc1.lightwave.test";
	static char *names[] = { name };

	return (struct lw_config) { .domain = domain,
				    .servers = { .v = names, .n = 1 } };
}

/* ---- what holds -------------------------------------------------------- */
static void only_who_waits_makes_probes_come_sooner(void **state)
{
	struct lw_watch *w = *state;
	struct lw_config c = one_server();
	int64_t until;

	lw_watch_configure(w, &c);
	assert_int_equal(probes, 1);
	probed(w, 0);
	assert_true(w->closed);
	/* Longer than who waits has to, and less than the first back-off. */
	until = lw_mono_ms() + 2 * LW_SERVER_EAGER_MS;
	while (lw_mono_ms() < until && probes == 1)
		assert_false(lw_watch_question(w, false));
	if (lw_mono_ms() < until + LW_SERVER_EAGER_MS)
		assert_int_equal(probes, 1);
	until = lw_mono_ms() + 2 * LW_SERVER_EAGER_MS;
	while (lw_mono_ms() < until && probes == 1)
		assert_false(lw_watch_question(w, true));
	assert_int_equal(probes, 2);
}

static void a_search_there_was_no_memory_for_is_not_waited_for(void **state)
{
	struct lw_watch *w = *state;
	struct lw_config c = { .domain = domain };

	room = LW_NOMEM;
	lw_watch_configure(w, &c);
	assert_true(searches > 0);
	assert_false(w->searching);
	room = LW_OK;
	searches = 0;
	lw_watch_configure(w, &c);
	assert_int_equal(searches, 1);
	assert_true(w->searching);
}

static void a_probe_there_was_no_memory_for_leaves_its_place(void **state)
{
	struct lw_watch *w = *state;
	struct lw_config c = one_server();

	room = LW_NOMEM;
	lw_watch_configure(w, &c);
	assert_int_equal(probes, 1);
	assert_int_equal(w->probes[0].host[0], '\0');
	/* The self-test comes as soon as there is room for it. */
	assert_int_equal(tests, 1);
	room = LW_OK;
	lw_watch_configure(w, &c);
	assert_int_equal(tests, 2);
	lw_watch_configure(w, &c);
	assert_int_equal(tests, 2);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test_setup_teardown(
			only_who_waits_makes_probes_come_sooner, begin, end),
		cmocka_unit_test_setup_teardown(
			a_search_there_was_no_memory_for_is_not_waited_for,
			begin, end),
		cmocka_unit_test_setup_teardown(
			a_probe_there_was_no_memory_for_leaves_its_place, begin,
			end),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
