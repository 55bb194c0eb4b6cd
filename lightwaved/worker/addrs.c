/* addrs.c - the last known addresses of servers. Workers; pure. */
#include "addrs.h"

#include "fnv.h"

#include <stdatomic.h>
#include <string.h>

/* Never 0: that is an empty place's. */
static uint64_t sum_of(const struct lw_addrs_of *of)
{
	return lw_fnv(LW_FNV_START, of, sizeof(*of)) | 1;
}

/* Copied first: somebody may write meanwhile. */
static bool read_at(const struct lw_addrs *a, size_t i, struct lw_addrs_of *ret)
{
	uint64_t sum = a->one[i].sum;

	memcpy(ret, &a->one[i].of, sizeof(*ret));
	atomic_thread_fence(memory_order_seq_cst);
	return sum != 0 && sum == sum_of(ret) && ret->n <= LW_DIAL_ADDRS;
}

bool lw_addrs_get(const struct lw_addrs *a, const struct lw_endpoint *at,
		  struct lw_addrs_of *ret)
{
	for (size_t i = 0; i < LW_ADDRS_MAX; i++) {
		if (read_at(a, i, ret) && lw_endpoint_same(&ret->at, at))
			return true;
	}
	return false;
}

void lw_addrs_put(struct lw_addrs *a, const struct lw_addrs_of *of)
{
	int64_t earliest = INT64_MAX;
	struct lw_addrs_of other;
	size_t place = 0;

	for (size_t i = 0; i < LW_ADDRS_MAX; i++) {
		bool known = read_at(a, i, &other);

		if (known && lw_endpoint_same(&other.at, &of->at)) {
			place = i;
			break;
		}
		if (!known)
			other.asked_ms = -1;
		if (other.asked_ms < earliest) {
			earliest = other.asked_ms;
			place = i;
		}
	}
	memcpy(&a->one[place].of, of, sizeof(*of));
	atomic_thread_fence(memory_order_seq_cst);
	a->one[place].sum = sum_of(of);
}

bool lw_addrs_due(const struct lw_addrs_of *of, int64_t now_ms)
{
	bool fresh = of->known_ms && now_ms - of->known_ms < LW_ADDRS_FRESH_MS;

	return !fresh && now_ms - of->asked_ms >= LW_ADDRS_AGAIN_MS;
}
