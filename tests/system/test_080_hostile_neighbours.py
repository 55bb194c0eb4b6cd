"""A user of the directory who rewrites his own names, and local processes
that speak to the front what no module would.
"""
import contextlib
import secrets
import subprocess

import pytest

from lab import full, wait_until
from mallory import Mallory, forget

NSS, PRIV = "/run/lightwave/nss", "/run/lightwave/priv"
AUTH, ACCOUNT, TICKET, FIND = "32", "33", "34", "64"
PROTO = "status 11"


@pytest.fixture
def mallory(lab, new_user):
    m = Mallory(lab, new_user("mallory"))
    lab.admin("group", "delmember", "DockerUsers", m.name)
    try:
        yield m
    finally:
        m.write(sAMAccountName=m.name,
                userPrincipalName=m.name + "@LIGHTWAVE.TEST")
        # Nothing of what the front has learnt outlives the test.
        lab.photon("systemctl", "restart", "lightwaved")
        wait_until(lambda: lab.known("alice"), 10, "lookups to work")


forgetting = pytest.mark.parametrize("how", ["reload", "restart"])


@forgetting
def test_who_takes_anothers_account_name_takes_nothing(lab, mallory, how):
    bob = lab.getent("passwd", full("bob"), check=True).out
    lab.getent("passwd", mallory.full, check=True)
    mallory.write(sAMAccountName="bob")
    forget(lab, how)
    # Asked for first, so that nothing is remembered in his favour.
    theirs = lab.getent("passwd", str(mallory.uid), check=True).out
    assert theirs.split(":")[0] == mallory.full
    assert lab.getent("passwd", full("bob")).out == bob
    assert lab.getent("passwd", mallory.full).out == theirs
    assert lab.groups(mallory.name) == {full("users")}
    assert "docker" in lab.id("-Gn", full("bob")).out.split()
    assert "docker" not in lab.id("-Gn", mallory.full).out.split()


@forgetting
def test_his_password_does_not_open_the_account_he_named_himself_after(
        lab, mallory, how):
    mallory.write(sAMAccountName="bob")
    forget(lab, how)
    assert lab.ssh(full("bob"), mallory.user.password).rc == 255
    assert lab.ssh(mallory.full, mallory.user.password).rc == 255
    done = lab.ssh(full("bob"), lab.password("bob"), "id -u")
    assert (done.rc, done.out) == (0, str(lab.uid("bob")))


@forgetting
@pytest.mark.parametrize("attributes", [
    {"sAMAccountName": "root"}, {"userPrincipalName": "root@LIGHTWAVE.TEST"},
    {"sAMAccountName": "root", "userPrincipalName": "root@LIGHTWAVE.TEST",
     "uidNumber": "0", "gidNumber": "0", "unixHomeDirectory": "/root",
     "loginShell": "/bin/bash", "uid": "root"}])
def test_root_stays_root_and_nobody_else_does(lab, mallory, how, attributes):
    root = lab.photon("getent", "passwd", "root").out
    mallory.write(**attributes)
    forget(lab, how)
    assert lab.id("root").out == "uid=0(root) gid=0(root) groups=0(root)"
    for key in ("root", "0"):
        assert lab.photon("getent", "passwd", key).out == root
    named = lab.getent("passwd", full("root"))
    assert named.rc == 2 or named.out.split(":")[2:4] == \
        [str(mallory.uid), "545"]
    for line in lab.getent("passwd", str(mallory.uid)).lines:
        assert line.split(":")[0] in (mallory.full, full("root"))
        assert line.split(":")[2:4] == [str(mallory.uid), "545"]
        assert not line.split(":")[5].startswith("/root")
    assert lab.ssh("root", mallory.user.password).rc == 255


@forgetting
def test_the_name_of_a_local_account_cannot_be_taken(lab, mallory, how):
    mallory.write(sAMAccountName="clash")
    forget(lab, how)
    assert lab.getent("passwd", full("clash")).out.split(":")[2] == "1001"
    assert lab.getent("passwd", "LIGHTWAVE.TEST\\clash").rc == 2
    assert lab.ssh(full("clash"), mallory.user.password).rc == 255


def test_a_name_kept_by_the_front_is_not_given_to_another(lab, mallory,
                                                          new_user):
    victim = new_user("victim")
    uid = lab.getent("passwd", victim.full, check=True).out.split(":")[2]
    lab.admin("user", "del", victim.name)
    try:
        mallory.write(sAMAccountName=victim.name,
                      userPrincipalName=victim.name + "@LIGHTWAVE.TEST")
        forget(lab, "reload")
        done = lab.getent("passwd", victim.full)
        assert done.rc == 2, done.out
        assert str(mallory.uid) != uid
    finally:
        mallory.write(sAMAccountName=mallory.name,
                      userPrincipalName=mallory.name + "@LIGHTWAVE.TEST")
        lab.admin("user", "add", victim.name, password=victim.password)


@pytest.mark.parametrize("user", ["nobody", "lightwave-worker", "localuser"])
def test_who_is_not_root_is_cut_off_from_priv(lab, user):
    for op in (AUTH, ACCOUNT, TICKET, "1"):
        assert lab.perl("ask.pl", PRIV, op, full("alice"), "x", "sshd", "",
                        user=user).out in ("refused", "closed")


def test_even_the_owner_of_priv_is_cut_off_and_the_log_says_so(lab):
    journal = lab.journal()
    assert lab.perl("ask.pl", PRIV, TICKET, full("alice"),
                    user="lightwave").out == "closed"
    journal.wait_for("uid %s was refused on the priv socket"
                     % lab.id("-u", "lightwave").out, "lightwaved")


@pytest.mark.parametrize("user", ["nobody", None])
@pytest.mark.parametrize("op", [AUTH, ACCOUNT, TICKET, FIND, "0", "7",
                                "32768", "65535"])
def test_what_is_roots_to_ask_is_refused_on_nss(lab, user, op):
    failures = lab.failures("alice")
    answer = lab.perl("ask.pl", NSS, op, full("alice"), "x", "sshd", "",
                      user=user)
    assert answer.lines[0] == PROTO and len(answer.lines) == 1
    assert lab.failures("alice") == failures


GARBAGE = {
    "zeros": "00" * 12, "ones": "ff" * 12, "a short head": "0000",
    "a huge body": "7fffffff0001000100000007",
    "another version": "00000000000200010000000700000000",
    "a string longer than its body": "00000005000100010000000700000fff41",
    "a body longer than its string": "0000000600010001000000070000000141ff",
    "a name with a NUL": "0000000700010001000000070000000361006f",
    "an empty body": "000000000001000100000007",
    "http": b"GET / HTTP/1.1\r\nHost: lightwave\r\n\r\n".hex(),
    "noise": secrets.token_hex(4096), "nothing": "",
}


@pytest.mark.parametrize("what", GARBAGE)
def test_garbage_does_not_hurt_the_front(lab, what):
    pid = lab.pid()
    # timeout: a peer that is neither answered nor dropped has to be a failure.
    lab.sh('''timeout 15 perl -MIO::Socket::UNIX -e '
        $s = IO::Socket::UNIX->new(Peer => shift) or die;
        $SIG{PIPE} = "IGNORE"; syswrite($s, pack("H*", shift));
        shutdown($s, 1); 1 while sysread($s, $b, 4096);' "$@"''',
           NSS, GARBAGE[what])
    assert lab.pid() == pid
    assert lab.known("alice")


@contextlib.contextmanager
def neighbour(lab, program):
    """A Perl program of user nobody's, which prints "ready" and ends with its
    standard input."""
    p = subprocess.Popen(
        ["docker", "exec", "-i", lab.container("photon"), "runuser", "-u",
         "nobody", "--", "setsid", "-w", "perl", "-MIO::Socket::UNIX", "-e",
         "$| = 1; " + program], env=lab.env, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    pid = lab.pid()
    try:
        assert p.stdout.readline() == "ready\n"
        yield
    finally:
        p.stdin.close()
        p.wait(20)
    wait_until(lambda: not lab.sh("ps -o pid= -u nobody; :").out, 10,
               "its processes to end")
    assert lab.pid() == pid


HOARD = '''push @s, IO::Socket::UNIX->new(Peer => '%s') for 1 .. 900;
print "ready\n"; 1 while sysread(STDIN, $b, 1);''' % NSS

# Fewer than one uid may have connections: what is refused at once would only
# use up the processor.
FLOOD = '''$SIG{TERM} = "IGNORE";
for (1 .. 50) {
    next if fork;
    $SIG{TERM} = "DEFAULT";
    getpwnam("n$$-" . $i++ . q(@lightwave.test)) while 1;
}
print "ready\n"; close(STDOUT);
1 while sysread(STDIN, $b, 1); kill("TERM", 0);'''


@pytest.mark.parametrize("program", [HOARD, FLOOD], ids=["hoard", "flood"])
def test_who_takes_all_he_can_get_keeps_nobody_else_out(lab, program):
    with neighbour(lab, program):
        for _ in range(3):
            done = lab.ssh(full("alice"), lab.password("alice"), "id -G")
            assert done.rc == 0, done.out
            assert len(done.out.split()) == 5
        assert lab.getent("passwd", full("bob"), user="localuser").rc == 0
    assert lab.getent("passwd", full("bob"), user="nobody").rc == 0


def test_300_lookups_at_once_are_all_answered(lab):
    pid = lab.pid()
    out = lab.sh('''names=(alice bob carol nina jürgen many)
        for i in {1..300}; do
            getent passwd "${names[i % 6]}@lightwave.test" &
        done
        wait''').lines
    assert len(out) == 300
    assert len(set(out)) == 6
    assert lab.pid() == pid


def test_300_lookups_of_what_nobody_knows_yet_are_all_answered(lab):
    lab.id(full("many"))
    forget(lab, "reload")
    lines = lab.sh('''for i in {0..299}; do
            printf -v g 'mg%03d@lightwave.test' "$i"
            getent group "$g" &
        done
        wait''').lines
    assert {line.split(":")[0] for line in lines} == {
        full("mg%03d" % i) for i in range(300)}
