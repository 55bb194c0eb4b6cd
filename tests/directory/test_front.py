"""The whole way: a directory that means ill, the worker, the front, and our
NSS module under glibc. Nothing that breaks the rules is served, every refusal
is logged once with the entry's DN, and the good ones stay.
"""
import re

import pytest

import entries
import hostile
import rig

DOMAIN = "@lightwave.test"
NAME = re.compile(r"[a-z0-9][a-z0-9_.-]*" + DOMAIN)
FRONT_MIB = 64


@pytest.fixture(params=["replica", "on demand"])
def whole(request, start_host, dc1):
    """start(...): once the domain is made, all that stands before it."""
    def start(more=""):
        if request.param == "on demand":
            more += "[cache]\nreplicate_max = 0\n"
        host = start_host(dc1.host, timeout=3, more=more)
        host.start_front()
        if request.param == "replica":
            rig.wait_until(lambda: host.front.said("is known whole"),
                           "the whole domain")
        rig.wait_until(lambda: host.getent("passwd", "bob" + DOMAIN),
                       "bob to be known")
        return host
    return start


def fields(line, n):
    parts = line.split(":")
    assert len(parts) == n and not re.search(r"[\x00-\x1f\x7f]", line)
    return parts


def groups_of(host, name):
    """What id(1) says: the names and numbers."""
    return re.findall(r"(\d+)(?:\(([^)]*)\))?", host.id(name).partition(
        "groups=")[2])


def test_good_accounts_are_served_whole(whole, domain):
    host = whole()
    [line] = host.getent("passwd", "ALICE" + DOMAIN)
    name, x, uid, gid, gecos, home, _ = fields(line, 7)
    assert (name, x, gecos, home) == (
        "alice" + DOMAIN, "x", "Alice Test", "/home/lightwave.test/alice")
    assert host.getent("passwd", uid) == [line]
    assert [g[1] for g in groups_of(host, "alice" + DOMAIN)][0].startswith(
        "users")
    assert {g[1].partition("@")[0] for g in groups_of(
        host, "alice" + DOMAIN)} == {"users", "inner", "outer"}
    [line] = host.getent("group", "outer" + DOMAIN)
    assert set(fields(line, 4)[3].split(",")) == {"alice" + DOMAIN,
                                                  "bob" + DOMAIN}
    [line] = host.getent("passwd", "administrator" + DOMAIN)
    assert fields(line, 7)[2] == "500"


def test_names_that_break_the_rules_are_served_to_nobody(whole, domain):
    bad = []
    for i, name in enumerate(hostile.NAMES.values()):
        cn = "bad-name-%d" % i
        bad.append(domain.user(cn, cn=cn, sAMAccountName=name,
                               userPrincipalName=None))
        bad.append(domain.group("bad-group-%d" % i, sAMAccountName=name,
                                members=[domain.alice]))
    for e in bad:
        if isinstance(e["sAMAccountName"], bytes):
            e["sAMAccountName"] = [e["sAMAccountName"]]
    domain.change(domain.outer, member=[e.dn for e in bad if e.is_a("user")] +
                  [domain.bob.dn])
    host = whole()
    [line] = host.getent("group", "outer" + DOMAIN)
    assert fields(line, 4)[3] == "bob" + DOMAIN
    served = groups_of(host, "alice" + DOMAIN)
    assert {n for _, n in served if n} == {"inner" + DOMAIN, "users" + DOMAIN}
    for name in hostile.NAMES.values():
        if isinstance(name, bytes) or "\0" in name or not name:
            continue
        for kind in ("passwd", "group"):
            assert host.getent(kind, name + DOMAIN) == []
    check_refusals(host, bad)


def check_refusals(host, bad):
    """A line with the DN, and in no process two; nothing raw in a log."""
    lines = (host.front.log + host.worker.log).splitlines()
    for e in bad:
        said = [x.partition(":")[0] for x in lines
                if e.dn in x and "not serv" in x]
        assert said, ("not logged", e.dn, e["sAMAccountName"], e["objectSid"])
        assert len(said) == len(set(said)), (e.dn, said)
    assert not [x for x in lines if re.search(
        r"[\x00-\x08\x0b-\x1f\x7f\u0080-\u009f\u202a-\u202e]", x)]


def test_users_with_sids_that_break_the_rules(whole, domain):
    bad = []
    for i, sid in enumerate(hostile.SIDS.values()):
        bad.append(domain.user("bad-sid-%d" % i, objectSid=sid))
    domain.change(domain.outer, member=[e.dn for e in bad] + [domain.bob.dn])
    host = whole()
    [line] = host.getent("group", "outer" + DOMAIN)
    assert fields(line, 4)[3] == "bob" + DOMAIN
    for e in bad:
        assert host.getent("passwd", e["sAMAccountName"][0] + DOMAIN) == []
    assert host.getent("passwd", "0") == ["root:x:0:0:root:/root:/bin/bash"]
    check_refusals(host, bad)


def test_groups_with_sids_that_break_the_rules(whole, domain):
    bad = []
    for i, sid in enumerate(hostile.SIDS.values()):
        bad.append(domain.group("bad-sid-%d" % i, members=[domain.alice],
                                objectSid=sid))
    host = whole()
    assert {n for _, n in groups_of(host, "alice" + DOMAIN)} == {
        "inner" + DOMAIN, "outer" + DOMAIN, "users" + DOMAIN}
    for e in bad:
        assert host.getent("group", e["sAMAccountName"][0] + DOMAIN) == []
    check_refusals(host, bad)


def test_a_group_without_a_sid_hides_no_group_that_it_is_in(whole, domain):
    """It is served to nobody; what it is in is, to whoever is in it."""
    bad = domain.group("bad", members=[domain.alice])
    del bad["objectSid"]
    domain.group("above", members=[bad])
    host = whole()
    assert {n for _, n in groups_of(host, "alice" + DOMAIN)} == {
        "above" + DOMAIN, "inner" + DOMAIN, "outer" + DOMAIN, "users" + DOMAIN}
    assert host.getent("group", "bad" + DOMAIN) == []
    [line] = host.getent("group", "above" + DOMAIN)
    assert fields(line, 4)[3] == "alice" + DOMAIN
    check_refusals(host, [bad])


def test_a_member_counts_in_whatever_spelling(start_host, domain, dc1):
    """In a replica, where nobody but us compares DNs."""
    smith = domain.user("smith", cn="Smith\\, John")
    domain.group("odd", members=[
        "CN=Bob , cn = users,DC=lightwave, dc=test",
        smith.dn.replace("\\,", "\\2c"), "cn=alice\\2cx," + entries.USERS])
    host = start_host(dc1.host, timeout=3)
    host.start_front()
    rig.wait_until(lambda: host.front.said("is known whole"),
                   "the whole domain")
    [line] = host.getent("group", "odd" + DOMAIN)
    assert set(fields(line, 4)[3].split(",")) == {"bob" + DOMAIN,
                                                  "smith" + DOMAIN}
    for name in ("bob", "smith"):
        assert "odd" + DOMAIN in {n for _, n in groups_of(
            host, name + DOMAIN)}


def test_krbtgt_and_the_master_key_are_nobody(whole, domain):
    domain.change(domain.outer, member=[
        e.dn for e in domain.by_dn.values() if e.is_a("user")])
    host = whole()
    [line] = host.getent("group", "outer" + DOMAIN)
    assert "administrator" + DOMAIN in line
    assert "krbtgt" not in line and "k/m" not in line.lower()
    for rid in ("501", "502"):
        assert host.getent("passwd", rid) == []


def test_who_calls_himself_root_is_not(whole, domain):
    domain.user("x1", sAMAccountName="root",
                userPrincipalName="root@" + entries.REALM)
    host = whole(more="[users]\nhome = /home/%d/%u\n")
    assert host.getent("passwd", "root") == ["root:x:0:0:root:/root:/bin/bash"]
    for line in host.getent("passwd", "root" + DOMAIN):
        assert fields(line, 7)[2] != "0"


def test_who_takes_anothers_name_neither_becomes_him_nor_hides_him(whole,
                                                                   domain):
    host = whole()
    before = host.getent("passwd", "alice" + DOMAIN)
    assert before
    domain.change(domain.bob, sAMAccountName="alice")
    domain.user("carl", sAMAccountName="alice")
    assert host.refresh() == "OK"
    assert host.getent("passwd", "alice" + DOMAIN) == before
    uid = fields(before[0], 7)[2]
    assert host.getent("passwd", uid) == before


def test_what_is_taken_away_is_gone_once_refreshed(whole, domain):
    host = whole()
    assert "outer" in host.id("bob" + DOMAIN)
    domain.change(domain.outer, member=[domain.inner.dn])
    assert host.refresh() == "OK"
    assert "outer" not in host.id("bob" + DOMAIN)


@pytest.mark.parametrize("name", ["groups", "values", "same_entry",
                                  "new_pages"])
def test_a_flood_does_not_fill_the_front(whole, domain, dc1, name):
    host = whole()
    dc1.hook = hostile.when(
        lambda q: q.op == "search" and q.scope == 2 and q.mentions("alice"),
        hostile.SEARCH[name])
    with rig.Peak(host.front) as peak:
        host.id("alice" + DOMAIN)
        host.getent("group", "inner" + DOMAIN)
        dc1.hook = None
        # A flood without her in it has said that there is no alice.
        rig.wait_until(lambda: host.refresh() == "OK", "the directory itself")
        rig.wait_until(lambda: host.getent("passwd", "alice" + DOMAIN),
                       "alice after the flood")
        rig.wait_until(lambda: {"inner" + DOMAIN, "outer" + DOMAIN} <= {
            g[1] for g in groups_of(host, "alice" + DOMAIN)}, "her groups")
    print("front, %s: peak %s" % (name, peak))
    assert peak.mib < FRONT_MIB
    assert host.front.alive() and host.worker.alive()
