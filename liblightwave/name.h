/*
 * name.h - which names exist, how they are typed, how they are spelled.
 *
 * One validator stands before every question and behind every answer: it
 * judges what somebody typed as well as what the directory sent. A name that
 * fails it is nobody's. Rules: systemd's "relaxed" user names
 * (https://systemd.io/USER_NAMES), made stricter where LDAP filters, sudoers
 * and terminals are at risk.
 */
#ifndef LW_NAME_H
#define LW_NAME_H

#include "wire.h"

#define LW_NAME_MAX 256 /* LOGIN_NAME_MAX, NUL included */

enum lw_name_format {
	LW_NAME_UPN,	/* alice@lightwave.local */
	LW_NAME_LEGACY, /* LIGHTWAVE.LOCAL\alice, as likewise wrote it */
	LW_NAME_SHORT,	/* alice */
};

/* How names are read and written on this host; the strings are borrowed. */
struct lw_naming {
	const char *domain;  /* lower case: lightwave.local */
	const char *netbios; /* another name for it before '\\', or "" */
	bool bare;	     /* "alice" means alice@domain */
	enum lw_name_format format;
};

/*
 * Whether an account or group name (without domain) can be served: valid
 * UTF-8, at most 200 bytes, no control, format or bidirectional character, no
 * : / \ * ( ) @ , no blank at either end, not "." or "..", not all digits, not
 * '-' first, not empty.
 */
bool lw_account_valid(struct lw_str s);

/*
 * Read a name as somebody typed it: account@domain, DOMAIN\account or, where
 * the host allows it, account. Gives the account part in lower case,
 * NUL-terminated, in ret (LW_NAME_MAX bytes). LW_INVALID: can be nobody's
 * name. LW_NOTOURS: of another domain, or bare where that means local.
 */
enum lw_err lw_name_parse(const struct lw_naming *n, struct lw_str typed,
			  char *ret);

/*
 * Write the one spelling of an account's name into ret (LW_NAME_MAX bytes).
 * LW_INVALID: the account part fails lw_account_valid().
 */
enum lw_err lw_name_format(const struct lw_naming *n, struct lw_str account,
			   char *ret);

/*
 * The one spelling of an account's name: ASCII letters in lower case, all
 * others as they stand. A directory is only sure to hold those for equal, and
 * two of its entries must not become one name here. ret has room for n + 1
 * bytes. LW_INVALID: not UTF-8.
 */
enum lw_err lw_name_fold(struct lw_str s, char *ret);

/*
 * The same for all letters, as C.UTF-8 has it: whether two names might be
 * taken for each other. Where a letter would grow, or turn into an ASCII one,
 * it stays.
 */
enum lw_err lw_name_casefold(struct lw_str s, char *ret);

/* The account part of user@REALM, if REALM is this domain in any case. */
enum lw_err lw_upn_account(const struct lw_naming *n, struct lw_str upn,
			   struct lw_str *ret);

/*
 * A gecos field from any text: what passwd(5) forbids becomes a blank. ret has
 * room for size bytes, NUL included; too long is cut between letters.
 */
void lw_gecos(struct lw_str text, char *ret, size_t size);

#endif
