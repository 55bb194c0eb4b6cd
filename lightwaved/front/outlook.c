/* outlook.c - backing off from who does not answer. The front; pure. */
#include "outlook.h"

#define BACKOFF_MIN_MS 1000
#define BACKOFF_MAX_MS 10000
#define REFUSED_MS     150

void lw_outlook_init(struct lw_outlook *o)
{
	*o = (struct lw_outlook) { .good_ms = -1 };
}

bool lw_outlook_away(const struct lw_outlook *o, int64_t now_ms)
{
	return now_ms < o->away_until_ms;
}

void lw_outlook_lost(struct lw_outlook *o, int64_t until_ms)
{
	o->away_until_ms = until_ms;
	o->refused = false;
}

void lw_outlook_good(struct lw_outlook *o, int64_t now_ms)
{
	*o = (struct lw_outlook) { .good_ms = now_ms };
}

bool lw_outlook_failed(struct lw_outlook *o, int64_t asked_ms, int64_t now_ms)
{
	if (o->good_ms >= asked_ms || lw_outlook_away(o, now_ms))
		return false;
	o->refused = false;
	o->backoff_ms *= 2;
	if (o->backoff_ms < BACKOFF_MIN_MS)
		o->backoff_ms = BACKOFF_MIN_MS;
	if (o->backoff_ms > BACKOFF_MAX_MS)
		o->backoff_ms = BACKOFF_MAX_MS;
	o->away_until_ms = now_ms + o->backoff_ms;
	return true;
}

bool lw_outlook_refused(struct lw_outlook *o, int64_t asked_ms, int64_t now_ms)
{
	bool was_away = lw_outlook_away(o, now_ms);

	if (o->good_ms >= asked_ms)
		return false;
	/* It answers: whatever it was waited for in vain is over. */
	o->backoff_ms = 0;
	o->refused = true;
	o->away_until_ms = now_ms + REFUSED_MS;
	return !was_away;
}
