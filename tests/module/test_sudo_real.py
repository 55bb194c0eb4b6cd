#!/usr/bin/python3
"""The group plug-in under this machine's sudo, with files of /etc and sockets
of /run of our own, in a mount namespace that ends with the test.

Run by `make check` as root. Each case is a function whose name is a sentence;
sudo_real_rig.py makes the world it runs in. The plug-in is a copy for which
/run/lightwave/etc has the accounts of this machine, so that those of our
/etc/passwd are the directory's.
"""
import os
import re
import sys
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
from sudo_real_rig import (ALICE, BOB, LOCAL, PLUGIN, SHIPPED,  # noqa: E402
                           Rig, enter_namespace)

SID = "S-1-7-21-1-2-3-4-1-1025"
ADMINS = "Linux Admins"
RULE = "%s ALL=(ALL) NOPASSWD: ALL\n"

# What stands in sudoers, and what the directory is asked about.
FORMS = [
    (r"%:Linux\ Admins", ADMINS),
    (r'"%:Linux Admins"', ADMINS),
    (r"%:Linux\x20Admins", ADMINS),
    (r"%:linux\ admins@lightwave.test", "linux admins@lightwave.test"),
    (r'"%:linux admins@lightwave.test"', "linux admins@lightwave.test"),
    (r"%:LIGHTWAVE.TEST\\Linux\ Admins", r"LIGHTWAVE.TEST\Linux Admins"),
    (r"%:LIGHTWAVE.TEST\x5cLinux\x20Admins", r"LIGHTWAVE.TEST\Linux Admins"),
    (r'"%:LIGHTWAVE.TEST\Linux Admins"', r"LIGHTWAVE.TEST\Linux Admins"),
    ("%:" + SID, SID),
    ('"%%:%s"' % SID, SID),
    ("%:Jürgens", "Jürgens"),
    ('"%:Jürgens Leute"', "Jürgens Leute"),
    (r"%:\x4a\xc3\xbcrgens", "Jürgens"),
    (r"%:dev\(ops\)", "dev(ops)"),
    (r'"%:dev(ops)"', "dev(ops)"),
    (r"%:a\!b\=c\,d", "a!b=c,d"),
    (r'"%:a!b=c,d"', "a!b=c,d"),
    (r"%:a%b", "a%b"),
    (r"%:a\#b", "a#b"),
    (r"%:a\"b", 'a"b'),
    (r'"%:a\"b"', 'a"b'),
    ("%:" + 60 * "abc_", 60 * "abc_"),
    # The backslash is sudo's: a mistake that lightwave_sudo(8) tells of.
    (r"%:LIGHTWAVE.TEST\Linux", "LIGHTWAVE.TESTLinux"),
]


def every_form_is_asked_about_as_it_was_meant(rig):
    for text, asked in FORMS:
        for how in (RULE % text, "User_Alias US = %s\n" % text + RULE % "US"):
            rig.front.members = {BOB: [asked]}
            rig.sudoers(how)
            assert rig.sudo(BOB) == BOB, (how, rig.said)
            assert rig.front.questions() == [(1, rig.uid(BOB), BOB, asked)], \
                how


def quotes_hold_the_whole_word_or_nothing(rig):
    for text in ('%:"Linux Admins"', '%"":Linux', "%:", '"%:"'):
        try:
            rig.sudoers(RULE % text)
        except AssertionError as e:
            assert "syntax error" in str(e) or "empty group" in str(e), e
        else:
            raise AssertionError(text + " is taken")


def whomever_a_command_runs_as_root_asks(rig):
    """sudo judges its rules under that user's effective uid."""
    rig.sudoers(RULE % r"%:Linux\ Admins")
    for target in ("root", ALICE, BOB, LOCAL):
        assert rig.sudo(ALICE, as_user=target) == target, rig.said
        assert len(rig.front.questions()) == 1
    assert rig.front.askers == {0}


def who_is_in_no_group_gets_nothing(rig):
    rig.sudoers(RULE % r"%:Linux\ Admins")
    assert rig.sudo(ALICE, as_user="root") == "root", rig.said
    assert rig.sudo(BOB) is None
    assert "%s is not allowed to run sudo" % BOB in rig.said \
        or "%s is not in the sudoers file" % BOB in rig.said \
        or "a password is required" in rig.said, rig.said


def a_gid_is_nobodys_group(rig):
    for text in ("%:#16778242", '"%:#16778242"'):
        rig.front.members = {ALICE: ["#16778242", "16778242"]}
        rig.sudoers(RULE % text)
        assert rig.sudo(ALICE) is None
        assert rig.front.questions() == []


def accounts_of_this_machine_are_asked_about_by_nobody(rig):
    rig.front.members = {LOCAL: [ADMINS], "root": [ADMINS]}
    rig.sudoers(RULE % r"%:Linux\ Admins" + RULE % LOCAL)
    assert rig.sudo(LOCAL) == LOCAL, rig.said
    assert rig.sudo("root") == "root", rig.said
    rig.sudoers(RULE % r"%:Linux\ Admins")
    assert rig.sudo(LOCAL) is None
    assert rig.front.questions() == []


def without_the_front_members_get_nothing_and_the_others_theirs(rig):
    rig.sudoers(RULE % r"%:Linux\ Admins" + RULE % LOCAL)
    rig.front.stop()
    assert rig.sudo(ALICE) is None
    assert rig.said.count("lightwave: lightwaved does not answer: "
                          "group Linux Admins cannot be looked up") == 1, \
        rig.said
    for user in (LOCAL, "root"):
        assert rig.sudo(user) == user, rig.said
        assert rig.said == "", rig.said


def away_for_too_long_is_a_no_that_says_so(rig):
    rig.sudoers(RULE % r"%:Linux\ Admins")
    rig.front.status = 25
    assert rig.sudo(ALICE) is None
    assert "the directory has not been reached for too long" in rig.said


def a_list_with_many_rules_says_it_once(rig):
    rig.sudoers("".join(RULE % (r"%%:group\ %d" % i) for i in range(2000)))
    rig.front.stop()
    assert rig.listed(ALICE) is None
    assert rig.said.count("cannot be looked up") == 1, rig.said[:2000]


def two_thousand_rules_for_one_group_are_one_question(rig):
    rig.sudoers("".join(r"%%:Linux\ Admins ALL=(ALL) NOPASSWD: /bin/x%d"
                        "\n" % i for i in range(2000)) +
                RULE % r"%:Linux\ Admins")
    assert rig.sudo(ALICE) == ALICE, rig.said
    assert len(rig.front.questions()) == 1


def others_rules_are_listed_for_root(rig):
    rig.sudoers(RULE % r"%:Linux\ Admins")
    for args in (["-U", ALICE], ["-ll", "-U", ALICE]):
        assert "NOPASSWD: ALL" in rig.listed("root", *args) or \
            "!authenticate" in rig.listed("root", *args), rig.said
    assert "not allowed" in rig.listed("root", "-U", BOB)
    assert rig.listed(ALICE), rig.said
    assert {q[2] for q in rig.front.questions()} == {ALICE, BOB}


def a_group_can_be_whom_commands_run_as(rig):
    rig.sudoers(r"%:Linux\ Admins ALL=(%:Operators) NOPASSWD: ALL" + "\n")
    rig.front.members = {ALICE: [ADMINS], BOB: ["Operators"]}
    assert rig.sudo(ALICE, as_user=BOB) == BOB, rig.said
    assert rig.sudo(ALICE, as_user=LOCAL) is None
    assert rig.sudo(ALICE, as_user="root") is None


def defaults_can_be_for_a_group(rig):
    rig.sudoers(r"Defaults:%:Linux\ Admins !authenticate" + "\n" +
                "ALL ALL=(ALL) ALL\n")
    assert rig.sudo(ALICE, as_user="root") == "root", rig.said
    assert rig.sudo(BOB, as_user="root") is None


def a_negated_rule_lets_through_whom_nobody_can_judge(rig):
    """The trap that lightwave_sudo(8) warns of."""
    rig.sudoers(RULE % "ALL, !%:Banned")
    rig.front.members = {BOB: ["Banned"]}
    assert rig.sudo(ALICE) == ALICE, rig.said
    assert rig.sudo(BOB) is None
    rig.front.stop()
    assert rig.sudo(BOB) == BOB, rig.said


def so_does_one_that_takes_commands_away(rig):
    rig.sudoers(RULE % "ALL" + "%:Banned ALL=(ALL) !/usr/bin/id\n")
    rig.front.members = {BOB: ["Banned"]}
    assert rig.sudo(ALICE) == ALICE, rig.said
    assert rig.sudo(BOB) is None
    rig.front.stop()
    assert rig.sudo(BOB) == BOB, rig.said


def a_local_group_is_never_the_directorys(rig):
    rig.front.members = {ALICE: ["wheel", "docker"]}
    rig.sudoers("Defaults always_query_group_plugin\n" + RULE % "%wheel" +
                RULE % "%:wheel")
    assert rig.sudo(ALICE) is None
    assert rig.front.questions() == []
    rig.sudoers("Defaults always_query_group_plugin\n" + RULE % "%docker")
    assert rig.sudo(ALICE) == ALICE, rig.said


def a_plug_in_that_is_gone_or_no_plug_in_locks_out_nobody_else(rig):
    for path in ("/nowhere/lightwave_sudo.so", "/etc/passwd"):
        rig.sudoers(RULE % r"%:Linux\ Admins" + RULE % LOCAL, plugin=path)
        for user in (LOCAL, "root"):
            assert rig.sudo(user) == user, rig.said
            assert "unable to load " + path in rig.said, rig.said
        assert rig.sudo(ALICE) is None
    assert rig.front.questions() == []


def named_in_two_files_it_works_once(rig):
    rig.sudoers('Defaults group_plugin="%s"\n' % PLUGIN +
                RULE % r"%:Linux\ Admins")
    assert rig.sudo(ALICE) == ALICE, rig.said
    assert len(rig.front.questions()) == 1


def the_last_line_counts(rig):
    rig.sudoers('Defaults group_plugin="%s"\n' % PLUGIN +
                RULE % r"%:Linux\ Admins", plugin="/nowhere/group_file.so")
    assert rig.sudo(ALICE) == ALICE, rig.said
    assert rig.said == "", rig.said


def without_the_line_such_a_rule_means_nobody(rig):
    rig.sudoers(RULE % r"%:Linux\ Admins", plugin=None)
    assert rig.sudo(ALICE) is None
    assert rig.front.questions() == []


def the_one_that_is_installed_loads_and_asks(rig):
    """For it everybody in /etc/passwd is local."""
    rig.sudoers(RULE % r"%:Linux\ Admins", plugin=SHIPPED)
    assert rig.sudo(ALICE) is None
    assert "unable to load" not in rig.said, rig.said
    assert rig.front.questions() == []
    assert rig.sudo("root") == "root", rig.said


def the_example_is_one_that_visudo_takes(rig):
    text = open("sudoers.d/lightwave.example").read()
    for example in (text, re.sub(r"^#(?=[%\"])", "", text, flags=re.M)):
        rig.visudo(example)


CASES = [f for n, f in list(globals().items())
         if callable(f) and getattr(f, "__module__", "") == "__main__"]


def main():
    enter_namespace()
    failed = 0
    with Rig() as rig:
        for case in CASES:
            rig.begin({ALICE: [ADMINS, "linux admins@lightwave.test"]})
            try:
                case(rig)
                print("ok - " + case.__name__, flush=True)
            except Exception:
                failed += 1
                print("not ok - " + case.__name__)
                traceback.print_exc(file=sys.stdout)
                sys.stdout.flush()
            finally:
                rig.front.stop()
    print("%d cases, %d failed" % (len(CASES), failed))
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
