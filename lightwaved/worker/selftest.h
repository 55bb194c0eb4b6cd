/*
 * selftest.h - whether this machine can do its work: bind, see itself, the
 * domain and its users, and agree about the time.
 */
#ifndef LW_SELFTEST_H
#define LW_SELFTEST_H

#include "conn.h"
#include "wire.h"

/*
 * Try all of it on a new connection of c, which is the machine's, and write
 * pairs (job_sync.h) to w, one for each fact. What fails is logged as well,
 * and once that nothing does. LW_OK also where much fails; LW_RANGE, LW_NOMEM:
 * w took not all of it.
 */
enum lw_err lw_selftest(struct lw_conn *c, struct lw_wr *w);

#endif
