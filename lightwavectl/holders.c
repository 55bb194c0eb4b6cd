/* holders.c - what processes hold, against what is given. lightwavectl. */
#include "holders.h"

#include "cleanup.h"

#include <stdlib.h>

/*
 * Systemd gives containers ids from a range that is ours too: what is nobody's
 * in another user namespace is that container's own.
 */
static const struct lw_fact_user *owner_at(struct lw_facts *f,
					   const struct lw_proc *p, size_t i)
{
	const struct lw_fact_user *u = lw_facts_user(f, p->uid[i]);
	bool told = u->state == LW_FACT_ACTIVE || u->state == LW_FACT_DISABLED;

	if (u->state == LW_FACT_OTHER || (p->elsewhere && !told))
		return NULL;
	return u;
}

/* The directory's user whose process it is: first who started it. */
static const struct lw_fact_user *owner_of(struct lw_facts *f,
					   const struct lw_proc *p)
{
	const struct lw_fact_user *u = NULL;

	for (size_t i = 0; i < LW_PROC_IDS && !u; i++)
		u = owner_at(f, p, i);
	return u;
}

static const struct lw_fact_user *login_of(struct lw_facts *f,
					   const struct lw_proc *p)
{
	const struct lw_fact_user *u = lw_facts_user(f, p->login);

	return u->state == LW_FACT_OTHER ? NULL : u;
}

/* A user's own process. */
static bool his_no_more(const struct lw_fact_user *u,
			const struct lw_fact_group *g, const struct lw_proc *p)
{
	if (g->kind == LW_FACT_LOCAL ||
	    (g->kind == LW_FACT_NAMELESS && p->elsewhere))
		return false;
	if (u->state != LW_FACT_ACTIVE)
		return true;
	return !lw_fact_has(u, g->gid) &&
	       !(g->kind == LW_FACT_MAPPED && u->name &&
		 lw_facts_given_locally(u->name, g->gid));
}

/* The process of somebody else: sudo -u with -g or -P, newgrp, a service. */
static bool strays(struct lw_facts *f, const struct lw_fact_user *login,
		   const struct lw_fact_group *g, const struct lw_proc *p)
{
	const struct lw_localent *who;

	if (g->kind == LW_FACT_LOCAL ||
	    (g->kind == LW_FACT_NAMELESS && p->elsewhere))
		return false;
	if (login && login->state == LW_FACT_ACTIVE &&
	    lw_fact_has(login, g->gid))
		return false;
	if (g->kind != LW_FACT_MAPPED)
		return true;
	/* Most who hold a local gid have it of this host; root needs none. */
	who = lw_localdb_id(&f->passwd, p->uid[0]);
	return login && p->uid[0] != 0 &&
	       !(who && lw_facts_given_locally(who->name, g->gid));
}

static enum lw_err add(struct lw_held_list *l, const struct lw_held *h)
{
	/* A gid may be the process's own and among its groups too. */
	for (size_t i = l->n; i > 0 && l->v[i - 1].proc == h->proc; i--) {
		if (l->v[i - 1].group == h->group)
			return LW_OK;
	}
	if (l->n == l->room) {
		size_t want = l->room ? l->room * 2 : 64;
		void *v = reallocarray(l->v, want, sizeof(*h));

		if (!v)
			return LW_NOMEM;
		l->v = v;
		l->room = want;
	}
	l->v[l->n++] = *h;
	return LW_OK;
}

static enum lw_err look_at(struct lw_facts *f, struct lw_held_list *l,
			   const struct lw_held *whose, uint32_t gid)
{
	struct lw_held h = *whose;

	/* What he has is most of what there is to be seen. */
	if (gid == 0 || (h.user && h.user->state == LW_FACT_ACTIVE &&
			 lw_fact_has(h.user, gid)))
		return LW_OK;
	h.group = lw_facts_group(f, gid);
	if (h.user ? !his_no_more(h.user, h.group, h.proc)
		   : !strays(f, h.login, h.group, h.proc))
		return LW_OK;
	return add(l, &h);
}

static enum lw_err look(struct lw_facts *f, const struct lw_proc *p,
			const struct lw_fact_user *only, struct lw_held_list *l)
{
	struct lw_held h = { .proc = p, .user = owner_of(f, p) };
	enum lw_err e = LW_OK;

	h.uid = h.user ? h.user->uid : p->uid[0];
	if (!h.user)
		h.login = login_of(f, p);
	if (only && (h.user ? h.user->uid != only->uid
			    : !h.login || h.login->uid != only->uid))
		return LW_OK;
	if (h.user && h.user->state == LW_FACT_UNKNOWN) {
		l->unknown = true;
		return LW_OK;
	}
	for (size_t i = 0; i < LW_PROC_IDS && e == LW_OK; i++)
		e = look_at(f, l, &h, p->gid[i]);
	for (size_t i = 0; i < p->groups_n && e == LW_OK; i++)
		e = look_at(f, l, &h, p->groups[i]);
	return e;
}

/* Users of the directory before all others. */
static int compare(const void *pa, const void *pb)
{
	const struct lw_held *a = pa, *b = pb;

	if (!a->user != !b->user)
		return a->user ? -1 : 1;
	if (a->uid != b->uid)
		return a->uid < b->uid ? -1 : 1;
	if (a->login != b->login)
		return (a->login ? a->login->uid : 0) <
				       (b->login ? b->login->uid : 0)
			       ? -1
			       : 1;
	if (a->group->gid != b->group->gid)
		return a->group->gid < b->group->gid ? -1 : 1;
	return (a->proc->pid > b->proc->pid) - (a->proc->pid < b->proc->pid);
}

/* A process that is there by several of its threads is one. */
static void once_each(struct lw_held_list *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct lw_held *h = &l->v[i];
		const struct lw_held *last = n > 0 ? &l->v[n - 1] : NULL;

		if (!last || compare(last, h) != 0 || last->user != h->user)
			l->v[n++] = *h;
	}
	l->n = n;
}

enum lw_err lw_holders_find(struct lw_facts *f, const struct lw_procs *p,
			    const struct lw_fact_user *only,
			    struct lw_held_list *ret)
{
	struct lw_held_list l = { 0 };
	enum lw_err e = LW_OK;

	for (size_t i = 0; i < p->n && e == LW_OK; i++)
		e = look(f, &p->v[i], only, &l);
	if (e != LW_OK) {
		free(l.v);
		return e;
	}
	if (l.n > 0)
		qsort(l.v, l.n, sizeof(*l.v), compare);
	once_each(&l);
	*ret = l;
	return LW_OK;
}
