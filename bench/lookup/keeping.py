"""What it costs to know everybody: memory, the map, the store; and a restart."""
import contextlib
import os
import pathlib
import signal
import statistics
import time

import jobs
from directory import RUN, STORE
from tables import head, row

MAP = RUN / "map"
PASSWD_BY_NAME = 1
PATIENCE = 5  # seconds


# --- memory -------------------------------------------------------------------

def pss(pid):
    """KiB: what is shared counts in parts."""
    for line in open("/proc/%d/smaps_rollup" % pid):
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise ValueError(pid)


def all_pss(host):
    """(program, KiB) of each process of ours."""
    pids = [p for d in (host.front, host.worker)
            for p in [d.process.pid] + d.children()]
    return [(pathlib.Path("/proc/%d/comm" % pid).read_text().strip(), pss(pid))
            for pid in pids]


def used(path):
    """Bytes of a file up to the last one that is not zero."""
    return len(path.read_bytes().rstrip(b"\0"))


def stored():
    """Bytes on disk of what outlives a reboot."""
    files = [p for p in STORE.rglob("*") if p.is_file()]
    return sum(p.stat().st_blocks * 512 for p in files)


def settled(host):
    """(program, KiB) of each, when nothing has been written or given back for
    a while."""
    each, same = all_pss(host), 0
    for _ in range(60):
        time.sleep(1)
        before, each = total_of(each), all_pss(host)
        same = same + 1 if abs(total_of(each) - before) < 100 else 0
        if same == 5:
            break
    return each


def total_of(each):
    return sum(kib for _, kib in each)


def memory(host, users):
    each = settled(host)
    total = total_of(each)
    print("To know %d users\n" % users)
    head("", "")
    row("PSS of all processes, MB", "%.1f" % (total * 1024 / 1e6))
    for name, kib in each:
        row(name, "%.1f" % (kib * 1024 / 1e6))
    row("map: used, of its size, MB", "%.1f of %.1f" % (
        used(MAP) / 1e6, MAP.stat().st_size / 1e6))
    row("map: bytes a user, his groups included", "%.0f" % (
        used(MAP) / users))
    row("store: bytes a user", "%.0f" % (stored() / users) if stored()
        else "there is none")
    print()


# --- a restart ------------------------------------------------------------------

def answers(name):
    """Whether the front itself, not the map, knows him now."""
    with contextlib.suppress(OSError, AssertionError):
        nss = jobs.Jobs("/run/lightwave/nss", PATIENCE)
        with contextlib.closing(nss):
            return nss.ask(PASSWD_BY_NAME, jobs.text(name))[0] == "OK"
    return False


def restart(host, how, name):
    """Milliseconds from the start of another front to its answer; None: there
    was none."""
    host.front.process.send_signal(how)
    host.front.process.wait()
    os.truncate(host.front.log_path, 0)
    begun = time.monotonic()
    host.start_front()
    while not answers(name):
        if time.monotonic() - begun > PATIENCE:
            return None
        time.sleep(0.0005)
    return (time.monotonic() - begun) * 1e3


def text(times):
    if None in times:
        return "no answer in %d s" % PATIENCE
    return "%.1f (%.1f)" % (statistics.median(times), max(times))


def restarts(host, dc, times, known_whole):
    print("From the start of the front to its first answer, ms\n")
    head("the one before", "median (most)")
    for what, how in (("was stopped", signal.SIGTERM),
                      ("was killed", signal.SIGKILL)):
        took = []
        for i in range(times):
            took.append(restart(host, how, "u%06d" % i))
            known_whole()
        row(what, text(took))
    dc.slapd.kill()
    dc.slapd.wait()
    row("was stopped, and the directory is away",
        text([restart(host, signal.SIGTERM, "u%06d" % i)
              for i in range(min(2, times))]))
    print()
