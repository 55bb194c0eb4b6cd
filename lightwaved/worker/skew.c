/* skew.c - our clock and the KDC's. A worker process. */
#include "skew.h"

#include "clock.h"
#include "log.h"

#include <stddef.h>

#define TOLERANCE 300 /* seconds; everybody's default (RFC 4120, 1.6) */

int32_t lw_skew_of(krb5_timestamp theirs, krb5_timestamp ours)
{
	/* Unsigned, as libkrb5 reads them since 2038 is near. */
	return (int32_t)((uint32_t)theirs - (uint32_t)ours);
}

bool lw_skew_is_why(krb5_error_code rc, int32_t skew)
{
	static const krb5_error_code plain[] = { KRB5KRB_AP_ERR_SKEW,
						 KRB5_KDCREP_SKEW };
	static const krb5_error_code perhaps[] = { KRB5KDC_ERR_PREAUTH_FAILED,
						   KRB5KDC_ERR_NEVER_VALID,
						   KRB5KDC_ERR_CANNOT_POSTDATE,
						   KRB5KRB_AP_ERR_TKT_NYV,
						   KRB5KRB_AP_ERR_TKT_EXPIRED };
	bool far = skew < -TOLERANCE || skew > TOLERANCE;

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (rc == plain[i])
			return true;
	}
	for (size_t i = 0; i < sizeof(perhaps) / sizeof(perhaps[0]); i++) {
		if (rc == perhaps[i])
			return far;
	}
	return false;
}

void lw_skew_log(int32_t skew, const char *whose)
{
	static int64_t logged;
	static int32_t said;
	int32_t minutes =
		(int32_t)(((int64_t)skew + (skew < 0 ? -30 : 30)) / 60);

	if (minutes == 0 || (!lw_rarely(&logged) && minutes == said))
		return;
	said = minutes;
	lw_log(LOG_WARNING, "the clock of this host is %d min %s %s's",
	       minutes < 0 ? -minutes : minutes,
	       minutes > 0 ? "behind" : "ahead of", whose);
}
