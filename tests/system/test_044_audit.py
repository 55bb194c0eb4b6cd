"""What the journal keeps of each decision: one record, with fields that a
program can ask for."""
import secrets

import pytest

import controllers
from lab import DCS, full
from sessions import Open
from settings import configured
from sudoers import PLUGIN, drop_in

# They stand in lightwaved(8) and do not change.
AUTH = "3d75650ddc4c40bba2dcebc1a299ba2f"
ACCOUNT = "6ce7f7e8a4d64034be90dab0a47c87df"
SUDO = "9ee7c482b4544ba3b6a796c0c581441b"
NOT_HIS = "Not7%the-one"
OLDEST = 3  # photon's revocation_max


@pytest.fixture(scope="module")
def rule(lab):
    with drop_in(lab, "lw-audit", PLUGIN +
                 "%:Linux\\ Admins ALL=(root) NOPASSWD: /usr/bin/echo audit\n"):
        yield


def facts_are_fresh(record):
    assert record["LIGHTWAVE_DIRECTORY"] == "online"
    assert int(record["LIGHTWAVE_FACTS_AGE"]) <= OLDEST


def test_a_sudo_that_is_allowed_leaves_one_record_of_why(lab, rule):
    alice = Open(lab, full("alice"))
    journal = lab.journal()
    assert alice.sudo("echo", "audit").out == "audit"
    record = journal.one(MESSAGE_ID=SUDO)
    assert record["LIGHTWAVE_EVENT"] == "sudo"
    assert record["LIGHTWAVE_USER"] == full("alice")
    assert record["LIGHTWAVE_ACCOUNT"] == full("alice")
    assert record["LIGHTWAVE_UID"] == alice.uid
    assert record["LIGHTWAVE_SID"] == lab.attribute("alice", "objectSid")
    assert record["LIGHTWAVE_SERVICE"] == "sudo"
    assert record["LIGHTWAVE_RULE"] == "Linux Admins"
    assert record["LIGHTWAVE_GROUP"] == full("linux admins")
    assert record["LIGHTWAVE_GROUP_SID"] == lab.attribute("Linux Admins",
                                                          "objectSid")
    path = record["LIGHTWAVE_GROUP_PATH"]
    assert path.index(full("platform")) < path.index(full("linux admins"))
    assert record["LIGHTWAVE_DECISION"] == "allowed"
    assert record["SYSLOG_IDENTIFIER"] == "lightwaved"
    assert record["_COMM"] == "lightwaved"
    facts_are_fresh(record)
    # PAM's account phase is a decision of its own.
    record = journal.one(MESSAGE_ID=ACCOUNT)
    assert record["LIGHTWAVE_SERVICE"] == "sudo"
    assert record["LIGHTWAVE_DECISION"] == "allowed"


def test_a_sudo_that_is_refused_leaves_one_record_of_why(lab, rule):
    carol = Open(lab, full("carol"))
    journal = lab.journal()
    assert carol.sudo("echo", "audit").rc != 0
    record = journal.one(MESSAGE_ID=SUDO)
    assert record["LIGHTWAVE_ACCOUNT"] == full("carol")
    assert record["LIGHTWAVE_GROUP"] == full("linux admins")
    assert record["LIGHTWAVE_DECISION"] == "denied"
    assert record["LIGHTWAVE_REASON"]
    assert "LIGHTWAVE_GROUP_PATH" not in record
    facts_are_fresh(record)
    assert journal.records(MESSAGE_ID=ACCOUNT) == []


def test_a_local_users_sudo_is_none_of_ours_to_record(lab, rule):
    journal = lab.journal()
    lab.photon("runuser", "-u", "localuser", "--", "sudo", "-n", "true",
               check=False)
    journal.wait_for("localuser", "sudo")
    assert journal.records(SYSLOG_IDENTIFIER="lightwaved") == []


def test_offline_the_record_says_by_how_old_facts(lab, rule):
    alice = Open(lab, full("alice"))
    with controllers.dropped(lab, *DCS):
        controllers.refused_at_once(lab)
        journal = lab.journal()
        assert alice.sudo("echo", "audit").out == "audit"
        record = journal.one(MESSAGE_ID=SUDO)
        assert record["LIGHTWAVE_DIRECTORY"] == "away"
        assert record["LIGHTWAVE_DECISION"] == "allowed"
        assert int(record["LIGHTWAVE_FACTS_AGE"]) >= 0
    controllers.answered(lab)


def test_outdated_facts_are_an_error_and_no_verdict(lab, rule):
    alice = Open(lab, full("alice"))
    with configured(lab) as config:
        config.add("[cache]\noffline_authorization_max = 2\n")
        known = lab.journal()
        with controllers.dropped(lab, *DCS):
            known.wait_for("offline_authorization_max", "lightwaved",
                           deadline=60)
            journal = lab.journal()
            assert alice.sudo("echo", "audit").rc != 0
            record = journal.one(MESSAGE_ID=SUDO)
            assert record["LIGHTWAVE_DIRECTORY"] == "away"
            assert record["LIGHTWAVE_DECISION"] == "error"
            assert "offline_authorization_max" in record["LIGHTWAVE_REASON"]
    controllers.answered(lab)


def test_a_login_leaves_a_record_of_its_password_and_one_of_its_account(lab):
    journal = lab.journal()
    assert lab.ssh(full("alice"), lab.password("alice")).rc == 0
    for message in (AUTH, ACCOUNT):
        record = journal.one(MESSAGE_ID=message, LIGHTWAVE_SERVICE="sshd")
        assert record["LIGHTWAVE_ACCOUNT"] == full("alice")
        assert record["LIGHTWAVE_RHOST"]
        assert record["LIGHTWAVE_DECISION"] == "allowed"
    assert "Linux Admins" in record["LIGHTWAVE_RULE"]


def test_no_record_has_a_secret_or_a_field_that_a_name_made_up(lab):
    # A user's name is whatever somebody types.
    name = "x%s\nLIGHTWAVE_DECISION=allowed" % secrets.token_hex(4)
    journal = lab.journal()
    assert lab.ssh(name, NOT_HIS).rc == 255
    assert lab.ssh(full("alice"), NOT_HIS).rc == 255
    record = journal.one(MESSAGE_ID=AUTH, LIGHTWAVE_ACCOUNT=full("alice"))
    assert record["LIGHTWAVE_DECISION"] == "denied"
    for record in journal.records(SYSLOG_IDENTIFIER="lightwaved"):
        assert record.get("LIGHTWAVE_DECISION") != "allowed"
        for value in record.values():
            assert NOT_HIS not in str(value)
            assert lab.password("alice") not in str(value)
    assert lab.ssh(full("alice"), lab.password("alice")).rc == 0
