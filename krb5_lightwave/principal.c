/* principal.c - a principal as text. Runs in whatever logs somebody in. */
#include "principal.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What krb5_unparse_name(3) would quote is among these. */
static bool plain_byte(unsigned char c)
{
	return c >= 0x20 && c != 0x7F && c != '/' && c != '@' && c != '\\';
}

static bool plain(const krb5_data *d)
{
	for (unsigned int i = 0; i < d->length; i++) {
		if (!plain_byte((unsigned char)d->data[i]))
			return false;
	}
	return d->length > 0;
}

enum lw_err lw_principal_text(krb5_const_principal p, char **ret_text)
{
	const krb5_data *name, *realm = &p->realm;
	char *text;

	if (p->length != 1)
		return LW_INVALID;
	name = &p->data[0];
	if (!plain(name) || !plain(realm))
		return LW_INVALID;

	text = malloc((size_t)name->length + realm->length + 2);
	if (!text)
		return LW_NOMEM;
	memcpy(text, name->data, name->length);
	text[name->length] = '@';
	memcpy(text + name->length + 1, realm->data, realm->length);
	text[name->length + 1 + realm->length] = '\0';

	*ret_text = text;
	return LW_OK;
}
