/* say.c - why a no is one. Runs in sudo, as root. */
#include "say.h"

#include "now.h"

#include <stdbool.h>
#include <stddef.h>
#include <syslog.h>

#define SHOWN	  300
#define LINES	  8
#define PERIOD_MS 10000

static sudo_printf_t through;
static bool told;
static int64_t since;
static int lines;

void lw_say_through(sudo_printf_t print)
{
	through = print;
	told = false;
	lines = 0;
}

/* A sudo that lives on says it again another time. */
static bool may_say(void)
{
	int64_t now = lw_now_ms();

	if (now - since >= PERIOD_MS) {
		since = now;
		lines = 0;
		told = false;
	}
	return lines++ < LINES;
}

/* What is not plain ASCII is a ? in the log and on a terminal. */
static const char *printable(const char *s, char out[SHOWN])
{
	size_t n = 0;

	for (; *s && n < SHOWN - 1; s++)
		out[n++] = *s >= 0x20 && *s < 0x7F ? *s : '?';
	out[n] = '\0';
	return out;
}

void lw_say_refused(const char *user, const char *group, const char *why)
{
	char shown[2][SHOWN];

	if (!may_say())
		return;
	syslog(LOG_AUTHPRIV | LOG_WARNING,
	       "lightwave_sudo: %s counts as not in %s: %s",
	       printable(user, shown[0]), printable(group, shown[1]), why);
}

/* NULL: nothing that sudo's user could wait for. */
static const char *to_user(enum lw_err e)
{
	if (e == LW_OUTDATED)
		return "the directory has not been reached for too long";
	if (e == LW_OFFLINE || e == LW_NOWORKER)
		return "the directory is not reachable";
	return e == LW_NOFRONT ? lw_strerror(e) : NULL;
}

void lw_say_failed(const char *user, const char *group, enum lw_err e)
{
	const char *text = to_user(e);
	char shown[SHOWN];

	lw_say_refused(user, group, lw_strerror(e));
	if (!text || !through || told)
		return;
	told = true;
	through(SUDO_CONV_ERROR_MSG,
		"lightwave: %s: group %s cannot be looked up\n", text,
		printable(group, shown));
}
