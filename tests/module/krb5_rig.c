/* krb5_rig.c - lightwave_localauth under the real libkrb5. For its tests. */
#include "krb5_rig.h"

#include "check.h"
#include "cleanup.h"

#include <stdio.h>
#include <string.h>

#define BASIS                                                                  \
	"[libdefaults]\ndefault_realm = LIGHTWAVE.LOCAL\n"                     \
	"dns_lookup_realm = false\nk5login_directory = .\n"                    \
	"[realms]\nLIGHTWAVE.LOCAL = {\n"                                      \
	"auth_to_local_names = {\nmallory = root\n}\n"                         \
	"auth_to_local = RULE:[1:$1](rule)s/rule/root/\n"                      \
	"auth_to_local = DEFAULT\n}\n"

/* Where the plug-in's lines end; the second is its name when fortified. */
void syslog(int prio, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void __syslog_chk(int prio, int flag, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static char logged[1024];

void syslog(int prio, const char *fmt, ...)
{
	va_list ap;

	(void)prio;
	va_start(ap, fmt);
	vsnprintf(logged, sizeof(logged), fmt, ap);
	va_end(ap);
}

void __syslog_chk(int prio, int flag, const char *fmt, ...)
{
	va_list ap;

	(void)prio;
	(void)flag;
	va_start(ap, fmt);
	vsnprintf(logged, sizeof(logged), fmt, ap);
	va_end(ap);
}

const char *rig_log(void)
{
	return logged;
}

/* The file that is installed, with dir for the place of the plug-in. */
static void shipped(char *text, size_t size, const char *dir)
{
	static const char mark[] = "@krb5localauthdir@";
	lw_cleanup(lw_fclose) FILE *f = fopen(PIECE, "re");
	char piece[4096];
	const char *at;
	size_t n;

	assert_non_null(f);
	n = fread(piece, 1, sizeof(piece) - 1, f);
	piece[n] = '\0';
	at = strstr(piece, mark);
	assert_non_null(at);
	snprintf(text, size, "%.*s%s%s", (int)(at - piece), piece, dir,
		 at + strlen(mark));
}

void rig_mode(struct rig *r, enum rig_mode mode)
{
	char text[8192] = BASIS;
	size_t n = strlen(text);

	switch (mode) {
	case RIG_SHIPPED:
		shipped(text + n, sizeof(text) - n, MODULE_DIR);
		break;
	case RIG_LOST:
		shipped(text + n, sizeof(text) - n, "/nowhere");
		break;
	case RIG_BESIDE:
		snprintf(text + n, sizeof(text) - n,
			 "[plugins]\nlocalauth = {\n"
			 "module = lightwave:" LOCALAUTH "\n}\n");
		break;
	case RIG_WITHOUT:
		break;
	}
	front_write("krb5.conf", text);
	krb5_free_context(r->context);
	assert_int_equal(krb5_init_context(&r->context), 0);
}

struct front_reply rig_name(const char *name)
{
	static uint8_t body[300];
	struct lw_wr w;

	lw_wr_init(&w, body, sizeof(body));
	lw_wr_str(&w, lw_str(name));
	assert_int_equal(lw_wr_end(&w), LW_OK);
	return (struct front_reply) { .body = body, .n = (size_t)(w.p - body) };
}

void rig_open(struct rig *r, const struct front_reply *reply)
{
	*r = (struct rig) { 0 };
	logged[0] = '\0';
	front_write("passwd", "root:x:0:0:root:/root:/bin/sh\n"
			      "local:x:1000:1000::/home/local:/bin/sh\n"
			      "clash@lightwave.local:x:1001:1001::/:/bin/sh\n");
	front_start(&r->front, reply, 1);
	setenv("KRB5_CONFIG", "./krb5.conf", 1);
	rig_mode(r, RIG_SHIPPED);
}

void rig_close(struct rig *r)
{
	krb5_free_context(r->context);
	front_stop(&r->front);
}

static krb5_principal parse(struct rig *r, const char *name)
{
	krb5_principal p;

	assert_int_equal(krb5_parse_name(r->context, name, &p), 0);
	return p;
}

bool rig_opens(struct rig *r, const char *principal, const char *account)
{
	krb5_principal p = parse(r, principal);
	bool ok = krb5_kuserok(r->context, p, account);

	krb5_free_principal(r->context, p);
	return ok;
}

krb5_error_code rig_name_of(struct rig *r, const char *principal,
			    char ret_name[300])
{
	krb5_principal p = parse(r, principal);
	krb5_error_code code =
		krb5_aname_to_localname(r->context, p, 300, ret_name);

	krb5_free_principal(r->context, p);
	return code;
}
