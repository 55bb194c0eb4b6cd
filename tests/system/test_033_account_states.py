"""Each state that an account can be in, by each way in: who is refused, what he
is told, and what stands in the log.
"""
import contextlib
import dataclasses
import re

import pytest

import terminal
from lab import at_once, full, wait_until
from sessions import authorized
from settings import configured

WRONG = "No7%body-has-it"
ASK = "Ask an administrator of the directory to set "


@dataclasses.dataclass
class State:
    who: str
    knows: bool       # his password
    told: str         # "": nothing but that it did not work
    logged: str
    by_key: bool = False
    phase: str = "auth"


STATES = {
    "wrong password": State("carol", False, "", "wrong password", True),
    "unknown": State("ghost", False, "", "no such entry"),
    "claimed twice": State("twin", False, "", "no such entry"),
    # As a wrong password: whoever guesses is not to go on behind the lock.
    "locked": State("luke", True, "", "account locked", True),
    "disabled": State("dora", True, "Your account is disabled.",
                      "account disabled"),
    "expired": State("erin", True, "Your password has expired. " + ASK +
                     "a new one.", "password expired"),
    "no password": State("nopw", False, "", "account has no password", True),
    "no access": State("nina", True, "You may not log in to this host.",
                       r"refused by [access]: no allow rule names the user",
                       phase="account"),
}
# Of a user whom nobody knows, su says so itself.
KNOWN = [name for name in STATES if name not in ("unknown", "claimed twice")]
SSH = [(how, name) for how in ("password", "keyboard-interactive")
       for name in STATES]
OTHER = [("login", name) for name in STATES] + [("su", name) for name in KNOWN]
ways = pytest.mark.parametrize("way, name", SSH + OTHER)
SERVICES = {"password": "sshd", "keyboard-interactive": "sshd",
            "login": "login", "su": "su-l"}


@pytest.fixture(scope="module")
def access(lab):
    """Everybody but nina may log in, as far as [access] goes."""
    with configured(lab) as config:
        config.access("allow = alice, carol, luke, dora, erin, nopw, soon, "
                      "%DockerUsers")
        yield


@pytest.fixture(scope="module")
def tried(lab, access):
    """{(way, state): what came of it}, and what the journal said meanwhile."""
    def attempt(way, name):
        state = STATES[name]
        who = full(state.who)
        secret = lab.password(state.who) if state.knows else WRONG
        if way == "login":
            return lambda: terminal.login(lab, who, secret, "echo I am in")
        if way == "su":
            return lambda: terminal.su(lab, who, secret, "echo I am in")
        return lambda: lab.ssh(who, secret, "echo I am in", way)

    journal = lab.journal()
    try:
        ssh, other = at_once([
            lambda: at_once([attempt(*way) for way in SSH], 8),
            lambda: at_once([attempt(*way) for way in OTHER], 8)])
    finally:
        # What was counted against carol must not lock her out of other tests.
        lab.admin("user", "unlock", "carol")
    return dict(zip(SSH + OTHER, ssh + other)), journal.text()


@ways
def test_who_may_not_come_in_is_refused_and_told_why(tried, way, name):
    done, state = tried[0][way, name], STATES[name]
    assert "I am in\n" not in done.out + "\n", done.out
    assert way == "login" or done.rc != 0
    # sshd shows what was said about a password only where it may be a dialogue.
    if way != "password" or state.phase == "account":
        assert state.told in done.out, done.out
    told = [s.told for s in STATES.values() if s.told and s.told != state.told]
    assert not [text for text in told if text in done.out]


@ways
def test_the_log_says_who_was_refused_by_what_and_why(tried, way, name):
    state, log = STATES[name], tried[1]
    who, service = full(state.who), SERVICES[way]
    front = re.findall(r"^%s: user %s[ ,].*service %s(?:,.*)?: %s$" % (
        state.phase, who.replace(".", r"\."), service,
        re.escape(state.logged)), log, re.M)
    sshd = ["password", "keyboard-interactive"]
    assert len(front) == (len(sshd) if way in sshd else 1), front
    reason = state.logged.split(":")[0]
    assert re.search(r"^pam_lightwave\(%s:%s\): refused %s for service %s: %s$"
                     % (service, state.phase, re.escape(who), service,
                        re.escape(reason)), log, re.M)


def test_the_log_of_sshd_says_where_they_came_from(tried):
    for name in STATES:
        assert re.search(r"user %s[ ,].*service sshd, from (172|127)\."
                         % full(STATES[name].who), tried[1]), name


# --- keys, which present no password -----------------------------------------

BY_KEY = [s.who for s in STATES.values() if s.who not in ("ghost", "twin")]


@pytest.fixture(scope="module")
def by_key(lab, key, access):
    journal = lab.journal()
    with contextlib.ExitStack() as keys:
        for who in BY_KEY:
            keys.enter_context(authorized(lab, key, who))
        done = at_once([lambda who=who: lab.ssh(
            full(who), None, "echo I am in", "publickey", key)
            for who in BY_KEY])
    return dict(zip(BY_KEY, done)), journal.text()


@pytest.mark.parametrize("who", BY_KEY)
def test_a_key_opens_what_no_password_is_needed_for(by_key, who):
    done, log = by_key[0][who], by_key[1]
    state, = [s for s in STATES.values() if s.who == who]
    if state.by_key:
        assert (done.rc, done.out) == (0, "I am in"), done.out
        return
    assert done.rc == 255 and state.told in done.out, done.out
    assert "I am in" not in done.out
    assert re.search("^account: user %s .*service sshd, from .*: %s$" % (
        full(who), re.escape(state.logged)), log, re.M)
    # The key itself was good: nothing else stood in the way.
    assert "Access denied for user %s by PAM account" % full(who) in log


# --- cron --------------------------------------------------------------------

# The jobs for when a host boots, which cron believes it has just done.
BOOT = r"""set -e
systemctl stop cron
install -d -m 1777 /run/lab-cron
for u; do
    printf '%s\n' "@reboot $u echo \$(id -un) cc=\$KRB5CCNAME >/run/lab-cron/${u%@*}" \
        >"/etc/cron.d/lab-${u%%@*}"
done
rm -f /run/crond.reboot
systemctl start cron
"""
UNBOOT = "rm -rf /run/lab-cron /etc/cron.d/lab-*"


def test_cron_runs_the_jobs_of_who_might_log_in_with_a_key(lab, access):
    users = ["localuser", full("alice")] + [full(who) for who in BY_KEY]
    journal = lab.journal()
    try:
        lab.sh(BOOT, *users)
        for who in BY_KEY:
            line = journal.wait_for(r"pam_lightwave\(cron:account\): \w+ %s for"
                                    " service cron: " % full(who), "CRON")
            state, = [s for s in STATES.values() if s.who == who]
            assert (" accepted " in line) == state.by_key, line
        ran = {"localuser", "alice"} | {
            s.who for s in STATES.values() if s.by_key}
        wait_until(lambda: set(lab.sh("find /run/lab-cron -type f -size +0 "
                                      "-printf '%f\\n'").lines) == ran,
                   10, "the jobs")
        # As themselves, and without a ticket.
        out = lab.sh("cat /run/lab-cron/*").lines
        assert sorted(out) == sorted(["localuser cc="] + [
            full(who) + " cc=" for who in ran - {"localuser"}])
    finally:
        lab.sh(UNBOOT)


# --- sudo, in a session that is already open ---------------------------------

# what the administrator does and undoes, whether a rule that wants no password
# still holds, at how many prompts sudo takes one
CHANGES = [("disable", "enable", False, 3), ("expire", "renew", False, 1),
           ("lock", "unlock", True, 3)]


def test_sudo_in_an_open_session_asks_for_the_state_again(lab, new_user):
    def check(user, verb, undo, nopasswd, prompts):
        with lab.member("platform", user.name), \
                lab.shell(user.full, user.password) as shell:
            assert shell.sudo("whoami").out == "root"
            lab.admin("user", verb, user.name)
            assert (shell.sudo("whoami").rc == 0) == nopasswd, verb
            done = shell.sudo("cat /etc/sudoers", *[user.password] * prompts)
            assert done.rc == 1 and "%wheel" not in done.out, verb
            lab.admin("user", undo, user.name)
            assert shell.sudo("whoami").out == "root", verb

    at_once([lambda args=(new_user(), *change): check(*args)
             for change in CHANGES])


# --- the warning before the end ----------------------------------------------

# The lab's five days are five and an hour; what has begun is counted whole.
SOON = "Your password expires in 6 days."


def test_whose_password_ends_soon_is_told_so_once_a_day(lab, user):
    lab.admin("user", "expire", user.name, "--in", "5")
    done = [lab.ssh(user.full, user.password, "echo I am in", how) for how in (
        "keyboard-interactive", "password", "keyboard-interactive")]
    assert all(d.rc == 0 and "I am in" in d.out for d in done)
    assert [d.out.count(SOON) for d in done] == [1, 0, 0], done


def test_whom_it_is_said_before_the_end_is_the_administrators_to_say(
        lab, config, user):
    lab.admin("user", "expire", user.name, "--in", "5")
    for days, told in (("4", 0), ("0", 0), ("7", 1)):
        config.add("[password]\nwarn_days = %s\n" % days)
        done = lab.ssh(user.full, user.password, "echo I am in",
                       "keyboard-interactive")
        assert done.rc == 0 and done.out.count(SOON) == told, done.out
