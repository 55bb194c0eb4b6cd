/* test_log.c - whatever a name holds, one call is one line and one write. */
#include "unit.h"

#include "log.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Standard error, while a test reads it: one write is one packet. */
static int ends[2], saved_stderr;

static int setup(void **state)
{
	(void)state;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
		       0, ends) < 0)
		return -1;
	saved_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	unsetenv("JOURNAL_STREAM");
	return saved_stderr < 0 ? -1 : 0;
}

static int teardown(void **state)
{
	(void)state;
	close(ends[0]);
	close(ends[1]);
	close(saved_stderr);
	return 0;
}

static char line[8192];

/* What one lw_log() wrote, in line; how many writes that took. */
static int logged(int prio, const char *text)
{
	int writes = 0;
	ssize_t n;

	line[0] = '\0';
	dup2(ends[0], STDERR_FILENO);
	lw_log(prio, "%s", text);
	dup2(saved_stderr, STDERR_FILENO);
	while ((n = recv(ends[1], line, sizeof(line) - 1, 0)) > 0) {
		line[n] = '\0';
		writes++;
	}
	return writes;
}

/* The line without what stands before it. */
static const char *body(void)
{
	const char *colon = strstr(line, "]: ");

	assert_non_null(colon);
	return colon + 3;
}

static void a_line_says_who_speaks(void **state)
{
	char want[64];

	(void)state;
	lw_log_init("lightwaved", false);
	assert_int_equal(logged(LOG_INFO, "hello"), 1);
	snprintf(want, sizeof(want), "lightwaved[%d]: hello\n", (int)getpid());
	assert_string_equal(line, want);
}

static void the_journal_is_told_the_priority(void **state)
{
	static const struct {
		int prio;
		const char *want;
	} t[] = {
		{ LOG_ERR, "<3>hello\n" },    { LOG_WARNING, "<4>hello\n" },
		{ LOG_NOTICE, "<5>hello\n" }, { LOG_INFO, "<6>hello\n" },
		{ LOG_DEBUG, "<7>hello\n" },
	};

	(void)state;
	setenv("JOURNAL_STREAM", "8:12345", 1);
	lw_log_init("lightwaved", true);
	unsetenv("JOURNAL_STREAM");
	for (size_t i = 0; i < COUNT(t); i++) {
		assert_int_equal(logged(t[i].prio, "hello"), 1);
		assert_string_equal(line, t[i].want);
	}
	lw_log_init("lightwaved", false);
}

static void a_variable_alone_is_no_journal(void **state)
{
	struct stat st;
	char is[64];

	(void)state;
	assert_int_equal(fstat(STDERR_FILENO, &st), 0);
	assert_false(lw_log_is_journal());
	setenv("JOURNAL_STREAM", "8:12345", 1);
	assert_false(lw_log_is_journal());
	setenv("JOURNAL_STREAM", "", 1);
	assert_false(lw_log_is_journal());
	snprintf(is, sizeof(is), "%llu:%llu", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", is, 1);
	assert_true(lw_log_is_journal());
	unsetenv("JOURNAL_STREAM");
}

static void debug_lines_come_only_when_asked_for(void **state)
{
	(void)state;
	lw_log_init("lightwaved", false);
	assert_int_equal(logged(LOG_DEBUG, "hello"), 0);
	lw_log_init("lightwaved", true);
	assert_int_equal(logged(LOG_DEBUG, "hello"), 1);
	lw_log_init("lightwaved", false);
}

static void control_characters_come_out_escaped(void **state)
{
	static const struct {
		const char *text, *want;
	} t[] = {
		{ "a\nb", "a\\x0Ab\n" },
		{ "a\r\n<0>forged", "a\\x0D\\x0A<0>forged\n" },
		{ "\x1B[2J\x07", "\\x1B[2J\\x07\n" },
		{ "\x01\x1F\x7F\t", "\\x01\\x1F\\x7F\\x09\n" },
		{ "j\xC3\xBCrgen %s %n", "j\xC3\xBCrgen %s %n\n" },
		/* the same as ESC [, in one character */
		{ "a\xC2\x9B"
		  "2Jb",
		  "a\\xC2\\x9B2Jb\n" },
		{ "a\xC2\xA9", "a\xC2\xA9\n" },
		/* bytes that a terminal may take for something else */
		{ "a\x9B\xFF\xC3", "a\\x9B\\xFF\\xC3\n" },
		{ "", "\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		assert_int_equal(logged(LOG_ERR, t[i].text), 1);
		assert_string_equal(body(), t[i].want);
	}
}

static void a_line_however_long_is_one_write_with_one_end(void **state)
{
	static const char fills[] = { 'x', '\n', '\x7F', '\xFF' };
	static const size_t sizes[] = { 1000, 1022, 1023, 1024, 2000, 100000 };

	(void)state;
	for (size_t i = 0; i < COUNT(fills); i++) {
		for (size_t k = 0; k < COUNT(sizes); k++) {
			char *text = malloc(sizes[k] + 1);
			size_t n;

			assert_non_null(text);
			memset(text, fills[i], sizes[k]);
			text[sizes[k]] = '\0';
			assert_int_equal(logged(LOG_ERR, text), 1);
			free(text);
			n = strlen(line);
			assert_true(n > 1000 && n < 4000);
			assert_ptr_equal(strchr(line, '\n'), line + n - 1);
		}
	}
}

static void nobody_there_to_read_is_survived(void **state)
{
	(void)state;
	close(STDERR_FILENO);
	lw_log(LOG_ERR, "into the void");
	assert_int_equal(dup2(saved_stderr, STDERR_FILENO), STDERR_FILENO);
	assert_int_equal(logged(LOG_ERR, "back"), 1);
}

/* Whoever reads the log may be stopped, or his disk full. */
static void nobody_waits_for_who_does_not_read(void **state)
{
	char *all = malloc(1024 * 1024);
	size_t n = 0;
	ssize_t r;
	int p[2];

	(void)state;
	assert_non_null(all);
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	dup2(p[1], STDERR_FILENO);
	alarm(60); /* it would be for ever */
	for (int i = 0; i < 5000; i++)
		lw_log(LOG_INFO, "line %d of many, and nobody reads it", i);
	alarm(0);
	assert_int_equal(fcntl(p[0], F_SETFL, O_NONBLOCK), 0);
	while ((r = read(p[0], all + n, 1024 * 1024 - n - 1)) > 0)
		n += (size_t)r;
	lw_log(LOG_INFO, "read again");
	r = read(p[0], line, sizeof(line) - 1);
	dup2(saved_stderr, STDERR_FILENO);
	all[n] = line[r > 0 ? r : 0] = '\0';
	assert_non_null(strstr(all, ": line 0 of many"));
	assert_null(strstr(all, ": line 4999 of many"));
	assert_int_equal(all[n - 1], '\n');
	assert_non_null(strstr(line, "are lost: nobody read the log\n"));
	assert_non_null(strstr(line, ": read again\n"));
	/* And it is said once. */
	assert_int_equal(logged(LOG_INFO, "hello"), 1);
	close(p[0]);
	close(p[1]);
	free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_says_who_speaks),
		cmocka_unit_test(the_journal_is_told_the_priority),
		cmocka_unit_test(a_variable_alone_is_no_journal),
		cmocka_unit_test(debug_lines_come_only_when_asked_for),
		cmocka_unit_test(control_characters_come_out_escaped),
		cmocka_unit_test(a_line_however_long_is_one_write_with_one_end),
		cmocka_unit_test(nobody_there_to_read_is_survived),
		cmocka_unit_test(nobody_waits_for_who_does_not_read),
	};

	return cmocka_run_group_tests_name("log", tests, setup, teardown);
}
