/*
 * sudo_rig.h - the group plug-in, loaded as sudo loads it, before a scripted
 * front; what it logs, what it shows the user, and a clock that can be put
 * forward.
 */
#ifndef LW_TEST_SUDO_RIG_H
#define LW_TEST_SUDO_RIG_H

#include "front.h"

#include <stdbool.h>

#include <sudo_plugin.h>

#define RIG_UID	  16778241
#define RIG_USER  "alice@lightwave.local"
#define RIG_GROUP "Linux Admins"

struct rig {
	void *module;
	const struct sudoers_group_plugin *plugin;
	struct front front;
};

/* A whole answer; its body is borrowed until the next. */
struct front_reply rig_answer(bool yes);

/*
 * With a front that gives this one answer; NULL: without a front. ./passwd has
 * "local" and "clash@lightwave.local", ./group has "wheel".
 */
void rig_open(struct rig *r, const struct front_reply *reply);
void rig_close(struct rig *r);

/* A rule for "%:group" and that user, whose passwd entry has that uid. */
bool rig_asks(struct rig *r, uint32_t uid, const char *user, const char *group);
/* The same of RIG_UID and RIG_USER. */
bool rig_in(struct rig *r, const char *group);

/* Since rig_open(): lines in the log, and the last; the same of the screen. */
unsigned int rig_logged(void);
const char *rig_log(void);
unsigned int rig_shown(void);
const char *rig_screen(void);
int rig_show(int type, const char *restrict fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The plug-in's clock, which stands still otherwise; not the sockets'. */
void rig_later(int seconds);

/* Until rig_close(). */
enum rig_hurry {
	RIG_AS_IT_IS,
	RIG_HURRY, /* what would be waited for in vain is over at once */
	RIG_SLOW,  /* each wait for the front is RIG_SLOW_S of its clock */
};
#define RIG_SLOW_S 1
void rig_hurry(enum rig_hurry how);

/* Called when it is about to wait for somebody to listen. */
void rig_at_wait(void (*f)(void));

#endif
