"""sudo as people use it, by rules for who is in the directory: hostile names,
every option, many rules, grants in the middle of it, and what is left when our
package goes.
"""
import secrets
import time

import pytest

from lab import full, wait_until
from sessions import Open
from sudoers import PLUGIN, drop_in, granted

ECHO = "/usr/bin/echo"

# Names that a directory takes, and sudoers or a shell would read otherwise.
GROUPS = ["Ops! Team", "100% Staff", "#1 admins", "a=b", 'the "best" of us',
          "ALL", "!ALL", "%wheel", "+netgroup", "Größe & Co.", "李雷 组",
          "it's; $HOME `id`", "[brackets]? {x}|<y>", "two  blanks", "~root^",
          "User_Alias X", "Defaults", "#include etc", "x" * 60]
# In sudoers %#1 is a gid: only their SIDs can stand there.
NUMBERS = [name for name in GROUPS if name.startswith("#")]
USERS = ["#0", "%wheel", "!root", "ALL", "anna maria", "o'brien", "jörg",
         'a"b', "x=y", "+everybody", "$HOME", "1e3"]


def suffix():
    return secrets.token_hex(3)


@pytest.fixture(scope="module")
def members(lab, spare):
    """{name: a group with that and a suffix, which has the first of spare}"""
    made = {}
    try:
        for name in GROUPS:
            made[name] = "%s %s" % (name, suffix())
            lab.change("group", "add", made[name])
            lab.change("group", "addmember", made[name], spare[0].name)
        lab.refresh()
        wait_until(lambda: full(made[GROUPS[-1]].lower()) in
                   lab.groups(spare[0].name), 15, "her groups")
        yield made
    finally:
        for name in made.values():
            lab.change("group", "del", name, check=False)
        lab.refresh()


@pytest.fixture
def member(lab, spare):
    return Open(lab, spare[0].full)


@pytest.fixture
def stranger(lab, spare):
    return Open(lab, spare[1].full)


def says(session, word):
    done = session.sudo(ECHO, word)
    return (done.rc, done.out) == (0, word)


# --- names -------------------------------------------------------------------

@pytest.mark.parametrize("name", GROUPS)
def test_a_grant_to_a_group_of_any_name_means_that_group(
        lab, members, member, stranger, name):
    before = lab.photon("sudo", "-l", "-U", "localuser").out
    # lightwave-sudo reads %name as a group's.
    with granted(lab, "%" + members[name], ECHO + " granted"):
        assert says(member, "granted")
        assert not says(member, "other")
        assert not says(stranger, "granted")
        assert lab.photon("sudo", "-l", "-U", "localuser").out == before
    assert not says(member, "granted")


@pytest.mark.parametrize("name", NUMBERS)
def test_a_name_that_sudo_would_take_for_a_number_is_refused(lab, members,
                                                             name):
    for token in ("%:" + members[name], "%" + full(members[name])):
        done = lab.photon("lightwave-sudo", "escape", token, check=False)
        assert (done.rc, done.out) == (1, "") and done.err


@pytest.mark.parametrize("name", [g for g in GROUPS if g not in NUMBERS])
def test_an_escaped_name_written_by_hand_means_that_group(
        lab, members, member, stranger, name):
    token = lab.photon("lightwave-sudo", "escape", "%:" + members[name]).out
    plain = lab.photon("lightwave-sudo", "escape",
                       "%" + full(members[name].lower())).out
    with drop_in(lab, "lw-names", PLUGIN +
                 "%s ALL=(root) NOPASSWD: %s plugin\n"
                 "%s ALL=(root) NOPASSWD: %s plain\n"
                 % (token, ECHO, plain, ECHO)):
        for word in ("plugin", "plain"):
            assert says(member, word), (token, plain)
            assert not says(stranger, word)


@pytest.mark.parametrize("name", USERS)
def test_a_grant_to_a_user_of_any_name_means_that_user(lab, stranger, name):
    name += suffix()
    lab.admin("user", "add", name, "--random")
    try:
        lab.admin("group", "addmember", "DockerUsers", name)
        # By number: id(1) takes +name for one.
        his = Open(lab, str(lab.uid(name)))
        # %name would be a group.
        who = lab.attribute(name, "objectSid") if name[0] == "%" else full(name)
        with granted(lab, who, ECHO + " granted"):
            assert says(his, "granted")
            assert not says(his, "other")
            assert not says(stranger, "granted")
        assert not says(his, "granted")
    finally:
        lab.admin("user", "del", name)


# --- every option ------------------------------------------------------------

@pytest.fixture(scope="module")
def admins(lab, spare):
    """The first of spare may do all, by a group that she is nested in."""
    outer, inner = "Ways " + suffix(), "ways inner " + suffix()
    for name in (outer, inner):
        lab.change("group", "add", name)
    lab.change("group", "addmember", outer, inner)
    lab.admin("group", "addmember", inner, spare[0].name)
    wait_until(lambda: full(outer.lower()) in lab.groups(spare[0].name), 15,
               "her groups")
    with granted(lab, outer, options=("--nopasswd", "--runas", "ALL:ALL")):
        yield outer
    for name in (inner, outer):
        lab.admin("group", "del", name)


def test_sudo_l_lists_what_a_group_gives(lab, admins, member, stranger):
    assert "(ALL : ALL) NOPASSWD: ALL" in member.sudo("-l").out
    assert member.sudo("-l", ECHO).out == ECHO
    assert stranger.sudo("-l").rc != 0


def test_root_lists_for_others(lab, admins, spare):
    listed = lab.photon("sudo", "-l", "-U", spare[0].full)
    assert "(ALL : ALL) NOPASSWD: ALL" in listed.out
    listed = lab.photon("sudo", "-l", "-U", spare[1].full, check=False)
    assert "not allowed to run sudo" in listed.out + listed.err


def test_sudo_g_gives_a_group_and_leaves_the_user(lab, admins, member,
                                                  stranger):
    for group in ("wheel", full(admins.lower())):
        gid = lab.photon("getent", "group", group).out.split(":")[2]
        done = member.sudo("-g", group, "id", "-g")
        assert (done.rc, done.out) == (0, gid)
        assert member.sudo("-g", "#" + gid, "id", "-u").out == member.uid
        assert stranger.sudo("-g", group, "id").rc != 0


def test_sudo_i_is_a_login_of_roots_or_of_another_directory_user(
        lab, admins, member, stranger):
    assert member.sudo("-i", "pwd").out == "/root"
    assert lab.ssh(full("alice"), lab.password("alice")).rc == 0  # her home
    done = member.sudo("-i", "-u", full("alice"), "sh", "-c",
                       "id -un; pwd; id -G")
    assert done.lines[:2] == [full("alice"),
                              "/home/lightwave.test/alice"], done
    assert set(done.lines[2].split()) == set(
        lab.id("-G", full("alice")).out.split())
    assert stranger.sudo("-i", "true").rc != 0


def test_sudoedit_edits_one_file_and_no_other(lab, member, spare, stranger):
    path = "/etc/lw-edit-" + suffix()
    lab.sh('echo first >"$1"', path)
    edit = "SUDO_EDITOR='sed -i s/first/second/' sudoedit -n " + path
    try:
        with drop_in(lab, "lw-edit", "#%s ALL=(root) NOPASSWD: sudoedit %s\n"
                     % (member.uid, path)):
            assert stranger.run(edit).rc != 0
            assert lab.photon("cat", path).out == "first"
            assert member.run(edit).rc == 0
            assert lab.photon("cat", path).out == "second"
            assert member.run("sudoedit -n /etc/hostname").rc != 0
    finally:
        lab.photon("rm", "-f", path)


# --- the session's groups and those of now -----------------------------------

def test_without_group_source_dynamic_sudo_would_believe_the_session(
        lab, new_user):
    """What sudo.conf has of ours is needed: this is what it is for."""
    user, group = new_user(), "dynamic" + suffix()
    lab.admin("group", "add", group)
    try:
        lab.admin("group", "addmember", group, user.name)
        wait_until(lambda: full(group) in lab.groups(user.name), 15, "it")
        session = Open(lab, user.full)
        with drop_in(lab, "lw-dynamic", "%%%s ALL=(root) NOPASSWD: ALL\n"
                     % full(group)):
            assert session.sudo("id", "-u").out == "0"
            lab.admin("group", "delmember", group, user.name)
            wait_until(lambda: full(group) not in lab.groups(user.name), 15,
                       "it to be gone")
            assert session.sudo("id", "-u").rc != 0
            lab.sh("cp -p /etc/sudo.conf /etc/sudo.conf.kept && "
                   "sed -i '/group_source/d' /etc/sudo.conf")
            try:
                assert session.sudo("id", "-u").out == "0"
            finally:
                lab.photon("mv", "/etc/sudo.conf.kept", "/etc/sudo.conf")
            assert session.sudo("id", "-u").rc != 0
    finally:
        lab.admin("group", "del", group)


# --- many rules, and rules being written -------------------------------------

def test_2000_rules_are_read_and_the_last_one_counts(lab, member, members,
                                                     stranger):
    group = members["two  blanks"]
    token = lab.photon("lightwave-sudo", "escape", "%:" + group).out
    kinds = ["%%:nobody\\ has\\ %d", "%%nobody%d@lightwave.test", "#%d000000",
             "nobody%d@lightwave.test"]
    rules = "".join("%s ALL=(root) NOPASSWD: ALL\n" % kinds[i % 4] % (i + 1)
                    for i in range(1999))
    took = {}
    for what, text in (("one rule", ""), ("2,000", rules)):
        with drop_in(lab, "lw-many", PLUGIN + text +
                     "%s ALL=(root) NOPASSWD: %s last\n" % (token, ECHO)):
            assert says(member, "last")
            for who, session in (("who is in the last one", member),
                                 ("who is in none", stranger)):
                start = time.monotonic()
                for _ in range(5):
                    assert says(session, "last") == (session is member)
                took[what, who] = (time.monotonic() - start) / 5
    for (what, who), seconds in took.items():
        print("sudo, %s, %s: %.0f ms" % (what, who, seconds * 1e3))


LOOP = """while ! [ -e "$1" ]; do
	sudo -k -n /usr/bin/echo standing 2>&1 || echo refused
done"""


def test_no_sudo_fails_while_grants_are_written(lab, members, member, spare):
    stop, log = "/tmp/stop-" + suffix(), "/tmp/log-" + suffix()
    with granted(lab, members["a=b"], ECHO + " standing"):
        lab.photon(
            "sh", "-c", 'setpriv --reuid "$1" --regid "$2" --groups "$3" '
            'bash -c "$4" bash "$5" >"$6" 2>&1 &', "sh", member.uid,
            member.gid, member.gids, LOOP, stop, log)
        try:
            wait_until(lambda: lab.photon("cat", log).out, 15, "a first sudo")
            for _ in range(15):
                with granted(lab, spare[2].full, ECHO + " other"):
                    pass
        finally:
            lab.photon("touch", stop)
        try:
            wait_until(lambda: lab.photon("pgrep", "-f", stop,
                                          check=False).rc, 15, "it to end")
            said = lab.photon("cat", log).lines
        finally:
            lab.photon("rm", "-f", stop, log)
    assert len(said) > 15
    assert set(said) == {"standing"}


# --- when our package goes ---------------------------------------------------

GONE = """set -e
echo 'localuser ALL=(root) NOPASSWD: /usr/bin/id' >/etc/sudoers.d/local
printf '%s' "$1" >/etc/sudoers.d/lightwave
chmod 0440 /etc/sudoers.d/*
rpm -e --nodeps lightwave-login >&2
! test -e /usr/sbin/lightwaved
sudo -n id -u
runuser -u localuser -- sudo -n id -u
visudo -c >&2
"""


def test_a_drop_in_left_behind_takes_nobodys_sudo_away(lab):
    text = PLUGIN + "%:S-1-7-21-1-2-3-4-1-1001 ALL=(ALL) ALL\n" \
        "#16778217 ALL=(ALL) NOPASSWD: ALL\n"
    done = lab.docker("run", "--rm", "--network", "none", "--hostname",
                      "localhost", "lightwave-lab-photon", "bash", "-c", GONE,
                      "bash", text, check=False)
    assert (done.rc, done.lines) == (0, ["0", "0"]), done.err
