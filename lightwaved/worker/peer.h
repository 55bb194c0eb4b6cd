/*
 * peer.h - a connection of the front: jobs in, answers out.
 */
#ifndef LW_PEER_H
#define LW_PEER_H

#include "stream.h"

struct lw_master;

struct lw_peer {
	LIST_ENTRY(lw_peer) link;
	struct lw_master *master;
	struct lw_stream stream;
};

/* Take fd, a new connection of somebody who may speak to us. */
void lw_peer_new(struct lw_master *m, int fd);
void lw_peer_free(struct lw_peer *p);

/* Answer with b, which is taken, under the peer's own id for the job. */
void lw_peer_answer(struct lw_peer *p, struct lw_body *b, uint32_t id);

/* Whether it had better be sent no more until it has read some of it. */
bool lw_peer_full(const struct lw_peer *p);

/* Answer with a status only. */
void lw_peer_status(struct lw_peer *p, const struct lw_head *asked, uint32_t id,
		    enum lw_err e);

#endif
