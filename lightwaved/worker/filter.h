/*
 * filter.h - search filters, made of attribute and value only.
 *
 * A filter is written into a heap writer (wire.h). Values come in through
 * lw_filter_pair() and nowhere else, escaped as RFC 4515 has it; what
 * lw_filter_raw() takes is our own program text.
 */
#ifndef LW_FILTER_H
#define LW_FILTER_H

#include "wire.h"

#define LW_FILTER_MAX (1024 * 1024)

#define LW_IS_USER  "(objectClass=user)(!(objectClass=computer))"
#define LW_IS_GROUP "(objectClass=group)"

void lw_filter_raw(struct lw_wr *w, const char *text);

/* (attr=value), value being one value whatever bytes it holds. */
void lw_filter_pair(struct lw_wr *w, const char *attr, struct lw_str value);

/*
 * The finished filter, NUL-terminated, w's own; NULL when it is longer than
 * w's limit or there was no memory.
 */
const char *lw_filter_end(struct lw_wr *w);

#endif
