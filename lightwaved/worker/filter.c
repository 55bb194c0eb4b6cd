/* filter.c - search filters from attribute and value. A worker; pure. */
#include "filter.h"

#include <ldap.h>
#include <string.h>

void lw_filter_raw(struct lw_wr *w, const char *text)
{
	lw_wr_raw(w, text, strlen(text));
}

void lw_filter_pair(struct lw_wr *w, const char *attr, struct lw_str value)
{
	struct berval in, out = { 0, NULL };

	in.bv_len = value.n;
	in.bv_val = (char *)(uintptr_t)value.s; /* only read */
	/* Without it "(a=)" would come out, which is another question. */
	if (value.n == 0 || ldap_bv2escaped_filter_value(&in, &out) != 0) {
		w->full = true;
		return;
	}
	lw_filter_raw(w, "(");
	lw_filter_raw(w, attr);
	lw_filter_raw(w, "=");
	lw_wr_raw(w, out.bv_val, out.bv_len);
	lw_filter_raw(w, ")");
	ber_memfree(out.bv_val);
}

const char *lw_filter_end(struct lw_wr *w)
{
	lw_wr_u8(w, 0);
	return lw_wr_end(w) == LW_OK ? (const char *)w->base : NULL;
}
