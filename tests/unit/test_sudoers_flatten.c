/* The stream that cvtsudoers is given: each line behind its mark. */
#include "unit.h"

#include "sudoers_flatten.h"
#include "sudoers_line.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/lightwave-test.XXXXXX";

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(dir) || chdir(dir) < 0)
		return -1;
	return mkdir("d", 0755);
}

static void empty(const char *path)
{
	struct dirent *ent;
	DIR *d = opendir(path);
	char name[512];

	assert_non_null(d);
	while ((ent = readdir(d))) {
		snprintf(name, sizeof(name), "%s/%s", path, ent->d_name);
		unlink(name);
	}
	closedir(d);
}

static int clean(void **state)
{
	(void)state;
	empty("d");
	empty(".");
	return 0;
}

static int teardown(void **state)
{
	clean(state);
	return rmdir("d") < 0 || chdir("/") < 0 ? -1 : rmdir(dir);
}

static void file(const char *path, const char *text)
{
	unit_write(path, text, strlen(text));
	assert_int_equal(chmod(path, 0440), 0);
}

static struct lw_flat *flat(void)
{
	struct lw_flat *f = NULL;

	assert_int_equal(
		lw_flat_read("./sudoers", geteuid(), "web.example", &f), LW_OK);
	return f;
}

/* What stands in the stream, without the marks: "file:line text|" each. */
static void stream_is(const char *want)
{
	struct lw_flat *f = flat();
	char got[4096] = "", *save, *line;
	unsigned int no, at;
	size_t n = 0;

	f->out[f->out_n] = '\0';
	for (line = strtok_r(f->out, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (sscanf(line, "\"lw:mark\" ALL = /lw-mark/%u/%u", &no,
			   &at) == 2) {
			assert_true(no < f->files);
			n += (size_t)snprintf(got + n, sizeof(got) - n,
					      "%s:%u ", f->file[no].path, at);
		} else {
			n += (size_t)snprintf(got + n, sizeof(got) - n, "%s|",
					      line);
		}
	}
	assert_string_equal(got, want);
	lw_flat_free(f);
}

static void a_line_is_what_sudo_takes_for_one(void **state)
{
	(void)state;
	file("sudoers", "a ALL=ALL\n"
			"# a comment \\\n"
			"b ALL=ALL # another \\\n"
			"c ALL=\\  \n"
			"  ALL\r\n"
			"#1001 ALL=ALL\n"
			"\n \t\n"
			"d ALL=/bin/x \\# y \\\n"
			", /bin/z\n"
			"\"e # \\\" \\\n"
			"\" ALL=ALL\n"
			"f ALL=ALL");
	stream_is("./sudoers:1 a ALL=ALL|./sudoers:3 b ALL=ALL # another \\|"
		  "./sudoers:4 c ALL=\\  |  ALL\r|./sudoers:6 #1001 ALL=ALL|"
		  "./sudoers:9 d ALL=/bin/x \\# y \\|, /bin/z|"
		  "./sudoers:11 \"e # \\\" \\|\" ALL=ALL|"
		  "./sudoers:13 f ALL=ALL|");
}

static void includes_stand_where_they_are_named(void **state)
{
	(void)state;
	file("sudoers", "a\n@include d/one\n  @include \"d/t wo\" # x\n"
			"#include d/t\\ wo\n#include d/%h\n"
			"@includedir d\nz\n");
	file("d/one", "1\n@include web\n");
	file("d/t wo", "2");
	file("d/web", "w\n");
	file("d/ignored.rpmnew", "x\n");
	file("d/ignored~", "x\n");
	stream_is("./sudoers:1 a|./d/one:1 1|./d/web:1 w|./d/t wo:1 2|"
		  "./d/t wo:1 2|./d/web:1 w|"
		  "./d/one:1 1|./d/web:1 w|./d/t wo:1 2|./d/web:1 w|"
		  "./sudoers:7 z|");
}

static void a_line_may_end_in_another_file(void **state)
{
	(void)state;
	file("sudoers", "@include d/one\nb ALL=ALL\nc ALL=ALL\n");
	file("d/one", "a, \\\n");
	stream_is("./d/one:1 a, \\|b ALL=ALL|./sudoers:3 c ALL=ALL|");
}

static void what_looks_like_an_include_is_none(void **state)
{
	(void)state;
	file("sudoers", " #include d/one\n#includes d/one\n#include\n"
			"# include d/one\na @include d/one\n");
	file("d/one", "1\n");
	stream_is("./sudoers:5 a @include d/one|");
}

static void notes_are(const char *want)
{
	struct lw_flat *f = flat();
	char got[4096] = "";
	size_t n = 0;

	for (size_t i = 0; i < f->notes; i++)
		n += (size_t)snprintf(got + n, sizeof(got) - n, "%d %s:%u|",
				      (int)f->note[i].why, f->note[i].path,
				      f->note[i].line);
	assert_string_equal(got, want);
	lw_flat_free(f);
}

static void what_sudo_would_not_read_is_noted(void **state)
{
	char want[256];

	(void)state;
	file("sudoers", "@include gone\n\n@include d/open\n@includedir d\n"
			"@includedir nowhere\n@include \"\"\n");
	file("d/open", "1\n");
	file("d/a.b", "1\n");
	assert_int_equal(chmod("d/open", 0446), 0);
	snprintf(want, sizeof(want),
		 "%d ./gone:1|%d ./d/open:3|%d ./d/a.b:4|%d ./d/open:4|"
		 "%d :6|",
		 LW_FLAT_MISSING, LW_FLAT_MODE, LW_FLAT_NAME, LW_FLAT_MODE,
		 LW_FLAT_EMPTY);
	notes_are(want);
	stream_is("");
}

static void a_circle_ends(void **state)
{
	struct lw_flat *f;

	(void)state;
	file("sudoers", "a\n@include sudoers\n");
	f = flat();
	assert_int_equal(f->lines, LW_FLAT_DEPTH);
	assert_int_equal(f->notes, 1);
	assert_int_equal(f->note[0].why, LW_FLAT_DEEP);
	lw_flat_free(f);
}

static void a_circle_that_doubles_ends_as_well(void **state)
{
	struct lw_flat *f = NULL;

	(void)state;
	file("sudoers", "@include sudoers\n@include sudoers\n");
	assert_int_equal(lw_flat_read("./sudoers", geteuid(), "web", &f),
			 LW_RANGE);
	assert_null(f);
}

static void too_much_is_refused(void **state)
{
	struct lw_flat *f = NULL;
	char *text = malloc(LW_FLAT_BYTES + 1);

	(void)state;
	assert_non_null(text);
	memset(text, '#', LW_FLAT_BYTES + 1);
	unit_write("sudoers", text, LW_FLAT_BYTES + 1);
	assert_int_equal(lw_flat_read("./sudoers", geteuid(), "web", &f),
			 LW_RANGE);
	for (size_t i = 0; i <= LW_FLAT_LINES; i++)
		memcpy(text + i * 2, "a\n", 2);
	unit_write("sudoers", text, (LW_FLAT_LINES + 1) * 2);
	assert_int_equal(lw_flat_read("./sudoers", geteuid(), "web", &f),
			 LW_RANGE);
	unit_write("sudoers", text, LW_FLAT_LINES * 2);
	f = flat();
	assert_int_equal(f->lines, LW_FLAT_LINES);
	lw_flat_free(f);
	free(text);
}

static void a_policy_that_is_not_there_is_an_error(void **state)
{
	struct lw_flat *f = NULL;

	(void)state;
	assert_int_equal(lw_flat_read("./sudoers", geteuid(), "web", &f),
			 LW_OFFLINE);
	assert_int_equal(lw_flat_read("./d", geteuid(), "web", &f), LW_OFFLINE);
	assert_null(f);
}

/* sudo cuts a line at a NUL; the rest of it is no rule. */
static void a_nul_ends_a_line(void **state)
{
	(void)state;
	unit_write("sudoers", "a\0b \\\nc\n", 8);
	stream_is("./sudoers:1 a|./sudoers:2 c|");
	unit_write("sudoers", "a \\\0b\nc\0d\ne\n", 12);
	stream_is("./sudoers:1 a \\|c|./sudoers:3 e|");
}

/* Any bytes: each is in one line, and the ends are where lines end. */
static void lines_cover_every_byte_of_anything(void **state)
{
	static const char bytes[] = "\\\n\r #\"!a1-@:\t%";
	uint32_t seed = 2463534242;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t n = unit_random(&seed) % 24, at = 0;
		char *p = malloc(n ? n : 1), *path;
		uint32_t total = 0, lines, newlines = 0;
		enum lw_sudoers_kind kind;

		assert_non_null(p);
		for (size_t i = 0; i < n; i++) {
			p[i] = bytes[unit_random(&seed) % (sizeof(bytes) - 1)];
			newlines += p[i] == '\n';
		}
		while (at < n) {
			struct lw_str l = { p + at, n - at };

			l.n = lw_sudoers_line(l, &lines);
			assert_true(l.n > 0 && l.n <= n - at);
			path = NULL;
			lw_sudoers_kind(l, &kind, &path);
			free(path);
			at += l.n;
			total += lines;
			assert_true(at == n || p[at - 1] == '\n');
		}
		assert_true(total == newlines ||
			    (total == newlines + 1 && p[n - 1] != '\n'));
		free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_line_is_what_sudo_takes_for_one,
					  clean),
		cmocka_unit_test_teardown(includes_stand_where_they_are_named,
					  clean),
		cmocka_unit_test_teardown(a_line_may_end_in_another_file,
					  clean),
		cmocka_unit_test_teardown(what_looks_like_an_include_is_none,
					  clean),
		cmocka_unit_test_teardown(what_sudo_would_not_read_is_noted,
					  clean),
		cmocka_unit_test_teardown(a_circle_ends, clean),
		cmocka_unit_test_teardown(a_circle_that_doubles_ends_as_well,
					  clean),
		cmocka_unit_test_teardown(too_much_is_refused, clean),
		cmocka_unit_test_teardown(
			a_policy_that_is_not_there_is_an_error, clean),
		cmocka_unit_test_teardown(a_nul_ends_a_line, clean),
		cmocka_unit_test(lines_cover_every_byte_of_anything),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
