/*
 * who.h - one user, and which members of a list of sudoers mean him.
 * lightwave-sudo. It goes as sudo does: names and gids by NSS (so that local
 * users are judged as well), %: by the question that the plug-in asks.
 */
#ifndef LW_WHO_H
#define LW_WHO_H

#include "policy.h"
#include "sudo.h"

struct lw_who {
	const struct lw_sudo *s; /* borrowed, and the policy as well */
	const struct lw_policy *p;
	char *name; /* by his passwd entry */
	uint32_t uid;
	bool local;   /* /etc/passwd has him */
	char **group; /* names of his groups; NULL: that gid has none */
	uint32_t *gid;
	size_t groups;
	enum lw_err unknown; /* why it is not known which of the directory's */
	bool plugin;	     /* %: is judged by lightwave_sudo.so */
	json_t *told;	     /* by group: what lightwaved said of him in it */
};

/*
 * By a name of NSS, or one that grant takes. ret is to be released in any case.
 * LW_NOTFOUND: nobody has that name. LW_CLAIMED: several do. LW_OFFLINE: it
 * could not be looked up. LW_NOMEM.
 */
enum lw_err lw_who_find(const struct lw_sudo *s, const struct lw_policy *p,
			const char *name, struct lw_who *ret);
void lw_who_done(struct lw_who *w);

/*
 * What lightwaved says of him in that group (a name or a SID): yes, group, sid,
 * path, age, away; or error, some words. Borrowed until he is done; NULL: no
 * memory.
 */
json_t *lw_who_in(struct lw_who *w, const char *group);

enum lw_who_is { LW_WHO_NO, LW_WHO_YES, LW_WHO_UNSURE };

/*
 * The last member of a user list that means him decides, as in sudo; which one
 * is in by, whether it says "not" too. unsure: a member that could not be
 * judged stands behind it; its text is the caller's to free.
 */
struct lw_who_hit {
	enum lw_who_is is; /* NO: none means him, or a negated one */
	json_t *by;	   /* borrowed from the policy; NULL: none */
	bool negated;
	const char *alias; /* the outermost one it came by, or NULL */
	char *unsure;
};
void lw_who_hit(struct lw_who *w, json_t *list, struct lw_who_hit *ret);

/* Whether a Host_List means this host. */
enum lw_who_is lw_who_host(const struct lw_policy *p, json_t *list);

#endif
