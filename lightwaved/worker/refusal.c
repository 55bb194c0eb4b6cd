/* refusal.c - answers to a change of password. A worker process; pure. */
#include "refusal.h"

#include <stddef.h>

/* The first row that fits; LW_PP_COUNT stands for whatever else it says. */
static const struct {
	int result;
	enum lw_ppolicy pp;
	enum lw_err means;
} by_modify[] = {
	{ LDAP_SUCCESS, LW_PP_COUNT, LW_OK },

	{ LDAP_CONSTRAINT_VIOLATION, LW_PP_TOO_SHORT, LW_TOOSHORT },
	{ LDAP_CONSTRAINT_VIOLATION, LW_PP_IN_HISTORY, LW_HISTORY },
	{ LDAP_CONSTRAINT_VIOLATION, LW_PP_TOO_YOUNG, LW_TOOSOON },
	{ LDAP_CONSTRAINT_VIOLATION, LW_PP_NOT_ALLOWED, LW_NOTALLOWED },
	{ LDAP_CONSTRAINT_VIOLATION, LW_PP_NEEDS_OLD, LW_NOTALLOWED },
	{ LDAP_CONSTRAINT_VIOLATION, LW_PP_COUNT, LW_WEAK },

	/* vmdir: the old password is another one by now. */
	{ LDAP_INVALID_CREDENTIALS, LW_PP_COUNT, LW_DENIED },

	{ LDAP_INSUFFICIENT_ACCESS, LW_PP_TOO_SHORT, LW_TOOSHORT },
	{ LDAP_INSUFFICIENT_ACCESS, LW_PP_QUALITY, LW_WEAK },
	{ LDAP_INSUFFICIENT_ACCESS, LW_PP_TOO_LONG, LW_WEAK },
	{ LDAP_INSUFFICIENT_ACCESS, LW_PP_IN_HISTORY, LW_HISTORY },
	{ LDAP_INSUFFICIENT_ACCESS, LW_PP_TOO_YOUNG, LW_TOOSOON },
	{ LDAP_INSUFFICIENT_ACCESS, LW_PP_COUNT, LW_NOTALLOWED },

	{ LDAP_UNWILLING_TO_PERFORM, LW_PP_TOO_SHORT, LW_TOOSHORT },
	{ LDAP_UNWILLING_TO_PERFORM, LW_PP_QUALITY, LW_WEAK },
	{ LDAP_UNWILLING_TO_PERFORM, LW_PP_TOO_LONG, LW_WEAK },
	{ LDAP_UNWILLING_TO_PERFORM, LW_PP_IN_HISTORY, LW_HISTORY },
	{ LDAP_UNWILLING_TO_PERFORM, LW_PP_TOO_YOUNG, LW_TOOSOON },
	{ LDAP_UNWILLING_TO_PERFORM, LW_PP_COUNT, LW_NOTALLOWED },

	/* A server that keeps hashes and compares what is to be deleted with
	 * them byte by byte: there is no such change here. */
	{ LDAP_NO_SUCH_ATTRIBUTE, LW_PP_COUNT, LW_NOTALLOWED },
};

enum lw_err lw_refusal_of_modify(int result, enum lw_ppolicy pp)
{
	for (size_t i = 0; i < sizeof(by_modify) / sizeof(by_modify[0]); i++) {
		if (by_modify[i].result == result &&
		    (by_modify[i].pp == pp || by_modify[i].pp == LW_PP_COUNT))
			return by_modify[i].means;
	}
	return LW_OFFLINE;
}

static const struct {
	int code;
	enum lw_err means;
} by_kpasswd[] = {
	{ KRB5_KPASSWD_SUCCESS, LW_OK },
	{ KRB5_KPASSWD_AUTHERROR, LW_DENIED },
	/* Which of the domain's rules it was is said in words only. */
	{ KRB5_KPASSWD_SOFTERROR, LW_WEAK },
	{ KRB5_KPASSWD_ACCESSDENIED, LW_NOTALLOWED },
	{ KRB5_KPASSWD_BAD_VERSION, LW_NOTALLOWED },
	{ KRB5_KPASSWD_INITIAL_FLAG_NEEDED, LW_NOTALLOWED },
};

enum lw_err lw_refusal_of_kpasswd(int code)
{
	for (size_t i = 0; i < sizeof(by_kpasswd) / sizeof(by_kpasswd[0]);
	     i++) {
		if (by_kpasswd[i].code == code)
			return by_kpasswd[i].means;
	}
	return LW_OFFLINE;
}

static const struct {
	krb5_error_code rc;
	enum lw_err means;
} by_kdc[] = {
	{ KRB5KDC_ERR_PREAUTH_FAILED, LW_DENIED },
	{ KRB5KRB_AP_ERR_BAD_INTEGRITY, LW_DENIED },
	{ KRB5KDC_ERR_CLIENT_REVOKED, LW_LOCKED },
	/* Also where it has no key that we take, or no service kpasswd. */
	{ KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN, LW_NOTALLOWED },
	{ KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN, LW_NOTALLOWED },
	{ KRB5KDC_ERR_ETYPE_NOSUPP, LW_NOTALLOWED },
	{ KRB5KDC_ERR_POLICY, LW_NOTALLOWED },
	{ KRB5_PARSE_MALFORMED, LW_NOTALLOWED },
};

enum lw_err lw_refusal_of_kdc(krb5_error_code rc)
{
	for (size_t i = 0; i < sizeof(by_kdc) / sizeof(by_kdc[0]); i++) {
		if (by_kdc[i].rc == rc)
			return by_kdc[i].means;
	}
	return LW_OFFLINE;
}
