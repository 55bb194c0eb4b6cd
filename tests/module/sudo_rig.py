"""A policy of its own, a scripted front, and lightwave-sudo between them.

Part of the tests of lightwave-sudo. Nothing on the machine is changed.
"""
import contextlib
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import traceback

HELPER = os.path.abspath("sudoers.d/helper/lightwave-sudo")
DOMAIN = "S-1-7-21-1-2-3-4"
USER, GROUP = 1, 2
(OK, NOTFOUND, NOTOURS, OFFLINE, INVALID, CLAIMED) = (0, 1, 2, 8, 10, 26)
RESOLVE = 42


class Who:
    def __init__(self, kind, id_, name, sid):
        self.kind, self.id, self.name, self.sid = kind, id_, name, sid

    def bytes(self):
        text = b"".join(struct.pack(">I", len(t)) + t for t in
                        (self.name, self.sid.encode()))
        return struct.pack(">BI", self.kind, self.id) + text


ALICE = Who(USER, 16778241, b"alice@lightwave.test", DOMAIN + "-1-1025")
BOB = Who(USER, 16778242, b"bob@lightwave.test", DOMAIN + "-1-1026")
ADMINS = Who(GROUP, 16778300, b"linux admins@lightwave.test",
             DOMAIN + "-1-1084")
OPS_USER = Who(USER, 16778310, b"ops@lightwave.test", DOMAIN + "-1-1094")
OPS_GROUP = Who(GROUP, 16778311, b"ops@lightwave.test", DOMAIN + "-1-1095")


class Front:
    """Answers RESOLVE from self.all, by name without its domain or by SID;
    self.status, where it is not None, is the answer to everything."""

    def __init__(self, run):
        self.path = os.path.join(run, "priv")
        self.all = [ALICE, BOB, ADMINS, OPS_USER, OPS_GROUP]
        self.status = None
        self.claimed = set()
        self.s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.s.bind(self.path)
        self.s.listen(64)
        threading.Thread(target=self.serve, daemon=True).start()

    def close(self):
        with contextlib.suppress(OSError):
            self.s.shutdown(socket.SHUT_RDWR)
        self.s.close()
        with contextlib.suppress(OSError):
            os.unlink(self.path)

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                c, _ = self.s.accept()
                with c, contextlib.suppress(OSError):
                    self.one(c)

    def one(self, c):
        head = c.recv(12, socket.MSG_WAITALL)
        n, version, op, id_ = struct.unpack(">IHHI", head)
        body = c.recv(n, socket.MSG_WAITALL)
        assert op == RESOLVE
        status, answer = self.resolve(body[0], body[5:])
        c.sendall(struct.pack(">IHHII", len(answer) + 4, version, op, id_,
                              status) + answer)

    def resolve(self, what, name):
        if self.status is not None:
            return self.status, b""
        if name.lower() in self.claimed:
            return CLAIMED, b""
        found = [w for w in self.all if what in (0, w.kind) and (
            name == w.sid.encode() or
            name.lower() in (w.name, w.name.split(b"@")[0]))]
        if not found:
            return NOTFOUND, b""
        return OK, struct.pack(">I", len(found)) + b"".join(
            w.bytes() for w in found)


class Rig:
    def __init__(self, where):
        self.where = where
        self.run_dir = os.path.join(where, "run")
        self.etc = os.path.join(where, "etc")
        self.dir = os.path.join(self.etc, "sudoers.d")
        self.sudoers = os.path.join(self.etc, "sudoers")
        self.dropin = os.path.join(self.dir, "lightwave")
        os.mkdir(self.run_dir)
        os.mkdir(self.etc)
        os.mkdir(self.dir)
        os.chmod(self.dir, 0o750)
        self.write(self.sudoers, "root ALL=(ALL:ALL) ALL\n"
                   "@includedir %s\n" % self.dir)
        self.front = Front(self.run_dir)

    @staticmethod
    def write(path, text, mode=0o440):
        with open(path, "w") as f:
            f.write(text)
        os.chmod(path, mode)

    def argv(self, *args):
        return [HELPER, "--runtime-dir", self.run_dir, "--sudoers",
                self.sudoers, *args]

    def sudo(self, *args, rc=0, before=(), **more):
        """Its words, both outputs together; it ends with rc."""
        env = dict(os.environ, **more.pop("env", {}))
        p = subprocess.run([*before, *self.argv(*args)], env=env,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, **more)
        said = p.stdout.decode("utf-8", "backslashreplace")
        assert rc is None or p.returncode == rc, (args, p.returncode, said)
        return said

    def text(self):
        with contextlib.suppress(FileNotFoundError), open(self.dropin) as f:
            return f.read()
        return None

    def rules(self):
        """Who: what follows, of each line that is a rule."""
        return [line for line in (self.text() or "").splitlines()
                if line[:1] in ("#", "%") and not line.startswith("# ")]

    def listed(self):
        p = subprocess.run(self.argv("list", "--json"), check=True,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return json.loads(p.stdout)

    def files(self):
        return sorted(os.listdir(self.dir))

    def is_right(self):
        """The whole policy, as visudo and cvtsudoers read it."""
        subprocess.run(["/usr/sbin/visudo", "-c", "-q", "-f", self.sudoers],
                       check=True)
        return parsed(self.dropin)


def parsed(path):
    p = subprocess.run(["cvtsudoers", "-f", "json", "-c", "/dev/null", path],
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert p.returncode == 0 and not p.stderr, p.stderr
    # cvtsudoers copies bytes that are no UTF-8.
    return json.loads(p.stdout.decode("utf-8", "surrogateescape"),
                      strict=False)


@contextlib.contextmanager
def a_rig():
    where = tempfile.mkdtemp(prefix="lightwave-sudo-")
    rig = Rig(where)
    try:
        yield rig
    finally:
        rig.front.close()
        shutil.rmtree(where)


def run_all(cases):
    """As TAP would have it: a line each, 1 if any fails."""
    failed = 0
    for case in cases:
        try:
            with a_rig() as rig:
                case(rig)
            print("ok - " + case.__name__, flush=True)
        except Exception:  # pylint: disable=broad-except
            failed = 1
            print("not ok - " + case.__name__, flush=True)
            traceback.print_exc()
    return failed


def plugin(rig):
    return re.search('group_plugin="(/.*/sudo/lightwave_sudo.so)"',
                     rig.text()).group(1)


def refused(rig, *args, words, rc=1):
    before = rig.text(), rig.files()
    said = rig.sudo("grant", *args, rc=rc)
    assert re.search(words, said) and "\x1b" not in said, said
    assert (rig.text(), rig.files()) == before
