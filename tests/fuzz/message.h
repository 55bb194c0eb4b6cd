/*
 * message.h - take a whole message apart and put it together again.
 */
#ifndef LW_FUZZ_MESSAGE_H
#define LW_FUZZ_MESSAGE_H

#include "proto.h"

/*
 * Decode what r has; if that is possible, check its strings with
 * message_view(), write it to w and give true.
 */
typedef bool message_codec(struct lw_rd *r, struct lw_wr *w);

struct message_op {
	uint16_t op;
	message_codec *question, *answer; /* NULL: nothing in it */
};

/*
 * The input is a message as doc/PROTOCOL.md has it. Its body is read as a
 * question and as an answer of its op, whatever its head says about length;
 * what can be read is what was written.
 */
void message_run(const struct message_op *ops, size_t n_ops,
		 const uint8_t *data, size_t size);

/* s is inside the message that is being read, and without a NUL. */
void message_view(struct lw_str s);
void message_password(struct lw_password s);
/* The same, whatever its bytes are. */
void message_bytes(struct lw_str s);

/* Of which there are several. */
bool message_str(struct lw_rd *r, struct lw_wr *w);
bool message_u32(struct lw_rd *r, struct lw_wr *w);
bool message_policy(struct lw_rd *r, struct lw_wr *w);

#endif
