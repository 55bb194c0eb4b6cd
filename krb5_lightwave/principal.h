/*
 * principal.h - a Kerberos principal as the text that the front compares.
 *
 * Only principals that have one spelling: krb5_unparse_name(3) writes a
 * backslash before some bytes, and who compares such texts can be made to take
 * one principal for another. Those are refused here, and the text is the bytes.
 */
#ifndef LW_KRB5_PRINCIPAL_H
#define LW_KRB5_PRINCIPAL_H

#include "err.h"

#include <krb5/krb5.h>

/*
 * component@REALM on the heap, the caller's. LW_INVALID: not one component and
 * a realm, either is empty, or has a byte that would be quoted or is a control
 * character. LW_NOMEM.
 */
enum lw_err lw_principal_text(krb5_const_principal p, char **ret_text);

#endif
