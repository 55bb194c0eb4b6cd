/*
 * journal_rig.h - the journal's socket in the test's folder, and what came.
 */
#ifndef LW_JOURNAL_RIG_H
#define LW_JOURNAL_RIG_H

#include "check.h"
#include "worker.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int journal = -1;
static char record[64 * 1024];

static inline void journal_opens(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX,
				   .sun_path = "./journal" };

	journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(journal >= 0);
	assert_int_equal(
		bind(journal, (const struct sockaddr *)&sun, sizeof(sun)), 0);
}

static inline void journal_closes(void)
{
	if (journal >= 0)
		close(journal);
	journal = -1;
	unlink("./journal");
}

static inline bool journal_has(void)
{
	return worker_wait(journal, POLLIN, worker_now_ms());
}

static inline void take_record(void)
{
	ssize_t n;

	assert_true(
		worker_wait(journal, POLLIN, worker_now_ms() + PATIENCE_MS));
	record[0] = '\n';
	n = recv(journal, record + 1, sizeof(record) - 2, 0);
	assert_true(n > 0);
	record[n + 1] = '\0';
	/* Each field is a line, and has a value. */
	assert_int_equal(record[n], '\n');
	assert_non_null(strstr(record, "\nMESSAGE="));
	assert_null(strstr(record, "=\n"));
}

/* That line is in it, once. */
static inline void record_has(const char *field)
{
	char line[1200];
	const char *at;

	snprintf(line, sizeof(line), "\n%s\n", field);
	at = strstr(record, line);
	if (!at || strstr(at + 1, line))
		fail_msg("\"%s\" is not once in:%s", field, record);
}

static inline void record_has_not(const char *text)
{
	if (strstr(record, text))
		fail_msg("\"%s\" is in:%s", text, record);
}

#endif
