#!/usr/bin/python3
"""What lightwave-sudo check, explain and migrate make of sudoers: with sudo's
own cvtsudoers, visudo and sudo, in an /etc of the test's own, and with a front
that answers by a table. Each case is a function whose name is a sentence.
"""
import contextlib
import fcntl
import json
import os
import random
import re
import signal
import struct
import subprocess
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
from sudoers_rig import (CONFIG, Rig, enter_namespace, number,  # noqa: E402
                         sid, string)

ALICE = number(1025)
ADMINS = sid(1100)


# --- check -------------------------------------------------------------------
def findings(rig, status=None):
    got, all_ = rig.json("check")
    assert status is None or got == status, (got, all_)
    assert got == (1 if all_["findings"] else 0), (got, all_)
    return all_["findings"]


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


# --- explain -----------------------------------------------------------------
POLICIES = [
    "larry ALL=(ALL:ALL) ALL\n",
    "larry ALL=/bin/a, NOPASSWD: /bin/b, /bin/c x\\,y, PASSWD: !/bin/d\n",
    "#1201 ALL=(daemon) NOEXEC: NOPASSWD: /bin/ls -l\n",
    "%wheel ALL=(root, !bin : wheel) /bin/ls\n%staff ALL=(:wheel) /bin/a\n",
    "%#1300 ALL=/bin/a\n%#4711 ALL=/bin/b\n%nogroup ALL=/bin/c\n",
    "ALL, !larry ALL=/bin/a\n!larry, ALL ALL=/bin/b\n",
    "User_Alias A = root, larry : B = !A\nA ALL=/bin/a\nB ALL=/bin/b\n"
    "ALL, B ALL=/bin/c\n!A ALL=/bin/d\n!B ALL=/bin/e\nALL, !B ALL=/bin/f\n",
    "User_Alias W = %wheel\nALL, !W ALL=/bin/a\nW, !%staff ALL=/bin/b\n"
    "!%staff, W ALL=/bin/c\n",
    "Host_Alias H = nowhere, !%s\nlarry H=/bin/a\nlarry nowhere=/bin/b\n"
    "larry ALL,!%s=/bin/c\nlarry !nowhere,%s=/bin/d\nlarry %s*=/bin/e\n"
    "larry nowhere=/bin/f : ALL=/bin/g\n",
    "Cmnd_Alias C = /bin/a, /bin/b : D = !/bin/x, C\n"
    "Runas_Alias R = daemon, bin\nlarry ALL=(R) C, !D\n",
    "Defaults runas_default=daemon\nlarry ALL=/bin/a\n",
    "LARRY2 ALL=/bin/a\nLarry ALL=/bin/b\n%WHEEL ALL=/bin/c\n",
    "larry ALL=CWD=/tmp CHROOT=/x /bin/a, TIMEOUT=5m /bin/b\n",
    "larry ALL=sudoedit /etc/x, sha224:0GomF8mNN3wlDt1HD9XldjJ3SNgpFdbjO1+"
    "NsQ== /bin/ls\n",
    "larry\\x41 ALL=/bin/a\n\"larry\" ALL=/bin/b\nl\\arry ALL=/bin/c\n",
    "larry ALL=/bin/a # \\\nlarry ALL=/bin/b \\\n  , /bin/c\n"
    "# \\\nlarry ALL=/bin/d\n",
]


def words(text):
    return sorted(w for line in text.splitlines()
                  for w in re.findall(r"!?(?:/bin/[a-z]+|ALL\b)", line))


def sudo_says(user):
    """Each line of what sudo lists: by whom it runs, and what."""
    p = subprocess.run(["sudo", "-l", "-U", user], capture_output=True,
                       text=True, check=False)
    lines = re.findall(r"^    \((.*?)\) (.*(?:\n {8}.*)*)$", p.stdout, re.M)
    assert lines or "not allowed" in p.stdout + p.stderr, p
    return sorted((who, w) for who, rest in lines for w in words(rest))


def helper_says(rig, user):
    status, got = rig.json("explain", user)
    assert status == 0, got
    ret = []
    for rule in got["rules"]:
        for g in rule["gives"] if rule["applies"] else []:
            who = ", ".join(g["runas_users"])
            if g["runas_groups"]:
                who += " : " + ", ".join(g["runas_groups"])
            ret += [(who, w) for c in g["commands"] for w in words(c)]
    return sorted(ret)


def explain_and_sudo_say_the_same(rig):
    host = os.uname().nodename.split(".")[0]
    for text in POLICIES:
        if "nowhere" in text:
            text = text.replace("%s", host)
        rig.sudoers("", x=text)
        for user in ("larry", "root", "bin"):
            sudo, mine = sudo_says(user), helper_says(rig, user)
            # Behind the colon sudo says whom he stays, where none is named.
            sudo = [(w.replace(user + " : ", " : "), c) for w, c in sudo]
            assert sudo == mine, (text, user, sudo, mine)


PIECES = [
    "{who} ALL=/bin/l{n}\n", "{who} ALL=/bin/l{n} # \\\n",
    "{who} ALL=/bin/l{n} \\\n", "{who} ALL = \\  \n\t/bin/l{n}\n",
    "{who} ALL=/bin/l{n} a\\#b \\\n  c, \\\n\t/bin/x \"y\n",
    "  {who}\t\\\n ALL=/bin/l{n} x\\,y\n", "{who} ALL=/bin/l{n}\\\n\n",
    "{who}, \"a # \\\" b\" ALL=/bin/l{n}\n", "{who} ALL=/bin/l{n}#\"\n",
    "# comment \\\n", "#\\\n", "\n", " \t\n", "#include\n", " # \" \\\n",
    "Defaults !lecture # x \\\n", "Defaults !lecture, \\\n  env_reset\n",
    "Defaults badpass_message=\"a # b \\\n c\"\n",
    "User_Alias U{n} = root, \\\n bin # \\\n",
    "Cmnd_Alias C{n} = /bin/a \\# x, \\\n /bin/b\n",
]


def marks_change_no_rule_and_name_the_right_line(rig):
    chance = random.Random(4)
    taken = 0
    for _ in range(200):
        text = ""
        for _ in range(chance.randrange(1, 12)):
            text += chance.choice(PIECES).format(
                who=chance.choice(["root", "#0", '"root"', "ro\\x6ft"]),
                n=text.count("\n") + 1)
        rig.write("/etc/sudoers", text, 0o440)
        p = subprocess.run(["cvtsudoers", "-f", "json", "/etc/sudoers"],
                           capture_output=True, check=False)
        status, out, _ = rig.helper("explain", "--json", "root")
        assert (status == 0) == (p.returncode == 0), (text, p.stderr, status)
        if status != 0:
            continue
        taken += 1
        want = [[c["command"] for c in s["Cmnd_Specs"][0]["Commands"]]
                for s in json.loads(p.stdout or "{}").get("User_Specs", [])]
        rules = json.loads(out)["rules"]
        assert [r["gives"][0]["commands"] for r in rules] == want, (text, out)
        for r in rules:
            assert r["gives"][0]["commands"][0].split()[0] == \
                "/bin/l%d" % r["line"], (text, r)
    assert taken > 50, taken


def tags_are_told(rig):
    rig.sudoers("larry ALL=CWD=/tmp NOPASSWD: /bin/a, TIMEOUT=5m NOEXEC: "
                "PASSWD: /bin/b\n")
    _, got = rig.json("explain", "larry")
    one, two = got["rules"][0]["gives"]
    assert sorted(one["tags"]) == ["CWD=/tmp", "NOPASSWD"], one
    assert {"PASSWD", "NOEXEC", "TIMEOUT=300"} <= set(two["tags"]), two


def the_path_through_the_groups_is_told(rig):
    rig.sudoers("", lightwave="\n%%:%s ALL=(ALL) NOPASSWD: ALL\n" % ADMINS,
                more="%%linux\\ admins@lightwave.test ALL=/bin/ls\n"
                "%%none@lightwave.test ALL=/bin/b\n%%:%s ALL=/bin/c\n"
                % sid(1103))
    status, out, err = rig.helper("explain", "LW\\Alice")
    assert (status, err) == (0, ""), (status, out, err)
    path = ("linux admins@lightwave.test <- platform@lightwave.test <- "
            "alice@lightwave.test")
    assert "/etc/sudoers.d/lightwave:2: by %%:%s\n    %s, confirmed 7 s ago\n" \
        "    (ALL) NOPASSWD: ALL\n" % (ADMINS, path) in out, out
    assert "/etc/sudoers.d/more:1: by %linux admins@lightwave.test\n    " + \
        path in out, out
    assert "/bin/b" not in out and "/bin/c" not in out, out
    assert "docker (gid 106) through dockerusers: may use Docker, which is " \
        "root on this host" in out, out
    assert "[access:sudo]" in out, out
    status, out, _ = rig.helper("explain", "bob@lightwave.test")
    assert status == 0 and "no rule of sudoers speaks of him" in out, out
    assert "docker" not in out, out


def a_user_by_his_uid_and_an_exclusion_are_told(rig):
    rig.sudoers("#%d ALL=/bin/a\nALL, !%%:%s ALL=/bin/b\n" % (ALICE, ADMINS))
    _, got = rig.json("explain", "alice@lightwave.test")
    assert [(r["line"], r["by"], r["applies"]) for r in got["rules"]] == [
        (1, "#%d" % ALICE, True), (2, "!%%:%s" % ADMINS, False)], got
    _, got = rig.json("explain", "bob@lightwave.test")
    assert [(r["line"], r["applies"]) for r in got["rules"]] == [(2, True)]


def what_cannot_be_said_is_not_told_as_no(rig):
    rig.sudoers("", x="+ng ALL=/bin/a\nlarry +hosts=/bin/b\n"
                "larry 192.0.2.0/24=/bin/c\n")
    status, got = rig.json("explain", "larry")
    assert [r["applies"] for r in got["rules"]] == [None, None, None], got
    assert got["rules"][0]["unsure"] == "+ng", got
    rig.sudoers("#1201, !%%:%s ALL=/bin/a\n" % ADMINS)
    rig.front.away = True
    status, got = rig.json("explain", "larry")
    assert status == 3 and got["rules"][0]["applies"] is None, (status, got)


def whom_grant_takes_is_explained(rig):
    rig.sudoers("#%d ALL=/bin/a\n#%d ALL=/bin/b\n" % (ALICE, ALICE))
    status, out, _ = rig.helper("explain", "alice@lightwave.test")
    assert status == 0 and "sudo takes the last" in out, (status, out)
    for name in ("alice", "ALICE", sid(1025)):
        assert rig.helper("explain", name) == (0, out, ""), name
    rig.front.away = True
    assert rig.helper("explain", "alice")[0] == 3


def while_his_groups_are_not_known_no_rule_is_told_as_no(rig):
    rig.write("/etc/lightwave/lightwave.conf",
              CONFIG.replace("docker = dockerusers\n", ""))
    rig.sudoers("%%linux\\ admins@lightwave.test ALL=/bin/a\n"
                "%%#%d ALL=/bin/b\n" % number(1100))
    rig.front.groupless = True
    try:
        status, out, err = rig.helper("explain", "alice@lightwave.test")
    finally:
        rig.front.groupless = False
    assert status == 3 and "not known" in err, (status, err)
    assert "/bin/a" in out and "/bin/b" in out, out
    assert out.count("not judged") == 2, out


def nobody_is_an_error(rig):
    status, out, err = rig.helper("explain", "none@lightwave.test")
    assert status == 1 and out == "" and "no such user" in err, (status, err)


def two_thousand_rules_are_one_run(rig):
    rig.over("cvtsudoers", 'echo run >>{dir}/runs\nexec {real} "$@"\n')
    rig.sudoers("", x="".join(
        "%%group\\ %d@lightwave.test ALL=(ALL) NOPASSWD: /bin/ls\n" % i
        for i in range(1999)) + "%%:%s ALL=(ALL) ALL\n" % ADMINS)
    began = time.monotonic()
    _, got = rig.json("explain", "alice@lightwave.test")
    assert [r["line"] for r in got["rules"]] == [2000], got["rules"]
    print("      2,000 rules: %.2f s" % (time.monotonic() - began))
    with open(rig.path("runs")) as f:
        assert f.read() == "run\n"


# --- migrate -----------------------------------------------------------------
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


# --- hostile -----------------------------------------------------------------
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


CASES = [f for f in list(globals().values())
         if callable(f) and getattr(f, "__module__", "") == "__main__" and
         f.__code__.co_varnames[:1] == ("rig",) and
         f.__name__ not in ("findings", "kinds", "helper_says")]


def main():
    enter_namespace()
    wanted, failed = sys.argv[1:], 0
    with contextlib.closing(Rig()) as rig:
        for case in CASES:
            if wanted and case.__name__ not in wanted:
                continue
            began = time.monotonic()
            try:
                rig.fresh()
                case(rig)
            except Exception:  # whatever it is, the others still run
                failed += 1
                print("FAIL: " + case.__name__)
                traceback.print_exc(file=sys.stdout)
            else:
                print("PASS: %s (%.1f s)" % (case.__name__,
                                             time.monotonic() - began))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
