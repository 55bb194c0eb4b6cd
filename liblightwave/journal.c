/* journal.c - a record of the journal as a datagram. The daemons only. */
#include "journal.h"

#include "log.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void lw_journal_init(struct lw_journal *j, const char *path)
{
	j->path = path;
	j->fd = path ? socket(AF_UNIX,
			      SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)
		     : -1;
}

void lw_journal_done(struct lw_journal *j)
{
	if (j->path && j->fd >= 0)
		close(j->fd);
	j->path = NULL;
}

void lw_journal_put(struct lw_wr *w, const char *field, struct lw_str value)
{
	char text[LW_JOURNAL_VALUE];
	size_t n;

	if (value.n == 0)
		return;
	n = lw_log_escape(value, text, sizeof(text));
	lw_wr_raw(w, field, strlen(field));
	lw_wr_raw(w, "=", 1);
	lw_wr_raw(w, text, n);
	lw_wr_raw(w, "\n", 1);
}

enum lw_err lw_journal_send(const struct lw_journal *j, const struct lw_wr *w,
			    const uint8_t *record)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	size_t n = (size_t)(w->p - record);
	const struct sockaddr *to = (const struct sockaddr *)&sun;

	if (!j->path || j->fd < 0 || lw_wr_end(w) != LW_OK ||
	    strlen(j->path) >= sizeof(sun.sun_path))
		return LW_OFFLINE;
	memcpy(sun.sun_path, j->path, strlen(j->path) + 1);
	/* To its name each time: a journal that was restarted has it again. */
	if (sendto(j->fd, record, n, MSG_DONTWAIT | MSG_NOSIGNAL, to,
		   sizeof(sun)) != (ssize_t)n)
		return LW_OFFLINE;
	return LW_OK;
}
