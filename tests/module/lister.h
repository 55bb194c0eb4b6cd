/*
 * lister.h - a program that reads lists, by the NSS module in this process,
 * from a lightwaved whose worker is scripted and tells it of many.
 */
#ifndef LW_TEST_LISTER_H
#define LW_TEST_LISTER_H

#include "crowd.h"
#include "nss_module.h"

#define USERS  2000
#define GROUPS 100
#define SOME   10 /* of the first page */
/* In front of other sections. */
#define ON "[domain]\nenumerate = yes\n"
/* Changes are not asked for while the test runs. */
#define LATER "[cache]\nrevocation_max = 3600\n"

extern struct nss_module lister_nss;
extern struct crowd lister_crowd;

/* The ids of a list, in the order in which they came. */
struct seen {
	uint32_t id[2 * USERS];
	size_t n;
};

/* What the worker says to SYNC: of that kind, or all three kinds. */
struct worker_line lister_line(const char *key, enum lw_synced end,
			       const struct worker_synced *v, uint32_t n);
void lister_tell(const char *key, enum lw_synced end,
		 const struct worker_synced *v, uint32_t n);
void lister_tell_all(const struct worker_synced *v, uint32_t n);

/* Before and after each test: a worker who tells of lister_crowd. */
int lister_begin(void **state);
int lister_end(void **state);
/* A daemon that knows all. */
void lister_start(const char *conf);

/* With a buffer that is large enough; until the next call. */
enum nss_status lister_next_user(struct passwd *pw);
/* At most n more, each greater than the one before. */
enum nss_status lister_take(struct seen *s, size_t n);
/* Exactly the users of lister_crowd. */
void lister_all(const struct seen *s);
/* With buffers of n bytes, and twice that, until the next group fits. */
enum nss_status lister_next_group(struct group *gr, char **buf, size_t n);

/* In a directory of its own, with the module loaded and the crowd made. */
int lister_run(int (*tests)(void));

#endif
