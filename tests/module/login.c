/* login.c - PAM's questions to the front. Part of its tests. */
#include "login.h"

#include "check.h"
#include "cleanup.h"

#include <string.h>

enum lw_err login_take_auth(int fd, struct lw_auth_answer *ret)
{
	lw_cleanup(lw_reply_done) struct lw_reply r = { 0 };
	struct lw_auth_answer a = { 0 };
	enum lw_err e = asker_take(fd, &r);

	if (e == LW_OK)
		assert_int_equal(lw_auth_answer_decode(&r.body, &a), LW_OK);
	if (e == LW_SKEW) {
		a.skew = (int32_t)lw_rd_u32(&r.body);
		assert_int_equal(lw_rd_end(&r.body), LW_OK);
	}
	if (ret && (e == LW_OK || e == LW_SKEW))
		*ret = a;
	return e;
}

enum lw_err login_auth(const char *user, const char *password,
		       struct lw_auth_answer *ret)
{
	lw_cleanup(lw_close) int fd = asker_open("priv");

	asker_send_login(fd, LW_OP_AUTH, user, password);
	return login_take_auth(fd, ret);
}

/* The status, and after LW_OK nothing. */
static enum lw_err bare_status(int fd)
{
	lw_cleanup(lw_reply_done) struct lw_reply r = { 0 };
	enum lw_err e = asker_take(fd, &r);

	assert_int_equal(lw_rd_end(&r.body), LW_OK);
	return e;
}

enum lw_err login_verify(const char *user, const char *password)
{
	lw_cleanup(lw_close) int fd = asker_open("priv");

	asker_send_login(fd, LW_OP_VERIFY, user, password);
	return bare_status(fd);
}

static enum lw_err ask(enum lw_op op, const uint8_t *body,
		       const struct lw_wr *w)
{
	lw_cleanup(lw_close) int fd = asker_open("priv");

	assert_int_equal(lw_wr_end(w), LW_OK);
	asker_send_body(fd, op, body, (size_t)(w->p - body));
	return bare_status(fd);
}

enum lw_err login_account_for(const char *service, const char *user)
{
	struct lw_login l = { .user = lw_str(user),
			      .service = lw_str(service) };
	uint8_t body[LW_REQUEST_MAX];
	struct lw_wr w;

	lw_wr_init(&w, body, sizeof(body));
	lw_login_encode(&w, &l);
	return ask(LW_OP_ACCOUNT, body, &w);
}

enum lw_err login_account(const char *user)
{
	return login_account_for("sshd", user);
}

enum lw_err login_change(const char *user, const char *old_password,
			 const char *new_password)
{
	struct lw_password_change c = {
		.login = { .user = lw_str(user),
			   .password = lw_password(old_password),
			   .service = LW_STR("passwd") },
		.new_password = lw_password(new_password),
	};
	uint8_t body[LW_REQUEST_MAX];
	struct lw_wr w;

	lw_wr_init(&w, body, sizeof(body));
	lw_password_change_encode(&w, &c);
	return ask(LW_OP_PASSWORD, body, &w);
}

enum lw_err login_policy(struct lw_password_policy *ret)
{
	lw_cleanup(lw_close) int fd = asker_open("priv");
	lw_cleanup(lw_reply_done) struct lw_reply r = { 0 };
	enum lw_err e;

	asker_send_body(fd, LW_OP_POLICY, NULL, 0);
	e = asker_take(fd, &r);
	if (e == LW_OK)
		assert_int_equal(lw_password_policy_decode(&r.body, ret),
				 LW_OK);
	return e;
}

static void put_str(char *to, size_t size, struct lw_str s)
{
	assert_true(s.n < size);
	if (s.n)
		memcpy(to, s.s, s.n);
	to[s.n] = '\0';
}

enum lw_err login_principal(const char *principal, const char *account,
			    char ret[300])
{
	lw_cleanup(lw_close) int fd = asker_open("priv");
	lw_cleanup(lw_reply_done) struct lw_reply r = { 0 };
	struct lw_principal p = { lw_str(principal), lw_str(account) };
	struct lw_str name = { 0 };
	uint8_t body[LW_REQUEST_MAX];
	struct lw_wr w;
	enum lw_err e;

	lw_wr_init(&w, body, sizeof(body));
	lw_principal_encode(&w, &p);
	assert_int_equal(lw_wr_end(&w), LW_OK);
	asker_send_body(fd, LW_OP_PRINCIPAL, body, (size_t)(w.p - body));
	e = asker_take(fd, &r);
	if (e == LW_OK)
		name = lw_rd_str(&r.body);
	assert_int_equal(lw_rd_end(&r.body), LW_OK);
	put_str(ret, 300, name);
	return e;
}

enum lw_err login_ticket(const char *user, struct asker_got *ret_ids,
			 char ret_text[100])
{
	lw_cleanup(lw_close) int fd = asker_open("priv");
	lw_cleanup(lw_reply_done) struct lw_reply r = { 0 };
	struct lw_ticket t;
	enum lw_err e;

	asker_send_name(fd, LW_OP_TICKET, user);
	e = asker_take(fd, &r);
	if (e != LW_OK)
		return e;
	assert_int_equal(lw_ticket_decode(&r.body, &t), LW_OK);
	ret_ids->uid = t.uid;
	ret_ids->gid = t.gid;
	put_str(ret_text, 100, t.ccache);
	return LW_OK;
}

bool login_has_ticket(const char *user)
{
	struct asker_got got;
	char text[100];
	enum lw_err e = login_ticket(user, &got, text);

	if (e != LW_OK)
		assert_int_equal(e, LW_NOTFOUND);
	return e == LW_OK;
}
