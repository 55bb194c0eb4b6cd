/*
 * config_file.h - a configuration file for one test, read as it is written.
 */
#ifndef LW_CONFIG_FILE_H
#define LW_CONFIG_FILE_H

#include "unit.h"

#include "config.h"

#include <sys/stat.h>
#include <unistd.h>

/* What an ordinary host has. */
#define BASE                                                                   \
	"[domain]\n"                                                           \
	"name = lightwave.test\n"                                              \
	"server = dc1.lightwave.test\n"                                        \
	"ca_file = /etc/lightwave/ca.pem\n"                                    \
	"[machine]\n"                                                          \
	"dn = cn=photon.lightwave.test,ou=Computers,dc=lightwave,dc=test\n"    \
	"password_file = /etc/lightwave/machine.password\n"                    \
	"keytab = /etc/lightwave/machine.keytab\n"                             \
	"[access]\n"                                                           \
	"allow = %Linux Admins, %DockerUsers, carol, j\xC3\xBCrgen\n"          \
	"[local_groups]\n"                                                     \
	"docker = DockerUsers\n"
#define BASE_LINES 12

static char dir[] = "/tmp/lightwave-test.XXXXXX", path[64], error[512];

static inline int setup(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/lightwave.conf", dir);
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

static inline enum lw_err load(const char *text, size_t n,
			       struct lw_config **ret)
{
	unit_write(path, text, n);
	memset(error, 0, sizeof(error));
	return lw_config_load(path, ret, error, sizeof(error));
}

static inline struct lw_config *good(const char *text)
{
	struct lw_config *c = NULL;

	if (load(text, strlen(text), &c) != LW_OK)
		fail_msg("%s", error);
	assert_string_equal(error, "");
	return c;
}

/* The text is refused with "path:line: ...words..."; line 0: no line. */
static inline void refused(const char *text, size_t n, int line,
			   const char *words)
{
	struct lw_config *c = (void *)text;
	char want[128];

	if (line)
		snprintf(want, sizeof(want), "%s:%d: ", path, line);
	else
		snprintf(want, sizeof(want), "%s: ", path);
	if (load(text, n, &c) != LW_INVALID)
		fail_msg("accepted: %s", text);
	assert_ptr_equal(c, text); /* written on LW_OK only */
	if (strncmp(error, want, strlen(want)) != 0 || !strstr(error, words))
		fail_msg("\"%s\" is not \"%s%s\"", error, want, words);
	assert_null(strchr(error, '\n'));
}

#endif
