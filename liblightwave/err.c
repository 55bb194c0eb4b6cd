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
	case LW_NOPASSWORD:
		return "account has no password";
	case LW_SKEW:
		return "no ticket, which is required: clock skew too great";
	case LW_NOTICKET:
		return "no ticket, which is required";
	case LW_CHANGE:
		return "password must be changed";
	case LW_TOOSHORT:
		return "new password too short";
	case LW_WEAK:
		return "new password against the domain's rules";
	case LW_HISTORY:
		return "new password used before";
	case LW_TOOSOON:
		return "password changed too recently";
	case LW_NOTALLOWED:
		return "password change not allowed";
	case LW_NOWORKER:
		return "lightwaved-worker does not answer";
	case LW_NOFRONT:
		return "lightwaved does not answer";
	case LW_OUTDATED:
		return "directory away for longer than "
		       "offline_authorization_max";
	case LW_CLAIMED:
		return "several entries claim that name";
	case LW_ERR_COUNT:
		break;
	}
	return "unknown result";
}
