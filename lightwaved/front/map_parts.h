/* map_parts.h - what map_file.c, map_put.c and map_miss.c share; inside. */
#ifndef LW_MAP_PARTS_H
#define LW_MAP_PARTS_H

#include "map_file.h"

#ifndef LW_MAP_MISSES
#define LW_MAP_MISSES 4096
#endif

struct lw_map_file {
	struct lw_map_setup setup;
	char *path;
	char *new[2];	    /* names of a file before it has that; ... */
	unsigned int which; /* ... the one of this file */
	uint8_t *base;
	uint32_t size, used; /* bytes; the next record begins at used */
	uint32_t dead;	     /* bytes of records that are no more */
	uint32_t records;    /* that live */
	bool published;
	struct lw_map_head *old; /* of what has the name meanwhile; or NULL */
	bool full; /* no larger one is tried before the next second */
	struct lw_map_record *scratch; /* a record before it has a place */
	size_t scratch_n;	       /* bytes */
};

static inline struct lw_map_head *lw_map_file_head(const struct lw_map_file *f)
{
	return (void *)f->base;
}

static inline struct lw_map_record *lw_map_file_at(const struct lw_map_file *f,
						   uint32_t offset)
{
	return (void *)(f->base + offset);
}

static inline struct lw_map_miss *lw_map_file_misses(
	const struct lw_map_file *f)
{
	return (void *)(f->base + lw_map_file_head(f)->misses_at);
}

/*
 * Room for n more bytes at f->used, in a larger file if need be: offsets of
 * before mean nothing then. LW_NOMEM.
 */
enum lw_err lw_map_file_reserve(struct lw_map_file *f, uint32_t n);

/* map_chain.c: whether records of that kind are found by account, and by id. */
bool lw_map_file_has_key(enum lw_map_kind kind);
bool lw_map_file_has_id(enum lw_map_kind kind);

/* The keys to that. False: no account is that long, or empty. */
bool lw_map_file_key_of(const struct lw_map_file *f, enum lw_map_kind kind,
			struct lw_str account, struct lw_map_key *ret);
void lw_map_file_id_key_of(const struct lw_map_file *f, enum lw_map_kind kind,
			   uint32_t id, struct lw_map_key *ret);

/* The one that lives; NULL: there is none. */
struct lw_map_record *lw_map_file_find_key(const struct lw_map_file *f,
					   enum lw_map_kind kind,
					   const struct lw_map_key *key);
struct lw_map_record *lw_map_file_find_id(const struct lw_map_file *f,
					  enum lw_map_kind kind,
					  const struct lw_map_key *key);

/*
 * map_miss.c: there is such a one: no miss says otherwise, which a reader would
 * believe who comes between two records of it.
 */
void lw_map_file_found(struct lw_map_file *f, enum lw_map_kind kind,
		       struct lw_str account, bool bare);
void lw_map_file_found_id(struct lw_map_file *f, enum lw_map_kind kind,
			  uint32_t id);

/* Link the record at that offset, all of which is written, into its tables. */
void lw_map_file_link(struct lw_map_file *f, uint32_t offset);

/* It is dead, and then found no more. r may be NULL or dead already. */
void lw_map_file_kill(struct lw_map_file *f, struct lw_map_record *r);

#endif
