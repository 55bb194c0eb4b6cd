"""Following the directory by its numbers, over a server that has its own."""
import pytest

import entries
import hostile
import jobs
import message
import rig
import vmdir
from jobs import CHANGES, EVERYTHING, SIDS, TOO_MANY, UNKNOWN

MIB = 160


@pytest.fixture
def follow(ask):
    """Where the numbers stand now: (server, highest)."""
    end = ask.sync()
    assert (end.status, end.extra["kind"]) == ("OK", UNKNOWN)
    return end.extra["server"], end.extra["highest"]


def named(answer):
    return sorted(e.sam for e in answer.entries)


def everybody(domain):
    return sorted(e["sAMAccountName"][0] for e in domain.by_dn.values()
                  if (e.is_a("user") or e.is_a("group")) and
                  not e.is_a("computer"))


def served(names):
    """Whether the worker itself drops krbtgt and K/M or the front is left."""
    return [n for n in names if "/" not in n]


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
    assert len(dc1.asked("search")) <= 3
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


def about_all(q):
    """The reading of all entries, not the machine's own looking around."""
    return q.op == "search" and q.scope == 2


@pytest.mark.parametrize("name", [
    "stop_half", "cut_half", "entries_and_no_end", "page_loop", "silent",
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
        assert answer.status != "OK" or answer.extra["kind"] == TOO_MANY or (
            len(answer.entries) <= 2)
        dc1.hook = None
        rig.wait_until(lambda: served(named(host.ask().sync(
            how=EVERYTHING))) == served(everybody(domain)), "all of it")
    print("sync flood %s: peak %s" % (name, peak))
    assert peak.mib < MIB
