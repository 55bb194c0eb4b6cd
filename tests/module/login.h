/*
 * login.h - the questions of PAM and its like, asked on ./priv by root: one
 * connection, one question, one answer. asker.h has what they are made of.
 */
#ifndef LW_TEST_LOGIN_H
#define LW_TEST_LOGIN_H

#include "asker.h"

/* ret (NULL: not wanted) is written on LW_OK; after LW_SKEW its skew alone. */
enum lw_err login_auth(const char *user, const char *password,
		       struct lw_auth_answer *ret);
enum lw_err login_verify(const char *user, const char *password);
enum lw_err login_account(const char *user);
enum lw_err login_account_for(const char *service, const char *user);
enum lw_err login_change(const char *user, const char *old_password,
			 const char *new_password);
enum lw_err login_policy(struct lw_password_policy *ret);
/* ret: the account's name, or "". */
enum lw_err login_principal(const char *principal, const char *account,
			    char ret[300]);
/* ret_text: the credential cache as text, at most 99 bytes of it. */
enum lw_err login_ticket(const char *user, struct asker_got *ret_ids,
			 char ret_text[100]);
/* Whether there was one; it is taken. */
bool login_has_ticket(const char *user);

/* Takes the answer to an AUTH that was sent on fd; ret as above. */
enum lw_err login_take_auth(int fd, struct lw_auth_answer *ret);

#endif
