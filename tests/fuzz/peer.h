/*
 * peer.h - a directory server in memory, at the other end of a real libldap.
 *
 * What libldap sends is kept, and what it receives is what the target puts
 * there; when that is used up, the server has closed the connection. No byte
 * goes through the kernel and nothing waits.
 */
#ifndef LW_FUZZ_PEER_H
#define LW_FUZZ_PEER_H

#include "conn.h"

#define PEER_SID   "S-1-7-21-1-2-3-4"
#define PEER_REALM "LIGHTWAVE.TEST"

struct peer {
	struct lw_conn conn; /* connected, and bound as the machine */
	struct berval out;   /* what the server says ... */
	size_t sent;	     /* ... and how much of it was read */
	uint8_t *in;	     /* the request that is being sent, or was last */
	size_t in_n;
	bool whole; /* ... which is complete */
	/* Called for each request; may peer_send() an answer. */
	void (*asked)(struct peer *p, ber_int_t id, ber_tag_t op);
	void *arg;
};

/* p is zero but for asked and arg. */
void peer_open(struct peer *p);
void peer_close(struct peer *p);

/* After what it has said so far the server says what was written to ber, which
 * it takes. */
void peer_send(struct peer *p, BerElement *ber);

/*
 * A reader of the requests. libldap made them, so that it may be strict: at
 * the first surprise it is not good any more, and gives nothing.
 */
struct peer_ber {
	const uint8_t *p;
	size_t n;
	bool good;
};

/* The next element, which has that tag: its inside. */
struct peer_ber peer_inside(struct peer_ber *b, ber_tag_t tag);
/* The next element, an OCTET STRING. */
struct lw_str peer_octets(struct peer_ber *b);

/* What is inside the operation in p->in, which is that one. */
struct peer_ber peer_operation(const struct peer *p, ber_tag_t op);
/* The filter, if that is a search. */
struct peer_ber peer_filter(const struct peer *p);

/* Called with each line that a worker logs, which nobody is shown. */
extern void (*peer_logged)(const char *line);

#endif
