/* faults.c - calls that fail. Runs in the process of test_pam_faults. */
#include "faults.h"

#include "check.h"

#include <errno.h>
#include <security/pam_modules.h>
#include <string.h>

static const struct {
	const char *name;
	int how[8];
} kinds[FAULT_KINDS] = {
	[FAULT_NONE] = { "nothing", { 0 } },
	[FAULT_MALLOC] = { "malloc", { ENOMEM } },
	[FAULT_STRDUP] = { "strdup", { ENOMEM } },
	[FAULT_ASPRINTF] = { "asprintf", { ENOMEM } },
	[FAULT_FOPEN] = { "fopen", { EMFILE, ENOENT } },
	[FAULT_GETLINE] = { "getline", { EIO, ENOMEM } },
	[FAULT_SOCKET] = { "socket", { EMFILE, EACCES } },
	[FAULT_CONNECT] = { "connect", { ECONNREFUSED, EAGAIN, ENOENT } },
	[FAULT_POLL] = { "poll", { EINTR, ENOMEM } },
	[FAULT_SEND] = { "send", { EPIPE, EINTR, EAGAIN, FAULT_SHORT } },
	[FAULT_RECV] = { "recv",
			 { ECONNRESET, EINTR, EAGAIN, FAULT_SHORT,
			   FAULT_END } },
	[FAULT_CLOCK] = { "clock_gettime", { FAULT_LATE } },
	[FAULT_STAT] = { "stat", { EACCES, ENOENT } },
	[FAULT_FSTAT] = { "fstat", { EIO } },
	[FAULT_OPEN] = { "open", { EMFILE, ENOENT } },
	[FAULT_READ] = { "read", { EIO, EINTR, FAULT_END } },
	[FAULT_WRITE] = { "write", { ENOSPC, EINTR, FAULT_SHORT } },
	[FAULT_CLOSE] = { "close", { EIO, EINTR } },
	[FAULT_MKOSTEMP] = { "mkostemp", { EACCES, EMFILE } },
	[FAULT_FCHMOD] = { "fchmod", { EPERM } },
	[FAULT_RENAME] = { "rename", { EACCES } },
	[FAULT_UNLINK] = { "unlink", { EROFS } },
	[FAULT_DROP_PRIV] = { "pam_modutil_drop_priv", { PAM_SYSTEM_ERR } },
	[FAULT_REGAIN_PRIV] = { "pam_modutil_regain_priv", { FAULT_CALLED } },
	[FAULT_SET_DATA] = { "pam_set_data", { PAM_BUF_ERR } },
	[FAULT_SET_ITEM] = { "pam_set_item", { PAM_BUF_ERR } },
	[FAULT_PUTENV] = { "pam_putenv", { PAM_BUF_ERR } },
	[FAULT_GET_USER] = { "pam_get_user", { PAM_CONV_ERR, PAM_CONV_AGAIN } },
	[FAULT_GET_AUTHTOK] = { "pam_get_authtok",
				{ PAM_AUTHTOK_ERR, PAM_CONV_AGAIN,
				  PAM_BUF_ERR } },
	[FAULT_PROMPT] = { "pam_prompt", { PAM_CONV_ERR, PAM_BUF_ERR } },
};

static struct fault_plan plan;
static unsigned int calls[FAULT_KINDS];
static bool on, struck;

/* What the module has, and not more of it than it ever has at once. */
static const void *held[64];

const char *fault_name(enum fault kind)
{
	return kinds[kind].name;
}

int fault_how(enum fault kind, size_t i)
{
	return i < COUNT(kinds[kind].how) ? kinds[kind].how[i] : 0;
}

/* Who is interrupted for ever waits for ever: nobody is. */
bool fault_may_stay(enum fault kind, int how)
{
	if (kind == FAULT_GET_USER || kind == FAULT_GET_AUTHTOK)
		return how != PAM_CONV_AGAIN;
	return how != EINTR && how != EAGAIN;
}

void fault_begin(const struct fault_plan *p)
{
	plan = *p;
	memset(calls, 0, sizeof(calls));
	on = true;
	struck = false;
}

bool fault_end(void)
{
	on = false;
	return struck;
}

unsigned int fault_calls(enum fault kind)
{
	return calls[kind];
}

size_t fault_memory(void)
{
	size_t n = 0;

	for (size_t i = 0; i < COUNT(held); i++)
		n += held[i] != NULL;
	return n;
}

void fault_take(const void *p)
{
	size_t i = 0;

	if (!p)
		return;
	while (i < COUNT(held) && held[i])
		i++;
	assert_true(i < COUNT(held));
	held[i] = p;
}

void fault_give(const void *p)
{
	for (size_t i = 0; p && i < COUNT(held); i++) {
		if (held[i] == p)
			held[i] = NULL;
	}
}

int fault_due(enum fault kind)
{
	if (!on)
		return 0;
	calls[kind]++;
	if (plan.kind != kind || calls[kind] < plan.nth ||
	    (calls[kind] > plan.nth && !plan.stays))
		return 0;
	struck = true;
	if (plan.how > 0)
		errno = plan.how;
	return plan.how;
}
