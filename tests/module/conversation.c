/* conversation.c - play one script. For its tests. */
#include "conversation.h"

#include "check.h"
#include "cleanup.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static void join(char *to, size_t size, const char *glue, const char *s)
{
	size_t n = strlen(to);

	assert_true(n + strlen(glue) + strlen(s) < size);
	snprintf(to + n, size - n, "%s%s", n ? glue : "", s);
}

/* Every one of that in text becomes value; text is freed. */
static char *fill_in(char *text, const char *what, const char *value)
{
	char *at;

	while ((at = strstr(text, what)) != NULL) {
		char *ret = NULL;

		if (asprintf(&ret, "%.*s%s%s", (int)(at - text), text, value,
			     at + strlen(what)) < 0)
			ret = NULL;
		assert_non_null(ret);
		free(text);
		text = ret;
	}
	return text;
}

char *conversation_expand(const char *text)
{
	lw_cleanup(lw_free) char *dir = realpath(".", NULL);
	char *ret = strdup(text);
	char me[16], other[16], his[16];

	assert_non_null(dir);
	assert_non_null(ret);
	snprintf(me, sizeof(me), "%u", getuid());
	snprintf(other, sizeof(other), "%u", getuid() + 1);
	snprintf(his, sizeof(his), "%u", script_uid());
	ret = fill_in(ret, "@DIR@", dir);
	ret = fill_in(ret, "@ME@", me);
	ret = fill_in(ret, "@OTHER@", other);
	return fill_in(ret, "@HIS@", his);
}

static void stack_line(struct play *p, const char *text)
{
	const char *at = strstr(text, "@MODULE@");
	char line[512];

	if (at)
		snprintf(line, sizeof(line), "%.*s" PAM_MODULE "%s",
			 (int)(at - text), text, at + 8);
	else
		snprintf(line, sizeof(line), "%s", text);
	join(p->options, sizeof(p->options) - 1, "", line);
	strcat(p->options, "\n");
}

/* Who it is about; false: the line is not about that. */
static bool set_up(struct play *p, const struct line *l)
{
	const struct word *w = l->w;

	if (word_is(w, "front")) {
		script_front_add(&p->front, &p->s, l);
	} else if (word_is(w, "options") && l->n > 1) {
		for (size_t i = 1; i < l->n; i++)
			join(p->options, sizeof(p->options), " ", w[i].s);
	} else if (word_is(w, "service") && l->n == 2) {
		p->service = w[1].s;
	} else if (word_is(w, "user") && l->n == 2) {
		p->user = word_is(&w[1], "none") ? NULL : w[1].s;
	} else if (word_is(w, "stack") && l->n == 2) {
		stack_line(p, w[1].s);
	} else {
		return false;
	}
	return true;
}

static void write_file(const struct word *w, bool his)
{
	int fd = open(w[2].s, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, w[3].s, w[3].n), w[3].n);
	if (his)
		assert_int_equal(fchown(fd, script_uid(), script_gid()), 0);
	close(fd);
}

static void put_variable(struct play *p, const char *text)
{
	lw_cleanup(lw_free) char *value = conversation_expand(text);

	snprintf(p->set, sizeof(p->set), "%.*s", (int)strcspn(value, "="),
		 value);
	assert_int_equal(pam_putenv(p->rig.pamh, value), PAM_SUCCESS);
}

/* What others do between calls. */
static void meanwhile(struct play *p, const struct line *l)
{
	const struct word *w = l->w;
	const char *what = l->n > 2 ? w[1].s : "";

	if (!strcmp(what, "front") && word_is(&w[2], "dies")) {
		front_stop(&p->rig.front);
	} else if (!strcmp(what, "front") && word_is(&w[2], "hangs")) {
		front_freeze(&p->rig.front);
	} else if (!strcmp(what, "user")) {
		assert_int_equal(pam_set_item(p->rig.pamh, PAM_USER, w[2].s),
				 PAM_SUCCESS);
		p->user = w[2].s;
	} else if (!strcmp(what, "env")) {
		put_variable(p, w[2].s);
	} else if (!strcmp(what, "mkdir")) {
		assert_int_equal(mkdir(w[2].s, 0700), 0);
	} else if (!strcmp(what, "remove")) {
		assert_int_equal(
			unlink(word_is(&w[2], "ccache") ? p->ccache : w[2].s),
			0);
	} else if (!strcmp(what, "link") && l->n == 4) {
		assert_int_equal(symlink(w[3].s, w[2].s), 0);
	} else if (!strcmp(what, "file") && l->n >= 4) {
		write_file(w, l->n == 5 && word_is(&w[4], "his"));
	} else {
		script_fail(&p->s, l, "then what?");
	}
}

/* What the user will answer, and who he is by then. */
static void prepare(struct play *p, size_t first, size_t end)
{
	struct rig *r = &p->rig;
	size_t n = 0;

	memset(r->answers, 0, sizeof(r->answers));
	r->prompts = r->delay = 0;
	r->shown[0] = r->heard[0] = '\0';
	r->becomes = NULL;
	for (size_t i = first; i < end; i++) {
		const struct line *l = &p->s.line[i];

		assert_true(n + 1 < COUNT(r->answers));
		if (word_is(l->w, "type") && l->n == 2)
			r->answers[n++] = l->w[1].s;
		else if (word_is(l->w, "later"))
			r->answers[n++] = rig_later;
		else if (word_is(l->w, "hangup"))
			r->answers[n++] = NULL;
		if (!word_is(l->w, "becomes") || l->n != 2)
			continue;
		r->becomes = l->w[1].s;
		r->becomes_at = n > 0 ? (unsigned int)n - 1 : 0;
	}
	p->set_user = p->set_user || r->becomes;
	p->log_from = strlen(rig_log());
	p->asked_from = r->front.log->count;
}

static int call(const struct play *p, const struct line *l)
{
	static const struct {
		const char *name;
		int (*f)(pam_handle_t *pamh, int flags);
	} phases[] = {
		{ "authenticate", pam_authenticate },
		{ "setcred", pam_setcred },
		{ "acct_mgmt", pam_acct_mgmt },
		{ "open_session", pam_open_session },
		{ "close_session", pam_close_session },
		{ "chauthtok", pam_chauthtok },
	};
	unsigned int flags = 0;

	for (size_t i = 2; i < l->n; i++)
		flags |= conversation_flag(p, l, &l->w[i]);
	for (size_t i = 0; l->n > 1 && i < COUNT(phases); i++) {
		if (word_is(&l->w[1], phases[i].name))
			return phases[i].f(p->rig.pamh, (int)flags);
	}
	script_fail(&p->s, l, "call what?");
}

/* Where the lines about this call end. */
static size_t end_of_call(const struct play *p, size_t i)
{
	for (i++; i < p->s.count; i++) {
		if (word_is(p->s.line[i].w, "call") ||
		    word_is(p->s.line[i].w, "then"))
			break;
	}
	return i;
}

static size_t play_call(struct play *p, size_t i)
{
	const struct line *l = &p->s.line[i];
	size_t end = end_of_call(p, i), results = 0;
	int64_t begin;
	int code;

	prepare(p, i + 1, end);
	begin = front_now_ms();
	code = call(p, l);
	p->took_ms = front_now_ms() - begin;
	p->calls++;
	for (size_t j = i + 1; j < end; j++) {
		const struct line *e = &p->s.line[j];

		if (!word_is(e->w, "result") || e->n != 2)
			continue;
		results++;
		if (code != conversation_code(p, e, &e->w[1]))
			script_fail(&p->s, e, "%s came back",
				    conversation_code_name(code));
	}
	if (results != 1)
		script_fail(&p->s, l, "one result, please");
	conversation_compare(p, i + 1, end);
	for (size_t j = i + 1; j < end; j++) {
		if (!conversation_check(p, &p->s.line[j]))
			script_fail(&p->s, &p->s.line[j], "no such word: %s",
				    p->s.line[j].w[0].s);
	}
	return end;
}

void conversation_play(const char *path)
{
	struct play p = { .service = "sshd", .user = RIG_USER };
	size_t i = 0;

	script_read(&p.s, path);
	while (i < p.s.count && set_up(&p, &p.s.line[i]))
		i++;
	rig_open(&p.rig, p.service, p.user, p.options, p.front.reply,
		 p.front.n);
	while (i < p.s.count) {
		const struct line *l = &p.s.line[i];

		if (word_is(l->w, "call")) {
			i = play_call(&p, i);
		} else if (word_is(l->w, "then")) {
			meanwhile(&p, l);
			i++;
		} else {
			script_fail(&p.s, l, "no such word: %s", l->w[0].s);
		}
	}
	if (p.calls == 0)
		script_fail(&p.s, NULL, "nothing is called");
	conversation_end(&p);
	rig_close(&p.rig);
	script_done(&p.s);
}
