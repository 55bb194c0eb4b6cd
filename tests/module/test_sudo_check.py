#!/usr/bin/python3
"""What lightwave-sudo check finds in sudoers, and what cannot harm it: with
sudo's own cvtsudoers, visudo and sudo, in an /etc of the test's own, and
with a front that answers by a table. Each case is a function whose name is a
sentence.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
from sudoers_rig import (  # noqa: E402
    number, sid, findings, run_all)

ALICE = number(1025)
ADMINS = sid(1100)


def kinds(rig):
    return sorted((f["kind"], f["file"], f["line"]) for f in findings(rig))


def a_sound_policy_has_no_finding(rig):
    rig.sudoers(
        "root ALL=(ALL:ALL) ALL\n"
        "%wheel, !%staff ALL=(ALL) ALL\n"
        "%linux\\ admins@lightwave.test ALL=(ALL) ALL, !/bin/su\n"
        "%staff, larry ALL=(ALL) !/bin/ls\n"
        "larry, !root ALL=(!root, ALL) /bin/ls\n"
        "larry ALL=(ALL : ALL, !linux\\ admins@lightwave.test) /bin/ls\n"
        "%:LW\\\\Linux\\ Admins ALL=(ALL) ALL\n",
        lightwave="# user alice@lightwave.test %s\n#%d ALL=(ALL) ALL\n"
        "# group linux admins@lightwave.test %s\n%%:%s ALL=(ALL) ALL\n"
        % (sid(1025), ALICE, ADMINS, ADMINS))
    status, out, err = rig.helper("check")
    assert (status, out, err) == (0, "nothing found\n", ""), (out, err)


FINDS = [
    # what, line of it, kind
    ("ALL, !%:S-1-7-21-1-2-3-4-1-1100 ALL=ALL\n", 1, "negated"),
    ("\nALL, !%linux\\ admins@lightwave.test ALL=ALL\n", 2, "negated"),
    ("ALL, !%%#%d ALL=ALL\n" % number(1100), 1, "negated"),
    ("User_Alias A = root, !%%#%d\nUser_Alias B = A\nB ALL=ALL\n"
     % number(1100), 3, "negated"),
    ("User_Alias A = %%#%d\nALL, !A ALL=ALL\n" % number(1100), 2, "negated"),
    ("Runas_Alias R = ALL, !%linux\\ admins@lightwave.test\n"
     "root ALL=(R) ALL\n", 2, "negated"),
    # It keeps them out as well, and others let them in.
    ("%:S-1-7-21-1-2-3-4-1-1100 ALL=(ALL) !ALL\n", 1, "negated"),
    ("%linux\\ admins@lightwave.test ALL=!ALL, /bin/ls\n", 1, "negated"),
    ("Cmnd_Alias C = !/bin/ls\n%docker ALL=C\n", 2, "negated"),
    ("Defaults !lecture\nDefaults:bin lecture\n Defaults@nowhere lecture\n"
     "Defaults:ALL, !%:S-1-7-21-1-2-3-4-1-1100 !authenticate\n", 4, "negated"),
    ("Runas_Alias R = ALL, !%linux\\ admins@lightwave.test\n"
     "Defaults:bin env_reset, !lecture\nDefaults>R !lecture\n", 3, "negated"),
    ("User_Alias A = %%#%d\nDefaults:!A, root \\\n  !lecture\n"
     % number(1100), 2, "negated"),
    # Its members may be the directory's.
    ("ALL, !%docker ALL=ALL\n", 1, "negated"),
    ("nobody@lightwave.test ALL=ALL\n", 1, "unknown"),
    ("root ALL=ALL\n%none@lightwave.test ALL=ALL\n", 2, "unknown"),
    ("%:none@lightwave.test ALL=ALL\n", 1, "unknown"),
    ("%:S-1-7-21-1-2-3-4-1-4711 ALL=ALL\n", 1, "unknown"),
    ("%:not-ours ALL=ALL\n", 1, "unknown"),
    ("%%:#%d ALL=ALL\n" % number(1100), 1, "unknown"),
    ("%twice@lightwave.test ALL=ALL\n", 1, "claimed"),
    # Names that only the directory has, which NSS does not have under them.
    ("%Linux\\ Admins ALL=ALL\n", 1, "bare"),
    ("User_Alias A = root, alice\nA ALL=ALL\n", 2, "bare"),
    ("alice@lightwave.test ALL=ALL\n", 1, "user-by-name"),
    ("User_Alias A = \\\n alice@lightwave.test\n# c \\\nA ALL=ALL\n", 4,
     "user-by-name"),
    ("\n\nLIGHTWAVE.TEST\\\\bob ALL=ALL\n", 3, "likewise"),
    ("lightwave.test\\bob ALL=ALL\n", 1, "likewise"),
    ("User_Alias A = root, \"%LW\\Linux^Admins\"\n", 1, "likewise"),
]


def each_finding_is_found_where_it_stands(rig):
    rig.front.claimed = {"twice"}
    for text, line, kind in FINDS:
        rig.sudoers(text)
        got = kinds(rig)
        assert got == [(kind, "/etc/sudoers", line)], (text, got)
        rig.sudoers("", dropin=text)
        got = kinds(rig)
        assert got == [(kind, "/etc/sudoers.d/dropin", line)], (text, got)


def a_missing_include_is_told_in_visudos_words(rig):
    rig.sudoers("@include /etc/nowhere\n")
    status, out, err = rig.helper("check")
    assert status == 1 and "/etc/nowhere" in out + err, (status, out, err)


def defaults_that_sudo_does_not_know_move_no_finding(rig):
    rig.sudoers("Defaults:bin no_such_setting\n"
                "Defaults:ALL, !%%#%d !authenticate\n" % number(1100))
    assert kinds(rig) == [("negated", "/etc/sudoers", 0)]


def the_remedy_for_a_name_is_the_uid(rig):
    rig.sudoers("alice@lightwave.test ALL=ALL\n")
    f, = findings(rig, 1)
    assert "#%d" % ALICE in f["remedy"], f


def the_plug_in_must_be_in_force(rig):
    rule = "%%:%s ALL=(ALL) ALL\n" % ADMINS
    rig.write("/etc/sudoers", rule, 0o440)
    assert kinds(rig) == [("plugin", "/etc/sudoers", 1)]
    rig.write("/etc/sudoers", 'Defaults group_plugin="%s"\nDefaults '
              'group_plugin="group_file.so /x"\n%s' % (rig.plugin, rule),
              0o440)
    assert kinds(rig) == [("plugin", "/etc/sudoers", 3)]
    rig.sudoers(rule)
    assert kinds(rig) == []


def the_plug_ins_file_must_be_roots_alone(rig):
    rig.sudoers("root ALL=ALL\n")
    os.chmod(rig.plugin, 0o664)
    assert kinds(rig) == [("plugin", "/etc/sudoers", 2)]
    os.chmod(rig.plugin, 0o644)
    os.chown(rig.plugin, 1201, 0)
    assert kinds(rig) == [("plugin", "/etc/sudoers", 2)]
    os.chown(rig.plugin, 0, 0)
    os.rename(rig.plugin, rig.plugin + "-away")
    assert kinds(rig) == [("plugin", "/etc/sudoers", 2)]
    os.rename(rig.plugin + "-away", rig.plugin)
    assert kinds(rig) == []


def groups_must_be_dynamic(rig):
    for text, good in (("", False), ("Set group_source static\n", False),
                       ("#Set group_source dynamic\n", False),
                       ("Set group_source dynamic\nSet group_source adaptive"
                        "\n", False),
                       ("Set group_source adaptive\nSet  group_source\t"
                        "dynamic\n", True)):
        rig.write("/etc/sudo.conf", text)
        want = [] if good else [("group-source", "/etc/sudo.conf", 0)]
        assert kinds(rig) == want, text


def files_that_sudo_does_not_read_are_told(rig):
    rig.sudoers("", good="root ALL=ALL\n",
                **{"lightwave.local": "root ALL=ALL\n",
                   "old~": "root ALL=ALL\n"})
    got = sorted(f["what"].split()[0] for f in findings(rig, 1))
    assert got == ["/etc/sudoers.d/lightwave.local", "/etc/sudoers.d/old~"]


def files_that_others_may_write_are_told_and_not_read(rig):
    for mode, gid, good in ((0o460, 1201, False), (0o446, 0, False),
                            (0o640, 1201, True), (0o460, 0, True)):
        rig.sudoers("", x="alice@lightwave.test ALL=ALL\n")
        os.chown("/etc/sudoers.d/x", 0, gid)
        os.chmod("/etc/sudoers.d/x", mode)
        got = [k for k, _, _ in kinds(rig)]
        assert got == (["user-by-name"] if good else ["mode"]), (mode, got)
    rig.sudoers("", x="alice@lightwave.test ALL=ALL\n")
    os.chmod("/etc/sudoers.d", 0o777)
    assert [k for k, _, _ in kinds(rig)] == ["mode"]
    os.chmod("/etc/sudoers.d", 0o750)


def a_comment_and_its_rule_must_agree(rig):
    rig.sudoers("", lightwave="# user alice@lightwave.test %s\n#%d ALL=ALL\n"
                % (sid(1025), number(1026)))
    assert kinds(rig) == [("disagrees", "/etc/sudoers.d/lightwave", 2)]
    rig.sudoers("", lightwave="# user alice@lightwave.test %s\n#%d ALL=ALL\n"
                "#%d ALL=ALL\n\n#1201 ALL=ALL\n"
                % (sid(1025), ALICE, number(1026)))
    assert kinds(rig) == [("disagrees", "/etc/sudoers.d/lightwave", 3)]
    rig.sudoers("", lightwave="# group linux admins@lightwave.test %s\n"
                "%%:%s1 ALL=ALL\n" % (ADMINS, ADMINS))
    assert ("disagrees", "/etc/sudoers.d/lightwave", 2) in kinds(rig)
    rig.sudoers("", lightwave="# user gone@lightwave.test %s\n#%d ALL=ALL\n"
                % (sid(4711), number(4711)))
    assert kinds(rig) == [("unknown", "/etc/sudoers.d/lightwave", 2)]


def a_drop_in_that_no_line_includes_is_told(rig):
    rig.sudoers("", lightwave="#1201 ALL=ALL\n")
    assert kinds(rig) == []
    for line in ("@includedir /etc/sudoers.d/", "#includedir sudoers.d",
                 "@include sudoers.d//lightwave"):
        rig.write("/etc/sudoers", line + "\n", 0o440)
        assert kinds(rig) == [], line
    rig.write("/etc/sudoers", "root ALL=ALL\n", 0o440)
    assert kinds(rig) == [("unread", "/etc/sudoers", 0)]
    os.unlink("/etc/sudoers.d/lightwave")
    assert kinds(rig) == []


def a_local_group_of_the_same_name_is_told(rig):
    rig.front.groups["staff"] = 1200
    try:
        rig.sudoers("%:staff ALL=ALL\n%staff ALL=ALL\n")
        assert ("local", "/etc/sudoers", 1) in kinds(rig)
        assert not [k for k in kinds(rig) if k[2] == 2]
    finally:
        del rig.front.groups["staff"]


def an_old_sudo_is_a_note_and_no_finding(rig):
    for version, noted in (("1.9.13p3", False), ("1.9.14", True),
                           ("1.9.17", True), ("1.9.17p1", False),
                           ("1.9.15p5", True), ("1.9.18", False)):
        rig.over("sudo", "echo Sudo version %s\n" % version)
        status, got = rig.json("check")
        assert status == 0, got
        assert [n["kind"] for n in got["notes"]] == ["version"] * noted, got
        rig.unmount(1)


def without_the_directory_no_name_is_held_for_unknown(rig):
    rig.sudoers("%none@lightwave.test ALL=ALL\n")
    rig.front.away = True
    status, got = rig.json("check")
    assert status == 3 and got["findings"] == [], got
    assert got["not_looked_up"], got


def syntax_errors_are_told_in_visudos_words(rig):
    rig.sudoers("root ALL=ALL\n", broken="root ALL=ALL\n\nroot ALL ALL\n")
    for command in (["check"], ["explain", "root"], ["migrate"]):
        status, out, err = rig.helper(*command)
        assert status == 1 and out == "", (command, status, out)
        assert "/etc/sudoers.d/broken:3" in err, err


def includes_in_a_circle_end(rig):
    rig.write("/etc/loop", "root ALL=ALL\n@include loop\n@include loop\n",
              0o440)
    rig.sudoers("@include loop\n")
    for command in (["check"], ["explain", "root"], ["migrate"]):
        status, _, _ = rig.helper(*command)
        assert status in (0, 1), (command, status)


def nothing_in_sudoers_crashes_it(rig):
    os.mkfifo("/etc/sudoers.d/fifo")
    os.symlink("/dev/zero", "/etc/sudoers.d/zero")
    for text in (os.urandom(65536), b"\0" * 4096, b"\\\n" * 50000,
                 b"alice\0 ALL=ALL\nroot ALL=ALL\n", b'"' * 9999,
                 b"User_Alias A=B:B=A\nA ALL=ALL\n", b"root ALL=ALL \\",
                 b"caf\xe9, root ALL=/bin/\xe9\n", b"!" * 5000 + b"\n",
                 b"root ALL=" + b"/bin/a, " * 20000 + b"/bin/b\n",
                 b"%:" + b"x" * 100000 + b" ALL=ALL\n",
                 b"".join(b"User_Alias A%d=A%d,A%d\n" % (i, i + 1, i + 1)
                          for i in range(60)) + b"User_Alias A60=root\n"
                 b"A0 ALL=ALL\n"):
        rig.sudoers(text)
        for command in (["check"], ["explain", "root"], ["migrate"]):
            status, out, err = rig.helper(*command)
            assert status in (0, 1), (text[:40], command, status, err[-500:])
            assert "\x1b" not in out, out


def ten_megabytes_are_refused(rig):
    rig.sudoers(b"root ALL=ALL\n" * 800000)
    for command in (["check"], ["explain", "root"], ["migrate"]):
        status, _, err = rig.helper(*command)
        assert status == 1 and "larger than" in err, (status, err)


if __name__ == "__main__":
    run_all([f for k, f in list(globals().items())
             if getattr(f, "__module__", "") == "__main__" and callable(f) and
             f.__code__.co_varnames[:1] == ("rig",) and
             k != "kinds"])
