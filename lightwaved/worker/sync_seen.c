/* sync_seen.c - what was reported of the latest changes. A worker; pure. */
#include "sync_seen.h"

#include <stdlib.h>

#define SETTLED_MS    120000
#define SETTLED_POLLS 3

void lw_sync_seen_done(struct lw_sync_seen *s)
{
	free(s->known.v);
	free(s->last.v);
	*s = (struct lw_sync_seen) { 0 };
}

static bool has(const struct lw_sync_pairs *p, uint64_t dn, uint64_t usn)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->v[i].usn == usn && p->v[i].dn == dn)
			return true;
	}
	return false;
}

/* Where there is no memory it is reported again, and nothing is lost. */
static void add(struct lw_sync_pairs *p, uint64_t dn, uint64_t usn)
{
	if (p->n == LW_SYNC_SEEN_MAX)
		return;
	if (p->n == p->room) {
		size_t room = p->room ? p->room * 2 : 64;
		struct lw_sync_pair *v = reallocarray(p->v, room, sizeof(*v));

		if (!v)
			return;
		p->v = v;
		p->room = room;
	}
	p->v[p->n++] = (struct lw_sync_pair) { dn, usn };
}

/* Numbers below this are not asked for again. */
static void forget(struct lw_sync_pairs *p, uint64_t below)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		if (p->v[i].usn >= below)
			p->v[n++] = p->v[i];
	}
	p->n = n;
}

static bool settled(const struct lw_sync_seen *s, uint64_t from, int64_t now_ms)
{
	return from == s->highest && from >= s->top && s->quiet_ms &&
	       s->quiet_polls >= SETTLED_POLLS &&
	       now_ms - s->quiet_ms >= SETTLED_MS;
}

uint64_t lw_sync_seen_ask(struct lw_sync_seen *s, uint64_t from,
			  uint64_t margin, int64_t now_ms)
{
	uint64_t search = from > margin ? from - margin : 1;

	/* Only that answer can have given him this number. */
	if (from == s->highest && s->highest > s->from) {
		forget(&s->known, search);
		for (size_t i = 0; i < s->last.n; i++)
			add(&s->known, s->last.v[i].dn, s->last.v[i].usn);
		s->last.n = 0;
	} else if (from != s->highest) {
		s->known.n = s->last.n =
			0; /* another asker, or a lost answer */
		s->quiet_ms = 0;
	}
	if (settled(s, from, now_ms))
		search = from;
	if (!s->quiet_ms) {
		s->quiet_ms = now_ms;
		s->quiet_polls = 0;
	}
	s->quiet_polls++;
	s->from = from;
	return search;
}

bool lw_sync_seen_new(const struct lw_sync_seen *s, uint64_t dn, uint64_t usn)
{
	return usn == 0 || !has(&s->known, dn, usn);
}

void lw_sync_seen_add(struct lw_sync_seen *s, uint64_t dn, uint64_t usn,
		      int64_t now_ms)
{
	if (usn > s->top)
		s->top = usn;
	if (has(&s->last, dn, usn))
		return; /* again, since nobody knows whether it arrived */
	s->quiet_ms = now_ms;
	s->quiet_polls = 0;
	add(&s->last, dn, usn);
}

void lw_sync_seen_end(struct lw_sync_seen *s, uint64_t highest)
{
	s->highest = highest;
}
