"""Where no password may ever stand."""
import pytest

from lab import full

WRONG = "No7%body-has-it"
EVERY = '''for p in /proc/[0-9]*; do
    tr '\\0' ' ' <"$p/%s"; echo; done 2>/dev/null; :'''


@pytest.fixture(scope="module")
def traces(lab):
    """What was written while a user logged in, typed wrong and used sudo."""
    secret = lab.password("alice")
    journal = lab.journal()
    assert lab.ssh(full("alice"), WRONG).rc == 255
    texts = {}
    for how in ("password", "keyboard-interactive"):
        with lab.shell(full("alice"), secret, how) as shell:
            assert shell.sudo("true", WRONG, secret).rc == 0
            texts["cmdline " + how] = lab.sh(EVERY % "cmdline").out
            texts["environ " + how] = lab.sh(EVERY % "environ").out
    local = lab.password("LOCAL_LOCALUSER")
    assert lab.ssh("localuser", local).rc == 0
    journal.wait_for("Accepted password for localuser", "sshd")
    texts["journal"] = lab.photon("journalctl", "-q", "-a", "--no-pager",
                                  "-o", "export").out
    logs = lab.docker("logs", "lightwave-lab-dc1")
    texts["dc1"] = logs.out + logs.err
    logs = lab.docker("logs", "lightwave-lab-photon")
    texts["photon"] = logs.out + logs.err
    texts["files"] = lab.sh("cat /etc/lightwave/lightwave.conf /run/lightwave*"
                            "/* /tmp/* /var/log/*.log 2>/dev/null; :").out
    return texts


def test_the_traces_are_those_of_the_logins(traces):
    for how in ("password", "keyboard-interactive"):
        assert "/usr/sbin/lightwaved " in traces["cmdline " + how]
        assert "sshd: " + full("alice") in traces["cmdline " + how]
        assert "PATH=" in traces["environ " + how]
        assert full("alice") in traces["environ " + how]
    assert "auth: user " + full("alice") in traces["journal"]
    assert "wrong password" in traces["journal"]


@pytest.mark.parametrize("where", [
    "cmdline password", "environ password", "cmdline keyboard-interactive",
    "environ keyboard-interactive", "journal", "dc1", "photon", "files"])
def test_no_password_stands_in(lab, traces, where):
    text = traces[where]
    found = [who for who, secret in lab.all_passwords().items()
             if secret in text]
    assert not found and WRONG not in text


def test_the_machines_password_stands_nowhere_either(lab, traces):
    secret = lab.photon("cat", "/etc/lightwave/machine.password").out
    assert len(secret) > 10
    assert not [where for where, text in traces.items() if secret in text]
