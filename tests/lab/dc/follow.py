"""What vmdir does in itself, and slapd and MIT's KDC do only with help: a
user's new password is the KDC's too, whichever of the two he told it, a
password that is too simple is refused, and what he changes in his own entry
has a new number and is the other controller's too.

slapd asks about every modify by its sock overlay (slapd-sock(5)); kpasswd's
server leaves its changes in a spool.
"""
import base64
import glob
import hashlib
import os
import re
import socketserver
import sys
import threading
import time

import ldap

from domain import Domain, connect
from kdc import Refused

SOCKET = "/run/lab/follow"
SPOOL = "/var/spool/krb5-sync"
ADMINISTRATOR = "cn=lab,dc=lightwave,dc=test"

CONSTRAINT_VIOLATION = 19
INSUFFICIENT_ACCESS = 50


def too_simple(password):
    """vmdir's rules but the lengths, which slapd's policy has."""
    def count(pattern):
        return len(re.findall(pattern, password))

    return (count("[A-Za-z]") < 2 or count("[A-Z]") < 1 or count("[a-z]") < 1
            or count("[0-9]") < 1 or count("[^A-Za-z0-9]") < 1
            or re.search(r"(.)\1{3}", password) is not None)


def fields(lines):
    for line in lines:
        key, _, value = line.partition(":")
        if value.startswith(":"):
            value = base64.b64decode(value[1:]).decode("utf-8", "replace")
        yield key, value.lstrip(" ")


def new_password(lines):
    """The password that the modify puts into the entry, or None."""
    doing = found = None
    for key, value in fields(lines):
        if key in ("add", "replace", "delete"):
            doing = key
        elif key.lower() == "userpassword" and doing in ("add", "replace"):
            found = value
    return found


def answer(lines):
    """To a question of slapd's."""
    if lines[0] == "BIND":
        # It asks only about the one entry without a password.
        return "RESULT\ncode: %d\n" % INSUFFICIENT_ACCESS
    password, known = new_password(lines), dict(fields(lines))
    # The administrator's tool keeps both in step itself.
    if known["binddn"].lower() == ADMINISTRATOR:
        return "CONTINUE\n"
    if password is None:
        carry(known["dn"])
        return "CONTINUE\n"
    if len(password) >= 8 and too_simple(password):
        return ("RESULT\ncode: %d\ninfo:  Password strength check failed\n"
                % CONSTRAINT_VIOLATION)
    threading.Thread(target=carry_to_kdc, args=(known["dn"], password)).start()
    return "CONTINUE\n"


def version(slapd, dn):
    """Another one with each change of the entry; None: there is none."""
    try:
        return slapd.search_s(dn, ldap.SCOPE_BASE, attrlist=["entryCSN"])[0][1]
    except ldap.NO_SUCH_OBJECT:
        return None


def carry(dn):
    slapd = connect()
    threading.Thread(target=carry_change,
                     args=(slapd, dn, version(slapd, dn))).start()


def carry_change(slapd, dn, before):
    """Once slapd has made it; if it does not, there is nothing to do."""
    deadline = time.monotonic() + 1
    try:
        while time.monotonic() < deadline:
            if version(slapd, dn) != before:
                with Domain() as d:
                    d.changed_by_user(dn)
                return
            time.sleep(0.005)
    finally:
        slapd.unbind_s()


def is_hash_of(value, password):
    raw = base64.b64decode(value[len(b"{SSHA}"):])
    return hashlib.sha1(password.encode() + raw[20:]).digest() == raw[:20]


def carry_to_kdc(dn, password):
    """Once slapd has taken it; if it does not, there is nothing to do."""
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        with Domain() as d:
            if is_hash_of(d.read(dn)["userPassword"][0], password):
                d.user_changed(dn)
                d.kdc.password(d.principal(dn), password, rules=True)
                return
        time.sleep(0.02)


def look_into_spool():
    """What kpasswd's server has changed is slapd's too."""
    for path in sorted(glob.glob(SPOOL + "/*-password-*")):
        with open(path) as f:
            lines = f.read().split("\n")
        if len(lines) <= 4:
            continue  # still being written
        try:
            with Domain() as d:
                d.user_changed(d.find_user(lines[0]), lines[3])
        except (Refused, ldap.LDAPError) as e:
            print("kpasswd's change is lost: %s" % e, file=sys.stderr)
        os.unlink(path)


class Message(socketserver.StreamRequestHandler):
    def handle(self):
        lines = []
        for line in self.rfile:
            line = line.decode("utf-8", "replace").rstrip("\n")
            if not line:
                break
            lines.append(line)
        if lines:
            self.wfile.write(answer(lines).encode())


def start():
    os.makedirs(SPOOL, exist_ok=True)
    if os.path.exists(SOCKET):
        os.unlink(SOCKET)
    server = socketserver.UnixStreamServer(SOCKET, Message)
    os.chmod(SOCKET, 0o666)
    threading.Thread(target=server.serve_forever, daemon=True).start()
