/*
 * server.h - the front's two sockets and the clients on them.
 *
 * nss: anyone, lookups only. priv: uid 0 only, by SO_PEERCRED, whatever the
 * mode of the file is. A client has one request at a time; what it sends is
 * bounded, and so is the time it may take to send it. nss has so many clients
 * at most, root's counted apart, that priv always has descriptors left.
 */
#ifndef LW_SERVER_H
#define LW_SERVER_H

#include "front.h"
#include "request.h"

/* Descriptors that it counts on: LimitNOFILE= of lightwaved.service. */
#define LW_SERVER_FILES 2048

/*
 * Make DIR/nss and DIR/priv and listen. LW_OFFLINE: cannot (said in the log),
 * for example because another front listens there. LW_NOMEM.
 */
enum lw_err lw_server_new(struct lw_front *f, const char *dir, bool bare,
			  struct lw_server **ret);
/* Whether names without a domain may be asked about; see client.h. */
void lw_server_bare(struct lw_server *s, bool bare);

/* Stops listening, removes the sockets, drops the clients. */
void lw_server_free(struct lw_server *s);

/* conn now waits for r. */
void lw_conn_begins(struct lw_conn *conn, struct lw_request *r);

/*
 * Send the answer to the question with that head: status, and what follows it
 * if status is LW_OK (rest may be NULL). conn may be gone afterwards.
 */
void lw_conn_answer(struct lw_conn *conn, const struct lw_head *head,
		    enum lw_err status, const struct lw_wr *rest);

#endif
