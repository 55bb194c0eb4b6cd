/* front.c - a scripted front. Runs as a child of the tests of the modules. */
#include "front.h"

#include "check.h"
#include "cleanup.h"
#include "client.h"
#include "member.h"

#include <dirent.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#include <linux/sockios.h>

static bool taken[256]; /* the child's own: lines with once that are used up */

int64_t front_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static bool read_all(int fd, uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t r = recv(fd, p, n, 0);

		if (r <= 0)
			return false;
		p += r;
		n -= (size_t)r;
	}
	return true;
}

/* A client that goes away is no news. */
static void write_all(int fd, const uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t r = send(fd, p, n, MSG_NOSIGNAL);

		if (r <= 0)
			return;
		p += r;
		n -= (size_t)r;
	}
}

static void drip(int fd, const uint8_t *p, size_t n)
{
	int64_t until = front_now_ms() + 800;

	for (size_t i = 0; i < n; i++) {
		int unread = 0;

		write_all(fd, p + i, 1);
		while (ioctl(fd, SIOCOUTQ, &unread) == 0 && unread > 0 &&
		       front_now_ms() < until)
			sched_yield();
	}
}

/* The one place of these tests where a password becomes text. */
static struct lw_str shown(struct lw_password p)
{
	return (struct lw_str) { p.p, p.n };
}

static void copy(char *to, size_t size, struct lw_str s)
{
	size_t n = s.n < size ? s.n : size - 1;

	if (n)
		memcpy(to, s.s, n);
	to[n] = '\0';
}

static struct front_question decode(const struct lw_head *head,
				    const uint8_t *body, bool priv)
{
	struct front_question q = { .op = head->op, .priv = priv };
	struct lw_password_change c = { 0 };
	struct lw_login l = { 0 };
	struct lw_principal p = { 0 };
	struct lw_member m = { 0 };
	struct lw_rd r;

	lw_rd_init(&r, body, head->len);
	if (head->op == LW_OP_PASSWD_BY_UID || head->op == LW_OP_GROUP_BY_GID)
		q.id = lw_rd_u32(&r);
	else if (head->op == LW_OP_AUTH || head->op == LW_OP_ACCOUNT ||
		 head->op == LW_OP_VERIFY)
		lw_login_decode(&r, &l);
	else if (head->op == LW_OP_PASSWORD &&
		 lw_password_change_decode(&r, &c) == LW_OK)
		l = c.login;
	else if (head->op == LW_OP_PRINCIPAL &&
		 lw_principal_decode(&r, &p) == LW_OK)
		l.user = p.account;
	else if (head->op == LW_OP_MEMBER && lw_member_decode(&r, &m) == LW_OK)
		l.user = m.user;
	else if (head->op != LW_OP_POLICY)
		l.user = lw_rd_str(&r);
	if (lw_rd_end(&r) != LW_OK)
		q.op = 0; /* no test counts a malformed question */
	copy(q.name, sizeof(q.name), l.user);
	copy(q.password, sizeof(q.password), shown(l.password));
	copy(q.new_password, sizeof(q.new_password), shown(c.new_password));
	copy(q.service, sizeof(q.service), l.service);
	copy(q.rhost, sizeof(q.rhost), l.rhost);
	copy(q.principal, sizeof(q.principal), p.principal);
	copy(q.group, sizeof(q.group), m.group);
	q.what_for = (int)m.what_for;
	q.id = m.what_for ? m.uid : q.id;
	return q;
}

static struct front_reply find(const struct front_reply *table, size_t n,
			       const struct front_question *q)
{
	for (size_t i = 0; i < n; i++) {
		if ((table[i].op && table[i].op != q->op) || taken[i] ||
		    (table[i].name && strcmp(table[i].name, q->name) != 0))
			continue;
		taken[i] = table[i].once;
		return table[i];
	}
	return (struct front_reply) { .status = LW_NOTFOUND };
}

/* Whether the connection is to stay open. */
static bool answer(int fd, const struct lw_head *head,
		   const struct front_reply *reply)
{
	lw_cleanup(lw_wr_done) struct lw_wr w;
	size_t n;

	lw_wr_heap(&w, LW_REPLY_MAX + LW_HEAD_SIZE);
	if (reply->manner != FRONT_RAW) {
		lw_wr_u32(&w, (uint32_t)(reply->n + 4));
		lw_wr_u16(&w, LW_PROTO_VERSION);
		lw_wr_u16(&w, head->op);
		lw_wr_u32(&w, head->id);
		lw_wr_u32(&w, reply->status);
	}
	lw_wr_raw(&w, reply->body, reply->n);
	n = (size_t)(w.p - w.base);

	switch (reply->manner) {
	case FRONT_ANSWER:
	case FRONT_RAW:
		write_all(fd, w.base, n);
		return false;
	case FRONT_DRIP:
		drip(fd, w.base, n);
		return false;
	case FRONT_CUT:
		write_all(fd, w.base, n / 2);
		return false;
	case FRONT_STALL:
		write_all(fd, w.base, n / 2);
		return true;
	case FRONT_HANG:
		return true;
	case FRONT_CLOSE:
		break;
	}
	return false;
}

static void serve(struct front_log *log, int fd, bool priv,
		  const struct front_reply *table, size_t n)
{
	uint8_t raw[LW_HEAD_SIZE], body[LW_REQUEST_MAX];
	struct front_question q;
	struct front_reply reply;
	struct lw_head head;
	unsigned int at;

	if (!read_all(fd, raw, sizeof(raw)) ||
	    lw_head_decode(raw, sizeof(body), &head) != LW_OK ||
	    !read_all(fd, body, head.len)) {
		close(fd);
		return;
	}
	q = decode(&head, body, priv);
	at = log->count++;
	if (at < FRONT_LOG)
		log->q[at] = q;
	reply = find(table, n, &q);
	if (!answer(fd, &head, &reply))
		close(fd);
}

static void run(struct front_log *log, const int fds[2],
		const struct front_reply *table, size_t n)
{
	struct pollfd p[2] = { { .fd = fds[0], .events = POLLIN },
			       { .fd = fds[1], .events = POLLIN } };

	for (;;) {
		if (poll(p, 2, -1) < 0)
			_exit(1);
		for (int i = 0; i < 2; i++) {
			int fd =
				p[i].revents ? accept(p[i].fd, NULL, NULL) : -1;

			if (fd >= 0)
				serve(log, fd, i == 1, table, n);
		}
	}
}

static int listen_at(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(sun.sun_path, path, strlen(path) + 1);
	unlink(path);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(listen(fd, 512), 0);
	return fd;
}

void front_start(struct front *f, const struct front_reply *table, size_t n)
{
	pid_t parent = getpid();
	int fds[2];

	assert_true(n <= sizeof(taken) / sizeof(*taken));
	f->log = mmap(NULL, sizeof(*f->log), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(f->log != MAP_FAILED);
	fds[0] = listen_at(LW_NSS_SOCKET);
	fds[1] = listen_at(LW_PRIV_SOCKET);
	f->pid = fork();
	assert_true(f->pid >= 0);
	if (f->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		__atomic_store_n(&f->log->ready, 1, __ATOMIC_RELEASE);
		if (getppid() == parent)
			run(f->log, fds, table, n);
		_exit(1);
	}
	close(fds[0]);
	close(fds[1]);
}

void front_stop(struct front *f)
{
	if (f->pid > 0) {
		kill(f->pid, SIGKILL);
		assert_int_equal(waitpid(f->pid, NULL, 0), f->pid);
	}
	f->pid = 0;
	unlink(LW_NSS_SOCKET);
	unlink(LW_PRIV_SOCKET);
	unlink(LW_BARE_SOCKET);
}

void front_freeze(struct front *f)
{
	int status;

	while (!__atomic_load_n(&f->log->ready, __ATOMIC_ACQUIRE))
		sched_yield();
	assert_int_equal(kill(f->pid, SIGSTOP), 0);
	assert_int_equal(waitpid(f->pid, &status, WUNTRACED), f->pid);
	assert_true(WIFSTOPPED(status));
}

unsigned int front_count(const struct front *f, enum lw_op op)
{
	unsigned int n = 0;

	assert_true(f->log->count <= FRONT_LOG);
	for (unsigned int i = 0; i < f->log->count; i++)
		n += f->log->q[i].op == op;
	return n;
}

const struct front_question *front_question(const struct front *f,
					    enum lw_op op, unsigned int nth)
{
	for (unsigned int i = 0; i < f->log->count && i < FRONT_LOG; i++) {
		if (f->log->q[i].op == op && nth-- == 0)
			return &f->log->q[i];
	}
	fail_msg("question %d was not asked", (int)op);
	return NULL;
}
