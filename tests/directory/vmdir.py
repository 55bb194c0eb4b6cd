"""Answers as vmdird does: result codes, silences and oddities observed on a
real one, so that what works here works there.
"""
import re
import secrets

import entries
import message
from entries import BASE, DISABLED, EXPIRED, LOCKED
from message import refuse

MAX_FAILURES = 5
INDEXED = {"entrydn", "samaccountname", "objectsid", "member",
           "userprincipalname"}
PP_EXPIRED, PP_LOCKED, PP_QUALITY, PP_SHORT, PP_HISTORY = 0, 1, 5, 6, 8
# What a wrong old password is answered with: part of the stored hash, to its
# first NUL.
HASH_BYTES = b"\x01\xd0\x9fHASH\x1b[31m\xff\xfe"
SERVER_DN = ("cn=%s,cn=Servers,cn=Default-first-site,cn=Sites,"
             "cn=Configuration," + BASE)


class Vmdir:
    def __init__(self, domain, name="dc1.lightwave.test"):
        self.domain, self.name = domain, name
        self.cap = None  # entries in an answer; vmdir has none
        self.usn_offset = 0  # numbers are each server's own
        self.race = False  # the password changes between bind and modify
        self.cookies = {}  # -> entries still to come
        self.presented = []  # (dn, password) of every simple bind

    def reply(self, session, q):
        handler = getattr(self, "do_" + q.op, None)
        if handler is None:
            return [refuse(q, message.UNWILLING,
                           b"Operation is not yet implemented.")]
        return handler(session, q)

    # --- bind -----------------------------------------------------------------

    def do_bind(self, session, q):
        session.who = ""
        if q.mechanism is not None:
            return [refuse(q, message.AUTH_UNKNOWN,
                           b"Invalid or unsupported sasl mechanism")]
        if not q.dn and not q.password:
            return [refuse(q, message.SUCCESS)]
        self.presented.append((q.dn, q.password))
        if "=" not in q.dn:
            return [refuse(q, message.INVALID_DN)]
        code, error, expires_in = self.judge(q.dn, q.password)
        if code == message.SUCCESS:
            session.who = q.dn
        controls = []
        if message.PPOLICY in q.controls and (
                error is not None or expires_in is not None):
            controls = [message.policy_control(error, expires_in)]
        return [refuse(q, code, controls=controls)]

    def judge(self, dn, password):
        """(result, ppolicy error, seconds left): the password comes first."""
        e = self.domain.get(dn)
        if e is None:
            return message.NO_SUCH_OBJECT, None, None
        if e.password is None:
            return message.INSUFFICIENT_ACCESS, None, None
        if password != e.password.encode():
            e.failures += 1
            if e.failures >= MAX_FAILURES and not e.is_a("computer"):
                e.uac |= LOCKED
            return message.INVALID_CREDENTIALS, None, None
        if e.uac & LOCKED:
            return message.INSUFFICIENT_ACCESS, PP_LOCKED, None
        if e.uac & DISABLED:
            return message.INSUFFICIENT_ACCESS, None, None
        if e.expired or e.uac & EXPIRED:
            e.uac |= EXPIRED
            return message.INVALID_CREDENTIALS, PP_EXPIRED, None
        e.failures = 0
        return message.SUCCESS, None, e.expires_in

    # --- search ---------------------------------------------------------------

    def may_read(self, session, e):
        """What may not be read is not there, and that is no error."""
        who = self.domain.get(session.who) if session.who else None
        if who is None:
            return False
        if who.is_a("computer") or who.dn == entries.ADMIN:
            return True
        return who is e or not e.is_a("user") or e.is_a("computer")

    def do_search(self, session, q):
        if not q.dn and q.scope == 0:
            yield message.entry(q.id, "", self.root_dse(q))
            yield message.done(q.id)
            return
        if "objectcategory" in repr(q.filter).lower():
            yield message.done(q.id, message.OPERATIONS_ERROR, b"Normalizing "
                               b"a filter attribute (objectCategory)")
            return
        if self.domain.get(q.dn) is None:
            yield message.done(q.id, message.NO_SUCH_OBJECT,
                               b"DNToEID (9703)(MDB_NOTFOUND)")
            return
        found, controls = self.page(session, q)
        for e in found:
            yield message.entry(q.id, e.dn, self.select(e, q.attrs))
        yield message.done(q.id, controls=controls)

    def page(self, session, q):
        """The cookie is one and the same on every page of a search."""
        asked = message.page_asked(q)
        limit = q.size_limit or None
        if asked and asked[1]:
            cookie = asked[1]
            rest = self.cookies.pop(cookie, [])
        else:
            cookie, rest = secrets.token_hex(16).encode(), self.find(session, q)
        if self.cap is not None:
            limit = min(limit or self.cap, self.cap)
        if limit is not None:
            rest = rest[:limit]  # and the result is still 0
        if not asked:
            return rest, []
        now, later = rest[:asked[0]], rest[asked[0]:]
        if later:
            self.cookies[cookie] = later
        return now, [message.page_control(cookie if later else b"")]

    def find(self, session, q):
        base, pool = q.dn.lower(), self.candidates(q.filter)
        if pool is None:
            pool = list(self.domain.by_dn.values())
        if q.scope == 0:
            pool = [self.domain.get(q.dn)]
        elif q.scope == 1:
            pool = [e for e in pool
                    if e.dn.lower().partition(",")[2] == base]
        else:
            pool = [e for e in pool if (e.dn.lower() == base or
                                        e.dn.lower().endswith("," + base))]
        return [e for e in pool if self.may_read(session, e) and
                self.matches(e, q.filter)]

    def candidates(self, f):
        """A set of entries that holds all that match; None: all there are."""
        if f[0] == "=" and f[1].lower() in INDEXED:
            return self.domain.index(f[1].lower()).get(
                f[2].decode("utf-8", "surrogateescape").lower(), [])
        if f[0] not in ("and", "or"):
            return None
        parts = [self.candidates(p) for p in f[1]]
        if f[0] == "and":
            return min((p for p in parts if p is not None), key=len,
                       default=None)
        if None in parts:
            return None
        return list({e.dn: e for p in parts for e in p}.values())

    def usn(self, value):
        return str(int(value) + self.usn_offset)

    def matches(self, e, f):
        kind = f[0]
        if kind == "and":
            return all(self.matches(e, p) for p in f[1])
        if kind == "or":
            return any(self.matches(e, p) for p in f[1])
        if kind == "not":
            return not self.matches(e, f[1][0])
        name = f[1].lower()
        have = [] if name == "memberof" else e.values(name)
        if name.startswith("usn"):
            have = [self.usn(v) for v in have]
        if kind == "present":
            return bool(have)
        if kind == "=":
            want = f[2].decode("utf-8", "surrogateescape").lower()
            return any(text(v).lower() == want for v in have)
        if kind in (">=", "<="):
            # modifyTimeStamp has no ordering: nothing, and no error.
            if not name.startswith("usn") or not f[2].isdigit():
                return False
            return any(int(v) >= int(f[2]) if kind == ">=" else
                       int(v) <= int(f[2]) for v in have)
        if kind == "sub":
            pattern = "".join(
                ("" if t == 0x80 else ".*") + re.escape(
                    v.decode("utf-8", "surrogateescape").lower())
                for t, v in f[2]) + ("" if f[2][-1][0] == 0x82 else ".*")
            return any(re.fullmatch(pattern, text(v).lower()) for v in have)
        return False  # bits and chains: nothing, and no error

    def select(self, e, names):
        """What was named; memberOf is computed, and only for its name."""
        lower = [n.lower() for n in names]
        chosen = []
        for k, v in e.items():
            if not names or "*" in names or k.lower().partition(
                    ";")[0] in lower:
                if k.lower().startswith("usn"):
                    v = [self.usn(n) for n in v]
                chosen.append((k, [raw(x) for x in v]))
        if "memberof" in lower:
            groups = self.domain.member_of(e)
            if groups:
                chosen.append(("memberOf", groups))
        return chosen

    def root_dse(self, q):
        lower = [n.lower() for n in q.attrs]
        every = [("defaultNamingContext", [BASE]),
                 ("namingContexts", [BASE]),
                 ("serverName", [SERVER_DN % self.name]),
                 ("supportedSASLMechanisms", ["GSSAPI SRP"]),
                 ("vmwDCAccountUPN", ["%s@%s" % (self.name, entries.REALM)])]
        shown = [p for p in every
                 if not lower or "*" in lower or p[0].lower() in lower]
        if "highestcommittedusn" in lower:
            shown.append(("highestCommittedUSN",
                          [self.usn(self.domain.usn)]))
        return shown

    # --- modify ---------------------------------------------------------------

    def do_modify(self, session, q):
        e = self.domain.get(q.dn)
        if e is None:
            return [refuse(q, message.NO_SUCH_OBJECT)]
        if session.who.lower() != q.dn.lower():
            return [refuse(q, message.INSUFFICIENT_ACCESS)]
        kinds = [(how, attr.lower()) for how, attr, _ in q.changes]
        if kinds == [(0, "userpassword")]:
            return [refuse(q, message.UNWILLING,
                           b"Password add and delete must come in pair")]
        if kinds != [(1, "userpassword"), (0, "userpassword")]:
            return [refuse(q, message.UNWILLING)]
        code, words, error = self.change_password(
            e, q.changes[0][2][0].decode(), q.changes[1][2][0].decode())
        controls = []
        if error is not None and message.PPOLICY in q.controls:
            controls = [message.policy_control(error)]
        return [refuse(q, code, words, controls)]

    def change_password(self, e, old, new):
        if self.race or old != e.password:
            return message.INVALID_CREDENTIALS, HASH_BYTES, None
        weak = message.CONSTRAINT_VIOLATION, b" Password strength check failed"
        if len(new) < 8:
            return *weak, PP_SHORT
        if len(new) > 20 or not all(re.search(p, new) for p in (
                "[a-z]", "[A-Z]", "[0-9]", "[^A-Za-z0-9]")):
            return *weak, PP_QUALITY
        if new in e.old_passwords + [e.password]:
            return (message.CONSTRAINT_VIOLATION, b"Password recycle",
                    PP_HISTORY)
        e.old_passwords.append(e.password)
        e.password = new
        e.uac &= ~(LOCKED | EXPIRED)
        return message.SUCCESS, b"", None


def text(value):
    return (value.decode("utf-8", "surrogateescape")
            if isinstance(value, bytes) else value)


def raw(value):
    return value.encode() if isinstance(value, str) else value
