"""Names of servers, and a name server that falls silent: often it is one of
the servers, and both hang at once.
"""
import threading

import pytest

import dnsd
import hostile
import rig

TIMEOUT = 2  # [workers] timeout, seconds


@pytest.fixture
def hosts(dc1, dc2):
    return {dc1.host: ["127.0.0.1"], dc2.host: ["127.0.0.2"]}


@pytest.fixture
def silence(hosts):
    event = threading.Event()
    with rig.names_by_dns(), dnsd.serving({}, hosts, event) as asked:
        event.asked = asked
        yield event


def hard(q):
    return q.op == "search" and q.mentions("hard")


def down(host):
    return host.worker.said("is down")


def test_a_hard_question_takes_no_server_down(start_host, domain, dc1, dc2,
                                              silence):
    host = start_host(dc1.host, dc2.host, timeout=TIMEOUT)
    ask = host.ask()
    assert ask.find("alice").names == ["alice"]
    silence.set()
    dc1.hook = hostile.when(hard, hostile.silent)
    for _ in range(2):
        assert ask.find("hard").status == "OFFLINE"
        assert ask.find("alice").names == ["alice"]
    assert not down(host), host.worker.log
    assert not [q for q in dc2.asked("search") if q.mentions("alice")]


def test_new_connections_go_to_known_addresses(start_host, domain, dc1,
                                               silence):
    """Of other processes of ours too: one has looked them up for all."""
    host = start_host(dc1.host, timeout=TIMEOUT)
    host.settled()
    assert host.ask().find("alice").names == ["alice"]
    silence.set()
    for _ in range(3):
        dc1.drop()
        assert host.ask().find("alice").names == ["alice"]
    assert host.ask().verdict(domain.alice.dn, "wrong").status == "DENIED"
    assert not down(host), host.worker.log


def test_a_server_that_moved_is_found(start_host, domain, serve, dc2, hosts,
                                      silence):
    """By the second of its addresses that the name server knows."""
    old = serve(3)
    hosts[old.host] = ["127.0.0.3"]
    host = start_host(old.host, timeout=TIMEOUT)
    assert host.ask().find("alice").names == ["alice"]
    old.stop()
    hosts[old.host] = ["127.0.0.2"]
    rig.wait_until(lambda: host.ask().find("alice").names == ["alice"],
                   "an answer from the new address")
    assert dc2.asked("search")


def test_a_moved_server_and_silence(start_host, domain, serve, dc2, hosts,
                                    silence):
    """The last known addresses are tried for as long, and it is said why."""
    old = serve(3)
    hosts[old.host] = ["127.0.0.3"]
    host = start_host(old.host, timeout=TIMEOUT)
    assert host.ask().find("alice").names == ["alice"]
    silence.set()
    old.stop()
    rig.wait_until(lambda: host.ask().find("alice").status == "OFFLINE" and
                   host.worker.said("%s: its name could not be looked up: the "
                                    "name server does not answer; its last "
                                    "known addresses are used" % old.host),
                   "the reason")
    old.start()
    rig.wait_until(lambda: host.ask().find("alice").names == ["alice"],
                   "an answer from the last known address")


def test_where_no_name_was_ever_known_the_log_says_so(start_host, dc1,
                                                      silence):
    silence.set()
    host = start_host(dc1.host, timeout=TIMEOUT)
    assert host.ask().find("alice").status == "OFFLINE"
    assert host.worker.said("is down: its name could not be looked up: the "
                            "name server does not answer"), host.worker.log
    silence.clear()
    rig.wait_until(lambda: host.ask().find("alice").names == ["alice"],
                   "an answer")
