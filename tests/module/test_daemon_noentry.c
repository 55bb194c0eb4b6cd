/*
 * test_daemon_noentry.c - what a directory tells and is no entry is refused
 * alone, and the log names it. The priv socket answers uid 0.
 */
#include "asker.h"
#include "check.h"
#include "cleanup.h"
#include "daemon.h"
#include "front.h"
#include "worker.h"

#include <string.h>

static const struct lw_entry alice = USER("alice", "100-1025");

static int begin(void **state)
{
	(void)state;
	worker_forget();
	worker_start();
	return 0;
}

static int end(void **state)
{
	(void)state;
	daemon_stop();
	worker_stop();
	return 0;
}

static void syncs(const char *key, enum lw_synced kind,
		  const struct worker_synced *v, uint32_t n)
{
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = key,
					   .synced = v,
					   .synced_n = n,
					   .end = kind,
					   .highest = 100 });
}

static enum lw_err refresh(void)
{
	lw_cleanup(lw_close) int fd = asker_open("priv");

	asker_send_body(fd, LW_OP_REFRESH, "", 0);
	return asker_status(fd);
}

static void each_that_is_no_entry_is_named_once(void **state)
{
	static const struct lw_entry one = { .kind = LW_KIND_USER,
					     .dn = TEXT(DN_OF("one")),
					     .sid = TEXT("no SID") },
				     two = { .kind = LW_KIND_USER,
					     .dn = TEXT(DN_OF("two")),
					     .sid = TEXT("S-1") },
				     three = { .kind = LW_KIND_USER,
					       .dn = TEXT(DN_OF("three")),
					       .sid = TEXT("") };
	static const struct worker_synced all[] = { { &alice, { NULL } },
						    { &one, { NULL } },
						    { &two, { NULL } } },
					  news[] = { { &two, { NULL } },
						     { &three, { NULL } } };

	(void)state;
	syncs("everything", LW_SYNCED_EVERYTHING, all, COUNT(all));
	daemon_start("[cache]\nrevocation_max = 3600\n");
	daemon_says("the directory is known whole: 1 users", 1);
	daemon_says("not kept: " DN_OF("one") ", which is no entry", 1);
	syncs("changes", LW_SYNCED_CHANGES, news, COUNT(news));
	syncs("sids", LW_SYNCED_SIDS, all, 1);
	assert_int_equal(refresh(), LW_OK);
	daemon_says("not kept: " DN_OF("three") ", which is no entry", 1);
	assert_int_equal(daemon_said("not kept: " DN_OF("two")), 1);
	assert_int_equal(asker_passwd("alice@lightwave.test", NULL), LW_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			each_that_is_no_entry_is_named_once, begin, end),
	};
	int failed;

	front_enter();
	failed = cmocka_run_group_tests_name("no entry", tests, NULL, NULL);
	front_leave();
	return failed;
}
