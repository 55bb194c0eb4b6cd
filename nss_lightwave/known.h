/*
 * known.h - what the map says, in the caller's buffer. Runs in any process.
 *
 * Each gives LW_OFFLINE where the map has no word on it that may be trusted
 * as told: then the front is to be asked. LW_RANGE: buf is too small. Nothing
 * in the map is believed to be well-formed. After an error what ret points to
 * is undefined.
 */
#ifndef LW_NSS_KNOWN_H
#define LW_NSS_KNOWN_H

#include "map.h"
#include "module.h"

/* By name, or by uid or gid where name is NULL. */
enum lw_err lw_known_passwd(const char *name, uint32_t uid,
			    enum lw_map_trust trust, struct passwd *ret,
			    char *buf, size_t len);
/* By name with all members, by gid without. */
enum lw_err lw_known_group(const char *name, uint32_t gid,
			   enum lw_map_trust trust, struct group *ret,
			   char *buf, size_t len);

/* ret_gids is the caller's to free; of at most max gids. LW_NOMEM. */
enum lw_err lw_known_gids(const char *user, enum lw_map_trust trust,
			  uint32_t max, gid_t **ret_gids, size_t *ret_n);

/* Whether a front has said of itself, within seconds, that it will live on. */
bool lw_known_front_lives(void);

#endif
