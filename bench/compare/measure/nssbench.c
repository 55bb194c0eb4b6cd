/* nssbench - what a name service lookup costs.
 *
 * Measures getpwnam_r, getpwuid_r, getgrnam_r, getgrgid_r and getgrouplist in
 * this process, through glibc (-m glibc: what every program gets, nsswitch.conf
 * included) or straight through one NSS module (-m sss: dlopen libnss_sss.so.2
 * and call _nss_sss_*).  One JSON object per line:
 *   ns      median over batches of wall time per call
 *   p90     90th percentile over the same batches
 *   self    CPU time per call of this process (user + system)
 *   tot     CPU time per call of the whole container, the daemon included
 *   ops     calls per second, all threads or processes together
 *
 *   nssbench -d DIR [-m glibc|MODULE] [-t MILLISECONDS] run [BENCH...]
 *   nssbench -d DIR [-m ...] ops BENCH COUNT     COUNT calls, no clock: for
 * strace -c, callgrind nssbench -d DIR [-m ...] first BENCH         time of the
 * first and of the second call nssbench -d DIR list DIR holds users.txt and
 * groups.txt ("id name" lines) as dc/gen.py writes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <nss.h>
#include <pthread.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct item {
	unsigned id;
	char *name;
};
static struct item *users;
static unsigned nusers;

static const char *module = "glibc";
static enum nss_status (*m_pwnam)(const char *, struct passwd *, char *, size_t,
				  int *);
static enum nss_status (*m_pwuid)(uid_t, struct passwd *, char *, size_t,
				  int *);
static enum nss_status (*m_grnam)(const char *, struct group *, char *, size_t,
				  int *);
static enum nss_status (*m_grgid)(gid_t, struct group *, char *, size_t, int *);
static enum nss_status (*m_initgr)(const char *, gid_t, long *, long *,
				   gid_t **, long, int *);

struct ctx { /* one per thread */
	char *buf;
	size_t len;
	gid_t *gids;
	uint64_t rng;
	unsigned seq, set;
	const char *name;
	unsigned id;
	unsigned long hits, errs;
	int last; /* members or groups in the last answer */
};

static uint64_t ns(clockid_t c)
{
	struct timespec t;
	clock_gettime(c, &t);
	return (uint64_t)t.tv_sec * 1000000000u + t.tv_nsec;
}

static uint64_t container_ns(void)
{
	char b[4096];
	ssize_t n;
	int fd = open("/sys/fs/cgroup/cpuacct/cpuacct.usage",
		      O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, b, sizeof b - 1);
		close(fd);
		b[n > 0 ? n : 0] = 0;
		return strtoull(b, NULL, 10);
	}
	fd = open("/sys/fs/cgroup/cpu.stat", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, b, sizeof b - 1);
	close(fd);
	b[n > 0 ? n : 0] = 0;
	return strtoull(b + strcspn(b, " "), NULL, 10) * 1000;
}

static unsigned rnd(struct ctx *c)
{
	uint64_t x = c->rng;
	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	c->rng = x;
	return (unsigned)(x >> 32);
}

static void seen(struct ctx *c, int found, int err)
{
	if (found)
		c->hits++;
	else if (err && err != ENOENT)
		c->errs++;
}

static void do_pwnam(struct ctx *c, const char *name)
{
	struct passwd p, *r = NULL;
	int e = 0;
	if (m_pwnam)
		seen(c,
		     m_pwnam(name, &p, c->buf, c->len, &e) ==
			     NSS_STATUS_SUCCESS,
		     0);
	else {
		e = getpwnam_r(name, &p, c->buf, c->len, &r);
		seen(c, r != NULL, e);
	}
}

static void do_pwuid(struct ctx *c, unsigned id)
{
	struct passwd p, *r = NULL;
	int e = 0;
	if (m_pwuid)
		seen(c,
		     m_pwuid(id, &p, c->buf, c->len, &e) == NSS_STATUS_SUCCESS,
		     0);
	else {
		e = getpwuid_r(id, &p, c->buf, c->len, &r);
		seen(c, r != NULL, e);
	}
}

static void do_gr(struct ctx *c, const char *name, unsigned id)
{
	struct group g, *r = NULL;
	int e = 0, ok;
	if (m_grnam) {
		ok = (name ? m_grnam(name, &g, c->buf, c->len, &e)
			   : m_grgid(id, &g, c->buf, c->len, &e)) ==
		     NSS_STATUS_SUCCESS;
		e = 0;
	} else {
		e = name ? getgrnam_r(name, &g, c->buf, c->len, &r)
			 : getgrgid_r(id, &g, c->buf, c->len, &r);
		ok = r != NULL;
	}
	seen(c, ok, e);
	if (ok)
		for (c->last = 0; g.gr_mem[c->last]; c->last++)
			;
}

#define MAXGIDS 65536
static void do_initgr(struct ctx *c, const char *name)
{
	if (m_initgr) {
		long start = 1, size = 64;
		int e = 0;
		gid_t *g = malloc(size * sizeof *g);
		g[0] = 545;
		seen(c,
		     m_initgr(name, 545, &start, &size, &g, -1, &e) ==
			     NSS_STATUS_SUCCESS,
		     0);
		c->last = (int)start;
		free(g);
	} else {
		int n = MAXGIDS;
		seen(c, getgrouplist(name, 545, c->gids, &n) > 1, 0);
		c->last = n;
	}
}

/* ---- the benches ------------------------------------------------------- */
static void op_pwnam(struct ctx *c)
{
	do_pwnam(c, c->name);
}
static void op_pwuid(struct ctx *c)
{
	do_pwuid(c, c->id);
}
static void op_grnam(struct ctx *c)
{
	do_gr(c, c->name, 0);
}
static void op_grgid(struct ctx *c)
{
	do_gr(c, NULL, c->id);
}
static void op_initgr(struct ctx *c)
{
	do_initgr(c, c->name);
}
static void op_set_pwnam(struct ctx *c)
{
	do_pwnam(c, users[rnd(c) % c->set].name);
}
static void op_set_pwuid(struct ctx *c)
{
	do_pwuid(c, users[rnd(c) % c->set].id);
}
static void op_missnew(struct ctx *c)
{
	char n[48];
	snprintf(n, sizeof n, "no%d_%u", (int)getpid(), c->seq++);
	do_pwnam(c, n);
}
static void op_enum(struct ctx *c)
{
	int n = 0;
	setpwent();
	while (getpwent())
		n++;
	endpwent();
	c->hits++;
	c->last = n;
}

enum { F_FILL = 1, F_MISS = 2, F_GLIBC = 4 };
static const struct bench {
	const char *name;
	void (*op)(struct ctx *);
	const char *arg; /* user or group looked up */
	unsigned set;	 /* working set, ~0u: every user */
	int threads, procs, flags;
} benches[] = {
	{ "hot.getpwnam", op_pwnam, "alice", 0, 1, 1, 0 },
	{ "hot.getpwuid", op_pwuid, "alice", 0, 1, 1, 0 },
	{ "hot.getgrnam", op_grnam, "Lab Admins", 0, 1, 1, 0 },
	{ "hot.getgrgid", op_grgid, "Lab Admins", 0, 1, 1, 0 },
	{ "hot.initgroups", op_initgr, "alice", 0, 1, 1, 0 },
	{ "hot.getpwnam.2threads", op_pwnam, "alice", 0, 2, 1, 0 },
	{ "hot.getpwnam.2procs", op_pwnam, "alice", 0, 1, 2, 0 },
	{ "miss.same", op_pwnam, "nosuchuser", 0, 1, 1, F_MISS },
	{ "miss.sameuid", op_pwuid, NULL, 0, 1, 1, F_MISS },
	{ "miss.new", op_missnew, NULL, 0, 1, 1, F_MISS },
	{ "many.initgroups", op_initgr, "manygroups", 0, 1, 1, 0 },
	{ "big.getgrnam", op_grnam, "bigteam", 0, 1, 1, 0 },
	{ "big.getgrgid", op_grgid, "bigteam", 0, 1, 1, 0 },
	{ "set1000.getpwnam", op_set_pwnam, NULL, 1000, 1, 1, 0 },
	{ "set1000.getpwuid", op_set_pwuid, NULL, 1000, 1, 1, 0 },
	{ "set1000.getpwnam.2threads", op_set_pwnam, NULL, 1000, 2, 1, 0 },
	{ "all.fill", NULL, NULL, ~0u, 1, 1, F_FILL },
	{ "all.getpwnam", op_set_pwnam, NULL, ~0u, 1, 1, 0 },
	{ "all.getpwuid", op_set_pwuid, NULL, ~0u, 1, 1, 0 },
	{ "enum.getpwent", op_enum, NULL, 0, 1, 1, F_GLIBC },
};
#define NBENCH (sizeof benches / sizeof *benches)

static unsigned budget_ms = 400, fill_s = 90;
static int warmed; /* the set was walked already */

static int cmp64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

static void ctx_init(struct ctx *c, const struct bench *b, unsigned seed)
{
	memset(c, 0, sizeof *c);
	c->len = 8u << 20;
	c->buf = malloc(c->len);
	c->gids = malloc(MAXGIDS * sizeof *c->gids);
	c->rng = 0x9e3779b97f4a7c15u + seed * 77777u;
	c->set = b->set > nusers ? nusers : b->set;
	c->name = b->arg;
	c->id = 16777215u + 4000000u; /* nobody's */
}

#define MAXB 4096
struct result {
	uint64_t n, batches, wall;
	uint64_t samples[MAXB];
	unsigned long hits, errs;
	int last;
};

static void resolve_id(struct ctx *c, const struct bench *b)
{
	struct passwd p, *pr = NULL;
	struct group g, *gr = NULL;
	if (b->op == op_pwuid && b->arg &&
	    getpwnam_r(b->arg, &p, c->buf, c->len, &pr) == 0 && pr)
		c->id = p.pw_uid;
	if (b->op == op_grgid && b->arg &&
	    getgrnam_r(b->arg, &g, c->buf, c->len, &gr) == 0 && gr)
		c->id = g.gr_gid;
}

static void loop(struct ctx *c, const struct bench *b, struct result *r)
{
	uint64_t t0, t1, per, batch = 1, end;
	resolve_id(c, b);
	for (int i = 0; i < 3; i++)
		b->op(c); /* warm: NSS loaded, caches filled */
	if (b->set && !(b->flags & F_FILL) &&
	    !warmed) { /* every member of the set once */
		end = ns(CLOCK_MONOTONIC) + (uint64_t)fill_s * 1000000000u;
		for (unsigned i = 0; i < c->set && ns(CLOCK_MONOTONIC) < end;
		     i++)
			if (b->op == op_set_pwuid)
				do_pwuid(c, users[i].id);
			else
				do_pwnam(c, users[i].name);
	}
	c->hits = c->errs = 0;
	t0 = ns(CLOCK_MONOTONIC);
	b->op(c);
	per = ns(CLOCK_MONOTONIC) - t0;
	r->n = 1;
	if (per < 2000000) { /* batches of about 2 ms */
		for (int i = 0; i < 5; i++) {
			t0 = ns(CLOCK_MONOTONIC);
			for (uint64_t k = 0; k < batch; k++)
				b->op(c);
			t1 = ns(CLOCK_MONOTONIC) - t0;
			r->n += batch;
			if (t1 > 2000000)
				break;
			batch = batch * 2000000 / (t1 ? t1 : 1) + 1;
			if (batch > 1000000)
				batch = 1000000;
		}
	}
	t0 = ns(CLOCK_MONOTONIC);
	end = t0 + (uint64_t)budget_ms * 1000000u;
	do {
		t1 = ns(CLOCK_MONOTONIC);
		for (uint64_t k = 0; k < batch; k++)
			b->op(c);
		r->samples[r->batches++] = (ns(CLOCK_MONOTONIC) - t1) / batch;
		r->n += batch;
	} while (r->batches < MAXB &&
		 (ns(CLOCK_MONOTONIC) < end || r->batches < 5));
	r->wall = ns(CLOCK_MONOTONIC) - t0;
	r->hits = c->hits;
	r->errs = c->errs;
	r->last = c->last;
}

struct job {
	struct ctx c;
	const struct bench *b;
	struct result *r;
	pthread_barrier_t *bar;
};
static void *worker(void *v)
{
	struct job *j = v;
	pthread_barrier_wait(j->bar);
	loop(&j->c, j->b, j->r);
	return NULL;
}

static void bench_run(const struct bench *b)
{
	int par = b->threads * b->procs;
	struct result *r = mmap(NULL, par * sizeof *r, PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t s0 = ns(CLOCK_PROCESS_CPUTIME_ID), c0 = container_ns(), s1, c1,
		 n = 0, w0 = ns(CLOCK_MONOTONIC);
	double ops = 0;

	if (b->flags &
	    F_FILL) { /* every user once, in order, within the limit */
		struct ctx c;
		uint64_t end = w0 + (uint64_t)fill_s * 1000000000u, t,
			 *s = malloc(nusers * sizeof *s), i = 0;
		ctx_init(&c, b, 1);
		for (; i < nusers && (t = ns(CLOCK_MONOTONIC)) < end; i++) {
			do_pwnam(&c, users[i].name);
			s[i] = ns(CLOCK_MONOTONIC) - t;
		}
		s1 = ns(CLOCK_PROCESS_CPUTIME_ID);
		c1 = container_ns();
		w0 = ns(CLOCK_MONOTONIC) - w0;
		qsort(s, i, sizeof *s, cmp64);
		printf("{\"bench\":\"%s\",\"via\":\"%s\",\"ns\":%llu,\"p90\":%"
		       "llu,\"self\":%.0f,\"tot\":%.0f,\"ops\":%.0f,\"n\":%llu,"
		       "\"hits\":%lu,\"errs\":%lu,\"last\":0}\n",
		       b->name, module, (unsigned long long)s[i / 2],
		       (unsigned long long)s[i * 9 / 10], (double)(s1 - s0) / i,
		       (double)(c1 - c0) / i, i * 1e9 / w0,
		       (unsigned long long)i, c.hits, c.errs);
		fflush(stdout);
		return;
	}
	pthread_barrier_t bar;
	pthread_barrierattr_t at;
	pthread_barrierattr_init(&at);
	pthread_barrier_init(&bar, &at, b->threads);
	if (b->procs == 1) {
		struct job j[8];
		pthread_t t[8];
		for (int i = 0; i < b->threads; i++) {
			ctx_init(&j[i].c, b, i + 1);
			j[i].b = b;
			j[i].r = r + i;
			j[i].bar = &bar;
			if (b->threads > 1)
				pthread_create(&t[i], NULL, worker, &j[i]);
		}
		if (b->threads == 1) {
			/* warm up and calibrate outside the CPU account: a
			 * short run first */
			unsigned keep = budget_ms;
			budget_ms = 1;
			loop(&j[0].c, b, r);
			budget_ms = keep;
			warmed = 1;
			memset(r, 0, sizeof *r);
			s0 = ns(CLOCK_PROCESS_CPUTIME_ID);
			c0 = container_ns();
			loop(&j[0].c, b, r);
			warmed = 0;
		} else
			for (int i = 0; i < b->threads; i++)
				pthread_join(t[i], NULL);
		s1 = ns(CLOCK_PROCESS_CPUTIME_ID);
	} else {
		for (int i = 0; i < b->procs; i++)
			if (fork() == 0) {
				struct ctx c;
				ctx_init(&c, b, i + 1);
				loop(&c, b, r + i);
				_exit(0);
			}
		while (wait(NULL) > 0)
			;
		s1 = s0;
	}
	c1 = container_ns();
	uint64_t *all = malloc(par * MAXB * sizeof *all), k = 0;
	unsigned long hits = 0, errs = 0;
	for (int i = 0; i < par; i++) {
		memcpy(all + k, r[i].samples, r[i].batches * sizeof *all);
		k += r[i].batches;
		n += r[i].n;
		hits += r[i].hits;
		errs += r[i].errs;
	}
	qsort(all, k, sizeof *all, cmp64);
	ops = par * 1e9 / (all[k / 2] ? all[k / 2] : 1);
	printf("{\"bench\":\"%s\",\"via\":\"%s\",\"ns\":%llu,\"p90\":%llu,"
	       "\"self\":%.0f,\"tot\":%.0f,\"ops\":%.0f,\"n\":%llu,\"hits\":%"
	       "lu,\"errs\":%lu,\"last\":%d}\n",
	       b->name, module, (unsigned long long)all[k / 2],
	       (unsigned long long)all[k * 9 / 10], (double)(s1 - s0) / n,
	       (double)(c1 - c0) / n, ops, (unsigned long long)n, hits, errs,
	       r[0].last);
	fflush(stdout);
	free(all);
	munmap(r, par * sizeof *r);
}

static void load(const char *dir)
{
	char path[512], line[512];
	snprintf(path, sizeof path, "%s/users.txt", dir);
	FILE *f = fopen(path, "re");
	if (!f) {
		perror(path);
		exit(2);
	}
	while (fgets(line, sizeof line, f)) {
		char *sp = strchr(line, ' ');
		if (!sp)
			continue;
		line[strcspn(line, "\n")] = 0;
		if (!(nusers & (nusers - 1)))
			users = realloc(users, (nusers ? nusers * 2 : 1) *
						       sizeof *users);
		users[nusers].id = strtoul(line, NULL, 10);
		users[nusers++].name = strdup(sp + 1);
	}
	fclose(f);
	if (!nusers) {
		fprintf(stderr, "%s: empty\n", path);
		exit(2);
	}
}

static void *sym(void *h, const char *f)
{
	char n[128];
	snprintf(n, sizeof n, "_nss_%s_%s", module, f);
	void *p = dlsym(h, n);
	if (!p) {
		fprintf(stderr, "%s: %s\n", n, dlerror());
		exit(3);
	}
	return p;
}

int main(int argc, char **argv)
{
	const char *dir = ".";
	int o;
	while ((o = getopt(argc, argv, "+d:m:t:f:")) != -1)
		switch (o) {
		case 'd':
			dir = optarg;
			break;
		case 'm':
			module = optarg;
			break;
		case 't':
			budget_ms = atoi(optarg);
			break;
		case 'f':
			fill_s = atoi(optarg);
			break;
		default:
			return 2;
		}
	argv += optind;
	argc -= optind;
	if (argc < 1) {
		fprintf(stderr, "usage: nssbench -d DIR [-m MODULE] "
				"run|ops|first|list ...\n");
		return 2;
	}
	if (!strcmp(argv[0], "list")) {
		for (size_t i = 0; i < NBENCH; i++)
			puts(benches[i].name);
		return 0;
	}
	load(dir);
	if (strcmp(module, "glibc")) {
		char so[128];
		snprintf(so, sizeof so, "libnss_%s.so.2", module);
		/* `files` lives in libc itself since glibc 2.34 */
		void *h = dlopen(strcmp(module, "files") ? so : "libc.so.6",
				 RTLD_NOW | RTLD_LOCAL);
		if (!h) {
			fprintf(stderr, "%s\n", dlerror());
			return 3;
		}
		m_pwnam = sym(h, "getpwnam_r");
		m_pwuid = sym(h, "getpwuid_r");
		m_grnam = sym(h, "getgrnam_r");
		m_grgid = sym(h, "getgrgid_r");
		m_initgr = sym(h, "initgroups_dyn");
	}
	for (size_t i = 0; i < NBENCH; i++) {
		const struct bench *b = &benches[i];
		int want = argc == 1 && !strcmp(argv[0], "run");
		for (int k = 1; k < argc; k++)
			want |= !strcmp(argv[k], b->name);
		if (!want || ((b->flags & F_GLIBC) && strcmp(module, "glibc")))
			continue;
		if (!strcmp(argv[0], "run"))
			bench_run(b);
		else if (!strcmp(argv[0], "ops") && argc > 2) {
			struct ctx c;
			ctx_init(&c, b, 1);
			resolve_id(&c, b);
			for (long k = atol(argv[2]); k > 0; k--)
				b->op(&c);
			return 0;
		} else if (!strcmp(argv[0], "first")) {
			struct ctx c;
			uint64_t t[3];
			ctx_init(&c, b, 1);
			for (int k = 0; k < 3; k++) {
				t[k] = ns(CLOCK_MONOTONIC);
				if (k < 2)
					b->op(&c);
			}
			printf("%llu %llu %lu %d\n",
			       (unsigned long long)(t[1] - t[0]),
			       (unsigned long long)(t[2] - t[1]), c.hits,
			       c.last);
			return 0;
		}
	}
	return 0;
}
