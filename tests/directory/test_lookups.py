"""Users and groups, asked of a directory that answers as vmdir does."""
import pytest

import entries
import jobs
import message
from entries import BASE, USERS

WANTED = {"objectclass", "objectsid", "samaccountname", "userprincipalname",
          "givenname", "sn", "useraccountcontrol", "usnchanged", "member",
          "memberof", "1.1"}


def test_a_user_is_found_by_name_in_any_case(ask, domain):
    [e] = ask.find("alice").entries
    assert (e.dn, e.sam, e.upn, e.given, e.sn) == (
        domain.alice.dn, "alice", "alice@LIGHTWAVE.TEST", "Alice", "Test")
    assert e.sid == domain.alice["objectSid"][0]
    assert ask.find("ALICE").names == ["alice"]
    assert ask.find("nobody").names == []


def test_every_answer_names_the_domain(ask):
    """As text, of authority 7."""
    assert ask.find("alice").domain_sid == entries.SID
    assert ask.probe().domain_sid == entries.SID


@pytest.mark.parametrize("kind, rid, name", [
    (jobs.USER, "1-1012", "alice"), (jobs.USER, "500", "Administrator"),
    (jobs.USER, "7 1-1012", "alice"), (jobs.GROUP, "545", "Users"),
    (jobs.GROUP, "544", "Administrators")])
def test_sids_lead_to_entries(ask, kind, rid, name):
    assert ask.find_rid(rid, kind).names == [name]


def test_a_computer_is_no_user(ask):
    assert ask.find("client1.lightwave.test").names == []


def test_memberships_are_whole_and_nested(ask, domain):
    assert ask.memberships(domain.alice.dn).names == ["inner", "outer"]
    assert ask.memberships(domain.bob.dn).names == ["outer"]
    assert ask.memberships(domain.user("loner").dn).names == []
    assert ask.memberships("cn=nobody," + USERS).status == "NOTFOUND"


def test_the_case_of_dns_does_not_matter(ask, domain):
    domain.change(domain.outer, member=[domain.inner.dn.upper(),
                                        domain.bob.dn.swapcase()])
    assert ask.memberships(domain.alice.dn.upper()).names == ["inner",
                                                              "outer"]
    assert ask.members(domain.outer.dn.upper()).names == ["alice", "bob"]


def test_the_spelling_of_dns_does_not_matter(ask, domain):
    """Blanks and escapes, which a server may write in one place only."""
    smith = domain.user("smith", cn="Smith\\2C John")
    domain.change(domain.outer, member=[
        "CN=inner , cn = Builtin,DC=lightwave, dc=test",
        "cn=\\62ob, " + USERS, smith.dn.replace("\\2C", "\\,")])
    assert ask.members(domain.outer.dn).names == ["alice", "bob", "smith"]


def test_members_are_users_through_every_level(ask, domain):
    assert ask.members(domain.outer.dn).names == ["alice", "bob"]
    assert ask.members(domain.inner.dn).names == ["alice"]
    assert ask.members("cn=nobody," + USERS).status == "NOTFOUND"


def test_dangling_members_are_passed_over_and_counted(start_host, domain, dc1):
    host = start_host(dc1.host, debug=True)
    domain.change(domain.outer, member=[
        "cn=gone," + USERS, domain.bob.dn, "no dn at all",
        "cn=other,cn=users,dc=elsewhere",
        "cn=client1.lightwave.test,ou=Computers," + BASE])
    dc1.hook = lambda session, q: (
        [message.done(q.id, message.INVALID_DN)]
        if q.op == "search" and q.dn and "=" not in q.dn else None)
    assert host.ask().members(domain.outer.dn).names == ["bob"]
    assert len(host.worker.said("outer.*: 4 of 5 members are no users or "
                                "groups that are there")) == 1


def test_a_great_many_dangling_members_are_no_error(ask, domain, dc1):
    """Nor slow: a group of computers, say."""
    group = domain.group("machines", members=[domain.bob])
    domain.change(group, member=[domain.bob.dn] + [
        "cn=gone%d,%s" % (i, USERS) for i in range(2000)])
    ask.probe()
    dc1.forget()
    assert ask.members(group.dn).names == ["bob"]
    assert len(dc1.asked("search")) <= 350


def test_a_member_among_many_that_is_kept_back_is_not_gone(ask, domain, dc1):
    """By a server that gives one entry at most, whatever is asked."""
    many = ["cn=gone%d,%s" % (i, USERS) for i in range(400)]
    domain.change(domain.outer, member=many + [domain.alice.dn, domain.bob.dn])
    assert ask.members(domain.outer.dn).names == ["alice", "bob"]
    dc1.directory.cap = 1
    assert ask.members(domain.outer.dn).status == "OFFLINE"


def test_a_thousand_groups_are_all_there_and_few_searches(ask, domain, dc1):
    groups = [domain.group("g%d" % i, members=[domain.alice])
              for i in range(700)]
    for i in range(300):
        domain.group("n%d" % i, members=[groups[i]])
    ask.probe()
    dc1.forget()
    answer = ask.memberships(domain.alice.dn)
    assert len(answer.names) == 1002
    assert len(dc1.asked("search")) <= 60


def test_more_groups_than_fit_a_page_are_all_there(ask, domain):
    for i in range(2100):
        domain.group("p%d" % i, members=[domain.bob])
    assert len(ask.memberships(domain.bob.dn).names) == 2101


def test_a_group_of_many_members_is_whole(ask, domain):
    many = [domain.user("m%04d" % i) for i in range(1200)]
    group = domain.group("many", members=many)
    assert len(ask.members(group.dn).names) == 1200


def test_equal_names_are_all_reported(ask, domain):
    """sAMAccountName is not unique, and everybody writes his own."""
    domain.change(domain.bob, sAMAccountName="alice")
    answer = ask.find("alice")
    assert sorted(e.dn for e in answer.entries) == sorted(
        [domain.alice.dn, domain.bob.dn])


def test_only_what_is_needed_is_asked_for(ask, domain, dc1):
    """Keys and SRP secrets can be read by every computer: never * nor +."""
    ask.find("alice")
    ask.find("outer", jobs.GROUP)
    ask.memberships(domain.alice.dn)
    ask.members(domain.outer.dn)
    for q in dc1.asked("search"):
        names = {a.lower() for a in q.attrs}
        if not q.dn:
            assert "*" not in names
        elif q.dn.lower().startswith("cn=password"):
            assert names <= {a.lower() for a in domain.get(q.dn)}
        else:
            assert names and names <= WANTED
        assert "memberof" not in {f.lower() for f in attributes(q.filter)}
        # vmdir answers 0 and a part: only who wants one entry may limit it.
        assert q.size_limit <= 2


def attributes(f):
    if f[0] in ("and", "or", "not"):
        return [a for part in f[1] for a in attributes(part)]
    return [f[1]]


def test_only_what_a_vmdir_does_is_asked(ask, domain, dc1):
    """Of everything else it says 53: StartTLS, extended operations, compare
    and abandon."""
    ask.find("alice")
    ask.memberships(domain.alice.dn)
    ask.verdict(domain.alice.dn, "wrong")
    ask.change(domain.alice.dn, entries.PASSWORD, "N3w-Passw0rd")
    assert {q.op for q in dc1.asked()} <= {"bind", "search", "modify"}
    for q in dc1.asked():
        assert set(q.controls) <= {message.PAGED, message.PPOLICY}
    assert all(q.mechanism is None for q in dc1.asked("bind"))


def test_values_cannot_become_filters(ask, domain, dc1):
    for name in ("*", "a*", "alice)(objectClass=*", "\\2a", "x(y"):
        answer = ask.find(name)
        assert answer.status == "OK" and answer.names == []
    for q in dc1.asked("search"):
        assert "sub" not in repr(q.filter)
    # No string holds a NUL: nobody is asked about it.
    dc1.forget()
    assert ask.find("alice\0").status == "PROTO"
    assert not dc1.asked("search")


def test_referrals_are_not_followed(ask, domain, dc1, dc2):
    def refer(session, q):
        if q.op == "search" and q.mentions("alice"):
            return [message.reference(q.id, "ldaps://%s:636/%s" % (
                dc2.host, BASE)), *dc1.directory.reply(session, q)]
        return None
    dc1.hook = refer
    assert ask.find("alice").names == ["alice"]
    assert dc2.accepted == 0


def test_a_referral_instead_of_an_answer_is_no_answer(ask, dc1, dc2):
    def refer(session, q):
        if q.op == "search" and q.mentions("alice"):
            return [message.result(q.id, 0x65, message.REFERRAL, extra=(
                message.ber.tlv(0xA3, message.ber.octets(
                    "ldaps://%s:636/" % dc2.host))))]
        return None
    dc1.hook = refer
    assert ask.find("alice").status == "OFFLINE"
    assert dc2.accepted == 0
    dc1.hook = None
    assert ask.find("alice").names == ["alice"]


@pytest.mark.parametrize("code", [1, 3, 4, 11, 50, 51, 52, 53, 80])
def test_an_error_is_never_a_missing_entry(ask, domain, dc1, code):
    def fail(session, q):
        if q.op == "search" and q.mentions("alice"):
            return [message.done(q.id, code, b"sorry")]
        return None
    dc1.hook = fail
    assert ask.find("alice").status == "OFFLINE"
    assert ask.memberships(domain.alice.dn).status == "OFFLINE"


def test_a_domain_that_is_not_there_is_no_missing_entry(ask, domain, dc1):
    """32, with the server's own words."""
    ask.probe()
    whole = dict(domain.by_dn)
    del domain.by_dn[BASE]
    assert ask.find("alice").status == "OFFLINE"
    domain.by_dn.update(whole)
    assert ask.find("alice").names == ["alice"]


def test_a_part_is_never_taken_for_the_whole(host, ask, domain, dc1):
    """A server that cuts answers off says 0 as well. Here memberOf names 301
    groups; an answer about them with 100 is not one that can be used."""
    many = [domain.group("c%d" % i, members=[domain.bob]) for i in range(300)]
    users = [domain.user("u%d" % i) for i in range(300)]
    domain.change(domain.outer, member=[u.dn for u in users] + [domain.bob.dn])
    dc1.directory.cap = 100
    answer = ask.memberships(domain.bob.dn)
    assert answer.status != "OK" or len(answer.names) == len(many) + 1
    # Less than members are asked for at once.
    dc1.directory.cap = 30
    assert ask.members(domain.outer.dn).status == "OFFLINE"
    assert host.worker.said("keeps entries back")
    dc1.directory.cap = None
    assert len(ask.members(domain.outer.dn).names) == len(users) + 1


# --- an account that cannot see -----------------------------------------------

def test_an_account_that_may_not_read_knows_nothing(start_host, domain, dc1):
    """What it may not read is not there, without any error: nobody may take
    that for an answer."""
    machine = domain.get(entries.MACHINE)
    machine["objectClass"].remove("computer")
    dc1.directory.may_read = lambda session, e: False
    host = start_host(dc1.host)
    answer = host.ask().find("alice")
    assert answer.status == "OFFLINE"
    assert host.worker.said("does not see|cannot (see|read)|computer account")


def test_a_machine_refused_is_said_with_the_remedy(start_host, domain, dc1):
    domain.get(entries.MACHINE).password = "another"
    host = start_host(dc1.host)
    assert host.ask().find("alice").status == "OFFLINE"
    assert host.worker.said("password_file")
    assert entries.MACHINE_PASSWORD not in host.worker.log


def test_names_that_no_account_has_are_reported_as_they_are(ask):
    """krbtgt and K/M are of class user: the front refuses their names."""
    for rid, name in (("502", "krbtgt/LIGHTWAVE.TEST"), ("501", "K/M")):
        assert ask.find_rid(rid).names in ([name], [])
