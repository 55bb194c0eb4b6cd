/* kerberos.c - get a ticket and verify it. A worker process. */
#include "kerberos.h"

#include "cleanup.h"
#include "clock.h"
#include "krb.h"
#include "log.h"
#include "machine.h"
#include "skew.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* What one ticket takes; released together, the context last. */
struct session {
	struct lw_krb k;
	krb5_keytab keytab;
	krb5_principal machine;
};

static void session_done(struct session *s)
{
	if (!s->k.ctx)
		return;
	krb5_free_principal(s->k.ctx, s->machine);
	if (s->keytab)
		krb5_kt_close(s->k.ctx, s->keytab);
	lw_krb_done(&s->k);
}

static enum lw_ticket_state failed(const struct session *s, const char *what,
				   krb5_error_code rc,
				   enum lw_ticket_state state)
{
	static int64_t logged[LW_TICKET_COUNT];

	if (rc == KRB5_KDC_UNREACH || rc == KRB5_REALM_CANT_RESOLVE)
		state = LW_TICKET_NO_KDC;
	if (lw_skew_is_why(rc, s->k.skew))
		state = LW_TICKET_SKEW;
	lw_krb_log(&s->k, lw_rarely(&logged[state]) ? LOG_WARNING : LOG_DEBUG,
		   lw_ticket_str(state), what, rc);
	return state;
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
	return krb5_verify_init_creds(s->k.ctx, &s->k.creds, s->machine,
				      s->keytab, NULL, &opt);
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
	rc = krb5_cc_resolve(s->k.ctx, name, &cc);
	if (rc)
		return rc;
	rc = krb5_cc_initialize(s->k.ctx, cc, s->k.creds.client);
	if (!rc)
		rc = krb5_cc_store_cred(s->k.ctx, cc, &s->k.creds);
	if (!rc)
		rc = read_file(path, ret);
	krb5_cc_destroy(s->k.ctx, cc);
	return rc;
}

static enum lw_ticket_state run(struct session *s, struct lw_str upn,
				const char *password, struct lw_wr *ret)
{
	const struct lw_setup *setup = s->k.setup;
	char path[LW_TICKET_PATH_MAX];
	krb5_error_code rc;

	rc = lw_machine_open(s->k.ctx, setup->config, &s->keytab, &s->machine);
	if (rc)
		return failed(s, setup->config->keytab, rc,
			      LW_TICKET_NO_KEYTAB);
	rc = lw_krb_user(&s->k, upn);
	if (rc)
		return failed(s, "user's principal", rc, LW_TICKET_REFUSED);
	rc = lw_krb_get(&s->k, password, NULL);
	if (rc)
		return failed(s, "initial ticket", rc, LW_TICKET_REFUSED);
	rc = verify(s);
	if (rc)
		return failed(s, "verification", rc, LW_TICKET_UNVERIFIED);
	lw_setup_ticket_path(setup, (int)getpid(), path);
	rc = write_ccache(s, path, ret);
	if (rc)
		return failed(s, path, rc, LW_TICKET_REFUSED);
	return LW_TICKET_OK;
}

enum lw_ticket_state lw_kerberos_ticket(const struct lw_setup *setup,
					struct lw_str upn,
					struct lw_password password,
					int32_t *ret_skew, struct lw_wr *ret)
{
	lw_cleanup(session_done) struct session s = { 0 };
	lw_cleanup(lw_krb_password_done) struct lw_krb_password copy;
	enum lw_ticket_state state;

	*ret_skew = 0;
	if (lw_krb_password_set(&copy, password) != LW_OK ||
	    lw_krb_open(&s.k, setup))
		return LW_TICKET_REFUSED;
	state = run(&s, upn, copy.p, ret);
	lw_skew_log(s.k.skew, lw_krb_kdc(&s.k));
	*ret_skew = s.k.skew;
	return state;
}

enum lw_err lw_kerberos_check_keytab(const struct lw_config *config)
{
	lw_cleanup(session_done) struct session s = { 0 };

	if (lw_krb_open(&s.k, NULL) ||
	    lw_machine_open(s.k.ctx, config, &s.keytab, &s.machine))
		return LW_INVALID;
	return LW_OK;
}
