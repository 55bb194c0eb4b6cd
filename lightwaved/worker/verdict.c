/* verdict.c - the table of verdicts. A worker process; pure. */
#include "verdict.h"

#include <stddef.h>

/*
 * vmdir: 49 is a wrong or an expired password, 50 an account that is locked,
 * disabled or has none; only the control tells which. 32 is an unknown DN.
 */
static const struct {
	int result;
	enum lw_ppolicy pp;
	enum lw_err verdict;
} table[] = {
	{ LDAP_SUCCESS, LW_PP_NONE, LW_OK },
	/* Right, and all he may do now is to change it. */
	{ LDAP_SUCCESS, LW_PP_EXPIRED, LW_CHANGE },
	{ LDAP_SUCCESS, LW_PP_RESET, LW_CHANGE },
	{ LDAP_SUCCESS, LW_PP_GRACE, LW_CHANGE },
	/* Success and its opposite at once: the careful half. */
	{ LDAP_SUCCESS, LW_PP_LOCKED, LW_LOCKED },

	{ LDAP_INVALID_CREDENTIALS, LW_PP_NONE, LW_DENIED },
	{ LDAP_INVALID_CREDENTIALS, LW_PP_EXPIRED, LW_EXPIRED },
	{ LDAP_INVALID_CREDENTIALS, LW_PP_LOCKED, LW_LOCKED },
	{ LDAP_INVALID_CREDENTIALS, LW_PP_RESET, LW_DENIED },
	{ LDAP_INVALID_CREDENTIALS, LW_PP_GRACE, LW_DENIED },
	{ LDAP_INVALID_CREDENTIALS, LW_PP_OTHER, LW_DENIED },

	{ LDAP_INAPPROPRIATE_AUTH, LW_PP_NONE, LW_NOPASSWORD },
	{ LDAP_INAPPROPRIATE_AUTH, LW_PP_EXPIRED, LW_NOPASSWORD },
	{ LDAP_INAPPROPRIATE_AUTH, LW_PP_LOCKED, LW_LOCKED },
	{ LDAP_INAPPROPRIATE_AUTH, LW_PP_RESET, LW_NOPASSWORD },
	{ LDAP_INAPPROPRIATE_AUTH, LW_PP_GRACE, LW_NOPASSWORD },
	{ LDAP_INAPPROPRIATE_AUTH, LW_PP_OTHER, LW_NOPASSWORD },

	{ LDAP_INSUFFICIENT_ACCESS, LW_PP_NONE, LW_DISABLED },
	{ LDAP_INSUFFICIENT_ACCESS, LW_PP_EXPIRED, LW_DISABLED },
	{ LDAP_INSUFFICIENT_ACCESS, LW_PP_LOCKED, LW_LOCKED },
	{ LDAP_INSUFFICIENT_ACCESS, LW_PP_RESET, LW_DISABLED },
	{ LDAP_INSUFFICIENT_ACCESS, LW_PP_GRACE, LW_DISABLED },
	{ LDAP_INSUFFICIENT_ACCESS, LW_PP_OTHER, LW_DISABLED },

	{ LDAP_NO_SUCH_OBJECT, LW_PP_NONE, LW_NOTFOUND },
	{ LDAP_NO_SUCH_OBJECT, LW_PP_EXPIRED, LW_NOTFOUND },
	{ LDAP_NO_SUCH_OBJECT, LW_PP_LOCKED, LW_NOTFOUND },
	{ LDAP_NO_SUCH_OBJECT, LW_PP_RESET, LW_NOTFOUND },
	{ LDAP_NO_SUCH_OBJECT, LW_PP_GRACE, LW_NOTFOUND },
	{ LDAP_NO_SUCH_OBJECT, LW_PP_OTHER, LW_NOTFOUND },
};

enum lw_err lw_verdict_of(int result, enum lw_ppolicy pp)
{
	if (pp > LW_PP_OTHER)
		pp = LW_PP_OTHER;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (table[i].result == result && table[i].pp == pp)
			return table[i].verdict;
	}
	/* Busy, unwilling, a referral: it is there, and said no verdict. */
	return result < 0 ? LW_OFFLINE : LW_NOMEM;
}
