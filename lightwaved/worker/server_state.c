/* server_state.c - is a server worth trying? Workers and their master; pure. */
#include "server_state.h"

#define LEVEL_MAX 5 /* 1, 2, 4, 8, 16, 30 s */

/*
 * 2 bits what it is, 6 bits that are not ours, 8 bits level, 48 bits
 * milliseconds with a sign: shortly after boot a server may be as good as up
 * since before it.
 */
uint64_t lw_server_pack(struct lw_server_state s)
{
	return (uint64_t)s.since_ms << 16 | (uint64_t)s.level << 8 |
	       (uint64_t)s.is;
}

struct lw_server_state lw_server_unpack(uint64_t word)
{
	return (struct lw_server_state) {
		.is = (enum lw_server_is)(word & 3),
		.level = (uint8_t)(word >> 8),
		.since_ms = (int64_t)word >> 16,
	};
}

bool lw_server_usable(struct lw_server_state s)
{
	return s.is == LW_SERVER_UNTRIED || s.is == LW_SERVER_UP;
}

static struct lw_server_state down(uint8_t level, int64_t now_ms)
{
	return (struct lw_server_state) {
		.is = LW_SERVER_DOWN,
		.level = level < LEVEL_MAX ? level : LEVEL_MAX,
		.since_ms = now_ms,
	};
}

static uint8_t above(uint8_t level)
{
	return level < LEVEL_MAX ? (uint8_t)(level + 1) : LEVEL_MAX;
}

struct lw_server_state lw_server_failed(struct lw_server_state s,
					int64_t began_ms, int64_t now_ms)
{
	if (s.is == LW_SERVER_UNTRIED)
		return down(0, now_ms);
	if (s.is != LW_SERVER_UP || s.since_ms > began_ms)
		return s;
	/* One that answers probes and nothing else must not cost a question
	 * every second. */
	return down(now_ms - s.since_ms < LW_SERVER_CALM_MS ? above(s.level)
							    : 0,
		    now_ms);
}

struct lw_server_state lw_server_reached(struct lw_server_state s,
					 int64_t now_ms)
{
	if (s.is == LW_SERVER_UP)
		return s;
	/* Nothing has failed yet: what comes next is the first. */
	if (s.is == LW_SERVER_UNTRIED)
		now_ms -= LW_SERVER_CALM_MS;
	return (struct lw_server_state) { .is = LW_SERVER_UP,
					  .level = s.level,
					  .since_ms = now_ms };
}

static int64_t backoff(uint8_t level)
{
	int64_t ms = (int64_t)LW_SERVER_BACKOFF_MIN_MS
		     << (level < LEVEL_MAX ? level : LEVEL_MAX);

	return ms < LW_SERVER_BACKOFF_MAX_MS ? ms : LW_SERVER_BACKOFF_MAX_MS;
}

int64_t lw_server_due_ms(struct lw_server_state s, bool eager)
{
	switch (s.is) {
	case LW_SERVER_UNTRIED:
		return s.since_ms ? s.since_ms + LW_SERVER_LOST_MS : 0;
	case LW_SERVER_UP:
		return INT64_MAX;
	case LW_SERVER_DOWN:
		return s.since_ms +
		       (eager ? LW_SERVER_EAGER_MS : backoff(s.level));
	case LW_SERVER_PROBING:
		return s.since_ms + LW_SERVER_LOST_MS;
	}
	return 0;
}

struct lw_server_state lw_server_probe(struct lw_server_state s, int64_t now_ms)
{
	if (s.is == LW_SERVER_UP)
		return s;
	if (s.is == LW_SERVER_DOWN)
		s.is = LW_SERVER_PROBING;
	s.since_ms = now_ms;
	return s;
}

struct lw_server_state lw_server_probe_failed(struct lw_server_state s,
					      int64_t now_ms)
{
	if (s.is == LW_SERVER_PROBING)
		return down(above(s.level), now_ms);
	/* It took its time, and somebody else found out before. */
	if (s.is == LW_SERVER_UP)
		return s;
	return lw_server_failed(s, s.since_ms, now_ms);
}
