/* log.c - lines for the journal. Both daemons. */
#include "log.h"

#include "utf8.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATIENCE_MS 100 /* once; then what cannot be taken is lost */

static unsigned long lost;
static struct {
	const char *name;
	bool debug, journal;
} self = { .name = "lightwave" };

void lw_log_init(const char *name, bool debug)
{
	self.name = name;
	self.debug = debug;
	self.journal = getenv("JOURNAL_STREAM") != NULL;
}

/* How many bytes of s may stand as they are; 0: the first one may not. */
static size_t printable(struct lw_str s)
{
	uint32_t c = 0;
	size_t n = lw_utf8(s, &c);

	/* U+9B is ESC [ to a terminal, in one character. */
	return c < 0x20 || (c >= 0x7F && c <= 0x9F) ? 0 : n;
}

static bool has_room(int wait_ms)
{
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };

	/* What cannot be polled is written to, and says so itself. */
	return poll(&p, 1, wait_ms) != 0;
}

static void put(const char *line, size_t n)
{
	char first[80];
	int m = snprintf(first, sizeof(first),
			 "%s%lu lines before this one are lost: nobody read "
			 "the log\n",
			 self.journal ? "<4>" : "", lost);

	if (!has_room(lost ? 0 : PATIENCE_MS)) {
		lost++;
		return;
	}
	if (lost && write(STDERR_FILENO, first, (size_t)m) == m)
		lost = 0;
	if (!has_room(0))
		lost++;
	else if (write(STDERR_FILENO, line, n) < 0)
		return; /* nowhere left to say so */
}

bool lw_log_is_journal(void)
{
	const char *is = getenv("JOURNAL_STREAM");
	struct stat st;
	char own[64];

	if (!is || fstat(STDERR_FILENO, &st) < 0)
		return false;
	/* Who starts a program elsewhere hands on the variable as well. */
	snprintf(own, sizeof(own), "%ju:%ju", (uintmax_t)st.st_dev,
		 (uintmax_t)st.st_ino);
	return !strcmp(is, own);
}

size_t lw_log_escape(struct lw_str s, char *to, size_t size)
{
	size_t n = 0;

	/* The longest step, four bytes, and a NUL. */
	while (s.n > 0 && n + 5 <= size) {
		size_t step = printable(s);

		if (step == 0) {
			step = 1;
			n += (size_t)snprintf(to + n, 5, "\\x%02X",
					      (uint8_t)*s.s);
		} else {
			memcpy(to + n, s.s, step);
			n += step;
		}
		s.s += step;
		s.n -= step;
	}
	to[n] = '\0';
	return n;
}

/* As one write, so that lines of several processes do not mix. */
void lw_log(int prio, const char *fmt, ...)
{
	char text[1024], line[2 * sizeof(text) + 64];
	size_t n;
	va_list ap;

	if (prio == LOG_DEBUG && !self.debug)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);

	if (self.journal)
		n = (size_t)snprintf(line, 64, "<%d>", prio);
	else
		n = (size_t)snprintf(line, 64, "%s[%d]: ", self.name,
				     (int)getpid());
	n += lw_log_escape(lw_str(text), line + n, sizeof(line) - 1 - n);
	line[n++] = '\n';
	put(line, n);
}
