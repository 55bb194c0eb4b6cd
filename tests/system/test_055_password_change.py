"""Changing a password: by passwd in one's session, and at a login that wants
it. What is told before, why a new one is refused, and that the new one is in
force everywhere.
"""
import re

import pytest

import terminal
from lab import at_once, full, new_password, wait_until
from settings import configured
from terminal import AGAIN, NEW, OLD, PASSWORD, SHELL

WRONG = "No7%body-has-it"
KBD = "keyboard-interactive"
RULES = ("A new password needs 8 to 20 characters, among them at least 2 "
         "letters, 1 upper-case letter, 1 lower-case letter, 1 digit and 1 "
         "special character; it may have at most 3 equal in a row; it must not "
         "be one of the last 5.")
MUST = "Your password must be changed now."
# What servers say themselves, and what a hash looks like.
RAW = re.compile("strength check|recycle|ldap_|quality check|"
                 r"\{S?SHA|\$6\$|[\x00-\x08\x0e-\x1a]")
ANY = r"assword[^:\n]*: ?$"


@pytest.fixture(scope="module", autouse=True)
def nothing_raw(lab):
    """No server's own words are shown or logged in any of these tests."""
    journal = lab.journal()
    yield
    text = journal.text("lightwaved", "lightwaved-worker", "passwd", "sshd",
                        "login", "su", "sudo")
    assert "password change" in text
    raw = [line for line in text.splitlines() if RAW.search(line)]
    assert not raw, raw


def kinit(lab, user, password):
    return lab.photon("kinit", "-c", "MEMORY:", user.name, check=False,
                      input=lab.secret(password) + "\n").rc == 0


def assert_in_force(lab, user, new, old):
    """For sshd, and for the KDC, which the lab tells a moment later."""
    wait_until(lambda: kinit(lab, user, new), 5, "the KDC to know")
    assert not kinit(lab, user, old)
    done = at_once([lambda: lab.ssh(user.full, new, "klist -s"),
                    lambda: lab.ssh(user.full, old)])
    assert [d.rc for d in done] == [0, 255], done


def passwd(lab, user, password, *script):
    """passwd in a session of his, on a terminal."""
    done = terminal.ssh(lab, user.full, (PASSWORD, password), *script,
                        how="password", command=["passwd"])
    assert not RAW.search(done.out), done.out
    return done


def twice(new):
    return (NEW, new), (AGAIN, new)


def test_passwd_tells_the_rules_then_asks_and_the_new_one_is_in_force(
        lab, user):
    new, journal = new_password(), lab.journal()
    done = passwd(lab, user, user.password, (OLD, user.password), *twice(new))
    assert (done.rc, done.asked) == (0, 4), done.out
    assert re.search("Current password:.*%s.*New password:.*updated success"
                     % re.escape(RULES), done.out, re.S), done.out
    journal.wait_for("password change: user %s .*service passwd: allowed"
                     % user.full, "lightwaved")
    journal.wait_for(r"pam_lightwave.passwd:chauthtok.: changed the password "
                     "of %s for service passwd" % user.full, "passwd")
    assert_in_force(lab, user, new, user.password)


def test_a_wrong_current_password_is_asked_for_and_counted_once(lab, user):
    done = passwd(lab, user, user.password, (OLD, WRONG), *twice("x"))
    assert done.rc != 0 and done.asked == 2, done.out
    assert "Your current password is wrong, or your account is locked." in done.out
    assert RULES not in done.out
    assert lab.failures(user.name) == 1


def test_what_the_domain_refuses_is_refused_in_words(lab, user):
    """Three new ones a time; the current one stays."""
    now, before = new_password(), user.password
    lab.admin("user", "passwd", user.name, password=now)
    journal = lab.journal()
    for tries in ((("Sh+0rt7", "The new password is too short."),
                   ("passwordpassword", "too weak for the domain's rules."),
                   (before, "The new password was used before.")),
                  ((now, "The new password is the current one."),
                   ("Aaaaaa+7bcd", "too weak for the domain's rules."),
                   ("Ab+7" * 6, "too weak for the domain's rules."))):
        done = passwd(lab, user, now, (OLD, now),
                      *[step for new, _ in tries for step in twice(new)])
        assert done.rc != 0 and done.asked == 8, done.out
        for _, why in tries:
            assert why in done.out
        assert "updated" not in done.out
    log = journal.text("lightwaved")
    for why in ("new password too short", "new password used before",
                "new password against the domain's rules"):
        assert "password change: user %s" % user.full in log and why in log
    assert lab.ssh(user.full, now).rc == 0


def test_two_that_differ_are_none(lab, user):
    done = passwd(lab, user, user.password, (OLD, user.password),
                  (NEW, new_password()), (AGAIN, new_password()))
    assert done.rc != 0 and done.asked == 4, done.out
    assert "do not match" in done.out
    assert lab.ssh(user.full, user.password).rc == 0


@pytest.mark.parametrize("policy, why", [
    ("patient", "Your password was changed too recently to be changed again."),
    ("fixed", "You may not change your password.")])
def test_who_may_not_change_it_now_is_told_so(lab, user, policy, why):
    lab.admin("user", "policy", user.name, policy)
    done = passwd(lab, user, user.password, (OLD, user.password),
                  *twice(new_password()))
    assert done.rc != 0 and why in done.out, done.out
    assert lab.ssh(user.full, user.password).rc == 0


def test_root_cannot_change_it_without_knowing_it(lab, user):
    cmd = terminal.on_photon("passwd", user.full)
    done = terminal.talk(lab, cmd, (OLD, WRONG))
    assert done.rc != 0 and done.asked == 1
    assert "Your current password is wrong, or your account is locked." in done.out
    new = new_password()
    done = terminal.talk(lab, cmd, (OLD, user.password), *twice(new))
    assert done.rc == 0, done.out
    assert_in_force(lab, user, new, user.password)


def test_a_local_user_changes_his_as_ever(lab):
    old, new = lab.password("LOCAL_LOCALUSER"), new_password()
    journal = lab.journal()
    cmd = terminal.on_photon("passwd", user="localuser")
    try:
        done = terminal.talk(lab, cmd, (OLD, old), *twice(new))
        assert done.rc == 0 and done.asked == 3, done.out
        assert RULES not in done.out
        assert lab.ssh("localuser", new).rc == 0
    finally:
        lab.photon("chpasswd", "-c", "YESCRYPT",
                   input="localuser:%s\n" % old)
    assert lab.ssh("localuser", old).rc == 0
    assert journal.text("lightwaved") == ""


# --- who must change it ------------------------------------------------------

def test_who_must_change_it_is_asked_to_at_the_login_and_is_in(lab, new_user):
    """By keyboard-interactive and login, each in its own dialogue."""
    users, new = (new_user(), new_user()), (new_password(), new_password())
    for user in users:
        lab.admin("user", "reset", user.name)
    script = [((PASSWORD, user.password), (OLD, user.password), *twice(now))
              for user, now in zip(users, new)]
    journal = lab.journal()
    done = at_once([
        lambda: terminal.ssh(lab, users[0].full, *script[0],
                             command=["echo I am in"]),
        lambda: terminal.talk(
            lab, terminal.on_photon("login", users[1].full), *script[1],
            (SHELL, "echo I am in"), (SHELL, terminal.CTRL_D))])
    for user, d, service in zip(users, done, ("sshd", "login")):
        assert d.rc == 0 and "\nI am in" in d.out, d.out
        assert d.out.index(MUST) < d.out.index(RULES)
        journal.wait_for("account: user %s.*service %s.*: password must be "
                         "changed" % (user.full, service), "lightwaved")
        journal.wait_for("password change: user %s.*service %s.*: allowed"
                         % (user.full, service), "lightwaved")
    # Once is enough.
    for user, now in zip(users, new):
        assert_in_force(lab, user, now, user.password)
    done = lab.ssh(users[0].full, new[0], "echo I am in", KBD)
    assert (done.rc, done.out) == (0, "I am in")


def test_su_which_has_no_dialogue_for_that_lets_nobody_in(lab, user):
    """Photon's file for it has no password lines."""
    lab.admin("user", "reset", user.name)
    done = terminal.su(lab, user.full, user.password, "echo I am in")
    assert done.rc != 0 and MUST in done.out, done.out
    assert "I am in" not in done.out


def test_by_the_method_password_sshd_has_passwd_ask(lab, user):
    """It has no dialogue to ask in before the session."""
    lab.admin("user", "reset", user.name)
    new = new_password()
    done = terminal.ssh(lab, user.full, (PASSWORD, user.password),
                        (OLD, user.password), *twice(new), how="password")
    assert done.asked == 4 and "updated successfully" in done.out, done.out
    assert_in_force(lab, user, new, user.password)


def test_who_does_not_change_what_he_must_is_not_let_in(lab, user):
    lab.admin("user", "reset", user.name)
    short = "Sh+0rt7"
    done = terminal.ssh(lab, user.full, (PASSWORD, user.password),
                        (OLD, user.password), *twice(short) * 3,
                        command=["echo I am in"])
    assert done.asked == 8 and "I am in" not in done.out, done.out
    done = terminal.ssh(lab, user.full, (PASSWORD, user.password),
                        (OLD, WRONG), command=["echo I am in"])
    assert "I am in" not in done.out and done.rc == 255


def test_sudo_offers_the_change_too(lab, user):
    """In words of its own for what it asks."""
    new = new_password()
    with lab.member("platform", user.name), \
            lab.shell(user.full, user.password):
        lab.admin("user", "reset", user.name)
        done = terminal.talk(lab, terminal.on_photon(
            "sudo", "-k", "cat", "/etc/sudoers", user=str(lab.uid(user.name))),
            (ANY, user.password), (ANY, user.password), (ANY, new), (ANY, new))
        assert done.rc == 0 and "%wheel" in done.out, done.out
        assert "expired, reset your password" in done.out, done.out
        assert RULES in done.out
    assert_in_force(lab, user, new, user.password)


# --- who is too late ---------------------------------------------------------

def test_an_expired_one_cannot_be_changed_over_ldap_and_passwd_says_so(
        lab, user):
    lab.admin("user", "expire", user.name)
    done = terminal.talk(lab, terminal.on_photon("passwd", user.full),
                         (OLD, user.password), *twice("x"))
    assert done.rc != 0 and done.asked == 1, done.out
    assert "Your password has expired. Ask an administrator of the directory " \
        "to set a new one." in done.out


@pytest.fixture
def kpasswd(lab):
    """The domain has a kpasswd service, and the host is told so."""
    with configured(lab) as config:
        lab.admin("kpasswd", "on")
        try:
            config.add("[password]\nkpasswd = yes\n")
            yield
        finally:
            lab.admin("kpasswd", "off")


def test_where_there_is_kpasswd_it_can_be_changed_at_the_login(
        lab, kpasswd, new_user):
    users = [new_user() for _ in range(3)]
    new = [new_password() for _ in users]
    for user in users:
        lab.admin("user", "expire", user.name)
    script = [((PASSWORD, user.password), (OLD, user.password), *twice(now))
              for user, now in zip(users, new)]
    done = at_once([
        lambda: terminal.ssh(lab, users[0].full, *script[0],
                             command=["echo I am in"]),
        lambda: terminal.talk(
            lab, terminal.on_photon("login", users[1].full), *script[1],
            (SHELL, "echo I am in"), (SHELL, terminal.CTRL_D)),
        lambda: terminal.talk(lab, terminal.on_photon("passwd", users[2].full),
                              *script[2][1:])])
    assert all(d.rc == 0 for d in done), done
    assert all("\nI am in" in d.out and MUST in d.out for d in done[:2]), done
    for user, now in zip(users, new):
        wait_until(lambda: lab.ssh(user.full, now).rc == 0, 10,
                   "the directory to know")
        assert kinit(lab, user, now) and not kinit(lab, user, user.password)


def test_kpasswd_refuses_in_words_too(lab, kpasswd, user):
    lab.admin("user", "expire", user.name)
    done = terminal.talk(lab, terminal.on_photon("passwd", user.full),
                         (OLD, user.password), *twice("Sh+0rt7"),
                         *twice("passwordpassword"), *twice(user.password))
    assert done.rc != 0 and done.asked == 7, done.out
    assert "The new password is too short." in done.out or \
        "too weak" in done.out
    assert "The new password is the current one." in done.out
    assert not RAW.search(done.out)


def test_where_kpasswd_is_away_nobody_is_let_in_unchanged(
        lab, config, user):
    config.add("[password]\nkpasswd = yes\n")
    lab.admin("user", "expire", user.name)
    done = terminal.ssh(lab, user.full, (PASSWORD, user.password),
                        (OLD, user.password), *twice(new_password()),
                        command=["echo I am in"])
    assert MUST in done.out and "I am in" not in done.out, done.out
    assert "it is not known whether your password was changed" in done.out
    # Nobody else's login is the worse for it.
    assert lab.ssh(full("alice"), lab.password("alice")).rc == 0
    lab.admin("user", "renew", user.name)
    assert lab.ssh(user.full, user.password).rc == 0


def test_without_the_worker_nothing_is_changed_and_passwd_says_why(lab, user):
    assert lab.known(user.name)
    lab.photon("systemctl", "stop", "lightwaved-worker")
    try:
        done = terminal.talk(lab, terminal.on_photon("passwd", user.full),
                             (OLD, user.password), *twice("x"))
        assert done.rc != 0 and done.asked == 1
        assert "passwords cannot be changed now" in done.out, done.out
    finally:
        lab.start_all()
