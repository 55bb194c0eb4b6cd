/* result.c - our results in the words of nsswitch. Runs in any process. */
#include "module.h"

#include <errno.h>

static enum nss_status say(enum nss_status status, int code, int *errnop)
{
	*errnop = code;
	return status;
}

enum nss_status lw_to_nss(enum lw_err e, int saved, int *errnop)
{
	errno = saved;

	switch (e) {
	case LW_OK:
		return NSS_STATUS_SUCCESS;
	case LW_RANGE:
		return say(NSS_STATUS_TRYAGAIN, ERANGE, errnop);
	case LW_NOTFOUND:
	case LW_NOTOURS:
	case LW_INVALID:
		return say(NSS_STATUS_NOTFOUND, ENOENT, errnop);
	case LW_DENIED:
	case LW_LOCKED:
	case LW_DISABLED:
	case LW_EXPIRED:
	case LW_FORBIDDEN:
	case LW_OFFLINE:
	case LW_PROTO:
	case LW_NOMEM:
	case LW_PENDING:
	case LW_NOPASSWORD:
	case LW_SKEW:
	case LW_NOTICKET:
	case LW_CHANGE:
	case LW_TOOSHORT:
	case LW_WEAK:
	case LW_HISTORY:
	case LW_TOOSOON:
	case LW_NOTALLOWED:
	case LW_NOWORKER:
	case LW_NOFRONT:
	case LW_OUTDATED:
	case LW_CLAIMED:
	case LW_ERR_COUNT:
		break;
	}
	return say(NSS_STATUS_UNAVAIL, EAGAIN, errnop);
}
