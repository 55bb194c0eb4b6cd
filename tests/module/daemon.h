/*
 * daemon.h - the built lightwaved, run in the test's directory.
 *
 * Its runtime directory is ".", its configuration ./conf, its worker ./jobs,
 * its store in ./cache, which is empty at each start, unless daemon_keep().
 * What it logs is read as it comes. /etc/passwd and /etc/group are the
 * machine's own.
 */
#ifndef LW_TEST_DAEMON_H
#define LW_TEST_DAEMON_H

#include <stdbool.h>
#include <sys/types.h>

/* Another program in the place of lightwaved; borrowed. */
void daemon_use(const char *program);

/* Writes ./conf: a domain, then more (whole lines). */
void daemon_conf(const char *more);

/* Writes it, starts, and waits until it is ready. */
void daemon_start(const char *more);
/* The same without waiting. */
void daemon_begin(const char *more);
/* The next daemon that is started has the store as it is. */
void daemon_keep(void);
/* The next daemon tells what it tells with --debug. */
void daemon_debug(void);
/* ... sends its records to ./journal. */
void daemon_journal(void);
/* Empties ./cache. */
void daemon_forget(void);
/* SIGTERM; fails the test unless it ends well. Nothing if none runs. */
void daemon_stop(void);
/* SIGKILL: its sockets stay. It may have been killed already. */
void daemon_kill(void);
/* It dies of a fault of its own. */
void daemon_crash(void);
/* Whether the daemon that was started still runs. */
bool daemon_runs(void);
pid_t daemon_pid(void);

/* Write ./conf, SIGHUP, and wait until the log says so. */
void daemon_reload(const char *more, const char *says);

/* Reads what it has logged: it waits once that is a lot. */
void daemon_listen(void);
/* Waits until the log has that text n times in all. */
void daemon_says(const char *text, unsigned int n);
/* How often the log has it by now. */
unsigned int daemon_said(const char *text);

/*
 * Run another one to its end, with these arguments (up to NULL); its exit
 * code, and what it wrote to both its outputs, of which ret gets size bytes.
 */
int daemon_once(const char *const *args, char *ret, size_t size);

#endif
