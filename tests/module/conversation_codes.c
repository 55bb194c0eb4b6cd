/* conversation_codes.c - PAM's names and numbers. For its tests. */
#include "conversation.h"

#include "check.h"

#include <security/pam_modules.h>
#include <string.h>

struct named {
	const char *name;
	unsigned int value;
};

#define NAMED(x)                                                               \
	{                                                                      \
#x, (unsigned int)(x)                                          \
	}

static const struct named codes[] = {
	NAMED(PAM_SUCCESS),	     NAMED(PAM_AUTH_ERR),
	NAMED(PAM_USER_UNKNOWN),     NAMED(PAM_AUTHINFO_UNAVAIL),
	NAMED(PAM_MAXTRIES),	     NAMED(PAM_PERM_DENIED),
	NAMED(PAM_CRED_EXPIRED),     NAMED(PAM_ACCT_EXPIRED),
	NAMED(PAM_NEW_AUTHTOK_REQD), NAMED(PAM_AUTHTOK_ERR),
	NAMED(PAM_TRY_AGAIN),	     NAMED(PAM_AUTHTOK_RECOVERY_ERR),
	NAMED(PAM_SERVICE_ERR),	     NAMED(PAM_SESSION_ERR),
	NAMED(PAM_INCOMPLETE),	     NAMED(PAM_CONV_ERR),
	NAMED(PAM_IGNORE),	     NAMED(PAM_SYSTEM_ERR),
};

static const struct named flags[] = {
	NAMED(PAM_SILENT),
	NAMED(PAM_DISALLOW_NULL_AUTHTOK),
	NAMED(PAM_ESTABLISH_CRED),
	NAMED(PAM_DELETE_CRED),
	NAMED(PAM_REINITIALIZE_CRED),
	NAMED(PAM_REFRESH_CRED),
	NAMED(PAM_CHANGE_EXPIRED_AUTHTOK),
};

static unsigned int find(const struct play *p, const struct line *l,
			 const struct word *w, const struct named *table,
			 size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (word_is(w, table[i].name))
			return table[i].value;
	}
	script_fail(&p->s, l, "no such name: %s", w->s);
}

int conversation_code(const struct play *p, const struct line *l,
		      const struct word *w)
{
	return (int)find(p, l, w, codes, COUNT(codes));
}

unsigned int conversation_flag(const struct play *p, const struct line *l,
			       const struct word *w)
{
	return find(p, l, w, flags, COUNT(flags));
}

const char *conversation_code_name(int code)
{
	for (size_t i = 0; i < COUNT(codes); i++) {
		if ((int)codes[i].value == code)
			return codes[i].name;
	}
	return pam_strerror(NULL, code);
}
