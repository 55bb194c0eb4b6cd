/*
 * map_file.h - write the map that all processes read (map.h). The front.
 *
 * Records are only ever appended and linked in with one store; what they
 * replace is marked dead and unlinked, and its bytes stay as they are. When
 * there is no more room, what lives is copied into a new file of twice that
 * size, which takes the old one's name, and the old one says that it is
 * retired. Space is allocated before it is used: on a full file system that
 * fails, and what is published stays.
 */
#ifndef LW_MAP_FILE_H
#define LW_MAP_FILE_H

#include "map.h"

struct lw_map_file;

/* What never changes in a file. Strings are borrowed; lower case. */
struct lw_map_setup {
	const char *path;
	const char *domain, *netbios; /* netbios: "" for none */
	bool bare;
	struct lw_idmap ids;
	uint32_t stale_max, rights_max; /* seconds: struct lw_map_head */
};

/*
 * A new map with room for about that many records, not yet seen by anybody.
 * What has its name from now on counts only where no front can tell, or not at
 * all where it was set up otherwise. LW_NOMEM: no space, or no file can be
 * made there.
 */
enum lw_err lw_map_file_new(const struct lw_map_setup *s, uint32_t records,
			    struct lw_map_file **ret);
void lw_map_file_free(struct lw_map_file *f);

/* Nothing has its name yet. */
bool lw_map_file_alone(const struct lw_map_file *f);

/*
 * Give it its name; whatever map had it is retired. LW_NOMEM: it could not
 * be renamed, and nothing has changed.
 */
enum lw_err lw_map_file_publish(struct lw_map_file *f);

/*
 * It counts no more, and nothing has its name: names are to be read in another
 * way. It is still to be freed.
 */
void lw_map_file_withdraw(struct lw_map_file *f);

struct lw_map_entry {
	enum lw_map_kind kind;
	struct lw_str account; /* any case; empty in LW_MAP_GROUP */
	bool bare;	       /* no local name is spelled like the account */
	uint32_t id, gid;
	uint32_t until;	       /* seconds, or LW_MAP_FOLLOWED */
	struct lw_str text[5]; /* name, password, gecos, dir, shell */
	uint32_t texts;
	uint32_t count; /* of members, further strings; or of gids */
	const struct lw_str *members;
	const uint32_t *gids;
};

/*
 * Take the place of what is there by the same account or id. The same bytes
 * again change nothing but their time, and need no space. LW_NOMEM: no space,
 * and none is looked for before the next lw_map_file_times(); what was there by
 * that account or id is no more. LW_INVALID: it cannot be in a map.
 */
enum lw_err lw_map_file_put(struct lw_map_file *f,
			    const struct lw_map_entry *e);

/*
 * There is no such user (LW_MAP_USER) or group (by account LW_MAP_MEMBERS, by
 * id LW_MAP_GROUP): no record says anything of it any more, nor who is in it or
 * what he is in.
 */
void lw_map_file_gone(struct lw_map_file *f, enum lw_map_kind kind,
		      struct lw_str account);
void lw_map_file_gone_id(struct lw_map_file *f, enum lw_map_kind kind,
			 uint32_t id);

/*
 * There is none, until then; bare: what was asked for had no domain. It never
 * takes anything's place but a miss's.
 */
void lw_map_file_miss(struct lw_map_file *f, enum lw_map_kind kind,
		      struct lw_str account, bool bare, uint32_t until);
void lw_map_file_miss_id(struct lw_map_file *f, enum lw_map_kind kind,
			 uint32_t id, uint32_t until);
/* All misses end. */
void lw_map_file_forget_misses(struct lw_map_file *f);

/*
 * struct lw_map_head: when followed facts, followed lists, all facts, and lists
 * end; and until when there will be another call of this.
 */
void lw_map_file_times(struct lw_map_file *f, uint32_t fresh,
		       uint32_t fresh_rights, uint32_t stale, uint32_t rights,
		       uint32_t alive);
/* What is not put again from now on is not believed while we can be asked. */
void lw_map_file_new_round(struct lw_map_file *f);
/*
 * ... and now is dropped: this round is over. Members of groups, which are put
 * when somebody asks for them, stay to be renewed, unbelieved.
 */
void lw_map_file_end_round(struct lw_map_file *f);

/*
 * What ended by itself so many seconds before now is dropped: lists, which give
 * rights, and all else. Nobody has confirmed it since.
 */
void lw_map_file_expire(struct lw_map_file *f, uint32_t now, uint32_t stale,
			uint32_t rights);

struct lw_map_stats {
	uint32_t size, used, dead, records; /* bytes, bytes, bytes, number */
	bool full; /* no larger file could be made since the last times */
};
struct lw_map_stats lw_map_file_stats(const struct lw_map_file *f);

#endif
