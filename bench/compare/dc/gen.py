#!/usr/bin/env python3
"""Make the directory of the comparison: LDIF for slapadd on standard output,
and in --out the lists that the benchmarks and the system `files` read.

The same arguments give the same directory (fixed seed). uidNumber is
(machine id << 24) | RID, as Lightwave's client maps a SID.
"""
import argparse
import base64
import hashlib
import pathlib
import random
import sys

BASE = "dc=lightwave,dc=test"
HOST = "client.lightwave.test"
SID = "S-1-7-21-2091630953-806373015-2991373445-997581456"
MACHINE = 1
STAMP = "20260101000000.0Z"
USERS_GID = 545
BIG = 5000   # members of bigteam
MANY = 1000  # groups that manygroups is in

SUBJECT = ["top", "securityPrincipal"]
PERSON = SUBJECT + ["person", "organizationalPerson", "user"]


class Entry:
    """A user or a group; both can be members."""

    def __init__(self, name, rid, container):
        self.name, self.rid = name, rid
        # Well-known RIDs carry no machine id in vmdir, hence none in the uid.
        self.id = rid if rid < 1000 else (MACHINE << 24) | rid
        self.dn = "cn=%s,cn=%s,%s" % (name.replace(",", "\\,"), container, BASE)
        self.parents, self.members = [], []

    def sid(self):
        middle = "" if self.rid < 1000 else "-%d" % MACHINE
        return "%s%s-%d" % (SID, middle, self.rid)

    def member_of(self):
        """As vmdir computes it: nested."""
        got, todo = {}, list(self.parents)
        while todo:
            group = todo.pop()
            if group.dn not in got:
                got[group.dn] = True
                todo += group.parents
        return list(got)


class User(Entry):
    is_group = False

    def __init__(self, name, rid, given=None, sn="Tester", login=False):
        super().__init__(name, rid, "Users")
        self.given, self.sn = given or name, sn
        self.login, self.locked = login, False


class Group(Entry):
    is_group = True

    def __init__(self, name, rid, container="Users"):
        super().__init__(name, rid, container)

    def add(self, *members):
        for m in members:
            self.members.append(m)
            m.parents.append(self)

    def users(self):
        """Members of members, too."""
        got, todo, seen = [], [self], set()
        while todo:
            group = todo.pop()
            if group.name in seen:
                continue
            seen.add(group.name)
            for m in group.members:
                if m.is_group:
                    todo.append(m)
                elif m.name not in seen:
                    seen.add(m.name)
                    got.append(m)
        return got


def make_users(count):
    """Those with a name of their own, and the ordinary ones."""
    named = [User("alice", 1001, login=True), User("bob", 1002, login=True),
             User("carol", 1003, login=True), User("dave", 1004, login=True),
             User("manygroups", 1005, login=True),
             User("jürgen", 1006, "Jürgen", "Größer"),
             User("李雷", 1007, "雷", "李"),
             User("Ann Marie", 1008, "Ann", "Marie"), User("MixedCase", 1009)]
    named[3].locked = True
    named += [User("lu%02d" % i, 1010 + i, login=True) for i in range(50)]
    return named, [User("u%06d" % i, 2000 + i, "Given%d" % i,
                        "Surname%d" % (i % 977)) for i in range(count)]


def make_groups(named, ordinary, count):
    groups = [Group("Users", USERS_GID, "Builtin"),
              Group("Administrators", 544, "Builtin")]
    known = {u.name: u for u in named}
    rid = 2000 + len(ordinary)

    def group(name, *members):
        groups.append(Group(name, rid + len(groups) - 1))
        groups[-1].add(*members)
        return groups[-1]

    alice = known["alice"]
    groups[1].add(alice)
    group("wheelers", alice, *(u for u in named if u.name.startswith("lu")))
    group("Lab Admins", alice, known["bob"])
    nest = [group("nest%d" % depth) for depth in range(1, 6)]
    for outer, inner in zip(nest, nest[1:]):
        outer.add(inner)
    nest[-1].add(alice)
    group("Größe Gruppe", known["jürgen"], alice)
    group("bigteam", *ordinary[:BIG])
    for i in range(MANY):
        group("mg%04d" % i, known["manygroups"])
    names = "team%04d", "Project Team %04d", "QA-%04d"
    plain = [group(names[i % 3] % i) for i in range(count)]
    drawn = random.Random(20)
    for u in ordinary:
        for g in drawn.sample(plain, min(5, count)):
            g.add(u)
    return groups


def ssha(password):
    salt = b"compare1"
    digest = hashlib.sha1(password.encode() + salt).digest()
    return "{SSHA}" + base64.b64encode(digest + salt).decode()


class Ldif:
    def __init__(self, out):
        self.out, self.usn = out, 1000

    def attribute(self, name, value):
        v = str(value)
        if v.isascii() and v and v[0] not in " :<" and v[-1] != " ":
            self.out.write("%s: %s\n" % (name, v))
        else:
            v = base64.b64encode(v.encode()).decode()
            self.out.write("%s:: %s\n" % (name, v))

    def entry(self, dn, classes, **attributes):
        self.attribute("dn", dn)
        for name, value in dict(objectClass=classes, **attributes).items():
            for v in value if isinstance(value, list) else [value]:
                self.attribute(name, v)
        self.out.write("\n")

    def subject(self, e, classes, **attributes):
        self.usn += 1
        self.entry(e.dn, classes, cn=e.name, sAMAccountName=e.name,
                   objectSid=e.sid(), uSNChanged=self.usn, whenChanged=STAMP,
                   gidNumber=e.id if e.is_group else USERS_GID,
                   memberOf=e.member_of(), **attributes)

    def user(self, u, password):
        home = u.name.replace(" ", "_") if u.name.isascii() else "u%d" % u.rid
        # The KDC refuses a locked one; over LDAP there is nothing to match.
        secret = [ssha(password)] if u.login and not u.locked else []
        self.subject(u, PERSON + ["posixAccount"], sn=u.sn, givenName=u.given,
                     userPrincipalName=u.name + "@lightwave.test",
                     userAccountControl=16 if u.locked else 0, uidNumber=u.id,
                     gecos="%s %s" % (u.given, u.sn),
                     unixHomeDirectory="/home/" + home, loginShell="/bin/bash",
                     userPassword=secret)

    def group(self, g):
        self.subject(g, SUBJECT + ["group", "posixGroup"], groupType=2,
                     member=[m.dn for m in g.members])


def write_ldif(out, users, groups, password):
    ldif = Ldif(out)
    ldif.entry(BASE, SUBJECT + ["dcObject", "organization"], dc="lightwave",
               o="lightwave.test", objectSid=SID)
    for c in "Users", "Builtin":
        ldif.entry("cn=%s,%s" % (c, BASE), ["top", "container"], cn=c)
    ldif.entry("ou=Computers," + BASE, ["top", "organizationalUnit"],
               ou="Computers")
    ldif.entry("cn=%s,ou=Computers,%s" % (HOST, BASE), PERSON + ["computer"],
               cn=HOST, sn="client", sAMAccountName=HOST,
               userPrincipalName=HOST + "@LIGHTWAVE.TEST",
               objectSid="%s-%d-999" % (SID, MACHINE),
               userPassword=ssha(password))
    for u in users:
        ldif.user(u, password)
    for g in groups:
        ldif.group(g)


def write_lists(directory, named, ordinary, groups):
    def put(name, lines):
        with open(directory / name, "w") as f:
            f.writelines(line + "\n" for line in lines)

    put("users.txt", ("%d %s" % (u.id, u.name) for u in ordinary))
    put("login-users", (u.name for u in named if u.login and not u.locked))
    (directory / "files").mkdir(exist_ok=True)
    put("files/passwd", (
        "%s:x:%d:%d:%s %s:/home/%d:/bin/bash" %
        (u.name, u.id, USERS_GID, u.given, u.sn, u.rid)
        for u in named + ordinary))
    put("files/group", (
        "%s:x:%d:%s" % (g.name, g.id, ",".join(u.name for u in g.users()))
        for g in groups))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, default=10000)
    parser.add_argument("--groups", type=int, default=500)
    parser.add_argument("--password", required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    a = parser.parse_args()
    named, ordinary = make_users(a.users)
    groups = make_groups(named, ordinary, a.groups)
    write_ldif(sys.stdout, named + ordinary, groups, a.password)
    write_lists(a.out, named, ordinary, groups)


if __name__ == "__main__":
    main()
