#!/usr/bin/python3
"""A domain of any size as LDIF for slapadd, with the classes of tests/lab/dc.

    bench/directory/domain.py --users 10000 --groups 500 >domain.ldif

user00000 and so on, each in one of group000 and so on. Besides these, where
asked for: `nested`, a user in --nested groups, a tenth of them directly and
the others through those; the group `large` with the first --members users; and
login000 and so on, who have a password (Passw0rd!).
The machine account is cn=bench.lightwave.test,ou=Computers.
"""
import argparse
import sys
import uuid

BASE = "dc=lightwave,dc=test"
SID = "S-1-7-21-1111111111-1222222222-1333333333-1444444444"
USERS = "cn=Users," + BASE


class Domain:
    def __init__(self, out):
        self.out, self.usn, self.rid = out, 1000, 1000

    def entry(self, dn, classes, **attrs):
        self.usn += 1
        lines = ["dn: " + dn] + ["objectClass: " + c for c in classes]
        attrs.update(objectGUID=uuid.uuid5(uuid.NAMESPACE_X500, dn),
                     uSNCreated=self.usn, uSNChanged=self.usn)
        for name, values in attrs.items():
            if not isinstance(values, list):
                values = [values]
            lines += ["%s: %s" % (name, v) for v in values]
        self.out.write("\n".join(lines) + "\n\n")
        return dn

    def sid(self):
        self.rid += 1
        return "%s-1-%d" % (SID, self.rid)

    def user(self, name, **attrs):
        return self.entry(
            "cn=%s,%s" % (name, USERS),
            ["top", "person", "organizationalPerson", "user"], cn=name,
            sAMAccountName=name, userPrincipalName=name + "@LIGHTWAVE.TEST",
            givenName="Given", sn=name, objectSid=self.sid(), **attrs)

    def group(self, name, members, where=USERS, sid=None):
        return self.entry(
            "cn=%s,%s" % (name, where), ["top", "group"], cn=name,
            sAMAccountName=name, groupType=2, objectSid=sid or self.sid(),
            **({"member": members} if members else {}))


def skeleton(d, password):
    d.entry(BASE, ["top", "dcObject", "domainDNS"], dc="lightwave",
            objectSid=SID)
    for name in ("Users", "Builtin"):
        d.entry("cn=%s,%s" % (name, BASE), ["top", "container"], cn=name)
    d.entry("ou=Computers," + BASE, ["top", "organizationalUnit"],
            ou="Computers")
    host = "bench.lightwave.test"
    d.entry("cn=%s,ou=Computers,%s" % (host, BASE),
            ["top", "person", "organizationalPerson", "user", "computer"],
            cn=host, sAMAccountName=host, objectSid=d.sid(),
            userPrincipalName=host + "@LIGHTWAVE.TEST", userPassword=password)
    d.group("Users", [], "cn=Builtin," + BASE, SID + "-545")


def nest(d, n):
    """A tenth directly; the others each have one of those as a member."""
    if n == 0:
        return
    user = d.user("nested")
    direct = [d.group("direct%03d" % i, [user]) for i in range(max(1, n // 10))]
    for i in range(n - len(direct)):
        d.group("outer%04d" % i, [direct[i % len(direct)]])


def main():
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--users", type=int, default=10000)
    p.add_argument("--groups", type=int, default=500)
    p.add_argument("--nested", type=int, default=1000)
    p.add_argument("--members", type=int, default=5000)
    p.add_argument("--logins", type=int, default=0)
    p.add_argument("--password", default="Machine-Passw0rd")
    args = p.parse_args()
    d = Domain(sys.stdout)
    skeleton(d, args.password)
    users = [d.user("user%05d" % i) for i in range(args.users)]
    for i in range(args.groups):
        d.group("group%03d" % i, users[i::args.groups])
    nest(d, args.nested)
    for i in range(args.logins):
        d.user("login%03d" % i, userPassword="Passw0rd!")
    if args.members:
        d.group("large", users[:args.members])


if __name__ == "__main__":
    main()
