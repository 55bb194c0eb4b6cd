/* store_sandbox.c - the store process's walls. The store process. */
#include "store_sandbox.h"

#include "cleanup.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Its socket twice, the folder, LMDB's two, the three that all have. */
#define FILES_MAX 16

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#else
#define ARCH 0
#endif

/*
 * All that reading and writing one file takes: nothing that makes a socket, a
 * process or a name, and nobody else's memory, signals or limits.
 */
static const int allowed[] = {
	/* the folder's files, and the socket that is there */
	SYS_openat,
	SYS_close,
	SYS_read,
	SYS_write,
	SYS_readv,
	SYS_writev,
	SYS_pread64,
	SYS_pwrite64,
	SYS_preadv,
	SYS_pwritev,
	SYS_lseek,
	SYS_fstat,
	SYS_newfstatat,
	SYS_statx,
	SYS_faccessat,
	SYS_faccessat2,
	SYS_flock,
	SYS_fsync,
	SYS_fdatasync,
	SYS_fstatfs,
	SYS_ppoll,
	/* memory */
	SYS_mmap,
	SYS_munmap,
	SYS_mremap,
	SYS_mprotect,
	SYS_msync,
	SYS_madvise,
	SYS_brk,
	/* time */
	SYS_clock_gettime,
	SYS_clock_nanosleep,
	SYS_nanosleep,
	SYS_gettimeofday,
	/* itself */
	SYS_rt_sigaction,
	SYS_rt_sigprocmask,
	SYS_rt_sigreturn,
	SYS_sigaltstack,
	SYS_restart_syscall,
	SYS_getpid,
	SYS_gettid,
	SYS_getppid,
	SYS_futex,
	SYS_sched_yield,
	SYS_getrandom,
	SYS_sysinfo,
	SYS_uname,
	SYS_exit,
	SYS_exit_group,
#if defined(__x86_64__)
	SYS_open,
	SYS_stat,
	SYS_lstat,
	SYS_access,
	SYS_poll,
	SYS_time,
#endif
};
#define ALLOWED (sizeof(allowed) / sizeof(allowed[0]))

static struct sock_filter load(size_t offset)
{
	return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					    (uint32_t)offset);
}

/* Where it is that, the next one; else skip so many. */
static struct sock_filter unless(uint32_t value, uint8_t skip)
{
	return (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0,
					    skip);
}

static struct sock_filter end(uint32_t action)
{
	return (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action);
}

/* What is not allowed fails, as it does under the units' filters. */
static bool filter_calls(void)
{
	struct sock_filter v[2 * ALLOWED + 5];
	struct sock_fprog prog = { .filter = v };
	size_t n = 0;

	if (!ARCH)
		return false;
	v[n++] = load(offsetof(struct seccomp_data, arch));
	v[n++] = unless(ARCH, 2 * ALLOWED + 1);
	v[n++] = load(offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < ALLOWED; i++) {
		v[n++] = unless((uint32_t)allowed[i], 1);
		v[n++] = end(SECCOMP_RET_ALLOW);
	}
	v[n++] = end(SECCOMP_RET_ERRNO | EPERM);
	prog.len = (unsigned short)n;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) == 0;
}

/* As the kernel's newest, which its older headers do not have. */
struct ruleset {
	uint64_t fs, net, scoped;
};

/* By version: what is not handled there is refused as it is unknown. */
static const struct {
	uint64_t fs, net, scoped;
	size_t size;
} handled[] = {
	{ (1 << 13) - 1, 0, 0, 8 },  /* 1 */
	{ (1 << 14) - 1, 0, 0, 8 },  /* 2: to another folder */
	{ (1 << 15) - 1, 0, 0, 8 },  /* 3: truncate */
	{ (1 << 15) - 1, 3, 0, 16 }, /* 4: TCP */
	{ (1 << 16) - 1, 3, 0, 16 }, /* 5: ioctl of devices */
	{ (1 << 16) - 1, 3, 3, 24 }, /* 6: abstract sockets, signals */
};
#define HANDLED	 (sizeof(handled) / sizeof(handled[0]))
#define TRUNCATE (1 << 14)

static bool own_folder_only(int dir_fd)
{
	lw_cleanup(lw_close) int fd = -1;
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
			       LANDLOCK_CREATE_RULESET_VERSION);
	size_t i = version > (long)HANDLED ? HANDLED - 1 : (size_t)version - 1;
	struct landlock_path_beneath_attr folder = { .parent_fd = dir_fd };
	struct ruleset all;

	if (version < 1)
		return false;
	all = (struct ruleset) { handled[i].fs, handled[i].net,
				 handled[i].scoped };
	folder.allowed_access =
		all.fs &
		(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
		 LANDLOCK_ACCESS_FS_MAKE_REG | TRUNCATE);
	fd = (int)syscall(SYS_landlock_create_ruleset, &all, handled[i].size,
			  0);
	return fd >= 0 &&
	       syscall(SYS_landlock_add_rule, fd, LANDLOCK_RULE_PATH_BENEATH,
		       &folder, 0) == 0 &&
	       syscall(SYS_landlock_restrict_self, fd, 0) == 0;
}

/* Never more than there was. */
static bool limit(int what, rlim_t n)
{
	struct rlimit l;

	if (getrlimit((__rlimit_resource_t)what, &l) < 0)
		return false;
	if (n < l.rlim_max)
		l.rlim_max = n;
	l.rlim_cur = l.rlim_max;
	return setrlimit((__rlimit_resource_t)what, &l) == 0;
}

bool lw_store_sandbox(int dir_fd, size_t max, unsigned int *ret_lacks)
{
	unsigned int lacks = 0;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    !limit(RLIMIT_NOFILE, FILES_MAX) || !limit(RLIMIT_NPROC, 0) ||
	    !limit(RLIMIT_FSIZE, max))
		return false;
	if (!own_folder_only(dir_fd))
		lacks |= LW_STORE_LACKS_LANDLOCK;
	if (!filter_calls())
		lacks |= LW_STORE_LACKS_SECCOMP;
	*ret_lacks = lacks;
	return true;
}
