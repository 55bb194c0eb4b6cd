#!/usr/bin/python3
"""What lightwave-sudo migrate makes of likewise's rules: with sudo's own
cvtsudoers, visudo and sudo, in an /etc of the test's own, and with a front
that answers by a table. Each case is a function whose name is a sentence.
"""
import fcntl
import os
import re
import signal
import struct
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
from sudoers_rig import (  # noqa: E402
    number, sid, string, run_all)

ALICE = number(1025)
ADMINS = sid(1100)


OLD = (b"# likewise's \xe9\nroot ALL=(ALL) ALL\n"
       b"lightwave.test\\\\alice, root\tALL=(ALL) NOPASSWD: ALL\n"
       b"User_Alias A = root, \\\n   \"LIGHTWAVE.TEST\\bob\" : B = "
       b"!lightwave.test\\bob\r\n"
       b"%LW\\\\Linux^Admins ALL=(lightwave.test\\\\bob) /bin/x\n"
       b"\"%lightwave.test\\linux admins\", %lw\\\\a^b ALL=ALL")
NEW = (b"# likewise's \xe9\nroot ALL=(ALL) ALL\n"
       b"# user alice@lightwave.test %(alice)s\n"
       b"#%(alice_id)d, root\tALL=(ALL) NOPASSWD: ALL\n"
       b"# user bob@lightwave.test %(bob)s\n"
       b"# user bob@lightwave.test %(bob)s\n"
       b"User_Alias A = root, \\\n   #%(bob_id)d : B = !#%(bob_id)d\r\n"
       b"# group linux admins@lightwave.test %(admins)s\n"
       b"%%:%(admins)s ALL=(lightwave.test\\\\bob) /bin/x\n"
       b"# group linux admins@lightwave.test %(admins)s\n"
       b"# group a^b@lightwave.test %(hat)s\n"
       b"%%:%(admins)s, %%:%(hat)s ALL=ALL") % {
           b"alice": sid(1025).encode(), b"alice_id": ALICE,
           b"bob": sid(1026).encode(), b"bob_id": number(1026),
           b"admins": ADMINS.encode(), b"hat": sid(1103).encode()}


def read(path):
    with open(path, "rb") as f:
        return f.read()


def changed(path):
    """All but when it was read last."""
    st = os.stat(path)
    return st.st_ino, st.st_mode, st.st_uid, st.st_mtime_ns, st.st_ctime_ns


def listing():
    return sorted(os.listdir("/etc/sudoers.d"))


def migrate_shows_and_changes_nothing(rig):
    rig.sudoers("", old=OLD)
    status, out, err = rig.helper("migrate")
    assert (status, err) == (0, ""), (status, out, err)
    assert "/etc/sudoers.d/old:3: lightwave.test\\\\alice becomes #%d" % ALICE \
        in out, out
    assert "migrate --write" in out, out
    assert "/etc/sudoers.d/old:6: %%LW\\\\Linux^Admins becomes %%:%s" % ADMINS \
        in out, out
    assert out.count(" becomes ") == 6, out
    assert read("/etc/sudoers.d/old") == OLD and listing() == ["old"]


def migrate_writes_these_words_and_keeps_every_other_byte(rig):
    rig.sudoers("", old=OLD, other="root ALL=ALL\n")
    os.chown("/etc/sudoers.d/old", 0, 1300)
    os.chmod("/etc/sudoers.d/old", 0o640)
    before = changed("/etc/sudoers.d/other")
    status, out, err = rig.helper("migrate", "--write")
    assert (status, err) == (0, ""), (status, out, err)
    assert read("/etc/sudoers.d/old") == NEW, read("/etc/sudoers.d/old")
    st = os.stat("/etc/sudoers.d/old")
    assert (st.st_uid, st.st_gid, st.st_mode & 0o7777) == (0, 1300, 0o640)
    assert read("/etc/sudoers.d/old.before-migrate") == OLD
    assert listing() == ["old", "old.before-migrate", "other"], listing()
    assert changed("/etc/sudoers.d/other") == before
    subprocess.run(["visudo", "-c", "-q", "-f", "/etc/sudoers"], check=True)
    # What was kept is told of, and nothing to mend.
    status, got = rig.json("check")
    assert status == 0 and [n["kind"] for n in got["notes"]] == ["kept"], got
    # Again there is nothing left, and the rules are what they were meant for.
    status, out, _ = rig.helper("migrate", "--write")
    assert (status, out) == (0, "no rule in likewise's spelling\n"), out
    _, got = rig.json("explain", "alice@lightwave.test")
    assert [r["applies"] for r in got["rules"]] == [True] * 3, got


def a_backup_is_never_written_over(rig):
    rig.sudoers("", old="LW\\\\bob ALL=ALL\n",
                **{"old.before-migrate": "mine"})
    assert rig.helper("migrate", "--write")[0] == 0
    assert read("/etc/sudoers.d/old.before-migrate") == b"mine"
    assert read("/etc/sudoers.d/old.before-migrate.1") == b"LW\\\\bob ALL=ALL\n"


def an_old_domain_is_migrated_by_its_name(rig):
    rig.sudoers("", old="old.example\\\\bob ALL=ALL\nLW\\\\bob ALL=ALL\n")
    status, out, _ = rig.helper("migrate", "--domain", "OLD.Example")
    assert status == 0 and out.count("becomes") == 1, out
    assert ":1: old.example\\\\bob becomes #%d" % number(1026) in out, out


def who_cannot_be_found_stops_it_unless_told_otherwise(rig):
    rig.front.claimed = {"twice"}
    rig.sudoers("", old="LW\\\\gone, LW\\\\bob, LW\\\\twice ALL=ALL\n")
    before = read("/etc/sudoers.d/old")
    status, out, err = rig.helper("migrate", "--write")
    assert status == 1 and "nothing was changed" in err, (status, err)
    assert "LW\\\\gone stays: not in the directory" in out, out
    assert "LW\\\\twice stays: claimed by several entries" in out, out
    assert read("/etc/sudoers.d/old") == before and listing() == ["old"]
    status, out, err = rig.helper("migrate", "--write", "--partial")
    assert (status, err) == (0, ""), (status, err)
    assert read("/etc/sudoers.d/old") == (
        b"# user bob@lightwave.test %s\nLW\\\\gone, #%d, LW\\\\twice ALL=ALL\n"
        % (sid(1026).encode(), number(1026)))


def groups_wait_for_the_plug_in(rig):
    rig.write("/etc/sudoers", "%LW\\\\platform ALL=ALL\n", 0o440)
    status, _, err = rig.helper("migrate", "--write")
    assert status == 1 and "group_plugin" in err, err
    assert read("/etc/sudoers") == b"%LW\\\\platform ALL=ALL\n"


def nothing_changes_while_the_directory_is_away(rig):
    rig.sudoers("", old="LW\\\\bob ALL=ALL\n")
    rig.front.away = True
    status, out, _ = rig.helper("migrate", "--write", "--partial")
    assert status == 3, (status, out)
    assert read("/etc/sudoers.d/old") == b"LW\\\\bob ALL=ALL\n"


def what_a_lying_front_says_is_not_written(rig):
    user, group, bob = "LW\\\\bob", "%LW\\\\platform", sid(1026)
    lies = [(user, 1, 0, "bob@lightwave.test", bob),
            (user, 1, 1201, "larry@lightwave.test", bob),
            (user, 1, 77777, "bob\nALL ALL=(ALL) NOPASSWD: ALL\n#", bob),
            (user, 2, 77777, "bob@lightwave.test", bob),
            (group, 1, 77777, "platform@lightwave.test", bob),
            (group, 2, 77777, "platform\nALL ALL=(ALL) ALL\n#", bob),
            (group, 2, 77777, "platform@lightwave.test", "ALL"),
            (group, 2, 77777, "platform@lightwave.test",
             bob + " ALL=(ALL) ALL\nALL ALL=(ALL) ALL\n#")]
    real = rig.front.resolve
    try:
        for word, kind, id_, name, of in lies:
            old = word + " ALL=(bin) ALL\n"
            rig.sudoers("", old=old)
            said = struct.pack(">IBI", 1, kind, id_) + string(name) + string(of)
            rig.front.resolve = lambda what, asked, said=said: (0, said)
            status, out, _ = rig.helper("migrate", "--write")
            assert status != 0, (word, name, out)
            assert read("/etc/sudoers.d/old") == old.encode(), (word, name)
            assert "NOPASSWD" not in out and "\nALL" not in out, out
    finally:
        rig.front.resolve = real


def what_visudo_has_open_is_not_written(rig):
    rig.sudoers("", a="LW\\\\bob ALL=ALL\n", b="LW\\\\alice ALL=ALL\n")
    with open("/etc/sudoers.d/b", "r+", encoding="ascii") as f:
        fcntl.lockf(f, fcntl.LOCK_EX)
        status, _, err = rig.helper("migrate", "--write")
    assert status == 1 and "b: visudo has it open" in err, (status, err)
    assert "nothing was changed" in err and listing() == ["a", "b"], err
    assert read("/etc/sudoers.d/a") == b"LW\\\\bob ALL=ALL\n"
    assert rig.helper("migrate", "--write")[0] == 0


def what_visudo_does_not_take_is_not_written(rig):
    rig.sudoers("", a="LW\\\\bob ALL=ALL\n", b="LW\\\\alice ALL=ALL\n")
    rig.over("visudo", 'case $3 in */b.*) echo no >&2; exit 1;; esac\n'
             'exec {real} "$@"\n')
    status, _, err = rig.helper("migrate", "--write")
    assert status == 1 and "nothing was changed" in err, (status, err)
    assert listing() == ["a", "b"], listing()
    assert read("/etc/sudoers.d/a") == b"LW\\\\bob ALL=ALL\n"


def a_file_that_is_included_twice_is_changed_once(rig):
    rig.sudoers("@include /etc/sudoers.d/a\n", a="LW\\\\bob ALL=ALL\n")
    status, out, err = rig.helper("migrate", "--write")
    assert (status, err) == (0, ""), (status, err)
    assert out.count(" becomes ") == 1, out
    assert read("/etc/sudoers.d/a").count(b"# user bob@") == 1


def what_somebody_else_has_just_changed_is_left_to_him(rig):
    rig.sudoers("", a="LW\\\\bob ALL=ALL\n")
    rig.over("visudo", "echo '# mine' >>/etc/sudoers.d/a\n")
    status, _, err = rig.helper("migrate", "--write")
    assert status == 1 and "changed by somebody else" in err, (status, err)
    assert "nothing was changed" in err, err
    assert read("/etc/sudoers.d/a") == b"LW\\\\bob ALL=ALL\n# mine\n"
    assert listing() == ["a"], listing()


def who_is_not_told_how_visudo_ended_takes_it_for_no(rig):
    rig.sudoers("", a="LW\\\\bob ALL=ALL\n")
    rig.over("visudo", "echo no >&2; exit 1\n")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        _, _, err = rig.helper("migrate", "--write")
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    assert "nothing was changed" in err, err
    assert read("/etc/sudoers.d/a") == b"LW\\\\bob ALL=ALL\n"


def a_file_is_on_the_disk_before_it_has_the_name(rig):
    rig.sudoers("", old="LW\\\\bob ALL=ALL\n")
    log = rig.path("calls")
    status, _, err = rig.helper(
        "migrate", "--write", before=["strace", "-o", log, "-E",
                                      "ASAN_OPTIONS=detect_leaks=0"])
    assert status == 0, err
    calls = re.findall(r"^(fsync|link|rename)(?:at2?)?\(", read(log).decode(),
                       re.M)
    assert calls == ["fsync", "link", "rename", "fsync"], calls


def a_full_disk_leaves_the_old_files(rig):
    rig.mount("-t", "tmpfs", "-o", "size=16k,mode=755", "lw", "/etc/sudoers.d")
    old = b"LW\\\\bob ALL=ALL\n" + b"# padding\n" * 1000
    rig.sudoers("", old=old)
    status, _, err = rig.helper("migrate", "--write")
    assert status == 1 and "No space left" in err, (status, err)
    assert read("/etc/sudoers.d/old") == old and listing() == ["old"]


if __name__ == "__main__":
    run_all([f for k, f in list(globals().items())
             if getattr(f, "__module__", "") == "__main__" and callable(f) and
             f.__code__.co_varnames[:1] == ("rig",)])
