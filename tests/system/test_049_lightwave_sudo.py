"""lightwave-sudo as an administrator uses it: whom he lets in, what he is told
of it, and how he comes from likewise's rules.
"""
import json
import secrets

import pytest

import controllers
from lab import DCS, full, wait_until
from sessions import Open
from sudoers import OURS, PLUGIN, drop_in, granted

ECHO = "/usr/bin/echo"
TAG = secrets.token_hex(3)


def tool(lab, *args, check=True, **kw):
    return lab.photon("lightwave-sudo", *args, check=check, **kw)


def listed(lab):
    return json.loads(tool(lab, "list", "--json").out)


@pytest.fixture(autouse=True)
def nothing_is_left(lab):
    yield
    assert rules(lab) == []
    assert lab.photon("visudo", "-c").rc == 0


def rules(lab):
    """The lines of the drop-in that give somebody something."""
    text = lab.photon("cat", OURS, check=False).lines
    return [line for line in text if "=(" in line]


@pytest.fixture(scope="module")
def team(lab, spare):
    """A group of no other rule, in which the first of spare is, by another."""
    outer, inner = "Team %s" % TAG, "inner %s" % TAG
    for name in (outer, inner):
        lab.change("group", "add", name)
    lab.change("group", "addmember", outer, inner)
    lab.admin("group", "addmember", inner, spare[0].name)
    wait_until(lambda: full(outer.lower()) in lab.groups(spare[0].name), 15,
               "her groups")
    yield outer
    for name in (inner, outer):
        lab.admin("group", "del", name)


def test_a_group_is_granted_listed_explained_used_and_revoked(lab, team,
                                                              spare):
    her, carol = Open(lab, spare[0].full), Open(lab, full("carol"))
    sid = lab.attribute(team, "objectSid")
    with granted(lab, team, ECHO + " by-group"):
        assert her.sudo(ECHO, "by-group").out == "by-group"
        assert carol.sudo(ECHO, "by-group").rc != 0
        assert "%:" + sid in lab.photon("cat", OURS).out
        assert lab.photon("stat", "-c", "%a %U %G", OURS).out == \
            "440 root root"
        text = tool(lab, "list").out
        assert full(team.lower()) in text and sid in text
        assert sid in json.dumps(listed(lab))
        said = tool(lab, "explain", spare[0].full).out
        assert OURS in said and "by-group" in said
        assert "inner " + TAG in said and team.lower() in said
        assert OURS not in tool(lab, "explain", full("carol"),
                                check=False).out
    assert her.sudo(ECHO, "by-group").rc != 0


def test_a_user_is_granted_by_his_sid_in_whatever_form_he_is_named(lab):
    bob = Open(lab, full("bob"))
    for name in (full("bob"), "LIGHTWAVE.TEST\\BOB",
                 lab.attribute("bob", "objectSid")):
        with granted(lab, name, ECHO + " his"):
            assert bob.sudo(ECHO, "his").out == "his"
            assert "#" + bob.uid in lab.photon("cat", OURS).out.split()
        assert bob.sudo(ECHO, "his").rc != 0


@pytest.mark.parametrize("name", [
    "nobody has this", full("twin"), "localuser", "root", "x@elsewhere.test"])
def test_whom_the_directory_does_not_have_once_is_granted_nothing(lab, name):
    done = tool(lab, "grant", name, check=False)
    assert done.rc not in (0, 2) and done.err
    assert rules(lab) == []


def test_offline_nothing_is_granted_and_all_can_be_revoked(lab):
    with granted(lab, full("bob"), ECHO + " his"):
        with controllers.dropped(lab, *DCS):
            controllers.refused_at_once(lab)
            done = tool(lab, "grant", full("carol"), check=False)
            assert done.rc not in (0, 2) and done.err
            assert "bob" in tool(lab, "list", check=False).out
            tool(lab, "revoke", full("bob"))
        controllers.answered(lab)
        assert Open(lab, full("bob")).sudo(ECHO, "his").rc != 0


def test_a_deleted_users_rule_is_listed_as_such_and_revoked(lab, new_user):
    user = new_user()
    with granted(lab, user.full, ECHO + " his"):
        lab.admin("user", "del", user.name)
        try:
            assert "gone" in tool(lab, "list").out
            tool(lab, "revoke", user.full)
            assert user.name not in tool(lab, "list").out
        finally:
            lab.admin("user", "add", user.name, "--random")


def test_check_finds_the_traps_and_nothing_in_what_grant_writes(lab):
    with granted(lab, "Linux Admins"), granted(lab, full("bob")):
        before = json.loads(tool(lab, "check", "--json", check=False).out)
        assert OURS not in json.dumps(before)
        with drop_in(lab, "lw-traps", PLUGIN +
                     "ALL,!%:Linux\\ Admins ALL=(root) /usr/bin/id\n"
                     + full("bob") + " ALL=(root) /usr/bin/id\n"
                     "%:no\\ such\\ group ALL=(root) /usr/bin/id\n") as path:
            done = tool(lab, "check", check=False)
            assert done.rc == 1
            for line in (2, 3, 4):
                assert "%s:%d" % (path, line) in done.out, done.out


def test_likewises_rules_become_ours_when_told_and_not_before(lab, team,
                                                              spare):
    name = "lw-likewise" + secrets.token_hex(2)
    carol = Open(lab, full("carol"))
    her = Open(lab, spare[0].full)
    old = "lightwave.test\\\\carol ALL=(ALL) NOPASSWD: %s old\n" \
        "%%LIGHTWAVE.TEST\\\\%s ALL=(ALL) NOPASSWD: %s old\n" \
        % (ECHO, team.replace(" ", "^"), ECHO)
    with drop_in(lab, name, PLUGIN + old) as path:
        assert carol.sudo(ECHO, "old").rc != 0
        shown = tool(lab, "migrate", check=False).out
        assert path + ":2" in shown and "#" + carol.uid in shown
        assert lab.attribute(team, "objectSid") in shown
        assert lab.photon("cat", path).out == (PLUGIN + old).rstrip("\n")
        try:
            tool(lab, "migrate", "--write")
            assert carol.sudo(ECHO, "old").out == "old"
            assert her.sudo(ECHO, "old").out == "old"
            assert Open(lab, full("bob")).sudo(ECHO, "old").rc != 0
            assert lab.photon("stat", "-c", "%a", path).out == "440"
        finally:
            lab.sh('rm -f "$1"?* "$1"', path)


def test_who_is_not_root_may_do_none_of_it(lab):
    alice = Open(lab, full("alice"))
    for verb in ("list", "check", "migrate"):
        done = alice.run("/usr/sbin/lightwave-sudo " + verb)
        assert done.rc == 2 and "root" in done.err
