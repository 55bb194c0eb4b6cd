/* test_config.c - what a configuration says is what there is. */
#include "config_file.h"

static void the_ten_lines_of_the_manual_are_enough(void **state)
{
	char *page = unit_source("doc/man/lightwave.conf.5");
	char *text = strstr(page, ".Bd -literal\n");
	struct lw_config *c;
	int lines = 0;

	(void)state;
	assert_non_null(text);
	text = strchr(text, '\n') + 1;
	*strstr(text, ".Ed") = '\0';
	for (const char *p = text; (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(lines, 10);
	c = good(text);
	assert_string_equal(c->domain, "lightwave.test");
	assert_string_equal(c->keytab, "/etc/lightwave/machine.keytab");
	assert_string_equal(c->allow.v[0], "%Linux Admins");
	lw_config_free(c);
	free(page);
}

static void every_key_has_its_place_in_the_manual(void **state)
{
	static const char *const keys[] = {
		"name",
		"server",
		"site",
		"ca_file",
		"ca_dir",
		"netbios_name",
		"default_domain_names",
		"name_format",
		"well_known_base",
		"legacy_sids",
		"enumerate",
		"dn",
		"password_file",
		"keytab",
		"sasl_mech",
		"home",
		"shell",
		"allow",
		"deny",
		"locked_denies_all",
		"require_ticket",
		"kpasswd",
		"warn_days",
		"ttl",
		"negative_ttl",
		"membership_ttl",
		"revocation_max",
		"sweep_interval",
		"replicate_max",
		"offline_max",
		"offline_authorization_max",
		"offline_credentials",
		"offline_credentials_max",
		"lookup",
		"login",
		"timeout",
	};
	char *page = unit_source("doc/man/lightwave.conf.5");

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		char item[64];

		snprintf(item, sizeof(item), "\n.It Ic %s Ns = Ns Ar ",
			 keys[i]);
		if (!strstr(page, item))
			fail_msg("no item for %s", keys[i]);
	}
	free(page);
}

static void the_least_is_enough(void **state)
{
	struct lw_config *c = good(BASE);
	struct lw_naming n = lw_config_naming(c);

	(void)state;
	assert_string_equal(c->domain, "lightwave.test");
	assert_string_equal(c->realm, "LIGHTWAVE.TEST");
	assert_string_equal(c->base_dn, "dc=lightwave,dc=test");
	assert_int_equal(c->servers.n, 1);
	assert_string_equal(c->servers.v[0], "dc1.lightwave.test");
	assert_string_equal(c->ca_file, "/etc/lightwave/ca.pem");
	assert_string_equal(
		c->machine_dn,
		"cn=photon.lightwave.test,ou=Computers,dc=lightwave,dc=test");
	assert_string_equal(c->password_file,
			    "/etc/lightwave/machine.password");
	assert_string_equal(c->keytab, "/etc/lightwave/machine.keytab");
	assert_int_equal(c->allow.n, 4);
	assert_string_equal(c->allow.v[0], "%Linux Admins");
	assert_string_equal(c->allow.v[3], "j\xC3\xBCrgen");
	assert_int_equal(c->local_group_count, 1);
	assert_string_equal(c->local_groups[0].local, "docker");
	assert_string_equal(c->local_groups[0].directory, "DockerUsers");
	assert_string_equal(n.domain, "lightwave.test");
	assert_string_equal(n.netbios, "");
	assert_false(n.bare);
	assert_int_equal(n.format, LW_NAME_UPN);
	lw_config_free(c);
}

static void what_is_not_said_has_its_default(void **state)
{
	struct lw_config *c = good(BASE);

	(void)state;
	assert_string_equal(c->netbios_name, "");
	assert_int_equal(c->well_known_base, 0);
	assert_false(c->legacy_sids);
	assert_string_equal(c->home, "/home/%d/%u");
	assert_string_equal(c->shell, access("/bin/bash", X_OK) == 0
					      ? "/bin/bash"
					      : "/bin/sh");
	assert_int_equal(c->deny.n, 0);
	assert_false(c->locked_denies_all);
	assert_int_equal(c->ttl, 300);
	assert_int_equal(c->negative_ttl, 30);
	assert_int_equal(c->membership_ttl, 0);
	assert_int_equal(c->offline_max, 7 * 24 * 3600);
	assert_int_equal(c->offline_authorization_max, 72 * 3600);
	assert_int_equal(c->lookup_workers, 2);
	assert_int_equal(c->login_workers, 2);
	assert_int_equal(c->timeout, 5);
	assert_int_equal(c->service_access_count, 0);
	assert_false(c->require_ticket);
	assert_false(c->offline_credentials);
	assert_int_equal(c->offline_credentials_max, 7 * 86400);
	assert_false(c->kpasswd);
	assert_int_equal(c->warn_days, 14);
	lw_config_free(c);
}

static void every_key_is_kept(void **state)
{
	struct lw_config *c = good(
		BASE "[domain]\nnetbios_name = LW\n"
		     "default_domain_names = yes\nname_format = legacy\n"
		     "well_known_base = 10000\nlegacy_sids = Yes\n"
		     "[users]\nhome = /srv/%u\nshell = /bin/zsh\n"
		     "accept_sid = alice  S-1-7-21-1-2-3-4-1-7\n"
		     "accept_sid = LW\\bob S-1-7-21-1-2-3-4-1-8\n"
		     "[access]\ndeny = %Contractors, S-1-7-21-1-2-3-4-1-1025\n"
		     "locked_denies_all = YES\n"
		     "[cache]\nttl = 60\nnegative_ttl = 5\n"
		     "membership_ttl = 6\n"
		     "offline_max = 1000\noffline_authorization_max = 900\n"
		     "[workers]\nlookup = 3\nlogin = 4\ntimeout = 7\n"
		     "[kerberos]\nrequire_ticket = yes\n"
		     "[password]\nkpasswd = yes\nwarn_days = 0\n");
	struct lw_naming n = lw_config_naming(c);

	(void)state;
	assert_string_equal(n.netbios, "LW");
	assert_true(n.bare);
	assert_int_equal(n.format, LW_NAME_LEGACY);
	assert_int_equal(c->well_known_base, 10000);
	assert_true(c->legacy_sids);
	assert_string_equal(c->home, "/srv/%u");
	assert_string_equal(c->shell, "/bin/zsh");
	assert_int_equal(c->accepted_count, 2);
	assert_string_equal(c->accepted[0].name, "alice");
	assert_string_equal(c->accepted[0].sid, "S-1-7-21-1-2-3-4-1-7");
	assert_string_equal(c->accepted[1].name, "LW\\bob");
	assert_int_equal(c->deny.n, 2);
	assert_string_equal(c->deny.v[1], "S-1-7-21-1-2-3-4-1-1025");
	assert_true(c->locked_denies_all);
	assert_int_equal(c->ttl, 60);
	assert_int_equal(c->negative_ttl, 5);
	assert_int_equal(c->membership_ttl, 6);
	assert_int_equal(c->offline_max, 1000);
	assert_int_equal(c->offline_authorization_max, 900);
	assert_int_equal(c->lookup_workers, 3);
	assert_int_equal(c->login_workers, 4);
	assert_int_equal(c->timeout, 7);
	assert_true(c->require_ticket);
	assert_true(c->kpasswd);
	assert_int_equal(c->warn_days, 0);
	lw_config_free(c);
}

static void rights_last_no_longer_than_the_rest(void **state)
{
	static const char text[] = BASE "[cache]\noffline_max = 60\n"
					"offline_authorization_max = 61\n";
	struct lw_config *c = good(BASE "[cache]\noffline_max = 60\n");

	(void)state;
	/* Not given, they end with it. */
	assert_int_equal(c->offline_authorization_max, 60);
	lw_config_free(c);
	refused(text, strlen(text), 0,
		"offline_authorization_max is longer than offline_max");
	c = good(BASE "[cache]\noffline_max = 60\n"
		      "offline_authorization_max = 60\n");
	assert_int_equal(c->offline_authorization_max, 60);
	lw_config_free(c);
}

static void lists_go_on_with_the_same_key_again(void **state)
{
	static const char *const want[] = { "a", "%b c", "d", "*" };
	struct lw_config *c = good(
		BASE "[access]\ndeny = a ,\t%b c\ndeny = d\n"
		     "[domain]\nserver=dc2.lightwave.test,DC3\n"
		     "[local_groups]\ndocker = Builders\nwheel = Linux Admins\n"
		     "[access]\ndeny = *\n");

	(void)state;
	assert_int_equal(c->deny.n, COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++)
		assert_string_equal(c->deny.v[i], want[i]);
	assert_int_equal(c->servers.n, 3);
	assert_string_equal(c->servers.v[2], "DC3");
	assert_int_equal(c->local_group_count, 3);
	assert_string_equal(c->local_groups[1].local, "docker");
	assert_string_equal(c->local_groups[1].directory, "Builders");
	assert_string_equal(c->local_groups[2].directory, "Linux Admins");
	lw_config_free(c);
}

static void a_service_has_rules_of_its_own(void **state)
{
	struct lw_config *c =
		good(BASE "[access:sudo-i]\nallow = alice\n"
			  "[access:sshd]\ndeny = bob, %x\nallow = *\n"
			  "[access:sudo-i]\nallow = %Admins\n[access:x]\n");

	(void)state;
	assert_int_equal(c->allow.n, 4);
	assert_int_equal(c->deny.n, 0);
	assert_int_equal(c->service_access_count, 2);
	assert_string_equal(c->service_access[0].service, "sudo-i");
	assert_int_equal(c->service_access[0].allow.n, 2);
	assert_string_equal(c->service_access[0].allow.v[1], "%Admins");
	assert_int_equal(c->service_access[0].deny.n, 0);
	assert_string_equal(c->service_access[1].service, "sshd");
	assert_int_equal(c->service_access[1].deny.n, 2);
	assert_string_equal(c->service_access[1].allow.v[0], "*");
	lw_config_free(c);
}

static void a_domain_is_known_by_one_spelling(void **state)
{
	static const char text[] =
		"[domain]\nname = LightWave.Sub-1.TEST\nserver = dc\n"
		"ca_file = /c\n[machine]\ndn = cn=x\npassword_file = /p\n";
	struct lw_config *c = good(text);

	(void)state;
	assert_string_equal(c->domain, "lightwave.sub-1.test");
	assert_string_equal(c->realm, "LIGHTWAVE.SUB-1.TEST");
	assert_string_equal(c->base_dn, "dc=lightwave,dc=sub-1,dc=test");
	assert_null(c->keytab);
	assert_int_equal(c->allow.n, 0);
	lw_config_free(c);
}

static void every_number_has_its_bounds(void **state)
{
	static const struct {
		const char *section, *key;
		uint32_t min, max;
	} t[] = {
		{ "domain", "well_known_base", 1000, 15000000 },
		{ "cache", "ttl", 0, 86400 },
		{ "cache", "negative_ttl", 0, 3600 },
		{ "cache", "membership_ttl", 0, 3600 },
		{ "cache", "offline_max", 0, 31536000 },
		{ "workers", "lookup", 1, 32 },
		{ "workers", "login", 1, 32 },
		{ "workers", "timeout", 1, 10 },
		{ "password", "warn_days", 0, 365 },
	};
	static const char *const odd[] = {
		"-1",	"+5",	      "5s",
		"0x10", "1e3",	      "x",
		"5 6",	"4294967297", "18446744073709551617"
	};
	char text[1024], words[64];

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		int64_t edges[] = { t[i].min, t[i].max, t[i].min - INT64_C(1),
				    t[i].max + INT64_C(1) };

		snprintf(words, sizeof(words),
			 "expected a number from %u to %u", t[i].min, t[i].max);
		for (size_t k = 0; k < COUNT(edges); k++) {
			snprintf(text, sizeof(text), "%s[%s]\n%s = %lld\n",
				 BASE, t[i].section, t[i].key,
				 (long long)edges[k]);
			if (k < 2)
				lw_config_free(good(text));
			else
				refused(text, strlen(text), BASE_LINES + 2,
					words);
		}
		for (size_t k = 0; k < COUNT(odd); k++) {
			snprintf(text, sizeof(text), "%s[%s]\n%s = %s\n", BASE,
				 t[i].section, t[i].key, odd[k]);
			refused(text, strlen(text), BASE_LINES + 2, words);
		}
	}
}

static void a_line_is_read_whole_or_refused(void **state)
{
	(void)state;
	for (int len = 190; len < 450; len++) {
		char text[1024];
		struct lw_config *c = NULL;
		int n = snprintf(text, sizeof(text), "%s[users]\nhome = /%%u",
				 BASE);

		memset(text + n, 'x', (size_t)len);
		snprintf(text + n + len, 2, "\n");
		if (load(text, strlen(text), &c) == LW_OK)
			assert_int_equal(strlen(c->home), 3 + len);
		else if (!strstr(error, ":14: longer than "))
			fail_msg("%s", error);
		/* inih may be built for 200 bytes a line or for more */
		assert_true(c || len > 180);
		lw_config_free(c);
	}
}

static void comments_blank_lines_and_line_ends_do_not_count(void **state)
{
	static const char *const texts[] = {
		"\xEF\xBB\xBF" BASE,
		"# [nonsense]\n; [nonsense]\n\n \t \n" BASE,
		BASE "[access] ; why\ndeny = mallory ; who\n# deny = x\n",
		BASE "[access] # why\n",
		BASE "[cache]", /* no newline at the end */
		BASE "[cache]\n\n\n[workers]\n",
	};
	char crlf[1024];
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct lw_config *c = good(texts[i]);

		assert_string_equal(c->domain, "lightwave.test");
		assert_int_equal(c->deny.n, i == 2);
		if (i == 2)
			assert_string_equal(c->deny.v[0], "mallory");
		lw_config_free(c);
	}
	for (const char *p = BASE; *p; p++) {
		if (*p == '\n')
			crlf[n++] = '\r';
		crlf[n++] = *p;
	}
	crlf[n] = '\0';
	struct lw_config *c = good(crlf);

	assert_string_equal(c->domain, "lightwave.test");
	assert_string_equal(c->local_groups[0].directory, "DockerUsers");
	lw_config_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_ten_lines_of_the_manual_are_enough),
		cmocka_unit_test(every_key_has_its_place_in_the_manual),
		cmocka_unit_test(the_least_is_enough),
		cmocka_unit_test(what_is_not_said_has_its_default),
		cmocka_unit_test(rights_last_no_longer_than_the_rest),
		cmocka_unit_test(every_key_is_kept),
		cmocka_unit_test(lists_go_on_with_the_same_key_again),
		cmocka_unit_test(a_service_has_rules_of_its_own),
		cmocka_unit_test(a_domain_is_known_by_one_spelling),
		cmocka_unit_test(every_number_has_its_bounds),
		cmocka_unit_test(a_line_is_read_whole_or_refused),
		cmocka_unit_test(
			comments_blank_lines_and_line_ends_do_not_count),
	};

	return cmocka_run_group_tests_name("config", tests, setup, teardown);
}
