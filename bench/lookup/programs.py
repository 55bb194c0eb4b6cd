"""nssbench of bench/compare, built here, and what one call of it costs: time,
system calls, instructions.
"""
import json
import os
import pathlib
import re
import statistics
import subprocess

import rig

HERE = pathlib.Path(__file__).resolve().parent
NSSBENCH = HERE.parent / "compare/programs"
FLAGS = ["-std=gnu17", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror"]
SOURCES = ("nssbench", "ask", "reference", "bench", "run", "users", "clock")
NSSWITCH = "passwd: %s\ngroup: %s\nhosts: files\n"

# Written for nssbench, by whoever nsswitch.conf names.
WRITE = """
import grp, os, pwd, sys
folder, users, groups = sys.argv[1], *sys.stdin.read().split("\\n\\n")
with open(folder + "/passwd", "w") as passwd, \\
        open(folder + "/users.txt", "w") as ids:
    for name in users.split("\\n"):
        u = pwd.getpwnam(name)
        print(*u, sep=":", file=passwd)
        if name[1:].isdigit():
            print(u.pw_uid, name, file=ids)
with open(folder + "/group", "w") as group:
    for name in groups.split("\\n"):
        g = grp.getgrnam(name)
        print(name, *g[1:3], ",".join(g.gr_mem), sep=":", file=group)
for name in users.split("\\n"):
    os.getgrouplist(name, 0)
"""


class Way:
    """One way to ask."""

    def __init__(self, title, module, nsswitch="lightwave files"):
        self.title, self.module, self.nsswitch = title, module, nsswitch


REFERENCE = Way("reference", "reference")
MODULE = Way("module", "lightwave")
# A module that only returns: what the loop itself takes.
LOOP = Way("loop", "empty")
OURS_LAST = Way("files lightwave", "glibc", "files lightwave")
EMPTY_LAST = Way("files empty", "glibc", "files empty")
OURS_FIRST = Way("lightwave files", "glibc", "lightwave files")
EMPTY_FIRST = Way("empty files", "glibc", "empty files")
WAYS = [REFERENCE, MODULE, OURS_LAST, EMPTY_LAST, OURS_FIRST, EMPTY_FIRST]


class Programs:
    def __init__(self, folder, build):
        self.folder = folder
        self.nssbench = str(folder / "nssbench")
        cc = os.environ.get("CC", "cc")
        rig.run(cc, *FLAGS, "-pthread", "-o", self.nssbench,
                *(str(NSSBENCH / (s + ".c")) for s in SOURCES))
        rig.run(cc, *FLAGS, "-shared", "-fPIC", "-o",
                str(folder / "libnss_empty.so.2"), str(HERE / "empty.c"))
        self.env = dict(os.environ, LD_LIBRARY_PATH="%s:%s" % (
            build / "nss_lightwave/.libs", folder))

    def nsswitch(self, sources):
        pathlib.Path("/etc/nsswitch.conf").write_text(
            NSSWITCH % (sources, sources))

    def write_records(self, data, users, groups):
        """Of everybody, asked of the front: the map has them all then."""
        data.mkdir()
        self.nsswitch("lightwave")
        rig.run("python3", "-c", WRITE, str(data), env=self.env,
                input="\n".join(users) + "\n\n" + "\n".join(groups))

    def command(self, way, data, *more):
        self.nsswitch(way.nsswitch)
        return [self.nssbench, "-d", str(data), "-m", way.module, *more]

    # --- time -------------------------------------------------------------------

    def time(self, way, data, milliseconds, benches):
        """bench -> its line; not one answer may be wrong."""
        out = rig.run(*self.command(way, data, "-t", str(milliseconds), "run",
                                    *benches), env=self.env)
        lines = {line["bench"]: line for line in map(json.loads,
                                                     out.splitlines())}
        for bench, line in lines.items():
            wanted = 0 if bench.startswith("miss") else line["n"]
            assert (line["found"], line["errors"]) == (wanted, 0), (
                way.title, line)
        return lines

    def first(self, way, data, bench):
        """Nanoseconds of the first call of a process."""
        return int(rig.run(*self.command(way, data, "first", bench),
                           env=self.env).split()[0])

    # --- counts: the difference of few calls and more -----------------------------

    def syscalls(self, way, data, bench):
        return self.each(200, 600, lambda n: self.strace(way, data, bench, n))

    def strace(self, way, data, bench, n):
        path = self.folder / "strace"
        rig.run("strace", "-f", "-c", "-U", "name,calls", "-o", str(path),
                *self.command(way, data, "ops", bench, str(n)), env=self.env)
        return sum(int(count) for name, count in re.findall(
            r"^(\S+) +(\d+)", path.read_text(), re.M) if name != "total")

    def instructions(self, way, data, bench):
        return self.each(100, 300,
                         lambda n: self.callgrind(way, data, bench, n))

    def callgrind(self, way, data, bench, n):
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
             *self.command(way, data, "ops", bench, str(n))], check=True,
            capture_output=True, text=True, env=self.env)
        return int(re.search(r"Collected : (\d+)", done.stderr).group(1))

    @staticmethod
    def each(few, more, count):
        return (count(more) - count(few)) / (more - few)


class Time:
    """Of all rounds, ns."""

    def __init__(self, lines):
        self.median = statistics.median(line["ns"] for line in lines)
        self.least = min(line["least"] for line in lines)


def over(rounds):
    """bench -> its Time."""
    return {bench: Time([lines[bench] for lines in rounds])
            for bench in rounds[0]}
