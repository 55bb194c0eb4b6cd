/*
 * server_state.h - whether it is worth trying a directory server. Pure.
 *
 * After the first failure of its transport nobody tries a server but a probe,
 * which is nobody's question; when that succeeds it is up again. How long
 * before the next probe doubles from LW_SERVER_BACKOFF_MIN_MS, and begins
 * there again only once the server has been up for a while. While somebody
 * waits for any server, a probe may follow the last by LW_SERVER_EAGER_MS.
 *
 * Times are those of lw_mono_ms(). Workers and their master.
 */
#ifndef LW_SERVER_STATE_H
#define LW_SERVER_STATE_H

#include <stdbool.h>
#include <stdint.h>

#define LW_SERVER_BACKOFF_MIN_MS 1000
#define LW_SERVER_BACKOFF_MAX_MS 30000
#define LW_SERVER_EAGER_MS	 250
#define LW_SERVER_CALM_MS	 30000 /* up for so long: a failure is new */
#define LW_SERVER_LOST_MS	 10000 /* a probe nobody heard of again */

enum lw_server_is {
	LW_SERVER_UNTRIED, /* may be used; not known yet */
	LW_SERVER_UP,
	LW_SERVER_DOWN,
	LW_SERVER_PROBING, /* down, and being probed */
};

/* All zero: untried, and not being probed either. */
struct lw_server_state {
	enum lw_server_is is;
	uint8_t level;	  /* how often the back-off has doubled */
	int64_t since_ms; /* UNTRIED: when it was last probed, or 0 */
};

/* As one word, for atomics. Any word is some state; LW_SERVER_SPARE in it is
 * zero, and is the caller's. */
#define LW_SERVER_SPARE UINT64_C(0xFC)
uint64_t lw_server_pack(struct lw_server_state s);
struct lw_server_state lw_server_unpack(uint64_t word);

/* May questions be sent there? */
bool lw_server_usable(struct lw_server_state s);

/*
 * What somebody began at began_ms failed in its transport. That says nothing
 * about a server that was proven to be up after that.
 */
struct lw_server_state lw_server_failed(struct lw_server_state s,
					int64_t began_ms, int64_t now_ms);

/* Somebody reached it. */
struct lw_server_state lw_server_reached(struct lw_server_state s,
					 int64_t now_ms);

/* When to probe it; INT64_MAX: not at all. eager: somebody waits for it. */
int64_t lw_server_due_ms(struct lw_server_state s, bool eager);

/* A probe begins; a probe has failed. One that succeeds has reached it. */
struct lw_server_state lw_server_probe(struct lw_server_state s,
				       int64_t now_ms);
struct lw_server_state lw_server_probe_failed(struct lw_server_state s,
					      int64_t now_ms);

#endif
