/* answer.c - which handler answers which question. The front. */
#include "answer.h"

#include "answer_status.h"
#include "local_judge.h"

#include <string.h>

enum lw_err lw_typed_name(struct lw_request *r, enum lw_kind kind,
			  struct lw_str typed, char *ret)
{
	struct lw_policy p = lw_front_policy(r->front);
	const struct lw_localdb *local;
	char text[LW_NAME_MAX];

	if (typed.n >= sizeof(text))
		return LW_INVALID;
	memcpy(text, typed.s, typed.n);
	text[typed.n] = '\0';
	local = kind == LW_KIND_USER ? p.passwd : p.group;
	if (lw_localdb_taken(local, text) ||
	    (kind == LW_KIND_GROUP &&
	     lw_local_reserved(r->front->config, text)))
		return LW_NOTFOUND;
	return lw_name_parse(&p.naming, typed, ret);
}

enum lw_err lw_answer(struct lw_request *r, struct lw_wr *rest)
{
	int64_t now = lw_now_ms();
	struct lw_rd body;

	/* What cannot be read now stands as it was; local still wins. */
	lw_localdb_refresh(&r->front->passwd, now);
	lw_localdb_refresh(&r->front->group, now);

	lw_rd_init(&body, r->body, r->head.len);
	switch ((enum lw_op)r->head.op) {
	case LW_OP_PASSWD_BY_NAME:
		return lw_answer_passwd_by_name(r, &body, rest);
	case LW_OP_PASSWD_BY_UID:
		return lw_answer_passwd_by_uid(r, &body, rest);
	case LW_OP_GROUP_BY_NAME:
		return lw_answer_group_by_name(r, &body, rest);
	case LW_OP_GROUP_BY_GID:
		return lw_answer_group_by_gid(r, &body, rest);
	case LW_OP_INITGROUPS:
		return lw_answer_initgroups(r, &body, rest);
	case LW_OP_OURS:
		return lw_answer_ours(r, &body, rest);
	case LW_OP_PASSED:
		return lw_answer_passed(r, &body, rest);
	case LW_OP_PASSWD_PAGE:
	case LW_OP_GROUP_PAGE:
		return lw_answer_page(r, &body, rest);
	case LW_OP_AUTH:
		return lw_answer_auth(r, &body, rest);
	case LW_OP_ACCOUNT:
		return lw_answer_account(r, &body, rest);
	case LW_OP_TICKET:
		return lw_answer_ticket(r, &body, rest);
	case LW_OP_PRINCIPAL:
		return lw_answer_principal(r, &body, rest);
	case LW_OP_POLICY:
		return lw_answer_policy(r, &body, rest);
	case LW_OP_PASSWORD:
		return lw_answer_password(r, &body, rest);
	case LW_OP_VERIFY:
		return lw_answer_verify(r, &body, rest);
	case LW_OP_REFRESH:
		return lw_answer_refresh(r, &body, rest);
	case LW_OP_STATUS:
		return lw_answer_status(r, &body, rest);
	case LW_OP_MEMBER:
		return lw_answer_member(r, &body, rest);
	case LW_OP_RESOLVE:
		return lw_answer_resolve(r, &body, rest);
	case LW_OP_CACHE_LIST:
		return lw_answer_cache_list(r, &body, rest);
	case LW_OP_CACHE_SHOW:
		return lw_answer_cache_show(r, &body, rest);
	case LW_OP_CACHE_DROP:
		return lw_answer_cache_drop(r, &body, rest);
	case LW_OP_LOCAL_GROUPS:
		return lw_answer_local_groups(r, &body, rest);
	case LW_OP_GRANTED:
		return lw_answer_granted(r, &body, rest);
	case LW_OP_FIND:
	case LW_OP_MEMBERSHIPS:
	case LW_OP_MEMBERS:
	case LW_OP_VERDICT:
	case LW_OP_RULES:
	case LW_OP_CHANGE:
	case LW_OP_SYNC:
	case LW_OP_SELFTEST:
	case LW_OP_CREDS_STORE:
	case LW_OP_CREDS_CHECK:
	case LW_OP_CREDS_REFUSED:
	case LW_OP_CREDS_DROP:
	case LW_OP_CREDS_APPLY:
		break;
	}
	return LW_PROTO;
}
