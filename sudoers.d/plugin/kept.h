/*
 * kept.h - answers of this run of sudo, so that 2,000 rules that name one
 * group are one question, and one decision in the log. Runs in sudo, as root.
 *
 * They last two seconds: a sudo that lives on, as with "Defaults intercept",
 * judges each command by what is true then.
 */
#ifndef LW_SUDO_KEPT_H
#define LW_SUDO_KEPT_H

#include <stdbool.h>
#include <stdint.h>

#define LW_KEPT_MS 2000

/* Whether there is one, and then what it was. */
bool lw_kept_find(uint32_t uid, const char *user, const char *group,
		  bool *ret_yes);

/* Copies what it is given; without memory it keeps nothing. */
void lw_kept_add(uint32_t uid, const char *user, const char *group, bool yes);

void lw_kept_forget(void);

#endif
