/*
 * policy.h - the domain's rules for passwords in a sentence.
 */
#ifndef LW_PAM_POLICY_H
#define LW_PAM_POLICY_H

#include "proto.h"

#define LW_POLICY_TEXT_MAX 512

/*
 * What a new password must be like; only what the domain says. false: it says
 * nothing, and ret is "".
 */
bool lw_policy_text(const struct lw_password_policy *p,
		    char ret[LW_POLICY_TEXT_MAX]);

#endif
