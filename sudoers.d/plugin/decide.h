/*
 * decide.h - what sudo is told. Runs in sudo, as root.
 */
#ifndef LW_SUDO_DECIDE_H
#define LW_SUDO_DECIDE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Whether the directory's user is in the directory's group, as the front says
 * now; false too where nobody can say, with a line in the log. uid as his
 * passwd entry has it, or LW_NEVER: found by his name. Nobody is asked about
 * accounts and groups of this machine.
 */
bool lw_decide_member(uint32_t uid, const char *user, const char *group);

#endif
