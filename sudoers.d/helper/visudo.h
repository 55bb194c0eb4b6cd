/*
 * visudo.h - what visudo(8) says of a file. lightwave-sudo.
 */
#ifndef LW_VISUDO_H
#define LW_VISUDO_H

#include <stdbool.h>

#ifndef LW_VISUDO
#define LW_VISUDO "/usr/sbin/visudo"
#endif

/* Whether that file alone is right. Says on stderr why not. */
bool lw_visudo_file(const char *path);

/*
 * Whether the policy is right with that file read behind it, so before it is
 * in its place; with path NULL, as it stands. Says on stderr why not.
 */
bool lw_visudo_policy(const char *sudoers, const char *path);

#endif
