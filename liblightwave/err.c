/* err.c - the words for each result. Any process. */
#include "err.h"

const char *lw_strerror(enum lw_err e)
{
	switch (e) {
	case LW_OK:
		return "success";
	case LW_NOTFOUND:
		return "no such entry";
	case LW_NOTOURS:
		return "not a name of this domain";
	case LW_DENIED:
		return "wrong password";
	case LW_LOCKED:
		return "account locked";
	case LW_DISABLED:
		return "account disabled";
	case LW_EXPIRED:
		return "password expired";
	case LW_FORBIDDEN:
		return "refused by [access]";
	case LW_OFFLINE:
		return "directory not reachable";
	case LW_RANGE:
		return "too large";
	case LW_INVALID:
		return "malformed";
	case LW_PROTO:
		return "protocol broken";
	case LW_NOMEM:
		return "out of memory";
	case LW_PENDING:
		return "pending";
	case LW_ERR_COUNT:
		break;
	}
	return "unknown result";
}
