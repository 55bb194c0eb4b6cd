/* selftest_kdc.c - what a KDC says to this machine. A worker process. */
#include "selftest_kdc.h"

#include "cleanup.h"
#include "clock.h"
#include "krb.h"
#include "machine.h"
#include "machine_ticket.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define LIMIT_MS 3000

static bool ask_time(const struct lw_setup *setup, int32_t *ret_ahead)
{
	lw_cleanup(lw_krb_done) struct lw_krb k = { 0 };
	lw_cleanup(lw_free) char *name = lw_machine_name(setup->config);

	if (!name || lw_krb_open(&k, setup) ||
	    krb5_parse_name(k.ctx, name, &k.user) || !lw_krb_ask_time(&k))
		return false;
	*ret_ahead = k.skew;
	return true;
}

static void ask(const struct lw_setup *setup, int fd)
{
	struct lw_kdc_said said = { 0 };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	said.answered = ask_time(setup, &said.ahead);
	/* A ticket of before would tell nothing of the key of now. */
	lw_machine_ticket_drop();
	if (said.answered && setup->config->keytab)
		said.ticket = lw_machine_ticket_get(setup, said.why,
						    sizeof(said.why)) == LW_OK;
	/* To the other half of a fork: no message needs to be made of it. */
	_exit(send(fd, &said, sizeof(said), MSG_NOSIGNAL) < 0);
}

static bool wait_for(int fd, int64_t until)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int n;

	do {
		int64_t left = until - lw_mono_ms();

		n = poll(&p, 1, left > 0 ? (int)left : 0);
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

void lw_selftest_kdc(const struct lw_setup *setup, struct lw_kdc_said *ret)
{
	int pair[2];
	pid_t pid;

	*ret = (struct lw_kdc_said) { 0 };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return;
	pid = fork();
	if (pid == 0)
		ask(setup, pair[1]);
	close(pair[1]);
	if (pid > 0) {
		if (!wait_for(pair[0], lw_mono_ms() + LIMIT_MS) ||
		    recv(pair[0], ret, sizeof(*ret), 0) != sizeof(*ret))
			*ret = (struct lw_kdc_said) { 0 };
		kill(pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	close(pair[0]);
}
