/*
 * test_dial.c - the race of a server's addresses, over real sockets on
 * loopback. A black hole is a listener whose queue is full: the kernel drops
 * what comes to it.
 */
#include "unit.h"

#include "cleanup.h"
#include "clock.h"
#include "dial.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/time.h>

#define LIMIT_MS 5000

/* host is an address of loopback. */
static struct lw_dial_addr address(const char *host, uint16_t port)
{
	struct lw_dial_addr a = { .len = sizeof(struct sockaddr_in) };
	struct sockaddr_in *in = (struct sockaddr_in *)&a.sa;

	in->sin_family = AF_INET;
	in->sin_port = htons(port);
	assert_int_equal(inet_pton(AF_INET, host, &in->sin_addr), 1);
	return a;
}

static int listen_at(const char *host, int backlog, struct lw_dial_addr *ret)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*ret = address(host, 0);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&ret->sa, ret->len), 0);
	assert_int_equal(listen(fd, backlog), 0);
	assert_int_equal(
		getsockname(fd, (struct sockaddr *)&ret->sa, &ret->len), 0);
	return fd;
}

static int dial(const struct lw_dial_addr *a)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	connect(fd, (const struct sockaddr *)&a->sa, a->len);
	return fd;
}

struct hole {
	int listener, inside[3];
	struct lw_dial_addr at;
};

static struct hole dig(const char *host)
{
	struct hole h = { .listener = -1 };

	h.listener = listen_at(host, 0, &h.at);
	for (size_t i = 0; i < COUNT(h.inside); i++)
		h.inside[i] = dial(&h.at);
	return h;
}

/* Take out who lies in it: what comes now is let in. */
static void open_up(struct hole *h)
{
	for (size_t i = 0; i < COUNT(h->inside); i++) {
		struct pollfd p = { h->listener, POLLIN, 0 };

		if (poll(&p, 1, 0) == 1)
			close(accept(h->listener, NULL, NULL));
		close(h->inside[i]);
		h->inside[i] = -1;
	}
}

static void fill_in(struct hole *h)
{
	for (size_t i = 0; i < COUNT(h->inside); i++)
		lw_close(&h->inside[i]);
	close(h->listener);
}

/* A port where nobody listens. */
static struct lw_dial_addr nobody(const char *host)
{
	struct lw_dial_addr a;

	close(listen_at(host, 1, &a));
	return a;
}

static enum lw_err race(const struct lw_dial_addr *v, size_t n, int64_t ms,
			int64_t *ret_took_ms, struct lw_dial_addr *ret_peer)
{
	int64_t began = lw_mono_ms();
	lw_cleanup(lw_close) int fd = -1;
	enum lw_err e = lw_dial_race(v, n, began + ms, &fd);

	*ret_took_ms = lw_mono_ms() - began;
	assert_int_equal(fd >= 0, e == LW_OK);
	if (e != LW_OK)
		return e;
	ret_peer->len = sizeof(ret_peer->sa);
	assert_int_equal(getpeername(fd, (struct sockaddr *)&ret_peer->sa,
				     &ret_peer->len),
			 0);
	assert_false(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	return e;
}

static void assert_peer(const struct lw_dial_addr *a,
			const struct lw_dial_addr *b)
{
	assert_memory_equal(&a->sa, &b->sa, sizeof(struct sockaddr_in));
}

static void the_first_one_that_answers_is_taken(void **state)
{
	struct lw_dial_addr v[2], peer;
	lw_cleanup(lw_close) int a = listen_at("127.0.0.1", 4, &v[0]);
	lw_cleanup(lw_close) int b = listen_at("127.0.0.2", 4, &v[1]);
	int64_t ms;

	(void)state;
	(void)a;
	assert_int_equal(race(v, 2, LIMIT_MS, &ms, &peer), LW_OK);
	assert_peer(&peer, &v[0]);
	/* The other was not even begun. */
	assert_int_equal(poll(&(struct pollfd) { b, POLLIN, 0 }, 1, 0), 0);
}

static void one_that_refuses_costs_no_time(void **state)
{
	struct lw_dial_addr v[LW_DIAL_ADDRS], peer;
	lw_cleanup(lw_close) int fd =
		listen_at("127.0.0.2", 4, &v[LW_DIAL_ADDRS - 1]);
	int64_t ms;

	(void)state;
	(void)fd;
	for (size_t i = 0; i + 1 < COUNT(v); i++)
		v[i] = nobody("127.0.0.1");
	assert_int_equal(race(v, COUNT(v), LIMIT_MS, &ms, &peer), LW_OK);
	assert_peer(&peer, &v[LW_DIAL_ADDRS - 1]);
	/* One stagger each would be seven. */
	assert_true(ms < 4 * LW_DIAL_STAGGER_MS);
}

static void all_refusing_is_known_at_once(void **state)
{
	struct lw_dial_addr v[LW_DIAL_ADDRS], peer;
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < COUNT(v); i++)
		v[i] = nobody("127.0.0.1");
	assert_int_equal(race(v, COUNT(v), LIMIT_MS, &ms, &peer), LW_OFFLINE);
	assert_true(ms < 4 * LW_DIAL_STAGGER_MS);
	assert_int_equal(race(v, 0, LIMIT_MS, &ms, &peer), LW_OFFLINE);
}

static void a_black_hole_costs_one_stagger(void **state)
{
	struct hole h = dig("127.0.0.1");
	struct lw_dial_addr v[2] = { h.at }, peer;
	lw_cleanup(lw_close) int fd = listen_at("127.0.0.2", 4, &v[1]);
	int64_t ms;

	(void)state;
	(void)fd;
	assert_int_equal(race(v, 2, LIMIT_MS, &ms, &peer), LW_OK);
	assert_peer(&peer, &v[1]);
	/* And not all the time there is. */
	assert_in_range(ms, LW_DIAL_STAGGER_MS - 1, LIMIT_MS / 2);
	fill_in(&h);
}

/* With others refusing there is nothing to wait for but the hole. */
static void silence_ends_with_the_time(void **state)
{
	struct hole h = dig("127.0.0.1");
	struct lw_dial_addr v[2] = { h.at, nobody("127.0.0.2") }, peer;
	int64_t ms;

	(void)state;
	assert_int_equal(race(v, 2, 600, &ms, &peer), LW_OFFLINE);
	assert_in_range(ms, 599, LIMIT_MS);
	fill_in(&h);
}

static struct hole *to_open;

static void on_alarm(int sig)
{
	(void)sig;
	open_up(to_open);
}

/*
 * The kernel repeats what was dropped after one second and after three, we each
 * quarter of one: who comes back after 1.3 s is found long before the third. A
 * signal does not end the race.
 */
static void a_hole_that_opens_is_found_soon(void **state)
{
	struct itimerval soon = { .it_value = { 1, 300000 } };
	struct sigaction sa = { .sa_handler = on_alarm };
	struct hole h = dig("127.0.0.1");
	struct lw_dial_addr peer;
	int64_t ms;

	(void)state;
	to_open = &h;
	assert_int_equal(sigaction(SIGALRM, &sa, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	assert_int_equal(race(&h.at, 1, LIMIT_MS, &ms, &peer), LW_OK);
	assert_in_range(ms, 1299, 2900);
	fill_in(&h);
}

/* What the resolver says, in its order, and that it is given back. */
static struct addrinfo *said;
static bool released;

static int why;

int __wrap_getaddrinfo(const char *node, const char *service,
		       const struct addrinfo *hints, struct addrinfo **ret);
void __wrap_freeaddrinfo(struct addrinfo *list);

int __wrap_getaddrinfo(const char *node, const char *service,
		       const struct addrinfo *hints, struct addrinfo **ret)
{
	assert_string_equal(node, "dc1.lightwave.test");
	assert_string_equal(service, "636");
	assert_int_equal(hints->ai_socktype, SOCK_STREAM);
	*ret = said;
	return said ? 0 : why;
}

void __wrap_freeaddrinfo(struct addrinfo *list)
{
	assert_ptr_equal(list, said);
	released = true;
}

/* families: a digit for each address; want: in which order they are taken. */
static void assert_turns(const char *families, const char *want)
{
	const struct lw_endpoint dc1 = { "dc1.lightwave.test", 0 };
	struct sockaddr_in6 sa[16] = { 0 };
	struct addrinfo list[16] = { 0 };
	struct lw_dial_addr v[LW_DIAL_ADDRS];
	size_t n = strlen(families);

	for (size_t i = 0; i < n; i++) {
		bool v6 = families[i] == '6';

		sa[i].sin6_family = v6 ? AF_INET6 : AF_INET;
		sa[i].sin6_port = (in_port_t)i;
		list[i].ai_family = sa[i].sin6_family;
		list[i].ai_addr = (struct sockaddr *)&sa[i];
		list[i].ai_addrlen = v6 ? sizeof(struct sockaddr_in6)
					: sizeof(struct sockaddr_in);
		list[i].ai_next = i + 1 < n ? &list[i + 1] : NULL;
	}
	said = list;
	released = false;
	assert_int_equal(lw_dial_resolve(&dc1, 636, v, &n), LW_OK);
	assert_true(released);
	assert_int_equal(n, strlen(want));
	for (size_t i = 0; i < n; i++) {
		const struct sockaddr_in6 *in = (struct sockaddr_in6 *)&v[i].sa;

		assert_int_equal(in->sin6_port, want[i] - '0');
	}
}

static void families_take_turns(void **state)
{
	const struct lw_endpoint dc1 = { "dc1.lightwave.test", 0 };
	struct lw_dial_addr v[LW_DIAL_ADDRS];
	size_t n;

	(void)state;
	assert_turns("6644", "0213");
	assert_turns("4466", "0213");
	assert_turns("444", "012");
	assert_turns("64444", "01234");
	assert_turns("66664", "04123");
	assert_turns("6666666664", "09123456");
	said = NULL;
	why = EAI_NONAME;
	assert_int_equal(lw_dial_resolve(&dc1, 636, v, &n), LW_NOTFOUND);
	why = EAI_AGAIN;
	assert_int_equal(lw_dial_resolve(&dc1, 636, v, &n), LW_OFFLINE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_one_that_answers_is_taken),
		cmocka_unit_test(one_that_refuses_costs_no_time),
		cmocka_unit_test(all_refusing_is_known_at_once),
		cmocka_unit_test(a_black_hole_costs_one_stagger),
		cmocka_unit_test(silence_ends_with_the_time),
		cmocka_unit_test(a_hole_that_opens_is_found_soon),
		cmocka_unit_test(families_take_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
