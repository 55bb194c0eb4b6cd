/*
 * sudoers_json.h - what cvtsudoers writes, as libjansson reads it.
 * lightwave-sudo; pure.
 *
 * Up to sudo 1.9.15 cvtsudoers writes "key": value into arrays where a rule has
 * CWD=, CHROOT=, ROLE= or TYPE=, and all versions write the bytes of a name as
 * they stand, UTF-8 or not. Either would have a strict reader refuse all of
 * sudoers because of one rule.
 */
#ifndef LW_SUDOERS_JSON_H
#define LW_SUDOERS_JSON_H

#include "wire.h"

#include <jansson.h>

/* The caller's to json_decref(). LW_PROTO: it is no JSON. LW_NOMEM. */
enum lw_err lw_sudoers_json(struct lw_str text, json_t **ret);

/* For lw_cleanup(). */
static inline void lw_json_done(json_t **j)
{
	json_decref(*j);
}

#endif
