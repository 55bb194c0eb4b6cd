/*
 * page.h - one page of all users, or of all groups, by ascending id.
 *
 * A page holds whole entries, each with an id greater than the one that was
 * asked for, and says from which id to ask on: that is all there is to
 * remember between two pages, so that whoever answers the next one need not be
 * who answered this. A page without entries is not the last one.
 */
#ifndef LW_PAGE_H
#define LW_PAGE_H

#include "proto.h"

/* The next page of the last one; nobody's id. */
#define LW_PAGE_END UINT32_MAX

struct lw_page {
	uint32_t next; /* ask for what comes after it */
	uint32_t count;
	struct lw_rd each; /* lw_passwd_read() or lw_group_read() */
};

/* What stands before the entries; count may be put later. */
void lw_page_encode(struct lw_wr *w, uint32_t next, uint32_t count);

/*
 * The answer to op, LW_OP_PASSWD_PAGE or LW_OP_GROUP_PAGE, about what comes
 * after that id. LW_PROTO, besides what proto.h says: an id that is not
 * greater than the one before it, or than next, or a next page that would be
 * this one again.
 */
enum lw_err lw_page_decode(struct lw_rd *r, enum lw_op op, uint32_t after,
			   struct lw_page *ret);

#endif
