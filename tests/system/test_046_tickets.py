"""Whose tickets the host believes: the machine's own key has to vouch for them.
What is in the way costs the ticket and never the login, unless require_ticket
is set; then it costs the login, and both say which it was.
"""
import contextlib
import re

import pytest

from lab import full, wait_until
from sessions import SEE, assert_no_ticket, assert_ticket, ccache, field
from settings import configured

KEYTAB = "/etc/lightwave/machine.keytab"
MACHINE = "photon.lightwave.test@LIGHTWAVE.TEST"
PRIV, AUTH, NOTICKET = "/run/lightwave/priv", "32", "status 16"
KBD = "keyboard-interactive"

NO_KEYTAB = "no ticket: no usable machine keytab to verify it with"
UNVERIFIED = "no ticket: the machine keytab does not vouch for it"
NO_KDC = "no ticket: no KDC answered"
SKEW = "no ticket: clock skew too great"
REFUSED = "no ticket: the KDC refused"


def make_keytab(lab, principal, password, kvno=0):
    """The file, in base64."""
    return lab.dc1("bash", "-c", '''f=$(mktemp -u)
        ktutil >/dev/null && base64 "$f"; rm -f "$f"'''.replace(
            "ktutil", '(cat; echo "wkt $f") | ktutil'),
        input="addent -password -p %s -k %d -e aes256-cts-hmac-sha1-96\n%s\n"
        % (principal, kvno, password)).out


@contextlib.contextmanager
def keytab(lab, data):
    """This in the place of the machine's own; None: nothing."""
    kept = KEYTAB + ".kept"
    lab.photon("mv", KEYTAB, kept)
    try:
        if data is not None:
            lab.sh('base64 -d >"$1" && chown --reference="$2" "$1" && '
                   'chmod 0640 "$1"', KEYTAB, kept, input=data)
        yield
    finally:
        lab.photon("mv", kept, KEYTAB)


def other_hosts_keytab(lab):
    return keytab(lab, make_keytab(lab, "host2.lightwave.test@LIGHTWAVE.TEST",
                                   "No7%keys-password"))


def stale_keytab(lab):
    """Of another password than the one that the machine has now."""
    return keytab(lab, make_keytab(lab, MACHINE, "No7%longer-its-own"))


@contextlib.contextmanager
def false_kdc(lab):
    """It knows alice's password, and nobody's key."""
    lab.admin("kdc", "fake", "on", "alice", password=lab.password("alice"))
    try:
        yield
    finally:
        lab.admin("kdc", "fake", "off")


@contextlib.contextmanager
def no_kdc(lab):
    lab.admin("kdc", "stop")
    try:
        yield
    finally:
        lab.admin("kdc", "start")


def skew(seconds):
    @contextlib.contextmanager
    def skewed(lab):
        lab.admin("kdc", "skew", str(seconds))
        try:
            yield
        finally:
            lab.admin("kdc", "skew", "0")
    return skewed


AHEAD = "The clock of this host is 15 minutes ahead of the domain's; "
BEHIND = "The clock of this host is 12 minutes behind the domain's; "
# what is wrong, what the log says, what the user is told of it
WRONGS = {
    "no keytab": (lambda lab: keytab(lab, None), NO_KEYTAB, None),
    "an empty keytab": (lambda lab: keytab(lab, ""), NO_KEYTAB, None),
    "not a keytab": (lambda lab: keytab(lab, "bm9uZQ=="), NO_KEYTAB, None),
    "another host's keytab": (other_hosts_keytab, NO_KEYTAB, None),
    "a stale keytab": (stale_keytab, UNVERIFIED, None),
    "a false KDC": (false_kdc, UNVERIFIED, None),
    "no KDC": (no_kdc, NO_KDC, None),
    "a clock ahead": (skew(-900), SKEW, AHEAD),
    "a clock behind": (skew(720), SKEW, BEHIND),
}
# Those that differ from others by the file alone are asked about at the
# socket: a refusal takes its time.
ALIKE = ["an empty keytab", "not a keytab", "another host's keytab"]


@pytest.mark.parametrize("what", WRONGS)
def test_what_is_wrong_costs_the_ticket_and_not_the_login(lab, what):
    wrong, logged, told = WRONGS[what]
    journal = lab.journal()
    with wrong(lab):
        done = lab.ssh(full("alice"), lab.password("alice"), SEE, KBD)
    assert done.rc == 0, done.out
    assert field(done, "id") == "%d %s" % (lab.uid("alice"), full("alice"))
    assert_no_ticket(done)
    journal.wait_for("auth: user %s.*: allowed: %s$" % (full("alice"), logged),
                     "lightwaved")
    journal.wait_for(r"pam_lightwave\(sshd:auth\): %s: %s$" % (
        full("alice"), logged), "sshd")
    assert ("The clock of this host" in done.out) == (told is not None)
    if told:
        assert told + "Kerberos does not work until it is set." in done.out
        journal.wait_for("the clock of this host is .* the KDC's",
                         "lightwaved-worker")
    assert not lab.sh("ls /tmp/krb5cc_%d_* 2>/dev/null; :"
                      % lab.uid("alice")).out


def test_a_false_kdc_that_says_yes_lets_nobody_in(lab, user):
    """It would give a ticket for a password that is not the directory's."""
    lab.admin("kdc", "fake", "on", user.name, password="No7%right-there")
    try:
        done = lab.ssh(user.full, "No7%right-there", "echo I am in")
        assert done.rc == 255 and "I am in" not in done.out
        assert lab.failures(user.name) == 1
    finally:
        lab.admin("kdc", "fake", "off")


def test_the_number_of_a_key_does_not_matter_but_the_key(lab):
    password = lab.secret(lab.photon("cat", "/etc/lightwave/machine.password")
                          .out)
    with keytab(lab, make_keytab(lab, MACHINE, password, 9)):
        done = lab.ssh(full("alice"), lab.password("alice"), SEE)
    assert_ticket(lab, done, "alice")


def test_two_minutes_cost_nothing_and_nobody_is_told(lab):
    with skew(120)(lab):
        done = lab.ssh(full("alice"), lab.password("alice"), SEE, KBD)
    assert_ticket(lab, done, "alice")
    assert "clock" not in done.out


def test_a_kdc_that_does_not_answer_costs_seconds(lab):
    """Port 88 is dropped: the verdict is the directory's."""
    lab.photon("nft", "-f", "-", input="""
        table inet labtest {
        chain out {
            type filter hook output priority 0
            udp dport 88 drop
            tcp dport 88 drop
        }
        }
        """)
    try:
        done = lab.ssh(full("alice"), lab.password("alice"), SEE)
        assert done.rc == 0, done.out
        assert_no_ticket(done)
        assert done.seconds < 10
    finally:
        lab.photon("nft", "delete", "table", "inet", "labtest")
    wait_until(lambda: ccache(lab.ssh(full("alice"), lab.password("alice"),
                                      SEE)), 30, "tickets")


# --- what is asked of the KDC ------------------------------------------------

def test_rc4_is_neither_asked_for_nor_had(lab):
    kdc = lab.kdc_log()
    done = lab.ssh(full("alice"), lab.password("alice"), "klist -ef")
    assert "Etype (skey, tkt): aes256-cts-hmac-sha1-96, " \
        "aes256-cts-hmac-sha1-96" in done.out, done.out
    asked = kdc.lines("AS_REQ", "alice@") + kdc.lines("TGS_REQ", "alice@")
    assert len(asked) == 3
    for line in asked:
        etypes = re.search(r"etypes \{(.*?)\}", line).group(1)
        assert "aes256-cts-hmac-sha1-96(18)" in etypes
        assert not re.search("arcfour|des|DEPRECATED|UNSUPPORTED|camellia",
                             etypes)


def test_who_has_an_rc4_key_alone_has_no_ticket(lab, user):
    lab.dc1("kadmin.local", input="cpw -e arcfour-hmac:normal -pw %s %s\n"
            % (user.password, user.name))
    # The KDC would give him one.
    kinit = lab.dc1("sh", "-c", 'kinit -c MEMORY: "$1"', "-", user.name,
                    input=user.password + "\n", check=False)
    assert kinit.rc == 0, kinit.err
    journal = lab.journal()
    done = lab.ssh(user.full, user.password, SEE)
    assert done.rc == 0, done.out
    assert_no_ticket(done)
    journal.wait_for("auth: user %s.*: allowed: %s$" % (user.full, REFUSED),
                     "lightwaved")


def test_a_renewal_is_never_asked_for(lab, user):
    """vmdir gives renewable tickets only when told so, and dies of the renewal
    of another."""
    kdc = lab.kdc_log()
    with lab.shell(user.full, user.password) as shell:
        flags = re.search(r"Flags: (\w+)", shell.run("klist -f").out).group(1)
        assert "I" in flags and "R" not in flags
        assert "renew until" not in shell.run("klist").out
        assert shell.run("klist -s").rc == 0
    asked = kdc.lines("TGS_REQ", user.name + "@")
    assert [line.rpartition(" for ")[2] for line in asked] == [MACHINE]


# --- require_ticket, in force until the end of this file -----------------------

@pytest.fixture(scope="module")
def required(lab):
    with configured(lab) as config:
        config.add("[kerberos]\nrequire_ticket = yes\n")
        yield


@pytest.mark.parametrize("what", [w for w in WRONGS if w not in ALIKE])
def test_where_a_ticket_is_required_it_costs_the_login(lab, required, what):
    wrong, _, told = WRONGS[what]
    journal = lab.journal()
    with wrong(lab):
        done = lab.ssh(full("alice"), lab.password("alice"), "echo I am in",
                       KBD)
    assert done.rc == 255 and "I am in" not in done.out, done.out
    reason = "no ticket, which is required"
    if told:
        assert told + "nobody can log in until it is set." in done.out
        reason += ": clock skew too great"
    else:
        assert "This host lets nobody in without a Kerberos ticket, and " \
            "there was none to be had." in done.out
    journal.wait_for("auth: user %s.*: %s" % (full("alice"), reason),
                     "lightwaved")
    line = journal.wait_for(r"pam_lightwave.sshd:auth.: refused %s for service"
                            " sshd: %s" % (full("alice"), reason), "sshd")
    seconds = re.search(r"\((-?\d+) s\)$", line)
    assert (seconds is not None) == (told is not None)
    if seconds:
        assert abs(abs(int(seconds.group(1))) -
                   (900 if told == AHEAD else 720)) <= 2
    # The password was right: nothing was counted against her.
    assert lab.failures("alice") == 0


@pytest.mark.parametrize("what", ALIKE)
def test_where_a_ticket_is_required_no_such_keytab_will_do(
        lab, required, what):
    with WRONGS[what][0](lab):
        answer = lab.perl("ask.pl", PRIV, AUTH, full("alice"), "env:PW",
                          "sshd", "", env={"PW": lab.password("alice")})
    assert answer.out == NOTICKET


def test_where_a_ticket_is_required_who_has_one_gets_in(lab, required):
    done = lab.ssh(full("alice"), lab.password("alice"), SEE)
    assert done.rc == 0, done.out
    assert_ticket(lab, done, "alice")
