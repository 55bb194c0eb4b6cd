/* page.c - users or groups, a page at a time. Any process; pure. */
#include "page.h"

/* The least that an entry takes: its numbers and the lengths of its strings. */
#define PASSWD_MIN 24
#define GROUP_MIN  12

/* page = u32 next, u32 count, count * passwd, or count * group */
void lw_page_encode(struct lw_wr *w, uint32_t next, uint32_t count)
{
	lw_wr_u32(w, next);
	lw_wr_u32(w, count);
}

enum lw_err lw_page_decode(struct lw_rd *r, enum lw_op op, uint32_t after,
			   struct lw_page *ret)
{
	bool users = op == LW_OP_PASSWD_PAGE;
	struct lw_page p;

	p.next = lw_rd_u32(r);
	p.count = lw_rd_count(r, users ? PASSWD_MIN : GROUP_MIN);
	p.each = *r;
	if (p.next <= after)
		return LW_PROTO;
	for (uint32_t i = 0; !r->bad && i < p.count; i++) {
		uint32_t id =
			users ? lw_passwd_read(r).uid : lw_group_read(r).gid;

		if (id <= after || id > p.next || id == LW_PAGE_END)
			return LW_PROTO;
		after = id;
	}
	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;

	*ret = p;
	return LW_OK;
}
