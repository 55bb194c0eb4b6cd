#!/usr/bin/python3
"""What lightwave-sudo explain says that a rule means: with sudo's own
cvtsudoers, visudo and sudo, in an /etc of the test's own, and with a front
that answers by a table. Each case is a function whose name is a sentence.
"""
import json
import os
import random
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
from sudoers_rig import (  # noqa: E402
    CONFIG, number, sid, run_all)

ALICE = number(1025)
ADMINS = sid(1100)


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


if __name__ == "__main__":
    run_all([f for k, f in list(globals().items())
             if getattr(f, "__module__", "") == "__main__" and callable(f) and
             f.__code__.co_varnames[:1] == ("rig",) and
             k != "helper_says"])
