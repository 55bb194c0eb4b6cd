#!/usr/bin/python3
"""lightwave-sudo grants, revokes and lists, between a policy of its own and a
scripted front.

Run by `make check` as root, and skipped without. Each case is a function
whose name is a sentence.
"""
import os
import re
import socket
import stat
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
from sudo_rig import (  # noqa: E402
    ADMINS, ALICE, BOB, DOMAIN, GROUP, INVALID, NOTOURS, OFFLINE,
    OPS_GROUP, USER, Who, plugin, refused, run_all)

SID = ADMINS.sid


# --- what is written ---------------------------------------------------------
def a_group_is_written_by_its_sid_and_a_user_by_his_uid(rig):
    said = rig.sudo("grant", "Linux Admins")
    assert "granted group linux admins@lightwave.test" in said, said
    rig.sudo("grant", "ALICE@lightwave.test", "--nopasswd",
             "--command", "/usr/bin/systemctl status a=b", "--runas", "root",
             "--host", "WEB1", "--host", "10.0.0.0/8")
    assert rig.text().splitlines() == [
        "# lightwave-sudo(8) wrote this file: change it with grant and "
        "revoke.",
        'Defaults group_plugin="%s"' % plugin(rig), "",
        "# group linux admins@lightwave.test " + SID,
        "%:" + SID + " ALL=(ALL:ALL) ALL", "",
        "# user alice@lightwave.test " + ALICE.sid,
        "#16778241 web1, 10.0.0.0/8=(root) NOPASSWD: "
        "/usr/bin/systemctl status a\\=b"]
    group, user = rig.is_right()["User_Specs"]
    assert group["User_List"] == [{"nonunixgroup": SID}]
    assert user["User_List"] == [{"userid": 16778241}]
    st = os.stat(rig.dropin)
    assert (stat.S_IMODE(st.st_mode), st.st_uid, st.st_gid) == (0o440, 0, 0)
    assert rig.files() == ["lightwave"]


def with_a_command_root_is_meant_unless_somebody_else_is_said(rig):
    rig.sudo("grant", "alice", "--command", "/bin/ls")
    rig.sudo("grant", "alice", "--command", "/bin/ls", "--runas", "daemon:sys")
    rig.sudo("grant", "alice", "--runas", ":sys")
    rig.sudo("grant", "alice", "--runas", "bob@lightwave.test:%s" %
             OPS_GROUP.name.decode())
    assert [r.split(" ", 1)[1] for r in rig.rules()] == [
        "ALL=(root) /bin/ls", "ALL=(daemon:sys) /bin/ls", "ALL=(:sys) ALL",
        "ALL=(#16778242:#16778311) ALL"]
    rig.is_right()


def the_same_again_changes_nothing_and_another_adds_a_line(rig):
    rig.sudo("grant", "%linux admins")
    before = os.stat(rig.dropin)
    assert "already there" in rig.sudo("grant", "--group", "LINUX ADMINS")
    assert os.stat(rig.dropin).st_ino == before.st_ino
    rig.sudo("grant", "bob")
    rig.sudo("grant", SID, "--command", "/bin/ls", "--command", "/bin/cat /x")
    assert rig.rules() == ["%:" + SID + " ALL=(ALL:ALL) ALL",
                           "%:" + SID + " ALL=(root) /bin/ls, /bin/cat /x",
                           "#16778242 ALL=(ALL:ALL) ALL"]


# --- who is refused ----------------------------------------------------------
def who_is_not_there_or_not_one_is_refused_and_nothing_changes(rig):
    rig.sudo("grant", "bob")
    refused(rig, "nobody", words="no such user or group")
    refused(rig, "ops", words="--user or --group")
    rig.front.claimed.add(b"twice")
    refused(rig, "twice", words="several entries")
    for status, rc, words in ((NOTOURS, 1, "local"), (OFFLINE, 3, "directory"),
                              (INVALID, 1, "cannot be"),
                              (4711, 3, "another version")):
        rig.front.status = status
        refused(rig, "alice", words=words, rc=rc)
    rig.front.close()
    refused(rig, "alice", words="lightwaved does not answer", rc=3)


def of_two_with_a_name_the_one_that_was_said_is_meant(rig):
    rig.sudo("grant", "--user", "ops")
    rig.sudo("grant", "%ops")
    assert rig.rules() == ["#16778310 ALL=(ALL:ALL) ALL",
                           "%:" + OPS_GROUP.sid + " ALL=(ALL:ALL) ALL"]
    refused(rig, "--user", "%ops", words="no such user")
    for argv in (("--user", "--group", "ops"), (),
                 ("ops", "bob"), ("%",), ("--user", "ops", "--root")):
        refused(rig, *argv, words="usage:", rc=2)
    refused(rig, "linux", "admins", words="quote one with a blank", rc=2)


def what_a_lying_front_says_never_gets_into_the_file(rig):
    rig.sudo("grant", "bob")
    for who in (Who(USER, 0, b"zero@lightwave.test", DOMAIN + "-1-1"),
                Who(USER, 1, b"daemon@lightwave.test", DOMAIN + "-1-2"),
                Who(USER, 77777, b"a\nALL ALL=(ALL) NOPASSWD: ALL", ALICE.sid),
                Who(USER, 77777, b"a\rb", ALICE.sid),
                Who(USER, 77777, b"", ALICE.sid),
                Who(USER, 77777, b"a\xe2\x80\xa8b", ALICE.sid),
                Who(USER, 77777, b"\xff", ALICE.sid),
                Who(GROUP, 77777, b"g", "S-1-7 ALL=(ALL) ALL\nx"),
                Who(GROUP, 77777, b"g", "ALL"), Who(GROUP, 77777, b"g", ""),
                Who(GROUP, 77777, b"g", "S-1-7\x1b[2J")):
        rig.front.resolve = lambda what, name, w=who: (
            0, b"\0\0\0\1" + w.bytes())
        refused(rig, "whoever", words="lightwave-sudo: ",
                rc=1 if who.id == 1 else 3)
        refused(rig, "--user" if who.kind == GROUP else "--group", "whoever",
                words="another version", rc=3)


def hostile_names_stay_in_their_comment(rig):
    names = ["a#b", "a\\", "#include x", "@include x", "ALL", "%wheel", "\\x41",
             "a b  c", "a\"b", "'", "a,b=c:d!(e)", "ü漢🦊", "x" * 256,
             "\u202ex", "S-1-7-21", "a S-1-7-21-9", "-x", "NOPASSWD: ALL",
             "\\ \\", "user alice " + ALICE.sid]
    rig.front.all = [Who(USER + i % 2, 16778241 + i, n.encode(), DOMAIN +
                         "-1-%d" % (1025 + i)) for i, n in enumerate(names)]
    for who in rig.front.all:
        rig.sudo("grant", who.sid, "--command", "/bin/echo " +
                 who.name.decode())
    users = [u for s in rig.is_right()["User_Specs"] for u in s["User_List"]]
    assert users == [{"userid": w.id} if w.kind == USER else
                     {"nonunixgroup": w.sid} for w in rig.front.all], users
    assert [g["written"] for g in rig.listed()] == names
    assert {g["state"] for g in rig.listed()} == {"known"}
    rig.front.close()
    for who in rig.front.all:
        rig.sudo("revoke", "--user" if who.kind == USER else "--group", "--",
                 who.name)
    assert rig.rules() == []


def what_no_rule_can_say_is_refused(rig):
    for bad in ("ls", "/bin/", "/bin/*", "/bin/ls\n", "/bin/ls x ", "!/bin/ls",
                "^/bin/.*$", "", "/bin/sudoedit", "sudoedit x"):
        refused(rig, "alice", "--command", bad, words="no command")
    for bad in ("", "a b", "!web", "*", "10.0.0", "10.0.0.0/33", "+net"):
        refused(rig, "alice", "--host", bad, words="no host")
    for bad in ("", ":", "a:", "#0x", "nobody@lightwave.test"):
        refused(rig, "alice", "--runas", bad, words="runas|no such")


def wildcards_in_arguments_are_warned_of(rig):
    said = rig.sudo("grant", "alice", "--command", "/bin/cat /var/log/*")
    assert "no wildcards" in said, said
    said = rig.sudo("grant", "alice", "--command", "/bin/cat /var/log/a-b")
    assert "wildcard" not in said, said


# --- taking back -------------------------------------------------------------
def one_rule_is_taken_or_all_of_his(rig):
    rig.sudo("grant", "alice")
    rig.sudo("grant", "alice", "--command", "/bin/ls")
    rig.sudo("grant", "bob")
    said = rig.sudo("revoke", "alice", "--command", "/bin/cat", rc=1)
    assert "no such rule" in said, said
    rig.sudo("revoke", "alice", "--command", "/bin/ls")
    assert rig.rules() == ["#16778241 ALL=(ALL:ALL) ALL",
                           "#16778242 ALL=(ALL:ALL) ALL"]
    rig.sudo("revoke", "alice")
    assert re.search("no rule here.*lightwave-sudo list",
                     rig.sudo("revoke", "alice", rc=1))
    assert rig.rules() == ["#16778242 ALL=(ALL:ALL) ALL"]
    rig.sudo("revoke", "bob")
    assert rig.rules() == [] and "User_Specs" not in rig.is_right()


def who_is_gone_renamed_or_out_of_reach_can_be_revoked(rig):
    for who in ("alice", "bob", "Linux Admins", "%ops"):
        rig.sudo("grant", who)
    rig.front.all.remove(ALICE)
    rig.sudo("revoke", "alice")
    rig.front.all[rig.front.all.index(BOB)] = Who(
        USER, BOB.id, b"robert@lightwave.test", BOB.sid)
    rig.sudo("revoke", "robert")
    rig.front.status = OFFLINE
    rig.sudo("revoke", "LINUX admins")
    rig.front.close()
    assert "no rule here" in rig.sudo("revoke", "alice", rc=1)
    rig.sudo("revoke", OPS_GROUP.sid)
    assert rig.rules() == []


def whose_name_another_has_now_is_not_guessed(rig):
    rig.sudo("grant", "alice")
    mallory = Who(USER, 16778250, ALICE.name, DOMAIN + "-1-1034")
    rig.front.all[0] = mallory
    said = rig.sudo("revoke", "alice", rc=1)
    assert ALICE.sid in said and mallory.sid in said, said
    assert len(rig.rules()) == 1
    rig.sudo("grant", "alice")
    assert rig.rules() == ["#16778241 ALL=(ALL:ALL) ALL",
                           "#16778250 ALL=(ALL:ALL) ALL"]
    rig.front.status = OFFLINE
    rig.sudo("revoke", "alice@lightwave.test", rc=1)
    rig.sudo("revoke", ALICE.sid)
    assert rig.rules() == ["#16778250 ALL=(ALL:ALL) ALL"]


def a_user_and_a_group_of_one_name_are_told_apart(rig):
    rig.sudo("grant", "--user", "ops")
    rig.sudo("grant", "--group", "ops")
    assert "--user or --group" in rig.sudo("revoke", "ops", rc=1)
    rig.sudo("revoke", "%ops")
    assert rig.rules() == ["#16778310 ALL=(ALL:ALL) ALL"]


# --- list --------------------------------------------------------------------
def the_list_says_who_each_is_now(rig):
    assert rig.listed() == [] and "no rules" in rig.sudo("list")
    for who in ("alice", "bob", "Linux Admins"):
        rig.sudo("grant", who)
    rig.sudo("grant", "alice", "--command", '/bin/echo "x"')
    rig.front.all.remove(BOB)
    rig.front.all[0] = Who(USER, ALICE.id, "älice@lightwave.test".encode(),
                           ALICE.sid)
    got = rig.listed()
    assert [(g["name"], g["written"], g["state"]) for g in got] == [
        ("älice@lightwave.test", "alice@lightwave.test", "renamed"),
        ("älice@lightwave.test", "alice@lightwave.test", "renamed"),
        ("bob@lightwave.test", "bob@lightwave.test", "gone"),
        ("linux admins@lightwave.test",) * 2 + ("known",)]
    lines = rig.text().splitlines()
    for g in got:
        assert lines[g["line"] - 1].endswith(" " + g["rule"]), g
    assert got[0]["uid"] == 16778241 and got[3]["gid"] == ADMINS.id
    assert got[1]["rule"] == 'ALL=(root) /bin/echo "x"'
    said = rig.sudo("list")
    assert "(written as alice@lightwave.test)" in said, said
    assert "gone from the directory" in said, said
    rig.front.all[0] = Who(USER, 4711, ALICE.name, ALICE.sid)
    assert rig.listed()[0]["state"] == "stale"
    assert "his uid is 4711" in rig.sudo("list")
    rig.sudo("grant", "alice")
    assert [r.split(" ")[0] for r in rig.rules()][:2] == ["#4711"] * 2
    rig.front.status = OFFLINE
    assert {g["state"] for g in rig.listed()} == {"unknown"}
    rig.front.close()
    said = rig.sudo("list")
    assert said.count("lightwaved does not answer") == 1, said
    assert "the name it was written with" in said, said
    assert rig.listed()[3]["gid"] is None


# --- the program -------------------------------------------------------------
def each_change_is_told_to_the_systems_log(rig):
    dev = os.path.join(rig.where, "dev")
    os.mkdir(dev)
    rig.write(os.path.join(dev, "null"), "", 0o600)
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind(os.path.join(dev, "log"))
    log.settimeout(10)
    there = ["unshare", "-m", "sh", "-c",
             'mount --bind "$0" /dev && exec "$@"', dev]
    for args, words in (
            (("grant", "alice"), "granted alice@lightwave.test (%s): "
             "ALL=(ALL:ALL) ALL; login uid " % ALICE.sid),
            (("revoke", "alice"), "revoked alice@lightwave.test (%s): "
             "all rules; login uid " % ALICE.sid)):
        rig.sudo(*args, before=there)
        line = log.recv(4096).decode()
        # authpriv.notice
        assert line.startswith("<85>") and words in line, line
    log.close()


def nothing_is_printed_into_a_file_where_output_is_closed(rig):
    rig.sudo("grant", "alice")
    rig.sudo("grant", "bob", before=["sh", "-c", 'exec "$@" <&- >&- 2>&-',
                                     "sh"])
    assert rig.rules() == ["#16778241 ALL=(ALL:ALL) ALL",
                           "#16778242 ALL=(ALL:ALL) ALL"]
    rig.is_right()
    for fd in (1, 2):
        rig.sudo("revoke", "nobody", rc=1,
                 before=["sh", "-c", 'exec "$@" %d>&-' % fd, "sh"])
    assert "granted" not in rig.text() and "no rule" not in rig.text()


def half_a_list_is_no_success(rig):
    rig.sudo("grant", "alice")
    rig.sudo("list", "--json", rc=1,
             before=["sh", "-c", 'exec "$@" >/dev/full', "sh"])


def only_root_may_and_a_wrong_call_says_how(rig):
    p = subprocess.run(["setpriv", "--reuid=65534", "--clear-groups",
                        *rig.argv("list")], stderr=subprocess.PIPE)
    assert p.returncode == 2 and b"only root" in p.stderr, p
    for args in ((), ("sudo",), ("list", "x"), ("escape",), ("escape", "a", "b"),
                 ("--sudoers", "sudoers", "list"),
                 ("--sudoers", '/"', "list")):
        rig.sudo(*args, rc=2)
    assert rig.sudo("escape", "%Linux Admins") == "%Linux\\ Admins\n"
    assert rig.sudo("escape", "%:Linux Admins") == "%:Linux\\ Admins\n"
    assert rig.sudo("escape", "LW\\Bob") == "LW\\\\Bob\n"
    rig.sudo("escape", "a\nb", rc=1)


def two_thousand_rules_are_read_and_written(rig):
    rig.front.all = [Who(USER, 16778241 + i, b"u%d@lightwave.test" % i,
                         DOMAIN + "-1-%d" % (1025 + i)) for i in range(2001)]
    rig.sudo("grant", "u0")
    head = rig.text()
    os.unlink(rig.dropin)
    rig.write(rig.dropin, head + "".join(
        "\n# user %s %s\n#%d ALL=(ALL:ALL) ALL\n" % (
            w.name.decode(), w.sid, w.id) for w in rig.front.all[1:2000]))
    rig.sudo("grant", "u2000")
    assert len(rig.rules()) == 2001
    rig.sudo("revoke", "u1000")
    assert len(rig.rules()) == 2000 and len(rig.listed()) == 2000


def an_answer_that_never_comes_is_no_answer(rig):
    rig.sudo("grant", "bob")
    rig.front.close()
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.bind(rig.front.path)
    s.listen(8)

    def answer_half():
        c, _ = s.accept()
        with c:
            c.recv(4096)
            c.sendall(b"\0\0\0\x20")
    t = threading.Thread(target=answer_half)
    t.start()
    refused(rig, "alice", words="lightwave-sudo: ", rc=3)
    t.join()
    s.close()


CASES = [v for k, v in list(globals().items())
         if callable(v) and getattr(v, "__module__", "") == "__main__"]
if os.geteuid() != 0:
    sys.exit(77)
if len(sys.argv) > 1:
    CASES = [c for c in CASES if re.search(sys.argv[1], c.__name__)]
assert CASES
sys.exit(run_all(CASES))
