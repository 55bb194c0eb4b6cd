"""Controllers that no file names: they are found in the DNS, those of the
host's site first. The controllers themselves are the domain's DNS servers.
"""
import contextlib
import re
import time

import pytest

from controllers import address, answered, daemons_with, linked, stopped
from lab import DCS, full, wait_until


FOUND, NOBODY, OFFLINE = "status 0", "status 1", "status 8"


def stranger():
    """A name that nobody has and nobody has asked for yet."""
    return full("nobody%d" % time.monotonic_ns())


def searched(site=None):
    """The lab's file without a server, perhaps with a site."""
    def edit(text):
        text, n = re.subn(r"(?m)^server = .*\n",
                          "site = %s\n" % site if site else "", text)
        assert n == 1
        return text
    return edit


@contextlib.contextmanager
def resolver(lab, *servers):
    """photon asks these, and no others, for names."""
    lab.sh('cp /etc/resolv.conf /tmp/resolv.old\n'
           'printf "nameserver %s\\n" "$@" >/etc/resolv.conf\n'
           'echo "options timeout:1 attempts:1" >>/etc/resolv.conf', *servers)
    try:
        yield
    finally:
        lab.sh("cat /tmp/resolv.old >/etc/resolv.conf; rm /tmp/resolv.old")


@pytest.fixture
def domains_dns(lab):
    with resolver(lab, *(address(lab, dc) for dc in DCS)):
        yield


def test_controllers_are_found(lab, domains_dns, user):
    with daemons_with(lab, searched()):
        wait_until(lambda: lab.known(user.name), 15, "a lookup")
        ms, _ = answered(lab, 15)
        done = lab.ssh(user.full, user.password, "klist")
        # The KDC is found by its record as well.
        assert done.rc == 0 and "krbtgt/LIGHTWAVE.TEST" in done.out
        assert linked(lab, "dc1") or linked(lab, "dc2")
        print("a question: %.1f ms" % ms)


@pytest.mark.parametrize("site, near", [("east", "dc1"), ("west", "dc2")])
def test_those_of_the_site_come_first(lab, domains_dns, site, near):
    with daemons_with(lab, searched(site)):
        answered(lab, 15)
        wait_until(lambda: linked(lab, near), 15, near + " to be used")
        assert not all(linked(lab, dc) for dc in DCS if dc != near)


def test_a_site_that_nobody_knows_is_no_reason_to_find_nobody(
        lab, domains_dns):
    with daemons_with(lab, searched("nowhere")):
        answered(lab, 15)


def test_the_one_that_is_left_is_used(lab, domains_dns, user):
    with daemons_with(lab, searched("west")):
        answered(lab, 15)
        wait_until(lambda: linked(lab, "dc2"), 15, "dc2 to be used")
        with stopped(lab, "dc2"):
            ms, _ = answered(lab, 15)
            print("dc2 stopped: first answer after %.0f ms" % ms)
            assert lab.ssh(user.full, user.password).rc == 0


def test_without_a_dns_server_the_daemons_wait_for_one(lab):
    ask = ("ask.pl", "/run/lightwave/nss", "1")
    with contextlib.ExitStack() as stack:
        with resolver(lab, "127.0.0.1"):
            # Left before the daemons are, so that they see it come back.
            running = stack.enter_context(contextlib.ExitStack())
            running.enter_context(daemons_with(lab, searched()))
            assert lab.perl(*ask, stranger()).lines[0] == OFFLINE
            # Who was known before is known to the new front.
            assert lab.perl(*ask, full("alice")).lines[0] == FOUND
            assert lab.ssh(full("alice"), lab.password("alice")).rc == 255
            assert lab.id("root").seconds < 2
            assert lab.active() and lab.active("lightwaved-worker")
        with resolver(lab, *(address(lab, dc) for dc in DCS)):
            ms, _ = answered(lab, 90)
            assert lab.perl(*ask, stranger()).lines[0] == NOBODY
            assert lab.ssh(full("alice"), lab.password("alice")).rc == 0
            print("DNS back: first answer after %.0f ms" % ms)
            running.close()
