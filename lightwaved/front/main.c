/*
 * main.c - lightwaved, the front: answers the programs of this host. It has no
 * network, no keytab and no secret of its own; see doc/PRIVSEP.md.
 */
#include "front.h"

#include "accept.h"

#include "cleanup.h"
#include "creds.h"
#include "follow.h"
#include "harden.h"
#include "link.h"
#include "local_groups.h"
#include "log.h"
#include "notify.h"
#include "outage.h"
#include "place.h"
#include "publish.h"
#include "server.h"
#include "store.h"
#include "store_process.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#define EXIT_USAGE  2
#define EXIT_CONFIG 78 /* sysexits.h: restarting would not help */
#define RUNDIR	    "/run/lightwave"
#define JOBS	    "/run/lightwave-worker/jobs"
#define CREDS	    "/run/lightwave-creds/socket"

struct options {
	const char *config, *rundir, *jobs, *creds;
	const char *cache;   /* where the store is; "": there is none */
	const char *journal; /* NULL: where the log is not the journal */
	bool check, debug;
};

int64_t lw_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return LW_BOOT_MS + (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

struct lw_policy lw_front_policy(struct lw_front *f)
{
	return (struct lw_policy) {
		.naming = lw_config_naming(f->config),
		.idmap = { .domain_sid = f->cache.domain_sid,
			   .well_known_base = f->config->well_known_base,
			   .legacy_sids = f->config->legacy_sids },
		.passwd = &f->passwd,
		.group = &f->group,
		.pinned = lw_cache_pinned,
		.pinned_arg = &f->cache,
	};
}

void lw_front_warn_once(struct lw_front *f, const char *key, const char *fmt,
			...)
{
	int64_t *at = lw_table_get(&f->said, key);
	char text[768];
	va_list ap;

	if (at && lw_now_ms() - *at < INT64_C(3600000))
		return;
	at = malloc(sizeof(*at));
	if (!at)
		return;
	*at = lw_now_ms();
	lw_table_put(&f->said, key, at);
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	lw_log(LOG_WARNING, "%s", text);
}

static void usage(FILE *out)
{
	fputs("usage: lightwaved [--config FILE] [--runtime-dir DIR] "
	      "[--jobs SOCKET]\n"
	      "                  [--creds SOCKET] [--cache-dir DIR] "
	      "[--journal SOCKET]\n"
	      "                  [--check] [--debug] [--help] [--version]\n",
	      out);
}

/* What --config and signals share. */
struct reload {
	struct lw_front *front;
	const char *path;
};

static void on_hup(evutil_socket_t sig, short what, void *arg)
{
	struct reload *rl = arg;
	struct lw_config *c;
	char error[512];

	(void)sig;
	(void)what;
	lw_notify_reloading();
	if (lw_config_load(rl->path, &c, error, sizeof(error)) != LW_OK) {
		lw_log(LOG_ERR, "%s; the old configuration stays in force",
		       error);
	} else if (strcmp(c->domain, rl->front->config->domain) != 0) {
		lw_log(LOG_ERR, "another domain needs a restart; "
				"the old configuration stays in force");
		lw_config_free(c);
	} else {
		lw_config_free(rl->front->config);
		rl->front->config = c;
		lw_table_clear(&rl->front->said);
		lw_cache_forget(&rl->front->cache);
		lw_memo_done(&rl->front->memo);
		lw_roster_done(&rl->front->roster);
		lw_accept(rl->front);
		lw_local_groups_warn(rl->front);
		lw_follow_reload(rl->front->follow);
		lw_creds_reload(rl->front->creds);
		lw_publish_reload(rl->front->publish);
		lw_server_bare(rl->front->server, lw_config_naming(c).bare);
		lw_log(LOG_NOTICE, "configuration read again");
	}
	lw_notify_ready();
}

static void on_term(evutil_socket_t sig, short what, void *base)
{
	(void)sig;
	(void)what;
	event_base_loopbreak(base);
}

static void every_second(evutil_socket_t fd, short what, void *arg)
{
	struct lw_front *f = arg;

	(void)fd;
	(void)what;
	lw_tickets_expire(&f->tickets, lw_now_ms());
	lw_creds_tick(f->creds);
	lw_publish_tick(f->publish);
	lw_outage_tick(f);
}

static void front_done(struct lw_front **pf)
{
	struct lw_front *f = *pf;

	lw_server_free(f->server);
	lw_publish_free(f->publish);
	lw_store_free(f->store);
	lw_follow_free(f->follow);
	lw_link_free(f->link);
	lw_creds_free(f->creds);
	lw_tickets_expire(&f->tickets, INT64_MAX);
	lw_cache_clear(&f->cache);
	lw_table_clear(&f->said);
	lw_journal_done(&f->journal);
	lw_recent_done(&f->recent);
	lw_memo_done(&f->memo);
	lw_roster_done(&f->roster);
	lw_localdb_done(&f->passwd);
	lw_localdb_done(&f->group);
	lw_config_free(f->config);
	if (f->base)
		event_base_free(f->base);
}

static void event_done(struct event **ev)
{
	if (*ev)
		event_free(*ev);
}

/* Until SIGTERM; the events go before the base they are on. */
static int loop(struct lw_front *f, const struct options *o)
{
	struct reload rl = { f, o->config };
	struct timeval second = { .tv_sec = 1 };
	lw_cleanup(event_done) struct event *hup =
		evsignal_new(f->base, SIGHUP, on_hup, &rl);
	lw_cleanup(event_done) struct event *term =
		evsignal_new(f->base, SIGTERM, on_term, f->base);
	lw_cleanup(event_done) struct event *intr =
		evsignal_new(f->base, SIGINT, on_term, f->base);
	lw_cleanup(event_done) struct event *tick =
		event_new(f->base, -1, EV_PERSIST, every_second, f);

	if (!hup || !term || !intr || !tick || evsignal_add(hup, NULL) < 0 ||
	    evsignal_add(term, NULL) < 0 || evsignal_add(intr, NULL) < 0 ||
	    event_add(tick, &second) < 0)
		return EXIT_FAILURE;
	lw_log(LOG_NOTICE, "ready: domain %s", f->config->domain);
	lw_notify_ready();
	event_base_dispatch(f->base);
	lw_notify_stopping();
	lw_store_finish(f->store);
	return EXIT_SUCCESS;
}

/*
 * Its timers are those of CLOCK_MONOTONIC and not a tick of the kernel late.
 * After so long with lookups it looks whether anything goes before them.
 */
static struct event_base *new_base(void)
{
	const struct timeval interval = { 0, 10000 };
	struct event_config *c = event_config_new();
	struct event_base *base = NULL;

	if (c && event_config_set_flag(c, EVENT_BASE_FLAG_PRECISE_TIMER) == 0 &&
	    event_config_set_max_dispatch_interval(c, &interval, -1,
						   LW_PRIO_LOOKUP) == 0)
		base = event_base_new_with_config(c);
	if (c)
		event_config_free(c);
	if (!base || event_base_priority_init(base, LW_PRIO_COUNT) == 0)
		return base;
	event_base_free(base);
	return NULL;
}

static int serve(const struct options *o)
{
	static struct lw_front front; /* tickets make it large */
	lw_cleanup(front_done) struct lw_front *f = &front;
	char error[512];
	enum lw_err e;

	lw_journal_init(&f->journal, o->journal);
	lw_cache_init(&f->cache);
	lw_table_init(&f->said, 1024, free);
	lw_recent_init(&f->recent);
	lw_localdb_init(&f->passwd, LW_ETC_PASSWD);
	lw_localdb_init(&f->group, LW_ETC_GROUP);
	if (lw_config_load(o->config, &f->config, error, sizeof(error)) !=
	    LW_OK) {
		lw_log(LOG_ERR, "%s", error);
		return EXIT_CONFIG;
	}
	e = lw_localdb_refresh(&f->passwd, lw_now_ms());
	if (e == LW_OK)
		e = lw_localdb_refresh(&f->group, lw_now_ms());
	if (e != LW_OK) {
		lw_log(LOG_ERR,
		       "cannot read " LW_ETC_PASSWD " and " LW_ETC_GROUP
		       ": without them nothing can be answered");
		return EXIT_FAILURE;
	}
	if (o->cache[0]) {
		f->store = lw_store_new(f, o->cache);
		if (!f->store)
			return EXIT_FAILURE;
	}
	lw_accept(f);
	lw_local_groups_warn(f);
	f->base = new_base();
	f->link = f->base ? lw_link_new(f, o->jobs) : NULL;
	f->creds = f->link ? lw_creds_new(f, o->creds) : NULL;
	f->follow = f->creds ? lw_follow_new(f) : NULL;
	if (!f->follow || (f->store && lw_store_start(f->store) != LW_OK) ||
	    lw_server_new(f, o->rundir, lw_config_naming(f->config).bare,
			  &f->server) != LW_OK)
		return EXIT_FAILURE;
	f->publish = lw_publish_new(f, o->rundir);
	if (!f->publish)
		return EXIT_FAILURE;
	return loop(f, o);
}

static int check(const char *path)
{
	struct lw_config *c;
	char error[512];

	if (lw_config_load(path, &c, error, sizeof(error)) != LW_OK) {
		fprintf(stderr, "%s\n", error);
		return EXIT_CONFIG;
	}
	if (c->allow.n == 0)
		printf("%s: warning: [access] has no allow rule: nobody will "
		       "log in\n",
		       path);
	lw_local_groups_check(c, path);
	printf("%s: good\n", path);
	lw_config_free(c);
	return EXIT_SUCCESS;
}

/* lightwaved --store-process BYTES DIR: of store.c, and of nobody else. */
static int store_process(char **argv)
{
	lw_log_init("lightwaved", false);
	if (!lw_harden())
		return EXIT_FAILURE;
	/* What exit(3) may have to do is nothing that it may still do. */
	_exit(lw_store_process(argv[3], strtoul(argv[2], NULL, 10)));
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "runtime-dir", required_argument, NULL, 'r' },
		{ "jobs", required_argument, NULL, 'j' },
		{ "creds", required_argument, NULL, 'C' },
		{ "cache-dir", required_argument, NULL, 's' },
		{ "journal", required_argument, NULL, 'J' },
		{ "check", no_argument, NULL, 'k' },
		{ "debug", no_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	struct options o = { LW_CONFIG_FILE, RUNDIR, JOBS,  CREDS,
			     NULL,	     NULL,   false, false };
	int c;

	if (argc == 4 && !strcmp(argv[1], "--store-process"))
		return store_process(argv);
	while ((c = getopt_long(argc, argv, "", longs, NULL)) >= 0) {
		switch (c) {
		case 'c':
			o.config = optarg;
			break;
		case 'r':
			o.rundir = optarg;
			break;
		case 'j':
			o.jobs = optarg;
			break;
		case 'C':
			o.creds = optarg;
			break;
		case 's':
			o.cache = optarg;
			break;
		case 'J':
			o.journal = optarg;
			break;
		case 'k':
			o.check = true;
			break;
		case 'd':
			o.debug = true;
			break;
		case 'h':
			usage(stdout);
			return EXIT_SUCCESS;
		case 'V':
			puts("lightwaved " PACKAGE_VERSION);
			return EXIT_SUCCESS;
		default:
			usage(stderr);
			return EXIT_USAGE;
		}
	}
	if (optind < argc) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (o.check)
		return check(o.config);

	/* Who runs elsewhere has no business with the host's own store. */
	if (!o.cache)
		o.cache = o.rundir && strcmp(o.rundir, RUNDIR) == 0
				  ? LW_STORE_DIR
				  : "";

	lw_log_init("lightwaved", o.debug);
	if (!o.journal && lw_log_is_journal())
		o.journal = LW_JOURNAL_SOCKET;
	if (!lw_harden()) {
		lw_log(LOG_ERR, "cannot start safely: %s", strerror(errno));
		return EXIT_FAILURE;
	}
	/* Before all else: what another one holds is not waited for. */
	if (lw_place_alone(o.rundir) != LW_OK)
		return EXIT_FAILURE;
	lw_lock_memory();
	return serve(&o);
}
