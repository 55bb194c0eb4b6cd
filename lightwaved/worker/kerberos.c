/* kerberos.c - get a ticket and verify it. A worker process. */
#include "kerberos.h"

#include "cleanup.h"
#include "clock.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <krb5.h>
#include <string.h>
#include <strings.h>

/* What one ticket takes; released together, the context last. */
struct session {
	krb5_context ctx;
	krb5_keytab keytab;
	krb5_principal machine, user;
	krb5_creds creds;
	bool has_creds;
};

static void session_done(struct session *s)
{
	if (!s->ctx)
		return;
	if (s->has_creds)
		krb5_free_cred_contents(s->ctx, &s->creds);
	krb5_free_principal(s->ctx, s->user);
	krb5_free_principal(s->ctx, s->machine);
	if (s->keytab)
		krb5_kt_close(s->ctx, s->keytab);
	krb5_free_context(s->ctx);
}

/* The first key's principal is the machine's. */
static krb5_error_code first_principal(struct session *s)
{
	krb5_kt_cursor cursor;
	krb5_keytab_entry entry;
	krb5_error_code rc, copied;

	rc = krb5_kt_start_seq_get(s->ctx, s->keytab, &cursor);
	if (rc)
		return rc;
	rc = krb5_kt_next_entry(s->ctx, s->keytab, &entry, &cursor);
	if (!rc) {
		copied = krb5_copy_principal(s->ctx, entry.principal,
					     &s->machine);
		krb5_free_keytab_entry_contents(s->ctx, &entry);
		rc = copied;
	}
	krb5_kt_end_seq_get(s->ctx, s->keytab, &cursor);
	return rc;
}

static krb5_error_code open_keytab(struct session *s, const char *path)
{
	lw_cleanup(lw_free) char *name = NULL;
	krb5_error_code rc;

	if (asprintf(&name, "FILE:%s", path) < 0) {
		name = NULL;
		return ENOMEM;
	}
	rc = krb5_kt_resolve(s->ctx, name, &s->keytab);
	return rc ? rc : first_principal(s);
}

/*
 * account@REALM, the realm ours and spelled as ours. A user writes his own
 * UPN: one that a parser of principals could read otherwise is refused.
 */
static krb5_error_code parse_user(struct session *s, struct lw_str upn,
				  const char *realm)
{
	const char *at = memchr(upn.s, '@', upn.n);
	size_t n = at ? (size_t)(at - upn.s) : 0;
	lw_cleanup(lw_free) char *name = NULL;

	if (n == 0 || memchr(upn.s, '\\', upn.n) ||
	    upn.n != n + 1 + strlen(realm) ||
	    strncasecmp(at + 1, realm, strlen(realm)) != 0)
		return KRB5_PARSE_MALFORMED;
	if (asprintf(&name, "%.*s@%s", (int)n, upn.s, realm) < 0) {
		name = NULL;
		return ENOMEM;
	}
	return krb5_parse_name(s->ctx, name, &s->user);
}

static enum lw_ticket_state state_of(krb5_error_code rc,
				     enum lw_ticket_state otherwise)
{
	if (rc == KRB5_KDC_UNREACH || rc == KRB5_REALM_CANT_RESOLVE)
		return LW_TICKET_NO_KDC;
	if (rc == KRB5KRB_AP_ERR_SKEW || rc == KRB5_KDCREP_SKEW)
		return LW_TICKET_SKEW;
	return otherwise;
}

static enum lw_ticket_state failed(const struct session *s, const char *what,
				   krb5_error_code rc,
				   enum lw_ticket_state state)
{
	static int64_t logged;
	const char *text = krb5_get_error_message(s->ctx, rc);

	if (lw_rarely(&logged))
		lw_log(LOG_WARNING, "%s: %s (%s)", lw_ticket_str(state), text,
		       what);
	else
		lw_log(LOG_DEBUG, "%s: %s (%s)", lw_ticket_str(state), text,
		       what);
	krb5_free_error_message(s->ctx, text);
	return state;
}

static krb5_error_code get_ticket(struct session *s, const char *password)
{
	krb5_get_init_creds_opt *opt;
	krb5_error_code rc = krb5_get_init_creds_opt_alloc(s->ctx, &opt);

	if (rc)
		return rc;
	krb5_get_init_creds_opt_set_forwardable(opt, 1);
	krb5_get_init_creds_opt_set_canonicalize(opt, 0);
	krb5_get_init_creds_opt_set_change_password_prompt(opt, 0);
	rc = krb5_get_init_creds_password(s->ctx, &s->creds, s->user, password,
					  NULL, NULL, 0, NULL, opt);
	s->has_creds = rc == 0;
	krb5_get_init_creds_opt_free(s->ctx, opt);
	return rc;
}

/*
 * Both are said explicitly: left alone the library looks for host/ keys only,
 * and takes their absence for success.
 */
static krb5_error_code verify(struct session *s)
{
	krb5_verify_init_creds_opt opt;

	krb5_verify_init_creds_opt_init(&opt);
	krb5_verify_init_creds_opt_set_ap_req_nofail(&opt, 1);
	return krb5_verify_init_creds(s->ctx, &s->creds, s->machine, s->keytab,
				      NULL, &opt);
}

static krb5_error_code read_file(const char *path, struct lw_wr *ret)
{
	lw_cleanup(lw_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	char buf[LW_CCACHE_MAX + 1];
	size_t n = 0;
	ssize_t got = 1;

	while (fd >= 0 && got > 0 && n < sizeof(buf)) {
		got = read(fd, buf + n, sizeof(buf) - n);
		if (got > 0)
			n += (size_t)got;
	}
	if (n > 0 && n <= LW_CCACHE_MAX && got == 0)
		lw_wr_raw(ret, buf, n);
	else
		n = 0;
	explicit_bzero(buf, sizeof(buf));
	return n == 0 || lw_wr_end(ret) != LW_OK ? KRB5_CC_IO : 0;
}

static krb5_error_code write_ccache(struct session *s, const char *path,
				    struct lw_wr *ret)
{
	lw_cleanup(lw_free) char *name = NULL;
	krb5_ccache cc = NULL;
	krb5_error_code rc;

	if (asprintf(&name, "FILE:%s", path) < 0) {
		name = NULL;
		return ENOMEM;
	}
	rc = krb5_cc_resolve(s->ctx, name, &cc);
	if (rc)
		return rc;
	rc = krb5_cc_initialize(s->ctx, cc, s->creds.client);
	if (!rc)
		rc = krb5_cc_store_cred(s->ctx, cc, &s->creds);
	if (!rc)
		rc = read_file(path, ret);
	krb5_cc_destroy(s->ctx, cc);
	return rc;
}

static enum lw_ticket_state run(struct session *s, const struct lw_setup *setup,
				struct lw_str upn, const char *password,
				struct lw_wr *ret)
{
	char path[LW_TICKET_PATH_MAX];
	krb5_error_code rc;

	rc = open_keytab(s, setup->config->keytab);
	if (rc)
		return failed(s, setup->config->keytab, rc,
			      LW_TICKET_NO_KEYTAB);
	rc = parse_user(s, upn, setup->config->realm);
	if (rc)
		return failed(s, "user's principal", rc, LW_TICKET_REFUSED);
	rc = get_ticket(s, password);
	if (rc)
		return failed(s, "initial ticket", rc,
			      state_of(rc, LW_TICKET_REFUSED));
	rc = verify(s);
	if (rc)
		return failed(s, "verification", rc,
			      state_of(rc, LW_TICKET_UNVERIFIED));
	lw_setup_ticket_path(setup, (int)getpid(), path);
	rc = write_ccache(s, path, ret);
	if (rc)
		return failed(s, path, rc, LW_TICKET_REFUSED);
	return LW_TICKET_OK;
}

enum lw_ticket_state lw_kerberos_ticket(const struct lw_setup *setup,
					struct lw_str upn,
					struct lw_str password,
					struct lw_wr *ret)
{
	lw_cleanup(session_done) struct session s = { 0 };
	enum lw_ticket_state state;
	char copy[LW_PASSWORD_MAX + 1];

	if (password.n > LW_PASSWORD_MAX || krb5_init_context(&s.ctx))
		return LW_TICKET_REFUSED;
	memcpy(copy, password.s, password.n);
	copy[password.n] = '\0';
	state = run(&s, setup, upn, copy, ret);
	explicit_bzero(copy, sizeof(copy));
	return state;
}

enum lw_err lw_kerberos_check_keytab(const char *path)
{
	lw_cleanup(session_done) struct session s = { 0 };

	if (krb5_init_context(&s.ctx) || open_keytab(&s, path))
		return LW_INVALID;
	return LW_OK;
}
