#!/usr/bin/python3
"""Whatever happens while lightwave-sudo writes its file, it is whole, and
nobody else's is harmed.

Run by `make check` as root, and skipped without. Each case is a function
whose name is a sentence.
"""
import fcntl
import os
import re
import shutil
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
from sudo_rig import (  # noqa: E402
    BOB, DOMAIN, USER, Who, run_all)


# --- what stands in the way --------------------------------------------------
def a_file_that_is_not_ours_is_never_written_over(rig):
    rig.sudo("grant", "alice")
    ours = rig.text()
    for text in ("%admins ALL=(ALL) ALL\n", "", ours.replace("# l", "# L"),
                 ours + "bob ALL=(ALL) ALL\n",
                 ours + "\n# user bob %s\n%%:%s ALL=ALL\n" % (BOB.sid, BOB.sid),
                 ours + "#16778242 ALL=ALL\n",
                 ours + "\n#16778241 ALL=ALL\n", ours + "@include /x\n",
                 ours + "# a word of mine\n", ours + "Defaults !authenticate\n",
                 ours.rstrip() + " \\\n", ours.rstrip() + "\\ \n",
                 ours.rstrip() + " # x\n", ours + "\0\n",
                 ours.replace('.so"', '.so", !authenticate'),
                 ours.replace('.so"', '.so" # x'), ours.replace('.so"', '.so'),
                 ours.replace("#16778241", "#0"),
                 ours.replace("#16778241", "bob")):
        os.unlink(rig.dropin)
        rig.write(rig.dropin, text)
        for args in (("grant", "bob"), ("revoke", "alice"), ("list",)):
            said = rig.sudo(*args, rc=1)
            assert "did not write" in said or "no text" in said, (text, said)
        assert rig.text() == text and rig.files() == ["lightwave"]


def a_link_or_a_file_of_others_in_its_place_is_refused(rig):
    victim = os.path.join(rig.where, "victim")
    rig.write(victim, "")
    os.symlink(victim, rig.dropin)
    assert "symbolic link" in rig.sudo("grant", "alice", rc=1)
    os.unlink(rig.dropin)
    os.mkfifo(rig.dropin)
    assert "no file" in rig.sudo("grant", "alice", rc=1)
    os.unlink(rig.dropin)
    rig.sudo("grant", "alice")
    for mode, uid in ((0o662, 0), (0o440, 1)):
        os.chmod(rig.dropin, mode)
        os.chown(rig.dropin, uid, 0)
        assert "others than root" in rig.sudo("grant", "bob", rc=1)
    os.unlink(rig.dropin)
    os.chmod(rig.dir, 0o777)
    assert "others than root" in rig.sudo("grant", "bob", rc=1)
    os.chmod(rig.dir, 0o750)
    os.symlink(victim, os.path.join(rig.dir, ".lightwave.new"))
    rig.sudo("grant", "bob")
    with open(victim) as f:
        assert f.read() == ""
    assert rig.files() == ["lightwave"]
    shutil.rmtree(rig.dir)
    assert "No such file" in rig.sudo("grant", "bob", rc=1)


def a_policy_that_is_wrong_already_takes_no_grant_but_a_revocation(rig):
    rig.sudo("grant", "alice")
    rig.write(rig.sudoers, "root ALL=(ALL:ALL) ALL\nwhat is this\n"
              "@includedir %s\n" % rig.dir)
    before = rig.text()
    said = rig.sudo("grant", "bob", rc=1)
    assert "syntax error" in said and rig.text() == before, said
    said = rig.sudo("revoke", "alice")
    assert "is wrong" in said and rig.rules() == [], said
    assert rig.files() == ["lightwave"]


def visudos_no_or_its_absence_leaves_the_old_one(rig):
    rig.sudo("grant", "alice")
    before = rig.text()
    for instead in ("/bin/false", "/dev/null"):
        for args in (("grant", "bob"), ("revoke", "alice")):
            said = rig.sudo(
                *args, rc=1, before=[
                    "unshare", "-m", "sh", "-c",
                    'mount --bind "$0" /usr/sbin/visudo && exec "$@"', instead])
            assert "nothing was changed" in said, said
            assert rig.text() == before and rig.files() == ["lightwave"]


def a_policy_that_does_not_include_it_is_warned_of(rig):
    def warned():
        said = rig.sudo("grant", "alice")
        return "does not include" in said
    rig.sudo("grant", "bob")
    more = os.path.join(os.path.dirname(rig.sudoers), "more")
    rig.write(more, "@includedir sudoers.d\n")
    for line, warns in (("@includedir %s" % rig.dir, False),
                        ("#includedir %s/" % rig.dir, False),
                        ('@includedir "%s"' % rig.dir, False),
                        ("@includedir sudoers.d", False),
                        ("@include sudoers.d/lightwave", False),
                        # By another file, or by another path.
                        ("@include %s" % more, False),
                        ("@includedir %s/../sudoers.d" % rig.dir, False),
                        # What an image says of itself.
                        ("@includedir /etc/sudoers.d", False),
                        ("@includedir /etc/sudoers.e", True),
                        ("# @includedir %s" % rig.dir, True),
                        ("## includedir %s" % rig.dir, True), ("", True)):
        os.unlink(rig.sudoers)
        rig.write(rig.sudoers, "root ALL=(ALL) ALL\n%s\n" % line)
        assert warned() == warns, line


# --- at once, killed, and full -----------------------------------------------
def of_many_at_once_none_is_lost(rig):
    rig.front.all = [Who(USER, 16778241 + i, b"u%d@lightwave.test" % i,
                         DOMAIN + "-1-%d" % (1025 + i)) for i in range(12)]
    threads = [threading.Thread(target=rig.sudo, args=("grant", "u%d" % i))
               for i in range(12)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(rig.rules()) == sorted(
        "#%d ALL=(ALL:ALL) ALL" % w.id for w in rig.front.all)
    rig.is_right()


def who_may_only_look_at_the_directory_holds_up_nobody(rig):
    os.chmod(rig.dir, 0o755)
    d = os.open(rig.dir, os.O_RDONLY | os.O_CLOEXEC)
    fcntl.flock(d, fcntl.LOCK_SH)
    rig.sudo("grant", "alice")
    rig.sudo("revoke", "alice")
    os.close(d)


def a_revocation_needs_no_policy(rig):
    rig.sudo("grant", "alice")
    os.unlink(rig.sudoers)
    rig.sudo("revoke", "alice")
    assert not rig.rules()


def while_visudo_has_it_open_nothing_is_written(rig):
    rig.sudo("grant", "alice")
    with open(rig.dropin, "r+") as f:
        fcntl.lockf(f, fcntl.LOCK_EX)
        assert "visudo has it open" in rig.sudo("grant", "bob", rc=1)
    rig.sudo("grant", "bob")


ASAN = {"ASAN_OPTIONS": "detect_leaks=0:" + os.environ.get("ASAN_OPTIONS", "")}


def strace(what):
    return ["strace", "-o", "/dev/null", "-e", "inject=" + what]


def killed_before_any_call_the_old_one_or_the_new_one_stands(rig):
    rig.sudo("grant", "alice")
    old = rig.text()
    rig.sudo("grant", "bob")
    new = rig.text()
    # Counted in one that runs to its end.
    log = os.path.join(rig.where, "log")
    rig.sudo("revoke", "bob")
    rig.sudo("grant", "bob", before=["strace", "-o", log], env=ASAN)
    with open(log) as f:
        calls = re.findall(r"^(\w+)\(", f.read(), re.M)
    # On the disk before it has the name, and then the name is.
    order = [c[:6] for c in calls if re.match("fsync|rename|fchmod|write", c)]
    assert order[:6] == ["fchmod", "write", "fsync", "write", "rename",
                         "fsync"], order
    seen = set()
    # From where it takes the lock; before that it has only read.
    for n in range(calls.index("flock"), len(calls)):
        if calls[n] == "exit_group":
            continue
        at = "%s:signal=KILL:when=%d" % (calls[n], calls[:n + 1].count(calls[n]))
        rig.sudo("revoke", "bob")
        assert rig.text() == old
        rig.sudo("grant", "bob", rc=None, env=ASAN, before=strace(at))
        assert rig.text() in (old, new), at
        rig.is_right()
        seen.add((rig.text() == new, tuple(rig.files())))
        rig.sudo("grant", "bob")
        assert rig.text() == new and rig.files() == ["lightwave"], at
    # Both sides of the rename were met, and one with half a file beside it.
    assert seen >= {(False, ("lightwave",)), (True, ("lightwave",)),
                    (False, (".lightwave.new", "lightwave"))}, seen


def a_call_that_fails_changes_nothing(rig):
    rig.sudo("grant", "alice")
    old = rig.text()
    for fault in ("write:error=ENOSPC:when=1", "write:error=EPIPE:when=2",
                  "fsync:error=EIO:when=1", "fchmod:error=EPERM",
                  "fchown:error=EPERM", "?renameat,?renameat2:error=EROFS",
                  "flock:error=ENOLCK", "pipe2:error=EMFILE",
                  "unlinkat:error=EROFS:when=1",
                  "?vfork,?clone,?clone3:error=EAGAIN", "wait4:error=ECHILD"):
        said = rig.sudo("grant", "bob", rc=None, before=strace(fault),
                        env=ASAN)
        assert rig.text() == old, (fault, said)
        assert "lightwave-sudo: " in said, (fault, said)
    rig.sudo("grant", "bob")
    assert rig.files() == ["lightwave"]


def a_full_disk_leaves_the_old_one(rig):
    script = """
        mount -t tmpfs -o size=16k,mode=0750 tmpfs "$0" &&
        "$@" grant alice && cp "$0"/lightwave "$0"/../old || exit 90
        dd if=/dev/zero of="$0"/full.x bs=4k 2>/dev/null
        "$@" grant bob && exit 91
        cmp "$0"/lightwave "$0"/../old && rm "$0"/full.x && "$@" grant bob"""
    p = subprocess.run(["unshare", "-m", "sh", "-c", script, rig.dir,
                        *rig.argv()], stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT)
    assert p.returncode == 0 and b"No space left" in p.stdout, p


CASES = [v for k, v in list(globals().items())
         if callable(v) and getattr(v, "__module__", "") == "__main__" and
         k != "strace"]
if os.geteuid() != 0:
    sys.exit(77)
if len(sys.argv) > 1:
    CASES = [c for c in CASES if re.search(sys.argv[1], c.__name__)]
assert CASES
sys.exit(run_all(CASES))
