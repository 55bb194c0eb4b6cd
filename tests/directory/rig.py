"""The machine of the tests: a network and a /run of their own, certificates,
the real worker and the real front as children, and what they use of memory.
"""
import contextlib
import ctypes
import os
import pathlib
import re
import signal
import ssl
import subprocess
import threading
import time

import entries
import jobs

NEWNS, NEWNET = 0x00020000, 0x40000000
HOSTS = ["dc1.lightwave.test", "dc2.lightwave.test", "dc3.lightwave.test",
         "dc1.elsewhere.test", "dual.lightwave.test"]
DUAL = HOSTS[4]  # which is ::1 as well
DEADLINE = 20


def run(*args, **more):
    return subprocess.run(args, check=True, capture_output=True, text=True,
                          **more).stdout


def wait_until(holds, what, seconds=DEADLINE):
    until = time.monotonic() + seconds
    while True:
        got = holds()
        if got:
            return got
        assert time.monotonic() < until, "waited in vain for " + what
        time.sleep(0.01)


def enter_namespaces(folder):
    """This process and its children: no network but loopback, our own names,
    our own /run; nothing of it is seen outside."""
    if ctypes.CDLL(None, use_errno=True).unshare(NEWNS | NEWNET):
        raise OSError(ctypes.get_errno(), "unshare: these tests need root")
    run("mount", "--make-rprivate", "/")
    run("ip", "link", "set", "lo", "up")
    files = {"/etc/hosts": "127.0.0.1 localhost\n" + "".join(
                 "127.0.0.%d %s\n" % (i, h) for i, h in enumerate(HOSTS, 1)) +
             "::1 %s\n" % DUAL,
             "/etc/resolv.conf": "nameserver 127.0.0.1\n",
             "/etc/nsswitch.conf": "passwd: files lightwave\n"
                                   "group: files lightwave\nhosts: files\n"}
    for path, text in files.items():
        ours = folder / path.replace("/", "_")
        ours.write_text(text)
        run("mount", "--bind", str(ours), path)
    run("mount", "-t", "tmpfs", "tmpfs", "/run")
    os.mkdir("/run/lightwave")


@contextlib.contextmanager
def names_by_dns():
    """Hosts are not in a file, as ours are else."""
    changed = {"/etc/hosts": "127.0.0.1 localhost\n",
               "/etc/nsswitch.conf": "hosts: files dns\n"}
    before = {path: pathlib.Path(path).read_text() for path in changed}
    try:
        for path, text in changed.items():
            pathlib.Path(path).write_text(text)
        yield
    finally:
        for path, text in before.items():
            pathlib.Path(path).write_text(text)


def make_ca(folder, name="ca"):
    """(CA's file, a TLS context with a certificate for all HOSTS by it)."""
    ca, key, cert, conf = (folder / (name + s) for s in
                           (".pem", ".key", ".crt", ".cnf"))
    new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
           "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    run(*new, "-subj", "/CN=" + name, "-keyout", str(folder / (name + ".cak")),
        "-out", str(ca), "-addext", "keyUsage=critical,keyCertSign")
    conf.write_text("subjectAltName=%s,IP:127.0.0.1" % ",".join(
        "DNS:" + h for h in HOSTS + ["localhost"]))
    run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt",
        "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=dc",
        "-keyout", str(key), "-out", str(folder / (name + ".csr")))
    run("openssl", "x509", "-req", "-in", str(folder / (name + ".csr")),
        "-CA", str(ca), "-CAkey", str(folder / (name + ".cak")),
        "-CAcreateserial", "-days", "2", "-extfile", str(conf), "-out",
        str(cert))
    return ca, server_context(folder, name)


def server_context(folder, name="ca"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(str(folder / (name + ".crt")),
                            str(folder / (name + ".key")))
    return context


# --- children -----------------------------------------------------------------

class Daemon:
    """A program of ours with its log in a file."""

    def __init__(self, folder, program, *args):
        self.log_path = folder / (pathlib.Path(program).name + ".log")
        env = {k: v for k, v in os.environ.items()
               if k not in ("JOURNAL_STREAM", "NOTIFY_SOCKET")}
        with open(self.log_path, "ab") as out:
            self.process = subprocess.Popen(
                [str(program), *map(str, args)], stdin=subprocess.DEVNULL,
                stdout=out, stderr=out, env=env, cwd=str(folder))

    @property
    def log(self):
        return self.log_path.read_text(errors="replace")

    def said(self, pattern):
        """The lines of the log that have it."""
        return [x for x in self.log.splitlines() if re.search(pattern, x)]

    def alive(self):
        return self.process.poll() is None

    def stop(self):
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
            return
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def children(self):
        pid = self.process.pid
        with contextlib.suppress(OSError):
            return [int(p) for p in pathlib.Path(
                "/proc/%d/task/%d/children" % (pid, pid)).read_text().split()]
        return []


class Peak:
    """The most memory that a daemon or a child of it ever held, in MiB. Kept
    as they run: one that is killed leaves no figure."""

    def __init__(self, *daemons):
        self.daemons, self.kib, self.names = daemons, {}, {}
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def look(self):
        for d in self.daemons:
            for pid in [d.process.pid] + d.children():
                with contextlib.suppress(OSError):
                    status = pathlib.Path("/proc/%d/status" % pid).read_text()
                    self.names[pid] = pathlib.Path(
                        "/proc/%d/comm" % pid).read_text().strip()
                    # One that has ended has no memory any more.
                    for hwm in re.findall(r"VmHWM:\s+(\d+)", status):
                        self.kib[pid] = max(int(hwm), self.kib.get(pid, 0))

    def watch(self):
        while not self.stopping.wait(0.02):
            self.look()

    def __enter__(self):
        self.look()
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.look()
        self.stopping.set()
        self.thread.join()

    @property
    def mib(self):
        return max(self.kib.values()) / 1024

    def __str__(self):
        most = max(self.kib, key=self.kib.get)
        return "%.0f MiB in %s" % (self.mib, self.names[most])


CONFIG = """[domain]
name = lightwave.test
{servers}
ca_file = {ca}
[machine]
dn = {machine}
password_file = {password}
[access]
allow = *
[workers]
lookup = {lookup}
login = {login}
timeout = {timeout}
{more}"""


class Host:
    """A configuration, a worker and, if wanted, a front. Without servers the
    DNS names them."""

    def __init__(self, folder, build, ca, servers, timeout=2, lookup=1,
                 more="", debug=False, login=1):
        self.folder, self.build, self.timeout = folder, build, timeout
        self.jobs_path = folder / "jobs"
        self.front = self.kept = None
        password = folder / "machine.password"
        password.write_text(entries.MACHINE_PASSWORD + "\n")
        password.chmod(0o600)
        self.config = folder / "lightwave.conf"
        self.config.write_text(CONFIG.format(
            servers="server = " + ", ".join(servers) if servers else "",
            ca=ca, machine=entries.MACHINE,
            password=password, lookup=lookup, login=login,
            timeout=timeout, more=more))
        self.worker = Daemon(
            folder, build / "lightwaved/lightwaved-worker", "--config",
            self.config, "--jobs", self.jobs_path,
            *["--debug"] * debug)
        wait_until(self.listens, "the worker's socket")

    def listens(self):
        assert self.worker.alive(), self.worker.log
        with contextlib.suppress(OSError):
            jobs.Jobs(self.jobs_path).close()
            return True
        return False

    def settled(self):
        """What it asks of itself at start is over: tests count what is asked
        after that, and may close what is connected: a connection lost while
        it is being made is the server's failure, a kept one's loss is not."""
        wait_until(lambda: self.worker.said("self-test: "), "the self-test")

    def ask(self):
        """A connection; after a failure on it, another one."""
        if self.kept is None or self.kept.broken:
            self.kept = jobs.Jobs(self.jobs_path)
        return self.kept

    def start_front(self):
        self.front = Daemon(
            self.folder, self.build / "lightwaved/lightwaved", "--config",
            self.config, "--jobs", self.jobs_path)
        wait_until(lambda: os.path.exists("/run/lightwave/nss"),
                   "the front's socket")
        return self.front

    def refresh(self):
        """Until the front knows what the directory has now."""
        priv = jobs.Jobs("/run/lightwave/priv")
        status, _ = priv.ask(jobs.REFRESH)
        priv.close()
        return status

    def getent(self, *args):
        """getent(1) with our NSS module: its output, lines; [] if there is
        nothing."""
        env = dict(os.environ, LD_LIBRARY_PATH=str(
            self.build / "nss_lightwave/.libs"))
        done = subprocess.run(["getent", *args], env=env, capture_output=True)
        return done.stdout.decode("utf-8", "replace").splitlines()

    def id(self, name):
        env = dict(os.environ, LD_LIBRARY_PATH=str(
            self.build / "nss_lightwave/.libs"))
        done = subprocess.run(["id", name], env=env, capture_output=True)
        return done.stdout.decode("utf-8", "replace").strip()

    def stop(self):
        if self.kept:
            self.kept.close()
        for d in (self.front, self.worker):
            if d:
                d.stop()
