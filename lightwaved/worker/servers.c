/* servers.c - the table of servers. Workers and their master. */
#include "servers.h"

#include "clock.h"

#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>

struct lw_servers *lw_servers_new(void)
{
	void *p = mmap(NULL, sizeof(struct lw_servers), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void lw_servers_free(struct lw_servers *s)
{
	if (s)
		munmap(s, sizeof(*s));
}

/*
 * The spare bits of each state say in which turn it stands there: whoever
 * looked a server up before the table was replaced does not write to the one
 * that has its place now. They come round after 64 turns, which nobody sleeps
 * through between finding and writing, for turns are a minute apart.
 */
static uint64_t tag(uint32_t turn)
{
	return (uint64_t)turn << 1 & LW_SERVER_SPARE;
}

void lw_servers_replace(struct lw_servers *s, const struct lw_endpoint *v,
			size_t n)
{
	uint64_t known[LW_SERVERS_MAX] = { 0 };
	uint64_t spare;

	if (n > LW_SERVERS_MAX)
		n = LW_SERVERS_MAX;
	for (size_t i = 0; i < n; i++) {
		for (uint32_t j = 0; j < s->count; j++) {
			if (lw_endpoint_same(&v[i], &s->at[j]))
				known[i] = atomic_load(&s->state[j]);
		}
	}
	/* What a worker writes from here on to the old place is lost: the next
	 * question or probe finds it out again. */
	spare = tag(atomic_fetch_add(&s->turn, 1) + 2);
	atomic_thread_fence(memory_order_seq_cst);
	s->count = (uint32_t)n;
	memcpy(s->at, v, n * sizeof(*v));
	for (size_t i = 0; i < n; i++)
		atomic_store(&s->state[i],
			     (known[i] & ~LW_SERVER_SPARE) | spare);
	/* They hold numbers of the old order. */
	for (size_t i = 0; i < LW_SERVERS_CELLS; i++)
		atomic_store(&s->cells[i], 0);
	atomic_thread_fence(memory_order_seq_cst);
	atomic_fetch_add(&s->turn, 1);
}

void lw_servers_ready(struct lw_servers *s)
{
	atomic_store(&s->ready, true);
}

void lw_servers_wait(const struct lw_servers *s, int64_t until_ms)
{
	/* Once in a daemon's life, for as long as DNS takes. */
	while (!atomic_load(&s->ready) && lw_mono_ms() < until_ms)
		poll(NULL, 0, 10);
}

/* The master writes for a microsecond, but may be put aside meanwhile. */
static uint32_t begin(const struct lw_servers *s)
{
	uint32_t turn;

	while ((turn = atomic_load(&s->turn)) & 1)
		sched_yield();
	return turn;
}

static bool undisturbed(const struct lw_servers *s, uint32_t turn)
{
	atomic_thread_fence(memory_order_seq_cst);
	return atomic_load(&s->turn) == turn;
}

uint32_t lw_servers_count(const struct lw_servers *s)
{
	uint32_t turn, n;

	do {
		turn = begin(s);
		n = s->count;
	} while (!undisturbed(s, turn));
	return n;
}

bool lw_servers_get(const struct lw_servers *s, uint32_t i,
		    struct lw_endpoint *ret_at,
		    struct lw_server_state *ret_state)
{
	struct lw_endpoint at = { .port = 0 };
	uint64_t state = 0;
	uint32_t turn;
	bool found;

	do {
		turn = begin(s);
		found = i < LW_SERVERS_MAX && i < s->count;
		if (found) {
			at = s->at[i];
			state = atomic_load(&s->state[i]);
		}
	} while (!undisturbed(s, turn));
	if (!found)
		return false;
	*ret_at = at;
	*ret_state = lw_server_unpack(state);
	return true;
}

/* Its number and its state's word, of one turn; or LW_SERVERS_MAX. */
static uint32_t find(const struct lw_servers *s, const struct lw_endpoint *at,
		     uint64_t *ret_word)
{
	uint64_t word = 0;
	uint32_t turn, i;

	do {
		turn = begin(s);
		i = 0;
		while (i < LW_SERVERS_MAX && i < s->count &&
		       !lw_endpoint_same(at, &s->at[i]))
			i++;
		if (i >= s->count)
			i = LW_SERVERS_MAX;
		if (i < LW_SERVERS_MAX)
			word = atomic_load(&s->state[i]);
	} while (!undisturbed(s, turn));
	*ret_word = word;
	return i;
}

bool lw_servers_best(const struct lw_servers *s, struct lw_endpoint *ret)
{
	struct lw_server_state state;
	struct lw_endpoint at;

	for (uint32_t i = 0; lw_servers_get(s, i, &at, &state); i++) {
		if (lw_server_usable(state)) {
			*ret = at;
			return true;
		}
	}
	return false;
}

bool lw_servers_leave(const struct lw_servers *s, const struct lw_endpoint *at)
{
	struct lw_server_state state;
	struct lw_endpoint other;

	for (uint32_t i = 0; lw_servers_get(s, i, &other, &state); i++) {
		if (lw_endpoint_same(at, &other))
			return !lw_server_usable(state);
		if (state.is == LW_SERVER_UP)
			return true;
	}
	return true;
}

enum event { FAILED, REACHED, PROBE, PROBE_FAILED };

static struct lw_server_state after(struct lw_server_state s, enum event e,
				    int64_t began_ms)
{
	int64_t now = lw_mono_ms();

	switch (e) {
	case FAILED:
		return lw_server_failed(s, began_ms, now);
	case REACHED:
		return lw_server_reached(s, now);
	case PROBE:
		return lw_server_probe(s, now);
	case PROBE_FAILED:
		return lw_server_probe_failed(s, now);
	}
	return s;
}

/* Whether it can be used after that and could not before, or the reverse. */
static bool step(struct lw_servers *s, const struct lw_endpoint *at,
		 enum event e, int64_t began_ms)
{
	struct lw_server_state old, new;
	uint64_t word;
	uint32_t i;

	do {
		i = find(s, at, &word);
		if (i >= LW_SERVERS_MAX)
			return false;
		old = lw_server_unpack(word);
		new = after(old, e, began_ms);
	} while (!atomic_compare_exchange_weak(
		&s->state[i], &word,
		lw_server_pack(new) | (word & LW_SERVER_SPARE)));
	return lw_server_usable(old) != lw_server_usable(new);
}

bool lw_servers_failed(struct lw_servers *s, const struct lw_endpoint *at,
		       int64_t began_ms)
{
	return step(s, at, FAILED, began_ms);
}

bool lw_servers_reached(struct lw_servers *s, const struct lw_endpoint *at)
{
	return step(s, at, REACHED, 0);
}

bool lw_servers_probe_failed(struct lw_servers *s, const struct lw_endpoint *at)
{
	return step(s, at, PROBE_FAILED, 0);
}

void lw_servers_probe(struct lw_servers *s, const struct lw_endpoint *at)
{
	step(s, at, PROBE, 0);
}

/*
 * A cell is the server's number and one, the tag of the turn that this is its
 * number of, and when it was heard from.
 */
static uint64_t cell_word(uint64_t number)
{
	return (uint64_t)lw_mono_ms() << 16 | number;
}

void lw_servers_use(struct lw_servers *s, uint32_t cell,
		    const struct lw_endpoint *at)
{
	uint64_t word = 0;
	uint32_t i = at ? find(s, at, &word) : LW_SERVERS_MAX;

	word = (word & LW_SERVER_SPARE) << 8;
	atomic_store(&s->cells[cell % LW_SERVERS_CELLS],
		     i < LW_SERVERS_MAX ? cell_word(word | (i + 1)) : 0);
}

void lw_servers_heard(struct lw_servers *s, uint32_t cell)
{
	uint64_t word = atomic_load(&s->cells[cell % LW_SERVERS_CELLS]);

	if (word & 0xFF)
		atomic_compare_exchange_strong(
			&s->cells[cell % LW_SERVERS_CELLS], &word,
			cell_word(word & 0xFFFF));
}

bool lw_servers_blame(struct lw_servers *s, uint32_t cell, int64_t quiet_ms,
		      struct lw_endpoint *ret)
{
	uint64_t word = atomic_load(&s->cells[cell % LW_SERVERS_CELLS]);
	int64_t heard_ms = (int64_t)(word >> 16);
	struct lw_server_state state;
	uint32_t i = (uint32_t)(word & 0xFF);

	if (i == 0 || lw_mono_ms() - heard_ms < quiet_ms ||
	    (word >> 8 & LW_SERVER_SPARE) != tag(atomic_load(&s->turn)) ||
	    !lw_servers_get(s, i - 1, ret, &state))
		return false;
	return step(s, ret, FAILED, heard_ms);
}
