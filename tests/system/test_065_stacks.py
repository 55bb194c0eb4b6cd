"""Photon's PAM stack as lightwave-enable makes it and Debian's with
pam-auth-update's profiles, through every program that logs somebody in, while
our daemons are well, dead or hanging: local accounts notice nothing, and nobody
of the directory gets in unjudged.
"""
import concurrent.futures
import secrets
import statistics

import pytest

from lab import full, new_password, wait_until
from stacks import NAMES, STATES, TREES, People, Stacks

LOCAL = ("root", "localuser")
PROGRAMS = ("passwd", "su", "sudo", "login", "sshd", "cron")
MARGIN_MS = 50
SAMPLES = 3
WRONG = "No7%body-has-it"
NO_SHADOW = "cannot retrieve authentication info"

both_stacks = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def member(lab):
    """A user who may log in, use sudo, and change his password."""
    name, first = "s" + secrets.token_hex(4), new_password()
    lab.admin("user", "add", name, password=first)
    try:
        for group in ("DockerUsers", "platform"):
            lab.admin("group", "addmember", group, name)
        wait_until(lambda: lab.known(name), 30, name)
        yield full(name), first
    finally:
        lab.admin("user", "del", name)
        lab.photon("rm", "-rf", "/home/lightwave.test/" + name)


@pytest.fixture(scope="module")
def host(lab, member):
    people = People(lab)
    for user in LOCAL:
        people.add(user, lab.password("LOCAL_" + user), new_password())
    people.add(*member, new_password())
    with Stacks(lab, people) as host:
        yield host


@pytest.fixture(scope="module")
def who(member):
    return member[0]


# --- the stacks; all is well -------------------------------------------------

@both_stacks
def test_a_refusal_is_not_for_pam_unix_to_overrule(host, who, name):
    stack = host[name, "on"]
    run = stack.pam("stacks-permit", who, "authenticate", secret=WRONG)
    assert run.rc != 0 and "Authentication failure" in run.text
    for refused in ("nina", "dora"):
        run = stack.pam("stacks-permit", full(refused), "acct_mgmt")
        assert run.rc != 0, run
    # Whom we do not know it does let in.
    assert stack.pam("stacks-permit", "localuser", "authenticate",
                     "acct_mgmt").rc == 0


@both_stacks
def test_a_password_that_must_be_changed_is_said_to_be(
        lab, host, user, name):
    lab.admin("user", "reset", user.name)
    run = host[name, "on"].pam("sshd", user.full, "authenticate", "acct_mgmt",
                               secret=user.password)
    assert "successfully authenticated" in run.text
    assert "Authentication token is no longer valid; new one required" in \
        run.text


@both_stacks
def test_local_accounts_must_still_pass_pam_unix(lab, host, name):
    stack, clash = host[name, "on"], full("clash")
    assert stack.pam("sshd", clash, "authenticate", "acct_mgmt",
                     secret=lab.password("LOCAL_CLASH")).rc == 0
    run = stack.pam("sshd", clash, "authenticate", secret=WRONG)
    assert run.rc != 0 and "Authentication failure" in run.text
    lab.photon("chage", "-E", "1", clash)
    try:
        run = stack.pam("sshd", clash, "acct_mgmt")
        assert run.rc != 0 and "account has expired" in run.text
    finally:
        lab.photon("chage", "-E", "-1", clash)


def test_pam_unix_by_itself_lets_no_directory_user_in(lab, host, who):
    stack = host["photon", "on"]
    stack.service("stacks-unix", "account required pam_unix.so")
    assert lab.getent("passwd", who).out.split(":")[1] == "x"
    assert lab.getent("shadow", who).rc == 2
    # Nor does another process of root's help, that was let in just now.
    assert stack.pam("sshd", who, "acct_mgmt").rc == 0
    assert lab.getent("shadow", who).rc == 2
    for caller in ("root", who):
        run = stack.pam("stacks-unix", who, "acct_mgmt", caller=caller)
        assert run.rc != 0 and NO_SHADOW in run.text, (caller, run)
    assert stack.pam("stacks-unix", "localuser", "acct_mgmt").rc == 0


@pytest.mark.parametrize("name, lines", [
    ("photon", ["account include system-account",
                "account required pam_unix.so"]),
    ("photon", ["account substack system-account",
                "account required pam_unix.so"]),
    ("debian", ["@include common-account",
                "account required pam_unix.so"])])
def test_pam_unix_after_us_is_no_obstacle(host, who, name, lines):
    stack = host[name, "on"]
    stack.service("stacks-after", *lines)
    for user in ("root", "localuser", who):
        run = stack.pam("stacks-after", user, "acct_mgmt")
        assert run.rc == 0, run
    assert stack.pam("stacks-after", full("nina"), "acct_mgmt").rc != 0


def test_local_passwords_change_without_pam_pwquality_too(host):
    measured(host["debian", "bare"], ["passwd"], 2)


def test_disabling_the_profiles_gives_back_debians_own_files(lab, host):
    lab.sh("""set -e
        cd "$1/debian"
        cp -a bare back
        export DEBIAN_FRONTEND=noninteractive
        pam-auth-update --root back --enable pwquality
        pam-auth-update --root back --disable lightwave lightwave-password
        diff -r -x 'stacks-*' off/etc/pam.d back/etc/pam.d
        """, TREES)


# --- local accounts, and how long they take ----------------------------------

def measured(stack, programs, count):
    """{(program, user): milliseconds} of count runs; each let him in."""
    stack.hash_passwords()
    keys = [(p, u) for p in programs if p != "cron" for u in LOCAL]
    # passwd goes there and back.
    found = stack.drive(*(getattr(stack, p)(
        count + count % 2 if p == "passwd" else count, u) for p, u in keys))
    if "cron" in programs:
        keys += [("cron", u) for u in LOCAL]
        found += stack.cron(count, *LOCAL)
    for (program, user), runs in zip(keys, found, strict=True):
        assert len(runs) >= count
        for run in runs:
            assert run.rc == 0, (program, user, run)
            assert program in ("passwd", "cron") or \
                "in: %s\n" % user in run.text + "\n", (program, user, run)
    return {key: [run.ms for run in runs] for key, runs in zip(keys, found)}


def by_turns(host, name, programs):
    """Samples without us and samples with us."""
    both = {"off": {}, "on": {}}
    for _ in range(3):
        for state, ms in both.items():
            for key, more in measured(host[name, state], programs, 2).items():
                ms.setdefault(key, []).extend(more)
    return both["off"], both["on"]


@pytest.fixture(scope="module")
def without_us(host):
    return {name: measured(host[name, "off"], PROGRAMS, SAMPLES)
            for name in NAMES}


def slower(before, now):
    """Who waits longer than before, by more than the margin, and for what."""
    return [key for key in now if statistics.median(now[key]) >
            statistics.median(before[key]) + MARGIN_MS]


# --- the daemons, and what becomes of a directory user -----------------------

class State:
    """A state of the daemons; found: what a directory user met with in it."""

    def __init__(self, lab, name, host, who):
        self.name, self.host, self.who = name, host, who
        self.journal = lab.journal()
        self.pool = concurrent.futures.ThreadPoolExecutor(16)
        self.found = {}
        for stack in NAMES:
            for program in EXPECTED[name]:
                if program != "passwd" or name != "alive":
                    self.found[stack, program] = self.pool.submit(
                        self.run, host[stack, "on"], program)
            if name == "alive":
                self.change_password(stack)
        # Those who wait for a worker disturb nobody meanwhile.
        if name != "worker hung":
            concurrent.futures.wait(self.found.values())

    def run(self, stack, program):
        if program == "cron":
            patience = 20 if EXPECTED[self.name]["cron"] == IN else 2
            return stack.cron(1, self.who, patience=patience)[0][0]
        if program == "permit":
            return stack.pam("stacks-permit", self.who, "authenticate",
                             secret=stack.people.secret[self.who])
        return stack.drive(getattr(stack, program)(1, self.who))[0][0]

    def change_password(self, stack):
        """After all others, who type the old one."""
        concurrent.futures.wait(self.found.values())
        done = self.found[stack, "passwd"] = self.pool.submit(
            self.run, self.host[stack, "on"], "passwd")
        if not done.exception() and done.result().rc == 0:
            people = self.host.people
            people.add(self.who, people.spare[self.who], new_password())


IN = object()
UNREACHABLE = "The directory cannot be reached; your password could not be " \
    "checked."
UNCHANGED = "The directory cannot be reached; passwords cannot be changed now."
NO_WORKER = {"sshd": UNREACHABLE, "login": UNREACHABLE, "su": UNREACHABLE,
             "permit": UNREACHABLE, "sudo": "Sorry, try again.",
             "passwd": UNCHANGED}
# Whose name is known still, from the map; but nobody can judge him.
NO_FRONT = {**NO_WORKER, "cron": ""}
EXPECTED = {
    "alive": dict.fromkeys(PROGRAMS, IN),
    # A known user's jobs are judged by what was last known of him.
    "worker dead": {**NO_WORKER, "cron": IN},
    "worker hung": NO_WORKER,
    "front dead": NO_FRONT, "front hung": NO_FRONT,
}
SECONDS = {"alive": 10, "worker dead": 6, "worker hung": 32, "front dead": 6,
           "front hung": 10}
# Without a front there is no prompt to hang up at: sudo goes through PAM three
# times, and after each waits the one to three seconds of pam_fail_delay(3).
TRIES = {("front dead", "sudo"): 3, ("front hung", "sudo"): 3}
LOGGED = {
    "alive": "accepted %s for service login: success",
    "worker dead": "refused %s for service login: "
                   "lightwaved-worker does not answer",
    "worker hung": "refused %s for service login: (directory not reachable|"
                   "lightwaved-worker does not answer)",
    "front dead": "refused %s for service login: lightwaved does not answer",
    "front hung": "refused %s for service login: lightwaved does not answer",
}


@pytest.fixture(scope="module", params=STATES)
def state(lab, host, who, without_us, request):
    with STATES[request.param](lab):
        yield State(lab, request.param, host, who)


@both_stacks
def test_local_accounts_log_in_as_quickly_as_without_us(
        state, host, without_us, name):
    before = dict(without_us[name])
    now = measured(host[name, "on"], PROGRAMS, SAMPLES)
    # A busy machine is slow without us, too: both are asked again, by turns.
    for _ in range(5):
        late = slower(before, now)
        if late:
            off, on = by_turns(host, name, {program for program, _ in late})
            before.update((key, off[key]) for key in late)
            now.update((key, on[key]) for key in late)
    for key in now:
        print("%s, %s, %s: %.0f ms, without us %.0f ms" % (
            state.name, name, ", ".join(key), statistics.median(now[key]),
            statistics.median(before[key])))
    assert [(key, before[key], now[key])
            for key in slower(before, now)] == []


def test_directory_users_get_in_while_all_is_well_and_else_are_told_why_not(
        state):
    for (stack, program), done in state.found.items():
        run, expected = done.result(), EXPECTED[state.name][program]
        print("%s, %s, %s, directory user: %.0f ms, status %d: %s" % (
            state.name, stack, program, run.ms, run.rc,
            " / ".join(run.text.splitlines()[-3:])))
        assert run.ms < SECONDS[state.name] * 1000 * TRIES.get(
            (state.name, program), 1), run
        if expected == IN:
            assert run.rc == 0, run
            assert program in ("passwd", "cron") or \
                "in: %s\n" % state.who in run.text + "\n", run
        else:
            assert run.rc != 0 and "in: " + state.who not in run.text, run
            assert expected in run.text, run


def test_the_log_says_which_of_our_daemons_is_away(state):
    state.found["debian", "login"].result()
    state.journal.wait_for("pam_lightwave.login:auth.: %s$" % (
        LOGGED[state.name] % state.who), "login")


def test_no_ticket_outlives_its_session(lab, state):
    concurrent.futures.wait(state.found.values())
    uid = state.host.people.ids[state.who][0]
    wait_until(lambda: not lab.sh("ls /tmp/krb5cc_$1_* 2>/dev/null; :",
                                  uid).out, 10, "the tickets to go")
