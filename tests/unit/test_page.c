/* test_page.c - users or groups, a page at a time, on the wire. */
#include "unit.h"

#include "page.h"

#define AFTER 1000

static const struct lw_passwd who = {
	.gid = 545,
	.name = { "alice@lightwave.test", 20 },
	.gecos = { "", 0 },
	.dir = { "/home/alice", 11 },
	.shell = { "/bin/sh", 7 },
};

static enum lw_err as_users(struct lw_rd *r, void *ret)
{
	return lw_page_decode(r, LW_OP_PASSWD_PAGE, AFTER, ret);
}

static enum lw_err as_groups(struct lw_rd *r, void *ret)
{
	return lw_page_decode(r, LW_OP_GROUP_PAGE, AFTER, ret);
}

static void put_user(struct lw_wr *w, uint32_t uid)
{
	struct lw_passwd pw = who;

	pw.uid = uid;
	lw_passwd_encode(w, &pw);
}

static void put_group(struct lw_wr *w, uint32_t gid, uint32_t members)
{
	lw_wr_u32(w, gid);
	lw_wr_str(w, LW_STR("staff@lightwave.test"));
	lw_wr_u32(w, members);
	for (uint32_t i = 0; i < members; i++)
		lw_wr_str(w, who.name);
}

static void a_page_of_users_is_read_one_by_one(void **state)
{
	uint8_t msg[512];
	struct lw_wr w;
	struct lw_rd r;
	struct lw_page p;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_page_encode(&w, 2000, 2);
	put_user(&w, AFTER + 1);
	put_user(&w, 2000);
	unit_only_whole(as_users, sizeof(p), &w, msg);
	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(as_users(&r, &p), LW_OK);
	assert_int_equal(p.next, 2000);
	assert_int_equal(p.count, 2);
	assert_int_equal(lw_passwd_read(&p.each).uid, AFTER + 1);
	unit_str_equal(lw_passwd_read(&p.each).shell, "/bin/sh");
	assert_int_equal(lw_rd_end(&p.each), LW_OK);
}

static void a_page_of_groups_has_their_members(void **state)
{
	uint8_t msg[512];
	struct lw_wr w;
	struct lw_rd r;
	struct lw_page p;
	struct lw_group g;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_page_encode(&w, LW_PAGE_END, 2);
	put_group(&w, 1001, 2);
	put_group(&w, 1002, 0);
	unit_only_whole(as_groups, sizeof(p), &w, msg);
	lw_rd_init(&r, msg, (size_t)(w.p - msg));
	assert_int_equal(as_groups(&r, &p), LW_OK);
	g = lw_group_read(&p.each);
	assert_int_equal(g.gid, 1001);
	assert_int_equal(g.count, 2);
	assert_int_equal(g.members_size, 2 * who.name.n);
	unit_str_equal(lw_rd_str(&g.members), "alice@lightwave.test");
	g = lw_group_read(&p.each);
	assert_int_equal(g.gid, 1002);
	assert_int_equal(g.count, 0);
	assert_int_equal(lw_rd_end(&p.each), LW_OK);
}

static void an_empty_page_goes_on_too(void **state)
{
	uint8_t msg[16];
	struct lw_wr w;
	struct lw_page p;

	(void)state;
	lw_wr_init(&w, msg, sizeof(msg));
	lw_page_encode(&w, AFTER + 1, 0);
	unit_only_whole(as_users, sizeof(p), &w, msg);
}

/* Nobody walks in circles, whatever the front says. */
static void a_page_that_leads_back_is_none(void **state)
{
	static const struct {
		uint32_t next, first, second;
		enum lw_err want;
	} t[] = {
		{ 3000, AFTER + 1, 3000, LW_OK },
		{ LW_PAGE_END, AFTER + 1, LW_PAGE_END - 1, LW_OK },
		{ LW_PAGE_END, AFTER + 1, LW_PAGE_END, LW_PROTO },
		{ 3000, AFTER, 2000, LW_PROTO },
		{ 3000, 0, 2000, LW_PROTO },
		{ 3000, 2000, 2000, LW_PROTO },
		{ 3000, 2001, 2000, LW_PROTO },
		{ 3000, 2000, 3001, LW_PROTO },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		uint8_t msg[512];
		struct lw_wr w;
		struct lw_page p;

		lw_wr_init(&w, msg, sizeof(msg));
		lw_page_encode(&w, t[i].next, 2);
		put_user(&w, t[i].first);
		put_user(&w, t[i].second);
		assert_int_equal(unit_decode(as_users, sizeof(p), msg,
					     (size_t)(w.p - msg), 0),
				 t[i].want);
	}
	for (uint32_t next = AFTER - 1; next <= AFTER; next++) {
		uint8_t msg[8];
		struct lw_wr w;
		struct lw_page p;

		lw_wr_init(&w, msg, sizeof(msg));
		lw_page_encode(&w, next, 0);
		assert_int_equal(
			unit_decode(as_users, sizeof(p), msg, sizeof(msg), 0),
			LW_PROTO);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_of_users_is_read_one_by_one),
		cmocka_unit_test(a_page_of_groups_has_their_members),
		cmocka_unit_test(an_empty_page_goes_on_too),
		cmocka_unit_test(a_page_that_leads_back_is_none),
	};

	return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
