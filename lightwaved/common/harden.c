/* harden.c - what both daemons do before they touch a secret. */
#include "harden.h"

#include "log.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

bool lw_harden(void)
{
	const struct rlimit none = { 0, 0 };

	/* Standard error may be a pipe that nobody reads any more. */
	return signal(SIGPIPE, SIG_IGN) != SIG_ERR &&
	       setrlimit(RLIMIT_CORE, &none) == 0 &&
	       prctl(PR_SET_DUMPABLE, 0) == 0;
}

void lw_lock_memory(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) < 0 ||
	    limit.rlim_cur != RLIM_INFINITY)
		lw_log(LOG_DEBUG, "memory is not locked: RLIMIT_MEMLOCK is "
				  "not unlimited");
	else if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) < 0)
		lw_log(LOG_NOTICE, "memory is not locked: %s", strerror(errno));
}
