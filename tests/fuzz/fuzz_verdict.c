/*
 * fuzz_verdict.c - is a password only right when the directory says nothing
 * against it? The input is a bind's answer, as server.h has it.
 */
#include "bind.h"
#include "cleanup.h"
#include "fuzz.h"
#include "server.h"

#include <string.h>

const char fuzz_target[] = "verdict";

#define PASSWORD "Tr0ub4dor&3"
#define ALICE	 "cn=alice,cn=Users,dc=lightwave,dc=test"

static void logged(const char *line)
{
	fuzz_holds(!strstr(line, PASSWORD) && !strstr(line, SERVER_TEXT),
		   "no secret is logged");
}

/* doc/DESIGN.md, "Who says yes", from the other side. */
static void judge(const struct server *s, enum lw_err e)
{
	int result = server_result(s);

	fuzz_holds(s->binds == 1, "a password is presented once");
	fuzz_holds((e != LW_OK && e != LW_CHANGE) || result == LDAP_SUCCESS,
		   "yes comes from the directory");
	fuzz_holds(e != LW_OK || server_agrees(s),
		   "yes means nothing against it");
	fuzz_holds(e != LW_NOTFOUND || result == LDAP_NO_SUCH_OBJECT,
		   "only what is not there is not found");
	fuzz_holds(e != LW_DENIED || result == LDAP_INVALID_CREDENTIALS,
		   "only what is wrong is wrong");
	fuzz_holds(result != LDAP_SUCCESS || server_has_control(s) ||
			   e == LW_OK,
		   "a plain yes is one");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct lw_verdict v = {
		.dn = { ALICE, sizeof(ALICE) - 1 },
		.password = { PASSWORD, sizeof(PASSWORD) - 1 },
	};
	struct server s;
	lw_cleanup(peer_close) struct peer p = { .asked = server_answer,
						 .arg = &s };
	uint32_t expires_in = 0;
	enum lw_err e;

	if (!server_init(&s, data, size))
		return 0;
	peer_logged = logged;
	peer_open(&p);
	e = lw_bind_user(&p.conn, &v, &expires_in);
	fuzz_count(e == LW_OK);
	judge(&s, e);
	return 0;
}
