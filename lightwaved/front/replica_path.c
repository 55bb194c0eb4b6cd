/* replica_path.c - through which groups a member is in one. Front; pure. */
#include "replica.h"

#include "cleanup.h"

struct step {
	struct lw_known *k;
	size_t from; /* the step that led here */
};

struct steps {
	struct step *v;
	size_t n, max;
};

static void steps_done(struct steps *s)
{
	free(s->v);
}

/* LW_OK also for one that an earlier step led to. */
static enum lw_err add(struct steps *s, struct lw_known *k, size_t from,
		       uint64_t mark)
{
	struct step *v;

	if (k->mark == mark)
		return LW_OK;
	k->mark = mark;
	if (s->n == s->max) {
		s->max = s->max ? 2 * s->max : 64;
		v = realloc(s->v, s->max * sizeof(*v));
		if (!v)
			return LW_NOMEM;
		s->v = v;
	}
	s->v[s->n++] = (struct step) { k, from };
	return LW_OK;
}

/* From the end back to the member, who is the first step and not told. */
static enum lw_err unwind(const struct steps *s, size_t end,
			  struct lw_known ***ret, size_t *ret_n)
{
	struct lw_known **v;
	size_t n = 0;

	for (size_t i = end; i != 0; i = s->v[i].from)
		n++;
	v = calloc(n ? n : 1, sizeof(struct lw_known *));
	if (!v)
		return LW_NOMEM;
	*ret_n = n;
	for (size_t i = end; i != 0; i = s->v[i].from)
		v[--n] = s->v[i].k;
	*ret = v;
	return LW_OK;
}

enum lw_err lw_replica_path(struct lw_replica *r, struct lw_known *member,
			    const struct lw_known *group,
			    struct lw_known ***ret, size_t *ret_n)
{
	lw_cleanup(steps_done) struct steps s = { 0 };
	uint64_t mark = ++r->mark;
	enum lw_err e = add(&s, member, 0, mark);

	/* Breadth first: who comes by first came the shortest way. */
	for (size_t i = 0; e == LW_OK && i < s.n; i++) {
		struct lw_known *k = s.v[i].k;

		if (i > 0 && k == group)
			return unwind(&s, i, ret, ret_n);
		for (uint32_t j = 0; e == LW_OK && j < k->in_n; j++)
			e = add(&s, k->in[j], i, mark);
	}
	return e == LW_OK ? LW_NOTFOUND : e;
}
