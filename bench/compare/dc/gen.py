#!/usr/bin/env python3
"""Make the peer lab's directory: LDIF for slapadd on stdout, and in --out the
lists the benchmarks and the `files` baseline read.

The same arguments give the same directory (fixed seed).
uidNumber is (machine id << 24) | RID, as Lightwave's client maps a SID."""
import argparse, base64, hashlib, os, random, sys

BASE = "dc=lightwave,dc=test"
SID = "S-1-7-21-2091630953-806373015-2991373445-997581456"
MACHINE = 1

ap = argparse.ArgumentParser()
ap.add_argument("--users", type=int, default=10000)
ap.add_argument("--groups", type=int, default=500)
ap.add_argument("--big", type=int, default=5000, help="members of `bigteam`")
ap.add_argument("--many", type=int, default=1000, help="groups `manygroups` is in")
ap.add_argument("--password", default="LabPassw0rd-1")
ap.add_argument("--out", required=True)
a = ap.parse_args()
rnd = random.Random(20)

salt = b"compare1"
SSHA = "{SSHA}" + base64.b64encode(hashlib.sha1(a.password.encode() + salt).digest() + salt).decode()

# ---- the model -------------------------------------------------------------
class Entry:
    __slots__ = ("name", "rid", "id", "dn", "parents", "members", "given", "sn", "login", "locked")
    def __init__(self, name, rid, container, login=False):
        self.name, self.rid = name, rid
        # well-known RIDs carry no machine id in vmdir, hence none in the uid
        self.id = rid if rid < 1000 else (MACHINE << 24) | rid
        self.dn = "cn=%s,cn=%s,%s" % (name.replace(",", "\\,"), container, BASE)
        self.parents, self.members = [], []
        self.given, self.sn, self.login, self.locked = name, "Tester", login, False
    def sid(self):
        return "%s-%d" % (SID, self.rid) if self.rid < 1000 else "%s-%d-%d" % (SID, MACHINE, self.rid)

users, groups = [], []
def user(name, rid, **k):
    u = Entry(name, rid, "Users", **k); users.append(u); return u
def group(name, rid, container="Users"):
    g = Entry(name, rid, container); groups.append(g); return g
def join(g, m):
    g.members.append(m); m.parents.append(g)

alice = user("alice", 1001, login=True)
bob = user("bob", 1002, login=True)
carol = user("carol", 1003, login=True)
dave = user("dave", 1004, login=True); dave.locked = True
manyg = user("manygroups", 1005, login=True)
jurgen = user("jürgen", 1006); jurgen.given, jurgen.sn = "Jürgen", "Größer"
li = user("李雷", 1007); li.given, li.sn = "雷", "李"
spaced = user("Ann Marie", 1008); spaced.given, spaced.sn = "Ann", "Marie"
mixed = user("MixedCase", 1009)
loginers = [user("lu%02d" % i, 1010 + i, login=True) for i in range(50)]
ordinary = [user("u%06d" % i, 2000 + i) for i in range(a.users)]
for i, u in enumerate(ordinary):
    u.given, u.sn = "Given%d" % i, "Surname%d" % (i % 977)

rid = 2000 + a.users
USERS = group("Users", 545, "Builtin")
admins = group("Administrators", 544, "Builtin")
def g(name):
    global rid
    rid += 1
    return group(name, rid)
join(admins, alice)
wheelers = g("wheelers"); join(wheelers, alice)
for u in loginers: join(wheelers, u)
lab = g("Lab Admins"); join(lab, alice); join(lab, bob)
prev = None
for d in range(1, 6):                      # nest1 contains nest2 ... contains nest5 contains alice
    n = g("nest%d" % d)
    if prev: join(prev, n)
    prev = n
join(prev, alice)
utf = g("Größe Gruppe"); join(utf, jurgen); join(utf, alice)
big = g("bigteam")
for u in ordinary[:a.big]: join(big, u)
for i in range(a.many): join(g("mg%04d" % i), manyg)
plain = []
for i in range(a.groups):
    plain.append(g(("team%04d", "Project Team %04d", "QA-%04d")[i % 3] % i))
for u in ordinary:
    if plain:
        for x in rnd.sample(plain, min(5, len(plain))): join(x, u)

# As vmdir computes it: nested.
def member_of(x):
    got, todo = {}, list(x.parents)
    while todo:
        p = todo.pop()
        if p.dn not in got:
            got[p.dn] = True
            todo += p.parents
    return list(got)

# ---- LDIF ------------------------------------------------------------------
w = sys.stdout.write
def attr(name, value):
    v = str(value)
    if v.isascii() and v and v[0] not in " :<" and v[-1] != " ":
        w("%s: %s\n" % (name, v))
    else:
        w("%s:: %s\n" % (name, base64.b64encode(v.encode()).decode()))
def entry(dn, classes, **attrs):
    attr("dn", dn)
    for c in classes: attr("objectClass", c)
    for k, v in attrs.items():
        for x in v if isinstance(v, list) else [v]: attr(k, x)
usn = 1000
STAMP = "20260101000000.0Z"
entry(BASE, ["top", "dcObject", "organization", "securityPrincipal"], dc="lightwave", o="lightwave.test", objectSid=SID); w("\n")
for c in ("Users", "Builtin"):
    entry("cn=%s,%s" % (c, BASE), ["top", "container"], cn=c); w("\n")
entry("ou=Computers," + BASE, ["top", "organizationalUnit"], ou="Computers"); w("\n")
entry("cn=client.lightwave.test,ou=Computers," + BASE,
      ["top", "person", "organizationalPerson", "user", "computer", "securityPrincipal"],
      cn="client.lightwave.test", sn="client", sAMAccountName="client.lightwave.test",
      userPrincipalName="client.lightwave.test@LIGHTWAVE.TEST",
      objectSid="%s-%d-999" % (SID, MACHINE), userPassword=SSHA); w("\n")
for u in users:
    usn += 1
    entry(u.dn, ["top", "person", "organizationalPerson", "user", "securityPrincipal", "posixAccount"],
          cn=u.name, sn=u.sn, givenName=u.given, sAMAccountName=u.name,
          userPrincipalName=u.name + "@lightwave.test", userAccountControl=16 if u.locked else 0,
          objectSid=u.sid(), uSNChanged=usn, whenChanged=STAMP,
          uidNumber=u.id, gidNumber=USERS.id, gecos="%s %s" % (u.given, u.sn),
          unixHomeDirectory="/home/u%d" % u.rid if not u.name.isascii() else "/home/" + u.name.replace(" ", "_"),
          loginShell="/bin/bash", memberOf=member_of(u))
    # the KDC refuses dave; over LDAP he has no password to match
    if u.login and not u.locked: attr("userPassword", SSHA)
    w("\n")
for x in groups:
    usn += 1
    entry(x.dn, ["top", "group", "securityPrincipal", "posixGroup"],
          cn=x.name, sAMAccountName=x.name, groupType=2, objectSid=x.sid(), uSNChanged=usn, whenChanged=STAMP,
          gidNumber=x.id, member=[m.dn for m in x.members], memberOf=member_of(x)); w("\n")

# ---- what the benchmarks and the files baseline read -----------------------
def out(name): return open(os.path.join(a.out, name), "w")
with out("users.txt") as f:
    for u in ordinary: f.write("%d %s\n" % (u.id, u.name))
with out("named-users.txt") as f:
    for u in users[:len(users) - len(ordinary)]: f.write("%d %s\n" % (u.id, u.name))
with out("groups.txt") as f:
    for x in groups: f.write("%d %s\n" % (x.id, x.name))
with out("login-users") as f:
    for u in users:
        if u.login and not u.locked: f.write(u.name + "\n")
def flat(x):
    got, todo, seen = [], [x], set()
    while todo:
        y = todo.pop()
        if id(y) in seen: continue
        seen.add(id(y))
        for m in y.members:
            if m.members or m in groupset: todo.append(m)
            elif id(m) not in seen: seen.add(id(m)); got.append(m)
    return got
groupset = set(groups)
with out("files/passwd") as f:
    for u in users:
        f.write("%s:x:%d:%d:%s %s:/home/%d:/bin/bash\n" % (u.name, u.id, USERS.id, u.given, u.sn, u.rid))
with out("files/group") as f:
    for x in groups: f.write("%s:x:%d:%s\n" % (x.name, x.id, ",".join(m.name for m in flat(x))))
