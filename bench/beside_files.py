#!/usr/bin/python3
"""What does a directory account cost beside a local one, in one run?

Prints a Markdown table of medians, measured in the running lab
(tests/lab/lab up): lookups inside one process on photon, one `id`, one whole
ssh login with a password. Figures of a shared machine: only the ratios within
one run mean something.
"""
import pathlib
import statistics
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] /
                       "tests/system"))

from lab import Lab, full  # noqa: E402

LOOKUPS, PROGRAMS, LOGINS = 2000, 20, 10


def in_process(lab, name):
    """Microseconds of one getpwnam(3) in a process that goes on asking."""
    lines = lab.perl("clock.pl", str(LOOKUPS), name).lines
    assert all(line.split()[1] == "found" for line in lines)
    return statistics.median(float(line.split()[0]) for line in lines) * 1e3


def program(lab, *cmd):
    """Milliseconds of a program on photon, by its own clock."""
    script = ('for i in $(seq %d); do s=$EPOCHREALTIME; "$@" >/dev/null; '
              'e=$EPOCHREALTIME; echo $((${e/./} - ${s/./})); done' % PROGRAMS)
    lines = lab.sh(script, *cmd).lines
    return statistics.median(int(line) for line in lines) / 1e3


def login(lab, user, password):
    times = []
    for _ in range(LOGINS):
        done = lab.ssh(user, password)
        assert done.rc == 0, done.out
        times.append(done.seconds * 1e3)
    return statistics.median(times)


def main():
    lab = Lab()
    with tempfile.TemporaryDirectory() as work:
        lab.learn_host_key(pathlib.Path(work) / "known_hosts")
        who = {"directory": full("alice"), "files": "localuser"}
        passwords = {"directory": lab.password("alice"),
                     "files": lab.password("LOCAL_LOCALUSER")}
        for name in who.values():  # homes, caches
            lab.id(name)
        for kind in who:
            assert lab.ssh(who[kind], passwords[kind]).rc == 0
        rows = [
            ("getpwnam(3), known, µs",
             lambda kind: in_process(lab, who[kind])),
            ("`id NAME`, ms", lambda kind: program(lab, "id", who[kind])),
            ("`runuser -u NAME true`, ms",
             lambda kind: program(lab, "runuser", "-u", who[kind], "true")),
            ("ssh login with a password, ms",
             lambda kind: login(lab, who[kind], passwords[kind])),
        ]
        print("| median | directory | files | ratio |\n|---|---|---|---|")
        for what, measure in rows:
            d, f = measure("directory"), measure("files")
            print("| %s | %.1f | %.1f | %.2f |" % (what, d, f, d / f))


if __name__ == "__main__":
    main()
