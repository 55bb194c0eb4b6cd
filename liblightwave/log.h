/*
 * log.h - one line for the journal. The daemons only: the NSS module never
 * logs, the PAM module uses pam_syslog(3).
 *
 * Lines go to standard error, with the priority in front as sd-daemon(3) has
 * it when that is the journal. Control characters and what is not UTF-8, which
 * names from anywhere may hold, come out as \xNN. Nobody waits for who reads
 * the log: lines that are not taken are lost, and how many is said before the
 * next one. There is no level at which a secret is logged.
 */
#ifndef LW_LOG_H
#define LW_LOG_H

#include "wire.h"

#include <syslog.h>

/* Once, at start. name: what stands before each line where no journal is. */
void lw_log_init(const char *name, bool debug);

/* prio: LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG. */
void lw_log(int prio, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Whether standard error is the journal. */
bool lw_log_is_journal(void);

/*
 * s as it stands in a line, in to (size bytes, at least 8): as much as there is
 * room for, and a NUL. Its length.
 */
size_t lw_log_escape(struct lw_str s, char *to, size_t size);

#endif
