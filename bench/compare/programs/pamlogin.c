/*
 * pamlogin.c - how long a login's PAM part takes, without sshd's cryptography.
 *
 *     pamlogin SERVICE USER COUNT <password
 *
 * Authenticates as sshd would, in a new process each time, and prints a line a
 * login: microseconds of authenticate, acct_mgmt and setcred, microseconds of
 * the container's CPU for the three (daemons included), and 1 if there is a
 * ticket now. A login that is refused ends the program with 1.
 */
#include "clock.h"

#include <inttypes.h>
#include <security/pam_appl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char password[513];

static int talk(int n, const struct pam_message **msg,
		struct pam_response **ret, void *arg)
{
	struct pam_response *r = calloc((size_t)n, sizeof(*r));

	(void)arg;
	if (!r)
		return PAM_BUF_ERR;
	for (int i = 0; i < n; i++) {
		if (msg[i]->msg_style == PAM_PROMPT_ECHO_OFF)
			r[i].resp = strdup(password);
	}
	*ret = r;
	return PAM_SUCCESS;
}

static bool has_ticket(pam_handle_t *pamh)
{
	const char *cc = pam_getenv(pamh, "KRB5CCNAME");

	return cc && !strncmp(cc, "FILE:", 5) && access(cc + 5, R_OK) == 0;
}

/* Nanoseconds at the beginning and after each of the three. */
static int log_in(pam_handle_t *pamh, int64_t t[4])
{
	int code;

	t[0] = lw_clock_now_ns();
	code = pam_authenticate(pamh, 0);
	t[1] = lw_clock_now_ns();
	if (code == PAM_SUCCESS)
		code = pam_acct_mgmt(pamh, 0);
	t[2] = lw_clock_now_ns();
	if (code == PAM_SUCCESS)
		code = pam_setcred(pamh, PAM_ESTABLISH_CRED);
	t[3] = lw_clock_now_ns();
	return code;
}

static void print(const int64_t t[4], int64_t cpu, bool ticket)
{
	for (int i = 0; i < 3; i++)
		printf("%" PRId64 " ", (t[i + 1] - t[i]) / 1000);
	printf("%" PRId64 " %d\n", cpu / 1000, ticket);
}

static bool one_login(const char *service, const char *user)
{
	const struct pam_conv conv = { talk, NULL };
	pam_handle_t *pamh;
	int64_t t[4], cpu;
	int code;

	if (pam_start(service, user, &conv, &pamh) != PAM_SUCCESS)
		return false;
	cpu = lw_clock_container_ns();
	code = log_in(pamh, t);
	cpu = lw_clock_container_ns() - cpu;
	if (code == PAM_SUCCESS)
		print(t, cpu, has_ticket(pamh));
	else
		fprintf(stderr, "%s: %s\n", user, pam_strerror(pamh, code));
	pam_setcred(pamh, PAM_DELETE_CRED);
	pam_end(pamh, code);
	return code == PAM_SUCCESS;
}

static bool in_a_process(const char *service, const char *user)
{
	int status = 1;
	pid_t pid = fork();

	if (pid == 0) {
		bool good = one_login(service, user);

		fflush(stdout);
		_exit(good ? 0 : 1);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

int main(int argc, char **argv)
{
	if (argc != 4 || !fgets(password, sizeof(password), stdin)) {
		fputs("usage: pamlogin SERVICE USER COUNT <password\n", stderr);
		return 2;
	}
	password[strcspn(password, "\n")] = '\0';
	for (long i = strtol(argv[3], NULL, 10); i > 0; i--) {
		if (!in_a_process(argv[1], argv[2]))
			return 1;
	}
	return 0;
}
