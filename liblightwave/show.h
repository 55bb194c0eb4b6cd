/*
 * show.h - on stdout: text that comes from elsewhere, so that no byte of it
 * moves the terminal; and quoted, for JSON. The administrator's programs.
 */
#ifndef LW_SHOW_H
#define LW_SHOW_H

#include "wire.h"

void lw_show(struct lw_str s);
void lw_show_json(struct lw_str s);

#endif
