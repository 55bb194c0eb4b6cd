/*
 * test_daemon_verdict.c - what the bind said and what the entry says, judged
 * together: who is let in, who must change his password first, and who gets a
 * ticket. The priv socket answers uid 0.
 */
#include "check.h"
#include "cleanup.h"
#include "daemon.h"
#include "front.h"
#include "login.h"
#include "worker.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ALICE  "alice@lightwave.test"
#define ACCESS "[access]\nallow = *\n"
#define STATES 4

static const uint32_t states[STATES] = { 0x200, 0x200 | LW_UAC_DISABLED,
					 0x200 | LW_UAC_LOCKED,
					 0x200 | LW_UAC_EXPIRED };

/*
 * The bind's word, and the judgement for an entry in each of those states on
 * a host where an expired password cannot be changed; elsewhere EXPIRED is
 * CHANGE.
 */
static const struct judgement {
	enum lw_err said, judged[STATES];
} judgements[] = {
	{ LW_OK, { LW_OK, LW_DISABLED, LW_LOCKED, LW_EXPIRED } },
	{ LW_CHANGE, { LW_CHANGE, LW_DISABLED, LW_LOCKED, LW_CHANGE } },
	{ LW_EXPIRED, { LW_EXPIRED, LW_DISABLED, LW_LOCKED, LW_EXPIRED } },
	/* Its state is no business of who does not know the password. */
	{ LW_DENIED, { LW_DENIED, LW_DENIED, LW_DENIED, LW_DENIED } },
	{ LW_LOCKED, { LW_LOCKED, LW_LOCKED, LW_LOCKED, LW_LOCKED } },
	{ LW_DISABLED,
	  { LW_NOPASSWORD, LW_DISABLED, LW_NOPASSWORD, LW_NOPASSWORD } },
	{ LW_NOPASSWORD,
	  { LW_NOPASSWORD, LW_NOPASSWORD, LW_NOPASSWORD, LW_NOPASSWORD } },
	{ LW_NOTFOUND, { LW_NOTFOUND, LW_NOTFOUND, LW_NOTFOUND, LW_NOTFOUND } },
/* No verdicts. */
#define NONE                                                                   \
	{                                                                      \
		LW_OFFLINE, LW_OFFLINE, LW_OFFLINE, LW_OFFLINE                 \
	}
	{ LW_NOTOURS, NONE },
	{ LW_FORBIDDEN, NONE },
	{ LW_RANGE, NONE },
	{ LW_INVALID, NONE },
	{ LW_NOMEM, NONE },
	{ LW_SKEW, NONE },
	{ LW_NOTICKET, NONE },
	{ LW_TOOSHORT, NONE },
	{ LW_WEAK, NONE },
	{ LW_HISTORY, NONE },
	{ LW_TOOSOON, NONE },
	{ LW_NOTALLOWED, NONE },
	{ LW_NOWORKER, NONE },
};
#define PEOPLE (COUNT(judgements) * STATES)

/* One for each field of that table, so that all can be asked about at once. */
static struct person {
	char account[16], name[64], upn[64], dn[128], sid[64];
	struct lw_entry entry;
	enum lw_err said, judged;
	int fd;
} people[PEOPLE];

static void fill_in(struct person *p, size_t i)
{
	p->said = judgements[i / STATES].said;
	p->judged = judgements[i / STATES].judged[i % STATES];
	snprintf(p->account, sizeof(p->account), "u%zu", i);
	snprintf(p->name, sizeof(p->name), "u%zu@lightwave.test", i);
	snprintf(p->upn, sizeof(p->upn), "u%zu@LIGHTWAVE.TEST", i);
	snprintf(p->dn, sizeof(p->dn), "cn=u%zu,dc=lightwave,dc=test", i);
	snprintf(p->sid, sizeof(p->sid), DOMAIN_SID "-100-%zu", 3000 + i);
	p->entry = (struct lw_entry) { .kind = LW_KIND_USER,
				       .dn = lw_str(p->dn),
				       .sid = lw_str(p->sid),
				       .sam = lw_str(p->account),
				       .upn = lw_str(p->upn),
				       .uac = states[i % STATES] };
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .key = p->account,
					   .kind = LW_KIND_USER,
					   .entry = { &p->entry } });
	worker_say(&(struct worker_line) {
		.op = LW_OP_VERDICT,
		.key = p->dn,
		.status = p->said,
		.verdict = { 432000, LW_TICKET_OK, -2, TEXT("a ticket") } });
}

static int begin(void **state)
{
	(void)state;
	worker_forget();
	worker_start();
	return 0;
}

static int end(void **state)
{
	(void)state;
	daemon_stop();
	worker_stop();
	return 0;
}

static void all_are_asked_about(enum lw_op op, bool kpasswd)
{
	daemon_start(kpasswd ? ACCESS "[password]\nkpasswd = yes\n" : ACCESS);
	for (size_t i = 0; i < PEOPLE; i++) {
		fill_in(&people[i], i);
		if (kpasswd && people[i].judged == LW_EXPIRED)
			people[i].judged = LW_CHANGE;
		people[i].fd = asker_open("priv");
		asker_send_login(people[i].fd, op, people[i].name, "p");
	}
}

static enum lw_err is(const struct person *p, enum lw_err want, enum lw_err e)
{
	if (e != want)
		fail_msg("the bind said %d, uac %x: %s and not %s",
			 (int)p->said, p->entry.uac, lw_strerror(e),
			 lw_strerror(want));
	return e;
}

/* And the account phase that follows. */
static void auth_says(const struct person *p)
{
	bool change = p->judged == LW_CHANGE;
	struct lw_auth_answer a;

	if (is(p, change ? LW_OK : p->judged, login_take_auth(p->fd, &a)) !=
	    LW_OK) {
		assert_false(login_has_ticket(p->name));
		return;
	}
	assert_int_equal(a.expires_in, change ? LW_NEVER : 432000);
	assert_int_equal(a.ticket, change ? LW_TICKET_NOT_ASKED : LW_TICKET_OK);
	assert_int_equal(login_has_ticket(p->name), !change);
	is(p, p->judged, login_account(p->name));
}

static void auth_judges(bool kpasswd)
{
	all_are_asked_about(LW_OP_AUTH, kpasswd);
	for (size_t i = 0; i < PEOPLE; i++) {
		auth_says(&people[i]);
		close(people[i].fd);
	}
	assert_int_equal(worker_count(LW_OP_VERDICT, NULL), PEOPLE);
	for (unsigned int i = 0; i < PEOPLE; i++)
		assert_true(worker_question(LW_OP_VERDICT, i)->want_ticket);
}

static void bind_and_entry_are_judged_together(void **state)
{
	(void)state;
	auth_judges(false);
}

static void and_expired_is_change_where_it_can_be_changed(void **state)
{
	(void)state;
	auth_judges(true);
}

/* The same judgement, but no ticket: not even if one comes. */
static void verify_judges(bool kpasswd)
{
	all_are_asked_about(LW_OP_VERIFY, kpasswd);
	for (size_t i = 0; i < PEOPLE; i++) {
		const struct person *p = &people[i];

		is(p, p->judged == LW_CHANGE ? LW_OK : p->judged,
		   asker_status(p->fd));
		assert_false(login_has_ticket(p->name));
		close(p->fd);
	}
	assert_int_equal(worker_count(LW_OP_VERDICT, NULL), PEOPLE);
	for (unsigned int i = 0; i < PEOPLE; i++)
		assert_false(worker_question(LW_OP_VERDICT, i)->want_ticket);
	/* Nobody will ask about accounts. */
	assert_int_equal(worker_count(LW_OP_MEMBERSHIPS, NULL), 0);
}

static void verify_judges_alike(void **state)
{
	(void)state;
	verify_judges(false);
}

static void with_a_way_to_change_it_too(void **state)
{
	(void)state;
	verify_judges(true);
}

static const struct lw_entry alice = USER("alice", "100-1025");

static const struct worker_line find_alice = { .op = LW_OP_FIND,
					       .key = "alice",
					       .kind = LW_KIND_USER,
					       .entry = { &alice } };
static const struct worker_line good = { .op = LW_OP_VERDICT,
					 .verdict = { LW_NEVER, LW_TICKET_OK,
						      -2, TEXT("a ticket") } };

static void say_ticket(enum lw_ticket_state t, int32_t skew)
{
	struct worker_line line = good;

	line.verdict.ticket = t;
	line.verdict.skew = skew;
	if (t != LW_TICKET_OK)
		line.verdict.ccache = (struct lw_str) { 0 };
	worker_say(&line);
}

static void a_ticket_may_be_required(void **state)
{
	static const struct {
		enum lw_ticket_state ticket;
		int32_t skew;
		enum lw_err required;
	} cases[] = {
		{ LW_TICKET_OK, -2, LW_OK },
		{ LW_TICKET_NO_KEYTAB, 0, LW_NOTICKET },
		{ LW_TICKET_UNVERIFIED, 0, LW_NOTICKET },
		{ LW_TICKET_NO_KDC, 0, LW_NOTICKET },
		{ LW_TICKET_SKEW, 400, LW_SKEW },
		{ LW_TICKET_SKEW, -86400, LW_SKEW },
		{ LW_TICKET_SKEW, INT32_MIN, LW_SKEW },
		{ LW_TICKET_SKEW, 0, LW_SKEW },
		{ LW_TICKET_REFUSED, 7, LW_NOTICKET },
		{ LW_TICKET_NOT_ASKED, 0, LW_NOTICKET },
	};

	(void)state;
	worker_say(&find_alice);
	daemon_start("");
	for (size_t i = 0; i < 2 * COUNT(cases); i++) {
		size_t k = i % COUNT(cases);
		enum lw_err want = i < COUNT(cases) ? LW_OK : cases[k].required;
		struct lw_auth_answer a;

		if (i == COUNT(cases))
			daemon_reload("[kerberos]\nrequire_ticket = yes\n",
				      "configuration read again");
		say_ticket(cases[k].ticket, cases[k].skew);
		assert_int_equal(login_auth(ALICE, "p", &a), want);
		if (want == LW_OK)
			assert_int_equal(a.ticket, cases[k].ticket);
		if (want == LW_OK || want == LW_SKEW)
			assert_int_equal(a.skew, cases[k].skew);
		assert_int_equal(login_has_ticket(ALICE), k == 0);
	}
	daemon_says("no ticket, which is required: no ticket: no KDC answered",
		    1);
}

/* Nothing else can be done with the old password, so no ticket is missed. */
static void who_must_change_his_password_needs_no_ticket(void **state)
{
	(void)state;
	worker_say(&find_alice);
	worker_say(&(struct worker_line) { .op = LW_OP_VERDICT,
					   .status = LW_CHANGE });
	daemon_start(ACCESS "[kerberos]\nrequire_ticket = yes\n");
	assert_int_equal(login_auth(ALICE, "p", NULL), LW_OK);
	assert_int_equal(login_account(ALICE), LW_CHANGE);
}

/*
 * An account that is closed takes back the ticket of the login before; a guess,
 * which anybody can make, does not.
 */
static void a_later_no_takes_the_ticket_back(void **state)
{
	static const struct {
		enum lw_err word;
		bool kept;
	} cases[] = {
		{ LW_DENIED, true },	{ LW_LOCKED, true },
		{ LW_DISABLED, false }, { LW_NOPASSWORD, false },
		{ LW_EXPIRED, false },	{ LW_CHANGE, false },
	};

	(void)state;
	worker_say(&find_alice);
	daemon_start("");
	for (size_t i = 0; i < COUNT(cases); i++) {
		worker_say(&good);
		assert_int_equal(login_auth(ALICE, "p", NULL), LW_OK);
		worker_say(&(struct worker_line) { .op = LW_OP_VERDICT,
						   .status = cases[i].word });
		assert_int_equal(login_auth(ALICE, "p", NULL) == LW_OK,
				 cases[i].word == LW_CHANGE);
		assert_int_equal(login_has_ticket(ALICE), cases[i].kept);
	}
	worker_say(&good);
	assert_int_equal(login_auth(ALICE, "p", NULL), LW_OK);
	assert_true(login_has_ticket(ALICE));
}

/* While the password was on its way the name became nobody's. */
static void who_has_gone_meanwhile_leaves_no_ticket(void **state)
{
	static const struct worker_line hold = { .op = LW_OP_VERDICT,
						 .manner = WORKER_HOLD };
	lw_cleanup(lw_close) int fd = -1;

	(void)state;
	worker_say(&find_alice);
	worker_say(&hold);
	daemon_start("[cache]\nttl = 0\n");
	fd = asker_open("priv");
	asker_send_login(fd, LW_OP_AUTH, ALICE, "p");
	worker_await(LW_OP_VERDICT, NULL, 1);
	worker_say(&(struct worker_line) { .op = LW_OP_FIND });
	worker_tick();
	assert_int_equal(asker_passwd(ALICE, NULL), LW_NOTFOUND);
	assert_int_equal(worker_release(&good), 1);
	assert_int_equal(asker_status(fd), LW_NOTFOUND);
	worker_say(&find_alice);
	worker_tick();
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_false(login_has_ticket(ALICE));
	assert_int_equal(worker_count(LW_OP_VERDICT, NULL), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bind_and_entry_are_judged_together),
		TEST(and_expired_is_change_where_it_can_be_changed),
		TEST(verify_judges_alike),
		TEST(with_a_way_to_change_it_too),
		TEST(a_ticket_may_be_required),
		TEST(who_must_change_his_password_needs_no_ticket),
		TEST(a_later_no_takes_the_ticket_back),
		TEST(who_has_gone_meanwhile_leaves_no_ticket),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: the priv socket answers uid 0 only");
		return 77;
	}
	front_enter();
	failed = cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
	front_leave();
	return failed;
}
