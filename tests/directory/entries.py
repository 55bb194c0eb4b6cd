"""The entries of a domain, as a real vmdir has them, and what makes more."""
import itertools

DOMAIN, REALM = "lightwave.test", "LIGHTWAVE.TEST"
BASE = "dc=lightwave,dc=test"
USERS = "cn=Users," + BASE
SID = "S-1-7-21-1199898160-656503202-1094715511-863151999"
MACHINE = "cn=client1.lightwave.test,ou=Computers," + BASE
MACHINE_PASSWORD = "Machine-Passw0rd!"
ADMIN = "cn=Administrator," + USERS
PASSWORD = "Passw0rd!"

DISABLED, LOCKED, EXPIRED = 0x2, 0x10, 0x800000
PERSON = ["top", "person", "organizationalPerson", "user"]


class Entry(dict):
    """Attribute -> list of values; names in the schema's own spelling."""

    def __init__(self, dn, attrs):
        super().__init__({k: [v] if isinstance(v, (str, bytes)) else list(v)
                          for k, v in attrs.items()})
        self.dn = dn
        self.password = None
        self.old_passwords = []
        self.expired = False
        self.expires_in = None  # seconds; said within the last 15 days
        self.failures = 0

    @property
    def uac(self):
        return int(self.get("userAccountControl", ["0"])[0])

    @uac.setter
    def uac(self, value):
        self["userAccountControl"] = [str(value)]

    def values(self, name):
        for k, v in self.items():
            if k.lower() == name.lower():
                return v
        return []

    def is_a(self, name):
        return name in self["objectClass"]


class Domain:
    def __init__(self, first_usn=4000):
        self.by_dn, self.indices = {}, {}
        self.rids = itertools.count(1011)
        self.usn = first_usn
        self.add(BASE, objectClass=["top", "dcObject", "domainDNS"],
                 dc="lightwave", objectSid=SID)
        self.add("ou=Computers," + BASE, objectClass=[
            "top", "organizationalUnit"], ou="Computers")
        self.add(USERS, objectClass=["top", "container"], cn="Users")
        self.add("cn=Builtin," + BASE, objectClass=["top", "container"],
                 cn="Builtin")
        self.add("cn=password and lockout policy," + BASE,
                 objectClass=["top", "vmwLockoutPolicy", "vmwPasswordPolicy",
                              "vmwPolicy"],
                 cn="password and lockout policy", Enabled="TRUE",
                 vmwPasswordMinLength="8", vmwPasswordMaxLength="20",
                 vmwPasswordMinAlphabeticCount="2",
                 vmwPasswordMinUpperCaseCount="1",
                 vmwPasswordMinLowerCaseCount="1",
                 vmwPasswordMinNumericCount="1",
                 vmwPasswordMinSpecialCharCount="1",
                 vmwPasswordMaxIdenticalAdjacentChars="3",
                 vmwPasswordProhibitedPreviousCount="5",
                 vmwPasswordLifetimeDays="90")
        self.user("Administrator", rid="500")
        self.group("Users", "cn=Builtin," + BASE, rid="545", members=[ADMIN])
        self.group("Administrators", "cn=Builtin," + BASE, rid="544",
                   members=[ADMIN])
        # Both are of class user, and both DNs come in this case.
        upper = "cn=users,dc=LIGHTWAVE,dc=TEST"
        for name, rid in (("krbtgt/" + REALM, "502"), ("K/M", "501")):
            self.user(name, upper, rid=rid)
        self.computer("client1.lightwave.test", MACHINE_PASSWORD)

    # --- making and changing --------------------------------------------------

    def add(self, dn, **attrs):
        entry = Entry(dn, attrs)
        entry.setdefault("entryDN", [dn])
        self.by_dn[dn.lower()] = entry
        self.touch(entry)
        return entry

    def touch(self, entry):
        self.usn += 1
        entry["uSNChanged"] = [str(self.usn)]
        entry.setdefault("uSNCreated", [str(self.usn)])
        entry["modifyTimeStamp"] = ["20261122170914.0Z"]

    def change(self, entry, **attrs):
        for k, v in attrs.items():
            if v is None:
                entry.pop(k, None)
            else:
                entry[k] = ([v] if isinstance(v, (str, bytes))
                            else list(v))
        self.touch(entry)

    def new_sid(self, rid=None):
        return "%s-%s" % (SID, rid or "1-%d" % next(self.rids))

    def user(self, name, under=USERS, rid=None, password=None, **more):
        attrs = {"objectClass": PERSON, "cn": name, "sAMAccountName": name,
                 "userPrincipalName": "%s@%s" % (name, REALM),
                 "givenName": name.capitalize(), "sn": "Test",
                 "objectSid": self.new_sid(rid),
                 # What nobody may ask for.
                 "krbPrincipalKey": "key", "vmwSRPSecret": "secret"}
        attrs.update(more)
        attrs = {k: v for k, v in attrs.items() if v is not None}
        entry = self.add("cn=%s,%s" % (attrs["cn"], under), **attrs)
        entry.password = password
        return entry

    def computer(self, fqdn, password):
        return self.user(fqdn, "ou=Computers," + BASE, password=password,
                         givenName=None, sn=None,
                         objectClass=PERSON + ["computer"])

    def group(self, name, under=USERS, members=(), rid=None, **more):
        attrs = {"objectClass": ["top", "group"], "cn": name,
                 "sAMAccountName": name, "groupType": "2",
                 "objectSid": self.new_sid(rid)}
        if members:
            attrs["member"] = [m if isinstance(m, str) else m.dn
                               for m in members]
        attrs.update(more)
        return self.add("cn=%s,%s" % (attrs["cn"], under), **attrs)

    def delete(self, entry):
        """vmdir takes it out of every group, and those change by it."""
        del self.by_dn[entry.dn.lower()]
        self.usn += 1
        for group in list(self.by_dn.values()):
            left = [m for m in group.get("member", [])
                    if m.lower() != entry.dn.lower()]
            if len(left) < len(group.get("member", [])):
                self.change(group, member=left or None)

    # --- asking ---------------------------------------------------------------

    def get(self, dn):
        return self.by_dn.get(dn.lower())

    def index(self, name):
        """Lower-case value -> entries, as of the last change."""
        usn, found = self.indices.get(name, (None, None))
        if usn != self.usn:
            found = {}
            for e in list(self.by_dn.values()):
                for v in e.values(name):
                    if isinstance(v, str):
                        found.setdefault(v.lower(), []).append(e)
            self.indices[name] = (self.usn, found)
        return found

    def member_of(self, entry):
        """Computed, nested, cycles and all."""
        found, queue = [], [entry.dn.lower()]
        parents = self.index("member")
        seen = set(queue)
        while queue:
            for group in parents.get(queue.pop(), []):
                if group.dn.lower() not in seen:
                    seen.add(group.dn.lower())
                    queue.append(group.dn.lower())
                    found.append(group.dn)
        return found
