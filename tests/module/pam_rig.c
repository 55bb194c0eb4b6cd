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

static void tell(struct rig *r, const char *text)
{
	size_t n = strlen(r->shown);

	snprintf(r->shown + n, sizeof(r->shown) - n, "%s\n", text);
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
	r->prompts++;
	if (r->becomes)
		pam_set_item(r->pamh, PAM_USER, r->becomes);
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
	if (msg[0]->msg_style == PAM_PROMPT_ECHO_OFF ||
	    msg[0]->msg_style == PAM_PROMPT_ECHO_ON)
		code = answer(r, resp);
	else
		tell(r, msg[0]->msg);
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
	char text[512];

	if (!strncmp(options, "auth ", 5))
		snprintf(text, sizeof(text), "%s", options);
	else
		snprintf(text, sizeof(text),
			 "auth required " PAM_MODULE " %s\n"
			 "account required " PAM_MODULE " %s\n",
			 options, options);
	front_write(service, text);
	front_write("other", "");
}

void rig_open(struct rig *r, const char *service, const char *user,
	      const char *options, const struct front_reply *table, size_t n)
{
	struct front_reply all[16];

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
