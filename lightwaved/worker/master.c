/* master.c - the worker's master: its loop and its signals. */
#include "master.h"

#include "../common/notify.h"
#include "check.h"
#include "cleanup.h"

#include "kerberos.h"
#include "listen.h"
#include "log.h"
#include "rundir.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define MAX_PEERS	16
#define SYNC_BUDGET_MS	120000
#define TEST_BUDGET_MS	20000 /* a KDC, three servers and five searches */
#define PROBE_MARGIN_MS 4000  /* a probe ends itself; a name server may not */
#define PROBE_WORKERS	4

static void on_connection(evutil_socket_t fd, short what, void *arg)
{
	struct lw_master *m = arg;
	lw_cleanup(lw_close) int peer =
		accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)what;
	if (peer < 0 || !lw_listen_may_speak(peer))
		return;
	if (m->peer_count >= MAX_PEERS) {
		lw_log(LOG_WARNING, "more than %d connections of the front",
		       MAX_PEERS);
		return;
	}
	lw_peer_new(m, lw_take_fd(&peer));
}

static void on_stop(evutil_socket_t sig, short what, void *arg)
{
	struct lw_master *m = arg;

	(void)sig;
	(void)what;
	lw_notify_stopping();
	event_base_loopbreak(m->base);
}

static void on_child(evutil_socket_t sig, short what, void *arg)
{
	struct lw_master *m = arg;
	int status;
	pid_t pid;

	(void)sig;
	(void)what;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		lw_pool_reaped(&m->lookups, pid, status);
		lw_pool_reaped(&m->pam, pid, status);
		lw_pool_reaped(&m->logins, pid, status);
		lw_pool_reaped(&m->sync, pid, status);
		lw_pool_reaped(&m->tests, pid, status);
		lw_pool_reaped(&m->probes, pid, status);
	}
}

/* One that hangs must not keep the others from being found. */
static size_t probe_workers(const struct lw_config *c)
{
	if (c->servers.n == 0)
		return 3;
	return c->servers.n < PROBE_WORKERS ? c->servers.n : PROBE_WORKERS;
}

/* Workers read it from their own copy of the memory, as it was at the fork. */
static void configure(struct lw_master *m)
{
	const struct lw_config *c = m->config;
	int64_t budget_ms = (int64_t)c->timeout * 1000;

	m->setup.config = c;
	lw_pool_configure(&m->lookups, c->lookup_workers, budget_ms);
	lw_pool_configure(&m->pam, c->login_workers, budget_ms);
	/* The verdict, and then a ticket. */
	lw_pool_configure(&m->logins, c->login_workers, 2 * budget_ms);
	lw_pool_configure(&m->sync, 1, SYNC_BUDGET_MS);
	lw_pool_configure(&m->tests, 1, TEST_BUDGET_MS);
	lw_pool_configure(&m->probes, probe_workers(c),
			  lw_setup_op_ms(&m->setup) + PROBE_MARGIN_MS);
	lw_watch_configure(&m->watch, c);
}

static void reload(struct lw_master *m)
{
	struct lw_config *c;
	char error[512];

	if (lw_config_load(m->config_path, &c, error, sizeof(error)) != LW_OK) {
		lw_log(LOG_ERR, "not reloaded: %s", error);
		return;
	}
	if (strcmp(c->domain, m->config->domain) != 0) {
		lw_log(LOG_ERR, "not reloaded: another domain needs a restart "
				"of both daemons");
		lw_config_free(c);
		return;
	}
	if (lw_check_files(c, error, sizeof(error)) != LW_OK) {
		lw_log(LOG_ERR, "not reloaded: %s", error);
		lw_config_free(c);
		return;
	}
	if (lw_kerberos_configure(c, m->krb5_path) != LW_OK) {
		lw_log(LOG_ERR, "not reloaded");
		lw_config_free(c);
		return;
	}
	lw_config_free(m->config);
	m->config = c;
	configure(m);
	lw_log(LOG_NOTICE, "configuration reloaded");
}

static void on_reload(evutil_socket_t sig, short what, void *arg)
{
	(void)sig;
	(void)what;
	lw_notify_reloading();
	reload(arg);
	lw_notify_ready();
}

static enum lw_err add_signals(struct lw_master *m)
{
	static const struct {
		int sig;
		event_callback_fn call;
	} all[] = { { SIGTERM, on_stop },
		    { SIGINT, on_stop },
		    { SIGHUP, on_reload },
		    { SIGCHLD, on_child } };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		m->signals[i] =
			evsignal_new(m->base, all[i].sig, all[i].call, m);
		if (!m->signals[i] || event_add(m->signals[i], NULL) < 0)
			return LW_NOMEM;
	}
	return LW_OK;
}

static enum lw_err make_pools(struct lw_master *m)
{
	const struct {
		struct lw_pool *pool;
		const char *name;
		bool once;
	} all[] = {
		{ &m->lookups, "lookup", false }, { &m->pam, "pam", false },
		{ &m->logins, "login", false },	  { &m->sync, "sync", false },
		{ &m->tests, "self-test", true }, { &m->probes, "probe", false }
	};
	enum lw_err e = LW_OK;

	_Static_assert(sizeof(all) / sizeof(all[0]) * LW_POOL_WORKERS <=
			       LW_SERVERS_CELLS,
		       "a cell for each worker");
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && e == LW_OK;
	     i++) {
		*all[i].pool = (struct lw_pool) { .name = all[i].name,
						  .once = all[i].once,
						  .setup = &m->setup,
						  .watch = &m->watch,
						  .first_cell = (uint32_t)i *
								LW_POOL_WORKERS,
						  .base = m->base };
		e = lw_pool_init(all[i].pool);
	}
	return e;
}

static enum lw_err start(struct lw_master *m)
{
	enum lw_err e = lw_listen(m->jobs_path, &m->listen_fd);

	if (e == LW_OK)
		e = lw_rundir_prepare(m->jobs_path, &m->ticket_dir,
				      &m->krb5_path);
	if (e == LW_OK)
		e = lw_kerberos_configure(m->config, m->krb5_path);
	if (e != LW_OK)
		return e;
	m->setup.servers = lw_servers_new();
	m->setup.ticket_dir = m->ticket_dir;
	m->base = event_base_new();
	m->watch = (struct lw_watch) { .servers = m->setup.servers,
				       .pool = &m->probes,
				       .tests = &m->tests };
	if (!m->setup.servers || !m->base || add_signals(m) != LW_OK ||
	    make_pools(m) != LW_OK ||
	    lw_watch_init(&m->watch, m->base) != LW_OK)
		return LW_NOMEM;
	configure(m);
	m->listener = event_new(m->base, m->listen_fd, EV_READ | EV_PERSIST,
				on_connection, m);
	if (!m->listener || event_add(m->listener, NULL) < 0)
		return LW_NOMEM;
	return LW_OK;
}

static void stop(struct lw_master *m)
{
	struct lw_peer *p;

	while ((p = LIST_FIRST(&m->peers)))
		lw_peer_free(p);
	lw_pool_done(&m->lookups);
	lw_pool_done(&m->pam);
	lw_pool_done(&m->logins);
	lw_pool_done(&m->sync);
	lw_pool_done(&m->tests);
	lw_pool_done(&m->probes);
	lw_watch_done(&m->watch);
	for (size_t i = 0; i < sizeof(m->signals) / sizeof(m->signals[0]);
	     i++) {
		if (m->signals[i])
			event_free(m->signals[i]);
	}
	if (m->listener)
		event_free(m->listener);
	if (m->base)
		event_base_free(m->base);
	if (m->listen_fd >= 0) {
		unlink(m->jobs_path);
		close(m->listen_fd);
	}
	lw_rundir_remove(m->ticket_dir, m->krb5_path);
	lw_servers_free(m->setup.servers);
	lw_config_free(m->config);
	libevent_global_shutdown();
}

enum lw_err lw_master_run(const char *config_path, const char *jobs_path,
			  struct lw_config *config)
{
	lw_cleanup(stop) struct lw_master m = { .config_path = config_path,
						.jobs_path = jobs_path,
						.config = config,
						.listen_fd = -1 };
	enum lw_err e = start(&m);

	if (e == LW_NOMEM)
		lw_log(LOG_ERR, "out of memory or descriptors");
	if (e != LW_OK)
		return e;
	lw_notify_ready();
	lw_log(LOG_INFO, "serving at %s", jobs_path);
	if (event_base_dispatch(m.base) < 0)
		return LW_NOMEM;
	return LW_OK;
}
