/* tls.c - whom we believe. A worker process, and the master's checks. */
#include "tls.h"

#include "cleanup.h"
#include "clock.h"
#include "fnv.h"
#include "log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ldap.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static bool set_int(int option, int value)
{
	return ldap_set_option(NULL, option, &value) == LDAP_OPT_SUCCESS;
}

static bool is_gnutls(void)
{
	char *package = NULL;
	bool gnutls;

	if (ldap_get_option(NULL, LDAP_OPT_X_TLS_PACKAGE, &package) || !package)
		return false;
	gnutls = !strcasecmp(package, "GnuTLS");
	ldap_memfree(package);
	return gnutls;
}

static bool set_context(const struct lw_config *c)
{
	if (!set_int(LDAP_OPT_X_TLS_REQUIRE_CERT, LDAP_OPT_X_TLS_DEMAND) ||
	    !set_int(LDAP_OPT_X_TLS_PROTOCOL_MIN,
		     LDAP_OPT_X_TLS_PROTOCOL_TLS1_2) ||
	    ldap_set_option(NULL, LDAP_OPT_X_TLS_CACERTFILE, c->ca_file) ||
	    ldap_set_option(NULL, LDAP_OPT_X_TLS_CACERTDIR, c->ca_dir))
		return false;
	/* GnuTLS takes no notice of PROTOCOL_MIN. */
	if (is_gnutls() && ldap_set_option(NULL, LDAP_OPT_X_TLS_CIPHER_SUITE,
					   "SECURE128:-VERS-ALL:+VERS-TLS1.3:"
					   "+VERS-TLS1.2"))
		return false;
	/* Last: this is what makes the options above count. */
	return set_int(LDAP_OPT_X_TLS_NEWCTX, 0);
}

static uint64_t mix_file(uint64_t h, int dir, const char *path)
{
	struct stat st;

	if (fstatat(dir, path, &st, 0) < 0)
		return lw_fnv(h, path, strlen(path));
	h = lw_fnv(h, &st.st_dev, sizeof(st.st_dev));
	h = lw_fnv(h, &st.st_ino, sizeof(st.st_ino));
	h = lw_fnv(h, &st.st_size, sizeof(st.st_size));
	h = lw_fnv(h, &st.st_mtim.tv_sec, sizeof(st.st_mtim.tv_sec));
	return lw_fnv(h, &st.st_mtim.tv_nsec, sizeof(st.st_mtim.tv_nsec));
}

static void close_dir(DIR **d)
{
	if (*d)
		closedir(*d);
}

/* Of the directory as well as of what is in it: a file may be overwritten. */
static uint64_t fingerprint(const struct lw_config *c)
{
	lw_cleanup(close_dir) DIR *d = c->ca_dir ? opendir(c->ca_dir) : NULL;
	uint64_t h = LW_FNV_START;
	const struct dirent *e;

	if (c->ca_file)
		h = mix_file(h, AT_FDCWD, c->ca_file);
	if (c->ca_dir)
		h = mix_file(h, AT_FDCWD, c->ca_dir);
	while (d && (e = readdir(d)))
		h = mix_file(h, dirfd(d), e->d_name);
	return h;
}

/* libldap over GnuTLS loses some kilobytes with each context. */
enum lw_err lw_tls_prepare(const struct lw_config *c)
{
	static uint64_t seen;
	static int64_t logged;
	const char *path, *why;
	uint64_t now = fingerprint(c);

	if (now == seen)
		return LW_OK;
	if (lw_tls_check(c, &path, &why) != LW_OK) {
		if (lw_rarely(&logged))
			lw_log(LOG_ERR, "%s: %s", path, why);
		return LW_OFFLINE;
	}
	seen = now;
	return LW_OK;
}

/* GnuTLS takes a file without any certificate; nobody could log in then. */
static bool holds_certificate(int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	lw_cleanup(lw_fclose) FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	lw_cleanup(lw_free) char *line = NULL;
	size_t size = 0;

	if (fd >= 0 && !f)
		close(fd);
	while (f && getline(&line, &size, f) >= 0) {
		if (!strncmp(line, "-----BEGIN ", 11) &&
		    strstr(line, "CERTIFICATE-----"))
			return true;
	}
	return false;
}

static bool dir_holds_certificate(const char *path)
{
	lw_cleanup(close_dir) DIR *d = opendir(path);
	const struct dirent *e;

	while (d && (e = readdir(d))) {
		if (holds_certificate(dirfd(d), e->d_name))
			return true;
	}
	return false;
}

enum lw_err lw_tls_check(const struct lw_config *c, const char **ret_path,
			 const char **ret_why)
{
	const char *path = NULL, *why = NULL;

	if (c->ca_file && access(c->ca_file, R_OK) < 0) {
		path = c->ca_file;
		why = strerror(errno);
	} else if (c->ca_dir && access(c->ca_dir, R_OK | X_OK) < 0) {
		path = c->ca_dir;
		why = strerror(errno);
	} else if (c->ca_file && !holds_certificate(AT_FDCWD, c->ca_file)) {
		path = c->ca_file;
		why = "holds no certificate in PEM form";
	} else if (c->ca_dir && !dir_holds_certificate(c->ca_dir)) {
		path = c->ca_dir;
		why = "holds no certificate in PEM form";
	} else if (!set_context(c)) {
		path = c->ca_file ? c->ca_file : c->ca_dir;
		why = "holds no certificates the TLS library takes";
	}
	if (!why)
		return LW_OK;
	*ret_path = path;
	*ret_why = why;
	return LW_INVALID;
}
