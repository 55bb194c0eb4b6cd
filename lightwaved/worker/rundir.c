/* rundir.c - what lies beside the jobs socket. The worker's master. */
#include "rundir.h"

#include "cleanup.h"
#include "log.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static enum lw_err complain(const char *path, const char *why)
{
	lw_log(LOG_ERR, "%s: %s", path, why);
	return LW_OFFLINE;
}

static void close_dir(DIR **d)
{
	if (*d)
		closedir(*d);
}

/* Tickets that workers left when they were killed with their master. */
static void empty(const char *path)
{
	lw_cleanup(close_dir) DIR *d = opendir(path);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		if (e->d_name[0] != '.')
			unlinkat(dirfd(d), e->d_name, 0);
	}
}

static enum lw_err make_private(const char *path)
{
	struct stat st;

	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return complain(path, strerror(errno));
	if (lstat(path, &st) < 0)
		return complain(path, strerror(errno));
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & 077))
		return complain(path, "not a directory of ours alone");
	empty(path);
	return LW_OK;
}

enum lw_err lw_rundir_prepare(const char *jobs_path, char **ret_ticket_dir,
			      char **ret_krb5_path)
{
	if (asprintf(ret_ticket_dir, "%s.tickets", jobs_path) < 0) {
		*ret_ticket_dir = NULL;
		return LW_NOMEM;
	}
	if (asprintf(ret_krb5_path, "%s.krb5.conf", jobs_path) < 0) {
		*ret_krb5_path = NULL;
		return LW_NOMEM;
	}
	return make_private(*ret_ticket_dir);
}

void lw_rundir_remove(char *ticket_dir, char *krb5_path)
{
	if (krb5_path)
		unlink(krb5_path);
	if (ticket_dir) {
		empty(ticket_dir);
		rmdir(ticket_dir);
	}
	free(krb5_path);
	free(ticket_dir);
}
