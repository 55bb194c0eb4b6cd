"""What a bind's answer means, account by account."""
import pytest

import entries
import message
from entries import DISABLED, LOCKED, PASSWORD


def test_the_right_password_is_right(ask, domain):
    assert ask.verdict(domain.alice.dn, PASSWORD).status == "OK"


def test_the_case_of_a_dn_does_not_matter(ask, domain):
    assert ask.verdict(domain.alice.dn.upper(), PASSWORD).status == "OK"


def test_a_wrong_password_is_denied_and_presented_once(ask, domain, dc1):
    assert ask.verdict(domain.alice.dn, "wrong").status == "DENIED"
    assert dc1.directory.presented.count((domain.alice.dn, b"wrong")) == 1
    assert domain.alice.failures == 1


def test_a_wrong_password_goes_to_one_server_only(start_host, domain, dc1,
                                                  dc2):
    ask = start_host(dc1.host, dc2.host).ask()
    assert ask.verdict(domain.alice.dn, "wrong").status == "DENIED"
    assert domain.alice.failures == 1


def test_an_unknown_dn_is_refused_without_asking_another(start_host, domain,
                                                         dc1, dc2):
    ask = start_host(dc1.host, dc2.host).ask()
    dn = "cn=nobody," + entries.USERS
    assert ask.verdict(dn, PASSWORD).status == "NOTFOUND"
    assert (dc1.directory.presented + dc2.directory.presented).count(
        (dn, PASSWORD.encode())) == 1


@pytest.mark.parametrize("password, status", [(PASSWORD, "LOCKED"),
                                              ("wrong", "DENIED")])
def test_locked_is_told_to_the_right_password_alone(ask, domain, password,
                                                    status):
    domain.alice.uac = LOCKED
    assert ask.verdict(domain.alice.dn, password).status == status


def test_five_wrong_passwords_lock_and_are_five(ask, domain):
    for _ in range(5):
        assert ask.verdict(domain.alice.dn, "wrong").status == "DENIED"
    assert ask.verdict(domain.alice.dn, PASSWORD).status == "LOCKED"
    assert domain.alice.failures == 5


def test_disabled_is_50_without_a_control(ask, domain):
    domain.alice.uac = DISABLED
    assert ask.verdict(domain.alice.dn, PASSWORD).status == "DISABLED"


def test_an_entry_without_password_lets_nobody_in(ask, domain):
    """50 as well: nothing in the bind tells it from a disabled account."""
    for dn in (domain.user("nopassword").dn, domain.outer.dn):
        assert ask.verdict(dn, PASSWORD).status in ("DISABLED", "NOPASSWORD")


@pytest.mark.parametrize("password, status", [(PASSWORD, "EXPIRED"),
                                              ("wrong", "DENIED")])
def test_expired_is_told_to_the_right_password_alone(ask, domain, password,
                                                     status):
    domain.alice.expired = True
    assert ask.verdict(domain.alice.dn, password).status == status


def test_the_days_left_are_told(ask, domain):
    domain.alice.expires_in = 432000
    answer = ask.verdict(domain.alice.dn, PASSWORD)
    assert answer.extra["expires_in"] == 432000


def test_an_upn_is_no_dn_and_nobody_is_asked(ask, dc1):
    for dn in ("alice@lightwave.test", "alice", ""):
        assert ask.verdict(dn, PASSWORD).status in ("INVALID", "PROTO")
    assert not [p for p in dc1.directory.presented
                if p[1] == PASSWORD.encode()]


def test_an_empty_password_is_never_sent(ask, domain, dc1):
    """LDAP says yes to it, for an anonymous."""
    assert ask.verdict(domain.alice.dn, "").status in ("INVALID", "PROTO")
    assert not [p for p in dc1.directory.presented if not p[1]]


def test_a_refused_user_does_not_make_a_server_bad(start_host, domain, dc1,
                                                   dc2):
    host = start_host(dc1.host, dc2.host)
    ask = host.ask()
    domain.bob.uac = LOCKED
    for _ in range(3):
        assert ask.verdict(domain.alice.dn, "wrong").status == "DENIED"
        assert ask.verdict(domain.bob.dn, PASSWORD).status == "LOCKED"
        assert ask.verdict("cn=x," + entries.USERS, "x").status == "NOTFOUND"
    assert ask.find("alice").names == ["alice"]
    assert not dc2.directory.presented or all(
        dn == entries.MACHINE for dn, _ in dc2.directory.presented)


def test_one_connection_takes_one_verdict_after_the_other(ask, domain, dc1):
    for password, status in ((PASSWORD, "OK"), ("wrong", "DENIED")) * 5:
        assert ask.verdict(domain.alice.dn, password).status == status
        assert ask.verdict(domain.bob.dn, PASSWORD).status == "OK"
    users = [q for q in dc1.asked("bind") if q.dn != entries.MACHINE]
    assert len(users) == 20
    assert dc1.accepted <= 4  # some for the machine, one for the users


# --- changes of password ------------------------------------------------------

NEW = "N3w-Passw0rd"


def test_a_password_is_changed_by_a_pair(ask, domain, dc1):
    assert ask.change(domain.alice.dn, PASSWORD, NEW) == "OK"
    assert domain.alice.password == NEW
    [q] = dc1.asked("modify")
    assert [(how, attr) for how, attr, _ in q.changes] == [
        (1, "userPassword"), (0, "userPassword")]
    assert ask.verdict(domain.alice.dn, NEW).status == "OK"
    assert ask.verdict(domain.alice.dn, PASSWORD).status == "DENIED"


@pytest.mark.parametrize("new, status", [
    ("Ab1!", "TOOSHORT"), ("alllowercase", "WEAK"),
    ("L0ng-enough-but-too-long", "WEAK"), (PASSWORD, "HISTORY")])
def test_the_rule_that_refused_is_named(ask, domain, new, status):
    assert ask.change(domain.alice.dn, PASSWORD, new) == status
    assert domain.alice.password == PASSWORD


def test_a_wrong_old_password_changes_nothing(ask, domain, dc1):
    assert ask.change(domain.alice.dn, "wrong", NEW) == "DENIED"
    assert not dc1.asked("modify")


def test_an_expired_password_cannot_be_changed_by_bind(ask, domain):
    domain.alice.expired = True
    assert ask.change(domain.alice.dn, PASSWORD, NEW) == "EXPIRED"


def test_hash_bytes_in_a_refusal_go_nowhere(host, domain, dc1):
    dc1.directory.race = True
    assert host.ask().change(domain.alice.dn, PASSWORD, NEW) == "DENIED"
    assert "HASH" not in host.worker.log
    for secret in (PASSWORD, NEW, entries.MACHINE_PASSWORD):
        assert secret not in host.worker.log


def test_the_domains_rules_are_read_from_its_policy(ask):
    assert ask.rules() == {
        "min_length": 8, "max_length": 20, "min_alphabetic": 2,
        "min_upper": 1, "min_lower": 1, "min_numeric": 1, "min_special": 1,
        "max_identical": 3, "history": 5}


@pytest.mark.parametrize("code", [message.BUSY, message.UNAVAILABLE,
                                  message.UNWILLING])
def test_who_says_no_verdict_is_there(ask, domain, dc1, code):
    """It is no outage, in which an old password might count."""
    def refused(session, q):
        if q.op != "bind" or q.dn != domain.alice.dn:
            return None
        return [message.refuse(q, code)]
    dc1.hook = refused
    assert ask.verdict(domain.alice.dn, PASSWORD).status == "NOMEM"
    assert dc1.asked("bind")
