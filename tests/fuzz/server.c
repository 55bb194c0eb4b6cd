/* server.c - a server that answers as an input says. Runs in a fuzz target. */
#include "server.h"

bool server_init(struct server *s, const uint8_t *data, size_t size)
{
	*s = (struct server) { .data = data, .size = size };
	return size >= 2;
}

int server_result(const struct server *s)
{
	return (int8_t)s->data[0];
}

bool server_has_control(const struct server *s)
{
	return s->data[1] & 1;
}

static void control(BerElement *ber, const struct server *s)
{
	if (!server_has_control(s))
		return;
	ber_printf(ber, "t{", LDAP_TAG_CONTROLS);
	if (s->data[1] & 2)
		ber_printf(ber, "{ss}", LDAP_CONTROL_SORTRESPONSE, "x");
	ber_printf(ber, "{s", LDAP_CONTROL_PASSWORDPOLICYRESPONSE);
	if (s->data[1] & 4)
		ber_printf(ber, "b", (ber_int_t)1);
	if (!(s->data[1] & 8))
		ber_printf(ber, "o", (const char *)s->data + 2,
			   (ber_len_t)s->size - 2);
	ber_printf(ber, "}}");
}

void server_answer(struct peer *p, ber_int_t id, ber_tag_t op)
{
	struct server *s = p->arg;
	BerElement *ber;

	if (op != LDAP_REQ_BIND && op != LDAP_REQ_MODIFY)
		return;
	s->binds += op == LDAP_REQ_BIND;
	s->modifies += op == LDAP_REQ_MODIFY;
	ber = ber_alloc_t(LBER_USE_DER);
	/* An answer's tag is its question's and one more. */
	if (s->changes && op == LDAP_REQ_BIND) {
		ber_printf(ber, "{it{ess}}", id, op + 1, 0, "", "");
	} else {
		ber_printf(ber, "{it{ess}", id, op + 1,
			   (ber_int_t)server_result(s), "", SERVER_TEXT);
		control(ber, s);
		ber_printf(ber, "}");
	}
	peer_send(p, ber);
}

bool server_agrees(const struct server *s)
{
	struct peer_ber all = { s->data + 2, s->size - 2, true };
	struct peer_ber value, warning;

	if (!server_has_control(s))
		return true;
	value = peer_inside(&all, LBER_SEQUENCE);
	if (s->data[1] & 8 || !value.good || all.n > 0)
		return false;
	if (value.n == 0)
		return true;
	/* That a password expires some day is all that may be said. */
	warning = peer_inside(&value, 0xA0);
	if (!warning.good || value.n > 0)
		return false;
	peer_inside(&warning, 0x80);
	return warning.good && warning.n == 0;
}
