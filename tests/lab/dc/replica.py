"""What the controllers of the domain tell each other.

Each has a slapd of its own and appends every change it makes to one log, which
both see; each makes the other's changes too and stamps them with numbers of
its own, as vmdir's controllers do. One that was away goes on from where it
was.
"""
import base64
import fcntl
import json
import os
import socket
import sys
import threading
import time

import ldap

PLACE = "/domain"
LOG = PLACE + "/changes"
NAMES = ("dc1", "dc2")
ME = socket.gethostname().split(".")[0]
SERVER_ID = NAMES.index(ME) + 1
# How long an administrator's change waits for the other controller.
PATIENCE = 1

# What was done before the controller was killed, and is in the log once more.
DONE = (ldap.ALREADY_EXISTS, ldap.TYPE_OR_VALUE_EXISTS, ldap.NO_SUCH_ATTRIBUTE,
        ldap.NO_SUCH_OBJECT)


def pack(values):
    if values is None:
        return None
    return [base64.b64encode(v).decode() for v in values]


def unpack(values):
    if values is None:
        return None
    return [base64.b64decode(v) for v in values]


def write(**change):
    """One write(2) a line: the lines of two writers do not mix."""
    line = json.dumps({"by": ME, **change}).encode() + b"\n"
    fd = os.open(LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(fd, line)
    finally:
        os.close(fd)


def size():
    try:
        return os.stat(LOG).st_size
    except FileNotFoundError:
        return 0


def place_of(name):
    return "%s/%s.applied" % (PLACE, name)


def position(name=ME):
    """How much of the log a controller has taken over."""
    try:
        with open(place_of(name)) as f:
            return int(f.read() or 0)
    except FileNotFoundError:
        return 0


def catch_up(apply):
    """apply(change) for each change of the others that is new here."""
    done = position()
    if done == size():
        return
    fd = os.open(place_of(ME), os.O_WRONLY | os.O_CREAT, 0o600)
    with open(fd, "wb", buffering=0) as place, open(LOG, "rb") as log:
        log.seek(done)
        for line in log:
            if not line.endswith(b"\n"):
                break
            change = json.loads(line)
            if change["by"] != ME:
                try:
                    apply(change)
                except DONE as e:
                    print("%s: change at %d: %s" % (ME, done, e),
                          file=sys.stderr)
            done += len(line)
            os.pwrite(place.fileno(), b"%020d" % done, 0)


def runs(name):
    """Whether a controller's keeper lives; one that is paused does."""
    try:
        with open("%s/%s.alive" % (PLACE, name)) as f:
            fcntl.flock(f, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def wait_for_others():
    """Until they have what is in the log now, or it takes them too long."""
    end, goal = time.monotonic() + PATIENCE, size()
    for name in NAMES:
        while (name != ME and runs(name) and position(name) < goal
               and time.monotonic() < end):
            time.sleep(0.005)


def follow(domain):
    """What the keeper does beside all else: domain() as a context takes over
    what is new in the log."""
    while True:
        if position() < size():
            try:
                with domain():
                    pass
            except ldap.LDAPError:
                time.sleep(0.1)  # slapd does not serve
            except Exception as e:  # the container has to end, and say why
                print("%s: %r" % (ME, e), file=sys.stderr)
                os._exit(1)
        time.sleep(0.02)


def start(domain):
    alive = open("%s/%s.alive" % (PLACE, ME), "w")
    fcntl.flock(alive, fcntl.LOCK_EX)
    threading.Thread(target=follow, args=(domain,), daemon=True).start()
    return alive
