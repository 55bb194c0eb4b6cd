/*
 * facts.h - who is who by now: what lightwaved says of the ids that processes
 * have, each asked for once, and what /etc says of local ones. lightwavectl.
 */
#ifndef LW_FACTS_H
#define LW_FACTS_H

#include "ctl.h"
#include "localdb.h"

#include <sys/types.h>

enum lw_fact_state {
	LW_FACT_OTHER,	  /* no user of the directory */
	LW_FACT_ACTIVE,	  /* one, with these groups */
	LW_FACT_DISABLED, /* one who is disabled */
	LW_FACT_GONE,	  /* the directory has nobody with that uid */
	LW_FACT_UNKNOWN,  /* nobody can tell now */
};

struct lw_fact_user {
	uint32_t uid;
	enum lw_fact_state state;
	char *name;  /* NULL: none is known */
	gid_t *gids; /* each once, in rising order */
	uint32_t gids_n;
};

enum lw_fact_kind {
	LW_FACT_LOCAL,	   /* a group of this host, or nobody's */
	LW_FACT_MAPPED,	   /* a local one that [local_groups] gives */
	LW_FACT_DIRECTORY, /* the directory's */
	LW_FACT_NAMELESS,  /* as one of its gids is, but it has none such */
};

struct lw_fact_group {
	uint32_t gid;
	enum lw_fact_kind kind;
	char *name;	 /* NULL: none is known */
	char *directory; /* LW_FACT_MAPPED: whose members get it */
};

struct lw_facts {
	const char *socket;
	struct lw_localdb passwd, group;
	struct lw_fact_user **users;
	struct lw_fact_group **groups;
	size_t users_n, groups_n;
	bool away;    /* the directory is */
	uint32_t age; /* of the oldest answer, in seconds */
	/* Not LW_CTL_GOOD: lightwaved has gone, or memory. All is UNKNOWN. */
	enum lw_ctl_exit failed;
};

/*
 * Asks which local groups are given. LW_CTL_AWAY, and that is said. Release
 * with lw_facts_done() in any case.
 */
enum lw_ctl_exit lw_facts_init(struct lw_facts *f, const char *socket);
void lw_facts_done(struct lw_facts *f);

/* Borrowed until lw_facts_done(). */
const struct lw_fact_user *lw_facts_user(struct lw_facts *f, uint32_t uid);
/* The same by what was typed, also a uid; state LW_FACT_OTHER: nobody. */
const struct lw_fact_user *lw_facts_named(struct lw_facts *f, const char *user);
const struct lw_fact_group *lw_facts_group(struct lw_facts *f, uint32_t gid);

bool lw_fact_has(const struct lw_fact_user *u, uint32_t gid);

/* Whether /etc/group or /etc/passwd give that user that gid. */
bool lw_facts_given_locally(const char *user, uint32_t gid);

#endif
