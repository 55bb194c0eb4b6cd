"""Every way in: sshd by password, keyboard-interactive and key, login, su and
sudo. Who may come in comes in by all of them; one prompt is one bind, and the
KDC is asked after a good verdict alone.
"""
import re

import pytest

import terminal
from lab import at_once, full, wait_until
from sessions import authorized

WRONG = "No7%body-has-it"
MACHINE = "photon.lightwave.test@LIGHTWAVE.TEST"

# way in: its PAM service, whether she types her password
WAYS = {
    "password": ("sshd", True), "keyboard-interactive": ("sshd", True),
    "publickey": ("sshd", False), "login": ("login", True),
    "su by root": ("su-l", False), "su by another": ("su-l", True),
    "her own sudo": ("sudo", True), "sudo to her": ("sudo", False),
}


@pytest.fixture(scope="module")
def ins(lab, key):
    """{way in: what came of it}, and what the journal said meanwhile."""
    who, secret = full("alice"), lab.password("alice")
    local = lab.password("LOCAL_LOCALUSER")
    see = "echo I am $(id -un)"

    def sudo(user, password, command):
        with lab.shell(user, password) as shell:
            return shell.sudo("%s sh -c '%s'" % (command, see), password)

    journal = lab.journal()
    with authorized(lab, key, "alice"):
        done = at_once([
            lambda: lab.ssh(who, secret, see),
            lambda: lab.ssh(who, secret, see, "keyboard-interactive"),
            lambda: lab.ssh(who, None, see, "publickey", key),
            lambda: terminal.login(lab, who, secret, see),
            lambda: terminal.talk(lab, terminal.on_photon(
                "su", "-", who, "-c", see)),
            lambda: terminal.su(lab, who, secret, see),
            lambda: sudo(who, secret, ""),
            lambda: sudo("localuser", local, "-u " + who)])
    return dict(zip(WAYS, done)), journal.text()


@pytest.mark.parametrize("way", WAYS)
def test_who_may_come_in_comes_in(ins, way):
    done, log = ins[0][way], ins[1]
    me = "root" if way == "her own sudo" else full("alice")
    assert done.rc == 0, done.out
    assert "I am %s\n" % me in done.out + "\n"
    service, typed = WAYS[way]
    if way != "sudo to her":
        assert re.search("^account: user alice@.* service %s.*: allowed: "
                         "allow = " % service, log, re.M)
    if typed:
        assert re.search("^auth: user alice@.* service %s.*: allowed: "
                         "ticket verified" % service, log, re.M)
        assert "accepted %s for service %s: " % (full("alice"), service) in log


def kdc_asked(kdc, user, verdict):
    return sum(": %s: " % verdict in line or ": %s:" % verdict in line
               for line in kdc.lines("AS_REQ", user.name + "@"))


def test_a_wrong_password_is_one_bind_and_no_business_of_the_kdc(lab, user):
    """By each way in at once: four wrong ones are what a user may type."""
    kdc, journal = lab.kdc_log(), lab.journal()
    old = terminal.on_photon("passwd", user.full)
    done = at_once([
        lambda: lab.ssh(user.full, WRONG),
        lambda: lab.ssh(user.full, WRONG, how="keyboard-interactive"),
        lambda: terminal.su(lab, user.full, WRONG),
        lambda: terminal.talk(lab, old, (terminal.OLD, WRONG))])
    assert all(d.rc for d in done), done
    assert lab.failures(user.name) == 4
    lines = [line for line in journal.text("lightwaved").splitlines()
             if ": user %s " % user.full in line]
    assert len(lines) == 4, lines
    assert all("wrong password" in line for line in lines)
    assert not kdc.lines("AS_REQ", user.name + "@")


def test_a_right_password_is_one_bind_and_one_exchange_with_the_kdc(lab, user):
    kdc, journal = lab.kdc_log(), lab.journal()
    assert lab.ssh(user.full, WRONG).rc == 255
    assert lab.ssh(user.full, user.password).rc == 0
    assert lab.failures(user.name) == 0
    assert len(re.findall("auth: user " + user.full,
                          journal.text("lightwaved"))) == 2
    lines = kdc.lines("AS_REQ", user.name + "@")
    assert [re.search("NEEDED_PREAUTH|ISSUE|PREAUTH_FAILED", line).group()
            for line in lines] == ["NEEDED_PREAUTH", "ISSUE"], lines
    # The ticket is verified with one for this host, and is not renewed.
    lines = kdc.lines("TGS_REQ", user.name + "@")
    assert len(lines) == 1 and lines[0].endswith("for " + MACHINE), lines


def test_login_asks_for_the_password_once_a_try(lab, user):
    done = terminal.talk(
        lab, terminal.on_photon("login"), (terminal.LOGIN, user.full),
        (terminal.PASSWORD, WRONG), (terminal.LOGIN, user.full),
        (terminal.PASSWORD, user.password),
        (terminal.SHELL, "echo I am $(id -un)"),
        (terminal.SHELL, terminal.CTRL_D))
    assert done.asked == 6, done.out
    assert "Login incorrect" in done.out
    assert "I am " + user.full in done.out
    assert lab.failures(user.name) == 0


def test_a_session_by_login_ends_with_its_shell(lab, user):
    journal = lab.journal()
    done = terminal.login(lab, user.full, user.password)
    assert done.asked == 3, done.out
    journal.wait_for("session closed for user " + user.full, "login")
    wait_until(lambda: not lab.sh("ls /tmp/krb5cc_%d_* 2>/dev/null; :"
                                  % lab.uid(user.name)).out, 5, "its ticket")
