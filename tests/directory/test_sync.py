"""Following the directory by its numbers, over a server that has its own."""
import time

import pytest

import entries
import hostile
import jobs
import message
import rig
import vmdir
from following import about_all, about_numbers, everybody, named, served
from jobs import CHANGES, EVERYTHING, SIDS, TOO_MANY, UNKNOWN, UNTOLD

MIB = 160


def test_who_knows_nothing_is_told_where_to_begin(ask, domain):
    answer = ask.sync()
    assert answer.extra["kind"] == UNKNOWN and not answer.entries
    assert 0 < answer.extra["highest"] <= domain.usn
    assert answer.domain_sid == entries.SID
    assert answer.extra["server"]


def test_everything_is_everything(ask, domain):
    many = [domain.user("m%04d" % i) for i in range(1300)]
    big = domain.group("big", members=many)
    answer = ask.sync(how=EVERYTHING)
    assert answer.extra["kind"] == EVERYTHING
    assert served(named(answer)) == served(everybody(domain))
    assert answer.extra["total"] == len(answer.entries)
    by_name = {e.sam: e for e in answer.entries}
    assert sorted(by_name["big"].members) == sorted(m.dn for m in many)
    assert by_name["outer"].members == domain.outer["member"]
    assert by_name["alice"].usn == int(domain.alice["uSNChanged"][0])
    assert by_name["alice"].members == [] and big


def test_a_cookie_that_repeats_is_no_circle(ask, domain, dc1):
    """vmdir's is the same on every page of a search."""
    for i in range(5000):
        domain.group("p%d" % i)
    answer = ask.sync(how=EVERYTHING)
    assert served(named(answer)) == served(everybody(domain))
    cookies = [message.page_asked(q)[1] for q in dc1.asked("search")
               if message.page_asked(q)]
    assert max(cookies.count(c) for c in cookies if c) >= 3


def test_a_change_comes_once_and_an_idle_question_is_small(ask, domain, dc1,
                                                           follow):
    server, since = follow
    domain.change(domain.outer, member=[domain.bob.dn])
    answer = ask.sync(server, since)
    assert answer.extra["kind"] == CHANGES
    by_name = {e.sam: e for e in answer.entries}
    assert by_name["outer"].members == [domain.bob.dn]
    since = answer.extra["highest"]
    ask.sync(server, since)
    dc1.forget()
    answer = ask.sync(server, since)
    assert answer.extra["kind"] == CHANGES and answer.entries == []
    assert len(about_numbers(dc1)) == 1
    for q in dc1.asked("search"):
        assert "timestamp" not in repr(q.filter).lower()


def test_new_users_and_renamed_ones_come(ask, domain, follow):
    server, since = follow
    ask.sync(server, since)
    domain.user("dora")
    domain.change(domain.bob, sAMAccountName="robert")
    answer = ask.sync(server, since)
    assert {"dora", "robert"} <= set(named(answer))


def test_a_deletion_shows_in_the_groups_he_was_in(ask, domain, follow):
    server, since = follow
    domain.delete(domain.bob)
    by_name = {e.sam: e for e in ask.sync(server, since).entries}
    assert by_name["outer"].members == [domain.inner.dn]


def test_a_sweep_names_all_that_is_there(ask, domain):
    domain.delete(domain.bob)
    answer = ask.sync(how=SIDS)
    assert answer.extra["kind"] == SIDS
    dns = {e.dn for e in answer.entries}
    assert domain.alice.dn in dns and domain.outer.dn in dns
    assert domain.bob.dn not in dns
    assert all(e.sid for e in answer.entries)


def test_a_number_that_was_committed_late_is_not_missed(ask, domain, follow):
    """Given out before, visible after a higher one."""
    server, since = follow
    late = domain.user("late")
    del domain.by_dn[late.dn.lower()]
    domain.user("early")
    since = ask.sync(server, since).extra["highest"]
    domain.by_dn[late.dn.lower()] = late
    domain.indices.clear()
    assert "late" in named(ask.sync(server, since))


def test_numbers_of_another_server_say_nothing(start_host, domain, dc1):
    ask = start_host(dc1.host).ask()
    ask.sync()
    answer = ask.sync("dc9.lightwave.test:636", 5)
    assert answer.extra["kind"] == UNKNOWN and not answer.entries


def test_numbers_that_went_backwards_say_nothing(ask, domain, dc1, follow):
    """A server that was restored; that ends every connection to it."""
    server, since = follow
    dc1.directory.usn_offset = -2000
    dc1.drop()
    answer = ask.sync(server, since)
    assert answer.extra["kind"] == UNKNOWN and not answer.entries
    assert answer.extra["highest"] <= domain.usn - 2000


def test_numbers_that_went_backwards_under_a_kept_connection(ask, dc1, follow):
    """A server may be restored and keep who is connected."""
    server, since = follow
    assert ask.sync(server, since).extra["kind"] == CHANGES
    dc1.directory.usn_offset = -2000
    accepted = dc1.accepted
    answer = ask.sync(server, since)
    assert answer.extra["kind"] == UNKNOWN and not answer.entries
    assert answer.extra["highest"] <= since - 2000
    assert dc1.accepted == accepted


@pytest.mark.parametrize("says", [True, False])
def test_who_had_the_last_number_may_be_gone(ask, domain, dc1, says):
    """That is no way back: what the server has given out stays given out."""
    if not says:
        dc1.directory.root_dse = lambda q: []
    last = domain.user("last")
    end = ask.sync(how=EVERYTHING).extra
    del domain.by_dn[last.dn.lower()]
    dc1.forget()
    answer = ask.sync(end["server"], end["highest"])
    assert answer.extra["kind"] == CHANGES and answer.entries == []
    assert len(about_numbers(dc1)) <= 3


def test_after_everything_an_idle_question_is_one_search(ask, domain, dc1):
    """Though the last number of all is a computer's."""
    domain.computer("client2.lightwave.test", "x")
    end = ask.sync(how=EVERYTHING).extra
    for _ in range(3):
        dc1.forget()
        answer = ask.sync(end["server"], end["highest"])
        assert answer.extra["kind"] == CHANGES and answer.entries == []
        assert len(about_numbers(dc1)) == 1


IDLE = 15.5  # seconds: a link that was not used for so long may be dead


def test_a_poll_of_an_idle_host_is_one_search_in_all(ask, domain, dc1):
    """None before it whether anybody is still there, however long ago the
    last one was."""
    end = ask.sync(how=EVERYTHING).extra
    ask.sync(end["server"], end["highest"])
    began = time.monotonic()
    dc1.forget()
    rig.wait_until(lambda: time.monotonic() - began > IDLE, "idleness")
    assert not dc1.asked()
    answer = ask.sync(end["server"], end["highest"])
    assert answer.extra["kind"] == CHANGES and answer.entries == []
    assert len(dc1.asked()) == 1


@pytest.mark.parametrize("how", ["lost", "closed"])
def test_a_link_that_died_costs_no_poll(start_host, domain, dc1, how):
    """Lost as by a firewall that has forgotten it, or closed by the server
    as it reads the question."""
    host = start_host(dc1.host, timeout=1)
    ask = host.ask()
    end = ask.sync(how=EVERYTHING).extra
    domain.change(domain.outer, member=[domain.bob.dn])
    dead = []

    def first(session, q):
        if not dead and "usnchanged" in repr(q.filter).lower():
            dead.append(session)
        if session not in dead:
            return None
        if how == "closed":
            raise ConnectionError
        return hostile.silent(session, q)
    dc1.hook = first
    answer = ask.sync(end["server"], end["highest"])
    assert answer.status == "OK" and dead
    assert "outer" in named(answer)
    assert not host.worker.said("is down"), host.worker.log


# --- one spelling, and what cannot be read ------------------------------------

def test_members_are_told_in_the_entries_own_spelling(ask, domain):
    smith = domain.user("smith", cn="Smith\\, John")
    domain.change(domain.outer, member=[
        "CN=Bob , cn = users,DC=lightwave, dc=test",
        smith.dn.replace("\\,", "\\2c"), "cn=alice\\2cx," + entries.USERS])
    by_name = {e.sam: e for e in ask.sync(how=EVERYTHING).entries}
    told = [m.lower() for m in by_name["outer"].members]
    assert by_name["bob"].dn.lower() in told
    assert by_name["smith"].dn.lower() in told
    assert by_name["alice"].dn.lower() not in told and len(told) == 3


NO_SID = "S-1-0-"


def test_a_group_without_a_sid_is_nobodys_but_there(host, ask, domain):
    """Who is in it is in what it is in; it gives nothing itself."""
    bad = domain.group("bad", members=[domain.alice])
    other = domain.group("other", members=[domain.bob])
    del bad["objectSid"]
    other["objectSid"] = ["no SID"]
    domain.touch(bad)
    seen = set()
    for _ in range(2):
        by_dn = {e.dn: e for e in ask.sync(how=EVERYTHING).entries}
        assert by_dn[bad.dn].members == [domain.alice.dn]
        sids = {e.dn: e.sid for e in ask.sync(how=SIDS).entries}
        for e in (bad, other):
            assert sids[e.dn] == by_dn[e.dn].sid
            assert sids[e.dn].startswith(NO_SID)
            seen.add(sids[e.dn])
    assert len(seen) == 2
    for e in (bad, other):
        assert len(host.worker.said("'%s' is not served" % e.dn)) == 1


@pytest.mark.parametrize("how", ["everything", "changes"])
def test_members_in_pieces_are_not_all(host, ask, domain, how):
    """Then each is asked about, rather than be followed."""
    end = ask.sync().extra
    big = domain.group("big")
    big["member;range=0-1"] = [domain.alice.dn, domain.bob.dn]
    domain.touch(big)
    if how == "everything":
        answer = ask.sync(how=EVERYTHING)
    else:
        answer = ask.sync(end["server"], end["highest"])
    assert answer.extra["kind"] == UNTOLD
    assert len(host.worker.said(big.dn)) == 1


def test_an_entry_with_an_attribute_twice_is_refused_alone(
        host, ask, domain, dc1):
    """The same name two times, not two values: who says which one counts?"""
    def twice(session, q):
        directory = session.server.directory
        found, controls = directory.page(session, q)
        for e in found:
            attrs = directory.select(e, q.attrs)
            if e is domain.alice:
                attrs.append(("objectSid", [entries.SID + "-500"]))
            yield message.entry(q.id, e.dn, attrs)
        yield message.done(q.id, controls=controls)
    dc1.hook = hostile.when(about_all, twice)
    for _ in range(2):
        answer = ask.sync(how=EVERYTHING)
        assert answer.extra["kind"] == EVERYTHING
        assert "alice" not in named(answer) and "bob" in named(answer)
        assert domain.alice.dn not in {e.dn for e in ask.sync(
            how=SIDS).entries}
    assert len(host.worker.said(domain.alice.dn)) == 1


def test_a_cycle_of_dns_is_told_as_it_is(ask, domain):
    a = domain.group("a")
    b = domain.group("b", members=[a])
    domain.change(a, member=[b.dn, a.dn.upper()])
    by_name = {e.sam: e for e in ask.sync(how=EVERYTHING).entries}
    assert [m.lower() for m in by_name["a"].members] == [b.dn.lower(),
                                                         a.dn.lower()]
    assert by_name["b"].members == [a.dn]


@pytest.mark.parametrize("what", ["givenName", "sn", "sAMAccountName",
                                  "userPrincipalName"])
def test_one_entrys_values_cost_no_other_entry(host, ask, domain, what):
    end = ask.sync().extra
    domain.change(domain.alice, **{what: "\u00e9" * (4 << 20)})
    for answer in (ask.sync(how=EVERYTHING),
                   ask.sync(end["server"], end["highest"])):
        assert answer.extra["kind"] in (EVERYTHING, CHANGES)
        [alice] = [e for e in answer.entries if e.dn == domain.alice.dn]
        for value in (alice.given, alice.sn, alice.sam, alice.upn):
            assert len(value.encode()) <= 1024
        if what in ("givenName", "sn"):
            assert "\u00e9" * 512 in (alice.given, alice.sn)
        else:
            assert (alice.sam, alice.upn) == ("", "")
    assert ask.find("bob").names == ["bob"]
    if what in ("givenName", "sn"):
        assert ask.find("alice").names == ["alice"]
    else:
        assert ask.find("alice").status == "OK"
        assert ask.members(domain.outer.dn).names == ["bob"]


def test_after_a_failover_the_numbers_are_the_other_servers(
        start_host, domain, serve, dc1):
    second = vmdir.Vmdir(domain, rig.HOSTS[1])
    second.usn_offset = 50000
    dc2 = serve(2, second)
    ask = start_host(dc1.host, dc2.host).ask()
    first = ask.sync().extra
    dc1.stop()

    def moved():
        answer = ask.sync(first["server"], first["highest"])
        return answer.status == "OK" and answer
    answer = rig.wait_until(moved, "dc2's answer")
    assert answer.extra["kind"] == UNKNOWN and not answer.entries
    assert answer.extra["server"] != first["server"]
    assert answer.extra["highest"] > 50000


def test_more_than_wanted_is_said(ask, domain):
    for i in range(40):
        domain.user("m%d" % i)
    answer = ask.sync(how=EVERYTHING, most=20)
    assert answer.extra["kind"] == TOO_MANY


@pytest.mark.parametrize("name", [
    "drip", "stop_half", "cut_half", "entries_and_no_end", "page_loop", "silent",
    "bomb", "garbage", "disconnection", "wrong_id"])
def test_what_is_not_whole_is_not_called_whole(start_host, domain, dc1, name):
    for i in range(600):
        domain.user("m%04d" % i)
    host = start_host(dc1.host, timeout=1)
    ask = host.ask()
    pages = []

    def second_page(q):
        if about_all(q):
            pages.append(q)
        return len(pages) > 1
    dc1.hook = hostile.when(lambda q: about_all(q) and second_page(q),
                            hostile.SEARCH[name])
    answer = ask.sync(how=EVERYTHING)
    assert pages
    assert answer.status == "OFFLINE" or answer.status == "RANGE" or (
        served(named(answer)) == served(everybody(domain)))
    dc1.hook = None
    rig.wait_until(lambda: served(named(host.ask().sync(
        how=EVERYTHING))) == served(everybody(domain)), "all of it")


@pytest.mark.parametrize("name", ["groups", "values", "long_value",
                                  "new_pages", "same_entry", "references"])
def test_a_flood_is_held_in_bounds(start_host, domain, dc1, name):
    host = start_host(dc1.host, timeout=1)
    dc1.hook = hostile.when(about_all, hostile.SEARCH[name])
    with rig.Peak(host.worker) as peak:
        answer = jobs.Jobs(host.jobs_path, 15).sync(how=EVERYTHING)
        assert answer.status != "OK" or answer.extra["kind"] in (TOO_MANY,
                                                                UNTOLD) or (
            len(answer.entries) <= 2)
        dc1.hook = None
        rig.wait_until(lambda: served(named(host.ask().sync(
            how=EVERYTHING))) == served(everybody(domain)), "all of it")
    print("sync flood %s: peak %s" % (name, peak))
    assert peak.mib < MIB
