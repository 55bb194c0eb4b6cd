/*
 * outlook.h - whether it is worth waiting for the directory. The front; pure.
 *
 * After waiting in vain nobody waits: for a second, doubling up to ten, every
 * question is LW_OFFLINE at once; then one finds out whether it is better. Any
 * answer ends that, be it late. Who says at once that the directory cannot be
 * reached is asked again soon: it knows first when that is over. A question
 * that failed while others were answered says nothing about the directory.
 * Times are those of lw_now_ms().
 */
#ifndef LW_OUTLOOK_H
#define LW_OUTLOOK_H

#include <stdbool.h>
#include <stdint.h>

struct lw_outlook {
	int64_t good_ms;       /* when it last answered; -1: never */
	int64_t away_until_ms; /* nobody waits before */
	int64_t backoff_ms;
	bool refused; /* ... only to spare a burst: lw_outlook_refused() */
};

void lw_outlook_init(struct lw_outlook *o);

bool lw_outlook_away(const struct lw_outlook *o, int64_t now_ms);

/* Nobody waits until then: who would be asked is just being lost. */
void lw_outlook_lost(struct lw_outlook *o, int64_t until_ms);

/* It has answered. */
void lw_outlook_good(struct lw_outlook *o, int64_t now_ms);

/*
 * A question of asked_ms was waited for in vain. false: that says nothing new,
 * for others were answered since, or nobody waits anyway.
 */
bool lw_outlook_failed(struct lw_outlook *o, int64_t asked_ms, int64_t now_ms);

/*
 * The same for one that was answered at once by who cannot reach the
 * directory: that costs nobody any time, so only a burst is spared.
 */
bool lw_outlook_refused(struct lw_outlook *o, int64_t asked_ms, int64_t now_ms);

#endif
