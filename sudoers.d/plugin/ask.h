/*
 * ask.h - the plug-in's one question to the front. Runs in sudo, as root.
 */
#ifndef LW_SUDO_ASK_H
#define LW_SUDO_ASK_H

#include "err.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * LW_OK: the front has said so. LW_NOFRONT: no answer. LW_PENDING: nobody was
 * asked, because questions that came to nothing have used up the time that
 * one run of sudo has for them; after a pause the last of those must be
 * answered before any other is asked. LW_RANGE: fits no message. Else as
 * lw_call_within() (client.h) and the statuses of err.h say.
 */
enum lw_err lw_ask_member(uint32_t uid, const char *user, const char *group,
			  bool *ret_yes);

#endif
