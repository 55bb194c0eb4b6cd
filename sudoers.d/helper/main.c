/*
 * main.c - lightwave-sudo: who of the directory may use sudo here. A program
 * of root's; each subcommand is a file of its own.
 */
#include "sudo.h"

#include "cleanup.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct command {
	const char *name, *what;
	enum lw_sudo_exit (*run)(const struct lw_sudo *s, int argc,
				 char **argv);
} commands[] = {
	{ "grant", "let a user or group of the directory use sudo",
	  lw_sudo_grant },
	{ "revoke", "take that back", lw_sudo_revoke },
	{ "list", "who was granted what", lw_sudo_list },
	{ "escape", "a name as sudoers wants it", lw_sudo_escape },
	{ "check", "what in sudoers does not mean what it says",
	  lw_sudo_check },
	{ "explain", "which rules give USER what", lw_sudo_explain },
	{ "migrate", "likewise's rules, and what they become",
	  lw_sudo_migrate },
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int usage(FILE *out, enum lw_sudo_exit x)
{
	fputs("usage: lightwave-sudo [--runtime-dir DIR] [--sudoers FILE] "
	      "COMMAND\n",
	      out);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].what);
	fputs("  --help, --version\n"
	      "their options: lightwave-sudo(8)\n",
	      out);
	return (int)x;
}

enum lw_sudo_exit lw_sudo_usage(const char *how)
{
	fprintf(stderr, "usage: lightwave-sudo %s\n", how);
	return LW_SUDO_USAGE;
}

/* Beside the policy, wherever that is: an image's, or a test's. */
static int run_there(const struct command *c, int argc, char **argv,
		     const char *run_dir, const char *sudoers)
{
	lw_cleanup(lw_free) char *socket = NULL, *dir = NULL, *dropin = NULL;
	const char *slash = strrchr(sudoers, '/');
	struct lw_sudo s = { .sudoers = sudoers };

	if (asprintf(&socket, "%s/priv", run_dir) < 0)
		socket = NULL;
	if (asprintf(&dir, "%.*s/sudoers.d", (int)(slash - sudoers), sudoers) <
	    0)
		dir = NULL;
	if (!dir || asprintf(&dropin, "%s/" LW_SUDO_DROPIN, dir) < 0)
		dropin = NULL;
	if (!socket || !dropin) {
		fputs("lightwave-sudo: out of memory\n", stderr);
		return LW_SUDO_FAILS;
	}
	s.socket = socket;
	s.dir = dir;
	s.dropin = dropin;
	return (int)c->run(&s, argc, argv);
}

static int run(int argc, char **argv, const char *run_dir, const char *sudoers)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(argv[0], commands[i].name) != 0)
			continue;
		if (geteuid() != 0) {
			fputs("lightwave-sudo: only root may use it\n", stderr);
			return LW_SUDO_USAGE;
		}
		/* visudo is told it between quotes, and expands %h there. */
		if (sudoers[0] != '/' || strpbrk(sudoers, "\"%\\\r\n")) {
			fputs("lightwave-sudo: --sudoers wants an absolute "
			      "path without any of \"%\\\n",
			      stderr);
			return LW_SUDO_USAGE;
		}
		return run_there(&commands[i], argc, argv, run_dir, sudoers);
	}
	return usage(stderr, LW_SUDO_USAGE);
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "runtime-dir", required_argument, NULL, 'r' },
		{ "sudoers", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	const char *run_dir = LW_RUNDIR, *sudoers = LW_SUDOERS;
	int ch, status;

	/* No file that is written may be who prints. */
	do {
		ch = open("/dev/null", O_RDWR);
	} while (ch >= 0 && ch <= 2);
	if (ch > 2)
		close(ch);
	while ((ch = getopt_long(argc, argv, "+", longs, NULL)) >= 0) {
		if (ch == 'r') {
			run_dir = optarg;
		} else if (ch == 's') {
			sudoers = optarg;
		} else if (ch == 'h') {
			return usage(stdout, LW_SUDO_GOOD);
		} else if (ch == 'V') {
			puts("lightwave-sudo " PACKAGE_VERSION);
			return LW_SUDO_GOOD;
		} else {
			return usage(stderr, LW_SUDO_USAGE);
		}
	}
	if (optind == argc)
		return usage(stderr, LW_SUDO_USAGE);
	status = run(argc - optind, argv + optind, run_dir, sudoers);
	/* Who reads our words must not take half of them for all. */
	if (fflush(stdout) != 0 && status == LW_SUDO_GOOD)
		return LW_SUDO_FAILS;
	return status;
}
