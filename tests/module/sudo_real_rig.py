"""What test_sudo_real.py stands on: this machine's sudo, an /etc and a /run of
its own, and a front that answers MEMBER."""
import os
import pwd
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading

ALICE = "alice@lightwave.test"
BOB = "bob@lightwave.test"
LOCAL = "local"
UIDS = {ALICE: 16778241, BOB: 16778242, LOCAL: 54321}
PLUGIN = os.path.abspath("tests/module/.libs/lightwave_sudo_here.so")
SHIPPED = os.path.abspath("sudoers.d/plugin/.libs/lightwave_sudo.so")
SOCKET = "/run/lightwave/priv"
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
MEMBER = 41

# A sudo that asks nobody for a password, sends no mail and resolves no name.
SUDOERS = ("Defaults !fqdn, !mail_no_user, !mail_badpass, !lecture\n"
           "root ALL=(ALL:ALL) NOPASSWD: ALL\n")
PERMIT = "".join("%s required pam_permit.so\n" % phase
                 for phase in ("auth", "account", "session"))


def enter_namespace():
    """Run again with mounts and a network of our own."""
    if os.environ.get("LW_WITHOUT_SERVERS"):
        print("SKIP: told to do without mounts")
        sys.exit(77)
    if os.geteuid() != 0:
        print("SKIP: a mount namespace needs root")
        sys.exit(77)
    for tool in ("sudo", "visudo", "setpriv", "unshare"):
        if not shutil.which(tool, path=PATH):
            sys.exit("missing: " + tool)
    if os.environ.get("LW_SUDO_INSIDE"):
        return
    os.environ.update(LW_SUDO_INSIDE="1", PATH=PATH)
    os.execvp("unshare", ["unshare", "-n", "-m", "--propagation", "private",
                          sys.executable] + sys.argv)


def run(*command):
    subprocess.run(command, check=True)


def write(path, text, mode=0o644):
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, mode)


class Front:
    """Answers by members, a list of group names for each user."""

    def __init__(self, members):
        self.members = members
        self.status = 0
        self.asked = []
        self.askers = set()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(SOCKET)
        os.chmod(SOCKET, 0o600)
        self.listener.listen(64)
        threading.Thread(target=self.serve, args=[self.listener],
                         daemon=True).start()

    def stop(self):
        """From now on nobody listens, and nothing is there."""
        if self.listener:
            os.unlink(SOCKET)
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
        self.listener = None

    def questions(self):
        """(what_for, uid, user, group), once each."""
        asked, self.asked = self.asked, []
        return asked

    def serve(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client, client.makefile("rb") as f:
                _, uid, _ = struct.unpack("3i", client.getsockopt(
                    socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
                self.askers.add(uid)
                head = f.read(12)
                if len(head) == 12:
                    n, _, op = struct.unpack(">IHH", head[:8])
                    body = self.answer(op, f.read(n))
                    client.sendall(struct.pack(">I", len(body)) + head[4:] +
                                   body)

    def answer(self, op, body):
        if op != MEMBER:
            return struct.pack(">I", 1)
        what_for, uid, n = struct.unpack(">BII", body[:9])
        user, rest = body[9:9 + n].decode(), body[9 + n:]
        group = rest[4:].decode()
        self.asked.append((what_for, uid, user, group))
        yes = group in self.members.get(user, ())
        return struct.pack(">IBBIIIII", self.status, yes, 0, 0, 0, 0, 0, 0)


class Rig:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="lightwave-sudo.", dir="/tmp")
        os.chmod(self.dir, 0o755)
        self.said = ""
        self.front = None

    def __enter__(self):
        run("cp", "-a", "/etc", self.dir)
        run("mount", "--bind", self.dir + "/etc", "/etc")
        run("mount", "-t", "tmpfs", "-o", "mode=0755", "none", "/run")
        os.makedirs("/run/lightwave/etc")
        shutil.rmtree("/etc/sudoers.d")
        os.mkdir("/etc/sudoers.d", 0o750)
        self.accounts()
        write("/etc/nsswitch.conf", "passwd: files\ngroup: files\n"
              "shadow: files\nhosts: files\n")
        write("/etc/hosts", "127.0.0.1 localhost %s\n" % socket.gethostname())
        write("/etc/sudo.conf", "")
        for service in ("sudo", "sudo-i"):
            write("/etc/pam.d/" + service, PERMIT)
        return self

    def __exit__(self, *_):
        run("umount", "/etc")
        shutil.rmtree(self.dir)

    def accounts(self):
        """Root and LOCAL are this machine's for the plug-in, ALICE and BOB
        the directory's."""
        lines = "root:x:0:0::/root:/bin/sh\n%s:x:%d:%d::/:/bin/sh\n" % (
            LOCAL, UIDS[LOCAL], UIDS[LOCAL])
        write("/run/lightwave/etc/passwd", lines)
        write("/run/lightwave/etc/group", "root:x:0:\nwheel:x:10:\n")
        write("/etc/passwd", lines + "".join(
            "%s:x:%d:16777761::/:/bin/sh\n" % (u, UIDS[u])
            for u in (ALICE, BOB)))
        write("/etc/group", "root:x:0:\nwheel:x:10:\ndocker:x:11:\n")

    def begin(self, members):
        self.front = Front(members)

    @staticmethod
    def uid(user):
        return pwd.getpwnam(user).pw_uid

    def visudo(self, text):
        write(self.dir + "/checked", text, 0o440)
        r = subprocess.run(["visudo", "-c", "-f", self.dir + "/checked"],
                           capture_output=True, text=True)
        assert r.returncode == 0, r.stdout + r.stderr

    def sudoers(self, rules, plugin=PLUGIN):
        named = 'Defaults group_plugin="%s"\n' % plugin if plugin else ""
        self.visudo(SUDOERS + named + rules)
        shutil.copy(self.dir + "/checked", "/etc/sudoers")

    def run_as(self, user, *command):
        who = pwd.getpwnam(user)
        r = subprocess.run(
            ["setpriv", "--reuid=%d" % who.pw_uid, "--regid=%d" % who.pw_gid,
             "--clear-groups", "--"] + list(command), capture_output=True,
            text=True, stdin=subprocess.DEVNULL, cwd="/",
            env={"PATH": PATH, "LC_ALL": "C"})
        self.said = r.stderr
        return r.stdout.strip() if r.returncode == 0 else None

    def sudo(self, user, as_user=None):
        """Whom a command of his runs as, himself by default; None: not."""
        return self.run_as(user, "sudo", "-n", "-u", as_user or user, "id",
                           "-un")

    def listed(self, user, *args):
        return self.run_as(user, "sudo", "-n", "-l", *args)
