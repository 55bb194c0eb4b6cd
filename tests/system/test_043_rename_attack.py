"""carl rewrites his own names, as the directory lets everybody: what was given
to others by those names stays theirs. sudo, docker, homes.
"""
import contextlib
import secrets

import pytest

from conftest import User
from lab import full, wait_until
from mallory import Mallory, forget
from sessions import Open
from sudoers import PLUGIN, drop_in, granted

# By his name; #uid, as lightwave-sudo writes it; by his group, both ways.
RULES = ("name", "user", "group", "plugin")
TRY = """for rule in "$@"; do
	sudo -k -n /usr/bin/echo "$rule" 2>/dev/null
done; :"""
PS = "docker ps --format '{{.Names}}'"

# What he writes into his entry.
TAKES = {
    "the account name of bob": {"sAMAccountName": "bob"},
    "bob's name and all of his numbers": {
        "sAMAccountName": "bob", "uid": "bob", "uidNumber": "10001",
        "gidNumber": "10000", "unixHomeDirectory": "/home/bob"},
    "root's principal": {"userPrincipalName": "root@LIGHTWAVE.TEST"},
    "root's names and numbers": {
        "sAMAccountName": "root", "userPrincipalName": "root@LIGHTWAVE.TEST",
        "uidNumber": "0", "gidNumber": "0", "unixHomeDirectory": "/root"},
}
takes = pytest.mark.parametrize("attributes", TAKES.values(), ids=TAKES)
forgetting = pytest.mark.parametrize("how", ["reload", "restart"])


def rules_for(who, group):
    return PLUGIN + "".join(
        "%s ALL=(root) NOPASSWD: /usr/bin/echo %s\n" % rule for rule in (
            (who, "name"), ("%" + full(group), "group"),
            ("%:" + group, "plugin")))


def allowed(session):
    return session.run(TRY, *RULES).out.split()


@pytest.fixture
def carl(lab, new_user, config):
    config.access("allow = *")
    m = Mallory(lab, new_user("carl"))
    lab.admin("group", "delmember", "DockerUsers", m.name)
    wait_until(lambda: "docker" not in lab.id("-Gn", m.full).out.split(), 15,
               "him to be in no group")
    m.session = Open(lab, m.full)
    yield m
    m.write(sAMAccountName=m.name,
            userPrincipalName=m.name + "@LIGHTWAVE.TEST")
    forget(lab, "restart")
    wait_until(lambda: lab.known(m.name), 15, "him by his own name")


@pytest.fixture
def bobs(lab):
    with drop_in(lab, "lw-bob", rules_for(full("bob"), "dockerusers")), \
            granted(lab, full("bob"), "/usr/bin/echo user"):
        bob = Open(lab, full("bob"))
        assert allowed(bob) == list(RULES)
        yield bob
        assert allowed(bob) == list(RULES)


@takes
@forgetting
def test_what_sudo_gives_by_name_uid_or_group_stays_bobs(lab, bobs, carl, how,
                                                         attributes):
    assert allowed(carl.session) == []
    carl.write(**attributes)
    forget(lab, how)
    assert allowed(carl.session) == []
    assert allowed(bobs) == list(RULES)


@takes
@forgetting
def test_he_gets_no_docker(lab, carl, how, attributes):
    carl.write(**attributes)
    forget(lab, how)
    assert "docker" not in lab.id("-Gn", carl.session.uid,
                                 check=False).out.split()
    for name in (carl.full, full("bob")):
        done = lab.ssh(name, carl.user.password, "id -u; " + PS)
        assert done.rc != 0
        assert lab.container("photon") not in done.lines
    done = lab.ssh(full("bob"), lab.password("bob"), PS)
    assert done.rc == 0 and lab.container("photon") in done.lines


@takes
@forgetting
def test_bobs_home_is_neither_his_nor_open_to_him(lab, carl, how, attributes):
    assert lab.ssh(full("bob"), lab.password("bob"), "echo bob >~/kept").rc == 0
    home = lab.getent("passwd", full("bob"), check=True).out.split(":")[5]
    carl.write(**attributes)
    forget(lab, how)
    for line in lab.getent("passwd", carl.session.uid).lines:
        assert line.split(":")[5] not in (home, "/root", "/home/bob")
    for verb in ("cat %s/kept", "touch %s/new", "ls %s", "rm -f %s/kept",
                 "mv %s /tmp/his"):
        assert carl.session.run(verb % home).rc != 0
    assert lab.photon("cat", home + "/kept").out == "bob"
    assert lab.photon("stat", "-c", "%u %a", home).out == \
        "%d 700" % lab.uid("bob")


@contextlib.contextmanager
def deleted_victim(lab):
    """He had rights, and a home; now he is gone from the directory, and they
    are left behind."""
    victim = User(lab, "victim")
    group = "heirs" + secrets.token_hex(3)
    with contextlib.ExitStack() as undo:
        undo.callback(lab.photon, "rm", "-rf", victim.home)
        lab.admin("group", "add", group)
        undo.callback(lab.admin, "group", "del", group)
        lab.admin("group", "addmember", group, victim.name)
        undo.enter_context(drop_in(lab, "lw-victim",
                                   rules_for(victim.full, group)))
        undo.enter_context(granted(lab, victim.full, "/usr/bin/echo user"))
        assert lab.ssh(victim.full, victim.password, "echo his >~/kept").rc \
            == 0
        assert allowed(Open(lab, victim.full)) == list(RULES)
        lab.admin("user", "del", victim.name)
        wait_until(lambda: not lab.known(victim.name), 15, "him to be gone")
        yield victim


@forgetting
def test_who_takes_a_deleted_users_names_inherits_nothing(lab, carl, how):
    with deleted_victim(lab) as victim:
        carl.write(sAMAccountName=victim.name,
                   userPrincipalName=victim.name + "@LIGHTWAVE.TEST")
        forget(lab, how)
        assert lab.getent("passwd", victim.full).rc == 2
        assert allowed(carl.session) == []
        assert lab.ssh(victim.full, carl.user.password).rc == 255
        for verb in ("cat %s/kept", "touch %s/new", "rm -rf %s/kept"):
            assert carl.session.run(verb % victim.home).rc != 0
        assert lab.photon("cat", victim.home + "/kept").out == "his"


def test_a_rule_for_a_name_that_nobody_has_is_his_who_takes_it_as_check_warns(
        lab, carl):
    """Why lightwave-sudo writes #uid, and refuses whom there is not."""
    ghost = "ghost" + secrets.token_hex(3)
    with drop_in(lab, "lw-ghost", "%s ALL=(root) NOPASSWD: /usr/bin/echo "
                 "name\n" % full(ghost)) as path:
        assert allowed(carl.session) == []
        done = lab.photon("lightwave-sudo", "check", check=False)
        assert done.rc == 1 and path + ":1" in done.out
        assert lab.photon("lightwave-sudo", "grant", full(ghost),
                          check=False).rc == 1
        carl.write(sAMAccountName=ghost,
                   userPrincipalName=ghost + "@LIGHTWAVE.TEST")
        wait_until(lambda: allowed(carl.session) == ["name"], 15,
                   "the trap to close")
