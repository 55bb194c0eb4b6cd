/*
 * selftest_clock.h - how far our clock is from the domain's; selftest.c's own.
 */
#ifndef LW_SELFTEST_CLOCK_H
#define LW_SELFTEST_CLOCK_H

#include "conn.h"
#include "selftest_kdc.h"

/* Seconds by which the domain may differ before that is a fault. */
#define LW_CLOCK_MAX 60

/*
 * Seconds that the domain is ahead of us: by the rootDSE's currentTime, or
 * where it has none (vmdir's has not) by what a KDC said; ret_whose says which.
 * LW_NOTFOUND: neither tells.
 */
enum lw_err lw_selftest_clock(struct lw_conn *c, const struct lw_kdc_said *kdc,
			      int64_t *ret_ahead, const char **ret_whose);

#endif
