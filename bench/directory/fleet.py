"""What one host costs a controller, and what many would."""
import statistics
import time

import jobs
import rig

REVOCATION_S, SWEEP_S = 60, 3600
# The front waits half to 0.8 of revocation_max between two polls.
POLLS = 60 / (0.65 * REVOCATION_S)


def one(cost, times, ask):
    """Medians of (ms, searches, bytes, ms of slapd's CPU)."""
    rows = []
    for _ in range(times):
        cost.begin()
        begun = time.monotonic()
        ask()
        ms = (time.monotonic() - begun) * 1e3
        searches, size, busy = cost.end()
        rows.append((ms, searches, size, busy * 1e3))
    return [statistics.median(column) for column in zip(*rows)]


def syncs(host, cost):
    ask = host.ask()
    end = ask.sync().extra

    def poll():
        got = ask.sync(end["server"], end["highest"])
        assert got.extra["kind"] == jobs.CHANGES, got.extra
    for what, times, question in (
            ("a poll", 20, poll),
            ("a sweep", 3, lambda: ask.sync(how=jobs.SIDS)),
            ("a first read", 3, lambda: ask.sync(how=jobs.EVERYTHING))):
        yield what, one(cost, times, question)


def connections(dcs):
    return sum(len(rig.run("ss", "-Htn", "state", "established", "dst",
                           dc.address + ":636").splitlines()) for dc in dcs)


def idle(cost, quiet, seconds):
    """Searches and bytes a minute while nobody asks anything. What is not
    two minutes old is read again with each poll."""
    time.sleep(quiet)
    cost.begin()
    time.sleep(seconds)
    searches, size, busy = cost.end()
    return (n * 60 / seconds for n in (searches, size, busy * 1e3))


def show(host, dcs, cost, args):
    assert host.refresh() == "OK"
    print("One host, on its controller\n")
    print("| | ms | searches | bytes | slapd's CPU, ms |")
    print("|---|---|---|---|---|")
    measured = {}
    for what, row in syncs(host, cost):
        measured[what] = row
        print("| %s | %.1f | %.0f | %.0f | %.2f |" % (what, *row), flush=True)
    searches, size, busy = idle(cost, args.quiet, args.idle)
    print("| a minute of idleness (of %.0f s) | | %.1f | %.0f | %.2f |" % (
        args.idle, searches, size, busy))
    print("\nConnections kept: %d. Computed for one controller:\n" %
          connections(dcs))
    many(measured, size)


def many(measured, idle_bytes):
    poll, sweep, read = (measured[k] for k in (
        "a poll", "a sweep", "a first read"))
    print("| hosts | polls/s | idle, Mbit/s | CPU of polls, sweeps | all read "
          "at once: GB, CPU s |")
    print("|---|---|---|---|---|")
    for hosts in (1000, 10000):
        minute = hosts * (POLLS * poll[3] + 60 / SWEEP_S * sweep[3])
        print("| %d | %.0f | %.2f | %.1f %% | %.1f, %.0f |" % (
            hosts, hosts * POLLS / 60, hosts * idle_bytes * 8 / 60 / 1e6,
            minute / 60000 * 100, hosts * read[2] / 1e9,
            hosts * read[3] / 1e3))
