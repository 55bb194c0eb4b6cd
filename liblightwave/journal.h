/*
 * journal.h - one record of the journal, with fields: systemd's native
 * protocol (https://systemd.io/JOURNAL_NATIVE_PROTOCOL/). The daemons only.
 *
 * sd_journal_send(3) waits where the journal is slow, and nobody who decides
 * about a login may wait for who writes it down: a record that cannot be taken
 * now is not. Values are spelled as lines of the log are (log.h), so that none
 * holds a line's end. A password is no value: it has a type of its own.
 */
#ifndef LW_JOURNAL_H
#define LW_JOURNAL_H

#include "err.h"
#include "wire.h"

#define LW_JOURNAL_SOCKET "/run/systemd/journal/socket"
#define LW_JOURNAL_MAX	  (32 * 1024) /* bytes of a record */
#define LW_JOURNAL_VALUE  8192	      /* ... of a value; the rest is cut off */

struct lw_journal {
	const char *path; /* borrowed; NULL: there is none */
	int fd;
};

/* path NULL: nowhere. What cannot be had now is said by lw_journal_send(). */
void lw_journal_init(struct lw_journal *j, const char *path);
void lw_journal_done(struct lw_journal *j);

/* One field, in capitals; none where value is empty. */
void lw_journal_put(struct lw_wr *w, const char *field, struct lw_str value);

/* LW_OFFLINE: it was not taken. */
enum lw_err lw_journal_send(const struct lw_journal *j, const struct lw_wr *w,
			    const uint8_t *record);

#endif
