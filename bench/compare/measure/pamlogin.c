/*
 * pamlogin.c - how long a login's PAM part takes, without sshd's cryptography.
 *
 *     pamlogin SERVICE USER COUNT <password
 *
 * Authenticates as sshd would, in a new process each time, and prints a line a
 * login: microseconds of authenticate, acct_mgmt and setcred, microseconds of
 * the container's CPU for the three (daemons included), and 1 if there is a
 * ticket now. A login that was refused ends the program with 1.
 */
#include <fcntl.h>
#include <security/pam_appl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
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

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

/* Number after key in a file of the cgroup, or at its beginning; -1: none. */
static int64_t usage(const char *path, const char *key)
{
	char text[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	const char *at;

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return -1;
	text[n] = '\0';
	at = strstr(text, key);
	return at ? strtoll(at + strlen(key), NULL, 10) : -1;
}

/*
 * CPU time of all in this container. What runs is charged when it is switched
 * off the processor, so a moment's sleep comes first.
 */
static int64_t cpu_us(void)
{
	const struct timespec moment = { 0, 1000 };
	int64_t ns;

	nanosleep(&moment, NULL);
	ns = usage("/sys/fs/cgroup/cpuacct/cpuacct.usage", "");
	return ns >= 0 ? ns / 1000
		       : usage("/sys/fs/cgroup/cpu.stat", "usage_usec ");
}

static bool has_ticket(pam_handle_t *pamh)
{
	const char *cc = pam_getenv(pamh, "KRB5CCNAME");

	return cc && !strncmp(cc, "FILE:", 5) && access(cc + 5, R_OK) == 0;
}

static bool one_login(const char *service, const char *user)
{
	const struct pam_conv conv = { talk, NULL };
	pam_handle_t *pamh;
	int64_t t[4], cpu;
	bool ticket;
	int code;

	if (pam_start(service, user, &conv, &pamh) != PAM_SUCCESS)
		return false;
	cpu = cpu_us();
	t[0] = now_us();
	code = pam_authenticate(pamh, 0);
	t[1] = now_us();
	if (code == PAM_SUCCESS)
		code = pam_acct_mgmt(pamh, 0);
	t[2] = now_us();
	if (code == PAM_SUCCESS)
		code = pam_setcred(pamh, PAM_ESTABLISH_CRED);
	t[3] = now_us();
	cpu = cpu_us() - cpu;
	ticket = has_ticket(pamh);
	if (code != PAM_SUCCESS)
		fprintf(stderr, "%s: %s\n", user, pam_strerror(pamh, code));
	else
		printf("%ld %ld %ld %ld %d\n", t[1] - t[0], t[2] - t[1],
		       t[3] - t[2], cpu, ticket);
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

		exit(good ? 0 : 1);
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
	for (int i = atoi(argv[3]); i > 0; i--) {
		if (!in_a_process(argv[1], argv[2]))
			return 1;
	}
	return 0;
}
