"""Who may do what by which rule, while the directory answers and while it does
not: real sudo, in the session that each of them opened as a member.

The table says what has to come of it. allowed; or why not: "rule" is that no
rule is his, "account" and "outdated" that the account phase turned him away,
for his state or because too old is what is known of him, "nobody" that there is
no such user any more.
"""
import contextlib
import secrets

import pytest

import controllers
from conftest import User
from lab import DCS, full, wait_until
from sessions import Open
from settings import configured
from sudoers import PLUGIN, drop_in, granted

# plain %group@domain, through NSS     plugin %:group by its name
# sid   %:SID, as lightwave-sudo writes it     user  #uid, as it writes it
# local %group of this host, to which [local_groups] adds the directory's
RULES = ("plain", "plugin", "sid", "user", "local")
EXPECTED = """
online    direct    allowed  allowed  allowed  allowed  allowed
online    nested    allowed  allowed  allowed  allowed  allowed
online    none      rule     rule     rule     rule     rule
online    revoked   rule     rule     rule     rule     rule
online    disabled  account  rule     rule     account  account
online    unknown   nobody   nobody   nobody   nobody   nobody
offline   direct    allowed  allowed  allowed  allowed  allowed
offline   nested    allowed  allowed  allowed  allowed  allowed
offline   none      rule     rule     rule     rule     rule
offline   revoked   rule     rule     rule     rule     rule
offline   disabled  account  rule     rule     account  account
offline   unknown   nobody   nobody   nobody   nobody   nobody
expired   direct    rule     rule     rule     outdated rule
expired   nested    rule     rule     rule     outdated rule
expired   none      rule     rule     rule     rule     rule
expired   revoked   rule     rule     rule     rule     rule
expired   disabled  rule     rule     rule     account  rule
expired   unknown   nobody   nobody   nobody   nobody   nobody
"""
TABLE = {tuple(line.split()[:2]): line.split()[2:]
         for line in EXPECTED.strip().splitlines()}
WHO = ("direct", "nested", "none", "revoked", "disabled", "unknown")

# sudo's words for why not; the last ones come after others of these.
WHY = {"Account expired": "account",
       "cannot retrieve authentication info": "outdated",
       "you do not exist in the": "nobody",
       "a password is required": "rule"}

TRY = """for rule in "$@"; do
	said=$(sudo -k -n /usr/bin/echo "$rule" 2>&1) && said=allowed
	echo "$rule $said" | tr '\\n' ' '; echo
done"""


def why(said):
    if said == "allowed":
        return said
    return next((word for text, word in WHY.items() if text in said), said)


@pytest.fixture(scope="module")
def sessions(lab):
    """{who: his session}, of people to whom has happened what their names say.
    Every one of them was a member when it began, but for none."""
    tag = secrets.token_hex(3)
    group, inner = "Matrix Ops " + tag, "matrix inner " + tag
    local = "lwmatrix" + tag
    with contextlib.ExitStack() as undo:
        lab.admin("group", "add", group)
        undo.callback(lab.admin, "group", "del", group)
        lab.admin("group", "add", inner)
        undo.callback(lab.admin, "group", "del", inner)
        lab.admin("group", "addmember", group, inner)
        lab.photon("groupadd", local)
        undo.callback(lab.photon, "groupdel", local)
        config = undo.enter_context(configured(lab))
        config.add("[local_groups]\n%s = %s\n" % (local, group))

        users = {who: User(lab, who) for who in WHO}
        for who, user in users.items():
            if who != "unknown":
                undo.callback(user.delete, lab)
            if who != "none":
                lab.admin("group", "addmember",
                          inner if who == "nested" else group, user.name)
        undo.enter_context(drop_in(lab, "lw-matrix", PLUGIN + "".join(
            "%s ALL=(root) NOPASSWD: /usr/bin/echo %s\n" % rule for rule in (
                ("%" + full(group.lower()).replace(" ", "\\ "), "plain"),
                ("%:" + group.replace(" ", "\\ "), "plugin"),
                ("%" + local, "local")))))
        undo.enter_context(granted(lab, group, "/usr/bin/echo sid"))
        for who, user in users.items():
            if who != "none":
                undo.enter_context(granted(lab, user.full,
                                           "/usr/bin/echo user"))
        wait_until(lambda: full(group.lower()) in lab.groups(
            users["nested"].name), 15, "her groups")
        opened = {who: Open(lab, users[who].full) for who in WHO}
        for who in WHO:
            if who != "none":
                said = opened[who].run(TRY, *RULES).lines
                assert all(line.endswith(" allowed ") for line in said), said

        lab.admin("group", "delmember", group, users["revoked"].name)
        lab.photon("lightwave-sudo", "revoke", users["revoked"].full)
        lab.admin("user", "disable", users["disabled"].name)
        users["unknown"].delete(lab)
        wait_until(lambda: not lab.known(users["unknown"].name), 15,
                   "her to be gone")
        yield opened


@contextlib.contextmanager
def online(lab):
    yield


@contextlib.contextmanager
def offline(lab):
    with controllers.dropped(lab, *DCS):
        controllers.refused_at_once(lab)
        yield
    controllers.answered(lab)


@contextlib.contextmanager
def expired(lab):
    with configured(lab) as config:
        config.add("[cache]\noffline_authorization_max = 4\n")
        journal = lab.journal()
        with offline(lab):
            journal.wait_for("offline_authorization_max", "lightwaved",
                             deadline=60)
            yield


# First, before the days of the table begin.
def test_what_is_taken_away_during_an_outage_ends_with_what_is_known(lab,
                                                                     user):
    group = "outage" + secrets.token_hex(3)
    lab.admin("group", "add", group)
    try:
        lab.admin("group", "addmember", group, user.name)
        wait_until(lambda: full(group) in lab.groups(user.name), 15, "it")
        session = Open(lab, user.full)
        with configured(lab) as config, \
                drop_in(lab, "lw-outage", PLUGIN +
                        "%%:%s ALL=(root) NOPASSWD: ALL\n" % group):
            config.add("[cache]\noffline_authorization_max = 30\n")
            with offline(lab):
                lab.change("group", "delmember", group, user.name)
                # Nobody here can know; and not for longer than that.
                assert session.sudo("id", "-u").out == "0"
                wait_until(lambda: session.sudo("id", "-u").rc, 90,
                           "sudo to refuse")
            wait_until(lambda: full(group) not in lab.groups(user.name), 30,
                       "it to be gone")
            assert session.sudo("id", "-u").rc != 0
    finally:
        lab.admin("group", "del", group)


@pytest.fixture(scope="module", params=[online, offline, expired],
                ids=lambda day: day.__name__)
def day(lab, sessions, request):
    with request.param(lab):
        yield request.param.__name__


@pytest.mark.parametrize("who", WHO)
def test_each_rule_gives_whom_it_means_what_it_says(sessions, day, who):
    said = [line.split(" ", 1) for line in
            sessions[who].run(TRY, *RULES).lines]
    assert [rule for rule, _ in said] == list(RULES)
    assert [why(text.strip()) for _, text in said] == TABLE[day, who], said
