/*
 * selftest_kdc.h - what a KDC says to this machine, within a time limit;
 * selftest.c's own.
 */
#ifndef LW_SELFTEST_KDC_H
#define LW_SELFTEST_KDC_H

#include "setup.h"

struct lw_kdc_said {
	bool answered;
	int32_t ahead; /* seconds its clock is ahead of ours */
	bool ticket;   /* it gives one for our keytab */
	char why[600]; /* ... or why not, in one sentence */
};

/*
 * Ask, in a process of its own: libkrb5 waits half a minute for a KDC that
 * says nothing, and cannot be told to wait less. Nothing of what that process
 * gets is kept. Nobody answered in time: ret is all zero.
 */
void lw_selftest_kdc(const struct lw_setup *s, struct lw_kdc_said *ret);

#endif
