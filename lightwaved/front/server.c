/* server.c - sockets and clients. The front. */
#include "server.h"

#include "cleanup.h"
#include "log.h"
#include "place.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/util.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define BACKLOG 512
/* On nss; with these taken LW_SERVER_FILES leaves 948 to priv and the rest. */
#define MAX_CLIENTS 700
#define PER_UID	    64	/* of these */
#define ROOT_MAX    400 /* besides: every set-uid program is root to us */
#define ACCEPTS	    16	/* at once, before others have their turn */
#define IDLE_S	    30	/* for a client that has not finished its question */

struct listener {
	struct lw_server *server;
	struct event *ev;
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	int fd;
	bool privileged;
};

struct lw_conn {
	TAILQ_ENTRY(lw_conn) link;
	struct lw_server *server;
	struct bufferevent *bev;
	struct event *gone; /* the client has left; watched during a request */
	struct lw_request *request; /* NULL: none in work */
	uid_t uid;
	pid_t pid; /* of root's processes; 0: another's */
	bool privileged;
};

struct lw_server {
	struct lw_front *front;
	struct listener nss, priv;
	TAILQ_HEAD(lw_conn_list, lw_conn) conns;
	size_t count; /* of the clients on nss, but for root's */
	size_t of_root;
	char bare[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
};

/* Who is counted together on nss. */
static size_t *counter(struct lw_server *s, uid_t uid)
{
	return uid == 0 ? &s->of_root : &s->count;
}

static void drop(struct lw_conn *c)
{
	TAILQ_REMOVE(&c->server->conns, c, link);
	if (!c->privileged)
		*counter(c->server, c->uid) -= 1;
	if (c->request)
		lw_request_cancel(c->request);
	if (c->gone)
		event_free(c->gone);
	bufferevent_free(c->bev);
	free(c);
}

void lw_conn_begins(struct lw_conn *c, struct lw_request *r)
{
	c->request = r;
	bufferevent_disable(c->bev, EV_READ); /* one at a time */
	event_add(c->gone, NULL);
}

static void wipe_sent(const void *data, size_t n, void *extra)
{
	(void)extra;
	explicit_bzero((void *)(uintptr_t)data, n);
	free((void *)(uintptr_t)data);
}

void lw_conn_answer(struct lw_conn *c, const struct lw_head *head,
		    enum lw_err status, const struct lw_wr *rest)
{
	struct evbuffer *out = bufferevent_get_output(c->bev);
	struct lw_wr w;

	c->request = NULL;
	event_del(c->gone);
	lw_wr_heap(&w, LW_REPLY_MAX + 64);
	w.wipe = rest && rest->wipe;
	lw_msg_begin(&w, (enum lw_op)head->op, head->id);
	lw_wr_u32(&w, (uint32_t)status);
	/* SKEW says by how much; nothing follows any other refusal. */
	if ((status == LW_OK || status == LW_SKEW) && rest && rest->base)
		lw_wr_raw(&w, rest->base, (size_t)(rest->p - rest->base));
	if (lw_msg_end(&w, w.base) != LW_OK ||
	    evbuffer_add_reference(out, w.base, (size_t)(w.p - w.base),
				   wipe_sent, NULL) < 0) {
		lw_wr_done(&w);
		drop(c);
		return;
	}
}

/*
 * The answer has gone: only now the next question is read, or a client that
 * asks and never reads would fill our memory.
 */
static void on_written(struct bufferevent *bev, void *arg)
{
	struct lw_conn *c = arg;

	if (c->request)
		return;
	bufferevent_enable(bev, EV_READ);
	if (evbuffer_get_length(bufferevent_get_input(bev)) > 0)
		bufferevent_trigger(bev, EV_READ, BEV_TRIG_DEFER_CALLBACKS);
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct lw_conn *c = arg;
	struct evbuffer *in = bufferevent_get_input(bev);
	uint8_t raw[LW_HEAD_SIZE];
	struct lw_head h;
	uint8_t *body, *here;

	if (c->request ||
	    evbuffer_copyout(in, raw, sizeof(raw)) < (ssize_t)sizeof(raw))
		return;
	if (lw_head_decode(raw, LW_REQUEST_MAX, &h) != LW_OK) {
		drop(c);
		return;
	}
	if (evbuffer_get_length(in) < LW_HEAD_SIZE + (size_t)h.len)
		return;
	here = evbuffer_pullup(in, (ssize_t)(LW_HEAD_SIZE + h.len));
	body = here ? malloc(h.len ? h.len : 1) : NULL;
	if (!body) {
		drop(c);
		return;
	}
	memcpy(body, here + LW_HEAD_SIZE, h.len);
	explicit_bzero(here, LW_HEAD_SIZE + h.len); /* maybe a password */
	evbuffer_drain(in, LW_HEAD_SIZE + h.len);
	lw_request_start(c->server->front, c, &h, body, c->pid, c->privileged);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	(void)what;
	drop(arg);
}

static size_t connections_of(const struct lw_server *s, uid_t uid)
{
	const struct lw_conn *c;
	size_t n = 0;

	TAILQ_FOREACH (c, &s->conns, link)
		n += c->uid == uid && !c->privileged;
	return n;
}

static void on_gone(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	drop(arg);
}

static bool may_speak(int fd, const struct listener *l, struct ucred *ret)
{
	socklen_t n = sizeof(*ret);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, ret, &n) < 0)
		return false;
	if (ret->uid == 0)
		return l->privileged || l->server->of_root < ROOT_MAX;
	if (l->privileged)
		lw_front_warn_once(l->server->front, l->path,
				   "uid %u was refused on the priv socket",
				   ret->uid);
	return !l->privileged && l->server->count < MAX_CLIENTS &&
	       connections_of(l->server, ret->uid) < PER_UID;
}

static void welcome(struct listener *l, int fd, const struct ucred *who)
{
	struct event_base *base = l->server->front->base;
	struct timeval idle = { .tv_sec = IDLE_S };
	struct lw_conn *c = calloc(1, sizeof(*c));

	if (c) {
		c->bev =
			bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
		c->gone = event_new(base, fd, EV_CLOSED, on_gone, c);
	}
	if (!c || !c->bev || !c->gone) {
		if (c && c->gone)
			event_free(c->gone);
		if (c && c->bev)
			bufferevent_free(c->bev);
		else
			close(fd);
		free(c);
		return;
	}
	c->server = l->server;
	c->uid = who->uid;
	c->pid = who->uid == 0 ? who->pid : 0;
	c->privileged = l->privileged;
	TAILQ_INSERT_TAIL(&l->server->conns, c, link);
	if (!c->privileged)
		*counter(l->server, c->uid) += 1;
	bufferevent_priority_set(c->bev, l->privileged ? LW_PRIO_LOGIN
						       : LW_PRIO_LOOKUP);
	bufferevent_setcb(c->bev, on_read, on_written, on_event, c);
	bufferevent_setwatermark(c->bev, EV_READ, 0,
				 LW_REQUEST_MAX + LW_HEAD_SIZE);
	bufferevent_set_timeouts(c->bev, &idle, &idle);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}

static void on_accept(evutil_socket_t s, short what, void *arg)
{
	struct listener *l = arg;

	(void)what;
	for (int i = 0; i < ACCEPTS; i++) {
		int fd = accept4(s, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		struct ucred who;

		if (fd < 0)
			return;
		if (may_speak(fd, l, &who))
			welcome(l, fd, &who);
		else
			close(fd);
	}
}

static enum lw_err listen_at(struct listener *l, struct lw_server *s,
			     const char *dir, const char *name, mode_t mode)
{
	struct sockaddr_un sun;
	enum lw_err e = lw_place_find(dir, name, &sun);
	mode_t mask;
	int r;

	l->server = s;
	if (e != LW_OK)
		return e;
	unlink(sun.sun_path);
	l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l->fd < 0)
		return LW_NOMEM;
	mask = umask((mode_t)~mode & 0777);
	r = bind(l->fd, (const struct sockaddr *)&sun, sizeof(sun));
	umask(mask);
	if (r < 0 || listen(l->fd, BACKLOG) < 0)
		return LW_OFFLINE;
	memcpy(l->path, sun.sun_path, sizeof(l->path));
	l->ev = event_new(s->front->base, l->fd, EV_READ | EV_PERSIST,
			  on_accept, l);
	if (!l->ev)
		return LW_NOMEM;
	event_priority_set(l->ev,
			   l->privileged ? LW_PRIO_LOGIN : LW_PRIO_LOOKUP);
	return event_add(l->ev, NULL) == 0 ? LW_OK : LW_NOMEM;
}

static void stop_listening(struct listener *l)
{
	if (l->ev)
		event_free(l->ev);
	if (l->fd >= 0)
		close(l->fd);
	if (l->path[0])
		unlink(l->path);
}

/* By rename: a name asked for meanwhile finds the old one or the new one. */
void lw_server_bare(struct lw_server *s, bool bare)
{
	char made[sizeof(s->bare) + 4];

	if (!bare) {
		unlink(s->bare);
		return;
	}
	snprintf(made, sizeof(made), "%s.new", s->bare);
	unlink(made);
	if (symlink("nss", made) < 0 || rename(made, s->bare) < 0)
		lw_log(LOG_ERR, "cannot make %s: %s", s->bare, strerror(errno));
}

static void check_limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0 ||
	    files.rlim_cur >= LW_SERVER_FILES)
		return;
	lw_log(LOG_WARNING,
	       "only %ju descriptors: when many programs ask at once logins "
	       "may fail; have LimitNOFILE=%d in lightwaved.service",
	       (uintmax_t)files.rlim_cur, LW_SERVER_FILES);
}

enum lw_err lw_server_new(struct lw_front *f, const char *dir, bool bare,
			  struct lw_server **ret)
{
	struct lw_server *s = calloc(1, sizeof(*s));
	enum lw_err e;

	if (!s)
		return LW_NOMEM;
	s->front = f;
	s->nss.fd = s->priv.fd = -1;
	s->priv.privileged = true;
	TAILQ_INIT(&s->conns);
	check_limit();
	e = listen_at(&s->priv, s, dir, "priv", 0600);
	if (e == LW_OK) {
		/* Ours to make and remove only now: nobody else listens. */
		snprintf(s->bare, sizeof(s->bare), "%s/bare", dir);
		/* Before nss: where that is alone, bare names are local. */
		lw_server_bare(s, bare);
	}
	if (e == LW_OK)
		e = listen_at(&s->nss, s, dir, "nss", 0666);
	if (e != LW_OK) {
		lw_place_complain(dir);
		lw_server_free(s);
		return e;
	}
	*ret = s;
	return LW_OK;
}

void lw_server_free(struct lw_server *s)
{
	struct lw_conn *c, *next;

	if (!s)
		return;
	stop_listening(&s->nss);
	if (s->bare[0])
		unlink(s->bare);
	stop_listening(&s->priv);
	for (c = TAILQ_FIRST(&s->conns); c; c = next) {
		next = TAILQ_NEXT(c, link);
		drop(c);
	}
	free(s);
}
