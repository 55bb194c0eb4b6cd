"""How soon photon knows what the administrator has done, without being told:
within revocation_max, which is three seconds in the lab. And what it knows
without asking.
"""
import re
import statistics
import time

import pytest

import controllers
from lab import CONF, DCS, full, wait_until

# Who waits for a controller waits at least so long before he is told that
# none answers.
WAITED_MS = 700

TIMED = '''s=$EPOCHREALTIME; "$@" >/dev/null; rc=$?; e=$EPOCHREALTIME
echo $(( (${e/./} - ${s/./}) / 1000 )) $rc'''


@pytest.fixture(scope="module")
def bound(lab):
    """The file's revocation_max, in seconds."""
    text = lab.photon("cat", CONF).out
    return int(re.search(r"^revocation_max = (\d+)$", text, re.M).group(1))


def soon(condition, bound, what):
    """True at the latest when bound seconds have passed from now on: a look
    that begins after them comes too late."""
    start = time.monotonic()
    looked = start
    while not condition():
        assert looked - start <= bound, "not within %g s: %s" % (bound, what)
        looked = time.monotonic()
    print("%s: %.1f s" % (what, looked - start))


def id_ms(lab, names):
    """{name: milliseconds} of an id(1) that must know him."""
    measured = {name: timed(lab, "id", full(name)) for name in names}
    assert all(rc == 0 for _, rc in measured.values()), measured
    return {name: ms for name, (ms, _) in measured.items()}


def timed(lab, *cmd):
    """(milliseconds, rc), as photon itself sees it."""
    ms, rc = lab.sh(TIMED, *cmd).out.split()
    return int(ms), int(rc)


# --- who may no longer -------------------------------------------------------

def test_who_leaves_the_group_has_no_sudo_any_more(lab, bound, user):
    with lab.member("platform", user.name), \
            lab.shell(user.full, user.password) as shell:
        assert shell.run("sudo -n id -u").out == "0"
        lab.change("group", "delmember", "platform", user.name)
        try:
            soon(lambda: shell.run("sudo -n id -u").rc == 1, bound,
                 "sudo is refused")
        finally:
            lab.change("group", "addmember", "platform", user.name)
        soon(lambda: shell.run("sudo -n id -u").rc == 0, bound,
             "sudo is allowed again")


def test_who_leaves_the_group_gets_no_new_session(lab, bound, user, authorize,
                                                  key):
    authorize(user.name)

    def enter():
        return lab.ssh(user.full, how="publickey", key=key).rc

    assert enter() == 0
    lab.change("group", "delmember", "DockerUsers", user.name)
    soon(lambda: enter() == 255, bound, "a session is refused")


def test_a_nested_groups_leaving_takes_its_members_along(lab, bound, user):
    with lab.member("platform", user.name):
        assert full("linux admins") in lab.groups(user.name)
        lab.change("group", "delmember", "Linux Admins", "platform")
        try:
            soon(lambda: full("linux admins") not in lab.groups(user.name),
                 bound, "the outer group is gone")
        finally:
            lab.admin("group", "addmember", "Linux Admins", "platform")


def test_who_is_disabled_gets_no_new_session(lab, bound, user, authorize, key):
    authorize(user.name)
    assert lab.ssh(user.full, how="publickey", key=key).rc == 0
    lab.change("user", "disable", user.name)
    # vmdir's verdict would say so at once; slapd's says nothing of it.
    soon(lambda: lab.ssh(user.full, user.password).rc == 255, bound,
         "his password is refused")
    assert lab.ssh(user.full, how="publickey", key=key).rc == 255


# --- who is there ------------------------------------------------------------

def test_who_was_asked_for_too_early_is_known_soon(lab, bound, new_user):
    name = "early%d" % time.monotonic_ns()
    assert not lab.known(name)
    lab.change("user", "add", name, password="aZ7%" + name[-8:])
    try:
        soon(lambda: lab.known(name), bound, "he is known")
    finally:
        lab.change("user", "del", name)


def test_who_was_never_asked_for_is_known_at_once(lab):
    name = "fresh%d" % time.monotonic_ns()
    lab.change("user", "add", name, password="aZ7%" + name[-8:])
    try:
        assert lab.known(name)
    finally:
        lab.change("user", "del", name)


@pytest.fixture
def passing(lab):
    """One who may log in, and will be deleted: (name, password)."""
    name = "gone%d" % time.monotonic_ns()
    password = "aZ7%" + name[-8:]
    lab.admin("user", "add", name, password=password)
    lab.admin("group", "addmember", "DockerUsers", name)
    yield name, password
    lab.photon("rm", "-rf", "/home/lightwave.test/" + name)


def test_who_is_deleted_does_not_get_in_and_is_forgotten(lab, bound, passing):
    name, password = passing
    assert lab.ssh(full(name), password).rc == 0
    lab.change("user", "del", name)
    assert lab.ssh(full(name), password).rc == 255
    soon(lambda: not lab.known(name), bound, "he is gone")


def test_who_is_deleted_and_not_missed_is_gone_after_a_sweep(
        lab, bound, passing):
    """No computer account sees that somebody was deleted."""
    name, _ = passing
    text = lab.photon("cat", CONF).out
    sweep = int(re.search(r"^sweep_interval = (\d+)$", text, re.M).group(1))
    assert lab.known(name)
    lab.change("user", "del", name)
    soon(lambda: full(name) not in lab.getent(
        "group", full("dockerusers")).out, bound, "his group has lost him")
    soon(lambda: not lab.known(name), sweep + bound, "he is gone")


# --- names -------------------------------------------------------------------

def test_a_renamed_user_has_his_new_name_soon_and_the_same_uid(
        lab, bound, user):
    uid = lab.id("-u", user.full).out
    new = "renamed" + user.name
    lab.change("user", "set", user.name, "sAMAccountName", new)
    try:
        lab.change("user", "set", user.name, "userPrincipalName",
                   new + "@LIGHTWAVE.TEST")
        soon(lambda: lab.id("-u", full(new), check=False).out == uid, bound,
             "the new name is his")
        soon(lambda: not lab.known(user.name), bound, "the old one is nobody's")
        assert lab.getent("passwd", uid).out.startswith(full(new) + ":")
        assert lab.ssh(full(new), user.password).rc == 0
    finally:
        lab.photon("rm", "-rf", "/home/lightwave.test/" + new)


def test_a_renamed_group_has_its_new_name_soon_and_the_same_gid(
        lab, bound, user):
    name = "g%d" % time.monotonic_ns()
    lab.admin("group", "add", name)
    try:
        lab.admin("group", "addmember", name, user.name)
        gid = lab.getent("group", full(name), check=True).out.split(":")[2]
        assert full(name) in lab.groups(user.name)
        lab.change("group", "set", name, "sAMAccountName", name + "new")
        soon(lambda: lab.getent("group", full(name + "new")).out.split(":")[2:3]
             == [gid], bound, "the new name is the group's")
        soon(lambda: lab.getent("group", full(name)).rc == 2, bound,
             "the old one is nobody's")
        assert full(name + "new") in lab.groups(user.name)
    finally:
        lab.admin("group", "del", name)


# --- who is known without a question -----------------------------------------

def test_nobody_waits_for_a_directory_that_hangs(lab, new_user):
    """Whoever was in the domain before is known, asked for or not."""
    never_asked = [new_user() for _ in range(3)]
    lab.refresh()
    names = [u.name for u in never_asked] + [
        "alice", "bob", "carol", "nina", "many", "jürgen", "administrator"]
    with controllers.hung(lab, *DCS):
        measured = id_ms(lab, names)
        print("id: " + ", ".join("%s %d ms" % one for one in measured.items()))
        assert max(measured.values()) < WAITED_MS, measured
        assert len(lab.groups("many")) > 300
        assert full("dockerusers") in lab.groups(never_asked[0].name)
    # The same as beside controllers that answer, but for the machine's mood.
    served = id_ms(lab, names)
    assert statistics.median(measured.values()) <= 20 + 3 * statistics.median(
        served.values()), (measured, served)


def test_a_new_front_knows_everybody_as_soon_as_it_has_read_the_domain(lab):
    lab.photon("systemctl", "restart", "lightwaved")
    wait_until(lambda: lab.refresh().rc == 0, 15, "the domain to be read")
    with controllers.hung(lab, *DCS):
        assert id_ms(lab, ["many"])["many"] < WAITED_MS


# --- what it costs -----------------------------------------------------------

IDLE_S = 15


def test_following_an_idle_domain_costs_little(lab, bound):
    """A poll is one small search; a sweep is counted where it falls in."""
    lab.refresh()
    lab.photon("nft", "-f", "-", input='''table inet idle {
        chain out {
            type filter hook output priority 0;
            tcp dport { 389, 636 } counter
        }
        chain in {
            type filter hook input priority 0;
            tcp sport { 389, 636 } counter
        }
    }
    ''')
    try:
        start = time.monotonic()
        wait_until(lambda: time.monotonic() - start >= IDLE_S, IDLE_S + 1)
        out = lab.photon("nft", "list", "table", "inet", "idle").out
        minutes = (time.monotonic() - start) / 60
    finally:
        lab.photon("nft", "delete", "table", "inet", "idle")
    found = re.findall(r"packets (\d+) bytes (\d+)", out)
    assert len(found) == 2
    packets, size = (sum(int(n) for n in column) for column in zip(*found))
    print("revocation_max %d s: %.0f packets and %.0f bytes a minute" % (
        bound, packets / minutes, size / minutes))
    assert packets > 0  # it does follow
    assert size / minutes < 1e6 / bound
