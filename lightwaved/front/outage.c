/* outage.c - how long the directory has been away. The front. */
#include "outage.h"

#include "follow.h"
#include "link.h"
#include "log.h"

#include <inttypes.h>

int64_t lw_outage_heard_ms(const struct lw_front *f)
{
	int64_t heard = lw_link_good_ms(f->link);
	int64_t confirmed = lw_follow_plan(f->follow)->confirmed_ms;

	if (confirmed > heard)
		heard = confirmed;
	/* Nobody may have asked for long; and who was never heard is not away:
	 * there is nothing that could end. */
	return lw_link_answers(f->link) || heard < 0 ? lw_now_ms() : heard;
}

enum lw_outage lw_outage_now(const struct lw_front *f, int64_t *ret_away_ms)
{
	int64_t away = lw_now_ms() - lw_outage_heard_ms(f);

	*ret_away_ms = away < 0 ? 0 : away;
	if (away > f->config->offline_max * INT64_C(1000))
		return LW_OUTAGE_ALL;
	if (away > f->config->offline_authorization_max * INT64_C(1000))
		return LW_OUTAGE_RIGHTS;
	return LW_OUTAGE_NONE;
}

void lw_outage_tick(struct lw_front *f)
{
	int64_t away;
	unsigned int was = f->outage;

	f->outage = lw_outage_now(f, &away);
	if (f->outage >= LW_OUTAGE_RIGHTS && was < LW_OUTAGE_RIGHTS)
		lw_log(LOG_WARNING,
		       "the directory has been away for %" PRId64
		       " s, longer than offline_authorization_max: groups are "
		       "not told, and nobody may log in until it answers",
		       away / 1000);
	if (f->outage == LW_OUTAGE_ALL && was < LW_OUTAGE_ALL)
		lw_log(LOG_WARNING,
		       "the directory has been away for %" PRId64
		       " s, longer than offline_max: nothing is told of its "
		       "users until it answers",
		       away / 1000);
	if (f->outage < was)
		lw_log(LOG_NOTICE, "%s",
		       f->outage == LW_OUTAGE_NONE
			       ? "what is known of groups counts again"
			       : "what is known of users is told again");
}
