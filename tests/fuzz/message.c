/* message.c - a message, there and back. Runs in a fuzz target. */
#include "message.h"

#include "cleanup.h"
#include "fuzz.h"

#include <string.h>

static const uint8_t *inside;
static size_t inside_n;

void message_bytes(struct lw_str s)
{
	fuzz_view(s, inside, inside_n);
}

void message_view(struct lw_str s)
{
	message_bytes(s);
	fuzz_holds(s.n == 0 || !memchr(s.s, '\0', s.n),
		   "a string holds no NUL");
}

void message_password(struct lw_password s)
{
	message_view((struct lw_str) { s.p, s.n });
}

bool message_str(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_str s = lw_rd_str(r);

	message_view(s);
	lw_wr_str(w, s);
	return lw_rd_end(r) == LW_OK;
}

bool message_u32(struct lw_rd *r, struct lw_wr *w)
{
	lw_wr_u32(w, lw_rd_u32(r));
	return lw_rd_end(r) == LW_OK;
}

bool message_policy(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_password_policy p;

	if (lw_password_policy_decode(r, &p) != LW_OK)
		return false;
	lw_password_policy_encode(w, &p);
	return true;
}

static bool head_is_right(const uint8_t *data, size_t size, struct lw_head *ret)
{
	struct lw_head h = { 0 };
	uint16_t version = (uint16_t)(data[4] << 8 | data[5]);
	uint32_t len = lw_get_u32(data);
	bool ok = lw_head_decode(data, size - LW_HEAD_SIZE, &h) == LW_OK;

	fuzz_holds(ok == (version == LW_PROTO_VERSION &&
			  len <= size - LW_HEAD_SIZE),
		   "a head is right or refused");
	h.op = (uint16_t)(data[6] << 8 | data[7]);
	*ret = h;
	return ok && len == size - LW_HEAD_SIZE;
}

/* With its head, which is what came if that was right. */
static bool there_and_back(message_codec *codec, bool answer,
			   const struct lw_head *h, bool head_right,
			   const uint8_t *data, size_t size)
{
	lw_cleanup(lw_wr_done) struct lw_wr w;
	enum lw_err status = LW_OK;
	struct lw_rd r;
	bool taken;

	lw_wr_heap(&w, LW_REPLY_MAX);
	lw_msg_begin(&w, (enum lw_op)h->op, h->id);
	lw_rd_init(&r, data + LW_HEAD_SIZE, size - LW_HEAD_SIZE);
	if (answer) {
		status = lw_status_decode(&r);
		lw_wr_u32(&w, status);
	}
	if (status == LW_PROTO)
		return false; /* or a number that is no status */
	if (status == LW_SKEW)
		codec = message_u32;
	else if (status != LW_OK)
		codec = NULL;
	taken = codec ? codec(&r, &w) : lw_rd_end(&r) == LW_OK;
	if (!taken)
		return false;

	fuzz_holds(lw_msg_end(&w, w.base) == LW_OK, "it can be written");
	fuzz_holds((size_t)(w.p - w.base) == size &&
			   !memcmp(w.base + LW_HEAD_SIZE, data + LW_HEAD_SIZE,
				   size - LW_HEAD_SIZE),
		   "what decodes is encoded to the same bytes");
	fuzz_holds(!head_right || !memcmp(w.base, data, LW_HEAD_SIZE),
		   "a head is written as it was read");
	return true;
}

void message_run(const struct message_op *ops, size_t n_ops,
		 const uint8_t *data, size_t size)
{
	struct lw_head h;
	bool right, taken = false;

	if (size < LW_HEAD_SIZE)
		return;
	right = head_is_right(data, size, &h);
	inside = data;
	inside_n = size;
	for (size_t i = 0; i < n_ops; i++) {
		if (ops[i].op != h.op)
			continue;
		taken |= there_and_back(ops[i].question, false, &h, right, data,
					size);
		taken |= there_and_back(ops[i].answer, true, &h, right, data,
					size);
	}
	fuzz_count(taken);
}
