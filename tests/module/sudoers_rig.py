"""What test_sudo_check.py, _explain.py and _migrate.py stand on: an /etc of
our own in a mount namespace, and a front that answers by a table. Everything lives in one directory.
"""
import contextlib
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback

HELPER = os.path.abspath("sudoers.d/helper/lightwave-sudo")
NSS = os.path.abspath("tests/module/.libs")
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
DOMAIN = "S-1-7-21-1-2-3-4"
OK, NOTFOUND, NOTOURS, OFFLINE, CLAIMED = 0, 1, 2, 8, 26
NEEDED = {"sudo": "sudo", "cvtsudoers": "sudo", "visudo": "sudo",
          "unshare": "util-linux"}

CONFIG = """[domain]
name = lightwave.test
server = dc1.lightwave.test
ca_file = /etc/lightwave/ca.pem
netbios_name = LW
[machine]
dn = cn=host,ou=Computers,dc=lightwave,dc=test
password_file = /etc/lightwave/machine.secret
[access]
allow = *
[access:sudo]
allow = *
[local_groups]
docker = dockerusers
"""
NSSWITCH = "passwd: files lightwave\ngroup: files lightwave\nhosts: files\n"
PASSWD = """root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/:/bin/sh
bin:x:2:2:bin:/:/bin/sh
larry:x:1201:1201:Larry:/:/bin/sh
"""
GROUP = """root:x:0:
daemon:x:1:
bin:x:2:
wheel:x:10:larry
docker:x:106:
larry:x:1201:
staff:x:1300:larry
"""


def sid(rid):
    return "%s-1-%d" % (DOMAIN, rid)


def number(rid):
    return 1 << 24 | rid


def enter_namespace():
    """Run again with mounts of our own."""
    if os.geteuid() != 0:
        print("SKIP: mounts of our own need root")
        sys.exit(77)
    missing = sorted({p for c, p in NEEDED.items()
                      if not shutil.which(c, path=PATH)})
    if missing:
        sys.exit("missing: apt-get install " + " ".join(missing))
    if os.environ.get("LW_SUDO_INSIDE"):
        return
    os.environ.update(LW_SUDO_INSIDE="1", PATH=PATH)
    os.execvp("unshare", ["unshare", "-m", "--propagation", "private",
                          sys.executable] + sys.argv)


def string(s):
    b = s.encode()
    return struct.pack(">I", len(b)) + b


class Front:
    """Answers MEMBER and RESOLVE on DIR/priv, lookups on DIR/nss."""

    def __init__(self, directory):
        self.users = {"alice": 1025, "bob": 1026}
        self.groups = {"linux admins": 1100, "dockerusers": 1101,
                       "platform": 1102, "a^b": 1103}
        # By which groups: from the one he is in himself to the one asked for.
        self.paths = {("alice", "platform"): ["platform"],
                      ("alice", "linux admins"): ["platform",
                                                  "linux admins"],
                      ("alice", "dockerusers"): ["dockerusers"]}
        self.claimed, self.away, self.asked = set(), False, 0
        self.groupless = False
        for name in ("priv", "nss"):
            s = socket.socket(socket.AF_UNIX)
            s.bind(os.path.join(directory, name))
            s.listen(64)
            threading.Thread(target=self.serve, args=(s,),
                             daemon=True).start()

    def serve(self, listener):
        while True:
            c, _ = listener.accept()
            with contextlib.closing(c), contextlib.suppress(OSError):
                self.answer(c)

    def answer(self, c):
        head = c.recv(12, socket.MSG_WAITALL)
        length, _, op, number_ = struct.unpack(">IHHI", head)
        body = c.recv(length, socket.MSG_WAITALL)
        self.asked += 1
        status, rest = self.of(op, body)
        rest = struct.pack(">I", status) + rest
        c.sendall(struct.pack(">IHHI", len(rest), 2, op, number_) + rest)

    def of(self, op, body):
        if self.away:
            return OFFLINE, b""
        if op in (1, 3, 5):
            return self.by_name(op, body[4:].decode())
        if op in (2, 4):
            return self.by_id(op, struct.unpack(">I", body)[0])
        if op == 41:
            return self.member(body)
        if op == 42:
            return self.resolve(body[0], body[5:].decode())
        return NOTOURS, b""

    @staticmethod
    def account(name):
        name = name.lower()
        for domain in ("lightwave.test\\", "lw\\"):
            if name.startswith(domain):
                return name[len(domain):]
        return name.split("@")[0] if name.endswith("@lightwave.test") else None

    def find(self, table, name):
        for n, rid in table.items():
            if name.upper() == sid(rid) or self.account(name) == n:
                return n
        return None

    def passwd(self, n):
        rid = number(self.users[n])
        return OK, (struct.pack(">II", rid, rid) +
                    string(n + "@lightwave.test") + string(n) +
                    string("/home/" + n) + string("/bin/sh"))

    def group(self, n):
        return OK, (struct.pack(">I", number(self.groups[n])) +
                    string(n + "@lightwave.test") + struct.pack(">I", 0))

    def by_name(self, op, name):
        n = self.find(self.groups if op == 3 else self.users, name)
        if not n:
            return (NOTFOUND if self.account(name) else NOTOURS), b""
        if op == 5 and self.groupless:
            return OFFLINE, b""
        if op == 5:
            gids = {number(self.users[n])} | {
                number(self.groups[g]) for u, g in self.paths if u == n}
            return OK, struct.pack(">I%dI" % len(gids), len(gids),
                                   *sorted(gids))
        return self.passwd(n) if op == 1 else self.group(n)

    def by_id(self, op, wanted):
        for n, rid in (self.users if op == 2 else self.groups).items():
            if number(rid) == wanted:
                return self.passwd(n) if op == 2 else self.group(n)
        return NOTFOUND, b""

    def member(self, body):
        uid, n = struct.unpack(">II", body[1:9])
        group = body[9 + n + 4:].decode()
        user = [u for u, rid in self.users.items() if number(rid) == uid]
        if not user:
            return NOTOURS, b""
        name = self.find(self.groups, group)
        if not name:
            return NOTFOUND, b""
        path = self.paths.get((user[0], name))
        names = [p + "@lightwave.test" for p in path or []]
        return OK, (struct.pack(">BBII", bool(path), 0, 7,
                                number(self.groups[name])) +
                    string(name + "@lightwave.test") +
                    string(sid(self.groups[name])) +
                    struct.pack(">I", len(names)) +
                    b"".join(map(string, names)))

    def resolve(self, what, name):
        found = [(k, t, self.find(t, name) or
                  (name.lower() if name.lower() in t else None)) for k, t in
                 ((1, self.users), (2, self.groups)) if what in (0, k)]
        found = [f for f in found if f[2]]
        if self.account(name) in self.claimed:
            return CLAIMED, b""
        if not found:
            ours = self.account(name) or name.startswith(DOMAIN)
            return (NOTFOUND if ours else NOTOURS), b""
        return OK, struct.pack(">I", len(found)) + b"".join(
            struct.pack(">BI", k, number(t[n])) +
            string(n + "@lightwave.test") + string(sid(t[n]))
            for k, t, n in found)


class Rig:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="lw-sudo.")
        os.chmod(self.dir, 0o755)
        shutil.copytree("/etc", self.path("etc"), symlinks=True)
        subprocess.run(["mount", "--bind", self.path("etc"), "/etc"],
                       check=True)
        os.mkdir(self.path("run"))
        os.mkdir(self.path("own"))
        self.plugin = self.write(self.path("lightwave_sudo.so"), "")
        self.front = Front(self.path("run"))
        self.mounts = ["/etc"]
        self.fresh()

    def fresh(self):
        """The same world for each case."""
        self.unmount(1)
        for name, text in (("passwd", PASSWD), ("group", GROUP),
                           ("nsswitch.conf", NSSWITCH),
                           ("sudo.conf", "Set group_source dynamic\n")):
            self.write("/etc/" + name, text)
        shutil.rmtree("/etc/lightwave", ignore_errors=True)
        shutil.rmtree("/etc/sudoers.d", ignore_errors=True)
        os.mkdir("/etc/lightwave")
        os.mkdir("/etc/sudoers.d", 0o750)
        self.write("/etc/lightwave/lightwave.conf", CONFIG)
        self.front.claimed, self.front.away = set(), False
        self.sudoers("")

    def path(self, *names):
        return os.path.join(self.dir, *names)

    @staticmethod
    def write(path, text, mode=0o644):
        data = text if isinstance(text, bytes) else text.encode()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        with open(path, "wb") as f:
            f.write(data)
        os.chmod(path, mode)
        return path

    def sudoers(self, text, **dropins):
        """Its lines begin at 1; the includedir and the plug-in come last."""
        head = text if isinstance(text, bytes) else text.encode()
        self.write("/etc/sudoers", head +
                   b'Defaults group_plugin="%s"\n@includedir /etc/sudoers.d\n'
                   % self.plugin.encode(), 0o440)
        for name in os.listdir("/etc/sudoers.d"):
            os.unlink("/etc/sudoers.d/" + name)
        for name, body in dropins.items():
            self.write("/etc/sudoers.d/" + name, body, 0o440)

    def over(self, program, script):
        """A program is another one until the case has ended."""
        real = shutil.which(program, path=PATH)
        there = self.path("real-" + program)
        shutil.copy2(real, there)
        mine = self.write(self.path(program), "#!/bin/sh\n" +
                          script.format(real=there, dir=self.dir), 0o755)
        self.mount("--bind", mine, real)

    def mount(self, *args):
        subprocess.run(["mount"] + list(args), check=True)
        self.mounts.append(args[-1])

    def unmount(self, keep):
        while len(self.mounts) > keep:
            subprocess.run(["umount", self.mounts.pop()], check=True)

    def helper(self, *args, before=()):
        """Exit status, what it said, and what it complained of."""
        p = subprocess.run([*before, HELPER, "--runtime-dir", "."] + list(args),
                           cwd=self.path("run"), capture_output=True,
                           timeout=300, check=False,
                           env=dict(os.environ, LD_LIBRARY_PATH=NSS))
        return (p.returncode, p.stdout.decode("utf-8", "replace"),
                p.stderr.decode("utf-8", "replace"))

    def json(self, *args):
        status, out, err = self.helper(*args, "--json")
        assert out, err
        return status, json.loads(out)

    def close(self):
        self.unmount(0)
        shutil.rmtree(self.dir)


def findings(rig, status=None):
    got, all_ = rig.json("check")
    assert status is None or got == status, (got, all_)
    assert got == (1 if all_["findings"] else 0), (got, all_)
    return all_["findings"]


def run_all(cases):
    """Those that are named, or all; whatever one does, the others run."""
    wanted, failed = sys.argv[1:], 0
    enter_namespace()
    with contextlib.closing(Rig()) as rig:
        for case in cases:
            if wanted and case.__name__ not in wanted:
                continue
            began = time.monotonic()
            try:
                rig.fresh()
                case(rig)
            except Exception:  # whatever it is, the others still run
                failed += 1
                print("FAIL: " + case.__name__)
                traceback.print_exc(file=sys.stdout)
            else:
                print("PASS: %s (%.1f s)" % (case.__name__,
                                             time.monotonic() - began))
    sys.exit(1 if failed else 0)
