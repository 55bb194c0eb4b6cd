"""Logins with a Kerberos ticket and nothing else: whose ticket opens which
account, and what a name that somebody gave himself does not open. Everybody
here has a real ticket, of a principal that the KDC has; stock libkrb5 stands
beside ours wherever it would say yes.
"""
import contextlib
import secrets

import pytest

import controllers
from lab import DCS, full, new_password, wait_until

REALM = "LIGHTWAVE.TEST"
PIECE = "/etc/krb5.conf.d/lightwave.conf"
ASIDE = "/root/lightwave.conf.aside"
DROP_IN = "/etc/ssh/sshd_config.d/00-test.conf"
SHOW = 'id -un; echo "ccname=$KRB5CCNAME"; klist 2>/dev/null; :'
REFUSAL = "lightwave_localauth: a ticket of %s does not open %s: "

# The password goes by the environment, and to ldapmodify by a pipe.
REWRITE = '''LDAPTLS_CACERT=/share/photon.lightwave.test/ca.pem ldapmodify -x \\
    -H ldaps://dc1.lightwave.test -D "$1" \\
    -y <(printf %s "$LW_TEST_PASSWORD")'''


def principal(name, realm=REALM):
    """In krb5's spelling: an @ in the name itself has a backslash."""
    return "%s@%s" % (name.replace("@", "\\@"), realm)


@pytest.fixture
def ticket(lab, tmp_path):
    """ticket(PRINCIPAL, PASSWORD): the environment of a client that has it."""
    def get(who, password, config=None):
        env = {"KRB5_CONFIG": str(config or lab.env["LW_LAB_KRB5_CONFIG"]),
               "KRB5CCNAME": "FILE:%s" % (tmp_path / secrets.token_hex(4))}
        lab.run(["kinit", "-f", who], input=lab.secret(password) + "\n",
                env=env)
        return env
    return get


def enter(lab, env, user, command="true", delegate=False):
    """One login by ticket alone. 255 if refused, else the command's status."""
    args = ["ssh", "-F", "none", "-T", "-p", lab.env["LW_LAB_SSH_PORT"],
            "-l", user]
    for option in ("UserKnownHostsFile=" + lab.known_hosts,
                   "GlobalKnownHostsFile=/dev/null", "BatchMode=yes",
                   "StrictHostKeyChecking=yes", "ConnectTimeout=20",
                   "PreferredAuthentications=gssapi-with-mic",
                   "GSSAPIAuthentication=yes",
                   "GSSAPIServerIdentity=photon.lightwave.test",
                   "GSSAPIDelegateCredentials=" + ("no", "yes")[delegate]):
        args += ["-o", option]
    return lab.run(args + ["127.0.0.1", command], env=env, check=False)


def assert_refused(lab, env, who, account):
    """By the plug-in, and not for want of a ticket or in the account phase."""
    journal = lab.journal()
    done = enter(lab, env, account, "id -u")
    assert (done.rc, done.out) == (255, ""), account
    said = (REFUSAL % (who, account)).replace("\\", "\\\\")
    journal.wait_for(said, "sshd")


@contextlib.contextmanager
def stock(lab):
    """libkrb5 as it is without our piece of krb5.conf."""
    lab.photon("mv", PIECE, ASIDE)
    try:
        yield
    finally:
        lab.photon("mv", ASIDE, PIECE)


def uid_of(lab, account):
    return lab.photon("id", "-u", account).out


@pytest.fixture
def root_may_enter(lab):
    """Photon's sshd lets root in by no method; here by all but passwords."""
    lab.sh('echo "PermitRootLogin prohibit-password" >"$1" && '
           'systemctl reset-failed ssh; systemctl restart ssh', DROP_IN)
    try:
        yield
    finally:
        # systemd counts the restarts of a quick run as those of a failure.
        lab.sh('rm -f "$1"; systemctl reset-failed ssh; '
               'systemctl restart ssh', DROP_IN)


# --- who gets in -------------------------------------------------------------

@pytest.mark.parametrize("typed", [
    full("alice"), "ALICE@Lightwave.Test", "LIGHTWAVE.TEST\\alice"])
def test_a_ticket_opens_its_owners_account_and_no_password_is_asked(
        lab, ticket, typed):
    env = ticket("alice", lab.password("alice"))
    done = enter(lab, env, typed, SHOW)
    assert (done.rc, done.out) == (0, full("alice") + "\nccname="), done.err


def test_a_delegated_ticket_goes_with_its_owner_and_ends_with_the_session(
        lab, ticket):
    env = ticket("alice", lab.password("alice"))
    done = enter(lab, env, full("alice"), SHOW + '; stat -c "%u %a" '
                 '"${KRB5CCNAME#FILE:}"', delegate=True)
    assert done.rc == 0, done.err
    assert "Default principal: alice@" + REALM in done.out
    assert "krbtgt/%s@%s" % (REALM, REALM) in done.out
    assert done.lines[-1] == "%d 600" % lab.uid("alice")
    path = done.lines[1].replace("ccname=FILE:", "")
    assert path.startswith("/tmp/krb5cc_")
    wait_until(lambda: lab.photon("test", "-e", path, check=False).rc, 10,
               "sshd to remove it")


def test_a_disabled_account_has_no_principal(lab, ticket, user):
    """Programs without an account phase ask libkrb5 alone."""
    assert enter(lab, ticket(user.name, user.password), user.full).rc == 0
    lab.admin("user", "disable", user.name)
    journal = lab.journal()
    env = ticket(user.name, user.password)  # the KDC does not care
    assert enter(lab, env, user.full).rc == 255
    journal.wait_for("principal %s@.* for user %s: account disabled"
                     % (user.name, user.full), "lightwaved")


def test_the_account_phase_refuses_whom_the_ticket_would_let_in(
        lab, ticket, user):
    assert enter(lab, ticket(user.name, user.password), user.full).rc == 0
    lab.admin("user", "expire", user.name)
    journal = lab.journal()
    env = ticket(user.name, user.password)
    assert enter(lab, env, user.full).rc == 255
    journal.wait_for("Authorized to " + user.full, "sshd")
    journal.wait_for("refused %s for service sshd: .*expired" % user.full,
                     "sshd")


def test_who_has_no_access_gets_none_by_his_ticket(lab, ticket):
    journal = lab.journal()
    env = ticket("nina", lab.password("nina"))
    assert enter(lab, env, full("nina")).rc == 255
    journal.wait_for("Authorized to " + full("nina"), "sshd")
    journal.wait_for("refused %s for service sshd: .*access" % full("nina"),
                     "sshd")


def test_a_locked_account_is_locked_for_passwords_only(lab, ticket, user):
    lab.admin("user", "lock", user.name)
    assert lab.ssh(user.full, user.password).rc == 255
    assert enter(lab, ticket(user.name, user.password), user.full).rc == 0


def test_whoever_is_known_gets_in_while_the_directory_hangs(lab, ticket):
    env = ticket("alice", lab.password("alice"))
    assert enter(lab, env, full("alice")).rc == 0
    assert lab.known("bob")
    try:
        with controllers.hung(lab, *DCS):
            assert enter(lab, env, full("alice")).rc == 0
            assert_refused(lab, env, "alice@" + REALM, full("bob"))
    finally:
        wait_until(lambda: lab.ssh(full("alice"), lab.password("alice")).rc
                   == 0, 60, "alice's login to work again")


# --- who does not ------------------------------------------------------------

def test_nobodys_ticket_opens_anothers_account(lab, ticket):
    bob = ticket("bob", lab.password("bob"))
    assert enter(lab, bob, full("bob")).rc == 0
    for account in (full("alice"), full("clash"), "localuser"):
        assert_refused(lab, bob, "bob@" + REALM, account)
    alice = ticket("alice", lab.password("alice"))
    assert_refused(lab, alice, "alice@" + REALM, full("bob"))


class Mallory:
    """Writes his own entry, as everybody may; in vmdir the name that his
    tickets have is then the new one."""

    def __init__(self, lab, user):
        self.lab, self.user = lab, user
        self.name = user.name

    def become(self, name):
        """Who is called "a@b" has b in his name and not for his realm."""
        ldif = "dn: cn=%s,cn=Users,dc=lightwave,dc=test\n" \
            "changetype: modify\nreplace: userPrincipalName\n" \
            "userPrincipalName: %s@%s\n" % (self.user.name, name, REALM)
        self.lab.dc1("bash", "-c", REWRITE, "bash",
                     "cn=%s,cn=Users,dc=lightwave,dc=test" % self.user.name,
                     input=ldif, env={"LW_TEST_PASSWORD": self.user.password})
        # kadmin.local ends with 0 whatever came of it.
        self.lab.dc1("kadmin.local", "renprinc", "-force",
                     principal(self.name), principal(name))
        self.name = name

    def ticket(self, ticket):
        return ticket(principal(self.name), self.user.password)


@pytest.fixture
def mallory(lab, new_user):
    m = Mallory(lab, new_user("mallory"))
    try:
        yield m
    finally:
        if m.name != m.user.name:
            m.become(m.user.name)
        # Nothing of what the front has learnt outlives the test.
        lab.photon("systemctl", "restart", "lightwaved")
        wait_until(lambda: lab.known("alice"), 10, "lookups to work")


# What he calls himself, and the account that libkrb5 would take that for.
NAMES = {"root": "root", full("clash"): full("clash"),
         full("alice"): full("alice")}


@pytest.mark.parametrize("name", NAMES)
def test_the_name_that_a_user_gave_himself_opens_no_other_account(
        lab, ticket, mallory, root_may_enter, name):
    mallory.become(name)
    env = mallory.ticket(ticket)
    who = "a principal" if "@" in name else principal(name)
    for account in ("root", "localuser", full("alice"), full("clash")):
        assert_refused(lab, env, who, account)
    with stock(lab):
        done = enter(lab, env, NAMES[name], "id -u")
        assert (done.rc, done.out) == (0, uid_of(lab, NAMES[name])), done.err
    assert_refused(lab, env, who, NAMES[name])


def test_who_calls_himself_root_stays_who_he_is(lab, ticket, mallory):
    uid = str(lab.uid(mallory.user.name))
    mallory.become("root")
    done = enter(lab, mallory.ticket(ticket), full("root"), "id -u")
    assert (done.rc, done.out) in ((0, uid), (255, "")), done.err


def test_an_account_of_the_directory_opens_no_local_one_of_its_name(lab,
                                                                    ticket):
    env = ticket("localuser", lab.password("localuser"))
    assert_refused(lab, env, "localuser@" + REALM, "localuser")
    with stock(lab):
        done = enter(lab, env, "localuser", "id -u")
        assert (done.rc, done.out) == (0, "1000"), done.err


def test_k5login_files_count_no_longer(lab, ticket):
    env = ticket("alice", lab.password("alice"))
    lab.sh('echo "$1" >/home/localuser/.k5login && '
           'chown localuser: /home/localuser/.k5login', "alice@" + REALM)
    try:
        assert_refused(lab, env, "alice@" + REALM, "localuser")
        with stock(lab):
            assert enter(lab, env, "localuser").rc == 0
    finally:
        lab.photon("rm", "-f", "/home/localuser/.k5login")


KSU = '''export KRB5CCNAME=FILE:$(mktemp)
    trap 'rm -f "${KRB5CCNAME#FILE:}"' EXIT
    printf '%s\\n' "$LW_TEST_PASSWORD" | kinit "$1" >/dev/null &&
    ksu root -n "$1" -a -c 'id -u' '''


def test_ksu_makes_nobody_root_for_being_called_so(lab, mallory):
    mallory.become("root")

    def ksu():
        return lab.photon("runuser", "-u", "localuser", "--", "bash", "-c",
                          KSU, "bash", "root@" + REALM, check=False,
                          env={"LW_TEST_PASSWORD": mallory.user.password})
    refused = ksu()
    assert (refused.rc, refused.out) == (1, "")
    assert "authorization of root@%s failed" % REALM in refused.err
    with stock(lab):
        assert ksu().lines[-1] == "0"


# --- tickets of another realm ------------------------------------------------

ELSEWHERE = "ELSEWHERE.TEST"
TRUST = ("krbtgt/%s@%s" % (ELSEWHERE, ELSEWHERE),
         "krbtgt/%s@%s" % (REALM, ELSEWHERE))


@pytest.fixture
def elsewhere(lab, tmp_path):
    """A realm whose tickets ours takes: the same KDC's, for a client that
    does not know. elsewhere(NAME, PASSWORD) makes a principal there."""
    config = tmp_path / "krb5.conf"
    text = open(lab.env["LW_LAB_KRB5_CONFIG"]).read()
    kdc = "  kdc = 127.0.0.1:%s\n" % lab.env["LW_LAB_KDC_PORT"]
    config.write_text(text + "\n[realms]\n%s = {\n%s}\n" % (ELSEWHERE, kdc))
    made = list(TRUST)

    def add(name, password):
        made.append("%s@%s" % (name, ELSEWHERE))
        lab.dc1("kadmin.local", input='addprinc -pw "%s" %s\n'
                % (password, made[-1]))
        return config
    for who in TRUST:
        lab.dc1("kadmin.local", "addprinc", "-randkey", who)
    try:
        yield add
    finally:
        for who in made:
            lab.dc1("kadmin.local", "delprinc", "-force", who)


@pytest.mark.parametrize("name", ["alice", "root"])
def test_the_same_name_in_another_realm_is_another_name(
        lab, ticket, elsewhere, root_may_enter, name):
    password = new_password()
    config = elsewhere(name, password)
    who = principal(name, ELSEWHERE)
    env = ticket(who, password, config)
    for account in (full("alice"), "root", "localuser"):
        assert_refused(lab, env, who, account)


# --- walls -------------------------------------------------------------------

def test_the_key_that_forges_tickets_is_roots_alone(lab):
    assert lab.photon("stat", "-c", "%U:%G %a", "/etc/krb5.keytab").out == \
        "root:root 600"
    for user in ("lightwave", "lightwave-worker", "nobody"):
        assert lab.photon("runuser", "-u", user, "--", "cat",
                          "/etc/krb5.keytab", check=False).rc == 1


@pytest.mark.parametrize("user", ["nobody", "lightwave", "lightwave-worker"])
def test_whose_ticket_opens_what_is_told_to_root_alone(lab, user):
    question = ("35", "alice@" + REALM, full("alice"))
    assert lab.perl("ask.pl", "/run/lightwave/priv", *question).lines[0] == \
        "status 0"
    assert lab.perl("ask.pl", "/run/lightwave/priv", *question,
                    user=user).out in ("refused", "closed")
    assert lab.perl("ask.pl", "/run/lightwave/nss", *question,
                    user=user).lines[0] == "status 11"
