/*
 * test_pam_cred.c - pam_setcred(3): whose credential cache is made, when,
 * with which rights, and who removes it.
 *
 * As root the caches are a directory user's, otherwise our own.
 */
#include "check.h"
#include "cleanup.h"
#include "pam_rig.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define TICKET "\5\4 the bytes of a cache\0 and one NUL"

static const uint8_t never[4] = { 0xFF, 0xFF, 0xFF, 0xFF };
static uint8_t ticket[256]; /* for who(), sizeof(TICKET) bytes */
static struct front_reply table[] = {
	{ .op = LW_OP_TICKET, .name = RIG_USER, .body = ticket, .once = true },
	{ .op = LW_OP_AUTH, .body = never, .n = 4 },
	{ .op = LW_OP_OURS, .name = "carl", .status = LW_NOTOURS },
};

static uid_t who(void)
{
	return geteuid() == 0 ? 16778241 : geteuid();
}

static gid_t whose(void)
{
	return geteuid() == 0 ? 16778242 : getegid();
}

/* The ticket in the table is for that uid. */
static void set_ticket(uint32_t uid, size_t size)
{
	struct lw_ticket t = { .uid = uid,
			       .gid = whose(),
			       .ccache = { TICKET, size } };
	struct lw_wr w;

	lw_wr_init(&w, ticket, sizeof(ticket));
	lw_ticket_encode(&w, &t);
	table[0].n = (size_t)(w.p - ticket);
}

static void open_rig(struct rig *r, const char *service, const char *user)
{
	set_ticket(who(), sizeof(TICKET));
	rig_open(r, service, user, "", table, COUNT(table));
}

static unsigned int caches(void)
{
	DIR *d = opendir(".");
	struct dirent *e;
	unsigned int n = 0;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		n += !strncmp(e->d_name, "krb5cc_", 7);
	closedir(d);
	return n;
}

/* The cache that PAM's environment names is whole and its user's alone. */
static const char *good_cache(const struct rig *r)
{
	const char *name = pam_getenv(r->pamh, "KRB5CCNAME");
	lw_cleanup(lw_close) int fd = -1;
	char prefix[64], bytes[256];
	struct stat st;

	assert_non_null(name);
	snprintf(prefix, sizeof(prefix), "FILE:./krb5cc_%u_", who());
	assert_memory_equal(name, prefix, strlen(prefix));
	name += 5;
	assert_int_equal(lstat(name, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_int_equal(st.st_uid, who());
	assert_int_equal(st.st_gid, whose());
	fd = open(name, O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, bytes, sizeof(bytes)), sizeof(TICKET));
	assert_memory_equal(bytes, TICKET, sizeof(TICKET));
	return name;
}

static void the_first_call_makes_the_cache_and_the_second_finds_it(void **state)
{
	struct rig r;
	char first[256];

	(void)state;
	open_rig(&r, "sshd", RIG_USER);
	assert_int_equal(pam_authenticate(r.pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_setcred(r.pamh, (int)PAM_ESTABLISH_CRED),
			 PAM_SUCCESS);
	snprintf(first, sizeof(first), "%s", good_cache(&r));
	assert_int_equal(pam_setcred(r.pamh, (int)PAM_REINITIALIZE_CRED),
			 PAM_SUCCESS);
	assert_int_equal(pam_setcred(r.pamh, (int)PAM_REFRESH_CRED),
			 PAM_SUCCESS);
	assert_string_equal(good_cache(&r), first);
	assert_int_equal(front_count(&r.front, LW_OP_TICKET), 1);
	assert_true(front_question(&r.front, LW_OP_TICKET, 0)->priv);
	assert_int_equal(caches(), 1);

	assert_int_equal(pam_setcred(r.pamh, (int)PAM_DELETE_CRED),
			 PAM_SUCCESS);
	assert_int_equal(caches(), 0);
	assert_null(pam_getenv(r.pamh, "KRB5CCNAME"));
	assert_int_equal(pam_setcred(r.pamh, (int)PAM_DELETE_CRED),
			 PAM_SUCCESS);
	rig_close(&r);
}

static void the_process_may_be_another_than_authenticated(void **state)
{
	struct rig r;
	int status;
	pid_t pid;

	(void)state;
	open_rig(&r, "sshd", RIG_USER);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(pam_authenticate(r.pamh, 0));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(pam_setcred(r.pamh, (int)PAM_ESTABLISH_CRED),
			 PAM_SUCCESS);
	unlink(good_cache(&r));
	rig_close(&r);
}

/* A key, or a ticket taken already. */
static void no_ticket_is_a_success_too(void **state)
{
	struct rig r;

	(void)state;
	open_rig(&r, "sshd", "bob@lightwave.local");
	assert_int_equal(pam_setcred(r.pamh, (int)PAM_ESTABLISH_CRED),
			 PAM_SUCCESS);
	assert_int_equal(front_count(&r.front, LW_OP_TICKET), 1);
	assert_null(pam_getenv(r.pamh, "KRB5CCNAME"));
	assert_string_equal(rig_log(), "");
	front_stop(&r.front);
	/* Nor does a front that is away end a session that is allowed. */
	assert_int_equal(pam_setcred(r.pamh, (int)PAM_ESTABLISH_CRED),
			 PAM_SUCCESS);
	assert_int_equal(caches(), 0);
	rig_close(&r);
}

static void who_is_not_ours_is_unknown(void **state)
{
	static const char *const users[] = { "root", "local", "carl" };

	(void)state;
	for (size_t i = 0; i < COUNT(users); i++) {
		struct rig r;

		open_rig(&r, "sshd", users[i]);
		assert_int_equal(pam_setcred(r.pamh, (int)PAM_ESTABLISH_CRED),
				 PAM_USER_UNKNOWN);
		assert_int_equal(pam_setcred(r.pamh, (int)PAM_DELETE_CRED),
				 PAM_USER_UNKNOWN);
		assert_int_equal(front_count(&r.front, LW_OP_TICKET), 0);
		rig_close(&r);
	}
}

/* sudo asks alice for her password, then becomes somebody else. */
static void nothing_of_alices_becomes_her_targets(void **state)
{
	static const char *const targets[] = { "root", "local",
					       "bob@lightwave.local" };

	(void)state;
	for (size_t i = 0; i < COUNT(targets); i++) {
		struct rig r;

		open_rig(&r, "sudo", RIG_USER);
		assert_int_equal(pam_authenticate(r.pamh, 0), PAM_SUCCESS);
		pam_set_item(r.pamh, PAM_USER, targets[i]);
		assert_int_equal(
			pam_setcred(r.pamh, (int)PAM_REINITIALIZE_CRED),
			PAM_SUCCESS);
		assert_int_equal(front_count(&r.front, LW_OP_TICKET), 0);
		assert_int_equal(caches(), 0);
		rig_close(&r);
	}
}

/* The ticket that lies ready is that of a session still being made. */
static void who_did_not_ask_for_a_password_takes_no_ticket(void **state)
{
	static const char *const services[] = { "sudo", "su-l", "crond",
						"systemd-user" };

	(void)state;
	for (size_t i = 0; i < COUNT(services); i++) {
		struct rig r;

		open_rig(&r, services[i], RIG_USER);
		assert_int_equal(pam_setcred(r.pamh, (int)PAM_ESTABLISH_CRED),
				 PAM_SUCCESS);
		assert_int_equal(front_count(&r.front, LW_OP_TICKET), 0);
		rig_close(&r);
	}
}

static void a_cache_from_elsewhere_is_left_alone(void **state)
{
	char ours[256];
	struct rig r;

	(void)state;
	open_rig(&r, "sshd", RIG_USER);
	front_write("krb5cc_elsewhere", "theirs");
	assert_int_equal(
		pam_putenv(r.pamh, "KRB5CCNAME=FILE:./krb5cc_elsewhere"),
		PAM_SUCCESS);
	assert_int_equal(pam_setcred(r.pamh, (int)PAM_ESTABLISH_CRED),
			 PAM_SUCCESS);
	assert_int_equal(front_count(&r.front, LW_OP_TICKET), 0);
	assert_int_equal(pam_setcred(r.pamh, (int)PAM_DELETE_CRED),
			 PAM_SUCCESS);
	assert_int_equal(caches(), 1);
	unlink("krb5cc_elsewhere");
	rig_close(&r);

	/* Also when it came after ours. */
	open_rig(&r, "sshd", RIG_USER);
	pam_setcred(r.pamh, (int)PAM_ESTABLISH_CRED);
	snprintf(ours, sizeof(ours), "%s", good_cache(&r));
	front_write("krb5cc_elsewhere", "theirs");
	pam_putenv(r.pamh, "KRB5CCNAME=FILE:./krb5cc_elsewhere");
	pam_setcred(r.pamh, (int)PAM_DELETE_CRED);
	assert_int_equal(caches(), 2);
	assert_string_equal(pam_getenv(r.pamh, "KRB5CCNAME"),
			    "FILE:./krb5cc_elsewhere");
	unlink("krb5cc_elsewhere");
	unlink(ours);
	rig_close(&r);
}

static void nobody_gets_a_cache_that_is_not_his(void **state)
{
	const uint32_t uids[] = { 0, UINT32_MAX,
				  geteuid() == 0 ? 0 : geteuid() + 1 };

	(void)state;
	for (size_t i = 0; i < COUNT(uids); i++) {
		struct rig r;

		set_ticket(uids[i], sizeof(TICKET));
		rig_open(&r, "sshd", RIG_USER, "", table, COUNT(table));
		assert_int_equal(pam_setcred(r.pamh, (int)PAM_ESTABLISH_CRED),
				 PAM_SUCCESS);
		assert_int_equal(front_count(&r.front, LW_OP_TICKET), 1);
		assert_null(pam_getenv(r.pamh, "KRB5CCNAME"));
		assert_int_equal(caches(), 0);
		rig_close(&r);
	}
}

static void half_a_cache_is_none(void **state)
{
	const struct rlimit small = { 10, RLIM_INFINITY };
	void (*was)(int) = signal(SIGXFSZ, SIG_IGN);
	struct rlimit old;
	struct rig r;
	int code;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	open_rig(&r, "sshd", RIG_USER);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	code = pam_setcred(r.pamh, (int)PAM_ESTABLISH_CRED);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, was);
	assert_int_equal(code, PAM_SUCCESS);
	assert_null(pam_getenv(r.pamh, "KRB5CCNAME"));
	assert_int_equal(caches(), 0);
	assert_non_null(strstr(rig_log(), "no ticket: ./krb5cc_"));
	assert_null(strstr(rig_log(), "the bytes"));
	rig_close(&r);

	/* An empty one would hide a cache that the user has elsewhere. */
	set_ticket(who(), 0);
	rig_open(&r, "sshd", RIG_USER, "", table, COUNT(table));
	assert_int_equal(pam_setcred(r.pamh, (int)PAM_ESTABLISH_CRED),
			 PAM_SUCCESS);
	assert_null(pam_getenv(r.pamh, "KRB5CCNAME"));
	assert_int_equal(caches(), 0);
	rig_close(&r);
}

static void root_has_only_the_users_rights_meanwhile(void **state)
{
	struct rig r;

	(void)state;
	if (geteuid() != 0)
		skip();
	open_rig(&r, "sshd", RIG_USER);
	assert_int_equal(chmod(".", 0755), 0);
	assert_int_equal(pam_setcred(r.pamh, (int)PAM_ESTABLISH_CRED),
			 PAM_SUCCESS);
	assert_int_equal(chmod(".", 01777), 0);
	assert_int_equal(caches(), 0);
	assert_null(pam_getenv(r.pamh, "KRB5CCNAME"));
	rig_close(&r);

	/* What lies there as root's by then is not removed by his delete. */
	open_rig(&r, "sshd", RIG_USER);
	pam_setcred(r.pamh, (int)PAM_ESTABLISH_CRED);
	assert_int_equal(chown(good_cache(&r), 0, 0), 0);
	assert_int_equal(pam_setcred(r.pamh, (int)PAM_DELETE_CRED),
			 PAM_SUCCESS);
	assert_int_equal(caches(), 1);
	rig_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_first_call_makes_the_cache_and_the_second_finds_it),
		cmocka_unit_test(the_process_may_be_another_than_authenticated),
		cmocka_unit_test(no_ticket_is_a_success_too),
		cmocka_unit_test(who_is_not_ours_is_unknown),
		cmocka_unit_test(nothing_of_alices_becomes_her_targets),
		cmocka_unit_test(
			who_did_not_ask_for_a_password_takes_no_ticket),
		cmocka_unit_test(a_cache_from_elsewhere_is_left_alone),
		cmocka_unit_test(nobody_gets_a_cache_that_is_not_his),
		cmocka_unit_test(half_a_cache_is_none),
		cmocka_unit_test(root_has_only_the_users_rights_meanwhile),
	};

	return rig_main(tests, COUNT(tests));
}
