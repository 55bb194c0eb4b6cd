"""Whom the host believes: a server with the right certificate, a ticket that
the machine's own key vouches for, and nobody else."""
import contextlib

import pytest

from lab import full, wait_until

KRBTGT = "krbtgt/LIGHTWAVE.TEST"
SHOW = "echo ccname=$KRB5CCNAME; klist 2>&1; exit 0"


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
    journal.wait_for("no connection", "lightwaved-worker")
    assert lab.getent("passwd", user.full).rc == 2
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
        with worker_with(lab, config, "server = dc1.lightwave.test",
                         "server = false.lightwave.test"):
            lab.getent("passwd", user.full)
            assert_nobody_is_believed(lab, journal, user)
    finally:
        lab.sh("grep -v false.lightwave.test /etc/hosts >/tmp/hosts && "
               "cat /tmp/hosts >/etc/hosts && rm /tmp/hosts")


@pytest.fixture
def stale_keytab(lab, file_of_the_worker):
    """Of a machine whose key has been changed since."""
    fqdn = "stale.lightwave.test"
    keytab = "/share/%s/machine.keytab" % fqdn
    lab.admin("computer", "join", fqdn)
    try:
        data = lab.dc1("base64", keytab).out
        lab.admin("computer", "join", fqdn)
        assert lab.dc1("base64", keytab).out != data
        yield file_of_the_worker("stale.keytab", data)
    finally:
        lab.admin("computer", "del", fqdn)


def assert_no_ticket(lab, done):
    assert done.rc == 0, done.out
    assert "ccname=\n" in done.out + "\n"
    assert KRBTGT not in done.out


def test_a_ticket_that_our_key_does_not_vouch_for_is_thrown_away(
        lab, config, stale_keytab):
    """Whoever can answer in the KDC's name could make one up."""
    journal = lab.journal()
    with worker_with(lab, config, "/etc/lightwave/machine.keytab",
                     stale_keytab):
        assert_no_ticket(lab, lab.ssh(full("alice"), lab.password("alice"),
                                      SHOW))
        journal.wait_for("keytab does not vouch", "lightwaved")


def test_without_a_keytab_there_is_no_ticket_and_no_trust(lab, config):
    journal = lab.journal()
    with worker_with(lab, config, "/etc/lightwave/machine.keytab",
                     "/etc/lightwave/none.keytab"):
        assert_no_ticket(lab, lab.ssh(full("alice"), lab.password("alice"),
                                      SHOW))
        journal.wait_for("no usable machine keytab", "lightwaved")


def test_a_kdc_that_is_away_costs_the_ticket_and_not_the_login(lab):
    """Port 88 is dropped: the verdict is the directory's."""
    lab.photon("nft", "-f", "-", input="""
        table inet labtest {
        chain out {
            type filter hook output priority 0
            udp dport 88 drop
            tcp dport 88 drop
        }
        }
        """)
    try:
        done = lab.ssh(full("alice"), lab.password("alice"), SHOW)
        assert_no_ticket(lab, done)
        assert done.seconds < 10
    finally:
        lab.photon("nft", "delete", "table", "inet", "labtest")
    wait_until(lambda: KRBTGT in lab.ssh(full("alice"), lab.password("alice"),
                                         SHOW).out, 30, "tickets")
