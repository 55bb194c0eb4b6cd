/*
 * server.h - a server in memory that answers one operation as an input says:
 *
 *     i8 result, u8 form, the value of the password-policy control with it
 *
 * The bits of form: 1 the control is there; 2 another one before it;
 * 4 critical; 8 without a value.
 */
#ifndef LW_FUZZ_SERVER_H
#define LW_FUZZ_SERVER_H

#include "peer.h"

/* What vmdir sends in the text of some refusals; never to be logged. */
#define SERVER_TEXT "raw-hash-bytes"

struct server {
	const uint8_t *data; /* the input */
	size_t size;
	unsigned int binds, modifies; /* how many came */
	bool changes; /* the input answers a modify; a bind succeeds */
};

/* false: the input is too short for that. */
bool server_init(struct server *s, const uint8_t *data, size_t size);

/* A struct peer's asked, with the server as its arg. */
void server_answer(struct peer *p, ber_int_t id, ber_tag_t op);

int server_result(const struct server *s);
bool server_has_control(const struct server *s);

/* There is no control, or a well-formed one with nothing against anybody. */
bool server_agrees(const struct server *s);

#endif
