"""What is asked, by programs of the host as well as on the worker's socket,
and what it took: milliseconds, searches, bytes.
"""
import os
import re
import struct
import subprocess
import sys
import time

import jobs
import rig

HERE = os.path.dirname(os.path.abspath(__file__))
ANSWER = os.path.join(HERE, "../../tests/system/answer.pl")
AUTH = 32
FULL = "%s@lightwave.test"

# One process that asks for everybody, as `ls -l` or a mail server does.
GETPWNAM = '''
import pwd, statistics, sys, time
took = []
for name in sys.stdin.read().split():
    begun = time.perf_counter_ns()
    pwd.getpwnam(name)
    took.append((time.perf_counter_ns() - begun) / 1e3)
print(statistics.mean(took), statistics.median(took), max(took))
'''

COUNT = """table inet bytes {
chain out {
type filter hook output priority 0;
tcp dport { 389, 636 } counter
tcp sport { 389, 636 } counter
}
}
"""


class Cost:
    """Of what happens from begin() to end()."""

    def __init__(self, dcs):
        self.dcs = dcs
        rig.run("nft", "-f", "-", input=COUNT)
        a = self.searches()
        self.own = self.searches() - a

    def searches(self):
        return sum(dc.monitored() for dc in self.dcs)

    def bytes(self):
        out = rig.run("nft", "list", "table", "inet", "bytes")
        return sum(int(n) for n in re.findall(r"bytes (\d+)", out))

    def begin(self):
        self.asked, self.size = self.searches(), self.bytes()
        self.busy = sum(dc.cpu() for dc in self.dcs)

    def end(self):
        """(searches, IP bytes both ways, seconds of slapd's CPU time)"""
        busy = sum(dc.cpu() for dc in self.dcs) - self.busy
        size = self.bytes() - self.size
        return self.searches() - self.asked - self.own, size, busy


def env(host):
    return dict(os.environ, LC_ALL="C.UTF-8", LD_LIBRARY_PATH=str(
        host.build / "nss_lightwave/.libs"))


def timed(host, *cmd):
    """Milliseconds of a program, with its start."""
    begun = time.monotonic()
    subprocess.run(cmd, env=env(host), check=True, stdout=subprocess.DEVNULL)
    return (time.monotonic() - begun) * 1e3


def each(host, names):
    """(mean, median, most) microseconds of a getpwnam(3)."""
    out = rig.run(sys.executable, "-c", GETPWNAM, env=env(host),
                  input="\n".join(names))
    return [float(word) for word in out.split()]


def answered(host, wanted="nobody"):
    """Milliseconds until a question that only a controller can answer was;
    "offline": waits until it is said at once that there is none."""
    return float(rig.run("perl", ANSWER, wanted, "60",
                         env=env(host)).split()[0])


def login(user, password):
    """(status, state of the ticket, milliseconds) of one AUTH."""
    priv = jobs.Jobs("/run/lightwave/priv", 60)
    begun = time.monotonic()
    status, r = priv.ask(AUTH, b"".join(map(jobs.text, (
        FULL % user, password, "sshd", "192.0.2.7"))))
    ms = (time.monotonic() - begun) * 1e3
    priv.close()
    ticket = None
    if status == "OK":
        _, ticket = struct.unpack(">IB", r.take(5))
    return status, ticket, ms


def heard(dc):
    out = rig.run("ss", "-Htin", "state", "established", "dst",
                  dc.address + ":636")
    return any(int(ms) < 200 for ms in re.findall(r"lastrcv:(\d+)", out))


def used(host, dcs, dc):
    """Whether it answers, and no other one does."""
    answered(host)
    return heard(dc) and not any(heard(d) for d in dcs if d is not dc)


def known_whole(host):
    rig.wait_until(lambda: host.front.said("is known whole"),
                   "the whole domain", 120)


def fresh_front(host, replica):
    """One that knows nothing yet, or all that its replica holds."""
    host.front.stop()
    os.truncate(host.front.log_path, 0)
    host.start_front()
    if replica:
        known_whole(host)
    else:
        rig.wait_until(lambda: host.getent("passwd", FULL % "login000"),
                       "a lookup")

