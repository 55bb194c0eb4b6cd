/*
 * fuzz_change.c - is a password only said to be changed when the directory
 * changed it, and is what it is sent the two passwords and no more? The input
 * is a modify's answer, as server.h has it.
 */
#include "change.h"
#include "cleanup.h"
#include "fuzz.h"
#include "server.h"

#include <string.h>

const char fuzz_target[] = "change";

#define OLD   "Tr0ub4dor&3"
#define NEW   "c0rrect-Horse"
#define ALICE "cn=alice,cn=Users,dc=lightwave,dc=test"

static void logged(const char *line)
{
	fuzz_holds(!strstr(line, OLD) && !strstr(line, NEW) &&
			   !strstr(line, SERVER_TEXT),
		   "no secret is logged");
}

/* One change of userPassword: what is done, and the one value. */
static void half(struct peer_ber *changes, uint8_t what, const char *value)
{
	struct peer_ber one = peer_inside(changes, LBER_SEQUENCE);
	struct peer_ber op = peer_inside(&one, LBER_ENUMERATED);
	struct peer_ber mod = peer_inside(&one, LBER_SEQUENCE);
	struct lw_str attr = peer_octets(&mod);
	struct peer_ber values = peer_inside(&mod, LBER_SET);
	struct lw_str v = peer_octets(&values);

	fuzz_holds(op.good && op.n == 1 && op.p[0] == what,
		   "the old one goes, the new one comes");
	fuzz_holds(lw_str_eq(attr, "userPassword") && lw_str_eq(v, value),
		   "the password is what is changed");
	fuzz_holds(values.good && values.n == 0 && mod.n == 0 && one.n == 0,
		   "there is one of each");
}

static void asked(struct peer *p, ber_int_t id, ber_tag_t op)
{
	if (op == LDAP_REQ_MODIFY) {
		struct peer_ber modify = peer_operation(p, op);
		struct lw_str dn = peer_octets(&modify);
		struct peer_ber changes = peer_inside(&modify, LBER_SEQUENCE);

		fuzz_holds(lw_str_eq(dn, ALICE), "it is hers");
		half(&changes, LDAP_MOD_DELETE, OLD);
		half(&changes, LDAP_MOD_ADD, NEW);
		fuzz_holds(changes.good && changes.n == 0 && modify.good &&
				   modify.n == 0,
			   "nothing else is changed");
	}
	server_answer(p, id, op);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct lw_change change = {
		.dn = { ALICE, sizeof(ALICE) - 1 },
		.old_password = { OLD, sizeof(OLD) - 1 },
		.new_password = { NEW, sizeof(NEW) - 1 },
	};
	struct server s;
	lw_cleanup(peer_close) struct peer p = { .asked = asked, .arg = &s };
	enum lw_err e;

	if (!server_init(&s, data, size))
		return 0;
	s.changes = true;
	peer_logged = logged;
	peer_open(&p);
	e = lw_change_password(&p.conn, &change);
	fuzz_count(e == LW_OK);
	fuzz_holds(s.binds == 1 && s.modifies == 1, "it is tried once");
	fuzz_holds((e == LW_OK) == (server_result(&s) == LDAP_SUCCESS),
		   "it is changed when the directory says so");
	fuzz_holds(!p.conn.ld, "nothing else is done as her");
	return 0;
}
