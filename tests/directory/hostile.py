"""What a directory can do to those who ask it, mischief by mischief.

Each in SEARCH answers one search, each in BIND one bind, and each in GREET one
TCP connection before there is TLS. What is paced or endless ends when the
peer hangs up, or the server stops.
"""
import threading

import ber
import message
from entries import SID, USERS

TWO_GIB = 0x7FFFFFF0


def when(wanted, mischief):
    """A hook: mischief for the requests that wanted() takes."""
    def hook(session, q):
        return mischief(session, q) if wanted(q) else None
    return hook


def whole(session, q):
    """The answer that the directory would have given."""
    return b"".join(session.server.directory.reply(session, q))


def until_hangup(session):
    """Wait until the peer is gone."""
    while session.sock.recv(4096):
        pass


# --- slow, and half -----------------------------------------------------------

def silent(session, q):
    until_hangup(session)
    yield b""


def drip(session, q):
    """One byte a second."""
    pause = threading.Event()
    for byte in whole(session, q):
        yield bytes([byte])
        pause.wait(1)


def stop_half(session, q):
    answer = whole(session, q)
    yield answer[:len(answer) // 2]
    until_hangup(session)


def cut_half(session, q):
    answer = whole(session, q)
    yield answer[:len(answer) // 2]
    raise ConnectionAbortedError


def entries_and_no_end(session, q):
    """Every entry, but never the result."""
    answer = whole(session, q)
    end = message.done(q.id)
    yield answer[:-len(end)]
    until_hangup(session)


# --- too much -----------------------------------------------------------------

def group(number, i):
    """i has seven digits."""
    name = "flood-%d" % i
    return message.entry(number, "cn=%s,%s" % (name, USERS), [
        ("objectClass", ["top", "group"]),
        ("objectSid", ["%s-1-%d" % (SID, i)]),
        ("sAMAccountName", [name]), ("uSNChanged", [str(i)])])


def many(number, first, count):
    """Groups, as fast as we can."""
    one = group(number, 1234567).replace(b"%", b"%%").replace(
        b"1234567", b"%(i)d")
    return b"".join([one % {b"i": i} for i in range(first, first + count)])


def groups(session, q, count=1000000):
    """A million, whatever the size of a page was."""
    for i in range(0, count, 10000):
        yield many(q.id, 1000000 + i, 10000)
    yield message.done(q.id)


def endless(part):
    def mischief(session, q):
        data = part(q) * 1000
        while True:
            yield data
    return mischief


same_entry = endless(lambda q: group(q.id, 1000001))
references = endless(lambda q: message.reference(q.id, "ldap://x/"))
intermediates = endless(lambda q: message.envelope(q.id, ber.tlv(0x79)))
strangers = endless(lambda q: group(q.id + 1000, 1000001))
notices_of_nothing = endless(
    lambda q: message.result(0, 0x78, 0, extra=ber.octets("1.2.3", 0x8A)))


def values(session, q):
    """One entry, 50 MiB of values."""
    dn = b"cn=%d," + USERS.encode()
    yield message.entry(q.id, "cn=flood," + USERS, [
        ("objectClass", ["top", "group"]),
        ("objectSid", [SID + "-1-99999"]), ("sAMAccountName", ["flood"]),
        ("member", [dn % i for i in range(1100000)])])
    yield message.done(q.id)


def long_value(session, q):
    yield message.entry(q.id, "cn=long," + USERS, [
        ("objectClass", ["top", "group"]),
        ("objectSid", [SID + "-1-99998"]),
        ("sAMAccountName", ["x" * (60 << 20)])])
    yield message.done(q.id)


def page_loop(session, q):
    """The same page and the same cookie, for ever."""
    yield group(q.id, 1000001)
    yield message.done(q.id, controls=[message.page_control(b"again")])


def empty_pages(session, q):
    """A new cookie each time, and nothing with it."""
    empty_pages.count = getattr(empty_pages, "count", 0) + 1
    yield message.done(q.id, controls=[
        message.page_control(b"%d" % empty_pages.count)])


def new_pages(session, q):
    """Every page brings something new; there is no last one."""
    n = new_pages.count = getattr(new_pages, "count", 0) + 1
    yield many(q.id, 1000000 + n * 500, 500)
    yield message.done(q.id, controls=[message.page_control(b"same")])


# --- not LDAP, or not to this question ----------------------------------------

def bytes_of(data):
    def mischief(session, q):
        yield data
        until_hangup(session)
    return mischief


# Announced, and never sent.
bomb = bytes_of(b"\x30\x84" + TWO_GIB.to_bytes(4, "big") + b"\x02\x01\x01\x64")
bomb_of_8_bytes = bytes_of(b"\x30\x88" + b"\xff" * 8)
indefinite = bytes_of(b"\x30\x80\x02\x01\x02\x64\x80")
garbage = bytes_of(bytes(range(256)) * 64)
http = bytes_of(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def inner_bomb(session, q):
    """The entry inside says 2 GB, the message around it does not."""
    yield ber.sequence(ber.integer(q.id), b"\x64\x84" +
                       TWO_GIB.to_bytes(4, "big") + b"\x04\x01x")
    until_hangup(session)


def nested(session, q):
    """Ten thousand sequences in each other."""
    inner = b""
    for _ in range(10000):
        inner = ber.sequence(inner)
    yield ber.sequence(ber.integer(q.id), ber.tlv(0x64, ber.octets("cn=x"),
                                                  inner))
    yield message.done(q.id)


def cut_entry(session, q):
    """An attribute whose values are no set."""
    yield message.envelope(q.id, ber.tlv(0x64, ber.octets("cn=x," + USERS),
                                         ber.sequence(ber.sequence(
                                             ber.octets("objectClass"),
                                             ber.integer(5)))))
    yield message.done(q.id)


def wrong_id(session, q):
    yield message.done(q.id + 1)
    until_hangup(session)


def other_answer(session, q):
    """Of a modify, with the right number."""
    yield message.result(q.id, 0x67, 0)
    until_hangup(session)


def zero_length(session, q):
    yield b"\x30\x00"
    until_hangup(session)


def disconnection(session, q):
    yield message.notice_of_disconnection()
    raise ConnectionAbortedError


def notice_and_stay(session, q):
    yield message.notice_of_disconnection()
    until_hangup(session)


def nul_in_result(session, q):
    yield message.done(q.id, 0, b"a\0b\xff", controls=[
        message.control("1.2.3\0", b"\xff" * 100)])


SEARCH = {f.__name__: f for f in (
    silent, drip, stop_half, cut_half, entries_and_no_end, groups, values,
    long_value, page_loop, empty_pages, new_pages, inner_bomb, nested,
    cut_entry, wrong_id, other_answer, zero_length, disconnection,
    notice_and_stay, nul_in_result)}
SEARCH.update(same_entry=same_entry, references=references,
              intermediates=intermediates, strangers=strangers,
              notices_of_nothing=notices_of_nothing, bomb=bomb,
              bomb_of_8_bytes=bomb_of_8_bytes, indefinite=indefinite,
              garbage=garbage, http=http)


# --- binds --------------------------------------------------------------------

def yes_to_another(session, q):
    """Success, with another number."""
    yield message.result(q.id + 1, 0x61, 0)
    until_hangup(session)


def yes_by_another_op(session, q):
    yield message.result(q.id, 0x65, 0)
    until_hangup(session)


def in_progress(session, q):
    """As if it were SASL."""
    yield message.result(q.id, 0x61, 14)


def locked_success(session, q):
    yield message.result(q.id, 0x61, 0, controls=[message.policy_control(1)])


def broken_control(session, q):
    yield message.result(q.id, 0x61, 49, controls=[
        message.control(message.PPOLICY, b"\x30\x84\x7f\xff\xff\xf0")])


BIND = {f.__name__: f for f in (
    silent, drip, stop_half, cut_half, wrong_id, yes_to_another,
    yes_by_another_op, in_progress, locked_success, broken_control,
    disconnection)}
BIND.update(bomb=bomb, garbage=garbage, notices=notices_of_nothing)


# --- before TLS ---------------------------------------------------------------

def wait_for_end(sock):
    while sock.recv(4096):
        pass


def greet_silent(sock):
    """Takes the first message and says nothing."""
    wait_for_end(sock)
    return False


def greet_close(sock):
    return False


def greet_plain(sock):
    """LDAP without TLS."""
    sock.sendall(message.notice_of_disconnection())
    wait_for_end(sock)
    return False


def greet_stop(sock):
    """A TLS record that announces 16 KiB, and three bytes of it."""
    sock.recv(4096)
    sock.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x00")
    wait_for_end(sock)
    return False


def greet_drip(sock):
    """A handshake of one byte a second."""
    pause = threading.Event()
    sock.recv(4096)
    for byte in b"\x16\x03\x03\x40\x00\x02\x00\x3f\xf0" + bytes(16000):
        sock.sendall(bytes([byte]))
        pause.wait(1)
    return False


def greet_flood(sock):
    data = b"\x16\x03\x03\x40\x00" + bytes(16384)
    while True:
        sock.sendall(data)


GREET = {f.__name__.removeprefix("greet_"): f for f in (
    greet_silent, greet_close, greet_plain, greet_stop, greet_drip,
    greet_flood)}


# --- names and SIDs that nobody may get ---------------------------------------

NAMES = {
    "newline": "eve\nroot:x:0:0::/:/bin/sh", "colon": "eve:0:0",
    "slash": "eve/../../etc", "dots": "..", "dot": ".", "parent": "../eve",
    "nul": "eve\0root", "long": "e" * 300,
    "very long": "e" * 3000, "bidi": "eve\u202etoor",
    "zero width": "al\u200bice", "tab": "e\tve", "escape": "e\x1b[31mve",
    "blank": " eve", "trailing": "eve ", "digits": "12345", "dash": "-eve",
    "star": "e*e", "paren": "e(ve", "backslash": "x\\eve", "comma": "a,b",
    "empty": "", "not UTF-8": b"e\xffve", "c1": "e\u009bve",
}
SIDS = {
    "other domain": "S-1-7-21-1-2-3-4-1-1011",
    "longer domain": SID + "-1-1-1011",
    "prefix of ours": SID[:-1] + "-1-1011",
    "NT authority": SID.replace("S-1-7-", "S-1-5-", 1) + "-1-1011",
    "RID 0": SID + "-0", "RID 0 of a machine": SID + "-1-0",
    "RID 0 of another": SID + "-127-0",
    "RID 2^31": SID + "-1-2147483648", "2^31": SID + "-2147483648",
    "RID 2^32": SID + "-1-4294967296", "machine 0": SID + "-0-1011",
    "leading zero": SID + "-1-01011", "the domain's own": SID,
    "RID alone": SID + "-1011", "none": "",
    "no SID": "alice", "negative": SID + "-1--5", "blank": SID + "-1-1011 ",
    "NUL": SID + "-1-1011\0", "huge": SID + "-1" * 100,
    "everybody": "S-1-1-0", "local root": "S-1-5-32-544",
}
