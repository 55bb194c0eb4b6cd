/* conversation_check.c - does it hold, what a script says? For its tests. */
#include "conversation.h"

#include "check.h"
#include "cleanup.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void add(char *to, size_t size, const char *a, const char *b,
		const char *c)
{
	size_t n = strlen(to);

	assert_true(n + strlen(a) + strlen(b) + strlen(c) < size);
	snprintf(to + n, size - n, "%s%s%s", a, b, c);
}

static void same(const struct play *p, const struct line *l, const char *what,
		 const char *want, const char *got)
{
	if (strcmp(want, got) != 0)
		script_fail(&p->s, l, "%s\n--- should be\n%s--- but is\n%s---",
			    what, want, got);
}

/* The lines logged since the call, without what libpam puts before them. */
static void logged(const struct play *p, char *ret, size_t size)
{
	const char *line = rig_log() + p->log_from;

	ret[0] = '\0';
	while (*line) {
		const char *end = strchr(line, '\n');
		const char *text = strstr(line, "): ");
		char one[2048];

		assert_non_null(end);
		if (text && text < end)
			line = text + 3;
		snprintf(one, sizeof(one), "%.*s", (int)(end - line), line);
		add(ret, size, one, "\n", "");
		line = end + 1;
	}
}

static void asked(const struct play *p, char *ret, size_t size)
{
	const struct front_log *log = p->rig.front.log;

	assert_true(log->count <= FRONT_LOG);
	ret[0] = '\0';
	for (unsigned int i = p->asked_from; i < log->count; i++)
		add(ret, size, script_op_name(log->q[i].op), "\n", "");
	if (!*ret)
		add(ret, size, "nobody\n", "", "");
}

static void add_log(char *log, size_t size, const char *text)
{
	lw_cleanup(lw_free) char *line = conversation_expand(text);

	add(log, size, line, "\n", "");
}

static bool is_talk(const struct line *l)
{
	return word_is(l->w, "prompt") || word_is(l->w, "echo") ||
	       word_is(l->w, "info") || word_is(l->w, "error");
}

/* A password must be nowhere; what is shown with echo is none. */
static void no_secret(const struct play *p, size_t first, size_t end)
{
	bool echo = false;

	for (size_t i = first; i < end; i++) {
		const struct line *l = &p->s.line[i];

		if (is_talk(l))
			echo = word_is(l->w, "echo");
		if (!word_is(l->w, "type") || echo || l->w[1].n < 4)
			continue;
		if (strstr(rig_log(), l->w[1].s) ||
		    strstr(p->rig.heard, l->w[1].s))
			script_fail(&p->s, l, "the password is seen");
	}
}

void conversation_compare(struct play *p, size_t first, size_t end)
{
	const struct line *call = &p->s.line[first - 1];
	char heard[4096] = "", log[8192] = "", ops[1024] = "", got[8192];
	bool delay = false;

	for (size_t i = first; i < end; i++) {
		const struct line *l = &p->s.line[i];

		if (is_talk(l) && l->n == 2)
			add(heard, sizeof(heard), l->w[0].s, " ", l->w[1].s),
				add(heard, sizeof(heard), "\n", "", "");
		else if (word_is(l->w, "log") && l->n == 2)
			add_log(log, sizeof(log), l->w[1].s);
		else if (word_is(l->w, "delay"))
			delay = true;
		for (size_t j = 1; word_is(l->w, "asked") && j < l->n; j++)
			add(ops, sizeof(ops), l->w[j].s, "\n", "");
	}
	same(p, call, "what the user sees", heard, p->rig.heard);
	logged(p, got, sizeof(got));
	same(p, call, "the log", log, got);
	asked(p, got, sizeof(got));
	same(p, call, "what the front is asked", ops, got);
	/* libpam varies it by a quarter in either direction, or by a half. */
	if (delay ? p->rig.delay < 1000000 || p->rig.delay > 3000000
		  : p->rig.delay != 0)
		script_fail(&p->s, call, "a delay of %u us", p->rig.delay);
	no_secret(p, first, end);
}

static const struct front_question *question(const struct play *p,
					     const struct line *l,
					     enum lw_op op)
{
	const struct front_log *log = p->rig.front.log;

	for (unsigned int i = p->asked_from; i < log->count; i++) {
		if (log->q[i].op == op)
			return &log->q[i];
	}
	script_fail(&p->s, l, "that was not asked");
}

static void check_told(const struct play *p, const struct line *l)
{
	const struct front_question *q;

	if (l->n < 4 || l->n % 2)
		script_fail(&p->s, l, "told OP FIELD TEXT...");
	q = question(p, l, script_op(l->w[1].s));
	for (size_t i = 2; i < l->n; i += 2) {
		const struct {
			const char *name, *value;
		} fields[] = {
			{ "user", q->name },	    { "password", q->password },
			{ "service", q->service },  { "rhost", q->rhost },
			{ "new", q->new_password },
		};
		size_t f = 0;

		while (f < COUNT(fields) && !word_is(&l->w[i], fields[f].name))
			f++;
		if (f == COUNT(fields))
			script_fail(&p->s, l, "no such field: %s", l->w[i].s);
		if (strcmp(fields[f].value, l->w[i + 1].s) != 0)
			script_fail(&p->s, l, "%s is %s", fields[f].name,
				    fields[f].value);
	}
}

static void check_file(const struct play *p, const struct line *l,
		       const char *path, const struct word *want)
{
	lw_cleanup(lw_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	char got[4096];
	ssize_t n = fd < 0 ? -1 : read(fd, got, sizeof(got));

	if (n < 0 || (size_t)n != want->n || memcmp(got, want->s, want->n) != 0)
		script_fail(&p->s, l, "%s holds something else", path);
}

static void check_ccache(struct play *p, const struct line *l)
{
	const char *name = pam_getenv(p->rig.pamh, "KRB5CCNAME");
	char text[256];
	struct stat st;

	if (l->n == 2 && word_is(&l->w[1], "none")) {
		if (name)
			script_fail(&p->s, l, "KRB5CCNAME is %s", name);
		return;
	}
	if (l->n != 3 || !name || strncmp(name, "FILE:", 5) != 0)
		script_fail(&p->s, l, "KRB5CCNAME is %s", name ? name : "not");
	name += 5;
	if (word_is(&l->w[1], "same") && strcmp(name, p->ccache) != 0)
		script_fail(&p->s, l, "%s is another one", name);
	if (lstat(name, &st) < 0 || st.st_mode != (S_IFREG | 0600) ||
	    st.st_uid != script_uid() || st.st_gid != script_gid())
		script_fail(&p->s, l, "%s is not his own", name);
	snprintf(text, sizeof(text), SCRIPT_CCACHE "%s", l->w[2].s);
	check_file(p, l, name, &(struct word) { text, strlen(text), true });
	snprintf(p->ccache, sizeof(p->ccache), "%s", name);
}

static long caches(void)
{
	DIR *d = opendir(".");
	struct dirent *e;
	long n = 0;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		n += !strncmp(e->d_name, "krb5cc_", 7);
	closedir(d);
	return n;
}

static void check_env(const struct play *p, const struct line *l)
{
	lw_cleanup(lw_free) char *want = conversation_expand(l->w[2].s);
	const char *got = pam_getenv(p->rig.pamh, l->w[1].s);

	if (!got || strcmp(got, want) != 0)
		script_fail(&p->s, l, "it is %s", got ? got : "not there");
}

bool conversation_check(struct play *p, const struct line *l)
{
	static const char *const compared[] = {
		"prompt", "echo",    "info",   "error", "type", "later",
		"hangup", "becomes", "result", "asked", "log",	"delay",
	};

	for (size_t i = 0; i < COUNT(compared); i++) {
		if (word_is(l->w, compared[i]))
			return true;
	}
	if (word_is(l->w, "told"))
		check_told(p, l);
	else if (word_is(l->w, "ccache"))
		check_ccache(p, l);
	else if (word_is(l->w, "ccaches") && l->n == 2)
		assert_int_equal(caches(), strtol(l->w[1].s, NULL, 10));
	else if (word_is(l->w, "env") && l->n == 3)
		check_env(p, l);
	else if (word_is(l->w, "file") && l->n == 3)
		check_file(p, l, l->w[1].s, &l->w[2]);
	else if (word_is(l->w, "within") && l->n == 2)
		assert_in_range(p->took_ms, 0, strtol(l->w[1].s, NULL, 10));
	else
		return false;
	return true;
}

static void check_environment(const struct play *p)
{
	char **env = pam_getenvlist(p->rig.pamh);

	assert_non_null(env);
	for (char **e = env; *e; e++) {
		size_t n = strcspn(*e, "=");

		if (strncmp(*e, "KRB5CCNAME=", 11) != 0 &&
		    (strlen(p->set) != n || strncmp(*e, p->set, n) != 0))
			script_fail(&p->s, NULL, "a variable is left: %s", *e);
		free(*e);
	}
	free(env);
}

void conversation_end(struct play *p)
{
	const struct front_log *log = p->rig.front.log;
	const void *user = NULL;

	for (unsigned int i = 0; i < log->count; i++) {
		const struct front_question *q = &log->q[i];
		bool may = q->op == LW_OP_AUTH || q->op == LW_OP_VERIFY ||
			   q->op == LW_OP_PASSWORD;

		if (!q->priv)
			script_fail(&p->s, NULL, "not asked as root");
		if (*q->password && !may)
			script_fail(&p->s, NULL, "whose business was that?");
	}
	check_environment(p);
	pam_get_item(p->rig.pamh, PAM_USER, &user);
	if (p->user && !p->set_user && strcmp(p->user, user ? user : "") != 0)
		script_fail(&p->s, NULL, "PAM_USER was changed");
}
