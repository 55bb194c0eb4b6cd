/*
 * main.c - lightwaved-creds: keeps the last good password of each user, hashed,
 * for when the directory is away. It has no network, and no clients but the
 * front; see doc/PRIVSEP.md.
 */
#include "cleanup.h"
#include "config.h"
#include "harden.h"
#include "listen.h"
#include "log.h"
#include "notify.h"
#include "serve.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define NAME	       "lightwaved-creds"
#define DEFAULT_SOCKET "/run/lightwave-creds/socket"
#define DEFAULT_STATE  "/var/lib/lightwave-creds"
#define EXIT_CONFIG    78 /* sysexits.h: restarting would not help */

/* Of sd_listen_fds(3): the one descriptor, and for how long nobody needs us. */
#define HANDED_FD 3
#define IDLE_MS	  20000

struct options {
	const char *config, *socket, *state;
	bool forget, debug;
};

static const char usage[] =
	"usage: " NAME " [--config FILE] [--socket SOCKET] [--state DIR]\n"
	"                        [--forget] [--debug]\n"
	"  --config FILE    read this instead of " LW_CONFIG_FILE "\n"
	"  --socket SOCKET  listen here instead of " DEFAULT_SOCKET "\n"
	"  --state DIR      keep it here instead of " DEFAULT_STATE "\n"
	"  --forget         remove all that is kept, and end\n"
	"  --debug          log more; still no secrets\n"
	"  --help, --version\n";

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "socket", required_argument, NULL, 's' },
	{ "state", required_argument, NULL, 'S' },
	{ "forget", no_argument, NULL, 'f' },
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
		else if (ch == 's')
			ret->socket = optarg;
		else if (ch == 'S')
			ret->state = optarg;
		else if (ch == 'f')
			ret->forget = true;
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

/* The socket that systemd listened on until somebody came, or -1. */
static int handed_socket(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	int listens = 0;
	socklen_t n = sizeof(listens);

	if (!pid || !fds || strcmp(fds, "1") != 0 ||
	    strtol(pid, NULL, 10) != getpid() ||
	    getsockopt(HANDED_FD, SOL_SOCKET, SO_ACCEPTCONN, &listens, &n) <
		    0 ||
	    !listens || fcntl(HANDED_FD, F_SETFD, FD_CLOEXEC) < 0 ||
	    fcntl(HANDED_FD, F_SETFL, O_NONBLOCK) < 0)
		return -1;
	return HANDED_FD;
}

static void vault_done(struct lw_vault **v)
{
	lw_vault_free(*v);
}

static int run(const struct options *o)
{
	static const struct lw_hash_cost cost = LW_VAULT_COST;
	lw_cleanup(vault_done) struct lw_vault *vault = NULL;
	lw_cleanup(lw_close) int fd = -1;
	struct lw_keeper keeper = { .config = o->config };
	bool handed;

	if (lw_vault_open(o->state, cost, &vault) != LW_OK)
		return EXIT_FAILURE;
	if (o->forget)
		return lw_vault_forget(vault) == LW_OK ? EXIT_SUCCESS
						       : EXIT_FAILURE;
	keeper.vault = vault;
	if (lw_keeper_apply(&keeper) != LW_OK)
		return EXIT_CONFIG;
	fd = handed_socket();
	handed = fd >= 0;
	if (!handed && lw_listen(o->socket, &fd) != LW_OK)
		return EXIT_FAILURE;
	lw_log(LOG_INFO, "ready: offline passwords are %s",
	       vault->enabled ? "kept" : "not kept");
	lw_notify_ready();
	if (lw_serve(&keeper, fd, handed ? IDLE_MS : 0) != LW_OK)
		return EXIT_FAILURE;
	lw_notify_stopping();
	if (!handed)
		unlink(o->socket);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct options o = { .config = LW_CONFIG_FILE,
			     .socket = DEFAULT_SOCKET,
			     .state = DEFAULT_STATE };
	int status;

	if (!read_options(argc, argv, &o, &status))
		return status;
	lw_log_init(NAME, o.debug);
	umask(077);
	if (!lw_harden() || sodium_init() < 0) {
		lw_log(LOG_ERR, "cannot start safely: %s", strerror(errno));
		return EXIT_FAILURE;
	}
	lw_lock_memory();
	return run(&o);
}
