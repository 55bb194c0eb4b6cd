/* publish_put.h - the front's answers as records of the map; inside. */
#ifndef LW_PUBLISH_PUT_H
#define LW_PUBLISH_PUT_H

#include "map_file.h"
#include "publish.h"

/*
 * What the front would answer of that user or group now, without asking
 * anybody: his entry and his groups; a group's name. Nothing where it would
 * not serve it. until as in struct lw_map_record.
 */
void lw_put_known(struct lw_map_file *f, struct lw_front *front,
		  enum lw_kind kind, uint32_t id, uint32_t until);

/* The answer to r; passed over where it is none for a map. */
void lw_put_answer(struct lw_map_file *f, struct lw_request *r, enum lw_err e,
		   const struct lw_wr *rest);

#endif
