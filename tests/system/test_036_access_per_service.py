"""[access:SERVICE]: who may use sshd, sudo and su each for itself, by account,
group, nested group and SID, from one reload to the next.
"""
import pytest

import terminal
from lab import at_once, full
from settings import configured

SERVICES = ["sshd", "sudo", "su-l"]


@pytest.fixture(scope="module")
def rules(lab):
    with configured(lab) as config:
        yield config


@pytest.fixture(scope="module")
def doors(lab):
    """Tries all three services for alice: those that she gets in by. sudo is
    tried in a session that was there before the rules were."""
    with lab.shell(full("alice"), lab.password("alice")) as shell:
        yield lambda: {service for service, rc in zip(SERVICES, at_once([
            lambda: lab.ssh(full("alice"), lab.password("alice")).rc,
            lambda: shell.run("sudo -n whoami").rc,
            lambda: lab.photon("su", "-", full("alice"), "-c", "true",
                               check=False).rc])) if rc == 0}


# What stands in [access], what in sections of a service, by what she gets in.
# {...} is the SID of who or what is named. She is in Linux Admins by way of
# platform, and thereby in DockerUsers.
RULES = [
    ("allow = *", "[access:sudo]\nallow = bob\n", "sshd su-l"),
    ("allow = bob", "[access:sudo]\nallow = Alice@LIGHTWAVE.TEST\n", "sudo"),
    ("allow = bob", "[access:sshd]\nallow = %platform\n", "sshd"),
    ("allow = bob", "[access:su-l]\nallow = carol, %dockerusers\n", "su-l"),
    ("allow = bob", "[access:su-l]\nallow = carol\nallow = {alice}\n", "su-l"),
    ("allow = bob", "[access:sshd]\nallow = {Linux Admins}\n", "sshd"),
    ("allow = %platform", "[access:sudo]\ndeny = {platform}\n", "sshd su-l"),
    ("allow = *", "[access:sshd]\nallow = alice\ndeny = alice\n",
     "sudo su-l"),
    # What is denied to all services, no section allows.
    ("allow = *\ndeny = %DockerUsers", "[access:sudo]\nallow = alice\n", ""),
    # A section without allow leaves that to [access].
    ("allow = alice", "[access:sshd]\ndeny = carol\n", "sshd sudo su-l"),
    ("allow = carol", "[access:sshd]\ndeny = carol\n", ""),
    # What cannot be resolved denies, and only the service it was said of.
    ("allow = *", "[access:su-l]\ndeny = %No Such Group\n", "sshd sudo"),
    ("allow = *", "[access:su-l]\nallow = %No Such Group\n", "sshd sudo"),
    ("allow = *", "[access:sshd]\ndeny = *\n[access:sudo]\ndeny = *\n",
     "su-l"),
    # A service that is not asked for.
    ("allow = *", "[access:cron]\ndeny = *\n[access:su]\ndeny = *\n",
     "sshd sudo su-l"),
]


@pytest.mark.parametrize("general, own, allowed", RULES)
def test_each_service_has_its_own_door(
        lab, rules, doors, general, own, allowed):
    for name in ("alice", "platform", "Linux Admins"):
        if "{%s}" % name in own:
            own = own.replace("{%s}" % name, lab.attribute(name, "objectSid"))
    journal = lab.journal()
    rules.access(*general.split("\n"), more=own)
    assert doors() == set(allowed.split())
    log = journal.text("lightwaved")
    for service in SERVICES:
        line, = [line for line in log.splitlines()
                 if line.startswith("account: user " + full("alice"))
                 and "service %s" % service in line]
        assert ("allowed: allow = " in line) == (service in allowed.split())
        assert ("refused by [access]: " in line) != \
            (service in allowed.split())


def test_the_log_names_the_rule_that_denied(lab, rules, doors):
    journal = lab.journal()
    rules.access("allow = *", "deny = nosuchuser, bob", more="""
[access:sudo]
deny = %platform
""")
    doors()
    for service in SERVICES:
        journal.wait_for(r"user %s.*service %s.*deny = nosuchuser .cannot be "
                         "resolved" % (full("alice"), service), "lightwaved")
    journal = lab.journal()
    rules.access("allow = *", "deny = bob", more="""
[access:sudo]
deny = %platform
""")
    assert doors() == {"sshd", "su-l"}
    journal.wait_for("user %s.*service sudo: refused by .access.: "
                     "deny = %%platform$" % full("alice"), "lightwaved")


def test_su_and_su_with_a_dash_are_two_services_as_sudo_and_sudo_i_are(
        lab, rules):
    """The name is the file in pam.d that the program asks for."""
    rules.access("allow = *", more="[access:su]\ndeny = *\n")
    plain = ["su", full("alice"), "-c", "true"]
    dash = ["su", "-", full("alice"), "-c", "true"]
    assert lab.photon(*plain, check=False).rc != 0
    assert lab.photon(*dash, check=False).rc == 0
    rules.access("allow = *", more="[access:sudo-i]\ndeny = *\n")
    with lab.shell(full("alice"), lab.password("alice")) as shell:
        assert shell.sudo("true", lab.password("alice")).rc == 0
        done = shell.run("sudo -k -S -p 'sudo password: ' -i true",
                         [lab.password("alice")])
        assert done.rc == 1, done.out


def test_who_is_refused_is_told_so_by_each(lab, rules):
    rules.access("allow = *", "deny = alice")
    secret = lab.password("alice")
    done = at_once([
        lambda: lab.ssh(full("alice"), secret),
        lambda: terminal.su(lab, full("alice"), secret),
        lambda: terminal.login(lab, full("alice"), secret)])
    assert all(d.rc for d in done)
    for d in done:
        assert "You may not log in to this host." in d.out, d.out
