/*
 * tls.h - whom this process believes when it speaks TLS.
 *
 * A server's chain must end at ca_file or in ca_dir, its certificate must be
 * for the name we know it by, and TLS 1.2 is the least.
 */
#ifndef LW_TLS_H
#define LW_TLS_H

#include "config.h"

/*
 * Make that so for the connections that this process opens from now on; made
 * anew only where the certificates have changed. LW_OFFLINE: they cannot be
 * used; logged.
 */
enum lw_err lw_tls_prepare(const struct lw_config *c);

/*
 * Whether the TLS library takes them. LW_INVALID: ret_path says which does
 * not, borrowed from c, and ret_why says what is wrong in a few words.
 */
enum lw_err lw_tls_check(const struct lw_config *c, const char **ret_path,
			 const char **ret_why);

#endif
