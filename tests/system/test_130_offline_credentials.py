"""Logging in with the last password while the directory is away."""
import re

import pytest

import controllers
from lab import DCS, full, wait_until
from settings import configured

ON = "[cache]\noffline_credentials = yes\n"
STATE = "/var/lib/lightwave-creds"
OFFLINE = "you are logged in offline"


def kept(lab):
    return [name for name in lab.photon("ls", STATE, check=False).lines
            if name.startswith("S-1-")]


@pytest.fixture
def alice_was_here(lab):
    with configured(lab) as config:
        config.add(ON)
        assert lab.ssh(full("alice"), lab.password("alice")).rc == 0
        wait_until(lambda: kept(lab), 15, "her password to be kept")
        yield config


def test_the_last_password_lets_her_in_and_no_other_does(lab, alice_was_here):
    with controllers.dropped(lab, *DCS):
        done = lab.ssh(full("alice"), lab.password("alice"), "klist -s",
                       how="keyboard-interactive")
        assert OFFLINE in done.out
        assert done.rc == 1  # she is in, and has no ticket
        assert lab.ssh(full("alice"), "not-" + lab.password("alice")).rc == 255
        assert lab.ssh(full("bob"), lab.password("bob")).rc == 255
    controllers.answered(lab)
    assert lab.ssh(full("alice"), lab.password("alice"), "klist -s").rc == 0


def test_nobody_but_the_keeper_can_read_what_is_kept(lab, alice_was_here):
    for user in ("lightwave", "lightwave-worker", "nobody"):
        done = lab.photon("runuser", "-u", user, "--", "ls", STATE,
                          check=False)
        assert done.rc != 0
    modes = lab.sh('stat -c "%%U %%a" %s %s/*' % (STATE, STATE)).lines
    assert modes[0] == "lightwave-creds 700"
    assert set(modes[1:]) == {"lightwave-creds 600"}


def test_the_keeper_has_no_network_and_no_privilege(lab, alice_was_here):
    lab.photon("systemctl", "start", "lightwaved-creds.service")
    pid = lab.pid("lightwaved-creds")
    text = lab.photon("cat", "/proc/%d/status" % pid).out
    for field in ("CapEff", "CapPrm", "CapBnd"):
        value = re.search("^%s:\\s*(.*)$" % field, text, re.M).group(1)
        assert int(value, 16) == 0, field
    dev = lab.photon("cat", "/proc/%d/net/dev" % pid).lines[2:]
    assert [line.split(":")[0].strip() for line in dev] == ["lo"]


def test_turned_off_nothing_is_left(lab, alice_was_here):
    alice_was_here.write(alice_was_here.original)
    alice_was_here.reload()
    wait_until(lambda: not kept(lab), 15, "her password to be gone")
    with controllers.dropped(lab, *DCS):
        assert lab.ssh(full("alice"), lab.password("alice")).rc == 255
