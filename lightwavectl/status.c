/* status.c - lightwavectl status: one line for each fact. */
#include "ctl.h"

#include "cleanup.h"
#include "job_sync.h"

#include <stdio.h>
#include <string.h>

#define BUDGET_MS 30000

static bool fails(struct lw_str value)
{
	size_t n = sizeof(LW_PAIR_FAILS) - 1;

	return value.n >= n && !memcmp(value.s, LW_PAIR_FAILS, n);
}

static int widest(struct lw_pairs p)
{
	size_t width = 0;

	for (uint32_t i = 0; i < p.count; i++) {
		struct lw_str key = lw_rd_str(&p.each);

		lw_rd_str(&p.each);
		if (key.n > width)
			width = key.n;
	}
	return width < 40 ? (int)width : 40;
}

static enum lw_ctl_exit print(struct lw_pairs p)
{
	enum lw_ctl_exit x = LW_CTL_GOOD;
	int width = widest(p);

	for (uint32_t i = 0; i < p.count; i++) {
		struct lw_str key = lw_rd_str(&p.each);
		struct lw_str value = lw_rd_str(&p.each);

		lw_ctl_show(key);
		printf("%*s", width - (int)key.n + 2, "");
		lw_ctl_show(value);
		putchar('\n');
		if (fails(value))
			x = LW_CTL_FAILS;
	}
	return x;
}

enum lw_ctl_exit lw_ctl_status(const char *socket, int argc, char **argv)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	struct lw_pairs pairs;
	enum lw_err e = LW_OK;
	enum lw_ctl_exit x;

	(void)argv;
	if (argc != 1)
		return lw_ctl_usage();
	x = lw_ctl_ask(socket, LW_OP_STATUS, BUDGET_MS, &e, &reply);
	if (x != LW_CTL_GOOD)
		return x;
	if (e == LW_OK)
		e = lw_pairs_decode(&reply.body, &pairs);
	if (e == LW_OK)
		return print(pairs);
	fprintf(stderr, "lightwavectl: no status: %s\n", lw_strerror(e));
	return LW_CTL_FAILS;
}
