"""Rules of sudo on photon, each for the time of a block."""
import contextlib

OURS = "/etc/sudoers.d/lightwave"
PLUGIN = 'Defaults group_plugin="/usr/lib/sudo/lightwave_sudo.so"\n'


@contextlib.contextmanager
def drop_in(lab, name, text):
    """A file in /etc/sudoers.d that somebody wrote by hand."""
    path = "/etc/sudoers.d/" + name
    lab.sh('umask 227; cat >"$1.new" && visudo -c -q -f "$1.new" && '
           'mv "$1.new" "$1"', path, input=text)
    try:
        yield path
    finally:
        lab.photon("rm", "-f", path, path + ".new")


@contextlib.contextmanager
def granted(lab, who, *commands, options=("--nopasswd",)):
    """What lightwave-sudo writes; who: a name, %name or a SID."""
    commands = [word for c in commands for word in ("--command", c)]
    lab.photon("lightwave-sudo", "grant", *options, *commands, who)
    try:
        yield
    finally:
        lab.photon("lightwave-sudo", "revoke", who, check=False)
