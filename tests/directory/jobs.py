"""What the front says to the worker: doc/PROTOCOL.md in Python."""
import dataclasses
import socket
import struct

VERSION, INTERIM = 2, 0x8000
FIND, MEMBERSHIPS, MEMBERS, VERDICT = range(64, 68)
RULES, CHANGE = 69, 70
SYNC, SELFTEST = 72, 73
REFRESH = 39  # root asks the front
USER, GROUP = 1, 2
LOGIN = 0x4000  # asked for PAM
BY_NAME, BY_RID = 1, 2
NEVER = 0xFFFFFFFF
CHANGES, EVERYTHING, SIDS, UNKNOWN, TOO_MANY, UNTOLD = range(6)

STATUS = {0: "OK", 1: "NOTFOUND", 2: "NOTOURS", 3: "DENIED", 4: "LOCKED",
          5: "DISABLED", 6: "EXPIRED", 8: "OFFLINE", 9: "RANGE",
          10: "INVALID", 11: "PROTO", 12: "NOMEM", 14: "NOPASSWORD",
          17: "CHANGE", 18: "TOOSHORT", 19: "WEAK", 20: "HISTORY",
          21: "TOOSOON", 22: "NOTALLOWED", 23: "NOWORKER"}


def u8(n):
    return struct.pack(">B", n)


def u32(n):
    return struct.pack(">I", n)


def u64(n):
    return struct.pack(">Q", n)


def text(s):
    s = s.encode() if isinstance(s, str) else s
    return u32(len(s)) + s


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        assert self.at + n <= len(self.data), "a message is cut short"
        self.at += n
        return self.data[self.at - n:self.at]

    def u8(self):
        return self.take(1)[0]

    def u32(self):
        return struct.unpack(">I", self.take(4))[0]

    def u64(self):
        return struct.unpack(">Q", self.take(8))[0]

    def bytes(self):
        return self.take(self.u32())

    def str(self):
        s = self.bytes()
        assert b"\0" not in s, "a NUL inside a str"
        return s.decode("utf-8", "surrogateescape")

    def end(self):
        assert self.at == len(self.data), "a message is too long"


@dataclasses.dataclass
class Entry:
    kind: int
    dn: str
    sid: str
    sam: str
    upn: str
    given: str
    sn: str
    uac: int
    usn: int = 0
    members: list = dataclasses.field(default_factory=list)


def read_entry(r):
    return Entry(r.u8(), r.str(), r.str(), r.str(), r.str(), r.str(), r.str(),
                 r.u32())


@dataclasses.dataclass
class Answer:
    status: str
    entries: list = dataclasses.field(default_factory=list)
    primary: int = 0
    domain_sid: str = ""
    extra: dict = dataclasses.field(default_factory=dict)

    @property
    def names(self):
        """Of those that were asked for."""
        return sorted(e.sam for e in self.entries[:self.primary])


class Jobs:
    """One connection to the worker's socket."""

    def __init__(self, path, seconds=30):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(seconds)
        self.sock.connect(str(path))
        self.last, self.broken = 0, False

    def close(self):
        self.sock.close()

    def receive(self, n):
        data = bytearray()
        while len(data) < n:
            more = self.sock.recv(min(n - len(data), 1 << 20))
            assert more, "the worker closed the connection"
            data += more
        return bytes(data)

    def send(self, op, body=b""):
        self.last += 1
        self.sock.sendall(struct.pack(">IHHI", len(body), VERSION, op,
                                      self.last) + body)
        return self.last

    def next(self):
        """(id, op, status, the rest of the body)."""
        n, version, op, number = struct.unpack(">IHHI", self.receive(12))
        assert version == VERSION and 4 <= n <= 16 << 20
        r = Reader(self.receive(n))
        return number, op, STATUS[r.u32()], r

    def ask(self, op, body=b""):
        self.broken = True
        number = self.send(op, body)
        got, answered, status, r = self.next()
        assert (got, answered) == (number, op)
        self.broken = False
        if status != "OK":
            r.end()
        return status, r

    # --- the questions --------------------------------------------------------

    def entries(self, op, body):
        status, r = self.ask(op, body)
        if status != "OK":
            return Answer(status)
        a = Answer(status, domain_sid=r.str())
        a.primary = r.u32()
        a.entries = [read_entry(r) for _ in range(r.u32())]
        r.end()
        assert a.primary <= len(a.entries)
        return a

    def find(self, name, kind=USER):
        return self.entries(FIND, u8(kind) + u8(BY_NAME) + text(name))

    def find_rid(self, rid, kind=USER):
        return self.entries(FIND, u8(kind) + u8(BY_RID) + text(rid))

    def memberships(self, dn):
        return self.entries(MEMBERSHIPS, text(dn))

    def members(self, dn):
        return self.entries(MEMBERS, text(dn))

    def probe(self):
        """Whatever it is: the worker has a connection then."""
        return self.find("nobody-at-all")

    def verdict(self, dn, password, upn="", want_ticket=False):
        status, r = self.ask(VERDICT, text(dn) + text(upn) + text(password) +
                             u8(want_ticket))
        a = Answer(status)
        if status == "OK":
            a.extra = {"expires_in": r.u32(), "ticket": r.u8(),
                       "skew": r.u32(), "ccache": r.bytes()}
            r.end()
        return a

    def change(self, dn, old, new, upn="", how=0):
        status, r = self.ask(CHANGE, text(dn) + text(upn) + text(old) +
                             text(new) + u8(how))
        r.end()
        return status

    def rules(self):
        status, r = self.ask(RULES)
        assert status == "OK"
        names = ("min_length max_length min_alphabetic min_upper min_lower "
                 "min_numeric min_special max_identical history").split()
        a = {n: r.u32() for n in names}
        r.end()
        return a

    def sync(self, server="", since=0, how=CHANGES, most=50000):
        """The entries of all parts, and the end in extra."""
        self.broken = True
        number = self.send(SYNC, text(server) + u64(since) + u8(how) +
                           u32(most))
        parts = []
        while True:
            got, op, status, r = self.next()
            assert got == number and op & ~INTERIM == SYNC
            if not op & INTERIM:
                break
            assert status == "OK"
            for _ in range(r.u32()):
                e = read_entry(r)
                e.usn = r.u64()
                e.members = [r.str() for _ in range(r.u32())]
                parts.append(e)
            r.end()
        self.broken = False
        a = Answer(status, parts, len(parts))
        if status == "OK":
            a.domain_sid = r.str()
            a.extra = {"server": r.str(), "highest": r.u64(),
                       "kind": r.u8(), "total": r.u32()}
        r.end()
        return a

    def selftest(self):
        status, r = self.ask(SELFTEST)
        assert status == "OK"
        pairs = [(r.str(), r.str()) for _ in range(r.u32())]
        r.end()
        return pairs
