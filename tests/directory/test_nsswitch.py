"""`passwd: lightwave files`: the order that makes the map count, since the
other one opens /etc/passwd first. Who is local must not notice, whatever
became of the front: no question about them is asked on the socket.
"""
import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import pytest

import rig

NSSWITCH = pathlib.Path("/etc/nsswitch.conf")
RUN = pathlib.Path("/run/lightwave")

# What programs ask about root, about nobody and about ids that are not ours.
LOCAL = [["getent", "passwd", "root"], ["getent", "passwd", "0"],
         ["getent", "group", "root"], ["getent", "group", "0"],
         ["getent", "initgroups", "root"], ["id", "root"],
         ["getent", "passwd", "nosuchuser"], ["getent", "group", "nosuch"],
         ["getent", "passwd", "12345"], ["getent", "group", "12345"],
         ["getent", "passwd", "someone@elsewhere.test"]]


@contextlib.contextmanager
def order(services):
    before = NSSWITCH.read_text()
    NSSWITCH.write_text("".join(
        "%s: %s\n" % (db, services) for db in ("passwd", "group")))
    try:
        yield
    finally:
        NSSWITCH.write_text(before)


def traced(host, argv, folder):
    """(output, status, the connections that it made to the front)."""
    trace = folder / "trace"
    done = subprocess.run(
        ["strace", "-f", "-qq", "-e", "trace=connect", "-o", str(trace), *argv],
        env=dict(os.environ, LD_LIBRARY_PATH=str(
            host.build / "nss_lightwave/.libs")),
        capture_output=True, text=True)
    return (done.stdout, done.returncode,
            re.findall(r"/run/lightwave/.*", trace.read_text()))


@pytest.fixture
def no_map():
    """Nothing of an earlier front's is there."""
    for path in RUN.iterdir():
        path.unlink()


@pytest.fixture
def front(no_map, start_host, dc1):
    host = start_host(dc1.host)
    host.start_front()
    rig.wait_until(lambda: (RUN / "map").exists(), "the map")
    rig.wait_until(lambda: host.getent("passwd", "alice@lightwave.test"),
                   "alice")
    return host


def hang(host):
    host.front.process.send_signal(signal.SIGSTOP)


def kill(host):
    host.front.process.kill()
    host.front.process.wait()


@pytest.mark.parametrize("became", [None, hang, kill],
                         ids=["serves", "hangs", "was killed"])
def test_local_lookups_ask_nobody(front, tmp_path, became):
    with order("files"):
        plain = [traced(front, argv, tmp_path)[:2] for argv in LOCAL]
    assert plain[0][0].startswith("root:")
    with order("lightwave files"):
        try:
            if became:
                became(front)
            for argv, (out, status) in zip(LOCAL, plain):
                assert traced(front, argv, tmp_path) == (out, status, []), argv
        finally:
            if became is hang:
                front.front.process.send_signal(signal.SIGCONT)


def test_local_lookups_before_there_was_a_front(no_map, start_host, dc1,
                                                tmp_path):
    """No map says whose names are whose: each question may cost a refused
    connection, and the answers are the same."""
    host = start_host(dc1.host)
    with order("files"):
        plain = [traced(host, argv, tmp_path)[:2] for argv in LOCAL]
    with order("lightwave files"):
        for argv, (out, status) in zip(LOCAL, plain):
            assert traced(host, argv, tmp_path)[:2] == (out, status), argv


def test_known_users_while_the_front_hangs_or_is_gone(front, tmp_path):
    alice = ["getent", "passwd", "alice@lightwave.test"]
    with order("lightwave files"):
        out, status, _ = traced(front, alice, tmp_path)
        assert status == 0
        rig.wait_until(lambda: not traced(front, alice, tmp_path)[2],
                       "alice in the map")
        hang(front)
        try:
            assert traced(front, alice, tmp_path) == (out, 0, [])
        finally:
            front.front.process.send_signal(signal.SIGCONT)
        kill(front)
        assert traced(front, alice, tmp_path)[:2] == (out, 0)


@pytest.fixture
def passwd(tmp_path):
    """/etc/passwd, to be written to."""
    copy = tmp_path / "passwd"
    shutil.copy("/etc/passwd", copy)
    subprocess.run(["mount", "--bind", str(copy), "/etc/passwd"], check=True)
    yield pathlib.Path("/etc/passwd")
    subprocess.run(["umount", "/etc/passwd"], check=True)


def test_a_local_name_wins_from_the_next_second_on(passwd, front):
    name = "alice@lightwave.test"
    local = name + ":x:4711:4711::/:/bin/sh"
    with order("lightwave files"):
        directory = front.getent("passwd", name)
        assert directory and directory != [local]
        before = passwd.read_text()
        passwd.write_text(before + local + "\n")
        began = time.monotonic()
        rig.wait_until(lambda: front.getent("passwd", name) == [local],
                       "the local user")
        print("a local name won after %.0f ms" % (
            (time.monotonic() - began) * 1000))
        passwd.write_text(before)
        rig.wait_until(lambda: front.getent("passwd", name) == directory,
                       "the directory's user, again")


@pytest.mark.parametrize("became", [hang, kill], ids=["hangs", "was killed"])
def test_a_local_name_or_id_wins_though_no_front_sees_it(passwd, front, tmp_path,
                                                         became):
    """After the five seconds for which its word of before counts."""
    name = "alice@lightwave.test"
    with order("lightwave files"):
        directory = front.getent("passwd", name)
        uid = directory[0].split(":")[2]
        rig.wait_until(lambda: not traced(
            front, ["getent", "passwd", name], tmp_path)[2], "alice in the map")
        try:
            became(front)
            for key, local in ((name, name + ":x:4711:4711::/:/bin/sh"),
                               (uid, "local:x:%s:4711::/:/bin/sh" % uid)):
                assert front.getent("passwd", key) == directory
                before = passwd.read_text()
                passwd.write_text(before + local + "\n")
                rig.wait_until(lambda: front.getent("passwd", key) == [local],
                               "the local user")
                groups = front.getent("initgroups", local.split(":")[0])
                assert groups[0].split()[1:] == [], groups
                passwd.write_text(before)
        finally:
            if became is hang:
                front.front.process.send_signal(signal.SIGCONT)
