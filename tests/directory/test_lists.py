"""getent passwd and getent group, all the way: a directory, the worker, the
front, and our NSS module under glibc.
"""
import hostile
import rig

DOMAIN = "@lightwave.test"
ON = "[domain]\nenumerate = yes\n"


def local(database):
    with open("/etc/" + database, encoding="utf-8", errors="replace") as f:
        return f.read().splitlines()


def listed(host, database):
    """What comes after the local ones, which come first."""
    lines, ours = host.getent(database), local(database)
    assert lines[:len(ours)] == ours
    return lines[len(ours):]


def read_whole(start_host, dc, more):
    host = start_host(dc.host, timeout=3, more=more)
    host.start_front()
    rig.wait_until(lambda: host.front.said("is known whole"),
                   "the whole domain")
    return host


def test_all_are_listed_as_each_is_looked_up(start_host, dc1, domain):
    crowd = ["crowd-%03d" % i for i in range(600)]
    for name in crowd:
        domain.user(name)
    for i, name in enumerate(hostile.NAMES.values()):
        cn = "bad-name-%d" % i
        domain.user(cn, cn=cn, sAMAccountName=name, userPrincipalName=None)
    host = read_whole(start_host, dc1, ON)
    users, groups = listed(host, "passwd"), listed(host, "group")
    names = [line.split(":")[0] for line in users]
    assert len(names) == len(set(names))
    assert {n + DOMAIN for n in crowd} <= set(names)
    assert {"alice" + DOMAIN, "bob" + DOMAIN} <= set(names)
    for lines in (users, groups):
        ids = [int(line.split(":")[2]) for line in lines]
        assert ids == sorted(set(ids))
    # As many as one command line takes: each is looked up by its name.
    assert host.getent("passwd", *names) == users
    assert host.getent("group", *[g.split(":")[0] for g in groups]) == groups
    assert any(g.startswith("outer" + DOMAIN + ":x:") and
               "alice" + DOMAIN in g for g in groups)


def test_what_changes_in_the_directory_changes_in_the_list(
        start_host, dc1, domain):
    gone = domain.user("gone")
    host = read_whole(start_host, dc1, ON)
    before = listed(host, "passwd")
    assert any(line.startswith("gone" + DOMAIN) for line in before)
    domain.delete(gone)
    domain.user("newcomer")
    host.refresh()
    after = {line.split(":")[0] for line in listed(host, "passwd")}
    assert after == {line.split(":")[0] for line in before} - {
        "gone" + DOMAIN} | {"newcomer" + DOMAIN}


def test_unless_it_is_switched_on_local_accounts_are_listed(
        start_host, dc1, domain):
    host = read_whole(start_host, dc1, "")
    assert listed(host, "passwd") == listed(host, "group") == []
    assert host.getent("passwd", "alice" + DOMAIN)
    assert not host.front.said("not listed")


def test_what_is_not_kept_whole_is_not_listed_in_part(
        start_host, dc1, domain):
    host = start_host(dc1.host, timeout=3,
                      more=ON + "[cache]\nreplicate_max = 0\n")
    host.start_front()
    rig.wait_until(lambda: host.getent("passwd", "bob" + DOMAIN),
                   "bob to be known")
    assert listed(host, "passwd") == listed(host, "group") == []
    assert len(host.front.said("not listed: replicate_max is 0")) == 1
