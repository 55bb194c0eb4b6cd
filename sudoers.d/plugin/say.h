/*
 * say.h - why a no is one, where the front could not write it down: a line in
 * the log, and once to who waits. Never more than a few lines a run. Runs in
 * sudo, as root.
 */
#ifndef LW_SUDO_SAY_H
#define LW_SUDO_SAY_H

#include "err.h"

#include <sudo_plugin.h>

/* How sudo shows its user something; NULL: not at all. */
void lw_say_through(sudo_printf_t print);

/* The rule is at fault: why in a few words. */
void lw_say_refused(const char *user, const char *group, const char *why);

/* The question came to e. */
void lw_say_failed(const char *user, const char *group, enum lw_err e);

#endif
