"""The realm: its principals, by kadmin.local, and the servers that answer for
it, which the keeper starts and stops as the administrator says.
"""
import glob
import json
import os
import socket
import subprocess
import time

REALM = "LIGHTWAVE.TEST"
RUN = "/run/lab"
KEYS = "aes256-cts-hmac-sha1-96"
PROFILE = "/etc/krb5kdc/kdc.conf"
FAKE = RUN + "/fake"
CONTROL = RUN + "/keeper"
# The rules that kpasswd's server enforces; vmdir's own, as far as MIT's go.
RULES = "rules"


class Refused(Exception):
    """What the administrator asked for cannot be; the text says why."""


class Kdc:
    """Principals, by kadmin.local. Passwords go in by its standard input."""

    def __init__(self, profile=PROFILE):
        self.queue = []
        self.profile = profile

    @staticmethod
    def quote(word):
        if any(c in word for c in "\n\r\0"):
            raise Refused("a line break in a name or password")
        return '"%s"' % word.replace('"', '""')

    # Every key of vmdir's has kvno 0. The administrator is above the rules,
    # and so comes before them.
    def settle(self, name, rules):
        self.queue.append("modprinc %s -kvno 0 %s" % (
            "-policy " + RULES if rules else "-clearpolicy", name))

    def add(self, principal, password, rules=False):
        name = self.quote(principal)
        self.queue.append("addprinc -clearpolicy -pw %s %s"
                          % (self.quote(password), name))
        self.settle(name, rules)

    def password(self, principal, password, rules=False):
        name = self.quote(principal)
        self.queue += ["modprinc -clearpolicy %s" % name,
                       "cpw -pw %s %s" % (self.quote(password), name)]
        self.settle(name, rules)

    def rename(self, old, new):
        self.queue.append("renprinc -force %s %s"
                          % (self.quote(old), self.quote(new)))

    def delete(self, principal):
        self.queue.append("delprinc -force %s" % self.quote(principal))

    def flush(self):
        if not self.queue:
            return
        script = "\n".join(self.queue) + "\n"
        self.queue = []
        # kadmin.local ends with 0 whatever its commands answered.
        done = subprocess.run(["kadmin.local"], input=script.encode(),
                              capture_output=True, env=environment(
                                  self.profile))
        if done.returncode or done.stderr.strip():
            raise Refused("kadmin.local: " + done.stderr.decode().strip())


def environment(profile, **more):
    return {**os.environ, "KRB5_KDC_PROFILE": profile, **more}


def make_fake(user, password, machines):
    """A realm of the same name with keys of its own, in which USER has this
    PASSWORD: what somebody has who wants to be taken for the KDC."""
    subprocess.run(["rm", "-rf", FAKE], check=True)
    os.mkdir(FAKE, 0o700)
    with open(PROFILE) as f:
        profile = f.read().replace("/var/lib/lab/kdc/", FAKE + "/")
    with open(FAKE + "/kdc.conf", "w") as f:
        f.write(profile)
    key = os.urandom(24).hex() + "\n"
    subprocess.run(["kdb5_util", "create", "-s", "-r", REALM],
                   input=(key + key).encode(), check=True,
                   capture_output=True, env=environment(FAKE + "/kdc.conf"))
    fake = Kdc(FAKE + "/kdc.conf")
    fake.add(user, password)
    for name in machines:
        fake.add(name, os.urandom(24).hex())
    fake.flush()


class Server:
    """One program that serves at a TCP port."""

    def __init__(self, port, argv):
        self.port, self.argv, self.process = port, argv, None

    def start(self, profile=PROFILE, skew=0, **more):
        self.stop()
        if skew:
            more.update(FAKETIME="%+ds" % skew, FAKETIME_DONT_FAKE_MONOTONIC="1",
                        LD_PRELOAD=glob.glob("/usr/lib/*/faketime/"
                                             "libfaketime.so.1")[0])
        self.process = subprocess.Popen(self.argv, stdout=subprocess.DEVNULL,
                                        env=environment(profile, **more))
        deadline = time.monotonic() + 10
        while not self.listens():
            if self.ended() or time.monotonic() > deadline:
                raise Refused("%s does not serve" % self.argv[0])
            time.sleep(0.01)

    def listens(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def ended(self):
        return self.process is not None and self.process.poll() is not None

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
        self.process = None


class Servers:
    """What the keeper does for the administrator."""

    def __init__(self):
        self.kdc = Server(88, ["krb5kdc", "-n"])
        self.kpasswd = Server(464, ["kadmind", "-nofork"])

    def do(self, request):
        {"kdc": self.do_kdc, "kpasswd": self.do_kpasswd}[request.pop("what")](
            **request)

    def do_kdc(self, on=True, fake=False, skew=0):
        if on:
            self.kdc.start(FAKE + "/kdc.conf" if fake else PROFILE, skew)
        else:
            self.kdc.stop()

    def do_kpasswd(self, on):
        if on:
            # Its changes go into the spool, from which the keeper takes them.
            self.kpasswd.start(KRB5_CONFIG="/opt/lab/kadmind.conf")
        else:
            self.kpasswd.stop()

    def ended(self):
        return [s.argv[0] for s in (self.kdc, self.kpasswd) if s.ended()]

    def stop(self):
        self.kdc.stop()
        self.kpasswd.stop()


def ask_keeper(**request):
    """Have the servers run as said; returns once they do."""
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(CONTROL)
        s.sendall(json.dumps(request).encode() + b"\n")
        answer = s.makefile().readline().strip()
    if answer != "ok":
        raise Refused(answer or "the keeper does not answer")
