"""What stands in the memory of photon's processes, read from outside: they let
nobody inside look, root included.
"""
import dataclasses
import re

CHUNK = 1 << 20


@dataclasses.dataclass
class Found:
    process: str
    mapping: str
    address: int
    around: str  # the bytes before and after, never the password itself

    def __str__(self):
        return "%s, %s at %#x: %s" % (self.process, self.mapping, self.address,
                                      self.around)


def processes(lab):
    """{pid on this machine: command} of everything that runs on photon."""
    lines = lab.docker("top", lab.container("photon"), "-eo", "pid,args").lines
    return {int(pid): args for pid, args in
            (line.split(None, 1) for line in lines[1:])}


def daemons(lab):
    """Front, master and workers: {pid on this machine: what it is}."""
    found = {}
    for pid, args in processes(lab).items():
        if args.startswith("/usr/sbin/lightwaved "):
            found[pid] = "front"
        elif args.startswith("/usr/sbin/lightwaved-worker "):
            found[pid] = "worker"
    listed = set(found)
    for pid in listed:
        try:
            with open("/proc/%d/stat" % pid) as f:
                parent = int(f.read().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            del found[pid]  # it has ended since it was listed
            continue
        if found[pid] == "worker" and parent not in listed:
            found[pid] = "master"
    return found


def mappings(pid):
    """(from, to, name) of what the process may have written to."""
    with open("/proc/%d/maps" % pid) as f:
        for line in f:
            words = line.split(None, 5)
            if "w" in words[1] and not re.search(r"\[v", line):
                start, end = (int(a, 16) for a in words[0].split("-"))
                yield start, end, (words + ["anonymous"])[5].strip()


def search(pid, what, secrets):
    """Each place in the process where one of these passwords stands."""
    needle = re.compile(b"|".join(re.escape(s.encode())
                                  for s in sorted(secrets)))
    longest = max(len(s.encode()) for s in secrets)
    with open("/proc/%d/mem" % pid, "rb", 0) as mem:
        for start, end, name in mappings(pid):
            tail = b""
            for at in range(start, end, CHUNK):
                mem.seek(at)
                try:
                    text = tail + mem.read(min(CHUNK, end - at))
                except OSError:  # a guard page
                    tail = b""
                    continue
                base = at - len(tail)
                for m in needle.finditer(text):
                    # Only what ends in this chunk: the rest was seen before.
                    if m.end() > len(tail):
                        yield Found("%s %d" % (what, pid), name,
                                    base + m.start(), around(text, m))
                tail = text[-longest:]


def around(text, match):
    return "%r [%d bytes] %r" % (text[max(0, match.start() - 48):match.start()],
                                 len(match.group()),
                                 text[match.end():match.end() + 48])
