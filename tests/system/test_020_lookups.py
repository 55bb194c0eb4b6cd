"""Users and groups of the directory through getent, id and their like."""
import secrets

import pytest

from lab import full
from settings import configured

MANY = 300
QUICK = 3  # seconds, docker exec included


def passwd(lab, key, **kw):
    return lab.getent("passwd", key, **kw).out


def line(lab, name, gecos):
    return "%s:x:%d:545:%s:/home/lightwave.test/%s:/bin/bash" % (
        full(name), lab.uid(name), gecos, name)


@pytest.mark.parametrize("name, gecos", [
    ("alice", "Alice Adams"), ("bob", "Bob Brown"),
    ("jürgen", "Jürgen Groß"), ("many", "Many Groups")])
def test_a_user_is_one_exact_line_by_name_and_by_uid(lab, name, gecos):
    wanted = line(lab, name, gecos)
    assert passwd(lab, full(name)) == wanted
    assert passwd(lab, str(lab.uid(name))) == wanted


def test_posix_attributes_that_users_write_themselves_count_for_nothing(lab):
    assert lab.attribute("bob", "uidNumber") == "10001"
    assert passwd(lab, "10001") == ""
    assert passwd(lab, full("bob")) == line(lab, "bob", "Bob Brown")


@pytest.mark.parametrize("typed", [
    "alice@lightwave.test", "ALICE@LIGHTWAVE.TEST", "Alice@lightwave.test",
    "LIGHTWAVE.TEST\\alice", "lightwave.test\\ALICE", "Lightwave.Test\\Alice"])
def test_every_way_to_type_a_name_gives_one_spelling(lab, typed):
    assert passwd(lab, typed) == line(lab, "alice", "Alice Adams")
    assert lab.id("-un", typed).out == full("alice")


@pytest.mark.parametrize("typed", ["JÜRGEN@lightwave.test",
                                   "LIGHTWAVE.TEST\\Jürgen"])
def test_case_is_folded_beyond_ascii(lab, typed):
    assert passwd(lab, typed) == line(lab, "jürgen", "Jürgen Groß")


@pytest.mark.parametrize("database, key", [
    ("passwd", full("alice")), ("passwd", full("nina")),
    ("group", full("linux admins")), ("group", full("dockerusers"))])
def test_nobody_sees_what_root_sees(lab, database, key):
    as_root = lab.getent(database, key, check=True).out
    assert lab.getent(database, key, user="nobody").out == as_root


def test_nobody_is_told_the_same_groups_as_root(lab):
    as_root = lab.id("-G", full("alice")).out
    assert len(as_root.split()) >= 3
    assert lab.photon("runuser", "-u", "nobody", "--", "id", "-G",
                      full("alice")).out == as_root


def test_the_administrator_keeps_the_low_ids_of_his_rid(lab):
    wanted = ("administrator@lightwave.test:x:500:545:Administrator "
              "lightwave.test:/home/lightwave.test/administrator:/bin/bash")
    assert passwd(lab, "Administrator@lightwave.test") == wanted
    assert passwd(lab, "500") == wanted
    assert full("administrators") in lab.groups("administrator")


@pytest.mark.parametrize("key", ["544", "Administrators@lightwave.test"])
def test_administrators_is_gid_544(lab, key):
    fields = lab.getent("group", key).out.split(":")
    assert fields[:3] == [full("administrators"), "x", "544"]


def test_users_is_gid_545_and_everybodys_primary_group(lab):
    assert lab.getent("group", "545").out.startswith(full("users") + ":x:545:")
    assert lab.id("-gn", full("alice")).out == full("users")


@pytest.mark.parametrize("typed, spelled, members", [
    ("linux admins@lightwave.test", "linux admins", "alice"),
    ("Linux Admins@LIGHTWAVE.TEST", "linux admins", "alice"),
    ("LIGHTWAVE.TEST\\LINUX ADMINS", "linux admins", "alice"),
    ("platform@lightwave.test", "platform", "alice"),
    ("DockerUsers@lightwave.test", "dockerusers", "alice bob"),
    ("Dev.Ops@lightwave.test", "dev.ops", "jürgen"),
    ("dev.ops@lightwave.test", "dev.ops", "jürgen"),
    ("MG000@lightwave.test", "mg000", "many")])
def test_a_group_lists_its_members_nested_ones_too(lab, typed, spelled,
                                                    members):
    fields = lab.getent("group", typed).out.split(":")
    assert fields[0] == full(spelled)
    assert sorted(fields[3].split(",")) == [full(m) for m in members.split()]
    by_gid = lab.getent("group", fields[2]).out.split(":")
    assert by_gid[:3] == fields[:3]


def test_a_members_groups_are_the_nested_ones_too(lab):
    assert lab.groups("alice") == {
        full(g) for g in ("users", "platform", "linux admins", "dockerusers")
    } | {"docker"}


def test_a_user_in_300_groups_has_all_of_them_by_name(lab):
    names = lab.id("-Gn", full("many")).out.split(" ")
    assert len(names) == MANY + 1
    assert set(names) == {full("users")} | {
        full("mg%03d" % i) for i in range(MANY)}


@pytest.mark.parametrize("database", ["passwd", "group"])
@pytest.mark.parametrize("key", [
    "krbtgt/LIGHTWAVE.TEST@lightwave.test", "krbtgt@lightwave.test",
    "K/M@lightwave.test", "photon.lightwave.test@lightwave.test",
    "dc1.lightwave.test@lightwave.test", "nosuch@lightwave.test", "alice",
    "bob", "alice@other.test", "OTHER\\alice", "alice@LIGHTWAVE",
    "alice@lightwave.test@lightwave.test", "*@lightwave.test", "*",
    "a*@lightwave.test", "*)(uid=*@lightwave.test",
    "alice)(objectClass=*@lightwave.test", "a" * 300 + "@lightwave.test",
    "x" * 300, "../x@lightwave.test", "/@lightwave.test", "@lightwave.test",
    "lightwave.test\\", "1005@lightwave.test", " alice@lightwave.test",
    "16778000", "2147483648", "10001"])
def test_what_is_nobodys_name_is_not_found_and_quickly(lab, database, key):
    done = lab.getent(database, key)
    assert (done.rc, done.out) == (2, "")
    assert done.seconds < QUICK


def test_a_name_that_two_claim_is_nobodys(lab):
    assert lab.getent("passwd", full("twin")).rc == 2
    uids = {passwd(lab, full(t)).split(":")[2] for t in ("twin1", "twin2")}
    assert uids == {str(lab.uid(t)) for t in ("twin1", "twin2")}
    assert lab.getent("passwd", full("twin")).rc == 2


def test_a_local_account_keeps_a_name_that_the_directory_has_too(lab):
    assert passwd(lab, "clash@lightwave.test").split(":")[2] == "1001"
    for key in ("CLASH@lightwave.test", "LIGHTWAVE.TEST\\clash",
                str(lab.uid("clash"))):
        assert lab.getent("passwd", key).rc == 2, key
    assert lab.id("-G", "clash@lightwave.test").out == "1001"


def test_a_local_account_and_a_directorys_namesake_are_two(lab):
    assert passwd(lab, "localuser").split(":")[2] == "1000"
    assert passwd(lab, full("localuser")) == line(lab, "localuser",
                                                  "Local User")
    assert lab.groups("localuser") == {full("users")}


def test_enumeration_shows_local_accounts_only(lab):
    for database in ("passwd", "group"):
        lines = lab.photon("getent", database).lines
        assert lines == lab.photon("cat", "/etc/" + database).lines


def test_where_it_is_switched_on_it_shows_everybody_once(lab):
    with configured(lab) as config:
        config.add("[domain]\nenumerate = yes\n")
        lab.photon("lightwavectl", "refresh")
        for database, who in (("passwd", "alice"), ("group", "users")):
            lines = lab.photon("getent", database).lines
            local = lab.photon("cat", "/etc/" + database).lines
            assert lines[:len(local)] == local
            names = [x.split(":")[0] for x in lines[len(local):]]
            assert full(who) in names
            assert len(names) == len(set(names))
            found = lab.photon("getent", database, *names).lines
            assert found == lines[len(local):]


# More at once would make the front doubt that it still sees everybody, when
# they are deleted.
CROWD = 130


@pytest.fixture(scope="module")
def crowd(lab):
    """A group of so many that its line outgrows every first buffer. Each time
    of others: a name stays with the SID that it was first seen with."""
    prefix = "crowd-of-people-%s-" % secrets.token_hex(3)
    script = '''
import sys
sys.path.insert(0, "/opt/lab")
sys.dont_write_bytecode = True
from domain import Domain
with Domain() as d:
    who = ["%s%03d" % (sys.argv[2], i) for i in range(int(sys.argv[3]))]
    if sys.argv[1] == "add":
        d.group_add(sys.argv[2] + "all", members=[d.user_add(w, None) for w in who])
    else:
        for name in who + [sys.argv[2] + "all"]:
            d.delete(d.find(name))
'''
    lab.dc1("python3", "-", "add", prefix, str(CROWD), input=script)
    try:
        yield prefix, [full("%s%03d" % (prefix, i)) for i in range(CROWD)]
    finally:
        lab.dc1("python3", "-", "delete", prefix, str(CROWD), input=script)


def test_a_line_of_any_length_arrives_whole(lab, crowd):
    prefix, members = crowd
    out = lab.getent("group", full(prefix + "all")).out
    assert len(out) > 5000
    assert sorted(out.split(":")[3].split(",")) == members
