"""[access] in force: who gets in under which rules, and what the log says."""
import pytest

from lab import full


def enters(lab, who):
    return lab.ssh(full(who), lab.password(who)).rc == 0


def test_without_an_allow_line_nobody_of_the_directory_logs_in(lab, config):
    config.access()
    for who in ("alice", "carol"):
        journal = lab.journal()
        assert not enters(lab, who)
        journal.wait_for(full(who) + r".*\[access\] has no allow rule",
                         "lightwaved")
    assert lab.ssh("localuser", lab.password("LOCAL_LOCALUSER")).rc == 0


def test_check_warns_of_a_file_without_an_allow_line(lab, config):
    config.access()
    done = lab.photon("lightwaved", "--check")
    assert "no allow rule: nobody will log in" in done.out


@pytest.mark.parametrize("rule", ["carol", "CAROL@lightwave.test", "%platform",
                                  "*"])
def test_deny_wins_over_allow(lab, config, rule):
    denied = "alice" if rule == "%platform" else "carol"
    config.access("allow = *, carol, alice", "deny = " + rule)
    journal = lab.journal()
    assert not enters(lab, denied)
    journal.wait_for("%s.*deny = %s" % (full(denied), rule.replace("*", ".")),
                     "lightwaved")
    if rule != "*":
        assert enters(lab, "bob")


@pytest.mark.parametrize("rule", ["%No Such Group", "nosuchuser",
                                  "%admins@other.test"])
def test_a_deny_rule_that_cannot_be_resolved_denies_everybody(
        lab, config, rule):
    config.access("allow = *", "deny = " + rule)
    for who in ("alice", "carol"):
        journal = lab.journal()
        assert not enters(lab, who)
        journal.wait_for("deny = %s .cannot be resolved" % rule, "lightwaved")


def test_an_allow_rule_that_cannot_be_resolved_allows_nobody(lab, config):
    config.access("allow = %No Such Group, bob")
    journal = lab.journal()
    assert not enters(lab, "carol")
    journal.wait_for("allow = %No Such Group: no such entry", "lightwaved")
    assert enters(lab, "bob")


def test_a_user_may_be_named_by_his_sid(lab, config):
    config.access("allow = " + lab.attribute("nina", "objectSid"))
    assert enters(lab, "nina")
    assert not enters(lab, "carol")


def test_a_group_may_be_named_by_its_sid(lab, config):
    config.access("allow = " + lab.attribute("Linux Admins", "objectSid"))
    assert enters(lab, "alice")
    assert not enters(lab, "bob")


def test_several_allow_lines_add_up_and_case_does_not_matter(lab, config):
    config.access("allow = %LINUX ADMINS", "allow = Nina@LIGHTWAVE.TEST")
    assert enters(lab, "alice") and enters(lab, "nina")
    assert not enters(lab, "bob")


def test_a_member_is_let_in_at_once_and_kept_out_at_once(lab, config):
    config.access("allow = %Dev.Ops")
    assert not enters(lab, "carol")
    with lab.member("Dev.Ops", "carol"):
        assert enters(lab, "carol")
    assert not enters(lab, "carol")


def test_locked_accounts_can_be_refused_with_a_key_too(
        lab, config, key, authorize):
    authorize("luke")
    config.access("allow = luke")
    entered = lab.ssh(full("luke"), None, "true", "publickey", key)
    assert entered.rc == 0, entered.out
    config.access("allow = luke", "locked_denies_all = yes")
    assert lab.ssh(full("luke"), None, "true", "publickey", key).rc == 255
