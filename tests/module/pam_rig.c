/* pam_rig.c - pam_lightwave under the real libpam. For its tests. */
#include "pam_rig.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where pam_syslog(3) ends here; the second is its name with _FORTIFY_SOURCE.
 */
void syslog(int prio, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void __syslog_chk(int prio, int flag, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

const char rig_later[] = "later";
static char logged[8192];

static void keep(const char *fmt, va_list ap)
	__attribute__((format(printf, 1, 0)));

static void keep(const char *fmt, va_list ap)
{
	size_t n = strlen(logged);

	vsnprintf(logged + n, sizeof(logged) - n, fmt, ap);
	n = strlen(logged);
	snprintf(logged + n, sizeof(logged) - n, "\n");
}

void syslog(int prio, const char *fmt, ...)
{
	va_list ap;

	(void)prio;
	va_start(ap, fmt);
	keep(fmt, ap);
	va_end(ap);
}

void __syslog_chk(int prio, int flag, const char *fmt, ...)
{
	va_list ap;

	(void)prio;
	(void)flag;
	va_start(ap, fmt);
	keep(fmt, ap);
	va_end(ap);
}

const char *rig_log(void)
{
	return logged;
}

static const char *const styles[] = {
	[PAM_PROMPT_ECHO_OFF] = "prompt",
	[PAM_PROMPT_ECHO_ON] = "echo",
	[PAM_ERROR_MSG] = "error",
	[PAM_TEXT_INFO] = "info",
};

static void append(char *to, size_t size, const char *style, const char *text)
{
	size_t n = strlen(to);

	assert_true(n + strlen(style) + strlen(text) + 2 < size);
	snprintf(to + n, size - n, "%s%s\n", style, text);
}

static void hear(struct rig *r, const struct pam_message *msg)
{
	char style[16];

	assert_in_range(msg->msg_style, 1, COUNT(styles) - 1);
	snprintf(style, sizeof(style), "%s ", styles[msg->msg_style]);
	append(r->heard, sizeof(r->heard), style, msg->msg);
	if (msg->msg_style == PAM_ERROR_MSG || msg->msg_style == PAM_TEXT_INFO)
		append(r->shown, sizeof(r->shown), "", msg->msg);
}

static int answer(struct rig *r, struct pam_response *resp)
{
	const char *text =
		r->prompts < COUNT(r->answers) ? r->answers[r->prompts] : NULL;

	if (text == rig_later) {
		for (size_t i = r->prompts; i + 1 < COUNT(r->answers); i++)
			r->answers[i] = r->answers[i + 1];
		return PAM_CONV_AGAIN;
	}
	if (r->becomes && r->prompts >= r->becomes_at)
		pam_set_item(r->pamh, PAM_USER, r->becomes);
	r->prompts++;
	if (!text)
		return PAM_CONV_ERR;
	resp->resp = strdup(text);
	return resp->resp ? PAM_SUCCESS : PAM_BUF_ERR;
}

static int converse(int n, const struct pam_message **msg,
		    struct pam_response **ret, void *data)
{
	struct pam_response *resp = calloc((size_t)n, sizeof(*resp));
	struct rig *r = data;
	int code = PAM_SUCCESS;

	assert_int_equal(n, 1); /* all that libpam's helpers ever send */
	assert_non_null(resp);
	hear(r, msg[0]);
	if (msg[0]->msg_style == PAM_PROMPT_ECHO_OFF ||
	    msg[0]->msg_style == PAM_PROMPT_ECHO_ON)
		code = answer(r, resp);
	if (code != PAM_SUCCESS)
		free(resp);
	else
		*ret = resp;
	return code;
}

static void delayed(int status, unsigned int usec, void *data)
{
	struct rig *r = data;

	if (status != PAM_SUCCESS)
		r->delay = usec;
}

void rig_passwd(void)
{
	front_write("passwd", "root:x:0:0:root:/root:/bin/sh\n"
			      "local:x:1000:1000::/home/local:/bin/sh\n"
			      "local@lightwave.local:x:1001:1001::/:/bin/sh\n");
}

static void configure(const char *service, const char *options)
{
	static const char *const phases[] = { "auth", "account", "session",
					      "password" };
	bool whole = !strncmp(options, "auth ", 5);
	char text[2048] = "";

	if (whole)
		snprintf(text, sizeof(text), "%s", options);
	for (size_t i = 0; !whole && i < COUNT(phases); i++) {
		size_t n = strlen(text);

		snprintf(text + n, sizeof(text) - n,
			 "%s required " PAM_MODULE " %s\n", phases[i], options);
	}
	front_write(service, text);
	front_write("other", "");
}

void rig_open(struct rig *r, const char *service, const char *user,
	      const char *options, const struct front_reply *table, size_t n)
{
	struct front_reply all[32];

	assert_true(n < COUNT(all));
	if (n)
		memcpy(all, table, n * sizeof(*all));
	all[n] = (struct front_reply) { .op = LW_OP_OURS };
	*r = (struct rig) { .conv = { converse, r } };
	r->answers[0] = "secret";
	logged[0] = '\0';
	rig_passwd();
	configure(service, options);
	front_start(&r->front, all, n + 1);
	assert_int_equal(
		pam_start_confdir(service, user, &r->conv, ".", &r->pamh),
		PAM_SUCCESS);
	assert_int_equal(
		pam_set_item(r->pamh, PAM_FAIL_DELAY, (const void *)delayed),
		PAM_SUCCESS);
	assert_int_equal(pam_set_item(r->pamh, PAM_RHOST, "192.0.2.7"),
			 PAM_SUCCESS);
}

void rig_close(struct rig *r)
{
	assert_int_equal(pam_end(r->pamh, PAM_SUCCESS), PAM_SUCCESS);
	front_stop(&r->front);
}

int rig_main(const struct CMUnitTest *tests, size_t n)
{
	int failed;

	front_enter();
	failed = _cmocka_run_group_tests("pam_lightwave", tests, n, NULL, NULL);
	front_leave();
	return failed;
}
