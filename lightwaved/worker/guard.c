/* guard.c - an end to a TLS handshake. A worker process. */
#include "guard.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/time.h>

static struct {
	volatile sig_atomic_t fd; /* -1: none is guarded */
	int ms;
} guarded = { .fd = -1 };

/* Reading from a socket that was shut down ends at once. */
static void on_alarm(int sig)
{
	int saved = errno;

	(void)sig;
	if (guarded.fd >= 0)
		shutdown((int)guarded.fd, SHUT_RDWR);
	errno = saved;
}

static void set_alarm(int ms)
{
	struct itimerval it = { .it_value = { ms / 1000, ms % 1000 * 1000 } };

	setitimer(ITIMER_REAL, &it, NULL);
}

static int on_connect(LDAP *ld, Sockbuf *sb, LDAPURLDesc *url,
		      struct sockaddr *addr, struct ldap_conncb *ctx)
{
	struct timeval none = { -1, 0 };
	int fd = -1;

	(void)url;
	(void)addr;
	(void)ctx;
	if (ber_sockbuf_ctrl(sb, LBER_SB_OPT_GET_FD, &fd) <= 0 || fd < 0)
		return -1;
	/* Without it the handshake waits for bytes, not for a clock. */
	ldap_set_option(ld, LDAP_OPT_NETWORK_TIMEOUT, &none);
	guarded.fd = fd;
	set_alarm(guarded.ms);
	return 0;
}

static void on_disconnect(LDAP *ld, Sockbuf *sb, struct ldap_conncb *ctx)
{
	(void)ld;
	(void)sb;
	(void)ctx;
	lw_guard_end();
}

enum lw_err lw_guard_begin(LDAP *ld, int ms)
{
	static struct ldap_conncb callbacks = { on_connect, on_disconnect,
						NULL };
	struct sigaction sa = { .sa_handler = on_alarm,
				.sa_flags = SA_RESTART };

	guarded.fd = -1;
	guarded.ms = ms;
	if (sigaction(SIGALRM, &sa, NULL) < 0 ||
	    ldap_set_option(ld, LDAP_OPT_CONNECT_CB, &callbacks))
		return LW_NOMEM;
	return LW_OK;
}

void lw_guard_end(void)
{
	set_alarm(0);
	guarded.fd = -1;
}
