/*
 * policy.h - all rules of sudoers, each with the file and the line it stands
 * in, as cvtsudoers understands them. lightwave-sudo.
 */
#ifndef LW_POLICY_H
#define LW_POLICY_H

#include "sudoers_flatten.h"
#include "sudoers_json.h"

/* Aliases may name aliases; deeper is a circle. */
#define LW_ALIAS_DEPTH 64

struct lw_policy_rule {
	const char *file; /* of the policy's */
	uint32_t line;
	json_t *spec; /* of the policy's: User_List, Host_List, Cmnd_Specs */
};

struct lw_policy {
	struct lw_flat *flat;
	json_t *json;
	struct lw_policy_rule *rule;
	size_t rules, room;
};

/*
 * Read all of it; lw_policy_done() frees, in any case. Else it is said on
 * stderr why not, a syntax error in visudo's words with file and line, and
 * LW_INVALID is given for that, LW_OFFLINE for all else.
 */
enum lw_err lw_policy_read(const char *sudoers, struct lw_policy *ret);
void lw_policy_done(struct lw_policy *p);

/*
 * Each member of a list in its order, with those of its aliases in their place.
 * negated: an odd number of '!' stand before it, those of aliases included.
 * alias: through which outermost one, or NULL. all: of what the aliases are,
 * "User_Aliases" or "Runas_Aliases".
 */
struct lw_member_at {
	json_t *member;
	bool negated;
	const char *alias;
};
typedef void lw_member_fn(const struct lw_member_at *m, void *arg);
void lw_policy_members(const struct lw_policy *p, const char *all, json_t *list,
		       lw_member_fn *each, void *arg);

/*
 * What kind a member is ("username", "usergroup", "usergid", ...; "" if there
 * is none), and its value.
 */
const char *lw_policy_kind(json_t *member, json_t **ret_value);

/* As it might stand in sudoers, for people; on the heap, or NULL. */
char *lw_policy_text(json_t *member, bool negated);

/*
 * The value of a Defaults that holds for all, the last of them; NULL if none.
 */
json_t *lw_policy_default(const struct lw_policy *p, const char *name);

#endif
