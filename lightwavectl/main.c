/*
 * main.c - lightwavectl: ask lightwaved how it is, what it knows, or to look
 * again. A program of the administrator's.
 */
#include "ctl.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct command {
	const char *name, *what;
	enum lw_ctl_exit (*run)(const char *socket, int argc, char **argv);
} commands[] = {
	{ "status", "what works and what does not", lw_ctl_status },
	{ "cache", "what is known here: list, show NAME, drop NAME",
	  lw_ctl_cache },
	{ "refresh", "take over what the directory has now", lw_ctl_refresh },
	{ "sessions", "which processes hold a group that was taken away",
	  lw_ctl_sessions },
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int usage(FILE *out, enum lw_ctl_exit x)
{
	fputs("usage: lightwavectl [--runtime-dir DIR] COMMAND\n", out);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].what);
	fputs("  --help, --version\n", out);
	return (int)x;
}

enum lw_ctl_exit lw_ctl_usage(void)
{
	return (enum lw_ctl_exit)usage(stderr, LW_CTL_USAGE);
}

static int run(int argc, char **argv, const char *dir)
{
	char socket[4096];

	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(argv[0], commands[i].name) != 0)
			continue;
		if (geteuid() != 0) {
			fputs("lightwavectl: only root may ask\n", stderr);
			return LW_CTL_USAGE;
		}
		snprintf(socket, sizeof(socket), "%s/priv", dir);
		return (int)commands[i].run(socket, argc, argv);
	}
	return usage(stderr, LW_CTL_USAGE);
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "runtime-dir", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	const char *dir = LW_RUNDIR;
	int ch, status;

	while ((ch = getopt_long(argc, argv, "+", longs, NULL)) >= 0) {
		if (ch == 'r') {
			dir = optarg;
		} else if (ch == 'h') {
			return usage(stdout, LW_CTL_GOOD);
		} else if (ch == 'V') {
			puts("lightwavectl " PACKAGE_VERSION);
			return LW_CTL_GOOD;
		} else {
			return usage(stderr, LW_CTL_USAGE);
		}
	}
	if (optind == argc)
		return usage(stderr, LW_CTL_USAGE);
	status = run(argc - optind, argv + optind, dir);
	/* Who reads our words must not take half of them for all. */
	if (fflush(stdout) != 0 && status == LW_CTL_GOOD)
		return LW_CTL_FAILS;
	return status;
}
