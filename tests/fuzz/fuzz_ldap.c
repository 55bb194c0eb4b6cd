/*
 * fuzz_ldap.c - whatever a directory server sends, does a worker give an
 * answer that the front can read, or an error? The input: u8 question, then
 * the server's messages:
 *
 *     u8 id (0: the request's), u8 op, u16 n, n bytes, of any value, in it
 *
 * Each request is answered by the next ones, up to a SearchResultDone (0x65).
 * Only what is around them is always right: where libldap cannot read so much
 * it loses a piece of memory for each such message.
 */
#include "cleanup.h"
#include "fuzz.h"
#include "question.h"

#include <stdlib.h>

const char fuzz_target[] = "ldap";

/* Not so large that its number needs a second byte. */
static ber_tag_t tag_of(uint8_t op)
{
	return (op & 0x1F) == 0x1F ? op ^ 1u : op;
}

/* false: that was the last one. */
static bool message(BerElement *ber, ber_int_t asked, struct lw_rd *rest)
{
	uint8_t id = lw_rd_u8(rest);
	ber_tag_t tag = tag_of(lw_rd_u8(rest));
	size_t n = lw_rd_u16(rest), left = (size_t)(rest->end - rest->p);

	if (rest->bad)
		return false;
	n = n < left ? n : left;
	ber_printf(ber, "{ito}", id ? (ber_int_t)id : asked, tag,
		   (const char *)rest->p, (ber_len_t)n);
	rest->p += n;
	return tag != LDAP_RES_SEARCH_RESULT;
}

static void answer(struct peer *p, ber_int_t id, ber_tag_t op)
{
	struct lw_rd *rest = p->arg;
	BerElement *ber;

	if (op != LDAP_REQ_SEARCH)
		return;
	ber = ber_alloc_t(LBER_USE_DER);
	while (message(ber, id, rest))
		;
	peer_send(p, ber);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct question questions[] = {
		{ .op = LW_OP_FIND,
		  .find = { LW_KIND_USER, LW_BY_NAME, { "alice", 5 } } },
		{ .op = LW_OP_FIND,
		  .find = { LW_KIND_GROUP, LW_BY_NAME, { "admins", 6 } } },
		{ .op = LW_OP_FIND,
		  .find = { LW_KIND_USER, LW_BY_RID, { "1-1025 9", 8 } } },
		{ .op = LW_OP_MEMBERSHIPS, .dn = { "cn=x,dc=test", 12 } },
		{ .op = LW_OP_MEMBERS, .dn = { "cn=x,dc=test", 12 } },
		{ .op = LW_OP_FIND,
		  .find = { LW_KIND_GROUP, LW_BY_RID, { "545", 3 } } },
		{ .op = LW_OP_RULES },
		{ .op = LW_OP_SYNC,
		  .sync = { { "dc1.lightwave.test", 18 },
			    1000,
			    LW_SYNC_CHANGES,
			    9 } },
		{ .op = LW_OP_SYNC,
		  .sync = { { "", 0 }, 0, LW_SYNC_EVERYTHING, 9 } },
		{ .op = LW_OP_SYNC, .sync = { { "", 0 }, 0, LW_SYNC_SIDS, 9 } },
	};
	const size_t n = sizeof(questions) / sizeof(*questions);
	struct lw_rd rest;
	lw_cleanup(peer_close) struct peer p = { .asked = answer,
						 .arg = &rest };
	uint32_t entries;

	if (size < 1)
		return 0;
	lw_rd_init(&rest, data + 1, size - 1);
	peer_open(&p);
	fuzz_count(question_run(&p, &questions[data[0] % n], &entries));
	return 0;
}
