"""What somebody finds in his session, and which credential caches there are."""
import contextlib
import re

from lab import full, wait_until

# One round trip for what a session is made of.
SEE = r"""
echo "id $(id -u) $(id -un)"
echo "user $USER $LOGNAME"
echo "home $HOME $(pwd) $(stat -c '%a %u' "$HOME")"
echo "ccname $KRB5CCNAME"
f=${KRB5CCNAME#FILE:}; [ -z "$f" ] || echo "ccache $(stat -c '%a %u %g' "$f")"
klist 2>&1; exit 0
"""


def field(done, name):
    match = re.search("^%s (.*)$" % name, done.out, re.M)
    return match.group(1).rstrip() if match else None


def ccache(done):
    """The path that the session was told, or None."""
    name = field(done, "ccname")
    assert name is None or re.match("FILE:/tmp/|$", name), name
    return name[len("FILE:"):] if name else None


def caches(lab):
    """{path: "mode uid gid"} of the credential caches on photon."""
    out = lab.sh("stat -c '%n %a %u %g' /tmp/krb5cc_* 2>/dev/null; :").lines
    return dict(line.split(" ", 1) for line in out)


def assert_ticket(lab, done, who):
    """A cache of his own, mode 0600, with his ticket for the realm."""
    uid = lab.uid(who)
    assert re.fullmatch(r"/tmp/krb5cc_%d_[A-Za-z0-9]{6}" % uid,
                        ccache(done) or ""), done.out
    assert field(done, "ccache") == "600 %d 545" % uid
    assert "Default principal: %s@LIGHTWAVE.TEST" % who in done.out
    assert "krbtgt/LIGHTWAVE.TEST@LIGHTWAVE.TEST" in done.out


def until_tickets(lab):
    """A KDC that let somebody wait is waited for less, for half a minute."""
    wait_until(lambda: "krbtgt/" in lab.ssh(
        full("alice"), lab.password("alice"), SEE).out, 45, "a ticket")


def assert_no_ticket(done):
    assert field(done, "ccname") == "", done.out
    assert field(done, "ccache") is None
    assert "krbtgt/" not in done.out


@contextlib.contextmanager
def authorized(lab, key, name):
    """For the block our key opens NAME's account, as far as sshd goes. The home
    is made if it is not there."""
    uid = str(lab.uid(name))
    home = lab.getent("passwd", full(name), check=True).out.split(":")[5]
    made = lab.photon("test", "-e", home, check=False).rc
    try:
        lab.sh('''set -e
            mkdir -p "${2%/*}"
            [ -e "$2" ] || install -d -o "$1" -g 545 -m 0700 "$2"
            install -d -o "$1" -g 545 -m 0700 "$2/.ssh"
            cat >"$2/.ssh/authorized_keys"
            chown "$1" "$2/.ssh/authorized_keys"
            ''', uid, home, input=key.with_suffix(".pub").read_text())
        yield
    finally:
        lab.photon("rm", "-rf", home if made else home + "/.ssh")


class Open:
    """What an open session holds: uid and gids of when it began, whatever the
    directory says of him now. No login stands before it, which might refuse
    him."""

    def __init__(self, lab, who):
        self.lab = lab
        self.uid, gids = lab.id("-u", who).out, lab.id("-G", who).out.split()
        self.gid, self.gids = lab.id("-g", who).out, ",".join(gids)

    def run(self, script, *args, **kw):
        return self.lab.photon(
            "setpriv", "--reuid", self.uid, "--regid", self.gid, "--groups",
            self.gids, "bash", "-c", script, "bash", *args, check=False, **kw)

    def sudo(self, *words, **kw):
        """Without a password, and without what an earlier one has earned."""
        return self.run('sudo -k -n "$@"', *words, **kw)
