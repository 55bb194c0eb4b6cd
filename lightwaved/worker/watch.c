/* watch.c - the master's eye on the servers. The worker's master. */
#include "watch.h"

#include "cleanup.h"
#include "clock.h"
#include "discover.h"
#include "log.h"
#include "probe.h"
#include "slot.h"

#include <string.h>

/* So long after a question in vain somebody is taken to wait for a server. */
#define EAGER_FOR_MS 2000
/* Search again: after finding nothing; while somebody waits, with and without
 * servers to probe. */
#define SEARCH_AGAIN_MS	 10000
#define SEARCH_DOWN_MS	 5000
#define SEARCH_LACKED_MS 500

static void look(struct lw_watch *w);

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	look(arg);
}

enum lw_err lw_watch_init(struct lw_watch *w, struct event_base *base)
{
	w->timer = evtimer_new(base, on_timer, w);
	w->asked_ms = -EAGER_FOR_MS;
	return w->timer ? LW_OK : LW_NOMEM;
}

void lw_watch_done(struct lw_watch *w)
{
	if (w->timer)
		event_free(w->timer);
	w->timer = NULL;
}

static void search(struct lw_watch *w)
{
	struct lw_body b = { .h = { .op = LW_OP_DISCOVER } };

	/* Before it is submitted: its end may come at once. */
	w->searching = true;
	w->search_ms = lw_mono_ms() + SEARCH_AGAIN_MS;
	if (lw_pool_submit(w->pool, NULL, &b) != LW_OK)
		w->searching = false;
}

/* The id of the job is the place where we keep whom it is about. */
static void probe(struct lw_watch *w, const struct lw_endpoint *at)
{
	lw_cleanup(lw_body_done) struct lw_body b = {
		.h = { .op = LW_OP_PROBE_SERVER }
	};
	struct lw_wr wr;
	uint32_t i = 0;

	while (i < LW_SERVERS_MAX && w->probes[i].host[0])
		i++;
	lw_wr_heap(&wr, LW_REQUEST_MAX);
	lw_probe_encode(&wr, at);
	b.p = wr.base;
	b.h.len = (uint32_t)(wr.p - wr.base);
	b.h.id = i;
	if (i == LW_SERVERS_MAX || lw_wr_end(&wr) != LW_OK)
		return;
	w->probes[i] = *at;
	/* Out of memory: as if it had got lost, so it comes again. */
	lw_servers_probe(w->servers, at);
	if (lw_pool_submit(w->pool, NULL, &b) != LW_OK)
		w->probes[i].host[0] = '\0';
}

static bool eager(const struct lw_watch *w, int64_t now)
{
	return w->closed && now - w->asked_ms < EAGER_FOR_MS;
}

/* When to search for servers next; INT64_MAX where they are configured. */
static int64_t search_due(const struct lw_watch *w, int64_t now)
{
	int64_t soon = w->searched_ms + (lw_servers_count(w->servers) > 0
						 ? SEARCH_DOWN_MS
						 : SEARCH_LACKED_MS);

	if (w->config->servers.n > 0 || w->searching)
		return INT64_MAX;
	return eager(w, now) && soon < w->search_ms ? soon : w->search_ms;
}

/* Probe whom it is time to probe; when to look again. */
static int64_t probe_all(struct lw_watch *w, int64_t now)
{
	struct lw_server_state state;
	struct lw_endpoint at;
	int64_t next = INT64_MAX, due;

	for (uint32_t i = 0; lw_servers_get(w->servers, i, &at, &state); i++) {
		due = lw_server_due_ms(state, eager(w, now));
		if (due > now) {
			next = due < next ? due : next;
			continue;
		}
		probe(w, &at);
	}
	return next;
}

/* At the start, and again whenever there is a server after there was none. */
static void test_once(struct lw_watch *w)
{
	struct lw_body b = { .h = { .op = LW_OP_SELFTEST } };
	bool due = !w->closed && !w->tested;

	w->tested = !w->closed;
	if (due && lw_pool_submit(w->tests, NULL, &b) != LW_OK)
		w->tested = false;
}

static void look(struct lw_watch *w)
{
	struct lw_endpoint best;
	int64_t now = lw_mono_ms(), next, due;

	w->closed = !lw_servers_best(w->servers, &best);
	test_once(w);
	if (search_due(w, now) <= now)
		search(w);
	next = probe_all(w, now);
	due = search_due(w, now);
	if (due < next)
		next = due;
	if (next < INT64_MAX)
		lw_slot_alarm(w->timer, next);
	else
		evtimer_del(w->timer);
}

static void replace(struct lw_watch *w, const struct lw_endpoint *v, size_t n)
{
	struct lw_server_state state;
	struct lw_endpoint at;
	bool same = n == lw_servers_count(w->servers);

	for (uint32_t i = 0; same && i < n; i++)
		same = lw_servers_get(w->servers, i, &at, &state) &&
		       lw_endpoint_same(&at, &v[i]);
	if (!same)
		lw_servers_replace(w->servers, v, n);
	lw_servers_ready(w->servers);
	if (same)
		return;
	if (w->config->servers.n == 0)
		lw_log(LOG_NOTICE, "%zu servers found by DNS, %s first", n,
		       v[0].host);
}

void lw_watch_configure(struct lw_watch *w, const struct lw_config *c)
{
	struct lw_endpoint v[LW_SERVERS_MAX];
	size_t n = 0;

	w->config = c;
	for (size_t i = 0; i < c->servers.n && n < LW_SERVERS_MAX; i++) {
		if (lw_endpoint_parse(c->servers.v[i], &v[n]) == LW_OK)
			n++;
	}
	if (c->servers.n > LW_SERVERS_MAX)
		lw_log(LOG_WARNING, "only the first %d servers are used",
		       LW_SERVERS_MAX);
	if (n > 0)
		replace(w, v, n);
	else
		w->search_ms = lw_mono_ms();
	look(w);
}

bool lw_watch_question(struct lw_watch *w, bool waits)
{
	struct lw_endpoint best;

	/* Whoever asks while we still search waits for that. */
	if (!atomic_load(&w->servers->ready) ||
	    lw_servers_best(w->servers, &best))
		return true;
	if (waits)
		w->asked_ms = lw_mono_ms();
	look(w);
	return false;
}

static void probed(struct lw_watch *w, const struct lw_job *j,
		   struct lw_rd *answer)
{
	struct lw_endpoint at = w->probes[j->id];
	struct lw_str why = LW_STR("the probe took too long");

	w->probes[j->id].host[0] = '\0';
	if (answer)
		why = lw_rd_str(answer);
	if (answer && lw_rd_end(answer) == LW_OK && why.n == 0) {
		if (lw_servers_reached(w->servers, &at))
			lw_log(LOG_NOTICE, "%s is up again", at.host);
	} else if (lw_servers_probe_failed(w->servers, &at)) {
		lw_log(LOG_WARNING, "%s is down: %.*s", at.host, (int)why.n,
		       why.s);
	}
}

static void searched(struct lw_watch *w, enum lw_err status, struct lw_rd *r)
{
	static int64_t logged;
	int64_t now = lw_mono_ms();
	struct lw_discovered d;

	w->searching = false;
	w->searched_ms = now;
	w->search_ms = now + SEARCH_AGAIN_MS;
	if (w->config->servers.n > 0)
		return;
	if (status == LW_OK && lw_discovered_decode(r, &d) == LW_OK) {
		w->search_ms = now + (int64_t)d.ttl * 1000;
		replace(w, d.at, d.n);
		return;
	}
	/* Those we know do until DNS is back; without any, nobody waits. */
	lw_servers_ready(w->servers);
	if (lw_rarely(&logged))
		lw_log(LOG_WARNING, "no servers of %s found by DNS: %s",
		       w->config->domain,
		       status == LW_NOTFOUND
			       ? "no _ldap._tcp there that names one of it"
			       : "no answer");
}

void lw_watch_ended(struct lw_watch *w, const struct lw_job *j,
		    const struct lw_body *answer)
{
	enum lw_err status = LW_OFFLINE;
	struct lw_rd r;

	if (answer) {
		lw_rd_init(&r, answer->p, answer->h.len);
		status = lw_status_decode(&r);
	}
	if (j->body.h.op == LW_OP_PROBE_SERVER)
		probed(w, j, status == LW_OK ? &r : NULL);
	if (j->body.h.op == LW_OP_DISCOVER)
		searched(w, status, &r);
	look(w);
}
