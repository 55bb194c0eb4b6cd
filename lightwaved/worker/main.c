/* main.c - lightwaved-worker: options, environment, limits. The master. */
#include "check.h"
#include "cleanup.h"
#include "harden.h"
#include "log.h"
#include "master.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define NAME	     "lightwaved-worker"
#define DEFAULT_JOBS "/run/lightwave-worker/jobs"
#define EXIT_CONFIG  78 /* sysexits.h: restarting would not help */

struct options {
	const char *config, *jobs;
	bool check, debug;
};

static const char usage[] =
	"usage: " NAME " [--config FILE] [--jobs SOCKET] [--check] [--debug]\n"
	"  --config FILE   read this instead of " LW_CONFIG_FILE "\n"
	"  --jobs SOCKET   listen here instead of " DEFAULT_JOBS "\n"
	"  --check         say whether configuration and secrets are usable\n"
	"  --debug         log more; still no secrets\n"
	"  --help, --version\n";

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "jobs", required_argument, NULL, 'j' },
	{ "check", no_argument, NULL, 'C' },
	{ "debug", no_argument, NULL, 'd' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

/* What is left to do after it: nothing (ret_status says how to end), or all. */
static bool read_options(int argc, char **argv, struct options *ret,
			 int *ret_status)
{
	int ch;

	*ret_status = 0;
	while ((ch = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (ch == 'c')
			ret->config = optarg;
		else if (ch == 'j')
			ret->jobs = optarg;
		else if (ch == 'C')
			ret->check = true;
		else if (ch == 'd')
			ret->debug = true;
		else if (ch == 'h')
			return fputs(usage, stdout) == EOF;
		else if (ch == 'V')
			return puts(NAME " " PACKAGE_VERSION) == EOF;
		else
			*ret_status = 2;
	}
	if (optind < argc)
		*ret_status = 2;
	if (*ret_status)
		fputs(usage, stderr);
	return *ret_status == 0;
}

/*
 * libldap, libkrb5 and the TLS libraries read dozens of variables. None of
 * the caller's stays but the one that sd_notify(3) needs, in the master.
 *
 * A dead name server must use up neither a job's time nor our start, at which
 * libldap looks up this host's own name: the service manager waits for us.
 */
static enum lw_err clean_environment(void)
{
	const char *notify = getenv("NOTIFY_SOCKET");
	lw_cleanup(lw_free) char *kept = notify ? strdup(notify) : NULL;

	if ((notify && !kept) || clearenv() != 0 ||
	    setenv("LDAPNOINIT", "1", 1) < 0 ||
	    setenv("RES_OPTIONS", "timeout:1 attempts:2", 1) < 0 ||
	    setenv("LOCALDOMAIN", "", 1) < 0 ||
	    /* Until the master has written ours. */
	    setenv("KRB5_CONFIG", "/dev/null", 1) < 0 ||
	    (kept && setenv("NOTIFY_SOCKET", kept, 1) < 0))
		return LW_NOMEM;
	return LW_OK;
}

static int run(const struct options *o)
{
	struct lw_config *config;
	char error[512];
	enum lw_err e;

	if (lw_config_load(o->config, &config, error, sizeof(error)) != LW_OK) {
		lw_log(LOG_ERR, "%s", error);
		return EXIT_CONFIG;
	}
	e = lw_check_files(config, error, sizeof(error));
	if (e != LW_OK)
		lw_log(LOG_ERR, "%s", error);
	if (o->check) {
		if (e == LW_OK)
			printf("%s: good\n", o->config);
		lw_config_free(config);
		return e == LW_OK ? 0 : 1;
	}
	/* Secrets may come later, and are read when they are needed. */
	return lw_master_run(o->config, o->jobs, config) == LW_OK ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct options o = { .config = LW_CONFIG_FILE, .jobs = DEFAULT_JOBS };
	int status;

	if (!read_options(argc, argv, &o, &status))
		return status;
	lw_log_init(NAME, o.debug);
	if (clean_environment() != LW_OK || !lw_harden()) {
		lw_log(LOG_ERR, "cannot start safely: %s", strerror(errno));
		return 1;
	}
	lw_lock_memory();
	return run(&o);
}
