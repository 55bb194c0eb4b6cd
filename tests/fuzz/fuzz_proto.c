/*
 * fuzz_proto.c - do the messages between clients and front mean one thing?
 * Whatever decodes is encoded to the same bytes, and its strings lie in it.
 */
#include "fuzz.h"
#include "message.h"
#include "page.h"

#include "cached.h"
#include "granted.h"
#include "member.h"

const char fuzz_target[] = "proto";

static void put_passwd(struct lw_wr *w, const struct lw_passwd *pw)
{
	message_view(pw->name);
	message_view(pw->gecos);
	message_view(pw->dir);
	message_view(pw->shell);
	lw_passwd_encode(w, pw);
}

static bool passwd(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_passwd pw;

	if (lw_passwd_decode(r, &pw) != LW_OK)
		return false;
	put_passwd(w, &pw);
	return true;
}

static void put_group(struct lw_wr *w, struct lw_group g)
{
	size_t sum = 0;

	message_view(g.name);
	lw_wr_u32(w, g.gid);
	lw_wr_str(w, g.name);
	lw_wr_u32(w, g.count);
	for (uint32_t i = 0; i < g.count; i++) {
		struct lw_str member = lw_rd_str(&g.members);

		message_view(member);
		lw_wr_str(w, member);
		sum += member.n;
	}
	fuzz_holds(!g.members.bad && sum == g.members_size,
		   "members are as many and as long as the group says");
}

static bool group(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_group g;

	if (lw_group_decode(r, &g) != LW_OK)
		return false;
	put_group(w, g);
	return true;
}

/* A walk over pages comes to an end, and meets nobody twice. */
static bool page(enum lw_op op, struct lw_rd *r, struct lw_wr *w)
{
	struct lw_page p;
	uint32_t last = 0;

	if (lw_page_decode(r, op, 0, &p) != LW_OK)
		return false;
	fuzz_holds(p.next > 0, "a page leads on");
	lw_page_encode(w, p.next, p.count);
	for (uint32_t i = 0; i < p.count; i++) {
		uint32_t id;

		if (op == LW_OP_PASSWD_PAGE) {
			struct lw_passwd pw = lw_passwd_read(&p.each);

			id = pw.uid;
			put_passwd(w, &pw);
		} else {
			struct lw_group g = lw_group_read(&p.each);

			id = g.gid;
			put_group(w, g);
		}
		fuzz_holds(id > last && id <= p.next && id != LW_PAGE_END,
			   "ids ascend, up to where the page ends");
		last = id;
	}
	fuzz_holds(lw_rd_end(&p.each) == LW_OK,
		   "a page is what its entries are");
	return true;
}

static bool passwd_page(struct lw_rd *r, struct lw_wr *w)
{
	return page(LW_OP_PASSWD_PAGE, r, w);
}

static bool group_page(struct lw_rd *r, struct lw_wr *w)
{
	return page(LW_OP_GROUP_PAGE, r, w);
}

static bool login(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_login l;

	if (lw_login_decode(r, &l) != LW_OK)
		return false;
	message_view(l.user);
	message_password(l.password);
	message_view(l.service);
	message_view(l.rhost);
	lw_login_encode(w, &l);
	return true;
}

static bool auth(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_auth_answer a;

	if (lw_auth_answer_decode(r, &a) != LW_OK)
		return false;
	fuzz_holds(a.ticket < LW_TICKET_COUNT, "a ticket state is one");
	lw_auth_answer_encode(w, &a);
	return true;
}

static bool ticket(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_ticket t;

	if (lw_ticket_decode(r, &t) != LW_OK)
		return false;
	message_bytes(t.ccache);
	lw_ticket_encode(w, &t);
	return true;
}

static bool principal(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_principal p;

	if (lw_principal_decode(r, &p) != LW_OK)
		return false;
	message_view(p.principal);
	message_view(p.account);
	lw_principal_encode(w, &p);
	return true;
}

static bool password(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_password_change c;

	if (lw_password_change_decode(r, &c) != LW_OK)
		return false;
	message_password(c.login.password);
	message_password(c.new_password);
	lw_password_change_encode(w, &c);
	return true;
}

static bool cacheds(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_cached_list l;

	if (lw_cached_list_decode(r, &l) != LW_OK)
		return false;
	lw_wr_u32(w, l.count);
	for (uint32_t i = 0; i < l.count; i++) {
		struct lw_cached c = lw_cached_decode(&l.each);

		fuzz_holds(c.from > 0 && c.from < LW_CACHED_FROM_COUNT,
			   "it is from somewhere");
		message_view(c.name);
		message_view(c.sid);
		message_view(c.dn);
		lw_cached_encode(w, &c);
	}
	fuzz_holds(lw_rd_end(&l.each) == LW_OK, "they are as many as it says");
	return true;
}

static bool drop(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_drop d;

	if (lw_drop_decode(r, &d) != LW_OK)
		return false;
	message_view(d.name);
	lw_drop_encode(w, &d);
	return true;
}

static bool member(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_member m;

	if (lw_member_decode(r, &m) != LW_OK)
		return false;
	message_view(m.user);
	message_view(m.group);
	lw_member_encode(w, &m);
	return true;
}

static bool member_answer(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_member_answer a;

	if (lw_member_answer_decode(r, &a) != LW_OK)
		return false;
	message_view(a.group);
	message_view(a.sid);
	lw_member_answer_encode(w, &a);
	for (uint32_t i = 0; i < a.count; i++) {
		struct lw_str name = lw_rd_str(&a.path);

		message_view(name);
		lw_wr_str(w, name);
	}
	fuzz_holds(lw_rd_end(&a.path) == LW_OK, "a path is what it says");
	return true;
}

static bool resolve(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_resolve q;

	if (lw_resolve_decode(r, &q) != LW_OK)
		return false;
	message_view(q.name);
	lw_resolve_encode(w, &q);
	return true;
}

static bool resolved(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_resolved_list l;

	if (lw_resolved_list_decode(r, &l) != LW_OK)
		return false;
	fuzz_holds(l.count == 1 || l.count == 2, "one, or one of each");
	lw_wr_u32(w, l.count);
	for (uint32_t i = 0; i < l.count; i++) {
		struct lw_resolved o = lw_resolved_read(&l.each);

		message_view(o.name);
		message_view(o.sid);
		lw_resolved_encode(w, &o);
	}
	fuzz_holds(lw_rd_end(&l.each) == LW_OK, "they are as many as it says");
	return true;
}

static bool granted(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_granted q;

	if (lw_granted_decode(r, &q) != LW_OK)
		return false;
	message_view(q.user);
	lw_granted_encode(w, &q);
	return true;
}

static bool granted_answer(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_granted_answer a;

	if (lw_granted_answer_decode(r, &a) != LW_OK)
		return false;
	message_view(a.name);
	lw_granted_answer_encode(w, &a);
	lw_wr_raw(w, a.gids.p, (size_t)(a.gids.end - a.gids.p));
	return true;
}

static bool mapped(struct lw_rd *r, struct lw_wr *w)
{
	struct lw_local_mapped_list l;

	if (lw_local_mapped_list_decode(r, &l) != LW_OK)
		return false;
	lw_wr_u32(w, l.count);
	for (uint32_t i = 0; i < l.count; i++) {
		struct lw_local_mapped m = lw_local_mapped_read(&l.each);

		message_view(m.local);
		message_view(m.directory);
		lw_local_mapped_encode(w, &m);
	}
	fuzz_holds(lw_rd_end(&l.each) == LW_OK, "they are as many as it says");
	return true;
}

static const struct message_op ops[] = {
	{ LW_OP_PASSWD_BY_NAME, message_str, passwd },
	{ LW_OP_PASSWD_BY_UID, message_u32, passwd },
	{ LW_OP_GROUP_BY_NAME, message_str, group },
	{ LW_OP_GROUP_BY_GID, message_u32, group },
	{ LW_OP_OURS, message_str, NULL },
	{ LW_OP_PASSED, message_str, NULL },
	{ LW_OP_PASSWD_PAGE, message_u32, passwd_page },
	{ LW_OP_GROUP_PAGE, message_u32, group_page },
	{ LW_OP_AUTH, login, auth },
	{ LW_OP_ACCOUNT, login, NULL },
	{ LW_OP_TICKET, message_str, ticket },
	{ LW_OP_PRINCIPAL, principal, message_str },
	{ LW_OP_POLICY, NULL, message_policy },
	{ LW_OP_PASSWORD, password, NULL },
	{ LW_OP_VERIFY, login, NULL },
	{ LW_OP_LOCAL_GROUPS, NULL, mapped },
	{ LW_OP_GRANTED, granted, granted_answer },
	{ LW_OP_MEMBER, member, member_answer },
	{ LW_OP_RESOLVE, resolve, resolved },
	{ LW_OP_CACHE_SHOW, message_str, cacheds },
	{ LW_OP_CACHE_DROP, drop, message_u32 },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	message_run(ops, sizeof(ops) / sizeof(*ops), data, size);
	return 0;
}
