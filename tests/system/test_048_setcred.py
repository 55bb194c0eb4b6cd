"""Whose credential cache is where, from the first to the last moment of a
session, whatever way somebody came by it.
"""
import contextlib

import pytest

import terminal
from lab import at_once, full, wait_until
from sessions import (SEE, assert_no_ticket, assert_ticket, authorized, caches,
                      ccache, field, until_tickets)

PRIV, AUTH = "/run/lightwave/priv", "32"
SCRIPT = "/opt/lab/see"
RUN = "sh " + SCRIPT
OPTIONS = ["/etc/pam.d/system-auth", "/etc/pam.d/system-session"]


@pytest.fixture(scope="module", autouse=True)
def script(lab):
    """What sessions.py looks for, for programs that take no long command."""
    lab.sh('cat >"$1" && chmod 0644 "$1"', SCRIPT, input=SEE)
    yield
    lab.photon("rm", SCRIPT)


# way in: who comes in by it, whether he has a ticket then. Each has somebody
# of his own, whose caches can be told from the others'.
WAYS = {
    "password": ("alice", True), "keyboard-interactive": ("bob", True),
    "publickey": ("carol", False), "login": ("many", True),
    "su - by root": ("jürgen", False), "su - by another": ("spare0", True),
    "su by another": ("spare1", True), "sudo -u by another": ("spare2", False),
}


@pytest.fixture(scope="module")
def seen(lab, key, spare):
    """{way in: what he saw}"""
    local = lab.password("LOCAL_LOCALUSER")
    until_tickets(lab)

    def name(way):
        who = WAYS[way][0]
        return spare[int(who[-1])].name if who.startswith("spare") else who

    def secret(way):
        who = WAYS[way][0]
        return spare[int(who[-1])].password if who.startswith("spare") \
            else lab.password(who)

    def sudo(way):
        with lab.shell("localuser", local) as shell:
            return shell.sudo("-u %s %s" % (full(name(way)), RUN), local)

    calls = {
        "password": lambda way: lab.ssh(full(name(way)), secret(way), SEE),
        "keyboard-interactive": lambda way: lab.ssh(
            full(name(way)), secret(way), SEE, way),
        "publickey": lambda way: lab.ssh(full(name(way)), None, SEE, way, key),
        "login": lambda way: terminal.login(lab, full(name(way)), secret(way),
                                            RUN),
        "su - by root": lambda way: lab.photon("su", "-", full(name(way)),
                                               "-c", RUN),
        "su - by another": lambda way: terminal.su(
            lab, full(name(way)), secret(way), RUN),
        "su by another": lambda way: terminal.talk(
            lab, terminal.on_photon("su", full(name(way)), "-c", RUN,
                                    user="localuser"),
            (terminal.PASSWORD, secret(way))),
        "sudo -u by another": sudo,
    }
    def again(way, done):
        """The lab's KDC sleeps a second when its database is being written to
        (krb5_db2_lock()): whom it let wait has no ticket, and is not the
        point here."""
        for _ in range(2):
            if not WAYS[way][1] or "krbtgt/" in done.out:
                break
            print("%s: no ticket; once more" % way)
            until_tickets(lab)
            done = calls[way](way)
        return done

    with authorized(lab, key, "carol"):
        done = at_once([lambda way=way: calls[way](way) for way in WAYS])
    return {way: (name(way), again(way, d)) for way, d in zip(WAYS, done)}


@pytest.mark.parametrize("way", WAYS)
def test_who_typed_his_password_has_a_cache_of_his_own_and_nobody_else(
        lab, seen, way):
    who, done = seen[way]
    assert field(done, "id") == "%d %s" % (lab.uid(who), full(who)), done.out
    if WAYS[way][1]:
        assert_ticket(lab, done, who)
    else:
        assert_no_ticket(done)


@pytest.mark.parametrize("way", WAYS)
def test_the_cache_is_gone_when_the_session_is_over(lab, seen, way):
    mine = "/tmp/krb5cc_%d_" % lab.uid(seen[way][0])
    wait_until(lambda: not [c for c in caches(lab) if c.startswith(mine)],
               5, "the caches to go")


def test_two_sessions_have_two_caches_and_end_each_its_own(lab):
    name = "echo ${KRB5CCNAME#FILE:}"
    with lab.shell(full("alice"), lab.password("alice")) as one:
        with lab.shell(full("alice"), lab.password("alice"),
                       "keyboard-interactive") as two:
            paths = {one.run(name).out, two.run(name).out}
            assert len(paths) == 2 and paths <= set(caches(lab))
            # A third on top of it, and gone before both.
            for _ in range(3):
                third = two.run("su %s -c '%s' 2>&1" % (full("alice"), name),
                                [lab.password("alice")]).lines[-1]
                if third not in paths:
                    break
                until_tickets(lab)  # the KDC let him wait
            assert third.startswith("/tmp/krb5cc_") and third not in paths
            wait_until(lambda: third not in caches(lab), 5, "the third to go")
            assert paths <= set(caches(lab))
        first = one.run(name).out
        wait_until(lambda: not (paths - {first}) & set(caches(lab)), 5,
                   "the second to go")
        assert first in caches(lab) and one.run("klist -s").rc == 0
    wait_until(lambda: first not in caches(lab), 5, "the first to go")


def test_each_of_several_logins_at_once_has_a_ticket(lab, user):
    """And whoever types wrong passwords in her name meanwhile takes none."""
    done = at_once([
        lambda: lab.ssh(user.full, user.password, SEE)] * 3 + [
        lambda: lab.ssh(user.full, "No7%body-has-it")] + [
        lambda: lab.ssh(user.full, user.password, SEE,
                        "keyboard-interactive")] * 3, 7)
    assert [d.rc for d in done] == [0, 0, 0, 255, 0, 0, 0]
    del done[3]
    for d in done:
        assert_ticket(lab, d, user.name)
    assert len({ccache(d) for d in done}) == len(done)


# --- sudo: nothing of the caller's becomes the target's ----------------------

@pytest.mark.parametrize("command, typed", [
    ("sudo -n id", False), ("sudo -k -S -p 'sudo password: ' sh -c id", True)],
    ids=["NOPASSWD", "with her password"])
def test_sudo_leaves_the_callers_cache_alone_and_makes_none(
        lab, command, typed):
    with lab.shell(full("alice"), lab.password("alice")) as shell:
        before, stamp = caches(lab), stamps(lab)
        done = shell.run(command, [lab.password("alice")] if typed else [])
        assert done.rc == 0 and "uid=0(root)" in done.out
        assert caches(lab) == before and stamps(lab) == stamp
        assert shell.run("klist -s").rc == 0
    assert not [c for c, owner in before.items() if owner.split()[1] == "0"]


def stamps(lab):
    return lab.sh("stat -c '%n %i %z' /tmp/krb5cc_* 2>/dev/null; :").out


def test_roots_shell_knows_of_her_cache_only_what_sudo_itself_kept(lab):
    """sudo's env_keep has KRB5CCNAME; with env_reset alone there is none."""
    see = "sudo -k -S -p 'sudo password: ' sh -c 'echo cc=$KRB5CCNAME'"
    drop = "/etc/sudoers.d/lab-no-ccname"
    with lab.shell(full("alice"), lab.password("alice")) as shell:
        mine = shell.run("echo cc=$KRB5CCNAME").out
        assert shell.run(see, [lab.password("alice")]).out == mine
        lab.sh("echo 'Defaults env_keep -= KRB5CCNAME' >%s; chmod 440 %s"
               % (drop, drop))
        try:
            assert shell.run(see, [lab.password("alice")]).out == "cc="
            done = shell.sudo("klist", lab.password("alice"))
            assert done.rc == 1 and "/tmp/krb5cc_0" in done.out
        finally:
            lab.photon("rm", drop)


@pytest.fixture
def roots_own(lab):
    """Root has a ticket himself, bob's as it happens."""
    path = "/tmp/krb5cc_root_lab"
    lab.photon("kinit", "-c", path, "bob", input=lab.password("bob") + "\n")
    yield path
    lab.photon("rm", "-f", path)


def test_nothing_of_roots_becomes_hers(lab, roots_own):
    env = {"KRB5CCNAME": "FILE:" + roots_own}
    before = lab.photon("sha256sum", roots_own).out
    done = lab.photon("su", "-", full("alice"), "-c", RUN, env=env)
    assert_no_ticket(done)
    # su without a dash hands its environment on, and the file stays root's.
    done = lab.photon("su", full("alice"), "-c", "klist 2>&1; :", env=env)
    assert "bob@" not in done.out and "krbtgt/" not in done.out, done.out
    assert caches(lab)[roots_own] == "600 0 0"
    assert lab.photon("sha256sum", roots_own).out == before
    assert lab.photon("klist", "-s", "-c", roots_own).rc == 0


def test_a_ticket_that_lies_ready_is_for_nobody_who_did_not_type(lab, user):
    """She has just given her password somewhere, and it was not fetched."""
    assert lab.perl("ask.pl", PRIV, AUTH, user.full, "env:PW", "sshd", "",
                    env={"PW": user.password}).lines[0] == "status 0"
    assert_no_ticket(lab.photon("su", "-", user.full, "-c", RUN))
    with lab.shell("localuser", lab.password("LOCAL_LOCALUSER")) as shell:
        assert_no_ticket(shell.sudo("-u %s %s" % (user.full, RUN),
                                    lab.password("LOCAL_LOCALUSER")))
    assert not [c for c in caches(lab) if "_%d_" % lab.uid(user.name) in c]


# --- what the administrator and other programs ask for -----------------------

@contextlib.contextmanager
def keep_ccache(lab):
    lab.sh('''for f; do cp -p "$f" "$f.kept"
        sed -i 's/pam_lightwave.so.*/& keep_ccache/' "$f"; done''', *OPTIONS)
    try:
        yield
    finally:
        lab.sh('for f; do mv "$f.kept" "$f"; done', *OPTIONS)


def test_keep_ccache_keeps_it(lab, user):
    journal = lab.journal()
    with keep_ccache(lab):
        done = lab.ssh(user.full, user.password, SEE)
        assert_ticket(lab, done, user.name)
        journal.wait_for("session closed for user " + user.full, "sshd")
        done2 = terminal.su(lab, user.full, user.password, RUN)
        assert_ticket(lab, done2, user.name)
        kept = {ccache(done), ccache(done2)}
        try:
            assert len(kept) == 2 and kept <= set(caches(lab))
            assert lab.photon("klist", "-s", "-c", ccache(done)).rc == 0
        finally:
            lab.photon("rm", "-f", *kept)


def pamtester(lab, user, *operations, ccname=None):
    options = ["-E", "KRB5CCNAME=" + ccname] if ccname else []
    return lab.photon("pamtester", *options, "login", user.full,
                      "authenticate", *operations,
                      input=user.password + "\n")


@pytest.mark.parametrize("flag", ["PAM_REFRESH_CRED", "PAM_REINITIALIZE_CRED"])
def test_who_authenticates_again_has_a_fresh_ticket_in_his_old_cache(
        lab, user, flag):
    """As a locked screen does it."""
    with lab.shell(user.full, user.password) as shell:
        path = shell.run("echo ${KRB5CCNAME#FILE:}").out
        before, stamp = caches(lab), stamps(lab)
        old = lab.photon("sha256sum", path).out
        pamtester(lab, user, "setcred(%s)" % flag, ccname="FILE:" + path)
        assert caches(lab) == before and stamps(lab) != stamp
        assert lab.photon("sha256sum", path).out != old
        assert shell.run("klist -s").rc == 0


def test_without_a_session_the_cache_stays_and_with_one_it_goes(lab, user):
    mine = "/tmp/krb5cc_%d_" % lab.uid(user.name)
    pamtester(lab, user, "setcred(PAM_ESTABLISH_CRED)", "open_session",
              "close_session")
    assert not [c for c in caches(lab) if c.startswith(mine)]
    pamtester(lab, user, "setcred(PAM_ESTABLISH_CRED)")
    path, = [c for c in caches(lab) if c.startswith(mine)]
    assert caches(lab)[path] == "600 %d 545" % lab.uid(user.name)
    lab.photon("rm", path)
