"""The domain as its administrator's tool sees it: the entries in slapd and
the principals in the KDC, changed together.

Every change goes through Domain.add, .modify and .delete, which stamp
uSNChanged as vmdir does and tell the other controller. One process at a time
holds the lock, so the numbers a reader sees never go backwards.
"""
import fcntl
import ldap
import ldap.filter
import os
import time
import uuid

import replica
from join import write_join_material
from kdc import Kdc, Refused
from ldap.controls.simple import RelaxRulesControl
from names import (BASE, CHANGING, COMPUTERS, DATA, FIRST_RID, FIRST_USN,
                   LIFETIME, NUMBERS, OWN_COUNTERS, PASSWORD, POLICIES,
                   UAC_DISABLED, UAC_EXPIRED, UAC_LOCKED, USERS, encode,
                   new_password, rdn, upn)
from replica import SERVER_ID


def connect():
    """As the administrator. A slapd that hangs is one that is not there."""
    c = ldap.initialize("ldapi://%2Frun%2Flab%2Fldapi")
    c.set_option(ldap.OPT_TIMEOUT, 10)
    c.set_option(ldap.OPT_NETWORK_TIMEOUT, 10)
    c.sasl_external_bind_s()
    return c


class Domain:
    """`with Domain() as d:` holds the lock; leaving it writes the counters."""

    def __init__(self):
        self.kdc = Kdc()
        self.usn = self.rid = None

    def __enter__(self):
        self.lock = open(os.path.join(DATA, "lock"), "w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.wrote = False
        self.ldap = connect()
        try:
            self.load_counters()
        except ldap.NO_SUCH_OBJECT:
            pass  # populate makes the domain's entry
        replica.catch_up(self.apply)
        return self

    def __exit__(self, kind, *_):
        try:
            if self.usn is not None:
                # Not stamped: in vmdir the rootDSE has this number.
                self.ldap.modify_s(BASE, [
                    (ldap.MOD_REPLACE, attr, value)
                    for attr, value in self.counters().items()])
            if kind is None:
                self.flush_kdc()
        except ldap.LDAPError:
            if kind is None:
                raise  # else what went wrong first is what to report
        finally:
            self.ldap.unbind_s()
            self.lock.close()
        if self.wrote:
            replica.wait_for_others()

    def write(self, **change):
        replica.write(**change)
        self.wrote = True

    def flush_kdc(self):
        """The KDC is dc1's."""
        if SERVER_ID == 1:
            self.kdc.flush()
        elif self.kdc.queue:
            self.write(op="kdc", script=self.kdc.queue)
            self.kdc.queue = []

    def start_counting(self):
        self.usn, self.rid = FIRST_USN[SERVER_ID], FIRST_RID

    def counters(self):
        return {"highestCommittedUSN": encode(self.usn),
                "vmwRidSequenceNumber": encode(self.rid)}

    def load_counters(self):
        entry = self.read(BASE)
        self.sid = entry["objectSid"][0].decode()
        self.usn = int(entry["highestCommittedUSN"][0])
        self.rid = int(entry["vmwRidSequenceNumber"][0])

    # --- every change is one of these three ----------------------------------

    def next_usn(self):
        self.usn += 1
        return self.usn

    def add(self, dn, classes, **attrs):
        attrs.update(objectClass=classes, objectGUID=str(uuid.uuid4()))
        attrs = {k: encode(v) for k, v in attrs.items()
                 if v is not None and v != []}
        self.add_here(dn, attrs)
        if "userPassword" in attrs:
            attrs["userPassword"] = self.read(dn)["userPassword"]
        self.write(op="add", dn=dn, attrs={
            k: replica.pack(v) for k, v in attrs.items()
            if k not in OWN_COUNTERS})
        return dn

    def add_here(self, dn, attrs):
        usn = encode(self.next_usn())
        self.ldap.add_ext_s(
            dn, [*attrs.items(), ("uSNCreated", usn), ("uSNChanged", usn)],
            serverctrls=[RelaxRulesControl()])

    def modify(self, dn, *mods):
        """mods: (operation, attribute, value or None)"""
        mods = [(op, attr, None if value is None else encode(value))
                for op, attr, value in mods]
        self.modify_here(dn, mods)
        if any(attr in PASSWORD + ("pwdLastSet",) for _, attr, _ in mods):
            # Not what it was made of, but what it has become.
            entry = self.read(dn, *PASSWORD)
            mods = [m for m in mods if m[1] not in PASSWORD] + [
                (ldap.MOD_REPLACE, attr, entry.get(attr)) for attr in PASSWORD]
        self.write(op="modify", dn=dn, mods=[
            (op, attr, replica.pack(values)) for op, attr, values in mods])

    def modify_here(self, dn, mods):
        mods = [*mods, (ldap.MOD_REPLACE, "uSNChanged",
                        encode(self.next_usn()))]
        # Relax: the password policy's own attributes are not for clients.
        self.ldap.modify_ext_s(dn, mods, serverctrls=[RelaxRulesControl()])

    def changed_by_user(self, dn):
        """He has changed his entry himself: slapd stamps nothing."""
        self.modify_here(dn, [])
        entry = self.read(dn)
        self.write(op="become", dn=dn, attrs={
            k: replica.pack(v) for k, v in entry.items() if k not in NUMBERS})

    def delete(self, dn):
        """As vmdir does, take the entry out of every group and stamp those."""
        for group, _ in self.search("(&(objectClass=group)(member=%s))"
                                    % ldap.filter.escape_filter_chars(dn)):
            self.modify(group, (ldap.MOD_DELETE, "member", dn))
        self.delete_here(dn)
        self.write(op="delete", dn=dn)

    def delete_here(self, dn):
        self.ldap.delete_s(dn)
        self.next_usn()

    # --- what another controller has done ------------------------------------

    def apply(self, change):
        {"add": self.apply_add, "modify": self.apply_modify,
         "become": self.apply_become, "delete": self.delete_here,
         "kdc": self.apply_kdc}[change["op"]](
             **{k: v for k, v in change.items() if k not in ("op", "by")})

    def apply_add(self, dn, attrs):
        attrs = {k: replica.unpack(v) for k, v in attrs.items()}
        if dn == BASE:
            self.start_counting()
            self.sid = attrs["objectSid"][0].decode()
            attrs.update(self.counters())
        self.add_here(dn, attrs)

    def apply_modify(self, dn, mods):
        mods = [(op, attr, replica.unpack(v)) for op, attr, v in mods]
        # A new password moves the old ones by itself.
        after = [m for m in mods if m[1] in PASSWORD[1:]]
        self.modify_here(dn, [m for m in mods if m not in after])
        if after:
            self.ldap.modify_ext_s(dn, after,
                                   serverctrls=[RelaxRulesControl()])

    def apply_become(self, dn, attrs):
        mine = self.read(dn)
        attrs = {k: replica.unpack(v) for k, v in attrs.items()}
        self.modify_here(dn, [
            (ldap.MOD_REPLACE, k, attrs.get(k)) for k in {*mine, *attrs}
            if k not in NUMBERS and mine.get(k) != attrs.get(k)])

    def apply_kdc(self, script):
        if SERVER_ID == 1:
            self.kdc.queue += script


    # --- looking -------------------------------------------------------------

    def search(self, text, base=BASE, scope=ldap.SCOPE_SUBTREE, attrs=("*",)):
        return self.ldap.search_s(base, scope, text, list(attrs))

    def read(self, dn, *attrs):
        return self.search("(objectClass=*)", dn, ldap.SCOPE_BASE,
                           attrs or ("*",))[0][1]

    def find(self, name, classes="(objectClass=*)"):
        """The DN that NAME means: a DN, a cn, else an account name or UPN."""
        if name.lower().endswith(BASE):
            return name
        text = ldap.filter.escape_filter_chars(name)
        for key in ("(cn=%s)" % text, "(sAMAccountName=%s)" % text,
                    "(userPrincipalName=%s)" % text):
            found = self.search("(&%s%s)" % (classes, key))
            if len(found) == 1:
                return found[0][0]
            if found:
                raise Refused("%s: several entries, name one by its DN: %s"
                              % (name, "; ".join(dn for dn, _ in found)))
        raise Refused("%s: no such entry" % name)

    def find_user(self, name):
        return self.find(name, "(objectClass=user)")

    def find_group(self, name):
        return self.find(name, "(objectClass=group)")

    def new_sid(self):
        self.rid += 1
        return "%s-%d-%d" % (self.sid, SERVER_ID, self.rid)

    # --- users ---------------------------------------------------------------

    def user_add(self, name, password, cn=None, principal=None, sid=None,
                 **attrs):
        principal = upn(principal or name)
        dn = self.add(
            "%s,%s" % (rdn("cn", cn or name), USERS),
            ["top", "person", "organizationalPerson", "user"],
            cn=cn or name, sAMAccountName=name, userPrincipalName=principal,
            objectSid=sid or self.new_sid(), pwdLastSet=int(time.time()),
            userPassword=password, **attrs)
        if password is not None:
            self.kdc.add(principal, password, rules=True)
        return dn

    def principal(self, dn):
        return self.read(dn)["userPrincipalName"][0].decode()

    def user_delete(self, dn):
        principal = self.principal(dn)
        self.delete(dn)
        self.kdc.delete(principal)

    def user_changed(self, dn, password=None):
        """He has another password, or gets it here: what else it changes."""
        flags = self.flags(dn) & ~(UAC_LOCKED | UAC_EXPIRED)
        entry = self.read(dn, "pwdReset", "pwdPolicySubentry")
        mods = [(ldap.MOD_REPLACE, "pwdLastSet", int(time.time())),
                (ldap.MOD_REPLACE, "userAccountControl", flags or None)]
        if password is not None:
            mods.append((ldap.MOD_REPLACE, "userPassword", password))
        if entry.get("pwdPolicySubentry") == [CHANGING.encode()]:
            mods += [(ldap.MOD_REPLACE, "pwdPolicySubentry", None),
                     (ldap.MOD_REPLACE, "pwdReset", None)]
        self.modify(dn, *mods)

    def user_password(self, dn, password):
        self.user_changed(dn, password)
        self.kdc.password(self.principal(dn), password,
                          rules=not self.exempt(dn))

    def user_set(self, dn, attr, value):
        if attr.lower() in ("userpassword", "useraccountcontrol"):
            raise Refused("%s: passwd, disable, lock and expire do that" % attr)
        old = self.principal(dn)
        self.modify(dn, (ldap.MOD_REPLACE, attr, value))
        if attr.lower() == "userprincipalname" and value != old:
            self.kdc.rename(old, value)

    def flags(self, dn):
        return int(self.read(dn).get("userAccountControl", [b"0"])[0])

    def set_flags(self, dn, on=0, off=0, more=()):
        flags = (self.flags(dn) | on) & ~off
        self.modify(dn, (ldap.MOD_REPLACE, "userAccountControl",
                         flags or None), *more)

    def exempt(self, dn):
        """vmdir locks out neither computers nor its first administrator."""
        entry = self.read(dn)
        return (b"computer" in entry["objectClass"]
                or entry.get("objectSid", [b""])[0].endswith(b"-500"))

    # slapd refuses a disabled account's right password as if it were wrong,
    # and would count it; vmdir does not.
    def user_disable(self, dn):
        self.set_flags(dn, on=UAC_DISABLED, more=[
            (ldap.MOD_REPLACE, "pwdPolicySubentry", "cn=exempt," + POLICIES)])

    def user_enable(self, dn):
        self.set_flags(dn, off=UAC_DISABLED, more=[] if self.exempt(dn) else [
            (ldap.MOD_REPLACE, "pwdPolicySubentry", None)])

    def user_lock(self, dn):
        # The policy's spelling of "until somebody unlocks it".
        self.set_flags(dn, on=UAC_LOCKED, more=[
            (ldap.MOD_REPLACE, "pwdAccountLockedTime", "000001010000Z")])

    def user_unlock(self, dn):
        self.set_flags(dn, off=UAC_LOCKED, more=[
            (ldap.MOD_REPLACE, "pwdAccountLockedTime", None),
            (ldap.MOD_REPLACE, "pwdFailureTime", None)])

    def user_expire(self, dn, days=None):
        """His password is as old as it may be, or will be in so many days."""
        if days is None:
            self.set_age(dn, LIFETIME * 10)
            self.set_flags(dn, on=UAC_EXPIRED)
        else:
            # Not on the second: who looks a moment later sees the same days.
            self.set_age(dn, LIFETIME - days * 86400 - 3600)

    def user_renew(self, dn):
        """His password is of today, and he need not change it."""
        self.set_age(dn, 0)
        self.user_changed(dn)

    def set_age(self, dn, seconds):
        then = int(time.time()) - seconds
        self.modify(dn, (ldap.MOD_REPLACE, "pwdLastSet", then),
                    (ldap.MOD_REPLACE, "pwdChangedTime",
                     time.strftime("%Y%m%d%H%M%SZ", time.gmtime(then))))

    def user_reset(self, dn):
        """He has to change his password at the next login, and can."""
        self.modify(dn, (ldap.MOD_REPLACE, "pwdPolicySubentry", CHANGING),
                    (ldap.MOD_REPLACE, "pwdReset", "TRUE"))

    def user_policy(self, dn, name):
        """Which of populate's policies holds for him."""
        self.modify(dn, (ldap.MOD_REPLACE, "pwdPolicySubentry", None
                         if name == "default" else "cn=%s,%s"
                         % (name, POLICIES)))

    # --- groups --------------------------------------------------------------

    def group_add(self, name, container=USERS, sid=None, members=()):
        return self.add("%s,%s" % (rdn("cn", name), container),
                        ["top", "group"], cn=name, sAMAccountName=name,
                        groupType=2, objectSid=sid or self.new_sid(),
                        member=list(members))

    def group_set(self, group, attr, value):
        self.modify(group, (ldap.MOD_REPLACE, attr, value))

    def group_addmember(self, group, member):
        self.modify(group, (ldap.MOD_ADD, "member", member))

    def group_delmember(self, group, member):
        self.modify(group, (ldap.MOD_DELETE, "member", member))

    # --- computers -----------------------------------------------------------

    def computer_join(self, fqdn):
        """Make the machine account, or give it a new password, and leave what
        the host needs in the shared directory."""
        fqdn = fqdn.lower()
        if not all(c.isalnum() or c in ".-" for c in fqdn) or fqdn[0] == ".":
            raise Refused("%s: not a host's name" % fqdn)
        dn = "%s,%s" % (rdn("cn", fqdn), COMPUTERS)
        password = new_password()
        try:
            self.read(dn)
            self.user_password(dn, password)
        except ldap.NO_SUCH_OBJECT:
            self.computer_add(dn, fqdn, password)
        self.flush_kdc()
        write_join_material(fqdn, dn, password)
        return dn

    def computer_add(self, dn, fqdn, password):
        # In vmdir computers are exempt from lockout; ours never expire too.
        self.add(dn, ["top", "person", "organizationalPerson", "user",
                      "computer"],
                 cn=fqdn, sAMAccountName=fqdn, userPrincipalName=upn(fqdn),
                 objectSid=self.new_sid(), pwdLastSet=int(time.time()),
                 userPassword=password,
                 pwdPolicySubentry="cn=exempt," + POLICIES)
        self.kdc.add(upn(fqdn), password)
