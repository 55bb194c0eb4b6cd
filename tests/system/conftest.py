"""Fixtures of the system tests. Whatever a test changes, its fixture or its
finally changes back, so that the tests run in any order, and twice.
"""
import contextlib
import re
import secrets
import sys

import pytest

sys.dont_write_bytecode = True

from lab import CONF, Lab, full, wait_until  # noqa: E402


# --- a test that did not run has not passed ----------------------------------

@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.skipped or hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = "%s: skipped or expected to fail" % item.nodeid
        if hasattr(report, "wasxfail"):
            del report.wasxfail


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_make_collect_report(collector):
    report = (yield).get_result()
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = "%s: skipped" % collector.nodeid


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session):
    if not session.items:
        pytest.exit("no test was collected", returncode=1)


# --- the lab -----------------------------------------------------------------

@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    lab = Lab()
    for host in ("dc1", "photon"):
        if lab.inside(host, ["true"], check=False).rc:
            pytest.exit("%s does not run: tests/lab/lab up" % host,
                        returncode=1)
    wait_until(lambda: lab.known("alice"), 60, "lookups to work")
    lab.learn_host_key(tmp_path_factory.mktemp("ssh") / "known_hosts")
    return lab


def new_password():
    return "aZ7%" + secrets.token_hex(8)


class User:
    """Made for a test; in DockerUsers, so that photon lets him in."""

    def __init__(self, lab, prefix):
        self.name = prefix + secrets.token_hex(4)
        self.full = full(self.name)
        self.password = new_password()
        self.home = "/home/lightwave.test/" + self.name
        lab.admin("user", "add", self.name, password=self.password)
        lab.admin("group", "addmember", "DockerUsers", self.name)

    def delete(self, lab):
        lab.admin("user", "del", self.name)
        lab.photon("rm", "-rf", self.home)


@pytest.fixture
def new_user(lab):
    """Makes users; they go with the test."""
    with contextlib.ExitStack() as made:
        def make(prefix="t"):
            user = User(lab, prefix)
            made.callback(user.delete, lab)
            return user
        yield make


@pytest.fixture
def user(new_user):
    return new_user()


# --- photon's configuration --------------------------------------------------

class Config:
    def __init__(self, lab):
        self.lab = lab
        self.original = lab.photon("cat", CONF).out + "\n"

    def write(self, text):
        self.lab.sh('cat >"$1"', CONF, input=text)

    def reload(self, said="configuration read again"):
        """The line in which lightwaved says what became of it."""
        journal = self.lab.journal()
        self.lab.photon("systemctl", "reload", "lightwaved")
        return journal.wait_for(said, "lightwaved")

    def access(self, *lines):
        """Another [access] section, in force when this returns."""
        section = "[access]\n" + "".join(line + "\n" for line in lines)
        text, n = re.subn(r"\[access\]\n[^\[]*", lambda _: section,
                          self.original)
        assert n == 1
        self.write(text)
        self.reload()


@pytest.fixture
def config(lab):
    c = Config(lab)
    try:
        yield c
    finally:
        c.write(c.original)
        c.reload()


# --- keys --------------------------------------------------------------------

@pytest.fixture(scope="session")
def key(lab, tmp_path_factory):
    """A key pair of ours; the path of the private half."""
    path = tmp_path_factory.mktemp("key") / "id"
    lab.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lab",
             "-f", str(path)])
    return path


@pytest.fixture
def authorize(lab, key):
    """authorize(NAME): our key opens NAME's account, as far as sshd goes. The
    home is made if it is not there."""
    public = key.with_suffix(".pub").read_text()
    with contextlib.ExitStack() as undo:
        def give(name):
            uid = str(lab.uid(name))
            home = lab.getent("passwd", full(name), check=True) \
                .out.split(":")[5]
            made = lab.photon("test", "-e", home, check=False).rc
            lab.sh('''set -e
                mkdir -p "${2%/*}"
                [ -e "$2" ] || install -d -o "$1" -g 545 -m 0700 "$2"
                install -d -o "$1" -g 545 -m 0700 "$2/.ssh"
                cat >"$2/.ssh/authorized_keys"
                chown "$1" "$2/.ssh/authorized_keys"
                ''', uid, home, input=public)
            undo.callback(lab.photon, "rm", "-rf",
                          home if made else home + "/.ssh")
        yield give
