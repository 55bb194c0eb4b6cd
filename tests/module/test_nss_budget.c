/*
 * test_nss_budget.c - how long libnss_lightwave waits for a front that takes
 * no question: as long as a start takes, unless the map says that it lives.
 *
 * Upper bounds are the next longer budget: a busy machine is late.
 */
#include "check.h"
#include "cleanup.h"
#include "front.h"
#include "map_file.h"
#include "nss_module.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#define ALICE "alice@lightwave.test"

static struct nss_module nss;
static const struct lw_passwd alice = {
	.uid = 16778241,
	.gid = 16778242,
	.name = LW_STR(ALICE),
	.gecos = LW_STR("Alice"),
	.dir = LW_STR("/home/alice"),
	.shell = LW_STR("/bin/sh"),
};

static enum nss_status timed(const char *name, int64_t *ret_ms)
{
	int64_t begin = front_now_ms();
	enum nss_status status;
	struct passwd pw;
	char buf[256];
	int e;

	status = nss.getpwnam(name, &pw, buf, sizeof(buf), &e);
	*ret_ms = front_now_ms() - begin;
	return status;
}

/*
 * A map without anybody in it, whose front lives until then. It retires the
 * one before it: the name is never away.
 */
static struct lw_map_file *map_until(uint32_t alive)
{
	const struct lw_map_setup s = { .path = "map",
					.domain = "lightwave.test",
					.netbios = "",
					.bare = true,
					.ids = { .domain_sid = "" } };
	struct lw_map_file *f;

	assert_int_equal(lw_map_file_new(&s, 1, &f), LW_OK);
	lw_map_file_times(f, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX,
			  alive);
	assert_int_equal(lw_map_file_publish(f), LW_OK);
	return f;
}

/* A front that was killed: its socket stays where it was. */
static void leave_socket(void)
{
	struct front f;

	front_start(&f, NULL, 0);
	assert_int_equal(rename("nss", "kept"), 0);
	front_stop(&f);
	assert_int_equal(rename("kept", "nss"), 0);
}

static void who_does_not_begin_to_read_has_the_time_of_a_start(void **state)
{
	uint32_t now = lw_map_now();
	struct lw_map_file *map;
	struct front f;
	int64_t ms;

	(void)state;
	front_start(&f, NULL, 0);
	front_freeze(&f);
	assert_int_equal(timed(ALICE, &ms), NSS_STATUS_UNAVAIL);
	assert_in_range(ms, 199, LW_NSS_BUDGET_MS - 1);

	/* It lives: then it is slow, and is waited for. */
	map = map_until(now + 1000);
	assert_int_equal(timed(ALICE, &ms), NSS_STATUS_UNAVAIL);
	assert_in_range(ms, LW_NSS_BUDGET_MS - 1, 10 * LW_NSS_BUDGET_MS);
	/* It has not said so for a while. */
	lw_map_file_times(map, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX,
			  now);
	assert_int_equal(timed(ALICE, &ms), NSS_STATUS_UNAVAIL);
	assert_in_range(ms, 199, LW_NSS_BUDGET_MS - 1);
	lw_map_file_free(map);
	front_stop(&f);
}

static void who_refuses_is_not_waited_for(void **state)
{
	struct lw_map_file *map = map_until(lw_map_now());
	int64_t ms;

	(void)state;
	leave_socket();
	assert_int_equal(timed(ALICE, &ms), NSS_STATUS_UNAVAIL);
	assert_in_range(ms, 0, 199);
	assert_int_equal(unlink("nss"), 0);
	lw_map_file_free(map);
}

static void unless_it_lived_a_moment_ago(void **state)
{
	struct lw_map_file *map = map_until(lw_map_now() + 1000);
	int64_t ms;

	(void)state;
	leave_socket();
	assert_int_equal(timed(ALICE, &ms), NSS_STATUS_UNAVAIL);
	assert_in_range(ms, 199, LW_NSS_BUDGET_MS - 1);
	/* A local name has nothing to wait for. */
	assert_int_equal(symlink("nss", "bare"), 0);
	assert_int_equal(timed("alice", &ms), NSS_STATUS_UNAVAIL);
	assert_in_range(ms, 0, 199);
	assert_int_equal(unlink("bare"), 0);
	assert_int_equal(unlink("nss"), 0);
	/* Absent is absent. */
	assert_int_equal(timed(ALICE, &ms), NSS_STATUS_UNAVAIL);
	assert_in_range(ms, 0, 199);
	lw_map_file_free(map);
}

struct asking {
	_Atomic pid_t tid;
	_Atomic bool over;
	enum nss_status status;
};

static void *ask(void *arg)
{
	struct asking *a = arg;
	int64_t ms;

	a->tid = (pid_t)syscall(SYS_gettid);
	a->status = timed(ALICE, &ms);
	a->over = true;
	return NULL;
}

static bool sleeps(pid_t tid)
{
	lw_cleanup(lw_fclose) FILE *f = NULL;
	char path[64], state = 0;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	f = fopen(path, "re");
	return f && fscanf(f, "%*d (%*[^)]) %c", &state) == 1 && state == 'S';
}

static void who_is_back_in_that_time_answers(void **state)
{
	struct lw_map_file *map = map_until(lw_map_now() + 1000);
	struct front_reply reply = { 0 };
	lw_cleanup(lw_free) uint8_t *body = nss_passwd(&alice, &reply.n);
	struct asking a = { .status = NSS_STATUS_UNAVAIL };
	pthread_t thread;
	struct front f;
	int tries = 0;

	(void)state;
	reply.body = body;
	/* A machine too busy to start a front in 200 ms is given other tries.
	 */
	while (a.status != NSS_STATUS_SUCCESS && tries++ < 50) {
		leave_socket();
		a.tid = 0;
		a.over = false;
		assert_int_equal(pthread_create(&thread, NULL, ask, &a), 0);
		while (!a.over && (a.tid == 0 || !sleeps(a.tid)))
			sched_yield();
		assert_int_equal(unlink("nss"), 0);
		front_start(&f, &reply, 1);
		pthread_join(thread, NULL);
		front_stop(&f);
	}
	assert_int_equal(a.status, NSS_STATUS_SUCCESS);
	lw_map_file_free(map);
}

static void where_too_many_wait_nobody_waits_long(void **state)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX, .sun_path = "nss" };
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int fds[8] = { -1, -1, -1, -1, -1, -1, -1, -1 };
	size_t n = 0;
	int64_t ms;

	(void)state;
	assert_int_equal(bind(s, (struct sockaddr *)&sun, sizeof(sun)), 0);
	assert_int_equal(listen(s, 0), 0);
	while (n < COUNT(fds) && lw_client_dial("nss", &fds[n]) == LW_OK)
		n++;
	assert_in_range(n, 1, COUNT(fds) - 1);
	assert_int_equal(timed(ALICE, &ms), NSS_STATUS_UNAVAIL);
	assert_in_range(ms, 9, 199);
	for (size_t i = 0; i < COUNT(fds); i++)
		lw_close(&fds[i]);
	lw_close(&s);
	assert_int_equal(unlink("nss"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			who_does_not_begin_to_read_has_the_time_of_a_start),
		cmocka_unit_test(who_refuses_is_not_waited_for),
		cmocka_unit_test(unless_it_lived_a_moment_ago),
		cmocka_unit_test(who_is_back_in_that_time_answers),
		cmocka_unit_test(where_too_many_wait_nobody_waits_long),
	};
	int failed;

	front_enter();
	nss_module_load(&nss);
	failed = cmocka_run_group_tests_name("nss_budget", tests, NULL, NULL);
	front_leave();
	return failed;
}
