"""Which server the host believes: one with the right certificate, and no
other. Of the KDC's word test_046 tells."""
import contextlib

import pytest

from lab import full, wait_until


@contextlib.contextmanager
def worker_with(lab, config, old, new):
    """The worker restarted with one line of its configuration changed."""
    assert old in config.original
    config.write(config.original.replace(old, new))
    lab.photon("systemctl", "restart", "lightwaved-worker")
    try:
        yield
    finally:
        config.write(config.original)
        lab.photon("systemctl", "restart", "lightwaved-worker")
        wait_until(lambda: lab.ssh(full("alice"), lab.password("alice")).rc == 0,
                   30, "logins to work again")


def install(lab, path, data):
    """As the join does it: the worker may read it."""
    lab.sh('base64 -d >"$1" && chown root:lightwave-worker "$1" && '
           'chmod 0640 "$1"', path, input=data)


@pytest.fixture
def file_of_the_worker(lab):
    with contextlib.ExitStack() as made:
        def make(name, data):
            path = "/etc/lightwave/" + name
            made.callback(lab.photon, "rm", "-f", path)
            install(lab, path, data)
            return path
        yield make


@pytest.fixture
def another_ca(lab, tmp_path, file_of_the_worker):
    lab.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
             "-days", "1", "-subj", "/CN=another CA", "-keyout",
             str(tmp_path / "key"), "-out", str(tmp_path / "ca.pem")])
    data = lab.run(["base64", str(tmp_path / "ca.pem")]).out
    return file_of_the_worker("another.pem", data)


def assert_nobody_is_believed(lab, journal, user):
    journal.wait_for("is down: no TLS", "lightwaved-worker")
    assert lab.ssh(full("alice"), lab.password("alice")).rc == 255
    journal.wait_for("alice.*directory not reachable", "lightwaved")


def test_a_server_whose_certificate_another_ca_signed_is_not_asked(
        lab, config, another_ca, user):
    journal = lab.journal()
    with worker_with(lab, config, "ca_file = /etc/lightwave/ca.pem",
                     "ca_file = " + another_ca):
        lab.getent("passwd", user.full)
        assert_nobody_is_believed(lab, journal, user)
    wait_until(lambda: lab.known(user.name), 30, "the right one to be asked")


def test_a_server_that_is_not_the_one_in_its_certificate_is_not_asked(
        lab, config, user):
    address = lab.photon("getent", "hosts", "dc1.lightwave.test").out.split()[0]
    journal = lab.journal()
    lab.sh('echo "$1 false.lightwave.test" >>/etc/hosts', address)
    try:
        with worker_with(lab, config, "server = dc1.lightwave.test, dc2.lightwave.test",
                         "server = false.lightwave.test"):
            lab.getent("passwd", user.full)
            assert_nobody_is_believed(lab, journal, user)
    finally:
        lab.sh("grep -v false.lightwave.test /etc/hosts >/tmp/hosts && "
               "cat /tmp/hosts >/etc/hosts && rm /tmp/hosts")
