"""Fixtures of the system tests. Whatever a test changes, its fixture or its
finally changes back, so that the tests run in any order, and twice.
"""
import contextlib
import secrets
import sys

import pytest

sys.dont_write_bytecode = True

from lab import Lab, full, new_password, wait_until  # noqa: E402
from sessions import authorized  # noqa: E402
from settings import configured  # noqa: E402


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
    for host in ("dc1", "dc2", "photon"):
        if lab.inside(host, ["true"], check=False).rc:
            pytest.exit("%s does not run: tests/lab/lab up" % host,
                        returncode=1)
    try:
        wait_until(lambda: lab.known("alice"), 60, "lookups to work")
    except AssertionError as e:
        pytest.exit(str(e), returncode=1)  # once, and not for each test
    lab.learn_host_key(tmp_path_factory.mktemp("ssh") / "known_hosts")
    return lab


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


@pytest.fixture(scope="module")
def spare(lab):
    """Three users for a whole file, in one administrator's breath each."""
    with contextlib.ExitStack() as made:
        users = [User(lab, "s") for _ in range(3)]
        for user in users:
            made.callback(user.delete, lab)
        yield users


# --- photon's configuration --------------------------------------------------

@pytest.fixture
def config(lab):
    with configured(lab) as c:
        yield c


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
    """authorize(NAME): our key opens NAME's account, as far as sshd goes."""
    with contextlib.ExitStack() as undo:
        yield lambda name: undo.enter_context(authorized(lab, key, name))
