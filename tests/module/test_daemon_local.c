/*
 * test_daemon_local.c - whoever is added to passwd(5) or group(5) is local from
 * then on, by name and by id, on the socket and in the map; and once he is
 * removed the directory's is back. lightwaved has ./passwd and ./group here.
 */
#include "asker.h"
#include "check.h"
#include "daemon.h"
#include "front.h"
#include "nss_module.h"
#include "worker.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ALICE  "alice@lightwave.test"
#define ADMINS "admins@lightwave.test"
#define ROOT   "root:x:0:0:root:/root:/bin/sh\n"
#define WHEEL  "root:x:0:\n"

static struct nss_module nss;

static const struct lw_entry alice = USER("alice", "100-1025"),
			     admins = GROUP("admins", "100-2001");
static const struct worker_synced whole[] = {
	{ &admins, { DN_OF("alice") } },
	{ &alice, { NULL } },
};
static const struct worker_line lines[] = {
	{ .op = LW_OP_SYNC,
	  .key = "everything",
	  .synced = whole,
	  .synced_n = COUNT(whole),
	  .end = LW_SYNCED_EVERYTHING,
	  .highest = 100 },
	{ .op = LW_OP_SYNC,
	  .key = "changes",
	  .end = LW_SYNCED_CHANGES,
	  .highest = 100 },
};

static ino_t before; /* of the last test's map */

static ino_t map_now(void)
{
	struct stat st;

	return stat("map", &st) == 0 ? st.st_ino : 0;
}

static void until_published(void)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;

	while (map_now() == before) {
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
}

/* As vipw(8) and useradd(8) do it. */
static void put(const char *file, const char *text)
{
	char path[32];

	snprintf(path, sizeof(path), "%s.edit", file);
	front_write(path, text);
	assert_int_equal(rename(path, file), 0);
}

static enum nss_status by_name(void)
{
	static char buf[1024];
	struct passwd pw;
	int e;

	return nss.getpwnam(ALICE, &pw, buf, sizeof(buf), &e);
}

static enum nss_status by_uid(void)
{
	static char buf[1024];
	struct passwd pw;
	int e;

	return nss.getpwuid(ID(1025), &pw, buf, sizeof(buf), &e);
}

static enum nss_status by_group_name(void)
{
	static char buf[1024];
	struct group gr;
	int e;

	return nss.getgrnam(ADMINS, &gr, buf, sizeof(buf), &e);
}

static enum nss_status by_gid(void)
{
	static char buf[1024];
	struct group gr;
	int e;

	return nss.getgrgid(ID(2001), &gr, buf, sizeof(buf), &e);
}

/* The map is there before anything is in it. */
static void until_known(void)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;

	while (by_name() != NSS_STATUS_SUCCESS) {
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 20);
	}
}

static int begin(void **state)
{
	(void)state;
	before = map_now();
	put("passwd", ROOT);
	put("group", WHEEL);
	worker_forget();
	for (size_t i = 0; i < COUNT(lines); i++)
		worker_say(&lines[i]);
	worker_start();
	daemon_start("[cache]\nrevocation_max = 3600\n");
	until_published();
	until_known();
	return 0;
}

static int end(void **state)
{
	(void)state;
	daemon_stop();
	worker_stop();
	return 0;
}

/* Whether admins is among alice's groups. */
static enum nss_status by_list(void)
{
	long start = 0, size = 8;
	gid_t *v = calloc((size_t)size, sizeof(*v));
	enum nss_status s;
	int e;

	assert_non_null(v);
	s = nss.initgroups(ALICE, (gid_t)-1, &start, &size, &v, -1, &e);
	if (s == NSS_STATUS_SUCCESS) {
		s = NSS_STATUS_NOTFOUND;
		for (long i = 0; i < start; i++) {
			if (v[i] == ID(2001))
				s = NSS_STATUS_SUCCESS;
		}
	}
	free(v);
	return s;
}

/* The old answer and then the new one, and nothing else in between. */
static void comes_to(enum nss_status (*ask)(void), enum nss_status want)
{
	enum nss_status old = want == NSS_STATUS_SUCCESS ? NSS_STATUS_NOTFOUND
							 : NSS_STATUS_SUCCESS;
	int64_t until = worker_now_ms() + PATIENCE_MS;
	enum nss_status s;

	while ((s = ask()) != want) {
		assert_int_equal(s, old);
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
}

typedef enum nss_status asked(void);

/* file gets text, which is enough for these to be nobody of the directory's. */
static void is_local(const char *file, const char *old, const char *text,
		     asked *const *ask, size_t n)
{
	int64_t at, took;

	for (size_t i = 0; i < n; i++)
		assert_int_equal(ask[i](), NSS_STATUS_SUCCESS);
	put(file, text);
	at = worker_now_ms();
	for (size_t i = 0; i < n; i++)
		comes_to(ask[i], NSS_STATUS_NOTFOUND);
	took = worker_now_ms() - at;
	put(file, old);
	at = worker_now_ms();
	for (size_t i = 0; i < n; i++)
		comes_to(ask[i], NSS_STATUS_SUCCESS);
	print_message("local after %d ms, back after %d ms\n", (int)took,
		      (int)(worker_now_ms() - at));
}

static void a_user_added_by_name_is_local(void **state)
{
	static asked *const ask[] = { by_name, by_uid };

	(void)state;
	is_local("passwd", ROOT, ROOT ALICE ":x:5000:5000::/:/bin/sh\n", ask,
		 COUNT(ask));
}

static void a_user_added_by_uid_is_local(void **state)
{
	static asked *const ask[] = { by_uid, by_name };

	(void)state;
	is_local("passwd", ROOT, ROOT "other:x:1677722625:100::/:/bin/sh\n",
		 ask, COUNT(ask));
}

/* As of a copy that keeps its times, or one that is put back from a backup. */
static void he_is_so_whatever_time_the_file_has(void **state)
{
	struct timespec t[2];
	struct stat st;

	(void)state;
	assert_int_equal(by_name(), NSS_STATUS_SUCCESS);
	assert_int_equal(stat("passwd", &st), 0);
	t[0] = t[1] = st.st_mtim;
	front_write("passwd.edit", ROOT ALICE ":x:5000:5000::/:/bin/sh\n");
	assert_int_equal(utimensat(AT_FDCWD, "passwd.edit", t, 0), 0);
	assert_int_equal(rename("passwd.edit", "passwd"), 0);
	comes_to(by_name, NSS_STATUS_NOTFOUND);
	comes_to(by_uid, NSS_STATUS_NOTFOUND);
}

static void a_group_added_by_name_is_local(void **state)
{
	static asked *const ask[] = { by_group_name, by_gid };

	(void)state;
	is_local("group", WHEEL, WHEEL ADMINS ":x:5000:\n", ask, COUNT(ask));
}

/* And what its gid may do is not the directory's to give. */
static void a_group_added_by_gid_is_local(void **state)
{
	static asked *const ask[] = { by_gid, by_group_name, by_list };

	(void)state;
	is_local("group", WHEEL, WHEEL "other:x:1677723601:\n", ask,
		 COUNT(ask));
}

/* Without the map: as lightwaved itself answers. */
static void it_is_so_on_the_socket(void **state)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;

	(void)state;
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(asker_group(ADMINS, NULL), LW_OK);
	put("passwd", ROOT ALICE ":x:5000:5000::/:/bin/sh\n");
	put("group", WHEEL ADMINS ":x:5000:\n");
	while (asker_passwd(ALICE, NULL) != LW_NOTFOUND ||
	       asker_group(ADMINS, NULL) != LW_NOTFOUND)
		assert_true(worker_now_ms() < until);
	assert_int_equal(asker_uid(ID(1025), NULL), LW_NOTFOUND);
	assert_int_equal(asker_gid(ID(2001), NULL), LW_NOTFOUND);
	put("passwd", ROOT);
	put("group", WHEEL);
	while (asker_passwd(ALICE, NULL) != LW_OK ||
	       asker_group(ADMINS, NULL) != LW_OK)
		assert_true(worker_now_ms() < until);
	assert_int_equal(asker_uid(ID(1025), NULL), LW_OK);
	assert_int_equal(asker_gid(ID(2001), NULL), LW_OK);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_user_added_by_name_is_local),
		TEST(a_user_added_by_uid_is_local),
		TEST(he_is_so_whatever_time_the_file_has),
		TEST(a_group_added_by_name_is_local),
		TEST(a_group_added_by_gid_is_local),
		TEST(it_is_so_on_the_socket),
	};
	int failed;

	front_enter();
	nss_module_load(&nss);
	daemon_use(DAEMON_HERE);
	failed = cmocka_run_group_tests_name("local", tests, NULL, NULL);
	front_leave();
	return failed;
}
