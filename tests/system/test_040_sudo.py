"""sudo through a directory group, for as long as one is in it."""
import pytest

from lab import full

WRONG = "No7%body-has-it"


@pytest.fixture
def alice(lab):
    with lab.shell(full("alice"), lab.password("alice")) as shell:
        yield shell


def test_a_nested_member_becomes_root_with_her_password(lab, alice):
    done = alice.sudo("cat /etc/sudoers", lab.password("alice"))
    assert done.rc == 0 and "%wheel" in done.out
    done = alice.sudo("env", lab.password("alice"))
    assert "SUDO_USER=" + full("alice") in done.out
    assert "SUDO_UID=%d" % lab.uid("alice") in done.out


@pytest.mark.parametrize("command, said", [("whoami", "root"),
                                           ("id -u", "0")])
def test_nopasswd_asks_for_none(alice, command, said):
    done = alice.sudo(command)
    assert (done.rc, done.out) == (0, said)


def test_sudo_lists_the_rules_of_the_group(alice):
    done = alice.run("sudo -n -l")
    assert done.rc == 0, done.out
    assert "(ALL) ALL" in done.out
    assert "NOPASSWD: /usr/bin/id, /usr/bin/whoami" in done.out


def test_a_wrong_password_is_refused_and_a_right_one_still_works(lab, alice):
    done = alice.sudo("cat /etc/hostname", WRONG, lab.password("alice"))
    assert done.rc == 0 and "Sorry, try again." in done.out


def test_wrong_passwords_alone_are_refused(lab, alice):
    journal = lab.journal()
    done = alice.sudo("cat /etc/hostname", WRONG, WRONG, WRONG)
    assert done.rc == 1 and "3 incorrect password attempts" in done.out
    journal.wait_for("auth: user %s .*service sudo.*wrong password"
                     % full("alice"), "lightwaved")
    # Three prompts, three presentations; the right one clears them.
    assert lab.failures("alice") == 3
    assert alice.sudo("true", lab.password("alice")).rc == 0
    assert lab.failures("alice") == 0


@pytest.mark.parametrize("who", ["bob", "carol"])
def test_who_is_not_in_the_group_is_refused(lab, who):
    with lab.shell(full(who), lab.password(who)) as shell:
        done = shell.sudo("whoami", lab.password(who))
        assert done.rc == 1 and "root" not in done.out.splitlines()
        assert "not in the sudoers file" in done.out or \
            "not allowed" in done.out
        assert shell.run("sudo -n whoami").rc == 1


def test_sudo_stops_in_an_open_session_when_the_group_is_taken_away(
        lab, alice):
    assert alice.run("sudo -n whoami").out == "root"
    with lab.not_member("platform", "alice"):
        done = alice.run("sudo -n whoami")
        assert done.rc == 1 and "root" not in done.out.splitlines()
        done = alice.sudo("cat /etc/sudoers", lab.password("alice"))
        assert done.rc == 1 and "%wheel" not in done.out
    assert alice.run("sudo -n whoami").out == "root"
    assert alice.sudo("whoami").out == "root"


def test_an_earlier_password_earns_nothing_once_the_group_is_gone(lab, alice):
    # Without -k: sudo remembers that she has typed it.
    command = "sudo -S -p 'sudo password: ' cat /etc/sudoers"
    assert alice.run(command, [lab.password("alice")]).rc == 0
    assert alice.run(command).rc == 0
    with lab.not_member("Linux Admins", "platform"):
        done = alice.run("sudo -n cat /etc/sudoers")
        assert done.rc == 1 and "%wheel" not in done.out
    assert alice.run("sudo -n cat /etc/sudoers").rc == 0


def test_a_disabled_account_has_no_sudo_in_its_open_session(lab, user):
    with lab.member("platform", user.name), \
            lab.shell(user.full, user.password) as shell:
        assert shell.sudo("whoami").out == "root"
        lab.admin("user", "disable", user.name)
        done = shell.sudo("whoami")
        assert done.rc == 1 and "root" not in done.out.splitlines()
        lab.admin("user", "enable", user.name)
        assert shell.sudo("whoami").out == "root"


def test_sudo_makes_no_ticket_for_root(lab, alice):
    def caches():
        return set(lab.sh("ls /tmp/krb5cc_* 2>/dev/null; :").lines)

    before = caches()
    mine = alice.run("echo cc=$KRB5CCNAME").out
    done = alice.sudo("sh -c 'echo cc=$KRB5CCNAME'", lab.password("alice"))
    # sudo's own env_keep lets the variable through: it still names her file.
    assert done.out == mine and mine.startswith("cc=FILE:/tmp/krb5cc_")
    assert caches() == before
    assert alice.sudo("env -u KRB5CCNAME klist", lab.password("alice")).rc != 0
    assert lab.photon("klist", "-s", check=False).rc != 0
    assert alice.run("klist -s").rc == 0


def test_a_local_users_sudo_is_photons_own(lab):
    journal = lab.journal()
    secret = lab.password("LOCAL_LOCALUSER")
    with lab.shell("localuser", secret) as shell:
        done = shell.sudo("whoami", secret)
        assert done.rc == 0 and done.lines[-1] == "root"
    journal.wait_for("localuser : .*COMMAND=/usr/bin/whoami", "sudo")
    assert journal.text("lightwaved") == ""
