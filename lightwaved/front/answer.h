/*
 * answer.h - what is said to each question; run by request.c. The front.
 *
 * Each handler gives its result and writes what follows the status into
 * rest; LW_PENDING means that it will be run again from its beginning.
 */
#ifndef LW_ANSWER_H
#define LW_ANSWER_H

#include "request.h"

/* Any question. LW_PROTO: malformed, or no question we know. */
enum lw_err lw_answer(struct lw_request *r, struct lw_wr *rest);

/* answer_nss.c */
enum lw_err lw_answer_passwd_by_name(struct lw_request *r, struct lw_rd *body,
				     struct lw_wr *rest);
enum lw_err lw_answer_passwd_by_uid(struct lw_request *r, struct lw_rd *body,
				    struct lw_wr *rest);
enum lw_err lw_answer_group_by_name(struct lw_request *r, struct lw_rd *body,
				    struct lw_wr *rest);
enum lw_err lw_answer_group_by_gid(struct lw_request *r, struct lw_rd *body,
				   struct lw_wr *rest);
enum lw_err lw_answer_initgroups(struct lw_request *r, struct lw_rd *body,
				 struct lw_wr *rest);

/*
 * As the two by id, but a group with its members: all of them, or an error.
 * Inside: who asks for the entry has decoded the id.
 */
enum lw_err lw_put_passwd(struct lw_request *r, uint32_t uid,
			  struct lw_wr *rest);
enum lw_err lw_put_group(struct lw_request *r, uint32_t gid,
			 struct lw_wr *rest);

/*
 * gids: every group of his, with what [local_groups] gives, or an error: a
 * session without its deny groups is a hole.
 */
enum lw_err lw_put_gids(struct lw_request *r, const struct lw_object *user,
			struct lw_wr *rest);

/* answer_page.c */
enum lw_err lw_answer_page(struct lw_request *r, struct lw_rd *body,
			   struct lw_wr *rest);

/* answer_auth.c */
enum lw_err lw_answer_auth(struct lw_request *r, struct lw_rd *body,
			   struct lw_wr *rest);
enum lw_err lw_answer_verify(struct lw_request *r, struct lw_rd *body,
			     struct lw_wr *rest);

/* answer_password.c */
enum lw_err lw_answer_policy(struct lw_request *r, struct lw_rd *body,
			     struct lw_wr *rest);
enum lw_err lw_answer_password(struct lw_request *r, struct lw_rd *body,
			       struct lw_wr *rest);

/* answer_login.c */
enum lw_err lw_answer_ours(struct lw_request *r, struct lw_rd *body,
			   struct lw_wr *rest);
/*
 * LW_OK for the process that was just told that the user may log in,
 * LW_NOTFOUND for everybody else.
 */
enum lw_err lw_answer_passed(struct lw_request *r, struct lw_rd *body,
			     struct lw_wr *rest);
enum lw_err lw_answer_account(struct lw_request *r, struct lw_rd *body,
			      struct lw_wr *rest);
enum lw_err lw_answer_principal(struct lw_request *r, struct lw_rd *body,
				struct lw_wr *rest);
enum lw_err lw_answer_ticket(struct lw_request *r, struct lw_rd *body,
			     struct lw_wr *rest);

/* answer_member.c */
enum lw_err lw_answer_member(struct lw_request *r, struct lw_rd *body,
			     struct lw_wr *rest);

/* answer_resolve.c */
enum lw_err lw_answer_resolve(struct lw_request *r, struct lw_rd *body,
			      struct lw_wr *rest);

/* answer_cache.c */
enum lw_err lw_answer_cache_list(struct lw_request *r, struct lw_rd *body,
				 struct lw_wr *rest);
enum lw_err lw_answer_cache_show(struct lw_request *r, struct lw_rd *body,
				 struct lw_wr *rest);
enum lw_err lw_answer_cache_drop(struct lw_request *r, struct lw_rd *body,
				 struct lw_wr *rest);

/* answer_granted.c */
enum lw_err lw_answer_granted(struct lw_request *r, struct lw_rd *body,
			      struct lw_wr *rest);
enum lw_err lw_answer_local_groups(struct lw_request *r, struct lw_rd *body,
				   struct lw_wr *rest);

/* answer_refresh.c */
enum lw_err lw_answer_refresh(struct lw_request *r, struct lw_rd *body,
			      struct lw_wr *rest);

/*
 * The account part that a typed name means here. LW_NOTFOUND: a local entry
 * has that name, or it is kept for one (local_judge.h). Else as
 * lw_name_parse().
 */
enum lw_err lw_typed_name(struct lw_request *r, enum lw_kind kind,
			  struct lw_str typed, char *ret);

#endif
