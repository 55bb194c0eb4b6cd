"""Configurations that are refused, reloads, and how the daemons end."""
import re

import pytest

from lab import CONF, full, wait_until

PROGRAMS = ["lightwaved", "lightwaved-worker"]
programs = pytest.mark.parametrize("program", PROGRAMS)
BAD = "/tmp/bad.conf"
SOCKETS = "/run/lightwave/nss /run/lightwave/priv"


def replaced(old, new):
    def edit(text):
        assert old in text
        return text.replace(old, new, 1)
    return edit


def added(section, line):
    return replaced("[%s]\n" % section, "[%s]\n%s\n" % (section, line))


# what is done to the lab's file, the line that is wrong or None, the message
FILES = [
    (lambda t: t + "[nosuch]\n", 16, r"unknown section \[nosuch\]"),
    (lambda t: t + "[nosuch]\nkey = 1\n", 16, r"unknown section \[nosuch\]"),
    (added("domain", "nosuch = 1"), 2, r"unknown key 'nosuch' in \[domain\]"),
    (lambda t: "name = x\n" + t, 1, "'name' stands before the first"),
    (lambda t: t + "[cache]\nttl = soon\n", 17, "ttl = soon: expected a numb"),
    (lambda t: t + "[cache]\nttl = -1\n", 17, "ttl = -1: expected a number"),
    (lambda t: t + "[cache]\nttl = 86401\n", 17, "ttl = 86401: expected a nu"),
    (lambda t: t + "[workers]\nlookup = 0\n", 17, "lookup = 0: expected a nu"),
    (lambda t: t + "[users]\nshell = bash\n", 17, "expected an absolute path"),
    (lambda t: t + "[users]\nhome = /home\n", 17, "expected an absolute path"),
    (added("domain", "legacy_sids = maybe"), 2, "expected yes or no"),
    (added("domain", "name_format = long"), 2, "expected upn, legacy or sh"),
    (replaced("name = lightwave.test", "name = lightwave"), 2,
     "expected a DNS domain"),
    (replaced("server = dc1.lightwave.test,", "server = dc1 dc2"), 3,
     "expected host or host:port"),
    (replaced("server = dc1.lightwave.test, dc2.lightwave.test",
              "server ="), 3,
     "expected a value"),
    (replaced("allow = ", "allow = , "), 10, "expected"),
    (added("machine", "dn = cn=other"), 7, "'dn' is given twice"),
    (replaced("[machine]", "[machine"), 5, r"a section is \[name\]"),
    (replaced("[machine]\n", "[machine]\nnonsense\n"), 6,
     r"neither \[section\] nor key = value"),
    (replaced("keytab =", " keytab ="), 8, "must not begin with a blank"),
    (lambda t: t + "# %s\n" % ("x" * 9000), 16, "longer than"),
    (replaced("name = lightwave.test\n", ""), None, r"\[domain\] lacks 'name'"),
    (replaced("ca_file = /etc/lightwave/ca.pem\n", ""), None,
     r"\[domain\] lacks 'ca_file' or 'ca_dir'"),
    (lambda t: "", None, r"\[domain\] lacks"),
]


@pytest.fixture(scope="module")
def shipped(lab):
    return lab.photon("cat", CONF).out + "\n"


@programs
@pytest.mark.parametrize("edit, line, message", FILES,
                         ids=[message[:24] for _, _, message in FILES])
def test_a_bad_file_is_refused_with_its_path_and_line(
        lab, shipped, program, edit, line, message):
    lab.sh('cat >"$1"', BAD, input=edit(shipped))
    try:
        done = lab.photon(program, "--check", "--config", BAD, check=False)
    finally:
        lab.photon("rm", "-f", BAD)
    assert done.rc != 0
    place = BAD + (":%d: " % line if line else ": ")
    assert re.search(re.escape(place) + ".*" + message, done.err), done.err


@programs
def test_a_file_that_is_not_there_is_refused(lab, program):
    done = lab.photon(program, "--check", "--config", "/no/such", check=False)
    assert done.rc != 0 and "/no/such: No such file" in done.err


@programs
def test_the_lab_file_is_good_and_short(lab, program):
    assert lab.photon(program, "--check").rc == 0
    text = lab.photon("cat", CONF).out
    assert len([s for s in text.splitlines() if "=" in s]) <= 10


def test_a_bad_reload_keeps_the_old_configuration_in_force(lab, config):
    pid = lab.pid()
    config.write(config.original.replace("[access]\n", "[acces]\n"))
    said = config.reload("stays in force")
    assert CONF + ":9: unknown section [acces]" in said
    assert lab.pid() == pid and lab.active()
    assert lab.ssh(full("carol"), lab.password("carol")).rc == 0
    assert lab.ssh(full("nina"), lab.password("nina")).rc == 255


def test_a_bad_reload_leaves_the_worker_as_it_was(lab, config):
    pid = lab.pid("lightwaved-worker")
    config.write(config.original + "[nosuch]\n")
    journal = lab.journal()
    lab.photon("systemctl", "reload", "lightwaved-worker")
    journal.wait_for("not reloaded: .*:16: unknown section",
                     "lightwaved-worker")
    assert lab.pid("lightwaved-worker") == pid
    assert lab.ssh(full("carol"), lab.password("carol")).rc == 0


def test_a_good_reload_changes_what_is_served(lab, config):
    pid = lab.pid()
    config.write(config.original + "[users]\nshell = /bin/sh\n"
                 "home = /srv/%d/%u\n")
    config.reload()
    assert lab.getent("passwd", full("alice")).out.endswith(
        ":/srv/lightwave.test/alice:/bin/sh")
    assert lab.pid() == pid


def test_bare_names_are_served_where_the_file_says_so(lab, config):
    assert lab.getent("passwd", "alice").rc == 2
    config.write(config.original.replace(
        "[machine]", "default_domain_names = yes\n[machine]"))
    config.reload()
    assert lab.getent("passwd", "alice").out.startswith(full("alice") + ":x:")
    # Local accounts come first all the same.
    assert lab.id("-u", "localuser").out == "1000"
    done = lab.ssh("alice", lab.password("alice"), "id -un; klist -s")
    assert (done.rc, done.out) == (0, full("alice"))


def test_the_reload_ended_the_bare_names(lab):
    assert lab.getent("passwd", "alice").rc == 2


@programs
def test_a_daemon_does_not_start_with_a_bad_file_and_says_why(
        lab, config, program):
    lab.photon("systemctl", "stop", program)
    try:
        config.write(config.original + "[nosuch]\n")
        journal = lab.journal()
        lab.photon("systemctl", "start", program, check=False)
        journal.wait_for(":16: unknown section", program)
        wait_until(lambda: lab.unit(program, "ActiveState") == "failed", 10,
                   program + " to give up")
        # A file does not mend itself: no restart after restart.
        assert int(lab.unit(program, "NRestarts")) == 0
    finally:
        config.write(config.original)
        lab.photon("systemctl", "reset-failed", program, check=False)
        lab.start_all()


@programs
def test_sigterm_ends_a_daemon_cleanly(lab, program):
    lab.wait_for_map()
    journal = lab.journal()
    lab.photon("systemctl", "stop", program)
    try:
        assert lab.unit(program, "Result") == "success"
        assert lab.unit(program, "ExecMainStatus") == "0"
        assert lab.unit(program, "ActiveState") == "inactive"
        directory = "/run/" + program.replace("lightwaved", "lightwave")
        # For who asks meanwhile: what is known stays known.
        left = {"lightwaved": ["map"], "lightwaved-worker": []}[program]
        assert lab.photon("ls", "-A", directory, check=False).lines == left
        journal.wait_for("Stopped", "systemd")
    finally:
        lab.start_all()
    assert lab.sh("ls " + SOCKETS).rc == 0


def test_the_front_started_by_hand_answers_in_another_directory(lab):
    directory = "/tmp/by-hand"
    lab.photon("install", "-d", "-o", "lightwave", "-m", "0755", directory)
    done = lab.sh('''cd /; setsid setpriv --reuid lightwave \\
        --regid lightwave --groups "$(getent group lightwave-jobs |
        cut -d: -f3)" lightwaved --runtime-dir "$1" \\
        </dev/null >"$1/log" 2>&1 & echo $!''', directory)
    pid = done.out
    ask = ("ask.pl", directory + "/nss", "1", "alice@lightwave.test")
    try:
        wait_until(lambda: lab.perl(*ask).out != "refused", 10, "its socket")
        answer = lab.perl(*ask).lines
        assert answer[0] == "status 0"
        assert answer[1].startswith("%08x%08x" % (lab.uid("alice"), 545))
        assert full("alice").encode().hex() in answer[1]
        lab.photon("kill", "-TERM", pid)
        wait_until(lambda: lab.photon("kill", "-0", pid, check=False).rc, 5,
                   "it to end")
        assert lab.photon("ls", directory).lines == ["log", "map"]
    finally:
        lab.photon("kill", "-9", pid, check=False)
        lab.photon("rm", "-rf", directory)
    # The one that systemd runs has not noticed.
    assert lab.active() and lab.known("alice")


def test_a_second_front_does_not_take_the_socket_of_the_first(lab):
    # What does not end is ended there: else it waits on for its turn.
    done = lab.photon("timeout", "-s", "KILL", "20", "setpriv", "--reuid",
                      "lightwave", "--regid", "lightwave", "--clear-groups",
                      "lightwaved", check=False)
    assert done.rc != 0 and "cannot listen" in done.err
    assert lab.known("alice")


@programs
def test_a_daemon_tells_its_version_and_its_options(lab, program):
    assert lab.photon(program, "--version").out.startswith(program + " ")
    assert "--config" in lab.photon(program, "--help").out
    assert lab.photon(program, "--nonsense", check=False).rc != 0
