/*
 * skew.h - our clock and the KDC's.
 */
#ifndef LW_SKEW_H
#define LW_SKEW_H

#include <krb5.h>

#include <stdbool.h>
#include <stdint.h>

/* Seconds that theirs is ahead of ours, as near as 32 bits come to it. */
int32_t lw_skew_of(krb5_timestamp theirs, krb5_timestamp ours);

/*
 * Whether a ticket was refused with rc because the clocks differ by skew,
 * which the KDC's answer told. The password is known to be right: vmdir's KDC
 * says of a wrong clock what it says of a wrong password.
 */
bool lw_skew_is_why(krb5_error_code rc, int32_t skew);

/*
 * Say it in the log, in minutes; the same at most once a minute. whose: the
 * KDC's name.
 */
void lw_skew_log(int32_t skew, const char *whose);

#endif
