"""The running lab, as the tests see it: its hosts, its administrator's
tool, its passwords and its sshd. No password is ever in an argument vector.
"""
import concurrent.futures
import contextlib
import dataclasses
import json
import os
import pathlib
import re
import secrets
import shlex
import subprocess
import time

import pexpect

from kdc_log import KdcLog

REPO = pathlib.Path(__file__).resolve().parents[2]
LAB = str(REPO / "tests/lab/lab")
DOMAIN = "lightwave.test"
BASE = "dc=lightwave,dc=test"
LDAPI = "ldapi://%2Frun%2Flab%2Fldapi"
CONF = "/etc/lightwave/lightwave.conf"
MAP = "/run/lightwave/map"
DCS = ("dc1", "dc2")
# What of the administrator's doings changes nothing that photon knows.
SEEN_BY_NOBODY = ("show", "usn", "kdc", "kpasswd")
PROMPT = re.compile(r"[^\n]*[Pp]assword: ?$")


def full(name):
    return "%s@%s" % (name, DOMAIN)


def wait_until(condition, deadline, what="it"):
    """The first true value that condition() gives within deadline seconds."""
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, "waited %g s for %s" % (deadline, what)
        time.sleep(0.05)


def at_once(calls, workers=6):
    """What each of them returns, in their order. No more than that many run
    together: sshd turns away the eleventh who has not logged in yet."""
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda call: call(), calls))


def new_password():
    """One that vmdir's rules take, and which nobody had before."""
    return "aZ7%" + "".join(
        secrets.choice("bcdfghkmnpqrstvwxyz") + secrets.choice("23456789")
        for _ in range(8))


@dataclasses.dataclass
class Done:
    """A program that has ended; its output without the last line's end."""
    rc: int
    out: str
    err: str
    seconds: float

    @property
    def lines(self):
        return self.out.splitlines()


class Lab:
    def __init__(self):
        out = subprocess.run([LAB, "env"], check=True, capture_output=True,
                             text=True).stdout
        said = dict(shlex.split(line)[1].split("=", 1)
                    for line in out.splitlines())
        # Another language's messages would be other than expected.
        self.env = {**os.environ, **said, "LC_ALL": "C.UTF-8"}
        with open(said["LW_LAB_SECRETS"]) as f:
            self._secrets = dict(line.rstrip("\n").split("=", 1) for line in f)
        self.typed = set()

    def password(self, who):
        """LOCAL_ROOT and the like for photon's own accounts."""
        key = who.upper().replace("Ü", "UE") + "_PASSWORD"
        return self._secrets[key]

    def all_passwords(self):
        return dict(self._secrets)

    def secret(self, password):
        """Remembers what is typed as a password: see used_passwords()."""
        if password and len(password) >= 6:
            self.typed.add(password)
        return password

    def used_passwords(self):
        """Those of the lab's accounts and all that the tests made up, right
        ones and wrong ones, but for what is too short to be looked for."""
        return self.typed | set(self._secrets.values())

    # --- programs ------------------------------------------------------------

    def run(self, argv, input=None, env=(), timeout=60, check=True):
        start = time.monotonic()
        p = subprocess.run(
            argv, input=input or "", capture_output=True, text=True,
            errors="replace", timeout=timeout, env={**self.env, **dict(env)})
        done = Done(p.returncode, p.stdout.rstrip("\n"),
                    p.stderr.rstrip("\n"), time.monotonic() - start)
        assert not check or done.rc == 0, "%s: %d: %s" % (
            shlex.join(argv), done.rc, (done.out + "\n" + done.err)[-2000:])
        return done

    def docker(self, *args, **kw):
        return self.run(["docker", *args], **kw)

    def container(self, host):
        return "%s-%s" % (self.env["LW_LAB_NAME"], host)

    def inside(self, host, cmd, env=(), **kw):
        """env reaches the host through docker's own environment."""
        names = [w for k in dict(env) for w in ("-e", k)]
        return self.run(["docker", "exec", "-i", *names,
                         self.container(host), *cmd], env=env, **kw)

    def photon(self, *cmd, **kw):
        return self.inside("photon", cmd, **kw)

    def dc1(self, *cmd, **kw):
        return self.inside("dc1", cmd, **kw)

    def sh(self, script, *args, **kw):
        """A bash script on photon."""
        return self.photon("bash", "-c", script, "bash", *args, **kw)

    def perl(self, name, *args, user=None, **kw):
        """One of the Perl programs beside this file, on photon."""
        program = (REPO / "tests/system" / name).read_text()
        cmd = ["runuser", "-u", user, "--"] if user else []
        return self.photon(*cmd, "perl", "-", *args, input=program, **kw)

    # --- names ---------------------------------------------------------------

    def getent(self, database, key, user=None, check=False, **kw):
        cmd = ["runuser", "-u", user, "--"] if user else []
        return self.photon(*cmd, "getent", database, key, check=check, **kw)

    def id(self, *args, **kw):
        return self.photon("id", *args, **kw)

    def known(self, name):
        return self.getent("passwd", full(name)).rc == 0

    def groups(self, name):
        """The names of all groups of a directory user."""
        gids = self.id("-G", full(name)).out.split()
        out = self.photon("getent", "group", *gids, check=False).lines
        return {line.split(":")[0] for line in out}

    def wait_for_map(self):
        """After a reload there is none for up to a second; what is asked for
        from then on is in it."""
        wait_until(lambda: self.photon("test", "-e", MAP, check=False).rc == 0,
                   10, "a map")

    # --- the domain ----------------------------------------------------------

    def admin(self, *args, **kw):
        """A change that photon knows of when this returns, if its daemons and
        a controller run."""
        done = self.change(*args, **kw)
        if args[0] not in SEEN_BY_NOBODY:
            self.refresh()
        return done

    def refresh(self):
        return self.photon("timeout", "10", "lightwavectl", "refresh",
                           check=False)

    def change(self, *args, password=None, on=None, **kw):
        """A change that photon finds out by itself; on a controller that is
        named, else on the first that runs."""
        env = {"LW_LAB_ON": on} if on else {}
        if password is not None:
            args += ("--password-env", "LW_TEST_PASSWORD")
            env["LW_TEST_PASSWORD"] = self.secret(password)
        return self.run([LAB, "admin", *args], env=env, **kw)

    def attribute(self, name, attr):
        for line in self.admin("show", name).lines:
            key, _, value = line.partition(": ")
            if key == attr:
                return value
        raise KeyError(attr)

    def uid(self, name):
        """What the name's SID says: MACHINE << 24 | RID."""
        machine, rid = self.attribute(name, "objectSid").split("-")[-2:]
        return int(machine) << 24 | int(rid)

    def failures(self, name, *dcs):
        """The wrong passwords that the controllers have counted for a user:
        each counts what it was told. None named: all of them."""
        return sum(
            self.inside(dc, ["ldapsearch", "-Q", "-Y", "EXTERNAL", "-H", LDAPI,
                             "-LLL", "-b", BASE, "(sAMAccountName=%s)" % name,
                             "pwdFailureTime"]).out.count("pwdFailureTime:")
            for dc in dcs or DCS)

    @contextlib.contextmanager
    def member(self, group, who):
        """Is in the group for the time of the block, and not afterwards."""
        self.admin("group", "addmember", group, who)
        try:
            yield
        finally:
            self.admin("group", "delmember", group, who)

    @contextlib.contextmanager
    def not_member(self, group, who):
        self.admin("group", "delmember", group, who)
        try:
            yield
        finally:
            self.admin("group", "addmember", group, who)

    # --- photon's services ---------------------------------------------------

    def unit(self, unit, prop):
        return self.photon("systemctl", "show", "-P", prop, unit).out

    def pid(self, unit="lightwaved"):
        return int(self.unit(unit, "MainPID"))

    def active(self, unit="lightwaved"):
        return self.unit(unit, "ActiveState") == "active"

    def start_all(self):
        self.photon("systemctl", "start", "lightwaved-worker", "lightwaved")
        wait_until(lambda: self.known("alice"), 30, "lookups to work")

    def journal(self):
        return Journal(self)

    def kdc_log(self):
        return KdcLog(self)

    # --- logging in ----------------------------------------------------------

    def learn_host_key(self, path):
        """Into a throw-away file: photon makes new keys whenever it is made."""
        scan = ["ssh-keyscan", "-p", self.env["LW_LAB_SSH_PORT"], "127.0.0.1"]
        keys = wait_until(lambda: self.run(scan, check=False).out, 60, "sshd")
        path.write_text(keys + "\n")
        self.known_hosts = str(path)

    def ssh_command(self, user, how, key=None, tty=False):
        args = ["ssh", "-F", "none", "-tt" if tty else "-T", "-p",
                self.env["LW_LAB_SSH_PORT"], "-l", user]
        for option in ("UserKnownHostsFile=" + self.known_hosts,
                       "GlobalKnownHostsFile=/dev/null", "IdentitiesOnly=yes",
                       "StrictHostKeyChecking=yes", "IdentityAgent=none",
                       "NumberOfPasswordPrompts=1", "ConnectTimeout=20",
                       "IdentityFile=%s" % (key or "none"),
                       "PreferredAuthentications=" + how):
            args += ["-o", option]
        return args + ["127.0.0.1"]

    def _spawn(self, user, command, how, key):
        cmd = self.ssh_command(user, how, key) + [command]
        return pexpect.spawn(cmd[0], cmd[1:], env=self.env, echo=False,
                             encoding="utf-8", codec_errors="replace",
                             timeout=40)

    def ssh(self, user, password=None, command="true", how="password",
            key=None):
        """One login with one prompt. rc is the command's, 255 if refused; out
        has both streams."""
        start = time.monotonic()
        child = self._spawn(user, command, how, key)
        try:
            if child.expect([PROMPT, pexpect.EOF]) == 0:
                assert password is not None, "sshd asked for a password"
                child.sendline(self.secret(password))
                child.expect(pexpect.EOF)
            out = child.before.replace("\r\n", "\n").strip("\n")
        finally:
            child.close()
        return Done(child.exitstatus, out, "", time.monotonic() - start)

    @contextlib.contextmanager
    def shell(self, user, password=None, how="password", key=None):
        """A session that stays open for the block: a Shell."""
        child = self._spawn(user, "echo open; exec sh 2>&1", how, key)
        try:
            if child.expect([PROMPT, "open\r?\n"]) == 0:
                child.sendline(self.secret(password))
                child.expect("open\r?\n")
            yield Shell(child, self.secret)
        finally:
            child.close(force=True)


class Shell:
    """Commands typed into one ssh session, one after the other; the prompts
    are not in what comes back."""

    def __init__(self, child, secret):
        self.child, self.secret = child, secret

    def run(self, command, answers=()):
        """answers: what to type at each prompt that ends in "password: "."""
        answers = list(answers)
        token = secrets.token_hex(8)
        out = ""
        start = time.monotonic()
        self.child.sendline("%s; echo %s=$?" % (command, token))
        while self.child.expect([PROMPT, token + r"=(\d+)\r?\n"]) == 0:
            out += self.child.before
            assert answers, "asked once more for a password: " + out
            self.child.sendline(self.secret(answers.pop(0)))
        assert not answers, "not asked for a password: " + self.child.before
        out += self.child.before
        return Done(int(self.child.match.group(1)),
                    out.replace("\r\n", "\n").strip("\n"), "",
                    time.monotonic() - start)

    def sudo(self, command, *passwords):
        """Without what an earlier sudo has earned."""
        return self.run("sudo -k -S -p 'sudo password: ' " + command,
                        passwords)


def message(entry):
    """journalctl gives what is no plain text as a list of bytes."""
    text = entry.get("MESSAGE") or ""
    return text if isinstance(text, str) else bytes(text).decode("utf-8",
                                                                 "replace")


class Journal:
    """What photon's journal says from now on."""

    def __init__(self, lab):
        self.lab = lab
        out = lab.photon("journalctl", "-q", "-n", "1", "-o", "cat",
                         "--show-cursor").out
        self.cursor = out.rpartition("-- cursor: ")[2]

    def text(self, *identifiers):
        # Not picked by journalctl: its --after-cursor then skips the first.
        lines = self.lab.photon(
            "journalctl", "-q", "--no-pager", "--after-cursor", self.cursor,
            "-o", "json", "--output-fields=MESSAGE,SYSLOG_IDENTIFIER").lines
        return "\n".join(
            message(entry) for entry in map(json.loads, lines)
            if not identifiers or
            entry.get("SYSLOG_IDENTIFIER") in identifiers)

    def wait_for(self, pattern, *identifiers, deadline=15):
        """The first line that matches."""
        seen = ""

        def look():
            nonlocal seen
            seen = self.text(*identifiers)
            return re.search("^.*(?:%s).*$" % pattern, seen, re.M)

        try:
            return wait_until(look, deadline).group()
        except AssertionError:
            raise AssertionError("no line %r in:\n%s" % (pattern, seen)) \
                from None

    def records(self, **fields):
        """The entries that have these fields, whole."""
        lines = self.lab.photon(
            "journalctl", "-q", "--no-pager", "--after-cursor", self.cursor,
            "-o", "json").lines
        return [entry for entry in map(json.loads, lines)
                if all(entry.get(k) == v for k, v in fields.items())]

    def one(self, deadline=15, **fields):
        """The only entry that has them: what is written is read a moment
        later."""
        wait_until(lambda: self.records(**fields), deadline, str(fields))
        found = self.records(**fields)
        assert len(found) == 1, found
        return found[0]
