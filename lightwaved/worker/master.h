/*
 * master.h - start the workers, hand out jobs, replace who fails.
 *
 * The master itself never waits for anybody: no directory, no KDC, no name
 * service.
 */
#ifndef LW_MASTER_H
#define LW_MASTER_H

#include "peer.h"
#include "pool.h"
#include "watch.h"

struct lw_master {
	const char *config_path, *jobs_path; /* borrowed */
	struct lw_config *config;
	struct lw_setup setup;
	char *ticket_dir, *krb5_path; /* in the directory of the jobs socket */
	struct event_base *base;
	struct event *listener, *signals[4];
	int listen_fd;
	struct lw_pool lookups; /* what anybody asks */
	struct lw_pool pam;	/* the same for PAM: nobody else's delay it */
	struct lw_pool logins;	/* passwords */
	struct lw_pool sync;	/* following the directory */
	struct lw_pool tests;	/* the self-test, which may wait for a KDC */
	struct lw_pool probes;	/* whether servers are back */
	struct lw_watch watch;
	LIST_HEAD(lw_peer_list, lw_peer) peers;
	size_t peer_count;
};

/*
 * Serve until SIGTERM; takes config, which was read from config_path. The
 * strings are borrowed. LW_OK: ended as it was told. Else it could not start,
 * and said why.
 */
enum lw_err lw_master_run(const char *config_path, const char *jobs_path,
			  struct lw_config *config);

#endif
