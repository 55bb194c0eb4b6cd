/* publish.c - when what goes into the map. The front. */
#include "publish_put.h"

#include "cleanup.h"
#include "follow.h"
#include "link.h"
#include "log.h"
#include "outage.h"
#include "replica.h"

#include <malloc.h>
#include <string.h>

#define SLICE	   64  /* chains of the replica in one turn of the loop */
#define RETRY_S	   10  /* between two tries to make a map */
#define ALIVE_S	   5   /* ticks come every second */
#define LOOK_MS	   400 /* localdb.h looks again after 500: seen within 0.8 s */
#define ROOM	   64  /* records at first */
#define TIDY_BYTES (256 << 10)
#define CONTAINER(link)                                                        \
	((struct lw_known *)((char *)(link)-offsetof(struct lw_known, by_sid)))

struct lw_publish {
	struct lw_front *front;
	char *path;
	struct lw_map_file *file; /* NULL: none can be made */
	struct event *turn;	  /* the next slice of a round */
	struct event *look;	  /* at what is local */
	const struct lw_replica *of;
	size_t size, at, left; /* chains of it; the next one; still to go */
	size_t seen;	       /* chains, since the file was made */
	unsigned int wait;     /* ticks until a map is tried again */
	unsigned int clean;    /* ... and until what is too old is dropped */
	uint64_t local;	 /* changes of /etc/passwd and /etc/group before */
	size_t answered; /* bytes, since memory was last given back */
	bool named;	 /* programs see it */
	bool unended;	 /* a round is under way, or waits for a replica */
};

/* As lw_map_now() has it; 0: before the boot. */
static uint32_t seconds(int64_t ms)
{
	return ms < LW_BOOT_MS ? 0 : (uint32_t)((ms - LW_BOOT_MS) / 1000);
}

static bool wants_replica(const struct lw_plan *p)
{
	return p->replicate_max > 0 && !p->given_up && !p->unsupported;
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/*
 * As the socket would: unasked while followed, and what there is while away.
 * Fresh it is for no longer than this front lives. Of lists that is the
 * follower's word alone: whether look-ups are answered is in everybody's power.
 */
static void set_times(struct lw_publish *p)
{
	const struct lw_plan *plan = lw_follow_plan(p->front->follow);
	const struct lw_config *c = p->front->config;
	int64_t now = lw_now_ms();
	bool followed = plan->confirmed_ms >= 0;
	int64_t since =
		followed ? plan->confirmed_ms : lw_outage_heard_ms(p->front);
	uint32_t alive = seconds(now + ALIVE_S * 1000);
	uint32_t stale = seconds(since + c->offline_max * INT64_C(1000));
	uint32_t rights =
		seconds(since + c->offline_authorization_max * INT64_C(1000));
	bool fresh = lw_plan_replica_fresh(plan, 0, now);
	bool good = fresh || (followed && lw_link_away(p->front->link));

	lw_map_file_times(p->file, good ? least(stale, alive) : 0,
			  fresh ? least(rights, alive) : 0, stale, rights,
			  alive);
}

static void name_it(struct lw_publish *p)
{
	if (p->named)
		return;
	p->named = lw_map_file_publish(p->file) == LW_OK;
}

static void make_file(struct lw_publish *p)
{
	struct lw_policy policy = lw_front_policy(p->front);
	const struct lw_map_setup s = {
		.path = p->path,
		.domain = policy.naming.domain,
		.netbios = policy.naming.netbios ? policy.naming.netbios : "",
		.bare = policy.naming.bare,
		.ids = policy.idmap,
		.stale_max = p->front->config->offline_max,
		.rights_max = p->front->config->offline_authorization_max,
	};

	p->wait = RETRY_S;
	p->seen = 0;
	if (lw_map_file_new(&s, ROOM, &p->file) != LW_OK) {
		p->file = NULL;
		lw_front_warn_once(p->front, "map",
				   "%s cannot be made: programs ask on the "
				   "socket",
				   p->path);
		return;
	}
	/* Even an empty one says whose names and ids are not ours. */
	set_times(p);
	if (lw_map_file_alone(p->file))
		name_it(p);
}

static void go_on(struct lw_publish *p)
{
	const struct timeval at_once = { 0, 0 };

	event_add(p->turn, &at_once);
}

static void begin_round(struct lw_publish *p)
{
	/* From where it is, once around: who comes last has his turn too. */
	p->left = SIZE_MAX;
	p->unended = true;
	go_on(p);
}

void lw_publish_changed(struct lw_publish *p)
{
	if (!p || !p->file)
		return;
	lw_map_file_new_round(p->file);
	lw_map_file_forget_misses(p->file);
	begin_round(p);
}

static void put_known(struct lw_publish *p, const struct lw_known *k)
{
	struct lw_policy policy = lw_front_policy(p->front);
	struct lw_entry e = lw_known_entry(k);
	uint32_t id;

	if (lw_sid_to_id(&policy.idmap, e.sid, &id) != LW_OK)
		return;
	/* Who is doubted is to be asked about as long as we are there. */
	lw_put_known(p->file, p->front, e.kind, id,
		     k->doubt ? LW_MAP_ENDED : LW_MAP_FOLLOWED);
}

/* Another replica, or its chains are others now: from the beginning. */
static void see(struct lw_publish *p, const struct lw_replica *r)
{
	if (r != p->of || r->by_sid.size != p->size) {
		p->of = r;
		p->size = p->left = r->by_sid.size;
		p->at = 0;
	}
	if (p->left > p->size)
		p->left = p->size;
}

static void slice(struct lw_publish *p, const struct lw_replica *r)
{
	for (size_t i = 0; i < SLICE && p->left > 0; i++, p->left--) {
		struct lw_hash_link *l = r->by_sid.bucket[p->at];

		for (; l; l = l->next)
			put_known(p, CONTAINER(l));
		p->at = (p->at + 1) % p->size;
		p->seen++;
	}
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct lw_publish *p = arg;
	const struct lw_replica *r = lw_follow_replica(p->front->follow);
	const struct lw_plan *plan = lw_follow_plan(p->front->follow);
	const struct timeval soon = { 0, 1000 };

	(void)fd;
	(void)what;
	if (!p->file || !r ||
	    (!plan->restored && !lw_plan_believed(plan, lw_now_ms())))
		return;
	see(p, r);
	slice(p, r);
	if (p->left > 0) {
		/* Changes may come faster than a round ends. */
		if (p->seen >= p->size)
			name_it(p);
		event_add(p->turn, &soon);
		return;
	}
	p->unended = false;
	lw_map_file_end_round(p->file);
	/* What was read and worked out for it took as much as is kept. */
	malloc_trim(0);
	set_times(p);
	name_it(p);
}

static uint64_t local_changes(const struct lw_front *f)
{
	return f->passwd.changes + f->group.changes;
}

/* Who is local now is nobody of the directory's, and the other way round. */
static void look_at_local(evutil_socket_t fd, short what, void *arg)
{
	struct lw_publish *p = arg;
	struct lw_front *f = p->front;

	(void)fd;
	(void)what;
	lw_localdb_refresh(&f->passwd, lw_now_ms());
	lw_localdb_refresh(&f->group, lw_now_ms());
	if (local_changes(f) == p->local)
		return;
	p->local = local_changes(f);
	lw_publish_changed(p);
}

/* What is asked for on demand, and by nobody any more, has no other end. */
static void drop_old(struct lw_publish *p)
{
	const struct lw_config *c = p->front->config;

	if (p->clean > 0) {
		p->clean--;
		return;
	}
	p->clean = c->offline_authorization_max / 100;
	lw_map_file_expire(p->file, lw_map_now(), c->offline_max,
			   c->offline_authorization_max);
}

/* What was worked out for many answers, or large ones, is given back. */
static void give_back(struct lw_publish *p)
{
	if (p->answered < TIDY_BYTES)
		return;
	p->answered = 0;
	malloc_trim(0);
}

void lw_publish_tick(struct lw_publish *p)
{
	give_back(p);
	if (!p->file && p->wait > 0 && --p->wait > 0)
		return;
	if (!p->file) {
		make_file(p);
		if (p->file)
			begin_round(p);
	}
	if (!p->file)
		return;
	if (p->unended && !event_pending(p->turn, EV_TIMEOUT, NULL))
		go_on(p);
	if (lw_map_file_stats(p->file).full)
		lw_front_warn_once(p->front, "map full",
				   "%s cannot grow: who is not in it is asked "
				   "for on the socket",
				   p->path);
	set_times(p);
	drop_old(p);
	if (!wants_replica(lw_follow_plan(p->front->follow)))
		name_it(p);
}

void lw_publish_reload(struct lw_publish *p)
{
	if (!p)
		return;
	lw_map_file_withdraw(p->file);
	lw_map_file_free(p->file);
	p->file = NULL;
	p->named = false;
	make_file(p);
	begin_round(p);
}

void lw_publish_answer(struct lw_publish *p, struct lw_request *r,
		       enum lw_err e, const struct lw_wr *rest)
{
	if (!p)
		return;
	p->answered += (size_t)(rest->p - rest->base);
	if (p->file)
		lw_put_answer(p->file, r, e, rest);
}

struct lw_publish *lw_publish_new(struct lw_front *f, const char *rundir)
{
	const struct timeval look = { 0, LOOK_MS * 1000 };
	struct lw_publish *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->front = f;
	p->local = local_changes(f);
	p->turn = evtimer_new(f->base, on_turn, p);
	p->look = event_new(f->base, -1, EV_PERSIST, look_at_local, p);
	if (!p->turn || !p->look || event_add(p->look, &look) < 0 ||
	    asprintf(&p->path, "%s/map", rundir) < 0) {
		p->path = NULL;
		lw_publish_free(p);
		return NULL;
	}
	make_file(p);
	begin_round(p);
	return p;
}

void lw_publish_free(struct lw_publish *p)
{
	if (!p)
		return;
	if (p->turn)
		event_free(p->turn);
	if (p->look)
		event_free(p->look);
	lw_map_file_free(p->file);
	free(p->path);
	free(p);
}
