/*
 * objsid.h - objectSid in either of its two forms.
 */
#ifndef LW_OBJSID_H
#define LW_OBJSID_H

#include "sid.h"

/*
 * vmdir sends "S-1-..." as text; other servers of this schema, and Active
 * Directory, the binary form of MS-DTYP 2.4.2.2. Both become NUL-terminated
 * text. LW_INVALID: it is neither, or longer than LW_SID_MAX.
 */
enum lw_err lw_objsid_decode(struct lw_str raw, char ret[LW_SID_MAX]);

#endif
