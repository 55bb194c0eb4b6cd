"""Where no password may ever stand. Last of all files: it looks for every
password that any test has typed.
"""
import contextlib
import os
import re
import signal
import subprocess

import pytest

import memory
import terminal
from lab import REPO, at_once, full, new_password, wait_until
from sessions import authorized
from terminal import AGAIN, NEW, OLD, PASSWORD

WRONG = "No7%body-has-it"
UNITS = ["lightwaved", "lightwaved-worker"]
PAM = "/etc/pam.d/system-"
DEBUG = r"""set -e
for u; do
    d=/run/systemd/system/$u.service.d
    mkdir -p "$d"
    printf '%s\n' '[Service]' ExecStart= "ExecStart=/usr/sbin/$u --debug \
--config /etc/lightwave/lightwave.conf" >"$d/debug.conf"
done
for f in auth account session password; do
    cp -p "/etc/pam.d/system-$f" "/etc/pam.d/system-$f.kept"
    sed -i 's/pam_lightwave.so.*/& debug/' "/etc/pam.d/system-$f"
done
systemctl daemon-reload
systemctl restart "$@"
"""
UNDEBUG = r"""
for u; do rm -rf "/run/systemd/system/$u.service.d"; done
for f in auth account session password; do
    mv "/etc/pam.d/system-$f.kept" "/etc/pam.d/system-$f"
done
systemctl daemon-reload
systemctl restart "$@"
"""


@contextlib.contextmanager
def debugging(lab):
    """Both daemons and the module say all they ever say."""
    try:
        lab.sh(DEBUG, *UNITS)
        wait_until(lambda: lab.known("alice"), 30, "lookups to work")
        yield
    finally:
        lab.sh(UNDEBUG, *UNITS)
        lab.start_all()


@contextlib.contextmanager
def watched(lab):
    """What all of photon's processes have for arguments and environment during
    the block; a list of one text afterwards."""
    program = (REPO / "tests/system/watch.pl").read_text()
    p = subprocess.Popen(
        ["docker", "exec", "-i", lab.container("photon"), "perl", "-e",
         program], env=lab.env, text=True, errors="replace",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    seen = []
    try:
        assert p.stdout.readline() == "watching\n"
        yield seen
    finally:
        seen.append(p.communicate(timeout=30)[0])


def log_in_by_all_ways(lab, key, user):
    """Right and wrong ones, new ones, and a session that becomes root."""
    who, secret = full("alice"), lab.password("alice")
    new = new_password()

    def sudo():
        with lab.shell(who, secret) as shell:
            # Long enough to be seen.
            assert shell.sudo("find / -xdev -name ''", WRONG, secret).rc == 0

    with authorized(lab, key, "carol"):
        done = at_once([
            sudo,
            lambda: lab.ssh(who, secret, how="keyboard-interactive").rc == 0,
            lambda: lab.ssh(who, WRONG).rc == 255,
            lambda: lab.ssh(who, WRONG, how="keyboard-interactive").rc == 255,
            lambda: lab.ssh(full("carol"), None, "true", "publickey",
                            key).rc == 0,
            lambda: terminal.login(lab, who, secret).asked == 3,
            lambda: terminal.su(lab, who, secret).rc == 0,
            lambda: terminal.su(lab, who, WRONG).rc != 0,
            lambda: lab.ssh("localuser",
                            lab.password("LOCAL_LOCALUSER")).rc == 0,
            lambda: terminal.ssh(
                lab, user.full, (PASSWORD, user.password),
                (OLD, user.password), (NEW, "Sh+0rt7"), (AGAIN, "Sh+0rt7"),
                (NEW, new), (AGAIN, new), command=["passwd"]).rc == 0], 8)
    assert all(done[1:]), done


@pytest.fixture(scope="module")
def traces(lab, key, spare):
    """{where: what was written there}"""
    texts = {}
    with debugging(lab), lab.shell(full("alice"), lab.password("alice")):
        with watched(lab) as seen:
            log_in_by_all_ways(lab, key, spare[0])
        texts["arguments and environments"], = seen
        texts["memory"] = memory_of_the_daemons(lab)
    texts["journal"] = lab.photon("journalctl", "-q", "-a", "--no-pager",
                                  "-o", "export").out
    # lastlog is as long as the highest uid is large, and all holes.
    texts["logs"] = lab.sh("find /var/log /var/spool -type f -size -20000k "
                           "-exec cat {} + 2>/dev/null; :").out
    for host in ("dc1", "dc2", "photon"):
        done = lab.docker("logs", lab.container(host))
        texts[host + "'s output"] = done.out + done.err
    texts["files"] = lab.sh(
        "find /etc/lightwave/lightwave.conf /run /tmp /var/tmp /var/lib "
        "/home /root -xdev -path /run/secrets -prune -o -type f "
        "-size -1000k -exec cat {} + 2>/dev/null; :").out
    return texts


def memory_of_the_daemons(lab):
    secrets = lab.used_passwords() | {machine_password(lab)}
    return "\n".join(str(found) for pid, what in memory.daemons(lab).items()
                     for found in memory.search(pid, what, secrets))


def machine_password(lab):
    return lab.photon("cat", "/etc/lightwave/machine.password").out


def test_the_traces_are_those_of_the_logins(lab, traces):
    text = traces["arguments and environments"]
    for words in ("/usr/sbin/lightwaved\n--debug", "sshd: " + full("alice"),
                  "su\n-\n" + full("alice"), "sudo\n", "login\n", "passwd\n",
                  "\nPATH=", "\nUSER=" + full("alice"),
                  "\nSUDO_USER=" + full("alice")):
        assert words in text, words
    text = traces["journal"]
    for line in ("auth: user " + full("alice"), "wrong password",
                 "pam_lightwave(sshd:auth): %s: ours" % full("alice"),
                 "new password too short", "session opened for user"):
        assert line in text, line
    # Of the daemons' whole lives, not of this file's alone.
    assert len(lab.used_passwords()) > len(lab.all_passwords())
    assert "keytab" in traces["files"]


@pytest.mark.parametrize("where", [
    "arguments and environments", "journal", "logs", "dc1's output",
    "photon's output", "files"])
def test_no_password_stands_in(lab, traces, where):
    secrets = [*lab.used_passwords(), machine_password(lab)]
    # pytest's own words would show what was found.
    found = sum(traces[where].count(secret) for secret in secrets)
    assert found == 0, "%d passwords in %s" % (found, where)


# --- memory ------------------------------------------------------------------

def test_what_stands_in_a_process_is_found(lab):
    secret = lab.secret(new_password())
    child = terminal.start(lab, terminal.on_photon(
        "perl", "-e", '$x = <STDIN>; print "ready\\n"; <STDIN>'))
    try:
        child.sendline(secret)
        child.expect("ready")
        pid, = [pid for pid, args in memory.processes(lab).items()
                if args.startswith("perl -e $x")]
        found = list(memory.search(pid, "perl", {secret}))
        assert found and secret not in str(found[0])
        assert "[heap]" in {f.mapping for f in found}
    finally:
        terminal.end(child)


def test_once_a_login_is_over_no_daemon_remembers_its_password(lab, traces):
    names = sorted(memory.daemons(lab).values())
    assert names.count("front") == names.count("master") == 1
    assert names.count("worker") >= 2
    assert traces["memory"] == ""


def test_who_logged_somebody_in_remembers_his_password_no_longer(lab):
    """sshd, su and login, for as long as the session is open."""
    who, secret = full("alice"), lab.password("alice")
    with lab.shell(who, secret, "keyboard-interactive"), \
            lab.shell(who, secret, "password") as shell:
        su = terminal.start(lab, terminal.on_photon(
            "su", "-", who, "-c", "echo open; read x", user="localuser"))
        try:
            su.expect(PASSWORD)
            su.sendline(secret)
            su.expect("open")
            looked = {pid: args for pid, args in memory.processes(lab).items()
                      if args.startswith(("sshd: " + who, "su - "))}
            assert len(looked) >= 5
            found = [str(f) for pid, args in looked.items()
                     for f in memory.search(pid, args, {secret})]
            assert not found, found
        finally:
            terminal.end(su)
        assert shell.run("true").rc == 0


@pytest.mark.parametrize("unit", UNITS)
def test_the_daemons_memory_is_not_swapped_where_that_may_be_asked(lab, unit):
    """Where a container may not lift the limit, there is none to ask for."""
    assert lab.unit(unit, "LimitMEMLOCK") == "infinity"
    assert lab.unit(unit, "LimitMEMLOCKSoft") == "infinity"
    for pid, what in memory.daemons(lab).items():
        with open("/proc/%d/limits" % pid) as f:
            limit = re.search(r"^Max locked memory +(\S+)", f.read(), re.M)
        with open("/proc/%d/status" % pid) as f:
            locked = re.search(r"^VmLck:\s+(\d+)", f.read(), re.M)
        assert (limit.group(1) == "unlimited") == (int(locked.group(1)) > 0), \
            what


# --- cores -------------------------------------------------------------------

FIND_CORES = "find / -xdev \\( -name 'core' -o -name 'core.*' \\) -type f " \
    "-newer /run/lab-cores; find /tmp /run -name 'core*' -type f -newer " \
    "/run/lab-cores; :"


def test_no_daemon_that_crashes_leaves_a_core(lab):
    lab.photon("touch", "/run/lab-cores")
    journal = lab.journal()
    # What happens to a program that may leave one.
    lab.photon("systemd-run", "-q", "--wait", "--unit=lab-crash", "-p",
               "LimitCORE=infinity", "-p", "WorkingDirectory=/tmp", "sh", "-c",
               "kill -ABRT $$$$", check=False)
    journal.wait_for("lab-crash.service: Main process exited, code=dumped",
                     "systemd")
    assert "/tmp/core" in lab.sh(FIND_CORES).out
    lab.sh("rm -f /tmp/core*; systemctl reset-failed lab-crash; :")
    workers = [pid for pid, what in memory.daemons(lab).items()
               if what == "worker"]
    before = {unit: lab.pid(unit) for unit in UNITS}
    try:
        for pid in workers:
            os.kill(pid, signal.SIGABRT)
        wait_until(lambda: not set(workers) & set(memory.daemons(lab)), 10,
                   "the workers to end")
        for unit in UNITS:
            lab.photon("kill", "-ABRT", str(before[unit]))
            journal.wait_for(r"%s.service: Main process exited, code=killed, "
                             "status=6/ABRT" % unit, "systemd")
        wait_until(lambda: lab.known("alice"), 30, "lookups to work")
        assert lab.sh(FIND_CORES).out == ""
    finally:
        lab.photon("rm", "-f", "/run/lab-cores")
        lab.start_all()
    assert lab.ssh(full("alice"), lab.password("alice")).rc == 0
