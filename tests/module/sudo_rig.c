/* sudo_rig.c - the group plug-in, loaded as sudo loads it. For its tests. */
#include "sudo_rig.h"

#include "check.h"
#include "member.h"

#include <dlfcn.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

/* clang's fortified libc has it as a macro. */
#undef syslog

/* Where the plug-in's lines end; the second is its name when fortified. */
void __syslog_chk(int prio, int flag, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static char logged[1024], shown[1024];
static unsigned int lines, screens;
static time_t ahead;
static int64_t waited_ms;
static enum rig_hurry hurry;
static void (*at_wait)(void);

static void take(int prio, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static void take(int prio, const char *fmt, va_list ap)
{
	assert_int_equal(prio, LOG_AUTHPRIV | LOG_WARNING);
	vsnprintf(logged, sizeof(logged), fmt, ap);
	lines++;
}

void syslog(int prio, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	take(prio, fmt, ap);
	va_end(ap);
}

void __syslog_chk(int prio, int flag, const char *fmt, ...)
{
	va_list ap;

	(void)flag;
	va_start(ap, fmt);
	take(prio, fmt, ap);
	va_end(ap);
}

/* The plug-in's own clock stands still but for what the test says. */
int clock_gettime(clockid_t clock, struct timespec *ts)
{
	int r = (int)syscall(SYS_clock_gettime, clock, ts);

	if (clock == CLOCK_BOOTTIME)
		*ts = (struct timespec) { .tv_sec = 1000 + ahead };
	else if (clock == CLOCK_MONOTONIC)
		ts->tv_sec += waited_ms / 1000;
	return r;
}

int poll(struct pollfd *p, nfds_t n, int ms)
{
	const struct timespec now = { 0 };
	struct timespec ts = { .tv_sec = ms / 1000,
			       .tv_nsec = ms % 1000 * 1000000L };
	int r;

	if (!p && at_wait)
		at_wait();
	if (!hurry || ms < 0)
		return ppoll(p, n, ms < 0 ? NULL : &ts, NULL);
	r = ppoll(p, n, hurry == RIG_SLOW ? &ts : &now, NULL);
	if (hurry == RIG_SLOW)
		ahead += RIG_SLOW_S;
	else if (r == 0)
		waited_ms += ms < 1000 ? 1000 : ms;
	return r;
}

void rig_later(int seconds)
{
	ahead += seconds;
}

void rig_hurry(enum rig_hurry how)
{
	hurry = how;
}

void rig_at_wait(void (*f)(void))
{
	at_wait = f;
}

int rig_show(int type, const char *restrict fmt, ...)
{
	va_list ap;

	assert_int_equal(type, SUDO_CONV_ERROR_MSG);
	va_start(ap, fmt);
	vsnprintf(shown, sizeof(shown), fmt, ap);
	va_end(ap);
	screens++;
	return 1;
}

unsigned int rig_logged(void)
{
	return lines;
}

const char *rig_log(void)
{
	return logged;
}

unsigned int rig_shown(void)
{
	return screens;
}

const char *rig_screen(void)
{
	return shown;
}

struct front_reply rig_answer(bool yes)
{
	static uint8_t buf[256];
	const struct lw_member_answer a = {
		.yes = yes,
		.gid = 16778242,
		.group = LW_STR("linux admins@lightwave.local"),
		.sid = LW_STR("S-1-7-21-1-2-3-4-1-1025"),
	};
	struct lw_wr w;

	lw_wr_init(&w, buf, sizeof(buf));
	lw_member_answer_encode(&w, &a);
	assert_int_equal(lw_wr_end(&w), LW_OK);
	return (struct front_reply) { .body = buf, .n = (size_t)(w.p - buf) };
}

void rig_open(struct rig *r, const struct front_reply *reply)
{
	*r = (struct rig) { 0 };
	front_write("passwd", "root:x:0:0::/:/bin/sh\n"
			      "local:x:1000:1000::/:/bin/sh\n"
			      "clash@lightwave.local:x:1001:1001::/:/bin/sh\n");
	front_write("group", "root:x:0:\nwheel:x:10:\n");
	lines = screens = 0;
	hurry = RIG_AS_IT_IS;
	at_wait = NULL;
	*logged = *shown = '\0';
	if (reply)
		front_start(&r->front, reply, 1);
	r->module = dlopen(SUDO_PLUGIN, RTLD_LAZY | RTLD_GLOBAL);
	assert_non_null(r->module);
	r->plugin = dlsym(r->module, "group_plugin");
	assert_non_null(r->plugin);
	assert_int_equal(SUDO_API_VERSION_GET_MAJOR(r->plugin->version),
			 GROUP_API_VERSION_MAJOR);
	assert_int_equal(r->plugin->init(GROUP_API_VERSION, rig_show, NULL), 1);
}

void rig_close(struct rig *r)
{
	r->plugin->cleanup();
	assert_int_equal(dlclose(r->module), 0);
	front_stop(&r->front);
}

bool rig_asks(struct rig *r, uint32_t uid, const char *user, const char *group)
{
	struct passwd pw = { .pw_uid = uid,
			     .pw_name = (char *)(uintptr_t)user };
	int yes = r->plugin->query(user, group, &pw);

	assert_true(yes == 0 || yes == 1);
	return yes;
}

bool rig_in(struct rig *r, const char *group)
{
	return rig_asks(r, RIG_UID, RIG_USER, group);
}
