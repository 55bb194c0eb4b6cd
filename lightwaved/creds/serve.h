/*
 * serve.h - the socket of lightwaved-creds: one question at a time.
 *
 * What comes while a hash is made waits in the sockets, which are few and
 * small. Nobody is waited for: who sends half a question, or takes no answer,
 * is dropped.
 */
#ifndef LW_CREDS_SERVE_H
#define LW_CREDS_SERVE_H

#include "answer.h"

/*
 * Answer on listener, which stays the caller's, until SIGTERM or SIGINT, or
 * where idle_ms is not 0 until nobody was connected for so long. LW_OK;
 * LW_NOMEM: it could not begin.
 */
enum lw_err lw_serve(struct lw_keeper *k, int listener, int64_t idle_ms);

#endif
