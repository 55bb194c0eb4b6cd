"""Logins through sshd: who gets in, what he finds, who does not and why."""
import re

import pytest

from lab import full, wait_until
from sessions import SEE, assert_no_ticket, assert_ticket, field

METHODS = ["password", "keyboard-interactive"]
methods = pytest.mark.parametrize("how", METHODS)


@methods
def test_the_right_password_opens_a_session_with_a_ticket(lab, how):
    done = lab.ssh(full("alice"), lab.password("alice"), SEE, how)
    uid = str(lab.uid("alice"))
    assert done.rc == 0, done.out
    assert field(done, "id") == "%s %s" % (uid, full("alice"))
    assert field(done, "user") == "%s %s" % (full("alice"), full("alice"))
    assert_ticket(lab, done, "alice")


@methods
def test_the_ticket_ends_with_the_session(lab, how):
    with lab.shell(full("alice"), lab.password("alice"), how) as shell:
        path = shell.run("echo ${KRB5CCNAME#FILE:}").out
        lab.photon("test", "-s", path)
    wait_until(lambda: lab.photon("test", "-e", path, check=False).rc, 10,
               path + " to go")


def test_no_ticket_reaches_root(lab):
    with lab.shell(full("alice"), lab.password("alice")) as shell:
        assert shell.run("klist -s").rc == 0
        assert lab.photon("klist", "-s", check=False).rc != 0
        # sshd's processes, root's own shell, systemd.
        text = lab.sh('''for p in $(ps -o pid= -U 0); do
            tr '\\0' '\\n' <"/proc/$p/environ"; done 2>/dev/null; :''').out
        assert "PATH=" in text and "KRB5CCNAME" not in text
        assert lab.sh("ls /tmp/krb5cc_0* 2>/dev/null", check=False).out == ""


@pytest.mark.parametrize("who, how", [
    ("bob", "password"), ("carol", "keyboard-interactive"),
    ("jürgen", "keyboard-interactive"), ("many", "password"),
    ("administrator", "password")])
def test_everybody_whom_a_rule_names_gets_in(lab, who, how):
    secret = lab.password("admin" if who == "administrator" else who)
    done = lab.ssh(full(who), secret, "id -un; klist | grep Default", how)
    assert done.rc == 0, done.out
    assert done.lines[0] == full(who)
    assert done.lines[1].lower() == \
        "default principal: %s@lightwave.test" % who


@pytest.mark.parametrize("typed", ["ALICE@lightwave.test",
                                   "alice@LIGHTWAVE.TEST",
                                   "LIGHTWAVE.TEST\\Alice"])
def test_another_spelling_is_the_same_user(lab, typed):
    done = lab.ssh(typed, lab.password("alice"), SEE)
    assert done.rc == 0, done.out
    assert field(done, "id") == "%d %s" % (lab.uid("alice"), full("alice"))
    assert field(done, "ccache")


def test_the_home_is_made_at_the_first_login(lab, user):
    assert lab.photon("test", "-e", user.home, check=False).rc != 0
    done = lab.ssh(user.full, user.password, SEE)
    assert done.rc == 0, done.out
    assert field(done, "home") == "%s %s 700 %d" % (
        user.home, user.home, lab.uid(user.name))
    assert lab.photon("stat", "-c", "%U:%G %a", "/home/lightwave.test").out \
        == "root:root 755"
    assert lab.photon("stat", "-c", "%U", user.home + "/.profile").out == \
        user.full


# who, his password, what the logs say
REFUSED = [
    ("alice", "wrong", "wrong password"),
    ("luke", "right", "account locked"),
    ("dora", "right", "account disabled"),
    ("erin", "right", "password expired"),
    ("ghost", "wrong", "no such entry"),
    ("nina", "right", r"refused by \[access\]: no allow rule names the user"),
    ("twin", "wrong", "no such entry"),
]


@methods
@pytest.mark.parametrize("who, which, reason", REFUSED)
def test_who_may_not_log_in_is_refused_and_the_log_says_why(
        lab, who, which, reason, how):
    secret = lab.password(who) if which == "right" else "No7%body-has-it"
    journal = lab.journal()
    done = lab.ssh(full(who), secret, "echo in", how)
    assert done.rc == 255 and "in\n" not in done.out + "\n", done.out
    line = journal.wait_for(reason, "lightwaved")
    assert full(who) in line and "service sshd" in line
    assert re.search("from (172|127)", line), line
    journal.wait_for(r"pam_lightwave\(sshd:(auth|account)\): refused %s "
                     "for service sshd: " % full(who), "sshd")


@methods
def test_an_empty_password_is_refused_before_anybody_is_asked(lab, user, how):
    journal = lab.journal()
    done = lab.ssh(user.full, "", "echo in", how)
    assert done.rc == 255, done.out
    # With the method "password" sshd refuses it without asking PAM.
    journal.wait_for({"password": "Connection closed by authenticating user ",
                      "keyboard-interactive": r"pam_lightwave.*refused %s for "
                      "service sshd: wrong password"}[how].replace(
                          "%s", user.full), "sshd")
    assert lab.failures(user.name) == 0


def test_one_prompt_is_one_presentation_of_the_password(lab, user):
    for count, how in enumerate(METHODS, 1):
        assert lab.ssh(user.full, "No7%body-has-it", "true", how).rc == 255
        assert lab.failures(user.name) == count
    assert lab.ssh(user.full, user.password).rc == 0
    assert lab.failures(user.name) == 0


def test_an_account_locks_after_five_wrong_passwords_and_not_before(lab, user):
    for count in range(1, 6):
        assert lab.ssh(user.full, "No7%body-has-it").rc == 255
        assert lab.failures(user.name) == count
    journal = lab.journal()
    assert lab.ssh(user.full, user.password).rc == 255
    journal.wait_for("auth: user %s .*: account locked" % user.full,
                     "lightwaved")
    lab.admin("user", "unlock", user.name)
    assert lab.ssh(user.full, user.password).rc == 0


@pytest.mark.parametrize("verb, reason", [
    ("disable", "account disabled"), ("expire", "password expired")])
def test_an_account_that_was_good_is_refused_at_once(lab, user, verb, reason):
    assert lab.ssh(user.full, user.password).rc == 0
    lab.admin("user", verb, user.name)
    journal = lab.journal()
    assert lab.ssh(user.full, user.password).rc == 255
    journal.wait_for("%s .*: %s" % (user.full, reason), "lightwaved")


def test_a_key_opens_a_session_without_a_ticket(lab, key, authorize):
    authorize("carol")
    done = lab.ssh(full("carol"), None, SEE, "publickey", key)
    assert done.rc == 0, done.out
    assert field(done, "id") == "%d %s" % (lab.uid("carol"), full("carol"))
    assert_no_ticket(done)


@pytest.mark.parametrize("who, reason", [
    ("nina", r"refused by \[access\]"), ("dora", "account disabled"),
    ("erin", "password expired")])
def test_a_key_does_not_open_what_the_account_phase_closes(
        lab, key, authorize, who, reason):
    authorize(who)
    journal = lab.journal()
    done = lab.ssh(full(who), None, "echo in", "publickey", key)
    assert done.rc == 255, done.out
    journal.wait_for("account: user %s .*: %s" % (full(who), reason),
                     "lightwaved")
    # The key itself was good: nothing else stood in the way.
    journal.wait_for("Access denied for user %s by PAM account" % full(who),
                     "sshd")


def test_root_is_refused_as_photons_sshd_says(lab):
    for how in METHODS:
        journal = lab.journal()
        assert lab.ssh("root", lab.password("LOCAL_ROOT"), "id", how).rc == 255
        journal.wait_for("[Rr]oot|ROOT", "sshd")
        assert journal.text("lightwaved") == ""


@methods
def test_a_local_user_logs_in_as_ever_and_nobody_of_us_is_asked(lab, how):
    journal = lab.journal()
    done = lab.ssh("localuser", lab.password("LOCAL_LOCALUSER"),
                   SEE, how)
    assert done.rc == 0, done.out
    assert field(done, "id") == "1000 localuser"
    assert_no_ticket(done)
    journal.wait_for("Accepted .* for localuser", "sshd")
    assert journal.text("lightwaved") == ""


def test_the_local_namesake_of_a_directory_account_is_the_local_one(lab):
    done = lab.ssh(full("clash"), lab.password("LOCAL_CLASH"), SEE)
    assert done.rc == 0, done.out
    assert field(done, "id") == "1001 " + full("clash")
    assert lab.ssh(full("clash"), lab.password("clash")).rc == 255
