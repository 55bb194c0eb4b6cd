/*
 * test_pam_cred.c - pam_setcred(3) across processes, handles, full disks and
 * uids; for whom a cache is made and when stands in conversations/cred-*.txt.
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
#define FRESH  "\5\4 those of a fresh one\0, as many"

static const uint8_t never[9] = { 0xFF, 0xFF, 0xFF, 0xFF };
static uint8_t ticket[256], fresh[256]; /* for who() */
static struct front_reply table[] = {
	{ .op = LW_OP_TICKET, .name = RIG_USER, .body = ticket, .once = true },
	{ .op = LW_OP_TICKET, .name = RIG_USER, .body = fresh, .once = true },
	{ .op = LW_OP_AUTH, .body = never, .n = 9 },
};

static uid_t who(void)
{
	return geteuid() == 0 ? 16778241 : geteuid();
}

static gid_t whose(void)
{
	return geteuid() == 0 ? 16778242 : getegid();
}

static size_t set_ticket(uint8_t body[256], const char *text, size_t size)
{
	struct lw_ticket t = { .uid = who(),
			       .gid = whose(),
			       .ccache = { text, size } };
	struct lw_wr w;

	lw_wr_init(&w, body, 256);
	lw_ticket_encode(&w, &t);
	return (size_t)(w.p - body);
}

/* TICKET first, FRESH for who asks again. */
static void open_rig(struct rig *r)
{
	table[0].n = set_ticket(ticket, TICKET, sizeof(TICKET));
	table[1].n = set_ticket(fresh, FRESH, sizeof(FRESH));
	rig_open(r, "sshd", RIG_USER, "", table, COUNT(table));
	for (size_t i = 0; i < COUNT(r->answers); i++)
		r->answers[i] = "secret";
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
static const char *good_cache(pam_handle_t *pamh, const char *text, size_t size)
{
	const char *name = pam_getenv(pamh, "KRB5CCNAME");
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
	assert_int_equal(read(fd, bytes, sizeof(bytes)), size);
	assert_memory_equal(bytes, text, size);
	return name;
}

static const char *first_cache(const struct rig *r)
{
	return good_cache(r->pamh, TICKET, sizeof(TICKET));
}

static void set(const struct rig *r, unsigned int flag)
{
	assert_int_equal(pam_setcred(r->pamh, (int)flag), PAM_SUCCESS);
}

/* As a full disk: no file can grow beyond this. */
static void set_full(const struct rig *r, unsigned int flag)
{
	const struct rlimit small = { 10, RLIM_INFINITY };
	void (*was)(int) = signal(SIGXFSZ, SIG_IGN);
	struct rlimit old;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	set(r, flag);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, was);
}

/* sshd: keyboard-interactive authenticates in a child of its own. */
static void the_process_may_be_another_than_authenticated(void **state)
{
	struct rig r;
	int status;
	pid_t pid;

	(void)state;
	open_rig(&r);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(pam_authenticate(r.pamh, 0));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	set(&r, PAM_ESTABLISH_CRED);
	unlink(first_cache(&r));
	rig_close(&r);
}

/* ... and calls pam_setcred(3) once more in the child that becomes the user. */
static void a_child_finds_what_its_parent_made(void **state)
{
	struct rig r;
	int status;
	pid_t pid;

	(void)state;
	open_rig(&r);
	set(&r, PAM_ESTABLISH_CRED);
	first_cache(&r);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int code = pam_setcred(r.pamh, (int)PAM_REINITIALIZE_CRED);

		first_cache(&r);
		_exit(code || pam_end(r.pamh, (int)PAM_DATA_SILENT));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	first_cache(&r);
	assert_int_equal(front_count(&r.front, LW_OP_TICKET), 1);
	set(&r, PAM_DELETE_CRED);
	assert_int_equal(caches(), 0);
	rig_close(&r);
}

static void two_sessions_have_two_caches(void **state)
{
	pam_handle_t *other;
	struct rig r;

	(void)state;
	open_rig(&r);
	assert_int_equal(
		pam_start_confdir("sshd", RIG_USER, &r.conv, ".", &other),
		PAM_SUCCESS);
	set(&r, PAM_ESTABLISH_CRED);
	assert_int_equal(pam_setcred(other, (int)PAM_ESTABLISH_CRED),
			 PAM_SUCCESS);
	assert_string_not_equal(first_cache(&r),
				good_cache(other, FRESH, sizeof(FRESH)));
	assert_int_equal(caches(), 2);

	assert_int_equal(pam_close_session(other, 0), PAM_SUCCESS);
	assert_int_equal(pam_end(other, PAM_SUCCESS), PAM_SUCCESS);
	first_cache(&r);
	assert_int_equal(caches(), 1);
	assert_int_equal(pam_close_session(r.pamh, 0), PAM_SUCCESS);
	assert_int_equal(caches(), 0);
	rig_close(&r);
}

static void who_reads_meanwhile_has_the_old_one_whole(void **state)
{
	lw_cleanup(lw_close) int fd = -1;
	char bytes[256];
	struct rig r;

	(void)state;
	open_rig(&r);
	set(&r, PAM_ESTABLISH_CRED);
	fd = open(first_cache(&r), O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, bytes, 5), 5);
	assert_int_equal(pam_authenticate(r.pamh, 0), PAM_SUCCESS);
	set(&r, PAM_REINITIALIZE_CRED);
	assert_int_equal(read(fd, bytes + 5, sizeof(bytes) - 5),
			 sizeof(TICKET) - 5);
	assert_memory_equal(bytes, TICKET, sizeof(TICKET));
	good_cache(r.pamh, FRESH, sizeof(FRESH));
	assert_int_equal(caches(), 1);
	set(&r, PAM_DELETE_CRED);
	rig_close(&r);
}

static void half_a_cache_is_none(void **state)
{
	struct rig r;

	(void)state;
	open_rig(&r);
	set_full(&r, PAM_ESTABLISH_CRED);
	assert_null(pam_getenv(r.pamh, "KRB5CCNAME"));
	assert_int_equal(caches(), 0);
	assert_non_null(strstr(rig_log(), "no ticket: ./krb5cc_"));
	assert_null(strstr(rig_log(), "the bytes"));
	rig_close(&r);
}

static void half_a_fresh_one_leaves_the_old_one(void **state)
{
	struct rig r;

	(void)state;
	open_rig(&r);
	set(&r, PAM_ESTABLISH_CRED);
	assert_int_equal(pam_authenticate(r.pamh, 0), PAM_SUCCESS);
	set_full(&r, PAM_REFRESH_CRED);
	first_cache(&r);
	assert_int_equal(caches(), 1);
	assert_non_null(strstr(rig_log(), "not renewed: File too large"));
	set(&r, PAM_DELETE_CRED);
	rig_close(&r);
}

static void root_has_only_the_users_rights_meanwhile(void **state)
{
	struct rig r;

	(void)state;
	if (geteuid() != 0)
		skip();
	open_rig(&r);
	assert_int_equal(chmod(".", 0755), 0);
	set(&r, PAM_ESTABLISH_CRED);
	assert_int_equal(chmod(".", 01777), 0);
	assert_int_equal(caches(), 0);
	assert_null(pam_getenv(r.pamh, "KRB5CCNAME"));
	rig_close(&r);
}

/* What lies there as root's by then is neither renewed nor removed. */
static void a_file_of_roots_in_its_place_is_left_alone(void **state)
{
	char bytes[sizeof(TICKET)];
	lw_cleanup(lw_close) int fd = -1;
	struct rig r;

	(void)state;
	if (geteuid() != 0)
		skip();
	open_rig(&r);
	set(&r, PAM_ESTABLISH_CRED);
	fd = open(first_cache(&r), O_RDONLY | O_CLOEXEC);
	assert_int_equal(fchown(fd, 0, 0), 0);
	assert_int_equal(fchmod(fd, 0644), 0);
	assert_int_equal(pam_authenticate(r.pamh, 0), PAM_SUCCESS);
	set(&r, PAM_REINITIALIZE_CRED);
	assert_int_equal(front_count(&r.front, LW_OP_TICKET), 2);
	assert_int_equal(pread(fd, bytes, sizeof(bytes), 0), sizeof(TICKET));
	assert_memory_equal(bytes, TICKET, sizeof(TICKET));
	set(&r, PAM_DELETE_CRED);
	assert_int_equal(caches(), 1);
	rig_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_process_may_be_another_than_authenticated),
		cmocka_unit_test(a_child_finds_what_its_parent_made),
		cmocka_unit_test(two_sessions_have_two_caches),
		cmocka_unit_test(who_reads_meanwhile_has_the_old_one_whole),
		cmocka_unit_test(half_a_cache_is_none),
		cmocka_unit_test(half_a_fresh_one_leaves_the_old_one),
		cmocka_unit_test(root_has_only_the_users_rights_meanwhile),
		cmocka_unit_test(a_file_of_roots_in_its_place_is_left_alone),
	};

	return rig_main(tests, COUNT(tests));
}
