/*
 * fuzz_wire.c - do the reader and the writer of messages do what a much
 * simpler one does? The input is a script of reads, and what they read:
 *
 *     u8 n, n * u8 read, the rest
 *
 * What was read well is then written, into room enough and into too little.
 */
#include "cleanup.h"
#include "fuzz.h"

#include <string.h>

const char fuzz_target[] = "wire";

enum read { U8, U16, U32, STR, BYTES, COUNT, PASSWORD, READS };

/* The simple one: where it is, and whether it still reads. */
struct model {
	const uint8_t *p;
	size_t n, at;
	bool bad;
};

static uint64_t number(struct model *m, size_t bytes)
{
	uint64_t v = 0;

	if (m->bad || m->n - m->at < bytes) {
		m->bad = true;
		return 0;
	}
	for (size_t i = 0; i < bytes; i++)
		v = v << 8 | m->p[m->at++];
	return v;
}

static struct lw_str string(struct model *m, bool nul)
{
	uint64_t n = number(m, 4);
	const char *s = (const char *)m->p + m->at;

	if (m->bad || n > m->n - m->at ||
	    (!nul && n && memchr(s, '\0', (size_t)n))) {
		m->bad = true;
		return LW_STR("");
	}
	m->at += (size_t)n;
	return (struct lw_str) { s, (size_t)n };
}

static uint64_t count(struct model *m, size_t each)
{
	uint64_t n = number(m, 4);

	if (m->bad || n * each > m->n - m->at) {
		m->bad = true;
		return 0;
	}
	return n;
}

static void same(struct lw_str a, struct lw_str b)
{
	fuzz_holds(a.n == b.n && (a.n == 0 || a.s == b.s),
		   "both read the same string");
}

/* One read by both, and what was read written to w. */
static void step(uint8_t what, struct lw_rd *r, struct model *m,
		 struct lw_wr *w)
{
	size_t each = (size_t)(what >> 3) + 1;
	struct lw_password password;
	struct lw_str s = LW_STR("");
	uint64_t v = 0;

	switch ((enum read)((what & 7) % READS)) {
	case U8:
		v = lw_rd_u8(r);
		fuzz_holds(v == number(m, 1), "both read the same u8");
		lw_wr_u8(w, (uint8_t)v);
		return;
	case U16:
		v = lw_rd_u16(r);
		fuzz_holds(v == number(m, 2), "both read the same u16");
		lw_wr_u16(w, (uint16_t)v);
		return;
	case U32:
		v = lw_rd_u32(r);
		fuzz_holds(v == number(m, 4), "both read the same u32");
		break;
	case COUNT:
		v = lw_rd_count(r, each);
		fuzz_holds(v == count(m, each), "both read the same count");
		break;
	case STR:
		s = lw_rd_str(r);
		same(s, string(m, false));
		lw_wr_str(w, s);
		return;
	case BYTES:
		s = lw_rd_bytes(r);
		same(s, string(m, true));
		lw_wr_str(w, s);
		return;
	case PASSWORD:
		password = lw_rd_password(r);
		same((struct lw_str) { password.p, password.n },
		     string(m, false));
		lw_wr_password(w, password);
		return;
	case READS:
		break;
	}
	lw_wr_u32(w, (uint32_t)v);
}

/* All reads of the script into w; how many of the bytes they took. */
static size_t run(const uint8_t *script, size_t n, const uint8_t *data,
		  size_t size, struct lw_wr *w, bool *ret_good)
{
	struct model m = { .p = data, .n = size };
	struct lw_rd r;

	lw_rd_init(&r, data, size);
	for (size_t i = 0; i < n; i++)
		step(script[i], &r, &m, w);
	fuzz_holds(r.bad == m.bad, "both are good or bad");
	fuzz_holds((lw_rd_end(&r) == LW_OK) == (!m.bad && m.at == size),
		   "the end is the end of all");
	*ret_good = !m.bad;
	return m.at;
}

/* The same once more, where size bytes are too few for what was read. */
static void too_small(const uint8_t *script, size_t n, const uint8_t *data,
		      size_t size, size_t used)
{
	lw_cleanup(lw_free) uint8_t *room = malloc(used);
	struct lw_wr w;
	bool good;

	if (!room)
		abort();
	lw_wr_init(&w, room, used - 1);
	run(script, n, data, size, &w, &good);
	fuzz_holds(lw_wr_end(&w) == LW_RANGE, "what does not fit is said");
	lw_wr_init(&w, room, used);
	run(script, n, data, size, &w, &good);
	fuzz_holds(lw_wr_end(&w) == LW_OK && !memcmp(room, data, used),
		   "what just fits is written");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n = size ? data[0] : 0, used;
	lw_cleanup(lw_wr_done) struct lw_wr w = { 0 };
	const uint8_t *script = data + 1;
	bool good;

	if (size < 1 || n > size - 1)
		return 0;
	data += 1 + n;
	size -= 1 + n;
	lw_wr_heap(&w, size + 1);
	used = run(script, n, data, size, &w, &good);
	fuzz_count(good);
	if (!good || used == 0)
		return 0;
	fuzz_holds(lw_wr_end(&w) == LW_OK && (size_t)(w.p - w.base) == used &&
			   !memcmp(w.base, data, used),
		   "what was read is written again");
	too_small(script, n, data, size, used);
	return 0;
}
