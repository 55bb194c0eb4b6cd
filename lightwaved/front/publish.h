/*
 * publish.h - what the front knows goes into the map (map_file.h) that every
 * process reads. The front.
 *
 * The map never says anything that the socket would not: each record is the
 * front's own answer, put in when somebody asked, and for each entry of the
 * replica as soon as there is one. After a change of anything they are all
 * asked again (a round), a few at a turn of the loop. Without a map, which a
 * full /run may cause, all is as it was: programs ask on the socket.
 */
#ifndef LW_PUBLISH_H
#define LW_PUBLISH_H

#include "request.h"

struct lw_publish;

/* The map is rundir/map. NULL when out of memory. */
struct lw_publish *lw_publish_new(struct lw_front *f, const char *rundir);
/* The map stays, for those who ask while there is no front. */
void lw_publish_free(struct lw_publish *p);

/* Something is known otherwise than before: a new round. */
void lw_publish_changed(struct lw_publish *p);
/* Names may be read otherwise: a new map. */
void lw_publish_reload(struct lw_publish *p);
/* Once a second: how long it holds. Local files are looked at meanwhile. */
void lw_publish_tick(struct lw_publish *p);

/*
 * A lookup was answered: e, and after it rest. Questions that are none of NSS
 * are passed over.
 */
void lw_publish_answer(struct lw_publish *p, struct lw_request *r,
		       enum lw_err e, const struct lw_wr *rest);

#endif
