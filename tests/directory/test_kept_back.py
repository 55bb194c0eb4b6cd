"""What a server lists and then keeps back, and says success: it is not gone."""
import pytest

import hostile
import message
from following import about_all, named
from jobs import CHANGES, EVERYTHING, SIDS, UNKNOWN


def fetching(q):
    """The reading of what a list of changes has named."""
    return q.op == "search" and q.scope == 2 and "entrydn" in repr(
        q.filter).lower()


def nothing(session, q):
    yield message.done(q.id)


def refuse(code):
    return lambda session, q: [message.done(q.id, code)]


def test_a_change_that_a_batch_keeps_back_is_told(ask, domain, dc1, follow):
    server, since = follow
    domain.change(domain.outer, member=[domain.bob.dn])
    dc1.hook = hostile.when(fetching, nothing)
    by_name = {e.sam: e for e in ask.sync(server, since).entries}
    assert by_name["outer"].members == [domain.bob.dn]


def test_a_change_that_nobody_tells_is_not_over(ask, domain, dc1, follow):
    server, since = follow
    domain.change(domain.outer, member=[domain.bob.dn])

    def both(session, q):
        if fetching(q):
            return nothing(session, q)
        if q.scope == 0 and q.dn.lower() == domain.outer.dn.lower():
            return refuse(message.BUSY)(session, q)
        return None
    dc1.hook = both
    assert ask.sync(server, since).status == "OFFLINE"
    dc1.hook = None
    answer = ask.sync(server, since)
    assert answer.extra["kind"] == CHANGES and "outer" in named(answer)


def test_what_goes_between_list_and_reading_is_gone(ask, domain, dc1, follow):
    server, since = follow
    eve = domain.user("eve")
    mallory = domain.user("mallory")

    def gone(session, q):
        domain.by_dn.pop(eve.dn.lower(), None)
        domain.by_dn[mallory.dn.lower()]["objectClass"] = ["container"]
        domain.indices.clear()
        return None
    dc1.hook = hostile.when(fetching, gone)
    answer = ask.sync(server, since)
    assert answer.extra["kind"] == CHANGES
    assert not {"eve", "mallory"} & set(named(answer))


def test_more_kept_back_than_can_be_asked_for_is_a_full_check(
        ask, domain, dc1, follow):
    server, since = follow
    for i in range(250):
        domain.user("m%d" % i)
    dc1.hook = hostile.when(fetching, nothing)
    assert ask.sync(server, since).extra["kind"] == UNKNOWN


def without(*dns):
    """What a search of all gives, but for these: and says success."""
    def mischief(session, q):
        found, controls = session.server.directory.page(session, q)
        for e in found:
            if e.dn not in dns:
                yield message.entry(q.id, e.dn, session.server.directory.
                                    select(e, q.attrs))
        yield message.done(q.id, controls=controls)
    return hostile.when(lambda q: about_all(q) and not fetching(q), mischief)


@pytest.mark.parametrize("how", [SIDS, EVERYTHING])
def test_a_group_that_is_kept_back_is_not_gone(host, ask, domain, dc1, how):
    """The numbers of these many hide it from every other check."""
    for i in range(20):
        domain.user("m%d" % i)
    ask.sync(how=EVERYTHING)
    dc1.hook = without(domain.outer.dn)
    for _ in range(2):
        assert host.ask().sync(how=how).status == "OFFLINE"
    assert host.worker.said(domain.outer.dn)
    dc1.hook = None
    answer = host.ask().sync(how=how)
    assert domain.outer.dn in {e.dn for e in answer.entries}
    domain.delete(domain.outer)
    answer = host.ask().sync(how=how)
    assert answer.extra["kind"] == how
    assert domain.outer.dn not in {e.dn for e in answer.entries}
