"""A question that a server does not answer says nothing about the server: who
asks what takes too long, or logs in where his bind hangs, shuts nobody out.
"""
import threading
import time

import hostile
import message
import rig
from entries import PASSWORD, USERS

TIMEOUT = 2  # [workers] timeout, seconds


def hard(q):
    return q.op == "search" and q.mentions("hard")


def down(host):
    return host.worker.said("is down")


def test_a_hard_question_takes_no_server_down(start_host, domain, dc1, dc2):
    """On a kept link and on a new one: others are answered by the same server
    all the while."""
    host = start_host(dc1.host, dc2.host, timeout=TIMEOUT)
    ask = host.ask()
    assert ask.find("alice").names == ["alice"]
    dc1.hook = hostile.when(hard, hostile.silent)
    for _ in range(3):
        assert ask.find("hard").status == "OFFLINE"
        assert ask.find("alice").names == ["alice"]
    assert not down(host), host.worker.log
    assert not [q for q in dc2.asked("search") if q.mentions("alice")]
    # It was asked again on a new connection: the link might have been dead.
    assert len([q for q in dc1.asked("search") if hard(q)]) > 3


def test_a_link_that_died_silently_costs_one_question_no_answer(
        start_host, domain, dc1):
    """As when a firewall has forgotten it: what is sent gets lost, and the
    server is as well as ever."""
    host = start_host(dc1.host, timeout=TIMEOUT)
    ask = host.ask()
    assert ask.find("alice").names == ["alice"]
    dead = set()

    def first_session(session, q):
        if not dead and q.mentions("bob"):
            dead.add(session)
        return hostile.silent(session, q) if session in dead else None
    dc1.hook = first_session
    assert ask.find("bob").names == ["bob"]
    assert dead and not down(host), host.worker.log


def test_a_bind_that_hangs_takes_no_server_down(start_host, domain, dc1, dc2):
    host = start_host(dc1.host, dc2.host, timeout=TIMEOUT)
    ask = host.ask()
    assert ask.verdict(domain.alice.dn, PASSWORD).status == "OK"
    dc1.hook = hostile.when(
        lambda q: q.op == "bind" and q.dn == domain.bob.dn, hostile.silent)
    assert ask.verdict(domain.bob.dn, PASSWORD).status == "OFFLINE"
    assert ask.verdict(domain.alice.dn, PASSWORD).status == "OK"
    assert not down(host), host.worker.log
    assert not [q for q in dc2.asked("bind") if q.dn == domain.alice.dn]


def test_a_server_that_answers_nobody_is_down(start_host, domain, dc1, dc2):
    """It takes connections and speaks TLS, but nothing more comes."""
    host = start_host(dc1.host, dc2.host, timeout=TIMEOUT)
    ask = host.ask()
    assert ask.find("alice").names == ["alice"]
    dc1.hook = hostile.silent
    assert ask.find("bob").names == ["bob"]
    assert [x for x in down(host) if dc1.host in x], host.worker.log
    assert [q for q in dc2.asked("search") if q.mentions("bob")]


def test_an_answer_without_end_is_no_silence(start_host, domain, dc1):
    """The worker is killed over it, and its server has answered to the last."""
    host = start_host(dc1.host, timeout=TIMEOUT)
    ask = host.ask()
    assert ask.find("alice").names == ["alice"]
    pause = threading.Event()

    def trickle(session, q):
        for i in range(10 * TIMEOUT):
            yield message.entry(q.id, "cn=hard%d,%s" % (i, USERS), [
                ("objectClass", ["top", "user"])])
            pause.wait(0.2)
    dc1.hook = hostile.when(hard, trickle)
    began = time.monotonic()
    assert ask.find("hard").status == "OFFLINE"
    assert time.monotonic() - began < 3 * TIMEOUT
    assert ask.find("alice").names == ["alice"]
    rig.wait_until(lambda: host.worker.said("overran"), "the end of a worker")
    assert not down(host), host.worker.log
