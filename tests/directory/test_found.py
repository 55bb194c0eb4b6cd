"""Which servers there are, by DNS, and which of a server's addresses is used."""
import time

import pytest

import dnsd
import rig

NAME = "_ldap._tcp.lightwave.test"
TIMEOUT = 5  # [workers] timeout, seconds
BUDGET = 0.4 * TIMEOUT  # for one connection


def test_no_server_outside_the_domain_is_used(start_host, domain, serve):
    """Though it comes first, answers, and has a certificate that is trusted:
    who forged the answer may have one as well."""
    good, bad = serve(2), serve(4)
    with dnsd.serving({NAME: [(0, 1, bad.host), (10, 1, good.host)]}):
        host = start_host()
        rig.wait_until(lambda: host.ask().find("alice").names == ["alice"],
                       "an answer")
    assert good.asked("search") and not bad.accepted
    assert len(host.worker.said(bad.host)) == 1, host.worker.log
    assert host.worker.said("not in lightwave.test: not used.*'server'")


def test_where_all_are_outside_there_is_none(start_host, domain, serve):
    bad = serve(4)
    with dnsd.serving({NAME: [(0, 1, bad.host)]}) as asked:
        host = start_host()
        rig.wait_until(lambda: host.worker.said("no servers of lightwave.test "
                                                "found by DNS"), "a line")
        assert host.ask().find("alice").status == "OFFLINE"
        said = dict(host.ask().selftest())
        # Searched for again, and still said once.
        n = len(asked)

        def asked_again():
            host.ask().find("alice")
            return len(asked) > n
        rig.wait_until(asked_again, "another search")
    assert said["server"].startswith("FAILS: none is known"), said
    assert not bad.accepted and len(host.worker.said(bad.host)) == 1


def test_one_that_is_named_in_the_file_may_be_anywhere(start_host, domain,
                                                       serve):
    elsewhere = serve(4)
    host = start_host(elsewhere.host)
    rig.wait_until(lambda: host.ask().find("alice").names == ["alice"],
                   "an answer")


@pytest.mark.parametrize("answers, hole", [("127.0.0.5", "::1"),
                                           ("::1", "127.0.0.5")])
def test_an_address_that_answers_nobody_costs_a_moment(
        start_host, domain, serve, answers, hole):
    """IPv6 and IPv4 of one server, raced: far less than the time for one
    connection is lost, and the server is not held for dead."""
    dual = serve(5, address=answers)
    with dnsd.black_hole(hole, 636):
        began = time.monotonic()
        host = start_host(dual.host, timeout=TIMEOUT)
        assert host.ask().find("alice").names == ["alice"]
        took = time.monotonic() - began
    print("%s is a black hole: the first answer after %.0f ms" % (
        hole, took * 1000))
    assert took < BUDGET
    assert not host.worker.said("is down"), host.worker.log
