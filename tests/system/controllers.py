"""Bad days of the domain's controllers, each for the time of a block: stopped,
hung, cut off, slow. Afterwards they serve again.
"""
import contextlib
import re

from lab import BASE, CONF, DCS, wait_until

TABLE = "inet bad_day"
RELAY = "127.0.0.1"
LDAPS = 636
JOBS = "/run/lightwave-worker/jobs"
MEMBERSHIPS, OFFLINE = 65, 8


def healthy(lab, dc):
    return lab.inside(dc, ["/opt/lab/healthy"], check=False).rc == 0


def address(lab, dc):
    return {"dc1": "%s.10", "dc2": "%s.11"}[dc] % lab.env["LW_LAB_NET"]


def serve(lab, dcs):
    for dc in dcs:
        wait_until(lambda: healthy(lab, dc), 60, dc)


@contextlib.contextmanager
def stopped(lab, *dcs):
    """Their processes have ended, and nobody answers at their addresses."""
    lab.docker("kill", *map(lab.container, dcs))
    try:
        yield
    finally:
        lab.docker("start", *map(lab.container, dcs))
        serve(lab, dcs)


@contextlib.contextmanager
def hung(lab, *dcs):
    """All their processes have stopped: their kernel accepts connections."""
    lab.docker("pause", *map(lab.container, dcs))
    try:
        yield
    finally:
        lab.docker("unpause", *map(lab.container, dcs))
        serve(lab, dcs)


@contextlib.contextmanager
def refusing(lab, *dcs):
    """They run, but slapd does not: connections are refused at once."""
    with contextlib.ExitStack() as undo:
        for dc in dcs:
            undo.enter_context(cut(lab, "reject with tcp reset", dc))
        yield


@contextlib.contextmanager
def dropped(lab, *dcs):
    """What photon sends to them is lost."""
    with cut(lab, "drop", *dcs):
        yield


@contextlib.contextmanager
def cut(lab, verdict, *dcs):
    rules = "".join("ip daddr %s meta l4proto tcp %s\n"
                    % (address(lab, dc), verdict) for dc in dcs)
    lab.photon("nft", "-f", "-", input="table %s {\nchain out {\n"
               "type filter hook output priority 0;\n%s}\n}\n" %
               (TABLE, rules))
    try:
        yield
    finally:
        lab.photon("nft", "delete", "table", *TABLE.split(), check=False)


@contextlib.contextmanager
def slow(lab, dc, size, ms):
    """From here on photon reaches it through a relay that passes on no more
    than size bytes each ms milliseconds."""
    name = dc + ".lightwave.test"
    pid = lab.perl("relay.pl", RELAY, str(LDAPS), address(lab, dc), str(size),
                   str(ms)).out
    lab.sh('sed "/$1/d" /etc/hosts >/tmp/hosts; cp /etc/hosts /tmp/hosts.old\n'
           'echo "$2 $1" >>/tmp/hosts; cat /tmp/hosts >/etc/hosts', name, RELAY)
    try:
        lab.photon("systemctl", "restart", "lightwaved-worker")
        yield
    finally:
        lab.sh("cat /tmp/hosts.old >/etc/hosts; rm /tmp/hosts /tmp/hosts.old")
        lab.photon("kill", "--", "-" + pid)
        lab.photon("systemctl", "restart", "lightwaved-worker")


@contextlib.contextmanager
def daemons_with(lab, edit):
    """Both daemons restarted with another configuration: edit(text)."""
    original = lab.photon("cat", CONF).out + "\n"
    text = edit(original)
    assert text != original

    def use(content):
        lab.sh('cat >"$1"', CONF, input=content)
        lab.photon("systemctl", "restart", "lightwaved-worker", "lightwaved")

    use(text)
    try:
        yield
    finally:
        use(original)
        wait_until(lambda: lab.known("alice"), 30, "lookups to work again")


# --- who is asked ------------------------------------------------------------

def linked(lab, dc):
    """Whether the worker has a connection to its LDAPS port."""
    return bool(lab.photon("ss", "-Htn", "state", "established", "dst",
                           "%s:%d" % (address(lab, dc), LDAPS)).out)


def answered(lab, deadline=60):
    """A question that only a controller can answer, asked until one does: the
    milliseconds from the first one to the answer, and those of the slowest
    question."""
    ms, slowest = lab.perl("answer.pl", "nobody", str(deadline),
                           timeout=deadline + 30).out.split()
    return float(ms), float(slowest)


def heard(lab, dc):
    """Whether something came from it within the last half second."""
    out = lab.photon("ss", "-Htin", "state", "established", "dst",
                     "%s:%d" % (address(lab, dc), LDAPS)).out
    return any(int(ms) < 500 for ms in re.findall(r"lastrcv:(\d+)", out))


def used(lab, dc):
    """Whether it answers, and no other one does: a connection to who is cut
    off stays for long, and speaks again when he is back."""
    answered(lab)
    return heard(lab, dc) and not any(
        heard(lab, other) for other in DCS if other != dc)


def refused_at_once(lab):
    """Waits until the worker itself says that nobody answers, and need not
    wait to find out: it has missed every controller. The front says so of an
    answer that is late already."""
    def said():
        done = lab.perl("ask.pl", JOBS, str(MEMBERSHIPS), "cn=nobody," + BASE)
        return done.lines[0] == "status %d" % OFFLINE and done.seconds < 1

    wait_until(lambda: said() and said(), 60, "the worker to have missed all")
    lab.perl("answer.pl", "offline", "60", timeout=90)
