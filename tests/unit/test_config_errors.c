/* test_config_errors.c - every error is said, with file and line. */
#include "config_file.h"

#include <errno.h>

/* What comes after BASE; line counts from its own first line. */
#define WRONG(line, text, words)                                               \
	{                                                                      \
		text, sizeof(text) - 1, line, words                            \
	}
static const struct {
	const char *text;
	size_t n;
	int line;
	const char *words;
} wrong[] = {
	/* sections and keys */
	WRONG(1, "[acess]\n", "unknown section [acess]"),
	WRONG(1, "[acess]\nallow = *\n", "unknown section [acess]"),
	WRONG(1, "[]\n", "unknown section []"),
	WRONG(1, "[ access ]\n", "unknown section [ access ]"),
	WRONG(1, "[Access]\n", "unknown section [Access]"),
	WRONG(1, "[access\n", "a section is [name]"),
	WRONG(1, "[access] deny = mallory\n", "nothing may follow [access]"),
	WRONG(1, "[access]]\n", "nothing may follow [access]"),
	WRONG(2, "[access]\nalow = *\n", "unknown key 'alow' in [access]"),
	WRONG(2, "[access]\nAllow = *\n", "unknown key 'Allow' in [access]"),
	WRONG(2, "[access]\nname = x.y\n", "unknown key 'name' in [access]"),
	WRONG(2, "[access]\n= x\n", "unknown key '' in [access]"),
	WRONG(2, "[domain]\nname = other.test\n", "'name' is given twice"),
	WRONG(2, "[machine]\nkeytab = /x\n", "'keytab' is given twice"),
	WRONG(3, "[cache]\nttl = 5\nttl = 5\n", "'ttl' is given twice"),
	WRONG(2, "[access]\ndeny\n", "neither [section] nor key = value"),
	WRONG(1, "access]\n", "neither [section] nor key = value"),

	/* values */
	WRONG(1, "[access:]\n", "unknown section [access:]"),
	WRONG(1, "[access:ss/hd]\n", "unknown section [access:ss/hd]"),
	WRONG(1, "[access:SSHD]\n", "unknown section [access:SSHD]"),
	WRONG(1, "[access: sshd]\n", "unknown section [access: sshd]"),
	WRONG(1, "[access:a2345678901234567890123456789012345678901]\n",
	      "unknown section [access:a2345678901234567890123456789"),
	WRONG(1, "[domain:sshd]\n", "unknown section [domain:sshd]"),
	WRONG(2, "[access:sshd]\nlocked_denies_all = no\n",
	      "unknown key 'locked_denies_all' in [access:sshd]"),
	WRONG(2, "[access:sshd]\nallow = %\n", "expected *, user, %group"),
	WRONG(2, "[access]\ndeny =\n", "expected a value"),
	WRONG(2, "[access]\ndeny = \n", "expected a value"),
	WRONG(2, "[access]\ndeny = ; nobody\n", "expected a value"),
	WRONG(2, "[access]\ndeny = a,,b\n", "expected *, user, %group or SID"),
	WRONG(2, "[access]\ndeny = ,\n", "expected *, user, %group or SID"),
	WRONG(2, "[access]\ndeny = %\n", "expected *, user, %group or SID"),
	WRONG(2, "[domain]\nserver = dc1:0\n", "expected host or host:port"),
	WRONG(2, "[domain]\nserver = [::1\n", "expected host or host:port"),
	WRONG(2, "[domain]\nsite = a.b\n", "expected one label"),
	WRONG(2, "[machine]\nsasl_mech = A B\n", "expected a SASL mechanism"),
	WRONG(2, "[machine]\nsasl_mech = ABCDEFGHIJKLMNOPQRSTU\n",
	      "expected a SASL mechanism"),
	WRONG(2, "[cache]\nrevocation_max = 0\n",
	      "expected a number from 1 to 3600"),
	WRONG(2, "[cache]\nsweep_interval = 59\n",
	      "expected a number from 60 to 604800"),
	WRONG(2, "[cache]\nreplicate_max = 200001\n",
	      "expected a number from 0 to 200000"),
	WRONG(2, "[cache]\noffline_authorization_max = 31536001\n",
	      "expected a number from 0 to 31536000"),
	WRONG(2, "[cache]\noffline_credentials = 1\n", "expected yes or no"),
	WRONG(2, "[cache]\noffline_credentials_max = 59\n",
	      "expected a number from 60 to 2592000"),
	WRONG(2, "[domain]\nserver = dc_1\n", "expected host or host:port"),
	WRONG(2, "[domain]\nserver = dc1 dc2\n", "expected host or host:port"),
	WRONG(2, "[domain]\nserver = -dc\n", "expected host or host:port"),
	WRONG(2, "[domain]\nserver = dc-\n", "expected host or host:port"),
	WRONG(2, "[domain]\nserver = dc..x\n", "expected host or host:port"),
	WRONG(2, "[domain]\nserver = dc.\n", "expected host or host:port"),
	WRONG(2, "[domain]\nserver = ldaps://dc\n",
	      "expected host or host:port"),
	WRONG(2, "[domain]\nlegacy_sids = 1\n", "expected yes or no"),
	WRONG(2, "[domain]\nlegacy_sids = true\n", "expected yes or no"),
	WRONG(2, "[domain]\nlegacy_sids = yess\n", "expected yes or no"),
	WRONG(2, "[domain]\nname_format = UPN\n",
	      "expected upn, legacy or short"),
	WRONG(2, "[users]\naccept_sid = alice\n", "a user and his SID"),
	WRONG(2, "[users]\naccept_sid = alice S-2-1\n", "a user and his SID"),
	WRONG(2, "[users]\naccept_sid = S-1-7-21-1\n", "a user and his SID"),
	WRONG(2, "[users]\nhome = home/%u\n", "an absolute path with %u"),
	WRONG(2, "[users]\nhome = /home\n", "an absolute path with %u"),
	WRONG(2, "[users]\nhome = /home/%d\n", "an absolute path with %u"),
	WRONG(2, "[users]\nhome = /home/%u%\n", "an absolute path with %u"),
	WRONG(2, "[users]\nhome = /home/%%u\n", "an absolute path with %u"),
	WRONG(2, "[users]\nhome = /home/%u/%s\n", "an absolute path with %u"),
	WRONG(2, "[users]\nhome = /home/%u:/x\n", "an absolute path with %u"),
	WRONG(2, "[users]\nshell = bash\n", "expected an absolute path"),
	WRONG(2, "[local_groups]\nwheel = A, B\n",
	      "expected the name of one group"),
	WRONG(2, "[local_groups]\nwheel = %Linux Admins\n",
	      "expected the name of one group"),
	WRONG(2, "[local_groups]\nallow_privileged_groups = Linux Admins\n",
	      "expected yes or no"),
	WRONG(2, "[local_groups]\nAllow_Privileged_Groups = yes\n",
	      "allow_privileged_groups in lower case"),
	WRONG(3,
	      "[local_groups]\nallow_privileged_groups = no\n"
	      "allow_privileged_groups = yes\n",
	      "given twice"),

	/* lines */
	WRONG(2, "[access]\n deny = mallory\n",
	      "a line must not begin with a blank"),
	WRONG(3, "[access]\ndeny = a,\n\tb\n",
	      "a line must not begin with a blank"),
	WRONG(1, "\xEF\xBB\xBF[access]\n", "neither [section] nor key"),
	WRONG(2, "[access]\nallow = b\0, a\ndeny = b\n", "holds a NUL"),
	WRONG(2, "[access]\n\0deny = b\n", "holds a NUL"),
	WRONG(2, "[access]\ndeny = b\0", "holds a NUL"),
};

static void everything_wrong_is_said_with_its_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		char text[2048];
		size_t n = sizeof(BASE) - 1;

		memcpy(text, BASE, n);
		memcpy(text + n, wrong[i].text, wrong[i].n);
		text[n + wrong[i].n] = '\0';
		refused(text, n + wrong[i].n, BASE_LINES + wrong[i].line,
			wrong[i].words);
	}
}

static void a_key_stands_in_a_section(void **state)
{
	static const char text[] = "# a comment\nname = lightwave.test\n" BASE;

	(void)state;
	refused(text, sizeof(text) - 1, 2,
		"'name' stands before the first [section]");
}

static void the_first_of_several_errors_is_told(void **state)
{
	static const char text[] = BASE "[cache]\nttl = x\nnope = 1\n[what]\n";

	(void)state;
	refused(text, sizeof(text) - 1, BASE_LINES + 2, "ttl = x: expected");
}

static void a_domain_is_a_dns_name_of_several_labels(void **state)
{
	static const char *const names[] = {
		"lightwave", "light wave.test", "lightwave.test.", ".test",
		"a..b",	     "-a.test",		"a_b.test",	   "DC=x,DC=y",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		char text[128];

		snprintf(text, sizeof(text), "[domain]\nname = %s\n", names[i]);
		refused(text, strlen(text), 2, "expected a DNS domain");
	}
}

/* Without the line that has it, each of these keys is missed by name. */
static void what_must_be_said_is_missed(void **state)
{
	static const struct {
		const char *line, *words;
	} t[] = {
		{ "name = ", "[domain] lacks 'name'" },
		{ "ca_file = ", "[domain] lacks 'ca_file' or 'ca_dir'" },
		{ "dn = ", "[machine] lacks 'dn'" },
		{ "password_file = ", "[machine] lacks 'password_file'" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		char text[] = BASE, *line = strstr(text, t[i].line);

		*line = '#';
		refused(text, strlen(text), 0, t[i].words);
	}
	refused("", 0, 0, "[domain] lacks 'name'");
}

static void a_file_that_cannot_be_read_is_said_to(void **state)
{
	static const struct {
		const char *path;
		int err;
	} t[] = {
		{ "/nonexistent/lightwave.conf", ENOENT },
		{ "/dev/null/lightwave.conf", ENOTDIR },
		{ "/", EISDIR },
		{ "/proc/self/mem", EIO },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct lw_config *c = NULL;
		char want[128];

		snprintf(want, sizeof(want), "%s: %s", t[i].path,
			 strerror(t[i].err));
		assert_int_equal(
			lw_config_load(t[i].path, &c, error, sizeof(error)),
			LW_OFFLINE);
		assert_string_equal(error, want);
		assert_null(c);
	}
}

static void a_message_never_passes_its_buffer(void **state)
{
	(void)state;
	unit_write(path, "[nonsense]\n", 11);
	for (size_t size = 1; size < 64; size++) {
		char *small = malloc(size);
		struct lw_config *c;

		assert_non_null(small);
		assert_int_equal(lw_config_load(path, &c, small, size),
				 LW_INVALID);
		assert_true(strlen(small) < size);
		free(small);
	}
}

static void short_names_are_written_only_where_they_are_read(void **state)
{
	static const char text[] = BASE "[domain]\nname_format = short\n";
	static const char mended[] = BASE "[domain]\nname_format = short\n"
					  "default_domain_names = yes\n";

	(void)state;
	refused(text, sizeof(text) - 1, 0, "short needs default_domain_names");
	lw_config_free(good(mended));
}

static void a_name_is_accepted_once_and_of_this_domain(void **state)
{
	static const char foreign[] =
		BASE "[users]\naccept_sid = alice@example.org S-1-7-21-1\n";
	static const char twice[] =
		BASE "[domain]\nnetbios_name = LW\n"
		     "[users]\naccept_sid = LW\\alice S-1-7-21-1\n"
		     "accept_sid = LW\\ALICE S-1-7-21-2\n";

	(void)state;
	refused(foreign, sizeof(foreign) - 1, 0, "accept_sid = alice@example");
	refused(twice, sizeof(twice) - 1, 0, "accept_sid = LW\\ALICE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_wrong_is_said_with_its_line),
		cmocka_unit_test(a_key_stands_in_a_section),
		cmocka_unit_test(the_first_of_several_errors_is_told),
		cmocka_unit_test(a_domain_is_a_dns_name_of_several_labels),
		cmocka_unit_test(what_must_be_said_is_missed),
		cmocka_unit_test(a_file_that_cannot_be_read_is_said_to),
		cmocka_unit_test(a_message_never_passes_its_buffer),
		cmocka_unit_test(
			short_names_are_written_only_where_they_are_read),
		cmocka_unit_test(a_name_is_accepted_once_and_of_this_domain),
	};

	return cmocka_run_group_tests_name("config_errors", tests, setup,
					   teardown);
}
