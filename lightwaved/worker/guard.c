/* guard.c - an end to a TLS handshake. A worker process. */
#include "guard.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/time.h>

static volatile sig_atomic_t guarded = -1; /* a descriptor; -1: none */

/* Reading from a socket that was shut down ends at once. */
static void on_alarm(int sig)
{
	int saved = errno;

	(void)sig;
	if (guarded >= 0)
		shutdown((int)guarded, SHUT_RDWR);
	errno = saved;
}

static int set_alarm(int64_t ms)
{
	struct itimerval it = { .it_value = { ms / 1000, ms % 1000 * 1000 } };

	return setitimer(ITIMER_REAL, &it, NULL);
}

enum lw_err lw_guard_begin(LDAP *ld, int fd, int64_t ms)
{
	struct sigaction sa = { .sa_handler = on_alarm,
				.sa_flags = SA_RESTART };
	struct timeval none = { -1, 0 };

	/* Without it the handshake waits for bytes, not for a clock. */
	if (ldap_set_option(ld, LDAP_OPT_NETWORK_TIMEOUT, &none) ||
	    sigaction(SIGALRM, &sa, NULL) < 0)
		return LW_NOMEM;
	guarded = fd;
	if (set_alarm(ms > 0 ? ms : 1) < 0) {
		guarded = -1;
		return LW_NOMEM;
	}
	return LW_OK;
}

void lw_guard_end(void)
{
	set_alarm(0);
	guarded = -1;
}
