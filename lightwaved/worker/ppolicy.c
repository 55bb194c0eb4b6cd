/* ppolicy.c - the password-policy control of an answer. A worker process. */
#include "ppolicy.h"

#include "proto.h"

#include <stdbool.h>
#include <stddef.h>

static const struct {
	unsigned int error;
	enum lw_ppolicy pp;
} table[] = {
	{ PP_passwordExpired, LW_PP_EXPIRED },
	{ PP_accountLocked, LW_PP_LOCKED },
	{ PP_changeAfterReset, LW_PP_RESET },
	{ PP_passwordModNotAllowed, LW_PP_NOT_ALLOWED },
	{ PP_mustSupplyOldPassword, LW_PP_NEEDS_OLD },
	{ PP_insufficientPasswordQuality, LW_PP_QUALITY },
	{ PP_passwordTooShort, LW_PP_TOO_SHORT },
	{ PP_passwordTooYoung, LW_PP_TOO_YOUNG },
	{ PP_passwordInHistory, LW_PP_IN_HISTORY },
	/* PP_passwordTooLong, which libldap before 2.5 does not name. */
	{ 9, LW_PP_TOO_LONG },
};

enum lw_ppolicy lw_ppolicy_of(unsigned int error, int grace)
{
	if (error == PP_noError)
		return grace >= 0 ? LW_PP_GRACE : LW_PP_NONE;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (table[i].error == error)
			return table[i].pp;
	}
	return LW_PP_OTHER;
}

/* The next element's tag and content; LBER_ERROR where there is none. */
static ber_tag_t take(struct berval *v, struct berval *ret)
{
	BerElement *ber = ber_alloc_t(0);
	ber_len_t left = 0;
	ber_tag_t tag;

	if (!ber || v->bv_len == 0) {
		ber_free(ber, 0);
		return LBER_ERROR;
	}
	ber_init2(ber, v, 0);
	tag = ber_skip_element(ber, ret);
	ber_get_option(ber, LBER_OPT_BER_REMAINING_BYTES, &left);
	ber_free(ber, 0);
	v->bv_val += v->bv_len - left;
	v->bv_len = left;
	return tag;
}

/*
 * SEQUENCE { [0] CHOICE { ... } OPTIONAL, [1] ENUMERATED OPTIONAL }, whole.
 * libldap takes what it cannot read for the end: an error behind it would be
 * passed over.
 */
static bool is_whole(struct berval v)
{
	struct berval all, part, warning;

	if (take(&v, &all) != LBER_SEQUENCE || v.bv_len > 0)
		return false;
	while (all.bv_len > 0) {
		ber_tag_t tag = take(&all, &part);

		/* In it, a number that is not below 0. */
		if (tag == 0xA0 &&
		    (take(&part, &warning) == LBER_ERROR ||
		     warning.bv_len == 0 || warning.bv_val[0] & 0x80))
			return false;
		if (tag == LBER_ERROR || (tag == 0xA0 && part.bv_len > 0))
			return false;
	}
	return true;
}

struct lw_ppolicy_answer lw_ppolicy_read(LDAP *ld, LDAPControl **ctrls)
{
	struct lw_ppolicy_answer a = { LW_PP_NONE, LW_NEVER };
	LDAPPasswordPolicyError error = PP_noError;
	ber_int_t expire = -1, grace = -1;
	LDAPControl *ctrl;

	ctrl = ldap_control_find(LDAP_CONTROL_PASSWORDPOLICYRESPONSE, ctrls,
				 NULL);
	if (!ctrl)
		return a;
	if (!is_whole(ctrl->ldctl_value) ||
	    ldap_parse_passwordpolicy_control(ld, ctrl, &expire, &grace,
					      &error) != LDAP_SUCCESS) {
		a.pp = LW_PP_OTHER;
		return a;
	}
	a.pp = lw_ppolicy_of((unsigned int)error, grace);
	if (expire >= 0)
		a.expires_in = (uint32_t)expire;
	return a;
}
