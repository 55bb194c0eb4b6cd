"""LDAP messages (RFC 4511): what a client asks, taken apart, and what a server
answers, put together.
"""
import dataclasses

import ber

SUCCESS, PROTOCOL_ERROR, BUSY, UNAVAILABLE = 0, 2, 51, 52
NO_SUCH_OBJECT, INVALID_DN, INVALID_CREDENTIALS = 32, 34, 49
INSUFFICIENT_ACCESS, UNWILLING, REFERRAL = 50, 53, 10
CONSTRAINT_VIOLATION, AUTH_UNKNOWN, OPERATIONS_ERROR = 19, 7, 1

PAGED = "1.2.840.113556.1.4.319"
PPOLICY = "1.3.6.1.4.1.42.2.27.8.5.1"
SHOW_DELETED = "1.2.840.113556.1.4.417"
DISCONNECTION = "1.3.6.1.4.1.1466.20036"

# An answer's tag, by its question's.
ANSWERS = {0x60: 0x61, 0x63: 0x65, 0x66: 0x67, 0x68: 0x69, 0x4A: 0x6B,
           0x6C: 0x6D, 0x6E: 0x6F, 0x77: 0x78}
NAMES = {0x60: "bind", 0x42: "unbind", 0x63: "search", 0x66: "modify",
         0x68: "add", 0x4A: "delete", 0x6C: "rename", 0x6E: "compare",
         0x50: "abandon", 0x77: "extended"}


@dataclasses.dataclass
class Request:
    id: int
    tag: int
    op: str
    controls: dict = dataclasses.field(default_factory=dict)
    # bind
    dn: str = ""
    password: bytes = None
    mechanism: str = None
    # search
    scope: int = 0
    size_limit: int = 0
    time_limit: int = 0
    filter: tuple = None
    attrs: list = dataclasses.field(default_factory=list)
    # modify: (0 add, 1 delete, 2 replace; attribute; values)
    changes: list = dataclasses.field(default_factory=list)

    @property
    def base(self):
        return self.dn

    def mentions(self, text):
        """Whether a value in the filter, or the base, holds text."""
        text = text.lower()
        return text in self.dn.lower() or any(
            text in v.decode("utf-8", "replace").lower()
            for v in values_of(self.filter))


def values_of(f):
    if not f:
        return
    if f[0] in ("and", "or", "not"):
        for part in f[1]:
            yield from values_of(part)
    elif f[0] != "present":
        yield f[2] if isinstance(f[2], bytes) else b"*".join(
            v for _, v in f[2])


def read_filter(r):
    tag, body = r.next()
    inner = ber.Reader(body)
    if tag in (0xA0, 0xA1, 0xA2):
        parts = []
        while inner.more():
            parts.append(read_filter(inner))
        return ({0xA0: "and", 0xA1: "or", 0xA2: "not"}[tag], parts)
    if tag == 0x87:
        return ("present", body.decode())
    if tag in (0xA3, 0xA5, 0xA6, 0xA8):
        name = {0xA3: "=", 0xA5: ">=", 0xA6: "<=", 0xA8: "~="}[tag]
        return (name, inner.octets().decode(), inner.octets())
    if tag == 0xA4:
        attr, parts = inner.octets().decode(), []
        pieces = inner.inside()
        while pieces.more():
            parts.append(pieces.next())
        return ("sub", attr, parts)
    return ("extensible", "", body)


def read_controls(r):
    controls = {}
    while r.more():
        one = r.inside()
        oid, value = one.octets().decode(), b""
        while one.more():
            tag, body = one.next()
            if tag == 0x04:
                value = body
        controls[oid] = value
    return controls


def read_request(data):
    """One whole message of a client."""
    r = ber.Reader(data).inside()
    number = r.integer()
    tag, body = r.next()
    q = Request(number, tag, NAMES.get(tag, "unknown"))
    if r.peek() == 0xA0:
        q.controls = read_controls(r.inside(0xA0))
    b = ber.Reader(body)
    if q.op == "bind":
        b.integer()
        q.dn = b.octets().decode()
        kind, value = b.next()
        if kind == 0x80:
            q.password = value
        else:
            q.mechanism = ber.Reader(value).octets().decode()
    elif q.op == "search":
        q.dn = b.octets().decode()
        q.scope = b.integer(0x0A)
        b.integer(0x0A)
        q.size_limit, q.time_limit = b.integer(), b.integer()
        b.next(0x01)
        q.filter = read_filter(b)
        names = b.inside()
        while names.more():
            q.attrs.append(names.octets().decode())
    elif q.op == "modify":
        q.dn = b.octets().decode()
        changes = b.inside()
        while changes.more():
            one = changes.inside()
            how, part = one.integer(0x0A), one.inside()
            attr, values = part.octets().decode(), part.inside(0x31)
            found = []
            while values.more():
                found.append(values.octets())
            q.changes.append((how, attr, found))
    return q


# --- answers ------------------------------------------------------------------

def envelope(number, op, controls=()):
    parts = [ber.integer(number), op]
    if controls:
        parts.append(ber.sequence(*controls, tag=0xA0))
    return ber.sequence(*parts)


def control(oid, value):
    return ber.sequence(ber.octets(oid), ber.octets(value))


def result(number, tag, code, text=b"", matched="", controls=(), extra=b""):
    return envelope(number, ber.tlv(
        tag, ber.integer(code, 0x0A), ber.octets(matched), ber.octets(text),
        extra), controls)


def refuse(q, code, text=b"", controls=()):
    """The answer to q, whatever it is, by its result alone."""
    return result(q.id, ANSWERS.get(q.tag, 0x78), code, text,
                  controls=controls)


def attribute(name, values):
    return ber.sequence(ber.octets(name), ber.sequence(
        *[ber.octets(v) for v in values], tag=0x31))


def entry(number, dn, attrs):
    """attrs: (name, values) pairs, so that a name can come twice."""
    pairs = attrs.items() if isinstance(attrs, dict) else attrs
    return envelope(number, ber.tlv(0x64, ber.octets(dn), ber.sequence(
        *[attribute(n, v) for n, v in pairs])))


def done(number, code=SUCCESS, text=b"", controls=()):
    return result(number, 0x65, code, text, controls=controls)


def reference(number, *urls):
    return envelope(number, ber.tlv(0x73, *[ber.octets(u) for u in urls]))


def page_control(cookie):
    return control(PAGED, ber.sequence(ber.integer(0), ber.octets(cookie)))


def page_asked(q):
    """(size, cookie) of the paged-results control; None: not paged."""
    if PAGED not in q.controls:
        return None
    r = ber.Reader(q.controls[PAGED]).inside()
    return r.integer(), r.octets()


def policy_control(error=None, expires_in=None):
    parts = []
    if expires_in is not None:
        parts.append(ber.tlv(0xA0, ber.integer(expires_in, 0x80)))
    if error is not None:
        parts.append(ber.integer(error, 0x81))
    return control(PPOLICY, ber.sequence(*parts))


def notice_of_disconnection(code=UNAVAILABLE):
    return result(0, 0x78, code, b"goodbye",
                  extra=ber.octets(DISCONNECTION, 0x8A))
