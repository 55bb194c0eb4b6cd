/*
 * faults_pam.c - what the module calls of libpam, unless it fails. Runs in the
 * process of test_pam_faults.
 */
#include "faults.h"

#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <security/pam_modutil.h>
#include <stdarg.h>

int __wrap_pam_modutil_drop_priv(pam_handle_t *pamh,
				 struct pam_modutil_privs *p,
				 const struct passwd *pw);
int __wrap_pam_modutil_regain_priv(pam_handle_t *pamh,
				   struct pam_modutil_privs *p);
int __wrap_pam_set_data(pam_handle_t *pamh, const char *name, void *data,
			void (*done)(pam_handle_t *, void *, int));
int __wrap_pam_set_item(pam_handle_t *pamh, int type, const void *item);
int __wrap_pam_putenv(pam_handle_t *pamh, const char *variable);
int __wrap_pam_get_user(pam_handle_t *pamh, const char **user,
			const char *prompt);
int __wrap_pam_get_authtok(pam_handle_t *pamh, int item, const char **ret,
			   const char *prompt);
int __wrap_pam_prompt(pam_handle_t *pamh, int style, char **answer,
		      const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

int __wrap_pam_modutil_drop_priv(pam_handle_t *pamh,
				 struct pam_modutil_privs *p,
				 const struct passwd *pw)
{
	return fault_due(FAULT_DROP_PRIV) ? -1
					  : pam_modutil_drop_priv(pamh, p, pw);
}

int __wrap_pam_modutil_regain_priv(pam_handle_t *pamh,
				   struct pam_modutil_privs *p)
{
	int r = pam_modutil_regain_priv(pamh, p);

	return fault_due(FAULT_REGAIN_PRIV) ? -1 : r;
}

int __wrap_pam_set_data(pam_handle_t *pamh, const char *name, void *data,
			void (*done)(pam_handle_t *, void *, int))
{
	int code = fault_due(FAULT_SET_DATA);

	return code ? code : pam_set_data(pamh, name, data, done);
}

int __wrap_pam_set_item(pam_handle_t *pamh, int type, const void *item)
{
	int code = fault_due(FAULT_SET_ITEM);

	return code ? code : pam_set_item(pamh, type, item);
}

int __wrap_pam_putenv(pam_handle_t *pamh, const char *variable)
{
	int code = fault_due(FAULT_PUTENV);

	return code ? code : pam_putenv(pamh, variable);
}

int __wrap_pam_get_user(pam_handle_t *pamh, const char **user,
			const char *prompt)
{
	int code = fault_due(FAULT_GET_USER);

	return code ? code : pam_get_user(pamh, user, prompt);
}

int __wrap_pam_get_authtok(pam_handle_t *pamh, int item, const char **ret,
			   const char *prompt)
{
	int code = fault_due(FAULT_GET_AUTHTOK);

	return code ? code : pam_get_authtok(pamh, item, ret, prompt);
}

int __wrap_pam_prompt(pam_handle_t *pamh, int style, char **answer,
		      const char *fmt, ...)
{
	int code = fault_due(FAULT_PROMPT);
	va_list ap;

	if (code)
		return code;
	va_start(ap, fmt);
	code = pam_vprompt(pamh, style, answer, fmt, ap);
	va_end(ap);
	return code;
}
