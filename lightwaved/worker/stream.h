/*
 * stream.h - messages over a socket that never blocks the master's loop.
 *
 * Bodies may hold passwords: they lie in buffers of their own, go from hand
 * to hand without copies, and are wiped when they are released.
 */
#ifndef LW_STREAM_H
#define LW_STREAM_H

#include "proto.h"

#include <event2/event.h>
#include <sys/queue.h>

/* Who sends more while so much waits had better not: lw_stream_full(). */
#define LW_STREAM_FULL (1024 * 1024)

/* h.len bytes on the heap. */
struct lw_body {
	struct lw_head h;
	uint8_t *p;
};
void lw_body_done(struct lw_body *b); /* wipes */
/* The body, which is the caller's from now on. */
struct lw_body lw_body_take(struct lw_body *b);

struct lw_outgoing {
	STAILQ_ENTRY(lw_outgoing) link;
	uint8_t head[LW_HEAD_SIZE];
	struct lw_body body;
	size_t sent; /* of head and body */
};

struct lw_stream {
	int fd;
	size_t max; /* longest body taken */
	struct event *readable, *writable;
	uint8_t head[LW_HEAD_SIZE];
	size_t got; /* of head and body */
	struct lw_body in;
	STAILQ_HEAD(lw_outgoing_list, lw_outgoing) out;
	size_t waiting; /* bytes in out */

	/* A whole message; its body is taken by the callee. */
	void (*on_message)(void *arg, struct lw_body *b);
	/* The peer is gone or broke the protocol; nothing comes after it. */
	void (*on_end)(void *arg);
	/*
	 * Less than LW_STREAM_FULL waits to be sent, and more did. NULL: nobody
	 * needs to know.
	 */
	void (*on_drained)(void *arg);
	void *arg;
};

/*
 * Takes fd, which becomes non-blocking. The callbacks and max are the
 * caller's to set before. Callbacks may release the stream. LW_NOMEM: fd is
 * closed.
 */
enum lw_err lw_stream_init(struct lw_stream *s, struct event_base *base,
			   int fd);
void lw_stream_done(struct lw_stream *s);

/*
 * Send b with its head; takes b. A peer that is gone, or does not read what
 * it asked for, is reported by on_end, later.
 */
void lw_stream_send(struct lw_stream *s, struct lw_body *b);

/* Whether the peer is slower than what is sent to it; on_drained will come. */
bool lw_stream_full(const struct lw_stream *s);

/* Read no more, until it is called with false. */
void lw_stream_pause(struct lw_stream *s, bool pause);

#endif
