/*
 * test_nss.c - what libnss_lightwave makes of an answer, entry point by entry
 * point: contents, buffer sizes, statuses, errno.
 */
#include "check.h"
#include "cleanup.h"
#include "front.h"
#include "nss_module.h"

#include <errno.h>
#include <string.h>

static const char *const alice_name = "alice@lightwave.local";
static struct nss_module nss;

static const struct lw_passwd alice = {
	.uid = 16778241,
	.gid = 16778242,
	.name = LW_STR("alice@lightwave.local"),
	.gecos = LW_STR("Alice Liddell"),
	.dir = LW_STR("/home/lightwave.local/alice"),
	.shell = LW_STR("/bin/bash"),
};

static void is_alice(const struct passwd *pw)
{
	assert_string_equal(pw->pw_name, alice_name);
	assert_string_equal(pw->pw_passwd, "x");
	assert_int_equal(pw->pw_uid, 16778241);
	assert_int_equal(pw->pw_gid, 16778242);
	assert_string_equal(pw->pw_gecos, "Alice Liddell");
	assert_string_equal(pw->pw_dir, "/home/lightwave.local/alice");
	assert_string_equal(pw->pw_shell, "/bin/bash");
}

static void is_wheel(const struct group *gr, uint32_t members)
{
	char name[32];

	assert_string_equal(gr->gr_name, "wheel@lightwave.local");
	assert_string_equal(gr->gr_passwd, "x");
	assert_int_equal(gr->gr_gid, 16778242);
	for (uint32_t i = 0; i < members; i++)
		assert_string_equal(gr->gr_mem[i], nss_member(i, name));
	assert_null(gr->gr_mem[members]);
}

/*
 * Just n bytes on the heap, off bytes from where malloc aligns, so that ASan
 * sees one byte too far.
 */
static char *exactly(char **ret_block, size_t off, size_t n)
{
	*ret_block = malloc(off + n);
	assert_non_null(*ret_block);
	return *ret_block + off;
}

static bool passwd_fits(size_t n)
{
	lw_cleanup(lw_free) char *block = NULL;
	char *buf = exactly(&block, 1, n);
	enum nss_status by_name, by_uid;
	struct passwd pw;
	int e = 0;

	by_name = nss.getpwnam(alice_name, &pw, buf, n, &e);
	if (by_name == NSS_STATUS_SUCCESS) {
		is_alice(&pw);
		memset(buf, 0, n);
	} else {
		assert_int_equal(by_name, NSS_STATUS_TRYAGAIN);
		assert_int_equal(e, ERANGE);
	}
	by_uid = nss.getpwuid(16778241, &pw, buf, n, &e);
	assert_int_equal(by_uid, by_name);
	if (by_uid == NSS_STATUS_SUCCESS)
		is_alice(&pw);
	else
		assert_int_equal(e, ERANGE);
	return by_uid == NSS_STATUS_SUCCESS;
}

static bool group_fits(size_t off, size_t n, uint32_t members)
{
	lw_cleanup(lw_free) char *block = NULL;
	char *buf = exactly(&block, off, n);
	enum nss_status by_name, by_gid;
	struct group gr;
	int e = 0;

	by_name = nss.getgrnam("wheel@lightwave.local", &gr, buf, n, &e);
	if (by_name == NSS_STATUS_SUCCESS) {
		is_wheel(&gr, members);
		memset(buf, 0, n);
	} else {
		assert_int_equal(by_name, NSS_STATUS_TRYAGAIN);
		assert_int_equal(e, ERANGE);
	}
	by_gid = nss.getgrgid(16778242, &gr, buf, n, &e);
	assert_int_equal(by_gid, by_name);
	if (by_gid == NSS_STATUS_SUCCESS)
		is_wheel(&gr, members);
	else
		assert_int_equal(e, ERANGE);
	return by_gid == NSS_STATUS_SUCCESS;
}

static void a_passwd_entry_fits_from_its_own_size_on(void **state)
{
	/* Five strings and their ends. */
	size_t need = 21 + 1 + 13 + 27 + 9 + 5, n;
	struct front f;
	struct front_reply reply = { 0 };
	lw_cleanup(lw_free) uint8_t *body = nss_passwd(&alice, &n);

	(void)state;
	reply.body = body;
	reply.n = n;
	front_start(&f, &reply, 1);
	for (size_t size = 0; size < need; size++)
		assert_false(passwd_fits(size));
	assert_true(passwd_fits(need));
	assert_true(passwd_fits(need + 1));
	front_stop(&f);
}

static void a_group_entry_fits_from_its_own_size_on(void **state)
{
	/* Three members, an end to the list, "wheel@...", "x". */
	size_t need = 4 * sizeof(char *) + 3 * (21 + 1) + 21 + 1 + 2;
	size_t n;
	struct front f;
	struct front_reply reply = { 0 };
	lw_cleanup(lw_free) uint8_t *body =
		nss_group(16778242, "wheel@lightwave.local", 3, &n);

	(void)state;
	reply.body = body;
	reply.n = n;
	front_start(&f, &reply, 1);
	for (size_t off = 0; off < sizeof(char *); off++) {
		size_t pad = off ? sizeof(char *) - off : 0;

		for (size_t size = 0; size < need + pad; size++)
			assert_false(group_fits(off, size, 3));
		assert_true(group_fits(off, need + pad, 3));
	}
	front_stop(&f);
}

static void groups_of_any_size_fit_somewhere(void **state)
{
	static const uint32_t counts[] = { 0, 1, 5000 };

	(void)state;
	for (size_t i = 0; i < COUNT(counts); i++) {
		size_t n, size = 1;
		struct front f;
		struct front_reply reply = { 0 };
		lw_cleanup(lw_free) uint8_t *body = nss_group(
			16778242, "wheel@lightwave.local", counts[i], &n);

		reply.body = body;
		reply.n = n;
		front_start(&f, &reply, 1);
		/* As getgrnam(3) does. */
		while (!group_fits(0, size, counts[i])) {
			size *= 2;
			assert_true(size < 1 << 20);
		}
		front_stop(&f);
	}
}

/* root asks about who was just let in; nobody else asks at all. */
static void a_shadow_entry_opens_nothing_and_never_expires(void **state)
{
	const struct front_reply table[] = {
		{ .op = LW_OP_PASSED, .name = alice_name, .status = LW_OK },
	};
	const size_t whole = strlen(alice_name) + 1 + sizeof("*");
	char buf[64];
	struct front f;
	struct spwd sp;
	int e = 0;

	(void)state;
	front_start(&f, table, COUNT(table));
	if (geteuid() != 0) {
		assert_int_equal(nss.getspnam(alice_name, &sp, buf, 64, &e),
				 NSS_STATUS_NOTFOUND);
		assert_int_equal(front_count(&f, LW_OP_PASSED), 0);
		front_stop(&f);
		return;
	}
	assert_int_equal(nss.getspnam(alice_name, &sp, buf, whole - 1, &e),
			 NSS_STATUS_TRYAGAIN);
	assert_int_equal(e, ERANGE);
	assert_int_equal(nss.getspnam(alice_name, &sp, buf, whole, &e),
			 NSS_STATUS_SUCCESS);
	assert_string_equal(sp.sp_namp, alice_name);
	assert_string_equal(sp.sp_pwdp, "*");
	assert_int_equal(sp.sp_expire, -1);
	assert_int_equal(sp.sp_max, -1);
	assert_int_equal(sp.sp_lstchg, -1);
	assert_int_equal(nss.getspnam("bob@lightwave.local", &sp, buf, 64, &e),
			 NSS_STATUS_NOTFOUND);
	assert_int_equal(nss.getspnam("root", &sp, buf, 64, &e),
			 NSS_STATUS_NOTFOUND);
	assert_int_equal(front_count(&f, LW_OP_PASSED), 3);
	front_stop(&f);
}

static void every_status_has_its_meaning(void **state)
{
	(void)state;
	/* The last ones are no statuses at all. */
	for (uint32_t s = 1; s <= 200; s += s < LW_ERR_COUNT ? 1 : 100) {
		struct front_reply reply = { .status = (enum lw_err)s };
		enum nss_status want = NSS_STATUS_UNAVAIL;
		struct front f;

		if (s == LW_NOTFOUND || s == LW_NOTOURS || s == LW_INVALID)
			want = NSS_STATUS_NOTFOUND;
		front_start(&f, &reply, 1);
		assert_int_equal(nss_ask_all(&nss), want);
		assert_int_equal(f.log->count, 5);
		front_stop(&f);
	}
}

static void errno_stays_and_errnop_is_written_last(void **state)
{
	struct front_reply reply = { .status = LW_NOTFOUND };
	struct front f;
	struct passwd pw;
	char buf[256];
	int e = 0;

	(void)state;
	front_start(&f, &reply, 1);
	errno = EXDEV;
	assert_int_equal(nss.getpwnam(alice_name, &pw, buf, 256, &e),
			 NSS_STATUS_NOTFOUND);
	assert_int_equal(e, ENOENT);
	assert_int_equal(errno, EXDEV);
	/* This is how glibc calls it. */
	assert_int_equal(nss.getpwnam(alice_name, &pw, buf, 256, &errno),
			 NSS_STATUS_NOTFOUND);
	assert_int_equal(errno, ENOENT);
	front_stop(&f);

	errno = EXDEV;
	assert_int_equal(nss.getpwnam(alice_name, &pw, buf, 256, &e),
			 NSS_STATUS_UNAVAIL);
	assert_int_equal(e, EAGAIN);
	assert_int_equal(errno, EXDEV);
}

static void success_leaves_errno_alone(void **state)
{
	size_t n;
	lw_cleanup(lw_free) uint8_t *body = nss_passwd(&alice, &n);
	struct front_reply reply = { .body = body, .n = n };
	struct front f;
	struct passwd pw;
	char buf[256];

	(void)state;
	front_start(&f, &reply, 1);
	errno = EXDEV;
	assert_int_equal(nss.getpwnam(alice_name, &pw, buf, 256, &errno),
			 NSS_STATUS_SUCCESS);
	assert_int_equal(errno, EXDEV);
	is_alice(&pw);
	front_stop(&f);
}

/* All of them NOTFOUND, by name and by id, for users and groups alike. */
static void nobody(const char *name, uint32_t id)
{
	lw_cleanup(lw_free) gid_t *gids = calloc(1, sizeof(*gids));
	long start = 0, size = 1;
	struct passwd pw;
	struct group gr;
	char b[256];
	int e;

	assert_int_equal(nss.getpwnam(name, &pw, b, sizeof(b), &e),
			 NSS_STATUS_NOTFOUND);
	assert_int_equal(nss.getgrnam(name, &gr, b, sizeof(b), &e),
			 NSS_STATUS_NOTFOUND);
	assert_int_equal(nss.initgroups(name, 0, &start, &size, &gids, 0, &e),
			 NSS_STATUS_NOTFOUND);
	assert_int_equal(nss.getpwuid(id, &pw, b, sizeof(b), &e),
			 NSS_STATUS_NOTFOUND);
	assert_int_equal(nss.getgrgid(id, &gr, b, sizeof(b), &e),
			 NSS_STATUS_NOTFOUND);
}

static void what_can_be_nobodys_is_not_asked(void **state)
{
	struct front f;
	char name[257];

	(void)state;
	front_start(&f, NULL, 0);
	memset(name, 'a', sizeof(name));
	name[0] = '@';
	name[256] = '\0';
	nobody("", 0);
	nobody(name, UINT32_MAX);
	assert_int_equal(f.log->count, 0);
	/* The longest name, and ids next to the others, are asked about. */
	name[255] = '\0';
	nobody(name, 1);
	assert_int_equal(f.log->count, 5);
	assert_string_equal(front_question(&f, LW_OP_PASSWD_BY_NAME, 0)->name,
			    name);
	assert_int_equal(front_question(&f, LW_OP_GROUP_BY_GID, 0)->id, 1);
	assert_false(f.log->q[0].priv);
	front_stop(&f);
}

/* getpwnam of a name without a domain. */
static enum nss_status bare(void)
{
	struct passwd pw;
	char b[256];
	int e;

	return nss.getpwnam("alice", &pw, b, sizeof(b), &e);
}

static void names_without_a_domain_have_a_socket_of_their_own(void **state)
{
	size_t n;
	lw_cleanup(lw_free) uint8_t *body = nss_passwd(&alice, &n);
	struct front_reply reply = { .body = body, .n = n };
	struct front f;

	(void)state;
	/* A front away may be one that takes them. */
	assert_int_equal(bare(), NSS_STATUS_UNAVAIL);

	front_start(&f, &reply, 1);
	assert_int_equal(bare(), NSS_STATUS_NOTFOUND);
	assert_int_equal(f.log->count, 0);
	assert_int_equal(symlink("nss", "bare"), 0);
	assert_int_equal(bare(), NSS_STATUS_SUCCESS);
	assert_int_equal(f.log->count, 1);
	/* And without it not even a front that hangs delays them. */
	assert_int_equal(unlink("bare"), 0);
	front_freeze(&f);
	assert_int_equal(bare(), NSS_STATUS_NOTFOUND);
	front_stop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_passwd_entry_fits_from_its_own_size_on),
		cmocka_unit_test(a_group_entry_fits_from_its_own_size_on),
		cmocka_unit_test(groups_of_any_size_fit_somewhere),
		cmocka_unit_test(
			a_shadow_entry_opens_nothing_and_never_expires),
		cmocka_unit_test(every_status_has_its_meaning),
		cmocka_unit_test(errno_stays_and_errnop_is_written_last),
		cmocka_unit_test(success_leaves_errno_alone),
		cmocka_unit_test(what_can_be_nobodys_is_not_asked),
		cmocka_unit_test(
			names_without_a_domain_have_a_socket_of_their_own),
	};
	int r;

	nss_module_load(&nss);
	front_enter();
	r = cmocka_run_group_tests(tests, NULL, NULL);
	front_leave();
	return r;
}
