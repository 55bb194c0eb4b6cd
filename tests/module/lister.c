/* lister.c - who reads lists. Part of the tests of the front. */
#include "lister.h"

#include "check.h"
#include "daemon.h"
#include "front.h"

#include <errno.h>
#include <stdlib.h>

struct nss_module lister_nss;
struct crowd lister_crowd;

struct worker_line lister_line(const char *key, enum lw_synced end,
			       const struct worker_synced *v, uint32_t n)
{
	return (struct worker_line) { .op = LW_OP_SYNC,
				      .key = key,
				      .synced = v,
				      .synced_n = n,
				      .end = end,
				      .highest = 100 };
}

void lister_tell(const char *key, enum lw_synced end,
		 const struct worker_synced *v, uint32_t n)
{
	const struct worker_line line = lister_line(key, end, v, n);

	worker_say(&line);
}

void lister_tell_all(const struct worker_synced *v, uint32_t n)
{
	lister_tell("everything", LW_SYNCED_EVERYTHING, v, n);
	lister_tell("changes", LW_SYNCED_CHANGES, NULL, 0);
	lister_tell("sids", LW_SYNCED_SIDS, v, n);
}

int lister_begin(void **state)
{
	(void)state;
	worker_forget();
	lister_tell_all(lister_crowd.v, lister_crowd.n);
	worker_start();
	return 0;
}

int lister_end(void **state)
{
	(void)state;
	lister_nss.endpwent();
	lister_nss.endgrent();
	daemon_stop();
	worker_stop();
	return 0;
}

void lister_start(const char *conf)
{
	daemon_start(conf);
	daemon_says("the directory is known whole", 1);
}

enum nss_status lister_next_user(struct passwd *pw)
{
	static char buf[1024];
	int e = 0;

	return lister_nss.getpwent(pw, buf, sizeof(buf), &e);
}

enum nss_status lister_take(struct seen *s, size_t n)
{
	enum nss_status status = NSS_STATUS_SUCCESS;
	struct passwd pw;

	while (n-- > 0) {
		status = lister_next_user(&pw);
		if (status != NSS_STATUS_SUCCESS)
			break;
		assert_true(s->n == 0 || s->id[s->n - 1] < pw.pw_uid);
		assert_true(s->n < COUNT(s->id));
		s->id[s->n++] = pw.pw_uid;
	}
	return status;
}

void lister_all(const struct seen *s)
{
	assert_int_equal(s->n, USERS);
	for (uint32_t i = 0; i < USERS; i++)
		assert_int_equal(s->id[i], ID(CROWD_FIRST + i));
}

enum nss_status lister_next_group(struct group *gr, char **buf, size_t n)
{
	enum nss_status status;
	int e;

	do {
		*buf = realloc(*buf, n);
		assert_non_null(*buf);
		e = 0;
		status = lister_nss.getgrent(gr, *buf, n, &e);
		n *= 2;
	} while (status == NSS_STATUS_TRYAGAIN && e == ERANGE);
	return status;
}

int lister_run(int (*tests)(void))
{
	int failed;

	front_enter();
	nss_module_load(&lister_nss);
	crowd_init(&lister_crowd, USERS, GROUPS);
	failed = tests();
	crowd_done(&lister_crowd);
	front_leave();
	return failed;
}
