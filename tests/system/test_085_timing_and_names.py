"""What somebody learns who has no password: nothing. An unknown name and a wrong
password are the same to look at and take as long, and so is whatever else may
be typed for a name.
"""
import math
import re
import statistics

import pytest

import terminal
from lab import at_once, full

PRIV, DENIED, NOTFOUND = "/run/lightwave/priv", "3", "1"
WRONG = "No7%body-has-it"
KBD = "keyboard-interactive"
TRIES = 200


# --- time --------------------------------------------------------------------

def mann_whitney(a, b):
    """Two-sided p, by the normal approximation; times have hardly any ties."""
    ordered = sorted([(t, 0) for t in a] + [(t, 1) for t in b])
    rank_sum = sum(i for i, (_, of) in enumerate(ordered, 1) if of == 0)
    n, m = len(a), len(b)
    u = rank_sum - n * (n + 1) / 2
    z = (abs(u - n * m / 2) - 0.5) / math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(z / math.sqrt(2))


def times(lab, name, other):
    lines = lab.perl("timing.pl", PRIV, str(TRIES), "PW", name, other,
                     env={"PW": WRONG}).lines
    found = {name: [], other: []}
    for line in lines:
        who, status, ms = line.rsplit(" ", 2)
        assert status == (DENIED if who == name else NOTFOUND), line
        found[who].append(float(ms))
    assert [len(f) for f in found.values()] == [TRIES, TRIES]
    return found[name], found[other]


@pytest.mark.parametrize("unknown", ["nobody.of.that.name", "twin"])
def test_an_unknown_name_takes_as_long_as_a_wrong_password(lab, user, unknown):
    """One test in a hundred finds what is not there: so two have to."""
    # Nobody is to be locked out by it; vmdir counts without writing, too.
    lab.admin("user", "policy", user.name, "exempt")
    for _ in range(2):
        wrong, none = times(lab, user.full, full(unknown))
        p = mann_whitney(wrong, none)
        print("wrong %.2f ms, %s %.2f ms (medians of %d), p = %.3f" % (
            statistics.median(wrong), unknown, statistics.median(none), TRIES,
            p))
        if p >= 0.01:
            return
    raise AssertionError("a difference was found twice, p = %g" % p)


def test_a_difference_would_be_found():
    """Of a twentieth, that is, in times as they are."""
    times = [1 + i / TRIES for i in range(TRIES)]
    assert mann_whitney(times, [t + 0.001 for t in times]) > 0.5
    assert mann_whitney(times, [t * 1.1 for t in times]) < 0.001


# --- what is shown -----------------------------------------------------------

# Each is nobody's name. Some are made so that they would be somebody's, or
# something else altogether, to a program that looked less closely.
NAMES = {
    "unknown": full("ghost"), "claimed twice": full("twin"),
    "newline": full("ali\nce"), "another line": "alice\nroot",
    "escape": full("\x1b[2Jalice"), "bidi": full("\u202eecila"),
    "zero width": full("al\u200bice"), "not UTF-8": b"al\xffice@lightwave.test",
    "overlong UTF-8": b"alice\xc0\xaf@lightwave.test",
    "path": full("../../etc/passwd"), "filter": full("*)(uid=*"),
    "wildcard": full("a*"), "two signs": "alice@lightwave.test@lightwave.test",
    "sign alone": "@", "no account": "@lightwave.test",
    "no domain": "alice@", "backslash alone": "\\", "no user": "LIGHTWAVE\\",
    "leading dash": "-alice@lightwave.test", "blank": " ",
    "trailing blank": "alice@lightwave.test ", "colon": "alice:x@lightwave.test",
    "digits": full("0"), "format": full("%s%n%x"),
    "quotes": full("a'\"`$(id)"), "10 kB": full("a" * 10240),
    "255 bytes": full("a" * 239), "256 bytes": full("a" * 240),
}


# ssh itself refuses to send what a shell or a terminal might take amiss.
UNSENT = ("newline", "another line", "escape", "filter", "leading dash",
          "quotes", "no user", "backslash alone")


SENT = ["wrong"] + [what for what in NAMES if what not in UNSENT]
WAYS = [("pam", what) for what in ["wrong", *NAMES]]
# Every name by one of the two, and what it is compared with by both.
SSH = [((KBD, "password")[i % 2], what) for i, what in enumerate(SENT)] + [
    ("password", "wrong")]


def as_bytes(name):
    return name if isinstance(name, bytes) else name.encode()


def shown(way, what, done):
    """The prompts and what came after them, less the name, which ssh shows."""
    lines = [re.sub(r"^.*@127\.0\.0\.1", "NAME", line)
             for line in done.out.split("\n")]
    # pamtester tells PAM's code, and ssh leaves too long a line away.
    return lines[:1] if way == "pam" or what == "10 kB" else lines


@pytest.fixture(scope="module")
def attempts(lab, spare):
    """{(program, name): what came of it}, and what the journal said. "wrong" is
    a wrong password of somebody who exists."""
    def pam(name):
        # As sshd, login and all see it, without their rules for what may be
        # typed.
        return lambda: terminal.talk(lab, terminal.on_photon(
            "bash", "-c", "exec pamtester sshd %s authenticate" %
            terminal.in_ascii(as_bytes(name))), (terminal.PASSWORD, WRONG))

    def ssh(name, how):
        return lambda: terminal.ssh(lab, as_bytes(name),
                                    (terminal.PASSWORD, WRONG), how=how,
                                    command=["echo I am in"])

    names = {"wrong": spare[0].full, **NAMES}
    journal = lab.journal()
    done = {}
    at_once([
        lambda: done.update(zip(WAYS, at_once(
            [pam(names[what]) for _, what in WAYS], 10))),
        lambda: done.update(zip(SSH, at_once(
            [ssh(names[what], how) for how, what in SSH], 8)))])
    return done, journal


@pytest.mark.parametrize("way, what", WAYS + SSH)
def test_it_looks_like_a_wrong_password(attempts, way, what):
    done, wrong = attempts[0][way, what], attempts[0][way, "wrong"]
    assert "assword:" in wrong.out and wrong.asked == 1
    assert done.rc == wrong.rc != 0 and done.asked == 1
    assert shown(way, what, done) == shown(way, what, wrong)
    assert "I am in" not in done.out


def test_who_exists_was_counted_as_often_as_he_was_tried(
        lab, attempts, spare):
    assert lab.failures(spare[0].name) == 3
    assert lab.ssh(spare[0].full, spare[0].password).rc == 0


def test_no_line_of_ours_in_the_log_holds_what_was_typed_as_it_was(attempts):
    journal = attempts[1]
    lines = journal.text("lightwaved", "lightwaved-worker").split("\n") + [
        line for line in journal.text().split("\n") if "pam_lightw" in line]
    assert len(lines) > len(NAMES)
    odd = [line for line in lines if not re.fullmatch("[ -~]*", line)]
    assert not odd, odd
    # A name of two lines made none of its own.
    assert not [line for line in lines if re.match(r"ce@|root\b", line)]
    assert max(len(line) for line in lines) < 2048
