/* ask.c - the plug-in's one question to the front. Runs in sudo, as root. */
#include "ask.h"

#include "cleanup.h"
#include "client.h"
#include "member.h"
#include "name.h"
#include "now.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * All the time that goes into questions without an answer, however many rules
 * ask; the front answers from memory once the directory has been given up. A
 * sudo that lives on, as with "Defaults intercept", tries again later, and
 * begins with what it lacked: its user can halt it between two rules, and
 * would pass one that keeps him out, for lack of an answer, to get to one that
 * lets him in.
 */
#ifndef LW_SUDO_BUDGET_MS
#define LW_SUDO_BUDGET_MS 5000
#endif
#ifndef LW_SUDO_START_MS
#define LW_SUDO_START_MS 200
#endif
#ifndef LW_SUDO_READ_MS
#define LW_SUDO_READ_MS 1000
#endif
#define PAUSE_MS 10000

static int left_ms = LW_SUDO_BUDGET_MS;
static int64_t out_since;
static struct {
	uint32_t uid;
	char group[LW_NAME_MAX];
} lacked;

static bool out_of_time(int64_t now, uint32_t uid, const char *group)
{
	if (left_ms > 0)
		return false;
	if (now - out_since < PAUSE_MS || uid != lacked.uid ||
	    strcmp(group, lacked.group) != 0)
		return true;
	left_ms = LW_SUDO_BUDGET_MS;
	return false;
}

/* Whoever did not answer at all is not waited for a second time. */
static void spend(enum lw_err e, int64_t began, uint32_t uid, const char *group)
{
	size_t n = strnlen(group, sizeof(lacked.group) - 1);
	int64_t now = lw_now_ms();

	if (e != LW_NOFRONT && now - began < left_ms) {
		left_ms -= (int)(now - began);
		return;
	}
	left_ms = 0;
	out_since = now;
	lacked.uid = uid;
	memcpy(lacked.group, group, n);
	lacked.group[n] = '\0';
}

/*
 * sudo judges rules under the effective uid of whom the command is to run as,
 * and the front hears root alone. Who cannot become that again must not go on
 * as root.
 */
static enum lw_err call_as_root(const uint8_t *msg, size_t n,
				const struct lw_budget *b,
				struct lw_reply *reply)
{
	const uid_t same = (uid_t)-1, was = geteuid();
	bool changed = was != 0 && setresuid(same, 0, same) == 0;
	enum lw_err e = lw_call_within(LW_PRIV_SOCKET, msg, n, b, reply);

	if (changed && setresuid(same, was, same) < 0)
		abort();
	return e;
}

static int at_most(int ms, int max)
{
	return ms < max ? ms : max;
}

static enum lw_err ask(const struct lw_member *m, struct lw_reply *reply)
{
	const struct lw_budget b = {
		.answer_ms = left_ms,
		.read_ms = at_most(left_ms, LW_SUDO_READ_MS),
		.refused_ms = LW_SUDO_START_MS,
		.full_ms = at_most(left_ms, LW_SUDO_READ_MS),
	};
	uint8_t msg[LW_HEAD_SIZE + LW_REQUEST_MAX];
	struct lw_wr w;
	enum lw_err e;

	lw_wr_init(&w, msg, sizeof(msg));
	lw_msg_begin(&w, LW_OP_MEMBER, 0);
	lw_member_encode(&w, m);
	e = lw_msg_end(&w, msg);
	if (e != LW_OK)
		return LW_RANGE;
	e = call_as_root(msg, (size_t)(w.p - msg), &b, reply);
	/* Without a status it is not the front that says so. */
	return e == LW_OFFLINE && !reply->body.p ? LW_NOFRONT : e;
}

enum lw_err lw_ask_member(uint32_t uid, const char *user, const char *group,
			  bool *ret_yes)
{
	const struct lw_member m = { .what_for = LW_MEMBER_DECIDES,
				     .uid = uid,
				     .user = lw_str(user),
				     .group = lw_str(group) };
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	int64_t began = lw_now_ms();
	struct lw_member_answer a;
	enum lw_err e;

	if (out_of_time(began, uid, group))
		return LW_PENDING;
	e = ask(&m, &reply);
	if (e == LW_OK)
		e = lw_member_answer_decode(&reply.body, &a);
	if (e != LW_OK) {
		spend(e, began, uid, group);
		return e;
	}
	*ret_yes = a.yes;
	return LW_OK;
}
